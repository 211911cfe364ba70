/**
 * C arrays: a fixed number of items of one type, live in memory.
 */

import { rawffi } from "rawffi";
import { describe, expected, locate, outOfRange, SPELLED, spelling } from "../memory/errors.ts";
import { keep } from "../memory/keep.ts";
import { clear, type Memory } from "../memory/memory.ts";
import { encodeText, encodeWide, readWide } from "../memory/text.ts";
import {
  address,
  type CData,
  type CType,
  DECAY,
  DESCRIBE,
  INSPECT,
  isCType,
  leavesOf,
  MEMORY,
  OFFSET,
  storeCopy,
  type Traits,
  traitsOf,
  viewMaker,
} from "./cdata.ts";
import { AT, Indexed, PUT } from "./indexed.ts";
import type { AnyData, ArrayInstance, TypeOf, Write } from "./inference.ts";
import type { Statics } from "./statics.ts";
import { c_char, c_wchar } from "./types.ts";

/** The class of an array type. */
export interface ArrayType<I extends AnyData, N extends number> extends Statics {
  /** The first items; the others are zero. @throws RangeError when there are more than the array has. */
  new (...items: Write<I>[]): ArrayInstance<I, N>;
  readonly _type_: TypeOf<I>;
  readonly _length_: N;
}

const arrayTypes = new WeakMap<CType, Map<number, unknown>>();

/**
 * The type "array of `length` times `type`", Python's `type * length`; the same two give the same type.
 *
 *     const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
 *     numbers.at(-1);   // 3
 *
 * @throws TypeError for what is no type or no integer, RangeError for a negative length or more than 1 GiB.
 */
export function ARRAY<I extends AnyData, const N extends number>(type: TypeOf<I>, length: N): ArrayType<I, N> {
  if (!isCType(type)) throw new TypeError(`ARRAY(): argument 1: expected a C type, got ${describe(type)}`);
  if (!Number.isInteger(length)) {
    throw new TypeError(`ARRAY(): argument 2: expected an integer length, got ${describe(length)}`);
  }
  if (length < 0) throw new RangeError(`ARRAY(): argument 2: the length cannot be negative, got ${length}`);
  let byLength = arrayTypes.get(type);
  if (byLength === undefined) arrayTypes.set(type, (byLength = new Map()));
  let known = byLength.get(length);
  if (known === undefined) byLength.set(length, (known = arrayType(type, length)));
  return known as ArrayType<I, N>;
}

// -- Private ---------------------------------------------------------------------------------------

type ArrayClass = new (...items: unknown[]) => CData;

function arrayType(item: CType, length: number): unknown {
  class ArrayData extends Indexed {
    static readonly _type_ = item;
    static readonly [SPELLED] = arrayName(item, length);
    static readonly _length_ = length;
    constructor(...items: unknown[]) {
      super();
      if (items.length > 0) fill(this, items, ArrayData[SPELLED]);
    }
    static override [DESCRIBE](): Traits {
      return arrayTraits(this as unknown as CType, item, length);
    }
    get length(): number {
      return length;
    }
    override [DECAY](): number {
      return address(this);
    }
    at(index: number): unknown {
      const i = position(this, index);
      const { load, size } = traitsOf(item);
      return load(this[MEMORY], this[OFFSET] + i * size, this, i);
    }
    put(index: number, value: unknown): void {
      const i = position(this, index);
      try {
        putItem(this, item, i, value);
      } catch (error) {
        throw locate(error, arrayName(item, length));
      }
    }
    slice(start = 0, end = length): unknown[] {
      const items = [];
      const last = Math.min(end < 0 ? end + length : end, length);
      for (let i = Math.max(start < 0 ? start + length : start, 0); i < last; i++) items.push(this.at(i));
      return items;
    }
    *[Symbol.iterator](): IterableIterator<unknown> {
      for (let i = 0; i < length; i++) yield this.at(i);
    }
    override [AT](index: number): unknown {
      return this.at(index);
    }
    override [PUT](index: number, value: unknown): void {
      this.put(index, value);
    }
    override [INSPECT](depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
      const shown = this.slice(0, 100);
      const more = length > shown.length ? `, … ${length - shown.length} more` : "";
      if (depth < 0) return `[${traitsOf(this.constructor as unknown as CType).name}]`;
      const items = shown.map((value) => inspect(value, { ...options, depth: depth - 1 })).join(", ");
      return `${traitsOf(this.constructor as unknown as CType).name} [ ${items}${more} ]`;
    }
  }
  if (item === (c_char as unknown)) addCharMembers(ArrayData.prototype, length);
  if (item === (c_wchar as unknown)) addWideMembers(ArrayData.prototype, length);
  Object.defineProperty(ArrayData, "name", { value: `${item.name}_Array_${length}` });
  return ArrayData;
}

