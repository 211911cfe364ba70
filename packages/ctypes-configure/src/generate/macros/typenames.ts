/**
 * C's arithmetic types by the words they are spelled with.
 */
import type { ArithmeticCode } from "ctypes-js/arithmetic";

/** Words that a type begins with. */
export const TYPE_WORDS: ReadonlySet<string> = new Set(
  (
    "void char short int long signed unsigned float double _Bool bool struct union enum const volatile __signed__ __const __volatile__ " +
    "_Complex __int128 __typeof__ typeof"
  ).split(" "),
);

/** By the words in the order of the alphabet. */
const TYPES: Readonly<Record<string, ArithmeticCode>> = {
  _Bool: "?",
  bool: "?",
  char: "b",
  "char signed": "b",
  "char unsigned": "B",
  short: "h",
  "int short": "h",
  "short signed": "h",
  "int short signed": "h",
  "short unsigned": "H",
  "int short unsigned": "H",
  int: "i",
  signed: "i",
  "int signed": "i",
  unsigned: "I",
  "int unsigned": "I",
  long: "l",
  "int long": "l",
  "long signed": "l",
  "int long signed": "l",
  "long unsigned": "L",
  "int long unsigned": "L",
  "long long": "q",
  "int long long": "q",
  "long long signed": "q",
  "int long long signed": "q",
  "long long unsigned": "Q",
  "int long long unsigned": "Q",
  float: "f",
  double: "d",
};

/** `["unsigned", "char"]` is "B"; null for what is no such type. */
export function keywordType(words: readonly string[]): ArithmeticCode | null {
  const known = [...words].map((word) => (word === "__signed__" ? "signed" : word)).sort();
  return TYPES[known.join(" ")] ?? null;
}
