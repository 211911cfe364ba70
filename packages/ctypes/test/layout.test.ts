/**
 * Where members lie: every layout here is compared with gcc's, sizes, alignments, offsets and the very bits of
 * bit-fields.
 *
 * A case is a record of member → declaration, in C's own words: `"unsigned int : 3"`, `"Inner[2]"`. From it come the C
 * source and our class.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  type AggregateType,
  ARRAY,
  addressof,
  alignment,
  bits,
  c_bool,
  c_byte,
  c_char,
  c_double,
  c_double_complex,
  c_float,
  c_float_complex,
  c_int,
  c_int128,
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
  c_wchar,
  type LayoutRule,
  memset,
  offsetof,
  Structure,
  sizeof,
  string_at,
  Union,
} from "ctypes-js";
import { hexOf, runC } from "./support.ts";

// -- The cases -------------------------------------------------------------------------------------

interface Case {
  readonly members: Readonly<Record<string, string>>;
  readonly union?: true;
  readonly pack?: number;
  readonly align?: number;
  readonly layout?: LayoutRule;
  /** Members declared without a name in C; their type is an earlier case. */
  readonly anonymous?: readonly string[];
}

const integers = {
  "signed char": c_byte,
  "unsigned char": c_ubyte,
  short: c_short,
  "unsigned short": c_ushort,
  int: c_int,
  "unsigned int": c_uint,
  long: c_long,
  "unsigned long": c_ulong,
  "long long": c_longlong,
  "unsigned long long": c_ulonglong,
  _Bool: c_bool,
} as const;

const scalars = {
  ...integers,
  char: c_char,
  wchar_t: c_wchar,
  float: c_float,
  double: c_double,
  "long double": c_longdouble,
  "float _Complex": c_float_complex,
  "double _Complex": c_double_complex,
  __int128: c_int128,
  "void *": c_void_p,
} as const;

const handPicked: Record<string, Case> = {
  // Ordinary members
  OneInt: { members: { a: "int" } },
  CharInt: { members: { c: "char", i: "int" } },
  IntChar: { members: { i: "int", c: "char" } },
  Zoo: {
    members: { a: "signed char", b: "short", c: "int", d: "long", e: "float", f: "double", g: "_Bool", h: "void *" },
  },
  Wides: { members: { c: "char", l: "long double", d: "char", q: "__int128" } },
  Complexes: { members: { c: "char", f: "float _Complex", d: "double _Complex", w: "wchar_t" } },
  Arrays: { members: { c: "char[3]", s: "short[5]", d: "double[2]", last: "char" } },
  NoItems: { members: { n: "int", items: "double[0]" } },
  Inner: { members: { c: "char", s: "short" } },
  Nested: { members: { before: "char", inner: "Inner", after: "char", more: "Inner[3]" } },
  Deep: { members: { c: "char", nested: "Nested[2]", l: "long" } },
  AnUnion: { union: true, members: { c: "char", d: "double", s: "short[5]" } },
  HoldsUnion: { members: { kind: "int", value: "AnUnion" } },
  Anonymous: { members: { kind: "int", _u: "AnUnion", tail: "char" }, anonymous: ["_u"] },
  // pack and align
  Pack1: { pack: 1, members: { c: "char", i: "int", s: "short", d: "double" } },
  Pack2: { pack: 2, members: { c: "char", i: "int", s: "short", d: "double" } },
  Pack4: { pack: 4, members: { c: "char", i: "int", s: "short", d: "double", l: "long double" } },
  Pack8: { pack: 8, members: { c: "char", l: "long double", q: "__int128" } },
  Pack16: { pack: 16, members: { c: "char", i: "int" } },
  PackNested: { pack: 1, members: { c: "char", inner: "Inner", u: "AnUnion" } },
  PackUnion: { pack: 2, union: true, members: { c: "char", d: "double", t: "char[9]" } },
  Align1: { align: 1, members: { i: "int" } },
  Align16: { align: 16, members: { c: "char" } },
  Align64: { align: 64, members: { c: "char", d: "double" } },
  HoldsAligned: { members: { c: "char", aligned: "Align16", d: "char" } },
  PackAndAlign: { pack: 1, align: 8, members: { c: "char", i: "int" } },
  AlignUnion: { align: 32, union: true, members: { c: "char", i: "int" } },
  // Bit-fields as gcc on Unix has them
  Bits: { members: { a: "unsigned int : 3", b: "unsigned int : 5", c: "unsigned int : 24", d: "unsigned int : 1" } },
  Crossing: { members: { a: "unsigned int : 20", b: "unsigned int : 20", c: "unsigned int : 20" } },
  Signed: { members: { a: "int : 1", b: "signed char : 7", c: "short : 9", d: "long long : 33" } },
  Bools: { members: { a: "_Bool : 1", b: "_Bool : 1", c: "unsigned char : 6", d: "_Bool : 1", e: "_Bool" } },
  MixedTypes: {
    members: { a: "signed char : 4", b: "int : 4", c: "short : 4", d: "long long : 40", e: "unsigned char : 3" },
  },
  CharThenInt: { members: { c: "char", b: "unsigned int : 1", d: "char" } },
  IntThenBits: { members: { i: "int", b: "unsigned long long : 24", c: "unsigned int : 20" } },
  Full: {
    members: { a: "unsigned long long : 64", b: "unsigned int : 32", c: "unsigned short : 16", d: "unsigned char : 8" },
  },
  BitsBeforeArray: { members: { b: "unsigned int : 5", c: "char[3]", d: "unsigned int : 5" } },
  UnionBits: { union: true, members: { a: "unsigned int : 3", b: "long long : 40", c: "signed char : 8" } },
  PackedBits: {
    pack: 1,
    members: { a: "unsigned int : 20", b: "unsigned int : 20", c: "unsigned short : 3", d: "int" },
  },
  PackedBits2: { pack: 2, members: { c: "char", a: "unsigned long long : 36", b: "unsigned int : 20" } },
  PackedBits4: { pack: 4, members: { c: "char", a: "unsigned long long : 63", b: "unsigned long long : 3" } },
  AlignedBits: { align: 16, members: { a: "unsigned short : 3", b: "unsigned short : 14" } },
  NestedBits: { members: { c: "char", bits: "Bits", more: "Bools[2]" } },
  // Bit-fields as Microsoft's compiler has them
  MsBits: { layout: "ms", members: { a: "unsigned int : 4", b: "unsigned int : 5", c: "unsigned int : 7" } },
  MsStraddling: {
    layout: "ms",
    members: { a: "unsigned int : 9", b: "unsigned int : 7", c: "unsigned int : 30", d: "unsigned int : 18" },
  },
  MsMixed: {
    layout: "ms",
    members: { a: "int : 3", b: "short : 3", c: "short : 9", d: "signed char : 2", e: "long long : 50" },
  },
  MsSameSize: {
    layout: "ms",
    members: { a: "unsigned int : 3", b: "int : 3", c: "long long : 3", d: "unsigned long : 3" },
  },
  MsBetween: { layout: "ms", members: { c: "char", a: "unsigned int : 3", d: "char", b: "unsigned int : 3" } },
  MsBools: {
    layout: "ms",
    members: { a: "_Bool : 1", b: "unsigned char : 3", c: "unsigned char : 5", d: "_Bool : 1" },
  },
  MsPacked: {
    layout: "ms",
    pack: 1,
    members: { a: "unsigned short : 4", b: "unsigned short : 12", c: "unsigned int : 20", d: "char" },
  },
  MsPacked2: {
    layout: "ms",
    pack: 2,
    members: { c: "char", a: "unsigned int : 4", b: "unsigned long long : 40", d: "char" },
  },
  MsPlain: { layout: "ms", members: { c: "char", i: "int", d: "double" } },
  MsUnion: { layout: "ms", union: true, members: { a: "unsigned int : 3", b: "unsigned short : 9" } },
};

