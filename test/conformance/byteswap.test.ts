/**
 * The other byte order: of simple types, and of the members of structures and unions.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  BigEndianStructure,
  BigEndianUnion,
  c_byte,
  c_char,
  c_double,
  c_double_complex,
  c_float,
  c_float_complex,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_uint32,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  c_wchar,
  cast,
  type Fields,
  LittleEndianStructure,
  LittleEndianUnion,
  POINTER,
  Structure,
  sizeof,
  Union,
} from "ctypes-js";
import { checkFields } from "./field-check.ts";
import { bytesOf, hexOf, type Part, pack } from "./memory.ts";
import { row } from "./row.ts";
import { bytes, throws } from "./support.ts";

const FILE = "test_byteswap.py";
const CLASS = "Test";

/** A simple type with its variants in both byte orders. */
interface Ordered {
  new (value?: any): { value: any };
  readonly name: string;
  readonly __ctype_le__: Ordered;
  readonly __ctype_be__: Ordered;
}

function ordered(type: unknown): Ordered {
  return type as Ordered;
}

row(FILE, CLASS, "test_slots", () => {
  for (const base of [BigEndianStructure, LittleEndianStructure]) {
    class Sealed extends base({ x: c_uint32, y: c_uint32 }) {
      constructor() {
        super();
        Object.seal(this);
      }
    }
    const sealed = new Sealed();
    sealed.x = 1;
    sealed.y = 2;
    assert.deepEqual([sealed.x, sealed.y], [1, 2]);
    throws(() => ((sealed as unknown as { z: number }).z = 3), TypeError, /not extensible/);
  }
});

/** Both variants of each type hold `value`, in memory as the letter has it in that order. */
function check(
  types: readonly unknown[],
  value: unknown,
  parts: (i: number) => Part[],
  same: (got: never) => void,
): void {
  for (const [i, given] of types.entries()) {
    const type = ordered(given);
    const { __ctype_be__: big, __ctype_le__: little } = type;
    assert.equal(little, type, `${type.name} is little-endian here`);
    assert.equal(big.__ctype_le__, type);
    assert.equal(big.__ctype_be__, big);
    assert.notEqual(big, type);
    assert.equal(big.name, `${type.name}_be`);
    assert.equal(big, type.__ctype_be__, "asked again it is the same");
    for (const [variant, isBigEndian] of [
      [little, false],
      [big, true],
    ] as const) {
      const object = new variant(value);
      assert.deepEqual(bytesOf(object), pack(isBigEndian, ...parts(i)), variant.name);
      same(object.value as never);
      const other = new variant();
      other.value = value;
      assert.deepEqual(bytesOf(other), bytesOf(object), `${variant.name}, assigned`);
    }
  }
}

/** The same for an integer, in hexadecimal digits and backwards. */
function checkInteger(types: readonly unknown[], letter: Part[0], value: number | bigint): void {
  check(
    types,
    value,
    () => [[letter, value]],
    (got) => assert.equal(got, value),
  );
}

row(FILE, CLASS, "test_endian_short", () => {
  checkInteger([c_short, c_ushort], "H", 0x1234);
  assert.equal(hexOf(new (ordered(c_short).__ctype_be__)(0x1234)), "1234");
  assert.equal(hexOf(new (ordered(c_short).__ctype_le__)(0x1234)), "3412");
});

row(FILE, CLASS, "test_endian_int", () => {
  checkInteger([c_int, c_uint], "I", 0x12345678);
  assert.equal(hexOf(new (ordered(c_int).__ctype_be__)(0x12345678)), "12345678");
  assert.equal(hexOf(new (ordered(c_int).__ctype_le__)(0x12345678)), "78563412");
});

row(FILE, CLASS, "test_endian_longlong", () => {
  const value = 0x1234567890abcdefn;
  checkInteger([c_longlong, c_ulonglong], "Q", value);
  assert.equal(hexOf(new (ordered(c_longlong).__ctype_be__)(value)), "1234567890abcdef");
  if (sizeof(c_long) === 8) checkInteger([c_long, c_ulong], "Q", value);
});

function near(got: number, wanted: number): void {
  assert.ok(Math.abs(got - wanted) < 5e-7, `${got} is ${wanted}`);
}

row(FILE, CLASS, "test_endian_float", () => {
  check(
    [c_float],
    Math.PI,
    () => [["f", Math.PI]],
    (got) => near(got, Math.PI),
  );
});

row(FILE, CLASS, "test_endian_double", () => {
  check(
    [c_double],
    Math.PI,
    () => [["d", Math.PI]],
    (got) => assert.equal(got, Math.PI),
  );
  assert.equal(hexOf(new (ordered(c_double).__ctype_be__)(Math.PI)), "400921fb54442d18");
});

const complex = { re: Math.PI, im: 1 };

row(FILE, CLASS, "test_endian_float_complex", () => {
  check(
    [c_float_complex],
    complex,
    () => [
      ["f", Math.PI],
      ["f", 1],
    ],
    ({ re, im }) => {
      near(re, Math.PI);
      near(im, 1);
    },
  );
});

row(FILE, CLASS, "test_endian_double_complex", () => {
  check(
    [c_double_complex],
    complex,
    () => [
      ["d", Math.PI],
      ["d", 1],
    ],
    (got) => assert.deepEqual(got, complex),
  );
});

row(FILE, CLASS, "test_endian_other", () => {
  for (const given of [c_byte, c_ubyte, c_char]) {
    const type = ordered(given);
    assert.equal(type.__ctype_le__, type, type.name);
    assert.equal(type.__ctype_be__, type, type.name);
  }
});

