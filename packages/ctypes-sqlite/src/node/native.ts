/**
 * Classes and objects that look as node:sqlite's, which are made by V8's templates: methods have no parameters to
 * show, and what an object says of itself is its own.
 */
import { nativeClass } from "../core/native.ts";
import { illegalConstructor } from "./errors.ts";

type Class = abstract new (...args: never[]) => object;

/** A constructor of this name; see {@link nativeClass}. Without `construct` nobody outside can make one. */
export function nodeClass<C extends Class>(
  type: C,
  name: string,
  construct: Parameters<typeof nativeClass>[3] = () => {
    throw illegalConstructor();
  },
): C {
  for (const key of Reflect.ownKeys(type.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(type.prototype, key) as PropertyDescriptor;
    if (key === "constructor" || typeof value !== "function") continue;
    Object.defineProperty(value, "length", { value: 0 });
    if (typeof key === "symbol") Object.defineProperty(value, "name", { value: "" });
  }
  return nativeClass(type, name, 0, construct);
}

/** A property of an object that is read by a function. One for all objects of a class, so that they have one shape. */
export function accessor<T>(read: (self: T) => unknown): PropertyDescriptor {
  const { get } = {
    get(this: T) {
      return read(this);
    },
  };
  Object.defineProperty(get, "name", { value: "" });
  return { get, enumerable: true };
}
