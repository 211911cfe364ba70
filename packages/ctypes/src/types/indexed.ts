/**
 * `object[index]` for arrays and pointers.
 *
 * JavaScript has no index operator to overload, so the *prototype chain* of these classes ends in a Proxy: a name that is found on
 * neither the instance nor its classes arrives there, and an integer is an index. Methods and memory are found before and stay fast; an
 * access by index costs about 150 ns, `at()` and `put()` about one.
 */
import { INDEX, KEPT, PARENT } from "../memory/keep.ts";
import { CData, MEMORY, OFFSET } from "./cdata.ts";

/** Reads the item at an index. */
export const AT: unique symbol = Symbol("at");
/** Stores the item at an index. */
export const PUT: unique symbol = Symbol("put");

export abstract class Indexed extends CData {
  abstract [AT](index: number): unknown;
  abstract [PUT](index: number, value: unknown): void;
}

// Found here, so that an instance's own properties are not asked of the Proxy when they are first written.
for (const key of [MEMORY, OFFSET, PARENT, INDEX, KEPT]) {
  Object.defineProperty(Indexed.prototype, key, { value: undefined, writable: true });
}

const handler: ProxyHandler<CData> = {
  get(target, key, receiver: Indexed) {
    const index = toIndex(key);
    return index === undefined ? Reflect.get(target, key, receiver) : receiver[AT](index);
  },
  set(target, key, value, receiver: Indexed) {
    const index = toIndex(key);
    if (index === undefined) return Reflect.set(target, key, value, receiver);
    receiver[PUT](index, value);
    return true;
  },
};

Object.setPrototypeOf(Indexed.prototype, new Proxy(Object.create(CData.prototype) as CData, handler));

// "-1" and "17" are indices, "", " 1", "1.5" and "length" are names.
function toIndex(key: string | symbol): number | undefined {
  if (typeof key !== "string") return undefined;
  const index = Number(key);
  return Number.isInteger(index) && String(index) === key ? index : undefined;
}