/** Many more, of a fixed seed. */
function generated(count: number): Record<string, Case> {
  let state = 2026;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const cases: Record<string, Case> = {};
  for (let i = 0; i < count; i++) {
    const members: Record<string, string> = {};
    const many = 1 + random(7);
    for (let m = 0; m < many; m++) {
      const name = `m${m}`;
      if (random(3) > 0) {
        const type = pick(Object.keys(integers) as (keyof typeof integers)[]);
        const widest = type === "_Bool" ? 1 : 8 * sizeof(integers[type]);
        members[name] = `${type} : ${1 + random(widest)}`;
      } else members[name] = pick(Object.keys(scalars)) + pick(["", "", "[3]"]);
    }
    const pack = pick([0, 0, 0, 1, 2, 4, 8]);
    const align = pick([0, 0, 0, 0, 2, 16]);
    const union = random(6) === 0;
    // A packed union of bit-fields is smaller with gcc's ms_struct than with Microsoft's compiler, which we follow.
    const ms = random(3) === 0 && !(union && pack > 0);
    cases[`Generated${i}`] = {
      members,
      ...(union && { union }),
      ...(pack > 0 && { pack }),
      ...(align > 0 && { align }),
      ...(ms && { layout: "ms" }),
    };
  }
  return cases;
}

const cases = { ...handPicked, ...generated(300) };

// -- In C ------------------------------------------------------------------------------------------

function declarator(name: string, declared: string): string {
  const [, type, items = "", width = ""] = /^(.*?)(\[\d+\])?( : \d+)?$/.exec(declared)!;
  const spelled = type! in scalars ? type : `${handPicked[type!]?.union ? "union" : "struct"} ${type}`;
  return `${spelled} ${name}${items}${width};`;
}

function body(of: Case): string {
  const lines = Object.entries(of.members).map(([name, type]) => {
    if (!of.anonymous?.includes(name)) return declarator(name, type);
    const inner = handPicked[type]!;
    return `${inner.union ? "union" : "struct"} { ${body(inner)} };`;
  });
  return lines.join(" ");
}

