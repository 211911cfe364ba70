/**
 * Bit-fields: what gcc and Microsoft's rule make of them, and what they read as.
 */
import assert from "node:assert/strict";
import {
  alignment,
  BigEndianStructure,
  bits,
  byref,
  c_bool,
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
  c_uint8,
  c_uint16,
  c_uint32,
  c_uint64,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  c_wchar,
  type Fields,
  field,
  LittleEndianStructure,
  POINTER,
  Structure,
  sizeof,
  type TypeOf,
  Union,
} from "ctypes-js";
import { checkFields } from "./field-check.ts";
import { hexOf } from "./memory.ts";
import { row } from "./row.ts";
import { throws, undeclared } from "./support.ts";

const FILE = "test_bitfields.py";

type Integer = typeof c_int;
type Members = Record<string, number | bigint>;

const ints = [..."ABCDEFGHI"];
const shorts = [..."MNOPQRS"];
const members: Fields = Object.fromEntries([
  ...ints.map((name, i) => [name, bits(c_int, i + 1)]),
  ...shorts.map((name, i) => [name, bits(c_short, i + 1)]),
]);
class BITS extends Structure(members) {}
class BITS_msvc extends Structure(members, { layout: "ms" }) {}
class BITS_gcc extends Structure(members, { layout: "gcc-sysv" }) {}

// -- C_Test ----------------------------------------------------------------------------------------

/** What C's own code reads where ours wrote: every value below `limit` in each of these members. */
function compare(type: typeof BITS, reader: string, names: readonly string[], limit: number): void {
  const read = undeclared(reader);
  read.argtypes = [POINTER(type), c_char];
  for (let value = 0; value < limit; value++) {
    for (const name of names) {
      const object = new type() as unknown as Members;
      object[name] = value;
      assert.equal(object[name], read(byref(object as never), name), `${name} = ${value}`);
    }
  }
}

row(FILE, "C_Test", "test_ints", () => compare(BITS, "unpack_bitfields", ints, 512));

row(FILE, "C_Test", "test_shorts", () => compare(BITS, "unpack_bitfields", shorts, 256));

row(FILE, "C_Test", "test_shorts_msvc_mode", (t) => {
  if (!["x64", "ia32", "ppc64"].includes(process.arch)) return t.skip("gcc has no ms_struct here");
  compare(BITS_msvc, "unpack_bitfields_msvc", [...ints, ...shorts], 256);
});

// -- BitFieldTest ----------------------------------------------------------------------------------

const CLASS = "BitFieldTest";
const signed = { c_byte, c_short, c_int, c_long, c_longlong };
const unsigned = { c_ubyte, c_ushort, c_uint, c_ulong, c_ulonglong };

/** The types of a table, each as if it were `c_int`: to the compiler one is as good as another. */
function each(types: Record<string, unknown>): [name: string, type: Integer][] {
  return Object.entries(types) as [string, Integer][];
}

row(FILE, CLASS, "test_generic_checks", () => {
  checkFields(BITS);
  checkFields(BITS_msvc);
  checkFields(BITS_gcc);
  assert.deepEqual([sizeof(BITS), sizeof(BITS_msvc), sizeof(BITS_gcc)], [12, 12, 12]);
  assert.notEqual(field(BITS_gcc, "M" as never).offset, field(BITS_msvc, "M" as never).offset, "the rules differ");
});

row(FILE, CLASS, "test_longlong", () => {
  class X extends Structure({ a: bits(c_longlong, 1), b: bits(c_longlong, 62), c: bits(c_longlong, 1) }) {}
  checkFields(X);
  assert.equal(sizeof(X), sizeof(c_longlong));
  const x = new X();
  x.a = -1n;
  x.b = 7n;
  x.c = -1n;
  assert.deepEqual([x.a, x.b, x.c], [-1n, 7n, -1n]);
});

row(FILE, CLASS, "test_ulonglong", () => {
  class X extends Structure({ a: bits(c_ulonglong, 1), b: bits(c_ulonglong, 62), c: bits(c_ulonglong, 1) }) {}
  checkFields(X);
  assert.equal(sizeof(X), sizeof(c_ulonglong));
  const x = new X();
  assert.deepEqual([x.a, x.b, x.c], [0n, 0n, 0n]);
  x.a = 7n;
  x.b = 7n;
  x.c = 7n;
  assert.deepEqual([x.a, x.b, x.c], [1n, 7n, 1n]);
});

