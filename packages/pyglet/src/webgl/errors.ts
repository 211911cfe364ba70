/** Conversions of arguments as WebIDL has them, whose failures name function and argument. */

/** @throws TypeError when there are fewer arguments than the function must have. */
export function need(got: number, wanted: number, method: string): void {
  if (got < wanted) throw new TypeError(`${method}(): expected ${wanted} arguments, got ${got}`);
}

/** @throws TypeError that says which argument is not what it has to be. */
export function wrong(method: string, position: number, expected: string, got: unknown): TypeError {
  return new TypeError(`${method}(): argument ${position}: expected ${expected}, got ${describe(got)}`);
}

export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string")
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === "object") return `an object of ${value.constructor?.name ?? "no class"}`;
  if (typeof value === "function") return "a function";
  return `the ${typeof value} ${String(value)}`;
}

/** A class of WebGL's objects, for `instanceof`. */
export interface ObjectClass<T> {
  readonly name: string;
  new (...args: never[]): T;
}

/** @throws TypeError when `value` is no object of that class. */
export function object<T>(value: unknown, Class: ObjectClass<T>, method: string, position: number): T {
  if (value instanceof Class) return value;
  throw wrong(method, position, `a ${Class.name}`, value);
}

/** The same, where null and undefined stand for none. */
export function objectOrNull<T>(value: unknown, Class: ObjectClass<T>, method: string, position: number): T | null {
  if (value instanceof Class) return value;
  if (value === null || value === undefined) return null;
  throw wrong(method, position, `a ${Class.name} or null`, value);
}

/** A byte offset or size, which is a `long long`: an integer, 0 for what is no number. */
export function integer(value: number): number {
  return Math.trunc(+value) || 0;
}

/** @throws TypeError when `value` is no list. */
export function list<T>(value: Iterable<T>, method: string, position: number): T[] {
  const items = value as Iterable<T> | null | undefined;
  if (typeof items !== "object" || items === null || typeof items[Symbol.iterator] !== "function")
    throw wrong(method, position, "a list", value);
  return Array.isArray(value) ? value : [...value];
}
