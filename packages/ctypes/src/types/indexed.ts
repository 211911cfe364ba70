/**
 * `object[index]` for arrays and pointers.
 *
 * JavaScript has no index operator to overload, so the *prototype chain* of these classes ends in a Proxy: a name that
 * is found on neither the instance nor its classes arrives there, and an integer is an index. Methods and memory are
 * found before and stay fast.
 *
 * An access through the Proxy costs 200-300 ns, through an accessor 100; so an index that arrives at the Proxy gets an
 * accessor for the next time, and so do its neighbours. `at()` and `put()` cost a few nanoseconds.
 */
import { INDEX, KEPT, PARENT } from "../memory/keep.ts";
import { CData } from "./cdata.ts";
import { MEMORY, OFFSET, VIEWED } from "./protocol.ts";

/** Reads the item at an index. */
export const AT: unique symbol = Symbol("at");
/** Stores the item at an index. */
export const PUT: unique symbol = Symbol("put");

export abstract class Indexed extends CData {
  abstract [AT](index: number): unknown;
  abstract [PUT](index: number, value: unknown): void;
}

// Found here, so that the Proxy is not asked for them where there is no instance.
for (const key of [MEMORY, OFFSET, PARENT, INDEX, KEPT, VIEWED]) {
  Object.defineProperty(Indexed.prototype, key, { value: undefined, writable: true });
}

// V8 11 does not look for it beyond a Proxy.
Object.defineProperty(
  Indexed.prototype,
  Symbol.toStringTag,
  Object.getOwnPropertyDescriptor(CData.prototype, Symbol.toStringTag) as PropertyDescriptor,
);

const handler: ProxyHandler<CData> = {
  get(target, key, receiver: Indexed) {
    const index = toIndex(key);
    if (index === undefined) return Reflect.get(target, key, receiver);
    addAccessors(index);
    return receiver[AT](index);
  },
  set(target, key, value, receiver: Indexed) {
    const index = toIndex(key);
    if (index === undefined) return Reflect.set(target, key, value, receiver);
    addAccessors(index);
    receiver[PUT](index, value);
    return true;
  },
  // It is not told of which array, and the same for all that accessors say.
  has: (target, key) => toIndex(key) !== undefined || Reflect.has(target, key),
};

const FEWEST_ACCESSORS = 64;
const MOST_ACCESSORS = 4096;
let accessors = 0;

/** Gives all arrays and pointers accessors up to `index`, twice as many each time. */
function addAccessors(index: number): void {
  if (index < accessors || index >= MOST_ACCESSORS) return;
  const end = Math.max(FEWEST_ACCESSORS, 2 ** Math.ceil(Math.log2(index + 1)));
  for (; accessors < end; accessors++) {
    const i = accessors;
    Object.defineProperty(Indexed.prototype, i, {
      get(this: Indexed) {
        return this[AT](i);
      },
      set(this: Indexed, value: unknown) {
        this[PUT](i, value);
      },
    });
  }
}

Object.setPrototypeOf(Indexed.prototype, new Proxy(Object.create(CData.prototype) as CData, handler));

// "-1" and "17" are indices, "", " 1", "1.5" and "length" are names.
function toIndex(key: string | symbol): number | undefined {
  if (typeof key !== "string") return undefined;
  const index = Number(key);
  return Number.isInteger(index) && String(index) === key ? index : undefined;
}
