/**
 * Which simple type a measured size and sign is. A hint that fits is kept: it may be more exact, as `c_char` is, or
 * read in another way.
 */
import {
  c_bool,
  c_byte,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longdouble,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  sizeof,
  type TypeOf,
} from "ctypes-js";
import type { TypeFact } from "../measure/facts.ts";

/** The letters of integers, by sign. */
const SIGNED = "bhilq";
const UNSIGNED = "BHILQ";
const FLOATS = "fdg";

const byLetter: Readonly<Record<string, TypeOf>> = {
  "?": c_bool,
  b: c_byte,
  B: c_ubyte,
  h: c_short,
  H: c_ushort,
  i: c_int,
  I: c_uint,
  l: c_long,
  L: c_ulong,
  q: c_longlong,
  Q: c_ulonglong,
  f: c_float,
  d: c_double,
  g: c_longdouble,
};

/** ctypes' letter of a simple type; null for other types. */
export function letterOf(type: unknown): string | null {
  const letter = (type as { _type_?: unknown } | null)?._type_;
  return typeof letter === "string" ? letter : null;
}

/** The simple type that C's type is, as near to the hint as it may be; null when no simple type is. */
export function corrected(hint: TypeOf, fact: TypeFact): TypeOf | null {
  const letter = letterOf(hint) ?? "";
  const isNumber = letter !== "" && "bhilqBHILQfdg?c".includes(letter);
  if (!isNumber) return sizeof(hint) === fact.size ? hint : null;
  // A pointer, read as a number.
  if (fact.code === "") return fact.size === sizeof(c_void_p) ? hintOfSize("L", fact) : null;
  const measured = fact.code;
  if (measured === letter || (letter === "c" && fact.size === 1)) return hint;
  if (kindOf(measured) === kindOf(letter) && sizeof(hint) === fact.size) return hint;
  // Whoever hints a type that reads as a number gets one, where `long` is as good as `long long`.
  if ("qQ".includes(measured) && !"qQ".includes(letter)) return hintOfSize(measured === "q" ? "l" : "L", fact);
  return byLetter[measured] ?? null;
}

// -- Private ---------------------------------------------------------------------------------------

type NumberKind = "signed" | "unsigned" | "float" | "other";

function kindOf(letter: string): NumberKind {
  if (SIGNED.includes(letter)) return "signed";
  if (UNSIGNED.includes(letter)) return "unsigned";
  return FLOATS.includes(letter) ? "float" : "other";
}

function hintOfSize(letter: "l" | "L", fact: TypeFact): TypeOf {
  const long = byLetter[letter] as TypeOf;
  return sizeof(long) === fact.size ? long : (byLetter[letter === "l" ? "q" : "Q"] as TypeOf);
}
