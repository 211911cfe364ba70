/**
 * The errors of ctypes and the sentences in them: *where: expected what, got what*.
 *
 * A conversion knows what it expected; only its callers know where. So it throws a located error with an empty place,
 * and each caller on the way out prepends its own place: `x` becomes `topLeft.x`, then `Rect.topLeft.x`.
 */

import { MemoryFaultError } from "rawffi";
import { hasMemory, MEMORY } from "./keep.ts";

/** A wrong argument of a C function: `strlen(): argument 1: expected …`. */
export class ArgumentError extends TypeError {
  readonly code = "ERR_CTYPES_ARGUMENT";
  override readonly name = "ArgumentError";
}

/** A library that cannot be loaded, a symbol it does not have, or the use of a closed one. */
export class LibraryError extends Error {
  readonly code = "ERR_CTYPES_LIBRARY";
  override readonly name = "LibraryError";
}

/** A NULL pointer was dereferenced. */
export class NullPointerError extends TypeError {
  readonly code = "ERR_CTYPES_NULL_POINTER";
  override readonly name = "NullPointerError";
}

/** The spelling of a class in messages, where it is not its name: `POINTER(c_int)`. */
export const SPELLED: unique symbol = Symbol("spelled");

const DETAIL = Symbol("detail");
const PLACE = Symbol("place");

interface Located extends Error {
  [DETAIL]?: string;
  [PLACE]?: string;
}

/** A `TypeError` without a place yet: `expected an integer for c_int, got the string "1"`. */
export function expected(what: string, got: unknown, advice = ""): TypeError {
  return unlocated(new TypeError(), `expected ${what}, got ${describeBeside(what, got)}${advice && `; ${advice}`}`);
}

/** Describes a value so that it differs from `what`, also when two classes have the same name. */
function describeBeside(what: string, got: unknown): string {
  const name = typeof got === "object" && got !== null && !Array.isArray(got) ? nameOf(got) : undefined;
  const isSame = name !== undefined && (what === name || what.startsWith(`${name} or `));
  return isSame && !isMadeFromPrototype(got as object) ? `an instance of another class of that name` : describe(got);
}

/** A `RangeError` without a place yet. */
export function outOfRange(detail: string): RangeError {
  return unlocated(new RangeError(), detail);
}

/** Prepends `place` to the place of an error. Other errors are returned as they are. */
export function locate(error: unknown, place: string): unknown {
  const located = error as Located;
  if (!(error instanceof Error) || located[DETAIL] === undefined) return error;
  const inner = located[PLACE];
  located[PLACE] = inner === undefined ? place : inner.startsWith("[") ? place + inner : `${place}.${inner}`;
  return sentence(located);
}

/** The result of `act`; `place` is prepended to an error that it throws. */
export function located<T>(place: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw locate(error, place);
  }
}

/** Prepends `place` only to an existing place: an error without one concerns the whole value. */
export function locateInner(error: unknown, place: string): unknown {
  return (error as Located | null | undefined)?.[PLACE] === undefined ? error : locate(error, place);
}

/** Removes the owner from an error's place, so that a better one can be prepended: `Value.i` becomes `i`. */
export function disown(error: unknown): unknown {
  const located = error as Located;
  if (!(error instanceof Error) || located[DETAIL] === undefined) return error;
  located[PLACE] = (located[PLACE] ?? "").replace(/^[^.[]*\.?/, "");
  return sentence(located);
}

/** The error of a wrong argument, with `error` as its `cause`; a RangeError or a memory fault stays what it is. */
export function argumentError(where: string, error: unknown): Error {
  const located = error as Located;
  if (error instanceof RangeError && located[DETAIL] !== undefined) {
    error.message = `${where}: ${error.message}`;
    delete located[DETAIL];
    return error;
  }
  // The stack overflowed here by chance; the argument is not at fault.
  if (error instanceof RangeError && /call stack/i.test(error.message)) return error;
  if (error instanceof MemoryFaultError) {
    error.message = `${where}: ${error.message}`;
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ArgumentError(`${where}: ${reason}`, { cause: error });
}

/** The result of `act`; if it reaches memory that is not there, the error begins with `place`. */
export function reaching<T>(place: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof MemoryFaultError) error.message = `${place}: ${error.message}`;
    throw error;
  }
}

/** Describes a value, shortened: `the number 5`, `the string "abc"`, `a Map`, `an instance of c_int`. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "number":
      return `the number ${Object.is(value, -0) ? "-0" : value}`;
    case "bigint":
      return `the bigint ${shortened(String(value))}n`;
    case "string":
      return `the string ${JSON.stringify(shortened(value))}`;
    case "boolean":
      return `the boolean ${value}`;
    case "symbol":
      return "a symbol";
    case "function":
      if (spelled(value) !== undefined) return `a function object of type ${spelled(value)}`;
      // The `prototype` property of a class, built-in ones included, is read-only.
      return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false
        ? `the class ${value.name}`
        : "a function";
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return "an array";
      const name = nameOf(value);
      if (name === undefined) return "an object";
      return isMadeFromPrototype(value) ? "an object without memory, such as a prototype" : `${article(name)} ${name}`;
    }
    default:
      return "undefined";
  }
}

/** The spelling of a C type in messages. */
export function spelling(type: { readonly name: string; [SPELLED]?: string }): string {
  return type[SPELLED] ?? type.name;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function spelled(value: object): string | undefined {
  return constructorOf(value)?.[SPELLED];
}

function nameOf(value: object): string | undefined {
  const name = spelled(value) ?? constructorOf(value)?.name;
  return typeof name !== "string" || name === "Object" || name === "" ? undefined : name;
}

/** Whether it inherits from a C type without being a C object: `Object.create(Point.prototype)`. */
function isMadeFromPrototype(value: object): boolean {
  return MEMORY in value && !hasMemory(value);
}

function constructorOf(value: object): { name?: unknown; [SPELLED]?: string } | undefined {
  return (Object.getPrototypeOf(value) as object | null)?.constructor as never;
}

function article(name: string): string {
  return /^[AEIOaeio]/.test(name) ? "an" : "a";
}

function unlocated<E extends Error>(error: E, detail: string): E {
  Object.defineProperty(error, DETAIL, { value: detail, writable: true, configurable: true });
  Object.defineProperty(error, PLACE, { value: undefined, writable: true, configurable: true });
  return sentence(error);
}

function sentence<E extends Located>(error: E): E {
  error.message = error[PLACE] === undefined ? (error[DETAIL] ?? "") : `${error[PLACE]}: ${error[DETAIL]}`;
  return error;
}
