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
import * as workers from "node:worker_threads";
import { rawffi, SCRATCH_ALIGN, WORD } from "rawffi";
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
  forbidTransfer(buffer);
  return new Memory(buffer, rawffi.addressOf(buffer), "owned");
}

// `raw` of an array exposes the buffer of its whole slab: if that were transferred to a worker, every object on it
// would lose its memory.
function forbidTransfer(buffer: ArrayBuffer): void {
  // Node then copies the buffer, or from version 21 on refuses; not every runtime has this function.
  (workers as Partial<typeof workers>).markAsUntransferable?.(buffer);
  for (const name of ["transfer", "transferToFixedLength"])
    Object.defineProperty(buffer, name, { value: refuseTransfer });
}

function refuseTransfer(): never {
  throw new TypeError("this buffer holds other C objects as well: copy the bytes with slice()");
}

// -- Scratch ---------------------------------------------------------------------------------------

/**
 * Memory for the arguments of running calls: a stack, so a callback that calls again never overwrites the outer call's
 * strings.
 *
 * A call saves {@link scratchTop}, pushes, and restores it when it has its result.
 */
export const scratch: Memory = new Memory(rawffi.scratch, rawffi.addressOf(rawffi.scratch), "owned");

const frameWords = new Int32Array(rawffi.frame);
/** The index, in 32-bit words of the frame, of the offset of the first free byte of {@link scratch}. */
export const { SCRATCH_TOP } = WORD;

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
