/**
 * `resize`: more memory for one object than its type says, as for C's structures with a variable tail.
 */
import { describe, located, outOfRange } from "../memory/errors.ts";
import { PARENT } from "../memory/keep.ts";
import { copy, type Memory } from "../memory/memory.ts";
import { reserve, reserved } from "../memory/slab.ts";
import { CData } from "./cdata.ts";
import type { Data } from "./inference.ts";
import { MEMORY, OFFSET, traitsOf, typeOfInstance, VIEWED } from "./protocol.ts";

interface Resized {
  readonly size: number;
  /** Where the object was before: pointers made then, and C under way, still have those addresses. */
  readonly former: readonly Memory[];
}

const resized = new WeakMap<CData, Resized>();

/** The size of an object's memory, which `resize` may have made larger than its type's. */
export function sizeOfInstance(data: CData): number {
  return resized.get(data)?.size ?? traitsOf(typeOfInstance(data)).size;
}

/**
 * Gives an object `size` bytes of memory; what fits is kept, added bytes are zero. `sizeof(object)` follows, its type
 * stays as it is.
 *
 * The memory moves: addresses and views of members taken before are those of the old memory, which lives as long as the
 * object.
 *
 * @throws TypeError for what is no C object, RangeError for less than its type needs and for an object that does not
 * own its memory.
 */
export function resize(object: Data, size: number): void {
  const data = object as unknown;
  if (!(data instanceof CData))
    throw new TypeError(`resize(): argument 1: expected a C object, got ${describe(object)}`);
  const traits = traitsOf(typeOfInstance(data));
  if (!Number.isInteger(size))
    throw new TypeError(`resize(): argument 2: expected an integer size, got ${describe(size)}`);
  if (size < traits.size) throw outOfRange(`resize(): argument 2: the minimum size is ${traits.size}, got ${size}`);
  if (data[PARENT] !== null || data[MEMORY].kind !== "owned") {
    throw outOfRange("resize(): argument 1: its memory cannot be resized because this object doesn't own it");
  }
  const old = sizeOfInstance(data);
  const offset = located("resize(): argument 2", () => reserve(size, traits.align));
  const { memory } = reserved;
  copy(memory, offset, data[MEMORY], data[OFFSET], Math.min(old, size));
  resized.set(data, { size, former: [...(resized.get(data)?.former ?? []), data[MEMORY]] });
  data[MEMORY] = memory;
  data[OFFSET] = offset;
  if (VIEWED in data) (data as { [VIEWED]?: unknown })[VIEWED] = undefined;
}
