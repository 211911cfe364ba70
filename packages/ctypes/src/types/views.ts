/**
 * Typed arrays on C's own memory: `array.view` and `pointer.view(length)`.
 *
 * Whoever has one reads and writes at the speed of JavaScript's own arrays. It lies in the buffer of the memory's
 * owner, and so keeps that alive; of foreign memory, in a window that covers the items and nothing else, and that holds
 * the object it was asked of. Where there are no windows, it is refused for memory that is not ours.
 */
import { rawffi } from "rawffi";
import { describe, locate, located, NullPointerError, outOfRange, spelling } from "../memory/errors.ts";
import { KEPT, rootOf } from "../memory/keep.ts";
import { loadAddress, type Memory, userSpace } from "../memory/memory.ts";
import { noPiece, pieceAt } from "../memory/slab.ts";
import { checkMemoryOf, hex } from "./address.ts";
import type { CData } from "./cdata.ts";
import { type CType, ITEMS, MEMORY, OFFSET, type TypedArrayClass } from "./protocol.ts";

export type TypedArray = InstanceType<TypedArrayClass>;

/** A typed array on the whole of an array of `item`, by the array's name in messages. */
export function viewOfArray(array: CData, item: CType, byteLength: number, name: string): TypedArray {
  const where = `${name}.view`;
  const Items = itemsOf(item, where);
  located(where, () => checkMemoryOf(array));
  return viewAt(
    array,
    array[MEMORY],
    array[MEMORY].base + array[OFFSET],
    Items,
    byteLength / Items.BYTES_PER_ELEMENT,
    where,
  );
}

/** A typed array on the first `length` items that `pointer` points to. @throws NullPointerError */
export function viewOfPointee(pointer: CData, item: CType, length: number, name: string): TypedArray {
  const where = `${name}.view()`;
  if (!Number.isInteger(length)) {
    throw new TypeError(`${where}: argument 1: expected an integer length, got ${describe(length)}`);
  }
  if (length < 0) throw new RangeError(`${where}: argument 1: the length cannot be negative, got ${length}`);
  const Items = itemsOf(item, where);
  const start = loadAddress(pointer[MEMORY], pointer[OFFSET]);
  if (start === 0) throw new NullPointerError(`${where}: the pointer is NULL`);
  const at = located(where, () => userSpace(start));
  return viewAt(pointer, null, at, Items, length, where);
}

// -- Private ---------------------------------------------------------------------------------------

/** What a window over foreign memory keeps alive. */
const OWNER: unique symbol = Symbol("owner");

function itemsOf(item: CType, where: string): TypedArrayClass {
  const Items = item[ITEMS]();
  if (Items) return Items;
  const why = Items === null ? "has the other byte order, which no typed array has" : "has no typed array";
  throw new TypeError(`${where}: ${spelling(item)} ${why}; read and store the items one by one`);
}

function viewAt(
  owner: CData,
  memory: Memory | null,
  at: number,
  Items: TypedArrayClass,
  length: number,
  where: string,
): TypedArray {
  const unit = Items.BYTES_PER_ELEMENT;
  if (at % unit !== 0) {
    const wanted = `a typed array begins at a multiple of ${unit}`;
    throw locate(outOfRange(`its memory is at ${hex(at)}, and ${wanted}; read and store the items one by one`), where);
  }
  if (memory !== null && memory.kind !== "foreign") {
    const byteOffset = memory.byteOffset + at - memory.base;
    // Somebody's buffer may itself begin at an odd address.
    if (byteOffset % unit === 0) return new Items(memory.buffer, byteOffset, length);
  }
  if (length === 0) return new Items(0);
  const piece = pieceAt(at, length * unit);
  if (piece === null) {
    const instead = "read and store the items one by one, or copy them with string_at() and memmove()";
    throw new TypeError(`${where}: ${noPiece(length * unit, instead)}`);
  }
  // Also what its root keeps now: a pointer on the way may be made to point elsewhere. A buffer of ours needs nothing.
  if (rawffi.hasWindows)
    Object.defineProperty(piece.buffer, OWNER, { value: [owner, Object.values(rootOf(owner)[KEPT] ?? {})] });
  return new Items(piece.buffer, piece.byteOffset, length);
}
