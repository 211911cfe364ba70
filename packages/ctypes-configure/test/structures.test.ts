/** Structures and unions as C has them: members, hints that are corrected, arrays, bit-fields, padding. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConstantInteger, configure, SimpleType, Struct, Union } from "ctypes-configure";
import {
  ARRAY,
  alignment,
  bits,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  field,
  offsetof,
  POINTER,
  Structure,
  sizeof,
} from "ctypes-js";
import { withC } from "./support.ts";

const DIRENT = "struct dirent { long d_ino; int d_off; unsigned short d_reclen; char d_name[32]; };";

describe("a structure", () => {
  test("has the members that are asked for, and the size that C gives the whole", async () => {
    const { dirent } = await configure(withC(DIRENT), { dirent: Struct("struct dirent", { d_reclen: c_ushort }) });
    class Whole extends Structure({ d_ino: c_long, d_off: c_int, d_reclen: c_ushort, d_name: ARRAY(c_char, 32) }) {}
    assert.equal(dirent.name, "dirent");
    assert.equal(sizeof(dirent), sizeof(Whole));
    assert.equal(alignment(dirent), alignment(Whole));
    assert.equal(offsetof(dirent, "d_reclen"), offsetof(Whole, "d_reclen"));
    assert.equal(new dirent({ d_reclen: 65535 }).d_reclen, 65535);
  });

  test("corrects hints: size and sign are measured", async () => {
    const text = `struct S { signed char c; unsigned char uc; short s; unsigned short us; int i; unsigned int ui; long l; unsigned long ul;
      long long ll; unsigned long long ull; float f; double d; };`;
    const wrong = { c: c_int, uc: c_int, s: c_uint, us: c_int, i: c_uint, ui: c_int, l: c_int, ul: c_int, f: c_double };
    const { S } = await configure(withC(text), {
      S: Struct("struct S", { ...wrong, ll: c_longlong, ull: c_longlong, d: c_float }),
    });
    const expected = { c: c_byte, uc: c_ubyte, s: c_short, us: c_ushort, i: c_int, ui: c_uint, l: c_long, ul: c_ulong };
    for (const [name, type] of Object.entries({
      ...expected,
      ll: c_longlong,
      ull: c_ulonglong,
      f: c_float,
      d: c_double,
    })) {
      assert.equal(field(S, name as "c").type, type, name);
    }
  });

  test("keeps a hint that fits and says more than a number", async () => {
    const text = "struct S { char c; const char *text; void *p; int *numbers; _Bool flag; };";
    const hints = { c: c_char, text: c_char_p, p: c_void_p, numbers: POINTER(c_int), flag: c_int };
    const { S } = await configure(withC(text), { S: Struct("struct S", hints) });
    const s = new S({ c: "x", text: "hello" });
    assert.equal(s.c, "x");
    assert.equal(s.text, "hello");
    assert.equal(s.p, null);
    assert.equal(s.flag as unknown, false);
  });

  test("without members is of the right size all the same", async () => {
    const { FILE } = await configure({ headers: ["stdio.h"], cache: false }, { FILE: Struct("FILE", {}) });
    assert.ok(sizeof(FILE) > 100);
    assert.equal(alignment(FILE), 8);
  });

  test("can be nested, by its entry, whatever the order of their names", async () => {
    for (const [a, b] of [
      ["x", "y"],
      ["y", "x"],
    ] as const) {
      const text = `struct ${a} { int foo; unsigned long bar; }; struct ${b} { char c; struct ${a} in; };`;
      const inner = Struct(`struct ${a}`, { bar: c_short });
      const made = await configure(withC(text), { outer: Struct(`struct ${b}`, { in: inner }), inner });
      assert.equal(field(made.outer, "in").type, made.inner);
      assert.equal(offsetof(made.outer, "in"), 8);
      const outer = new made.outer();
      outer.in.bar = 2 ** 40;
      assert.equal(outer.in.bar, 2 ** 40);
    }
  });

  test("has arrays of the length they have in C, of entries too", async () => {
    const text = `${DIRENT} struct list { int n; struct dirent all[3]; unsigned short s[2][5]; };`;
    const dirent = Struct("struct dirent", { d_name: ARRAY(c_char, 1) });
    const made = await configure(withC(text), { list: Struct("struct list", { all: [dirent, 1] }), dirent });
    assert.equal(new made.dirent().d_name.length as number, 32);
    const { all } = new made.list();
    assert.equal(all.length as number, 3);
    assert.ok(all.at(2) instanceof made.dirent);
  });

  test("has arrays of the length they have in C also where the hint has none, and an item each may be an array", async () => {
    const text = `${DIRENT} struct S { short grid[2][5]; int none[0]; const int tail[]; };`;
    const { dirent, S } = await configure(withC(text), {
      dirent: Struct("struct dirent", { d_name: ARRAY(c_char, 0) }),
      S: Struct("struct S", { grid: ARRAY(ARRAY(c_short, 5), 0), none: ARRAY(c_int, 0), tail: ARRAY(c_int, 0) }),
    });
    assert.equal(field(dirent, "d_name").byte_size, 32);
    assert.deepEqual(
      (["grid", "none", "tail"] as const).map((name) => field(S, name).byte_size),
      [20, 0, 0],
    );
  });

  test("has padding where members are left out, and no more", async () => {
    const text = "typedef struct { char c1; char c2; short s1; char c3; long l; } foobar_t;";
    const { whole, part, first } = await configure(withC(text), {
      whole: Struct("foobar_t", { c1: c_char, c2: c_char, s1: c_short, c3: c_char, l: c_long }),
      part: Struct("foobar_t", { c1: c_char, s1: c_short }),
      first: Struct("foobar_t", { c1: c_char }),
    });
    const padding = (type: { readonly _fields_: object }) =>
      Object.keys(type._fields_).filter((name) => /^_\d+$/.test(name));
    assert.deepEqual(padding(whole), []);
    assert.deepEqual(
      [part, first].map((type) => padding(type).length),
      [1, 1],
    );
    assert.deepEqual(
      [whole, part, first].map((type) => [sizeof(type), alignment(type)]),
      [
        [16, 8],
        [16, 8],
        [16, 8],
      ],
    );
  });

  test("may end in a flexible array", async () => {
    const { S } = await configure(withC("struct S { short n; int data[]; };"), {
      S: Struct("struct S", { n: c_int, data: ARRAY(c_short, 0) }),
    });
    assert.equal(sizeof(S), 4);
    assert.equal(offsetof(S, "data"), 4);
    const bytes = new Int32Array([2, 7, 8]);
    const items = ARRAY(c_int, 2).from_buffer(bytes, offsetof(S, "data"));
    assert.deepEqual([...items], [7, 8]);
  });

  test("has bit-fields where C has them, also when the hint says nothing of bits", async () => {
    const text = "struct S { unsigned a : 3, : 7; int b : 9; unsigned char c : 1; unsigned long long d : 40; int e; };";
    const { S } = await configure(withC(text), {
      S: Struct("struct S", { a: bits(c_uint, 1), b: c_int, c: c_int, d: bits(c_ulonglong, 40), e: c_int }),
    });
    const place = (name: "a" | "b" | "c" | "d") => {
      const { offset, bit_offset, bit_size } = field(S, name);
      return [8 * offset + bit_offset, bit_size];
    };
    assert.deepEqual(
      [place("a"), place("b"), place("c")],
      [
        [0, 3],
        [10, 9],
        [19, 1],
      ],
    );
    const s = new S({ a: 7, b: -3, c: 1, d: 2n ** 39n, e: -1 });
    assert.deepEqual([s.a, s.b, s.c, s.d, s.e], [7, -3, 1, 2n ** 39n, -1]);
  });

  test("can be packed or over-aligned", async () => {
    const text = `struct P { char c; int i; double d; } __attribute__((packed)); struct A { int i; _Alignas(32) char c; int tail; };`;
    const { P, A } = await configure(withC(text), {
      P: Struct("struct P", { i: c_int, d: c_double }),
      A: Struct("struct A", { i: c_int, c: c_char, tail: c_int }),
    });
    assert.deepEqual([sizeof(P), alignment(P), offsetof(P, "i"), offsetof(P, "d")], [13, 1, 1, 5]);
    assert.deepEqual([sizeof(A), alignment(A), offsetof(A, "c"), offsetof(A, "tail")], [64, 32, 32, 36]);
  });

  test("has members of anonymous members, which may share bytes", async () => {
    const text = "struct S { char kind; union { long l; struct { short a, b; }; float f; }; int tail; };";
    const { S } = await configure(withC(text), {
      S: Struct("struct S", { kind: c_char, l: c_long, b: c_short, f: c_float, tail: c_int }),
    });
    const s = new S();
    s.l = 5 * 65536;
    assert.equal(s.b, 5);
    s.tail = 9;
    assert.deepEqual([offsetof(S, "b"), offsetof(S, "tail"), sizeof(S)], [10, 16, 24]);
  });

  test("that is a union shares its memory", async () => {
    const { U } = await configure(withC("union U { long l; double d; char text[20]; };"), {
      U: Union("union U", { l: c_int, d: c_float }),
    });
    const u = new U();
    u.d = 1;
    assert.equal(u.l, 0x3ff0000000000000n as unknown);
    assert.equal(sizeof(U), 24);
  });

  test("is null where its macro is not defined", async () => {
    const text = "#define XYZZY 42\ntypedef int foo;\nstruct s { int i; double f; };";
    const made = await configure(withC(text), {
      s: Struct("struct s", { i: c_int }, { ifdef: "XYZZY" }),
      z: Struct("struct z", { i: c_int }, { ifdef: "FOOBAR" }),
      foo: SimpleType("foo", c_int, { ifdef: "XYZZY" }),
      bar: SimpleType("bar", c_int, { ifdef: "FOOBAR" }),
      value: ConstantInteger("XYZZY + 1", { ifdef: "XYZZY" }),
      none: ConstantInteger("FOOBAR + 1", { ifdef: "FOOBAR" }),
    });
    assert.ok(made.s !== null && made.foo !== null);
    assert.deepEqual([made.z, made.bar, made.value, made.none], [null, null, 43, null]);
  });

  test("whose hint can be no such member is refused by name", async () => {
    await assert.rejects(
      configure(withC("struct S { int i; };"), { S: Struct("struct S", { i: POINTER(c_int) }) }),
      /structures\.test\.ts:\d+: Struct\("struct S"\): member 'i': the hint is .* of 8 bytes, and C's member has 4 bytes$/,
    );
  });
});
