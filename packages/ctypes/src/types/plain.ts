/**
 * Objects of C as JavaScript's own tools see them: as plain values, as JSON, and as text that is equal where their
 * contents are.
 *
 * Instances have no properties of their own (`construct.ts`), so whoever compares two of them by properties would find
 * all equal. But all of `node:assert`, Jest, Vitest and chai ask `Object.prototype.toString` first, and go on only
 * where it says the same of both. So an instance's `Symbol.toStringTag` is its type and its contents.
 *
 * A type is asked, here as elsewhere: each class answers {@link PLAIN}.
 */
import { type Address, MemoryFaultError, type RawType } from "rawffi";
import { describe } from "../memory/errors.ts";
import { hasMemory } from "../memory/keep.ts";
import { hex } from "./address.ts";
import type { AnyData, Plain } from "./inference.ts";
import { INSPECT, type Instance, PLAIN, type PlainForm, type Traits } from "./protocol.ts";

/**
 * The values of an object of C, without its memory: a structure or union as an object of its members, an array as an
 * array, an array of characters as its text, all the way down. Pointers and functions stay what they are, and what they
 * point to is not followed. Text that cannot be read (of a union, the member that is not in use) is its address, a
 * number.
 *
 * `new Type(values)` and {@link assign} are the way back.
 *
 *     toPlain(new Point({ x: 1, y: 2 }));   // { x: 1, y: 2 }
 *
 * @throws TypeError for what is no C object.
 */
export function toPlain<I extends AnyData>(object: I): Plain<I> {
  const data = object as unknown as Instance;
  const isObject = (typeof data === "object" && data !== null) || typeof data === "function";
  if (!isObject || data[PLAIN] === undefined || !isReal(data)) {
    throw new TypeError(`toPlain(): argument 1: expected a C object, got ${describe(object)}`);
  }
  return data[PLAIN](VALUES) as Plain<I>;
}

/** Whether it has a value to show. A function has memory only when somebody asks for it. */
export function isReal(data: object): boolean {
  return typeof data === "function" || hasMemory(data);
}

/** What `console.log` shows of a prototype, and of what inherits from one or from an object of C. */
export function shownWithoutMemory(data: { readonly constructor: { readonly name: string } }): string {
  return `[${data.constructor.name} without memory]`;
}

// -- The forms -------------------------------------------------------------------------------------

const same = (value: unknown): unknown => value;

/** For JavaScript. */
export const VALUES: PlainForm = {
  value: same,
  address: (_at, object) => object,
  text: (value) => value(),
  object: (entries) => Object.fromEntries(entries()),
  array: (items) => Array.from(items),
};

/**
 * For `JSON.stringify`: integers that a number does not hold exactly are strings of digits, since JSON has no bigints;
 * addresses are strings as C prints them.
 */
export const JSON_VALUES: PlainForm = {
  ...VALUES,
  value: (value) => {
    if (typeof value !== "bigint") return value;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  },
  address: (at) => (at === 0 ? null : hex(at)),
};

/**
 * Text that is equal where all that could be read is: of characters those after the NUL as well, of pointers the
 * address.
 */
export const CONTENTS: PlainForm = {
  value: (value) => {
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "object" && value !== null) return JSON.stringify(value);
    return Object.is(value, -0) ? "-0" : String(value);
  },
  address: (at) => hex(at),
  text: (_value, items) => JSON.stringify(Array.from(items()).join("")),
  object: (entries) => `{ ${Array.from(entries(), ([name, value]) => `${name}: ${value}`).join(", ")} }`,
  array: (items) => `[ ${Array.from(items).join(", ")} ]`,
};

/** The tag of an instance; undefined of a prototype. */
export function tagOf(data: Instance): string | undefined {
  if (!hasMemory(data)) return undefined;
  return `${data.constructor.name} ${data[PLAIN](CONTENTS)}`;
}

/** What a value that was read is in a form: an object of C is asked. */
export function inForm(form: PlainForm, value: unknown): unknown {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject && (value as Partial<Instance>)[PLAIN] !== undefined
    ? (value as Instance)[PLAIN](form)
    : form.value(value);
}

/** The same for what `load` reads: text that cannot be read is the address where it should be. */
export function loadedInForm(form: PlainForm, raw: RawType, load: () => unknown, address: () => Address): unknown {
  const value = loadedOr(raw, load, address);
  return value instanceof Unreadable ? form.address(value.at, value.at) : inForm(form, value);
}

/** The same for `console.log`. */
export function shownOr(
  { raw, show }: Pick<Traits, "raw" | "show">,
  load: () => unknown,
  address: () => Address,
): unknown {
  const value = loadedOr(raw, load, address);
  return show === undefined || value instanceof Unreadable ? value : show(value);
}

function loadedOr(raw: RawType, load: () => unknown, address: () => Address): unknown {
  try {
    return load();
  } catch (error) {
    // The text of a `char *` or its like. A union's member that is not in use looks just like it.
    if (raw !== "pointer" || !(error instanceof MemoryFaultError || error instanceof RangeError)) throw error;
    return new Unreadable(address());
  }
}

/** Stands for text that cannot be read; it shows the address. */
class Unreadable {
  readonly at: Address;
  constructor(at: Address) {
    this.at = at;
  }
  [INSPECT](): string {
    return hex(this.at);
  }
}