/** What has another byte order, as members. */
const supported = {
  a: c_ubyte,
  b: c_byte,
  c: c_short,
  d: c_ushort,
  e: c_int,
  f: c_uint,
  g: c_long,
  h: c_ulong,
  i: c_longlong,
  k: c_ulonglong,
  l: c_float,
  m: c_double,
  n: c_char,
  n1: c_float_complex,
  n2: c_double_complex,
  o: ARRAY(c_char, 3),
  p: ARRAY(c_short, 3),
};

function checkUnsupported(base: typeof BigEndianStructure, nested: typeof Structure): void {
  class Inner extends nested({ x: c_int }) {}
  class Fine extends base({ ...supported, q: Inner }) {}
  assert.ok(sizeof(Fine) > 0);
  checkFields(Fine, { isBigEndian: true, isUnion: base === (BigEndianUnion as unknown) });
  for (const [name, type] of Object.entries({ c_wchar, c_void_p, "POINTER(c_int)": POINTER(c_int) })) {
    const fields: Fields = { ...supported, x: type };
    class Wrong extends base(fields) {}
    throws(() => sizeof(Wrong), TypeError, `Wrong.x: ${name} does not support other endian`);
    throws(() => new Wrong(), TypeError, `Wrong.x: ${name} does not support other endian`);
  }
}

row(FILE, CLASS, "test_struct_fields_unsupported_byte_order", () => checkUnsupported(BigEndianStructure, Structure));

row(FILE, CLASS, "test_union_fields_unsupported_byte_order", () =>
  checkUnsupported(BigEndianUnion as unknown as typeof BigEndianStructure, Union as unknown as typeof Structure),
);

/** A nested structure keeps its own order, whatever the order of its parent. */
function checkNested(parents: readonly (typeof Structure)[]): void {
  const orders = [
    { base: BigEndianStructure, data: bytes([0, 0, 0, 1, 0, 0, 0, 2]) },
    { base: LittleEndianStructure, data: bytes([1, 0, 0, 0, 2, 0, 0, 0]) },
  ];
  for (const { base, data } of orders) {
    for (const parent of parents) {
      class NestedStructure extends base({ x: c_uint32, y: c_uint32 }) {}
      class TestStructure extends parent({ point: NestedStructure }) {}
      assert.equal(data.length, sizeof(TestStructure));
      const { point } = cast(data, POINTER(TestStructure))[0]!;
      assert.deepEqual([point.x, point.y], [1, 2]);
      point.y = 0x01020304;
      const written = base === BigEndianStructure ? [1, 2, 3, 4] : [4, 3, 2, 1];
      assert.deepEqual([...data.subarray(4)], written, "writing, too");
      data.set(base === BigEndianStructure ? [0, 0, 0, 2] : [2, 0, 0, 0], 4);
    }
  }
}

row(FILE, CLASS, "test_struct_struct", () => checkNested([BigEndianStructure, LittleEndianStructure, Structure]));

row(FILE, CLASS, "test_union_struct", () => {
  const unions = [BigEndianUnion, LittleEndianUnion, Union];
  checkNested(unions as unknown as (typeof Structure)[]);
});

row(FILE, CLASS, "test_struct_field_alignment", () => {
  class S extends BigEndianStructure({ b: c_byte, h: c_short, i: c_int, d: c_double }) {}
  checkFields(S, { isBigEndian: true });
  const s = new S([0x12, 0x1234, 0x12345678, 3.14]);
  const wanted = pack(true, ["b", 0x12], ["x", 1], ["h", 0x1234], ["i", 0x12345678], ["d", 3.14]);
  assert.deepEqual(bytesOf(s), wanted);
  assert.deepEqual([s.b, s.h, s.i, s.d], [0x12, 0x1234, 0x12345678, 3.14]);
});

/** Every member but the first at an odd place. */
function checkUnaligned(base: typeof Structure, isBigEndian: boolean): void {
  const fields = { b: c_byte, h: c_short, _1: c_byte, i: c_int, _2: c_byte, d: c_double };
  class S extends base(fields, { pack: 1, layout: "ms" }) {}
  checkFields(S, { isBigEndian });
  const s = new S();
  s.b = 0x12;
  s.h = 0x1234;
  s.i = 0x12345678;
  s.d = 3.14;
  const wanted: Part[] = [
    ["b", 0x12],
    ["h", 0x1234],
    ["x", 1],
    ["i", 0x12345678],
    ["x", 1],
    ["d", 3.14],
  ];
  assert.deepEqual(bytesOf(s), pack(isBigEndian, ...wanted));
  assert.deepEqual([s.b, s.h, s.i, s.d], [0x12, 0x1234, 0x12345678, 3.14]);
}

row(FILE, CLASS, "test_unaligned_nonnative_struct_fields", () => checkUnaligned(BigEndianStructure, true));

row(FILE, CLASS, "test_unaligned_native_struct_fields", () => checkUnaligned(Structure, false));

row(FILE, CLASS, "test_build_struct_union_opposite_system_byteorder", () => {
  class S1 extends BigEndianStructure({ a: c_byte, b: c_byte }) {}
  class U1 extends BigEndianUnion({ s1: S1, ab: c_short }) {}
  class S2 extends BigEndianStructure({ u1: U1, c: c_byte }) {}
  assert.equal(sizeof(S2), 4);
  const s = S2.from_buffer(bytes([0x12, 0x34, 5, 0]));
  assert.deepEqual([s.u1.s1.a, s.u1.s1.b, s.u1.ab, s.c], [0x12, 0x34, 0x1234, 5]);
});
