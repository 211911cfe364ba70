/** Cross mode: the same answers without running anything, for this machine and for others. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  ConstantInteger,
  configure,
  Defined,
  DefinedConstantDouble,
  DefinedConstantInteger,
  DefinedConstantString,
  type Entries,
  Enum,
  Has,
  InLibrary,
  IntegerFunctionResult,
  measure,
  type Settings,
  SimpleType,
  SizeOf,
  Struct,
  type StructFact,
  Union,
  Works,
} from "ctypes-configure";
import { ARRAY, bits, c_char, c_double, c_int, c_long, c_short, c_uint } from "ctypes-js";
import { file, folder, skipWithout } from "./support.ts";

const text = `
  struct inner { char c; int x; long y; };
  struct outer { unsigned short a; struct inner list[3]; unsigned f : 3, : 4, g : 9; int h : 6; union { unsigned char u; float v; }; long tail[]; };
  struct __attribute__((packed)) packed { char c; double d; };
  union mixed { long a; long double b; char text[20]; };
  enum color { RED = -1, BLUE = 7 };
  #define TEXT "höhe"
  #define HALF 0.5
  #if defined __aarch64__
  #define MACHINE 183
  #elif defined __s390x__
  #define MACHINE 22
  #endif
`;

const settings: Settings = {
  headers: ["stddef.h", "sys/stat.h", "math.h"],
  libraries: ["m"],
  after: text,
  cache: false,
};
const inner = Struct("struct inner", { x: c_short });

const entries = {
  stat: Struct("struct stat", {
    st_mode: c_int,
    st_size: c_int,
    st_mtim: Struct("struct timespec", { tv_nsec: c_long }),
  }),
  inner,
  outer: Struct("struct outer", {
    a: c_int,
    list: [inner, 2],
    f: c_int,
    g: bits(c_uint, 1),
    h: c_int,
    u: c_int,
    v: c_double,
    tail: ARRAY(c_int, 0),
  }),
  packed: Struct("struct packed", { d: c_double }),
  mixed: Union("union mixed", { a: c_long, text: ARRAY(c_char, 1) }),
  char: SimpleType("char"),
  wchar_t: SimpleType("wchar_t"),
  long_double: SimpleType("long double"),
  color: Enum("enum color", ["RED", "BLUE"]),
  machine: DefinedConstantInteger("MACHINE"),
  big: ConstantInteger("0xfedcba9876543210ULL"),
  negative: ConstantInteger("-5"),
  text: DefinedConstantString("TEXT"),
  half: DefinedConstantDouble("HALF"),
  none: DefinedConstantDouble("NONE"),
  defined: Defined("TEXT"),
  size: SizeOf("struct outer"),
  absent: SizeOf("struct nowhere", { ifdef: "NOWHERE" }),
  pow: Has("pow"),
  nothing: Has("nothing"),
  works: Works(),
  cos: InLibrary("cos"),
  gone: InLibrary("no_such_function"),
} satisfies Entries;

test("what an object file says is what a program says", async () => {
  const [run, object] = await Promise.all([
    measure(settings, entries),
    measure({ ...settings, mode: "object" }, entries),
  ]);
  assert.deepEqual(object, run);
});

describe("another machine is asked by its compiler", () => {
  for (const [compiler, expected] of [
    ["aarch64-linux-gnu-gcc", { machine: 183, char: "B", wchar_t: "I", f: 8 * 56, g: 8 * 56 + 7, isBig: false }],
    ["s390x-linux-gnu-gcc", { machine: 22, char: "B", wchar_t: "i", f: 8 * 56, g: 8 * 56 + 7, isBig: true }],
  ] as const) {
    const skip = skipWithout(compiler);

    test(`${compiler}: every size and offset is what its own assertions hold to be true`, { skip }, async () => {
      const facts = await measure({ ...settings, mode: "object", compiler }, entries);
      const { inner: _, ...structs } = { inner, outer: facts.outer, packed: facts.packed, stat: facts.stat } as Record<
        string,
        unknown
      >;
      const claims = Object.entries(structs).flatMap(([name, fact]) => claimsOf(`struct ${name}`, fact as StructFact));
      claims.push(...claimsOf("union mixed", facts.mixed), `sizeof(long double) == ${facts.long_double.size}`);
      claims.push(`${facts.big}ULL == 0xfedcba9876543210ULL`, `MACHINE == ${facts.machine}`);
      assert.ok(claims.length > 25);
      const headers = settings.headers?.map((header) => `#include <${header}>\n`).join("");
      const source = file(
        "claims.c",
        `${headers}${text}\n${claims.map((claim) => `_Static_assert(${claim}, "");`).join("\n")}\n`,
      );
      const checked = spawnSync(compiler, ["-c", "-w", "-o", join(folder(), "claims.o"), source], { encoding: "utf8" });
      assert.equal(checked.status, 0, checked.stderr);
    });

    test(`${compiler}: signs, texts, doubles and bit-fields are those of that machine`, { skip }, async () => {
      const facts = await measure({ ...settings, mode: "object", compiler }, entries);
      assert.equal(facts.machine, expected.machine);
      assert.equal(facts.char.code, expected.char);
      assert.equal(facts.wchar_t.code, expected.wchar_t);
      assert.deepEqual([facts.text, facts.half, facts.none], ["höhe", 0.5, null]);
      assert.deepEqual(facts.color.values, { RED: -1, BLUE: 7 });
      // Counted in the machine's own order, the first bit-field begins at the first bit.
      assert.deepEqual(facts.outer.members.f?.bits, { offset: expected.f, width: 3, isSigned: false });
      assert.deepEqual(facts.outer.members.g?.bits, { offset: expected.g, width: 9, isSigned: false });
      assert.deepEqual(facts.outer.members.h?.bits, { offset: expected.g + 9, width: 6, isSigned: true });
      assert.deepEqual(
        [facts.pow, facts.nothing, facts.works, facts.cos, facts.gone],
        [true, false, true, true, false],
      );
    });
  }
});

test("what only a running program knows is refused by name", async () => {
  const asked = measure({ ...settings, mode: "object" }, { pid: IntegerFunctionResult("getpid") });
  await assert.rejects(asked, /IntegerFunctionResult\("getpid"\): its result is known by running it only/);
  await assert.rejects(
    configure({ mode: "object" }, { int: SizeOf("int") }),
    /types are for this one; use measure\(\)/,
  );
});

const other = "aarch64-linux-gnu-gcc";
const skip = skipWithout(other) || (process.arch === "arm64" && "its programs run here");
test("a program that does not run here says so", { skip }, async () => {
  await assert.rejects(
    measure({ compiler: other, cache: false }, { int: SizeOf("int") }),
    /did not run to its end.*mode: "object" runs nothing/,
  );
});

function claimsOf(name: string, fact: StructFact): string[] {
  const members = Object.entries(fact.members).filter(([, member]) => member.bits === undefined);
  return [
    `sizeof(${name}) == ${fact.size}`,
    `_Alignof(${name}) == ${fact.align}`,
    ...members.flatMap(([member, { offset, size, item }]) => [
      `offsetof(${name}, ${member}) == ${offset}`,
      ...(item?.length === 0 ? [] : [`sizeof(((${name} *)0)->${member}) == ${size}`]),
    ]),
  ];
}
