/** Macros: what is a constant is exact, and what is none is left out with its reason. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "ctypes-configure";
import { complaintsAbout, libraryOf, loaded, skipWithoutLibclang, wordsOf } from "./generated.ts";
import { file } from "./support.ts";

const skip = skipWithoutLibclang();

const constants: Record<string, readonly [c: string, value: unknown]> = {
  SUM: ["1 + 2", 3],
  NEGATIVE: ["-7", -7],
  SMALLEST: ["(-9223372036854775807LL - 1)", -(2n ** 63n)],
  LARGEST: ["18446744073709551615ULL", 2n ** 64n - 1n],
  HALF: ["0.5", 0.5],
  NEGATIVE_HALF: ["-0.5", -0.5],
  NEGATIVE_TWO: ["-2.0", -2],
  NEGATIVE_ZERO: ["-0.0", -0],
  AS_DOUBLE: ["(double)3", 3],
  AS_NEGATIVE_DOUBLE: ["((double)-3)", -3],
  SINGLE: ["((float)0.1)", Math.fround(0.1)],
  HUGE: ["1e300", 1e300],
  LETTER: ["'x'", 120],
  BYTES_OF_INT: ["sizeof(int)", 4],
  OTHER: ["SUM * 2", 5],
  TEXT: ['"plain"', "plain"],
  TWO_PARTS: ['"a" "b"', "ab"],
  QUOTED: ['"q\\"\\\\\\t\\001\\x7f?"', 'q"\\\t\u0001\u007f?'],
  UTF_8: ['"\\xc3\\xa9😀"', "é😀"],
  IN_PARENTHESES: ['("text")', "text"],
  NO_UTF_8: ['"\\xf0\\x28"', Uint8Array.of(0xf0, 0x28)],
  WITH_NUL: ['"ab\\0cd"', Uint8Array.of(97, 98, 0, 99, 100)],
  NUL_AT_END: ['"ab\\0"', Uint8Array.of(97, 98, 0)],
  MANY_BYTES: [`"\\0${"abcdefghij".repeat(9)}"`, Uint8Array.from(Buffer.from(`\0${"abcdefghij".repeat(9)}`))],
  EMPTY_TEXT: ['""', ""],
  ALL_ONES: ["((void *) -1)", 2n ** 64n - 1n],
  FUNCTION_ONE: ["((void (*)(int)) 1)", 1],
  NOTHING: ["((void *) 0)", 0],
};
const others: Record<string, readonly [c: string, reason: RegExp]> = {
  LIST: ["10, 20", /a list/],
  TEXTS: ['"a", "b"', /a list/],
  CLOSING: ["3)", /clang: /],
  OPENING: ["(3", /clang: |no constant/],
  OPENING_BY_NAME: ["OPENING", /clang: |no constant/],
  MISSING: ["there_is_no_such_thing + 1", /clang: use of undeclared identifier/],
  LARGE: ["((__int128)1 << 100)", /128 bits/],
  SHIFTED: ["(1 << 40)", /clang: shift/],
  BY_NOTHING: ["(1 / 0)", /clang: (division|initializer)/],
  WIDE: ['L"wide"', /wide/],
  OF_UTF_16: ['u"text"', /wide/],
  STATEMENT: ["{ 1 }", /no constant/],
  TYPE: ["unsigned int", /clang: |no constant/],
};

test("macros are worth what they are in C, or left out with the reason", { skip }, async () => {
  const lines = Object.entries({ ...others, ...constants }).map(([name, [c]]) => `#define ${name} ${c}`);
  const path = file("worth.h", `${lines.join("\n")}\n`);
  const { module, made } = await loaded({ headers: [path] });
  for (const [name, [c, value]] of Object.entries(constants)) assert.deepEqual(module[name], value, `${name}: ${c}`);
  const reasons = wordsOf(made);
  for (const [name, [c, reason]] of Object.entries(others)) {
    assert.equal(module[name], undefined, `${name}: ${c}`);
    assert.match(reasons.get(name) ?? "", reason, `${name}: ${c}`);
  }
  const { differences, compared } = await check(module, { cache: false });
  assert.deepEqual(differences, []);
  assert.equal(compared, Object.keys(constants).length);
});

test("what is no text is bytes, with the NUL that C has after them", { skip }, async () => {
  const many = `#define MANY "\\0${"letters".repeat(20)}"\n`;
  const header = `#define LIST "a\\0b\\0"\n#define LATIN "\\xe9"\n${many}`;
  const options = libraryOf("bytes", `${header}int total(const char *list);\n`, TOTAL);
  const { module, made } = await loaded(options);
  assert.equal(module.libbytes.total(module.LIST), 2); // C finds the end of the list after what is counted
  const program = `
import { LATIN, LIST, libbytes } from "./module.ts";
export const bytes: Uint8Array = LATIN;
export const total: number = libbytes.total(LIST);
`;
  assert.equal(complaintsAbout(made, program), "");
  const { libraries: _, ...settings } = options;
  for (const mode of ["run", "object"] as const) {
    const wrong = { LIST: Uint8Array.of(97, 0, 98), LATIN: Uint8Array.of(0xe8) };
    const { differences, compared } = await check(wrong, { ...settings, mode, cache: false });
    assert.equal(compared, 2);
    assert.deepEqual(
      differences.map(({ name, what, module, headers }) => [name, what, module, headers]),
      [
        ["LIST", "bytes", "610062", "61006200"],
        ["LATIN", "bytes", "e8", "e9"],
      ],
    );
  }
});

const TOTAL = `
int total(const char *list) { int n = 0; for (; *list; n++) while (*list++); return n; }
`;

test("a wrong constant of a hand-written module is found, whatever its kind", { skip }, async () => {
  const path = file(
    "wrong.h",
    '#define A -2.5\n#define B -3\n#define C "text"\n#define D ((void *) -1)\nenum { E = -4 };\n',
  );
  const wrong = { A: -2, B: -4, C: "texts", D: 2n ** 63n, E: -5 };
  const { differences } = await check(wrong, { headers: [path], cache: false });
  assert.deepEqual(
    differences.map(({ name, headers }) => [name, headers]),
    [
      ["A", -2.5],
      ["B", -3],
      ["C", "text"],
      ["D", 2n ** 64n - 1n],
      ["E", -4],
    ],
  );
});
