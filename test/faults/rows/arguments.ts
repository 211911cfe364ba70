/** Wrong arguments: C never sees them. */
import type { Row } from "../row.ts";

const FUNCTIONS = `const lib = open({
  add: CFUNCTYPE(c_int, c_int, c_int), half: CFUNCTYPE(c_double, c_double), same_byte: CFUNCTYPE(c_byte, c_byte),
  same_ubyte: CFUNCTYPE(c_ubyte, c_ubyte), same_longlong: CFUNCTYPE(c_longlong, c_longlong), length_of: CFUNCTYPE(c_long, c_char_p),
});`;

function argument(id: string, when: string, call: string, stdout: string): Row {
  return { id, when, program: `${FUNCTIONS} attempt(() => ${call});`, stdout };
}

export const argumentRows: readonly Row[] = [
  argument("too-few", "too few arguments", "lib.add(1)", "ArgumentError: add(): expected 2 arguments, got 1"),
  argument("too-many", "too many arguments", "lib.add(1, 2, 3)", "ArgumentError: add(): expected 2 arguments, got 3"),
  argument(
    "wrong-type",
    "a string for an int",
    'lib.add("x", 1)',
    'ArgumentError: add(): argument 1: expected an integer for c_int, got the string "x"',
  ),
  argument(
    "fraction",
    "1.7 for an int",
    "lib.add(1, 1.7)",
    "ArgumentError: add(): argument 2: expected an integer for c_int, got the number 1.7",
  ),
  argument("wraps-byte", "300 for an int8 wraps as in C", "lib.same_byte(300)", "gave 44"),
  argument("wraps-ubyte", "-1 for a uint8 wraps as in C", "lib.same_ubyte(-1)", "gave 255"),
  argument("wraps-longlong", "2^70 for an int64 wraps as in C", "lib.same_longlong(2n ** 70n + 5n)", "gave 5n"),
  argument(
    "undefined",
    "undefined for a double",
    "lib.half(undefined)",
    "ArgumentError: half(): argument 1: expected a number for c_double, got undefined",
  ),
  {
    id: "sizes",
    when: "structures by value of 200,000 bytes, and of none",
    program: `class Huge extends Structure({ bytes: ARRAY(c_byte, 200_000) }) {} class Empty extends Structure({}) {}
      const lib = open({ sum_huge: CFUNCTYPE(c_int, Huge), behind_empty: CFUNCTYPE(c_int, Empty, c_int) });
      const huge = new Huge(); huge.bytes[0] = 5; huge.bytes[199_999] = 6; attempt(() => lib.sum_huge(huge)); attempt(() => lib.behind_empty(new Empty(), 7));`,
    stdout: "gave 11\ngave 7",
  },
  argument("null-text", "null for a string is NULL", "lib.length_of(null)", "gave -1"),
  argument(
    "nul-inside",
    "a string with a NUL inside",
    'lib.length_of("a\\0b")',
    'ArgumentError: length_of(): argument 1: expected text without NUL characters, got the string "a\\u0000b"; C would see only ' +
      "the part before the NUL",
  ),
];
