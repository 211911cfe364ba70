/**
 * One leaf of an object in JavaScript: how it is reached, which values are tried on it, what they become, and when two
 * are the same.
 */
import { addressof, offsetof } from "ctypes-js";
import { type Scalar, scalarOf } from "./scalars.ts";
import type { Leaf } from "./spec.ts";
import type { Random } from "./values.ts";

// -- Reaching it -----------------------------------------------------------------------------------

/** Reads a leaf, through anonymous members by their names and through arrays by `at`. */
export function readLeaf(object: any, leaf: Leaf): unknown {
  let value = object;
  for (const step of leaf.path) value = typeof step === "number" ? value.at(step) : value[step];
  return taken(leaf, value);
}

/** Stores to a leaf, anonymous members left out and arrays indexed. */
export function writeLeaf(object: any, leaf: Leaf, value: unknown): void {
  const last = leaf.short.at(-1) as string;
  let place = object;
  for (const step of leaf.short.slice(0, -1)) place = place[step];
  place[last] = given(leaf, value);
}

/** The distance of a leaf that is no bit-field from the start of `object`. */
export function offsetOfLeaf(object: any, leaf: Leaf): number {
  let holder = object;
  for (const step of leaf.path.slice(0, -1)) holder = typeof step === "number" ? holder.at(step) : holder[step];
  const last = leaf.path.at(-1);
  const start = addressof(holder) - addressof(object);
  if (typeof last === "number") return start + last * scalarOf(leaf.scalar).bytes;
  return start + offsetof(holder.constructor, last as never);
}

/** What JavaScript hands over for a value. */
export function given({ scalar }: Pick<Leaf, "scalar">, value: unknown): unknown {
  const { give } = scalarOf(scalar) as Scalar;
  return give === undefined ? value : give(value);
}

/** The value of what JavaScript got. @throws TypeError when it is of the wrong kind. */
export function taken({ scalar }: Pick<Leaf, "scalar">, got: unknown): unknown {
  const { take, reads, name } = scalarOf(scalar) as Scalar;
  const value = take === undefined ? got : take(got);
  if (!reads.includes(typeof value))
    throw new TypeError(`${name} reads as a ${typeof value}, not ${reads.join(" or ")}`);
  return value;
}

// -- Values ----------------------------------------------------------------------------------------

/** A value for a leaf of an argument or result. */
export function randomValue(leaf: Leaf, random: Random): unknown {
  return expectedOf(leaf, scalarOf(leaf.scalar).random(random));
}

/** The values to try on a member: of a bit-field all bits, the lowest, none, and some. */
export function valuesToTry(leaf: Leaf, random: Random): unknown[] {
  const some = scalarOf(leaf.scalar).random(random);
  if (leaf.width === undefined) return [some, scalarOf(leaf.scalar).random(random)];
  if (leaf.scalar === "bool") return [true, false, some];
  return [-1, 1, 0, some];
}

/** What a value is after it was stored: cut to the bits there are. */
export function expectedOf({ scalar, width }: Leaf, value: unknown): unknown {
  if (width === undefined || (typeof value !== "number" && typeof value !== "bigint")) return value;
  const isSigned = (scalarOf(scalar) as Scalar).integer === "signed";
  const cut = isSigned ? BigInt.asIntN(width, BigInt(value)) : BigInt.asUintN(width, BigInt(value));
  return scalar.endsWith("longlong") ? cut : Number(cut) === Number(BigInt.asIntN(53, cut)) ? Number(cut) : cut;
}

export function isSame(one: unknown, other: unknown): boolean {
  if (isInteger(one) && isInteger(other)) return BigInt(one) === BigInt(other);
  if (isComplex(one) && isComplex(other)) return Object.is(one.re, other.re) && Object.is(one.im, other.im);
  return Object.is(one, other);
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (isComplex(value)) return `{ re: ${shown(value.re)}, im: ${shown(value.im)} }`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === "bigint" || (Number.isInteger(value) && !Object.is(value, -0));
}

function isComplex(value: unknown): value is { re: number; im: number } {
  return typeof value === "object" && value !== null && "re" in value;
}