row(FILE, CLASS, "test_signed", () => {
  for (const [name, type] of each(signed)) {
    class X extends Structure({ dummy: type, a: bits(type, 3), b: bits(type, 3), c: bits(type, 1) }) {}
    checkFields(X);
    assert.equal(sizeof(X), 2 * sizeof(type), name);
    const x = new X();
    const read = () => [x.dummy, x.a, x.b, x.c].map(Number);
    assert.deepEqual(read(), [0, 0, 0, 0], name);
    x.a = -1;
    assert.deepEqual(read(), [0, -1, 0, 0], name);
    x.a = 0;
    x.b = -1;
    assert.deepEqual(read(), [0, 0, -1, 0], name);
  }
});

row(FILE, CLASS, "test_unsigned", () => {
  for (const [name, type] of each(unsigned)) {
    class X extends Structure({ a: bits(type, 3), b: bits(type, 3), c: bits(type, 1) }) {}
    checkFields(X);
    assert.equal(sizeof(X), sizeof(type), name);
    const x = new X();
    const read = () => [x.a, x.b, x.c].map(Number);
    assert.deepEqual(read(), [0, 0, 0], name);
    x.a = -1;
    assert.deepEqual(read(), [7, 0, 0], name);
    x.a = 0;
    x.b = -1;
    assert.deepEqual(read(), [0, 7, 0], name);
  }
});

/** Declares a structure of one bit-field, of any type. */
function one(type: unknown, width: number): TypeOf {
  return class extends Structure({ a: bits(type as Integer, width) }) {};
}

row(FILE, CLASS, "test_nonint_types", () => {
  class Empty extends Structure({}) {}
  class Dummy extends Structure({ x: c_int }) {}
  const types = { c_char_p, c_void_p, c_char, c_float, c_double, Dummy, Empty, LP_c_int: POINTER(c_int) };
  for (const [name, type] of Object.entries(types)) {
    const message = `bits(): argument 1: expected an integer type for a bit-field, got ${name}`;
    throws(() => one(type, 1), TypeError, message);
  }
});

row(FILE, CLASS, "test_c_wchar", () => {
  throws(() => one(c_wchar, 1), TypeError, "bits(): argument 1: expected an integer type for a bit-field, got c_wchar");
});

row(FILE, CLASS, "test_single_bitfield_size", () => {
  for (const [name, type] of each({ ...signed, ...unsigned })) {
    const most = 8 * sizeof(type);
    // Python has none of width 0, which here is C's unnamed one.
    for (const width of [-1, most + 1]) {
      const message = `bits(): argument 2: ${type.name} has 0 to ${most} bits, got ${width}`;
      throws(() => one(type, width), RangeError, message);
    }
    for (const width of [1, most]) {
      class X extends Structure({ a: bits(type, width) }) {}
      checkFields(X);
      assert.equal(sizeof(X), sizeof(type), `${name}: ${width}`);
    }
  }
  throws(() => one(c_bool, 2), RangeError, "bits(): argument 2: c_bool has 0 or 1 bit, got 2");
});

row(FILE, CLASS, "test_multi_bitfields_size", () => {
  class Together extends Structure({ a: bits(c_short, 1), b: bits(c_short, 14), c: bits(c_short, 1) }) {}
  checkFields(Together);
  assert.equal(sizeof(Together), 2);

  class Interrupted extends Structure({
    a: bits(c_short, 1),
    a1: c_short,
    b: bits(c_short, 14),
    c: bits(c_short, 1),
  }) {}
  checkFields(Interrupted);
  assert.equal(sizeof(Interrupted), 6);
  const offsets = (["a", "a1", "b", "c"] as const).map((name) => field(Interrupted, name).offset);
  assert.deepEqual(offsets, [0, 2, 4, 4]);

  class Crossing extends Structure({ a: bits(c_short, 3), b: bits(c_short, 14), c: bits(c_short, 14) }) {}
  checkFields(Crossing);
  assert.equal(sizeof(Crossing), 6);
  const crossed = (["a", "b", "c"] as const).map((name) => field(Crossing, name).offset);
  assert.deepEqual(crossed, [0, 2, 4]);
});