function cSource(): string {
  const declarations: string[] = [];
  const statements: string[] = [];
  for (const [name, of] of Object.entries(cases)) {
    const type = `${of.union ? "union" : "struct"} ${name}`;
    const attributes = [...(of.align ? [`aligned(${of.align})`] : []), of.layout === "ms" ? "ms_struct" : "gcc_struct"];
    if (of.pack) declarations.push(`#pragma pack(push, ${of.pack})`);
    declarations.push(`${type} { ${body(of)} } __attribute__((${attributes.join(", ")}));`);
    if (of.pack) declarations.push("#pragma pack(pop)");
    const parts = [`printf("${name} %zu %zu", sizeof(${type}), _Alignof(${type}));`];
    for (const [member, declared] of Object.entries(of.members)) {
      if (of.anonymous?.includes(member)) continue;
      const isBitField = declared.includes(":");
      if (!isBitField) parts.push(`printf(" ${member}@%zu", offsetof(${type}, ${member}));`);
      const set = isBitField ? `s.${member} = -1;` : `memset(&s.${member}, 0xff, sizeof s.${member});`;
      parts.push(`{ ${type} s; memset(&s, 0, sizeof s); ${set} printf(" "); bytes(&s, sizeof s); }`);
    }
    statements.push(`${parts.join(" ")} printf("\\n");`);
  }
  return `
    #include <stddef.h>
    #include <stdio.h>
    #include <string.h>
    #include <wchar.h>
    ${declarations.join("\n")}
    static void bytes(const void *p, size_t n) { for (size_t i = 0; i < n; i++) printf("%02x", ((const unsigned char *)p)[i]); }
    int main(void) {
      ${statements.join("\n")}
    }`;
}

// -- Here ------------------------------------------------------------------------------------------

type AnyStructure = AggregateType<Record<string, typeof c_int>, string>;
const made = new Map<string, AnyStructure>();

function typeOf(declared: string): typeof c_int {
  const [, name, items, width] = /^(.*?)(?:\[(\d+)\])?(?: : (\d+))?$/.exec(declared)!;
  const type = (scalars[name as "int"] ?? made.get(name!)) as typeof c_int;
  if (items !== undefined) return ARRAY(type, Number(items)) as never;
  return width === undefined ? type : (bits(type, Number(width)) as never);
}

function classOf(of: Case): AnyStructure {
  const fields = Object.fromEntries(Object.entries(of.members).map(([name, type]) => [name, typeOf(type)]));
  // gcc's rule where there is no other, also where the system's compilers have another.
  const { pack, align, layout = "gcc-sysv", anonymous } = of;
  const options = {
    ...(pack && { pack }),
    ...(align && { align }),
    layout,
    ...(anonymous && { anonymous }),
  };
  return class extends (of.union ? Union : Structure)(fields, options) {} as unknown as AnyStructure;
}

function lineOf(name: string, of: Case): string {
  const type = classOf(of);
  made.set(name, type);
  let line = `${name} ${sizeof(type)} ${alignment(type)}`;
  for (const [member, declared] of Object.entries(of.members)) {
    if (of.anonymous?.includes(member)) continue;
    const data = new type();
    if (declared.includes(":")) data[member] = declared.startsWith("_Bool") ? (true as never) : -1;
    else {
      const offset = offsetof(type, member);
      line += ` ${member}@${offset}`;
      memset(addressof(data) + offset, 0xff, sizeof(typeOf(declared)));
    }
    line += ` ${hexOf(string_at(addressof(data), sizeof(type)))}`;
  }
  return line;
}

describe("the layout of gcc", () => {
  const theirs = new Map<string, string>();
  before(() => {
    for (const line of runC("layout", cSource()).trimEnd().split("\n")) theirs.set(line.split(" ", 1)[0]!, line);
  });
  for (const [name, of] of Object.entries(handPicked)) {
    test(name, () => assert.equal(lineOf(name, of), theirs.get(name)));
  }
  test("300 generated structures and unions", () => {
    const wrong = Object.entries(cases).filter(([name, of]) => lineOf(name, of) !== theirs.get(name));
    const shown = wrong.map(([name, of]) => ({ ...of, ours: lineOf(name, of), theirs: theirs.get(name) }));
    assert.deepEqual(shown, []);
  });
});

// -- What gcc has no word for ----------------------------------------------------------------------

test("in an extended structure the members begin after the base, its padding included", () => {
  class Base extends Structure({ d: c_double, c: c_ubyte }) {}
  class More extends Base.extend({ c2: c_ubyte, s: c_short }) {}
  assert.equal(offsetof(More, "c2"), 16);
  assert.equal(sizeof(More), 24);
});

test("bit-fields of an extended structure begin in a byte of their own", () => {
  class Base extends Structure({ a: bits(c_ubyte, 3) }) {}
  class More extends Base.extend({ b: bits(c_ubyte, 3) }) {}
  assert.equal(sizeof(More), 2);
  const more = new More({ a: 7 });
  assert.equal(more.b, 0);
});

test("an array of as many structures as you like costs no memory by itself", () => {
  class Pair extends Structure({ a: c_int, b: c_double }) {}
  assert.equal(sizeof(ARRAY(Pair, 2 ** 40)), 2 ** 44);
  class None extends Structure({}) {}
  assert.equal(sizeof(ARRAY(None, 2 ** 40)), 0);
});
