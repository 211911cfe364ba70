/**
 * The items of an array: read, stored, iterated, and seen as a whole, by functions evaluated anew for each array type.
 */
import { anew } from "../memory/compile.ts";
import { describe, locate, outOfRange, spelling } from "../memory/errors.ts";
import { type Keys, keep, keys } from "../memory/keep.ts";
import type { CData } from "./cdata.ts";
import { AT, PUT } from "./indexed.ts";
import {
  type CType,
  ITEMS,
  type MaybeDirect,
  MEMORY,
  NO_DIRECT,
  OFFSET,
  type Traits,
  traitsOf,
  VIEWED,
} from "./protocol.ts";
import { type TypedArray, viewOfArray } from "./views.ts";

/** Gives the prototype of `ARRAY(item, length)` what reaches its items. */
export function defineItems(prototype: CData, item: CType, length: number): void {
  const { load, store, size, direct } = traitsOf(item);
  const name = arrayName(item, length);
  const { at, put, iterate, view } = anew(makeItems, {
    keys,
    VIEWED,
    IteratorPrototype,
    keep,
    load,
    store,
    ...(direct ?? NO_DIRECT),
    size,
    length,
    viewLength: (size * length) / (item[ITEMS]()?.BYTES_PER_ELEMENT ?? 1),
    makeView: (array) => viewOfArray(array, item, size * length, name),
    unusual: (index) => anyIndex(index, length, name),
    failed: (error, i) => locate(locate(error, `[${i}]`), name),
  });
  const members = [
    ["at", at],
    ["put", put],
    [AT, at],
    [PUT, put],
    [Symbol.iterator, iterate],
  ] as const;
  for (const [key, value] of members) {
    Object.defineProperty(prototype, key, { value, writable: true, configurable: true });
  }
  Object.defineProperty(prototype, "view", { get: view, configurable: true });
}

/** Stores the first items of an array. */
export function fillItems(array: CData, item: CType, values: readonly unknown[]): void {
  const traits = traitsOf(item);
  for (let i = 0; i < values.length; i++) {
    try {
      const kept = traits.store(array[MEMORY], array[OFFSET] + i * traits.size, values[i]);
      if (kept !== undefined) keep(array, i, kept);
    } catch (error) {
      throw locate(error, `[${i}]`);
    }
  }
}

/** As messages name an array type. */
export function arrayName(item: CType, length: number): string {
  return `ARRAY(${spelling(item)}, ${length})`;
}

// -- Private ---------------------------------------------------------------------------------------

interface Items {
  at(this: CData, index: number): unknown;
  put(this: CData, index: number, value: unknown): void;
  iterate(this: CData): IterableIterator<unknown>;
  view(this: CData): TypedArray;
}

/** What the iterators of JavaScript's own have in common. */
const IteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

/** An index that is no integer of 32 bits within the array. @throws TypeError, RangeError */
function anyIndex(index: unknown, length: number, name: string): number {
  if (typeof index !== "number" || !Number.isInteger(index)) {
    throw new TypeError(`${name}: expected an integer index, got ${describe(index)}`);
  }
  const i = index < 0 ? index + length : index;
  if (i < 0 || i >= length) throw outOfRange(`index ${index} is out of bounds for ${name}`);
  return i;
}

interface ItemParts extends MaybeDirect {
  readonly keys: Keys;
  readonly VIEWED: typeof VIEWED;
  readonly IteratorPrototype: object;
  readonly keep: typeof keep;
  readonly load: Traits["load"];
  readonly store: Traits["store"];
  readonly size: number;
  readonly length: number;
  readonly viewLength: number;
  readonly makeView: (array: CData) => TypedArray;
  readonly unusual: (index: unknown) => number;
  readonly failed: (error: unknown, i: number) => unknown;
}

// Evaluated anew for each array type.
function makeItems(parts: ItemParts): Items {
  const {
    keys,
    keep,
    load,
    store,
    accepts,
    method,
    size,
    length,
    IteratorPrototype,
    viewLength,
    makeView,
    unusual,
    failed,
  } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  const VIEWED: ItemParts["VIEWED"] = parts.VIEWED;

  function positionOf(index: unknown): number {
    if (typeof index === "number" && (index | 0) === index) {
      const i = index < 0 ? index + length : index;
      if (i >= 0 && i < length) return i;
    }
    return unusual(index);
  }

  class Iterator {
    // Fields would be names that the copied source does not declare.
    declare readonly array: CData;
    declare index: number;
    constructor(array: CData) {
      this.array = array;
      this.index = 0;
    }
    next(): IteratorResult<unknown> {
      const { array, index } = this;
      if (index >= length) return { value: undefined, done: true };
      this.index = index + 1;
      return { value: load(array[MEMORY], array[OFFSET] + index * size, array, index), done: false };
    }
  }
  Object.setPrototypeOf(Iterator.prototype, IteratorPrototype);

  return {
    at(index) {
      const i = positionOf(index);
      return load(this[MEMORY], this[OFFSET] + i * size, this, i);
    },
    put(index, value) {
      const i = positionOf(index);
      if (accepts?.(value)) {
        this[MEMORY][method as "setInt16"](this[OFFSET] + i * size, value as number, true);
        return;
      }
      try {
        const kept = store(this[MEMORY], this[OFFSET] + i * size, value);
        if (kept !== undefined) keep(this, i, kept);
      } catch (error) {
        throw failed(error, i);
      }
    },
    iterate() {
      return new Iterator(this) as unknown as IterableIterator<unknown>;
    },
    view() {
      const array = this as CData & { [VIEWED]?: TypedArray };
      const known = array[VIEWED];
      // Shorter, it lies in a buffer that was detached or shrunk.
      if (known !== undefined && known.length === viewLength) return known;
      const made = makeView(array);
      array[VIEWED] = made;
      return made;
    },
  };
}
