/**
 * Memory for the texts that a statement's parameters are bound to.
 *
 * SQLite would copy each text (SQLITE_TRANSIENT): a malloc, a copy and a free for each value. A short text is
 * written here instead, where it stays as long as SQLite may look at it: until the parameters are bound anew, or
 * the statement ends.
 *
 *     slab  ├── slot ──┼── slot ──┼── slot ──┼ …   one view for all
 *            text text
 */
import { ARRAY, addressof, c_ubyte, memoryview_at } from "ctypes-js";

const SLOT_SIZE = 1024;
const SLOTS = 64;
/** A longer text is given to SQLite to copy: a loop over its characters would be slower. */
const LONGEST = 100;

type Slab = InstanceType<ReturnType<typeof slabType>>;

/** Made at the first use, as all types are that are made of others. */
function slabType() {
  return ARRAY(c_ubyte, SLOT_SIZE * SLOTS);
}

export class TextSlot {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #address: number;
  /** The memory that the view shows. */
  readonly #slab: Slab;
  #used = 0;

  constructor(slab: Slab, bytes: Uint8Array, start: number) {
    this.#slab = slab;
    this.#bytes = bytes;
    this.#start = start;
    this.#address = addressof(slab) + start;
  }

  /** All that is bound will be bound anew. */
  clear(): void {
    this.#used = 0;
  }

  /** The address of `text` as `text.length` bytes; 0 when it is long, not ASCII, or there is no room. */
  place(text: string): number {
    const { length } = text;
    const used = this.#used;
    if (length > LONGEST || used + length > SLOT_SIZE) return 0;
    const bytes = this.#bytes;
    const start = this.#start + used;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return 0;
      bytes[start + i] = code;
    }
    this.#used = used + length;
    return this.#address + used;
  }

  get slab(): unknown {
    return this.#slab;
  }
}

const free: TextSlot[] = [];
let isRefused = false;

/** A slot for a statement; null where this runtime shows no memory. */
export function takeSlot(): TextSlot | null {
  if (free.length === 0) addSlab();
  const slot = free.pop() ?? null;
  slot?.clear();
  return slot;
}

/** Gives a slot back when its statement has ended. */
export function releaseSlot(slot: TextSlot): void {
  free.push(slot);
}

// -- Private ---------------------------------------------------------------------------------------

function addSlab(): void {
  if (isRefused) return;
  const slab = new (slabType())();
  try {
    const bytes = memoryview_at(slab, SLOT_SIZE * SLOTS);
    for (let i = SLOTS - 1; i >= 0; i--) free.push(new TextSlot(slab, bytes, i * SLOT_SIZE));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    isRefused = true;
  }
}
