/**
 * The items of an array: read, stored, iterated, and seen as a whole, by functions compiled for each array type.
 */
import { compile } from "../memory/compile.ts";
import { describe, locate, outOfRange, spelling } from "../memory/errors.ts";
import { keep } from "../memory/keep.ts";
import type { CData } from "./cdata.ts";
import { AT, PUT } from "./indexed.ts";
import { type CType, ITEMS, MEMORY, OFFSET, traitsOf, VIEWED } from "./protocol.ts";
import { type TypedArray, viewOfArray } from "./views.ts";

/** Gives the prototype of `ARRAY(item, length)` what reaches its items. */
export function defineItems(prototype: CData, item: CType, length: number): void {
  const { load, store, size, direct } = traitsOf(item);
  const name = arrayName(item, length);
  const viewLength = (size * length) / (item[ITEMS]()?.BYTES_PER_ELEMENT ?? 1);
  const makeView = (array: CData) => viewOfArray(array, item, size * length, name);
  const plain = plainItems(item, length, viewLength, makeView);
  // An index that is none goes the plain way, which has the messages.
  const position = (otherwise: string) => `
    if (typeof index !== "number" || (index | 0) !== index) return ${otherwise};
    const i = index < 0 ? index + ${length} : index;
    if (i < 0 || i >= ${length}) return ${otherwise};`;
  const { at, put, iterate, view } =
    compile<Items>(
      `({
        at(index) {
          ${position("plain.at.call(this, index)")}
          return load(this[MEMORY], this[OFFSET] + i * ${size}, this, i);
        },
        put(index, value) {
          ${position("plain.put.call(this, index, value)")}
          ${direct === undefined ? "" : `if (accepts(value)) { this[MEMORY].${direct.method}(this[OFFSET] + i * ${size}, value, true); return; }`}
          try {
            const kept = store(this[MEMORY], this[OFFSET] + i * ${size}, value);
            if (kept !== undefined) keep(this, i, kept);
          } catch (error) { throw locate(locate(error, "[" + i + "]"), name); }
        },
        iterate: function () {
          function Iterator(array) { this.array = array; this.index = 0; }
          Iterator.prototype = Object.create(IteratorPrototype);
          Iterator.prototype.next = function () {
            const { array, index } = this;
            if (index >= ${length}) return { value: undefined, done: true };
            this.index = index + 1;
            return { value: load(array[MEMORY], array[OFFSET] + index * ${size}, array, index), done: false };
          };
          return function () { return new Iterator(this); };
        }(),
        view() {
          const known = this[VIEWED];
          // Shorter, it lies in a buffer that was detached or shrunk.
          return known !== undefined && known.length === ${viewLength} ? known : (this[VIEWED] = makeView(this));
        },
      })`,
      {
        MEMORY,
        OFFSET,
        VIEWED,
        IteratorPrototype,
        plain,
        load,
        store,
        keep,
        locate,
        makeView,
        name,
        accepts: direct?.accepts,
      },
    ) ?? plain;
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
const IteratorPrototype: unknown = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

function plainItems(item: CType, length: number, viewLength: number, makeView: (array: CData) => TypedArray): Items {
  const { load, store, size } = traitsOf(item);
  const name = arrayName(item, length);
  const position = (index: unknown): number => {
    if (typeof index !== "number" || !Number.isInteger(index)) {
      throw new TypeError(`${name}: expected an integer index, got ${describe(index)}`);
    }
    const at = index < 0 ? index + length : index;
    if (at < 0 || at >= length) throw outOfRange(`index ${index} is out of bounds for ${name}`);
    return at;
  };
  return {
    at(index) {
      const i = position(index);
      return load(this[MEMORY], this[OFFSET] + i * size, this, i);
    },
    put(index, value) {
      const i = position(index);
      try {
        const kept = store(this[MEMORY], this[OFFSET] + i * size, value);
        if (kept !== undefined) keep(this, i, kept);
      } catch (error) {
        throw locate(locate(error, `[${i}]`), name);
      }
    },
    *iterate() {
      for (let i = 0; i < length; i++) yield load(this[MEMORY], this[OFFSET] + i * size, this, i);
    },
    view() {
      const array = this as CData & { [VIEWED]?: TypedArray };
      const known = array[VIEWED];
      if (known !== undefined && known.length === viewLength) return known;
      array[VIEWED] = makeView(this);
      return array[VIEWED];
    },
  };
}
