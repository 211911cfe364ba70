/**
 * Memory that our objects own.
 *
 *     ┌────────┬──────────┬───┬───────────────────────────┐
 *     │ Point  │ Rect     │   │ free …                    │   one ArrayBuffer, its address asked once
 *     └────────┴──────────┴───┴───────────────────────────┘
 *                              ↑ top
 *
 * Allocation moves `top`; memory never returns to a slab. An object holds its slab's {@link Memory}, so the collector
 * frees a slab when no object on it is alive. (An `ArrayBuffer` for each object would cost 400-660 ns.)
 */
import { arrayOn, forbidTransfer, rawffi, SCRATCH_ALIGN, WORD } from "rawffi";
import { type Block, Blocks } from "./blocks.ts";
import { isChecked, ownBlock } from "./checked.ts";
import { outOfRange } from "./errors.ts";
import { Memory } from "./memory.ts";
import { collectOften } from "./stress.ts";

const SLAB_BYTES = 64 * 1024;
/** Larger objects get a buffer of their own, so that a small survivor does not keep much memory. */
const LARGEST_ON_SLAB = 4 * 1024;
/** The largest size that an ArrayBuffer of V8 can have and a window still covers. */
const LARGEST = 2 ** 30;

let slab: Memory | undefined;
let top = 0;
let limit = 0;

/**
 * The second result of {@link reserve}, which so needs no object for both: the memory in which the offset is. Read it
 * next, before any function is called: what that calls may reserve memory, too. An object, as compiled code cannot read
 * a variable that is exported.
 */
export const reserved = { memory: null as unknown as Memory };

/** Allocates zeroed memory and returns its offset in `reserved.memory`. @throws RangeError when there is none left. */
export function reserve(byteLength: number, align: number): number {
  // `base` is a multiple of 16 (the C heap's alignment), so up to 16 aligned offsets are aligned addresses.
  const start = (top + align - 1) & -align;
  if (align <= 16 && slab !== undefined && byteLength <= LARGEST_ON_SLAB && start + byteLength <= limit) {
    top = start + byteLength;
    if (reserved.memory !== slab) reserved.memory = slab;
    return start;
  }
  return reserveSlowly(byteLength, align);
}

/** The same as {@link reserve}, with both results in an object. */
export function place(byteLength: number, align: number): { readonly offset: number; readonly memory: Memory } {
  return { offset: reserve(byteLength, align), memory: reserved.memory };
}

/** Ends the current slab: the next object begins another one, or in checked mode gets a block of its own. */
export function endSlab(): void {
  slab = undefined;
}

function reserveSlowly(byteLength: number, align: number): number {
  collectOften?.();
  // In checked mode each object has a block of its own.
  if (isChecked && byteLength <= LARGEST) return reserveBlock(byteLength, align);
  if (byteLength <= LARGEST_ON_SLAB && align <= 16) {
    // Under stress every allocation comes here.
    limit = collectOften === null ? SLAB_BYTES : Math.max(byteLength, 16);
    slab = newMemory(limit);
    top = 0;
    const start = reserve(byteLength, align);
    if (collectOften !== null) slab = undefined;
    return start;
  }
  if (byteLength > LARGEST) throw outOfRange(`an object of ${byteLength} bytes is too large; at most 1 GiB`);
  const memory = newMemory(byteLength + align);
  reserved.memory = memory;
  return Math.ceil(memory.base / align) * align - memory.base;
}

function reserveBlock(byteLength: number, align: number): number {
  const block = ownBlock(byteLength + (align > 16 ? align : 0));
  // Unlike slabs, not marked as untransferable: Node detaches buffers over foreign memory when it exits, and a refusal
  // is fatal.
  const memory = block === null ? newMemory(byteLength + align) : new Memory(block.buffer, block.address, "owned");
  reserved.memory = memory;
  return Math.ceil(memory.base / align) * align - memory.base;
}

function newMemory(byteLength: number): Memory {
  const buffer = new ArrayBuffer(byteLength);
  forbidTransfer(buffer, SHARED);
  const memory = new Memory(buffer, rawffi.addressOf(buffer), "owned");
  noteOwned?.(buffer, memory.base);
  return memory;
}

// `raw` of an array exposes the buffer of its whole slab: if that were transferred to a worker, every object on it
// would lose its memory.
const SHARED = "this buffer holds other C objects as well: copy the bytes with slice()";

// -- Buffers by address ----------------------------------------------------------------------------

interface OwnedBlock extends Block {
  readonly buffer: WeakRef<ArrayBuffer>;
}

/** A few slabs to a page. */
const owned = new Blocks<OwnedBlock>(2 ** 20);
const collected = new FinalizationRegistry<OwnedBlock>((block) => owned.delete(block));

/** Remembers our buffers where there are no windows. */
const noteOwned = rawffi.hasWindows
  ? null
  : (buffer: ArrayBuffer, address: number) => {
      const block = { address, byteLength: buffer.byteLength, buffer: new WeakRef(buffer) };
      owned.add(block);
      collected.register(buffer, block);
    };

/** Bytes as a part of a buffer. */
export interface Piece {
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
}

/**
 * A buffer that has these bytes of memory: a window, or where there are none the buffer of an object of ours. Null for
 * C's memory then, and for more than a buffer can have.
 */
export function pieceAt(address: number, byteLength: number): Piece | null {
  if (byteLength === 0) return { buffer: new ArrayBuffer(0), byteOffset: 0 };
  const window = rawffi.window(address, byteLength);
  if (window !== null) return { buffer: window, byteOffset: 0 };
  const block = owned.at(address);
  const buffer = block?.buffer.deref();
  if (block === undefined || buffer === undefined) return null;
  return address + byteLength <= block.address + block.byteLength
    ? { buffer, byteOffset: address - block.address }
    : null;
}

/** Why {@link pieceAt} gives null; `instead` is what to do then. */
export function noPiece(byteLength: number, instead: string): string {
  return rawffi.hasWindows
    ? `this runtime has no view of ${byteLength} bytes of foreign memory; ${instead}`
    : `this runtime, as Electron, lets no ArrayBuffer be C's memory; ${instead}`;
}

// -- Scratch ---------------------------------------------------------------------------------------

/**
 * Memory for the arguments of running calls: a stack, so a callback that calls again never overwrites the outer call's
 * strings.
 *
 * A call saves {@link scratchTop}, pushes, and restores it when it has its result.
 */
export const scratch: Memory = scratchMemory(rawffi.scratch);

const frameWords = arrayOn(Int32Array, rawffi.frame);
/** The index, in 32-bit words of the frame, of the offset of the first free byte of {@link scratch}. */
export const { SCRATCH_TOP } = WORD;

function scratchMemory({ buffer, byteOffset, byteLength }: DataView<ArrayBuffer>): Memory {
  return new Memory(buffer, rawffi.addressOf(rawffi.scratch), "owned", byteOffset, byteLength);
}

export function scratchTop(): number {
  return frameWords[SCRATCH_TOP] as number;
}

export function popScratch(mark: number): void {
  frameWords[SCRATCH_TOP] = mark;
}

/** Allocates `byteLength` bytes in {@link scratch} and returns their aligned offset; -1 when there is no room. */
export function pushScratch(byteLength: number): number {
  const start = scratchTop();
  const end = start + ((byteLength + SCRATCH_ALIGN - 1) & -SCRATCH_ALIGN);
  if (end > rawffi.scratch.byteLength) return -1;
  popScratch(end);
  return start;
}