function arrayTraits(self: CType, item: CType, length: number): Traits {
  const of = traitsOf(item);
  const name = arrayName(item, length);
  const size = of.size * length;
  const self_ = self as unknown as ArrayClass & CType;
  const view = viewMaker(self);
  const isText = item === (c_char as unknown) || item === (c_wchar as unknown);
  const make = (value: unknown): CData => {
    if (isText && (typeof value === "string" || value instanceof Uint8Array)) {
      const text = new self_();
      (text as CData & { value: unknown }).value = value;
      return text;
    }
    if (!Array.isArray(value)) throw expected(`${name} or an array of its items`, value);
    const array = new self_();
    fill(array, value);
    return array;
  };
  const leaves = length === 0 ? [] : repeated(leavesOf(of.raw, 0), of.size, length);
  return {
    type: self,
    name,
    size,
    align: of.align,
    raw: { size, align: of.align, leaves },
    rawArgument: "pointer",
    slot: "address",
    usesScratch: false,
    target: item,
    load: view,
    store: storeCopy({ type: self, name, size }, make),
    pass(value) {
      if (value instanceof self) return address(value);
      throw expected(name, value);
    },
    receive: (at: number) => (self as unknown as { from_address(at: number): CData }).from_address(at),
    view,
  };
}

// One leaf of many when the item is one scalar: a `char[65536]` must not become 65536 objects.
function repeated(leaves: ReturnType<typeof leavesOf>, size: number, length: number): ReturnType<typeof leavesOf> {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return [{ ...only, count: (only.count ?? 1) * length }];
  return Array.from({ length }, (_, i) => leaves.map((leaf) => ({ ...leaf, offset: leaf.offset + i * size }))).flat();
}

function arrayName(item: CType, length: number): string {
  return `ARRAY(${spelling(item)}, ${length})`;
}

/** Stores the first items; `owner` is what stands in front of the place in messages, if nobody else puts it there. */
function fill(array: CData, items: readonly unknown[], owner?: string): void {
  const { _type_: item, _length_: length } = array.constructor as unknown as { _type_: CType; _length_: number };
  if (items.length > length) throw outOfRange(`${items.length} items are too many for ${arrayName(item, length)}`);
  try {
    for (let i = 0; i < items.length; i++) putItem(array, item, i, items[i]);
  } catch (error) {
    throw owner === undefined ? error : locate(error, owner);
  }
}

function putItem(array: CData, item: CType, index: number, value: unknown): void {
  const { store, size } = traitsOf(item);
  try {
    const kept = store(array[MEMORY], array[OFFSET] + index * size, value);
    if (kept !== undefined) keep(array, index, kept);
  } catch (error) {
    throw locate(error, `[${index}]`);
  }
}

function position(array: CData & { readonly length: number }, index: number): number {
  const at = index < 0 ? index + array.length : index;
  if (at >= 0 && at < array.length && Number.isInteger(at)) return at;
  const { name } = traitsOf(array.constructor as unknown as CType);
  if (!Number.isInteger(index)) throw new TypeError(`${name}: expected an integer index, got ${describe(index)}`);
  throw outOfRange(`index ${index} is out of bounds for ${name}`);
}

// -- Arrays of characters --------------------------------------------------------------------------

function addCharMembers(prototype: CData, length: number): void {
  Object.defineProperty(prototype, "value", {
    get(this: CData): string {
      return rawffi.text(address(this), untilNul(this[MEMORY], this[OFFSET], length));
    },
    set(this: CData, text: unknown) {
      const bytes = typeof text === "string" ? encodeText(text) : text;
      if (!(bytes instanceof Uint8Array)) throw expected("a string or Uint8Array for value", text);
      writeChars(this, bytes, length);
      if (bytes.length < length) this[MEMORY].setUint8(this[OFFSET] + bytes.length, 0);
    },
  });
  Object.defineProperty(prototype, "raw", {
    get(this: CData): Uint8Array {
      return bytesOf(this[MEMORY], this[OFFSET], length);
    },
    set(this: CData, bytes: unknown) {
      if (!(bytes instanceof Uint8Array)) throw expected("a Uint8Array for raw", bytes);
      writeChars(this, bytes, length);
    },
  });
}

function addWideMembers(prototype: CData, length: number): void {
  const { wcharSize } = rawffi.platform;
  Object.defineProperty(prototype, "value", {
    get(this: CData): string {
      const text = readWide(this[MEMORY], this[OFFSET], length);
      const end = text.indexOf("\0");
      return end < 0 ? text : text.slice(0, end);
    },
    set(this: CData, text: unknown) {
      if (typeof text !== "string") throw expected("a string for value", text);
      const bytes = encodeWide(text);
      writeChars(this, bytes, length * wcharSize);
      if (bytes.length < length * wcharSize) clear(this[MEMORY], this[OFFSET] + bytes.length, wcharSize);
    },
  });
}

function writeChars(array: CData, bytes: Uint8Array, room: number): void {
  if (bytes.length > room) {
    const { name } = traitsOf(array.constructor as unknown as CType);
    throw outOfRange(`${bytes.length} bytes are too many for ${name}`);
  }
  for (let i = 0; i < bytes.length; i++) array[MEMORY].setUint8(array[OFFSET] + i, bytes[i] as number);
}

function untilNul(memory: Memory, offset: number, length: number): number {
  for (let i = 0; i < length; i++) if (memory.getUint8(offset + i) === 0) return i;
  return length;
}

// Owned and lent memory has a buffer of its own; of a window only the piece itself may be handed out.
function bytesOf(memory: Memory, offset: number, byteLength: number): Uint8Array {
  const isWindow = memory.byteLength > 2 ** 30;
  if (!isWindow) return new Uint8Array(memory.buffer, memory.byteOffset + offset, byteLength);
  const buffer = rawffi.window(memory.base + offset, byteLength);
  if (buffer === null) throw new TypeError("this runtime gives no views of foreign memory; use string_at()");
  return new Uint8Array(buffer);
}
