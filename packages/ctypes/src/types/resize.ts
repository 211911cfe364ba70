/**
 * `resize`: more memory for one object than its type says, as for C's structures with a variable tail.
 */
import { describe, outOfRange } from "../memory/errors.ts";
import { PARENT } from "../memory/keep.ts";
import { copy } from "../memory/memory.ts";
import { reserve, reserved } from "../memory/slab.ts";
import { CData, type CType, MEMORY, OFFSET, traitsOf } from "./cdata.ts";
import type { Data } from "./inference.ts";

const sizes = new WeakMap<CData, number>();

/** The size of an object's memory, which `resize` may have made larger than its type's. */
export function sizeOfInstance(data: CData): number {
  return sizes.get(data) ?? traitsOf(data.constructor as unknown as CType).size;
}

/**
 * Gives an object `size` bytes of memory; what fits is kept, added bytes are zero. `sizeof(object)` follows, its type stays as it is.
 *
 * The memory moves: addresses and views of members taken before are those of the old memory.
 *
 * @throws TypeError for what is no C object, RangeError for less than its type needs and for an object that does not own its memory.
 */
export function resize(object: Data, size: number): void {
  const data = object as unknown;
  if (!(data instanceof CData))
    throw new TypeError(`resize(): argument 1: expected a C object, got ${describe(object)}`);
  const traits = traitsOf(data.constructor as unknown as CType);
  if (!Number.isInteger(size))
    throw new TypeError(`resize(): argument 2: expected an integer size, got ${describe(size)}`);
  if (size < traits.size) throw outOfRange(`resize(): argument 2: the minimum size is ${traits.size}, got ${size}`);
  if (data[PARENT] !== null || !data[MEMORY].isOwned) {
    throw outOfRange("resize(): argument 1: its memory cannot be resized because this object doesn't own it");
  }
  const old = sizeOfInstance(data);
  const offset = reserve(size, traits.align);
  const memory = reserved;
  copy(memory, offset, data[MEMORY], data[OFFSET], Math.min(old, size));
  data[MEMORY] = memory;
  data[OFFSET] = offset;
  sizes.set(data, size);
}