/** Declares a structure, checks its description and gives its size under gcc's and under Microsoft's rule. */
function sizes(fields: Fields): [gcc: number, ms: number] {
  return (["gcc-sysv", "ms"] as const).map((layout) => {
    class X extends Structure(fields, { layout }) {}
    checkFields(X);
    return sizeof(X);
  }) as [number, number];
}

row(FILE, CLASS, "test_mixed_1", () => {
  assert.deepEqual(sizes({ a: bits(c_byte, 4), b: bits(c_int, 4) }), [4, 8]);
});

row(FILE, CLASS, "test_mixed_2", () => {
  const size = alignment(c_int) + sizeof(c_int);
  assert.deepEqual(sizes({ a: bits(c_byte, 4), b: bits(c_int, 32) }), [size, size]);
});

row(FILE, CLASS, "test_mixed_3", () => {
  assert.deepEqual(sizes({ a: bits(c_byte, 4), b: bits(c_ubyte, 4) }), [1, 1]);
});

row(FILE, CLASS, "test_mixed_4", () => {
  const fields = {
    a: bits(c_short, 4),
    b: bits(c_short, 4),
    c: bits(c_int, 24),
    d: bits(c_short, 4),
    e: bits(c_short, 4),
    f: bits(c_int, 24),
  };
  assert.deepEqual(sizes(fields), [8, 16]);
});

row(FILE, CLASS, "test_mixed_5", () => {
  class X extends Structure({ A: bits(c_uint, 1), B: bits(c_ushort, 16) }) {}
  checkFields(X);
  const x = new X({ A: 0, B: 1 });
  assert.deepEqual([x.A, x.B], [0, 1]);
});

row(FILE, CLASS, "test_mixed_6", () => {
  class X extends Structure({ A: bits(c_ulonglong, 1), B: bits(c_uint, 32) }) {}
  checkFields(X);
  const x = new X({ A: 0n, B: 1 });
  assert.deepEqual([x.A, x.B], [0n, 1]);
});

row(FILE, CLASS, "test_mixed_7", () => {
  assert.deepEqual(sizes({ A: c_uint32, B: bits(c_uint32, 20), C: bits(c_uint64, 24) }), [16, 16]);
});

row(FILE, CLASS, "test_mixed_8", () => {
  const withBits = sizes({ A: c_uint32, B: bits(c_uint32, 32), C: bits(c_ulonglong, 1) });
  const without = sizes({ A: c_uint32, B: c_uint32, C: bits(c_ulonglong, 1) });
  assert.deepEqual(withBits, without);
  assert.deepEqual(withBits, [16, 16]);
});

row(FILE, CLASS, "test_mixed_9", () => {
  assert.deepEqual(sizes({ A: c_uint8, B: bits(c_uint32, 1) }), [4, 8]);
});

row(FILE, CLASS, "test_mixed_10", () => {
  class X extends Structure({ A: bits(c_uint32, 1), B: bits(c_uint64, 1) }, { layout: "gcc-sysv" }) {}
  assert.deepEqual([alignment(X), sizeof(X)], [alignment(c_uint64), sizeof(c_uint64)]);
  assert.deepEqual(sizes({ A: bits(c_uint32, 1), B: bits(c_uint64, 1) }), [8, 16]);
});

row(FILE, CLASS, "test_gh_95496", () => {
  for (let width = 1; width <= 32; width++) {
    class Field extends Structure({ Field1: bits(c_uint32, width), Field2: bits(c_uint8, 8) }) {}
    checkFields(Field);
    const object = new Field();
    object.Field2 = 1;
    assert.deepEqual([object.Field1, object.Field2], [0, 1], `width ${width}`);
  }
});

const eightBits = Object.fromEntries([..."01234567"].map((digit) => [`a${digit}`, bits(c_uint8, 1)]));
const twelveBits = { b0: bits(c_uint16, 4), b1: bits(c_uint16, 12) };

