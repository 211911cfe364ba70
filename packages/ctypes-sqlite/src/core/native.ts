/**
 * Classes that look as those of native code do, which the modules our faces are named after are made of: a
 * constructor that is a function and says what happens without `new`, and methods that are enumerable.
 */
type Class = abstract new (...args: never[]) => object;
type Newable = new (...args: unknown[]) => object;

/**
 * A constructor of this name, of the objects of `type`. `construct` makes one, of a class derived from it where
 * `target` is one; without `new` there is no target.
 */
export function nativeClass<C extends Class>(
  type: C,
  name: string,
  length: number,
  construct: (args: unknown[], target: Newable | undefined) => object,
): C {
  const made = function (...args: unknown[]): object {
    return construct(args, new.target as unknown as Newable | undefined);
  };
  Object.defineProperty(made, "name", { value: name });
  Object.defineProperty(made, "length", { value: length });
  made.prototype = type.prototype;
  for (const key of Reflect.ownKeys(type.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(type.prototype, key) as PropertyDescriptor;
    if (key !== "constructor" && typeof value === "function") {
      Object.defineProperty(type.prototype, key, { enumerable: true });
    }
  }
  Object.defineProperty(type.prototype, "constructor", { value: made, writable: true, configurable: true });
  return made as unknown as C;
}
