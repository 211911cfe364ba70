/**
 * C's enumerations: integers whose values have names.
 *
 * To C, and so to a call, an enumeration is the integer that the compiler has chosen for it, and it travels as that
 * integer does. To TypeScript it is the union of its values.
 */
import { describe } from "../memory/errors.ts";
import { Memory } from "../memory/memory.ts";
import { isCType } from "./cdata.ts";
import { type IntegerLetter, integers, type Row } from "./codes.ts";
import type { Simple, TypeOf } from "./inference.ts";
import { INSPECT } from "./protocol.ts";
import { type SimpleType, simple } from "./simple.ts";

/** The names of an enumeration, each with its value. */
export type Enumerators = Readonly<Record<string, number | bigint>>;

/**
 * The class of an enumeration: an integer type whose values are those of `E`, and which has each of them as a constant.
 */
export type EnumerationType<C extends string, E extends Enumerators> = SimpleType<C, E[keyof E]> & Readonly<E>;

/**
 * A type whose values have names: `enum color { RED, GREEN = 5 };`. `type` is the integer that C has for it, mostly
 * `unsigned int`.
 *
 *     const Color = Enumeration("Color", c_uint, { RED: 0, GREEN: 5 });
 *     Color.GREEN;   // 5
 *
 * Parameters, results and members of the type are its values, numbers as `type` has them, and the names are what
 * `console.log` shows. TypeScript takes no other number without a cast; C may give any, and any is read and stored:
 * what its names are or'ed together, too (`(A | B) as Color`).
 *
 * @throws TypeError when `type` is no integer type, when a value is none of its values, and for a name that every C
 * type has, such as `from_address`.
 */
export function Enumeration<const C extends IntegerLetter, const E extends Enumerators>(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: any integer, whatever its JavaScript values
  type: TypeOf<Simple<C, any, any, any>>,
  values: E,
): EnumerationType<C, E> {
  if (typeof name !== "string") {
    throw new TypeError(`Enumeration(): argument 1: expected a name, got ${describe(name)}`);
  }
  const letter = isCType(type) ? (type as unknown as { readonly _type_?: unknown })._type_ : undefined;
  if (typeof letter !== "string" || !Object.hasOwn(integers, letter)) {
    throw new TypeError(`Enumeration(): argument 2: expected an integer type, got ${describe(type)}`);
  }
  if (typeof values !== "object" || values === null) {
    throw new TypeError(`Enumeration(): argument 3: expected an object of names and values, got ${describe(values)}`);
  }
  const row = integers[letter as IntegerLetter](name);
  const names = new Names(values);
  const show = (value: unknown) => names.shown(value as number | bigint);
  // A module may declare hundreds, and what programs have of one is its values.
  const Base = simple(letter, { ...row, hasFewInstances: true, show });
  const made = class extends Base {} as unknown as EnumerationType<C, E>;
  Object.defineProperty(made, "name", { value: name, configurable: true });
  for (const [key, value] of Object.entries(values)) {
    checkName(name, key, Base);
    checkValue(`${name}.${key}`, row, value, (type as { readonly name?: string }).name ?? letter);
    Object.defineProperty(made, key, { value, enumerable: true });
  }
  return made;
}

// -- Private ---------------------------------------------------------------------------------------

/** What stands for a value in `console.log`. */
class Named {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  [INSPECT](): string {
    return this.#text;
  }
}

/** The names of an enumeration by their values; worked out when something is shown. */
class Names {
  readonly #values: Enumerators;
  #names: ReadonlyMap<number | bigint, string> | undefined;
  #areFlags = false;
  constructor(values: Enumerators) {
    this.#values = { ...values };
  }

  /** The first name of a value; of flags the names that it is made of; the number itself where it has no name. */
  shown(value: number | bigint): unknown {
    const names = (this.#names ??= this.#byValue());
    const name = names.get(value);
    if (name !== undefined) return new Named(name);
    if (!this.#areFlags) return value;
    let left = BigInt(value);
    const parts: string[] = [];
    for (const [flag, part] of names) {
      if (!isBit(BigInt(flag)) || (left & BigInt(flag)) === 0n) continue;
      parts.push(part);
      left &= ~BigInt(flag);
    }
    return left === 0n && parts.length > 0 ? new Named(parts.join(" | ")) : value;
  }

  #byValue(): ReadonlyMap<number | bigint, string> {
    const names = new Map<number | bigint, string>();
    for (const [key, value] of Object.entries(this.#values)) if (!names.has(value)) names.set(value, key);
    this.#areFlags = areFlags(Array.from(names.keys(), BigInt));
    return names;
  }
}

/**
 * Whether values are bits and what is made of them, so that what has no name may be several: no two share a bit, which
 * is gdb's rule; or they are so few for their sizes that they do not just count.
 */
function areFlags(values: readonly bigint[]): boolean {
  const all = values.filter((value) => value !== 0n);
  const bits = all.filter(isBit);
  if (all.length === bits.length) return true;
  const together = bits.reduce((a, b) => a | b, 0n);
  const isSparse = all.some((value) => value >= BigInt(2 * values.length));
  return isSparse && all.every((value) => value > 0n && (value & ~together) === 0n);
}

function isBit(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

/** A name must not hide what ctypes itself looks for. */
function checkName(owner: string, key: string, base: object): void {
  if (key in base && (key === "name" || key === "prototype" || !(key in Function.prototype))) {
    throw new TypeError(`Enumeration(): ${owner}.${key}: every C type has a '${key}' of its own`);
  }
}

const cell = new Memory(new ArrayBuffer(8), 0, "lent");

/** A value that memory of the type does not give back would never be equal to what is read. */
function checkValue(place: string, row: Row, value: unknown, type: string): void {
  const isInteger = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
  if (isInteger) row.store(cell, 0, value, true);
  if (isInteger && Object.is(row.load(cell, 0, true), value)) return;
  throw new TypeError(`Enumeration(): ${place}: expected a value that a ${type} reads as, got ${describe(value)}`);
}