row(FILE, CLASS, "test_gh_84039", () => {
  const options = { pack: 1, layout: "ms" } as const;
  class Bad extends Structure({ ...eightBits, ...twelveBits }, options) {}
  class GoodA extends Structure(eightBits, options) {}
  class Good extends Structure({ a: GoodA, ...twelveBits }, options) {}
  for (const type of [Bad, GoodA, Good]) checkFields(type);
  assert.deepEqual([sizeof(Bad), sizeof(Good)], [3, 3]);
});

row(FILE, CLASS, "test_gh_73939", () => {
  const fields = {
    P: c_uint16,
    L: bits(c_uint16, 9),
    Pro: bits(c_uint16, 1),
    G: bits(c_uint16, 1),
    IB: bits(c_uint16, 1),
    IR: bits(c_uint16, 1),
    R: bits(c_uint16, 3),
    T: bits(c_uint32, 10),
    C: bits(c_uint32, 20),
    R2: bits(c_uint32, 2),
  };
  class MyStructure extends Structure(fields, { pack: 1, layout: "ms" }) {}
  checkFields(MyStructure);
  assert.equal(sizeof(MyStructure), 8);
});

row(FILE, CLASS, "test_gh_86098", () => {
  assert.deepEqual(sizes({ a: bits(c_uint8, 8), b: bits(c_uint8, 8), c: bits(c_uint32, 16) }), [4, 8]);
});

row(FILE, CLASS, "test_anon_bitfields", () => {
  class X extends Structure({ a: bits(c_byte, 4), b: bits(c_ubyte, 4) }) {}
  class Y extends Structure({ _: X }, { anonymous: ["_"] }) {}
  checkFields(X);
  checkFields(Y, { anonymous: ["_"] });
  const y = new Y({ a: -3, b: 13 });
  assert.deepEqual([y.a, y.b, y._.a, y._.b], [-3, 13, -3, 13]);
  assert.equal(hexOf(y), "dd");
});

row(FILE, CLASS, "test_uint32", () => {
  class X extends Structure({ a: bits(c_uint32, 32) }) {}
  checkFields(X);
  const x = new X();
  for (const value of [10, 0xfdcba987]) {
    x.a = value;
    assert.equal(x.a, value);
  }
});

row(FILE, CLASS, "test_uint64", () => {
  class X extends Structure({ a: bits(c_uint64, 64) }) {}
  checkFields(X);
  const x = new X();
  for (const value of [10n, 0xfedcba9876543211n]) {
    x.a = value;
    assert.equal(x.a, value);
  }
});

const swapped = { a: bits(c_uint32, 24), b: bits(c_uint32, 4), c: bits(c_uint32, 4) };

row(FILE, CLASS, "test_uint32_swap_little_endian", () => {
  class Little extends LittleEndianStructure(swapped) {}
  checkFields(Little);
  const memory = new Uint8Array(4);
  const x = Little.from_buffer(memory);
  x.a = 0xabcdef;
  x.b = 1;
  x.c = 2;
  assert.equal(hexOf(memory), "efcdab21");
});

row(FILE, CLASS, "test_uint32_swap_big_endian", () => {
  class Big extends BigEndianStructure(swapped) {}
  checkFields(Big, { isBigEndian: true });
  const memory = new Uint8Array(4);
  const x = Big.from_buffer(memory);
  x.a = 0xabcdef;
  x.b = 1;
  x.c = 2;
  assert.equal(hexOf(memory), "abcdef12");
});

row(FILE, CLASS, "test_union_bitfield", () => {
  class BitfieldUnion extends Union({ a: bits(c_uint32, 1), b: bits(c_uint32, 2), c: bits(c_uint32, 3) }) {}
  checkFields(BitfieldUnion, { isUnion: true });
  assert.equal(sizeof(BitfieldUnion), 4);
  const memory = new Uint8Array(4);
  const union = BitfieldUnion.from_buffer(memory);
  for (const [name, value] of [
    ["a", 1],
    ["b", 3],
    ["c", 7],
  ] as const) {
    union[name] = value;
    assert.equal(hexOf(memory), `0${value}000000`, name);
  }
});
