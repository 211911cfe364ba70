/**
 * Calling C: every type in and out, in registers and on the stack, structures by value, arrays, references, variadics.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  addressof,
  bits,
  byref,
  CDLL,
  CFUNCTYPE,
  type Complex,
  c_bool,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_double_complex,
  c_float,
  c_float_complex,
  c_int,
  c_int128,
  c_long,
  c_longdouble,
  c_longdouble_complex,
  c_longlong,
  c_short,
  c_size_t,
  c_ssize_t,
  c_ubyte,
  c_uint,
  c_uint128,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  c_wchar,
  c_wchar_p,
  create_string_buffer,
  memset,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  sizeof,
  string_at,
  symbol,
  Union,
} from "ctypes-js";
import {
  type Equal,
  expectType,
  functionsPath,
  hexOf,
  isLongWide,
  isWindows,
  snprintfName,
  throws,
} from "./support.ts";

// -- Scalars ---------------------------------------------------------------------------------------

/** Each type with values that must come back as they were. */
const scalars: Record<string, readonly [type: typeof c_int, ...values: unknown[]]> = {};
function scalar(name: string, type: unknown, ...values: unknown[]) {
  scalars[name] = [type as typeof c_int, ...values];
}
scalar("byte", c_byte, 0, 1, -1, 127, -128);
scalar("ubyte", c_ubyte, 0, 1, 255);
scalar("short", c_short, 0, -1, 32767, -32768);
scalar("ushort", c_ushort, 0, 1, 65535);
scalar("int", c_int, 0, -1, 2 ** 31 - 1, -(2 ** 31));
scalar("uint", c_uint, 0, 1, 2 ** 31, 2 ** 32 - 1);
if (isLongWide) {
  scalar("long", c_long, 0, -1, 2 ** 53 - 1, -(2 ** 53) + 1, 2n ** 63n - 1n, -(2n ** 63n), -(2 ** 32));
  scalar("ulong", c_ulong, 0, 1, 2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 64n - 1n);
} else {
  scalar("long", c_long, 0, -1, 2 ** 31 - 1, -(2 ** 31));
  scalar("ulong", c_ulong, 0, 1, 2 ** 32 - 1);
}
scalar("longlong", c_longlong, 0n, -1n, 2n ** 63n - 1n, -(2n ** 63n));
scalar("ulonglong", c_ulonglong, 0n, 1n, 2n ** 64n - 1n);
// C has no rule there by which one is passed.
if (!isWindows) {
  scalar("int128", c_int128, 0n, -1n, 2n ** 127n - 1n, -(2n ** 127n), 2n ** 64n);
  scalar("uint128", c_uint128, 0n, 2n ** 128n - 1n, 2n ** 64n + 5n);
}
scalar("float", c_float, 0, -0, 1.5, -2.25, Math.fround(0.1), Infinity, NaN);
scalar("double", c_double, 0, -0, 0.1, -1e300, 5e-324, Infinity, -Infinity, NaN);
scalar("longdouble", c_longdouble, 0, -0, 0.1, -1e300, 5e-324, Infinity, NaN);
scalar("float_complex", c_float_complex, { re: 1.5, im: -2 });
scalar("double_complex", c_double_complex, { re: 0.1, im: -1e300 });
scalar("longdouble_complex", c_longdouble_complex, { re: 0.1, im: -1e300 });
scalar("bool", c_bool, true, false);
scalar("char", c_char, "a", "\0", "\xff", "\x80");
scalar("wchar", c_wchar, "a", "é", isWindows ? "€" : "😀", "\0");
scalar("pointer", c_void_p, null, 1, 0x7fff_ffff_f000);
scalar("text", c_char_p, null, "", "héllo");
scalar("wide", c_wchar_p, null, "", "héllo 😀");

for (const [name, [type, ...values]] of Object.entries(scalars)) {
  test(`${type.name} goes in and comes out`, () => {
    const same = `same_${name}`;
    const lib = new CDLL(functionsPath, { [same]: CFUNCTYPE(type, type) });
    for (const value of values) assert.deepEqual(lib[same]!(value as number), value);
    class Own extends type {}
    const own = new CDLL(functionsPath, { [same]: CFUNCTYPE(Own, type) });
    for (const value of values) {
      const result: unknown = own[same]!(value as number);
      assert.ok(result instanceof Own, "a derived class comes back as an instance");
      if (typeof value !== "string" || !name.startsWith("w")) assert.deepEqual(result.value, value);
    }
  });

  test(`${type.name} goes on the stack after six integers and eight doubles`, () => {
    const last = `last_${name}`;
    const filler = [...Array(7).fill(c_int), ...Array(9).fill(c_double)] as (typeof c_int)[];
    const lib = new CDLL(functionsPath, { [last]: CFUNCTYPE(type, ...filler, type) });
    const before = Array.from({ length: 16 }, (_, i) => i + 1);
    for (const value of values) assert.deepEqual(lib[last]!(...[...before, value as number]), value);
  });

  test(`an instance of ${type.name} is passed as its value`, () => {
    const same = `same_${name}`;
    const lib = new CDLL(functionsPath, { [same]: CFUNCTYPE(type, type) });
    for (const value of values) assert.deepEqual(lib[same]!(new type(value as number)), value);
  });
}

test("small integers wrap as C's conversion does, and fill their register", () => {
  const lib = new CDLL(functionsPath, {
    widened_byte: CFUNCTYPE(c_ssize_t, c_byte),
    widened_ubyte: CFUNCTYPE(c_ssize_t, c_ubyte),
    widened_short: CFUNCTYPE(c_ssize_t, c_short),
    widened_ushort: CFUNCTYPE(c_ssize_t, c_ushort),
    widened_int: CFUNCTYPE(c_ssize_t, c_int),
    widened_uint: CFUNCTYPE(c_ssize_t, c_uint),
    widened_bool: CFUNCTYPE(c_ssize_t, c_bool),
  });
  expectType<Equal<ReturnType<typeof lib.widened_byte>, number>>();
  assert.equal(lib.widened_byte(200), -56);
  assert.equal(lib.widened_ubyte(-1), 255);
  assert.equal(lib.widened_short(40000), -25536);
  assert.equal(lib.widened_ushort(-1), 65535);
  assert.equal(lib.widened_int(2 ** 31), -(2 ** 31));
  assert.equal(lib.widened_int(2n ** 32n + 7n), 7);
  assert.equal(lib.widened_int(2 ** 32 + 7), 7);
  assert.equal(lib.widened_uint(-1), 2 ** 32 - 1);
  assert.equal(lib.widened_uint(2 ** 33 + 1), 1);
  assert.equal(lib.widened_bool(256), 1);
});

test("64-bit integers wrap, and take numbers and bigints", () => {
  const lib = new CDLL(functionsPath, {
    same_long: symbol("same_longlong", CFUNCTYPE(c_ssize_t, c_ssize_t)),
    same_ulong: symbol("same_ulonglong", CFUNCTYPE(c_size_t, c_size_t)),
    same_longlong: CFUNCTYPE(c_longlong, c_longlong),
    same_ulonglong: CFUNCTYPE(c_ulonglong, c_ulonglong),
  });
  expectType<Equal<ReturnType<typeof lib.same_ulong>, number>>();
  expectType<Equal<ReturnType<typeof lib.same_longlong>, bigint>>();
  assert.equal(lib.same_long(5n), 5);
  assert.equal(lib.same_longlong(-5), -5n);
  assert.equal(lib.same_ulong(-1) as number | bigint, 2n ** 64n - 1n);
  assert.equal(lib.same_long(2n ** 64n + 3n), 3);
  assert.equal(lib.same_ulonglong(-1), 2n ** 64n - 1n);
  assert.equal(lib.same_longlong(2 ** 62), 2n ** 62n);
});

test("wide types are computed with", () => {
  const lib = new CDLL(functionsPath, {
    half_longdouble: CFUNCTYPE(c_longdouble, c_longdouble),
    negated_int128: CFUNCTYPE(c_int128, c_int128),
    conjugated: CFUNCTYPE(c_double_complex, c_double_complex),
    times_i: CFUNCTYPE(c_float_complex, c_float_complex),
  });
  expectType<Equal<ReturnType<typeof lib.conjugated>, Complex>>();
  assert.equal(lib.half_longdouble(5), 2.5);
  if (!isWindows) assert.equal(lib.negated_int128(2n ** 100n), -(2n ** 100n));
  assert.deepEqual(lib.conjugated({ re: 1, im: 2 }), { re: 1, im: -2 });
  assert.deepEqual(lib.conjugated(3), { re: 3, im: -0 });
  assert.deepEqual(lib.times_i({ re: 1, im: 2 }), { re: -2, im: 1 });
});

test("eighteen arguments of many types find their places", () => {
  const lib = new CDLL(functionsPath, {
    many: CFUNCTYPE(
      c_double,
      ...([c_byte, c_double, c_short, c_float, c_int, c_ssize_t, c_float, c_double, c_ubyte] as const),
      ...([c_longlong, c_double, c_ushort, c_double, c_double, c_double, c_int, c_ssize_t, c_float] as const),
    ),
  });
  const values = [
    -3,
    1.5,
    -300,
    2.25,
    70000,
    2 ** 40,
    -0.5,
    1e3,
    200,
    -5,
    0.125,
    65535,
    7,
    8,
    9,
    -10,
    -(2 ** 41),
    0.75,
  ];
  const sum = values.reduce((total, value, i) => total + (i + 1) * value, 0);
  assert.equal(lib.many(...(values as Parameters<typeof lib.many>)), sum);
});

test("a function without a result gives undefined", () => {
  const lib = new CDLL(functionsPath, { double_ints: CFUNCTYPE(null, POINTER(c_int), c_size_t) });
  const result = lib.double_ints(null, 0);
  expectType<Equal<ReturnType<typeof lib.double_ints>, void>>();
  assert.equal(result, undefined);
});

// -- Structures by value ---------------------------------------------------------------------------

class Point extends Structure({ x: c_int, y: c_int }) {}
class Doubles extends Structure({ a: c_double, b: c_double }) {}
class DoubleInt extends Structure({ d: c_double, i: c_int }) {}
class IntDouble extends Structure({ i: c_int, d: c_double }) {}
class Floats2 extends Structure({ x: c_float, y: c_float }) {}
class Floats3 extends Structure({ x: c_float, y: c_float, z: c_float }) {}
class Doubles3 extends Structure({ x: c_double, y: c_double, z: c_double }) {}
class Bytes3 extends Structure({ v: ARRAY(c_byte, 3) }) {}
class Bytes16 extends Structure({ v: ARRAY(c_ubyte, 16) }) {}
class Big extends Structure({ a: c_long, b: c_long, c: c_long, d: c_long }) {}
class Nested extends Structure({ p: Point, f: c_float }) {}
class Points2 extends Structure({ p: ARRAY(Point, 2) }) {}
class Wide extends Structure({ v: c_longdouble }) {}
class Complexes extends Structure({ z: c_float_complex, w: c_double }) {}
class Packed extends Structure({ c: c_char, i: c_int }, { pack: 1 }) {}
class Bits extends Structure({ a: bits(c_uint, 3), b: bits(c_int, 7), c: bits(c_ulonglong, 40) }) {}
class Number_ extends Union({ i: c_int, f: c_float }) {}
class Word extends Union({ d: c_double, l: c_long, v: ARRAY(c_byte, 8) }) {}
class BigUnion extends Union({ v: ARRAY(c_long, 3), d: c_double }) {}
class Pointers extends Structure({ text: c_char_p, numbers: POINTER(c_int) }) {}

const numbers = new (ARRAY(c_int, 2))(8, 9);
const aggregates: Record<string, object> = {
  Point: new Point({ x: -1, y: 2 }),
  Doubles: new Doubles({ a: 0.5, b: -1e300 }),
  DoubleInt: new DoubleInt({ d: 0.25, i: -7 }),
  IntDouble: new IntDouble({ i: -7, d: 0.25 }),
  Floats2: new Floats2({ x: 1.5, y: -2.5 }),
  Floats3: new Floats3({ x: 1.5, y: -2.5, z: 3.5 }),
  Doubles3: new Doubles3({ x: 1.5, y: -2.5, z: 3.5 }),
  Bytes3: new Bytes3({ v: [1, -2, 3] }),
  Bytes16: new Bytes16({ v: [...Array(16).keys()].map((i) => 16 * i) }),
  Big: new Big({ a: 1, b: -2, c: 2n ** 62n, d: 4 }),
  Nested: new Nested({ p: { x: 1, y: -2 }, f: 0.5 }),
  Points2: new Points2({
    p: [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ],
  }),
  Wide: new Wide({ v: 0.1 }),
  Complexes: new Complexes({ z: { re: 1, im: 2 }, w: 3 }),
  Packed: new Packed({ c: "z", i: -5 }),
  Bits: new Bits({ a: 5, b: -60, c: 2n ** 39n + 3n }),
  Number: new Number_({ f: 1.5 }),
  Word: new Word({ l: -123456789 }),
  BigUnion: new BigUnion({ v: [1, -2, 3] }),
  Pointers: new Pointers({ text: "text", numbers }),
};

/** The members' own bytes: padding is nobody's. */
function meaning(data: object): string {
  const type = data.constructor as typeof Point;
  const padding = { IntDouble: [4, 8], DoubleInt: [12, 16], Bits: [], Wide: [10, 16] }[type.name] ?? [];
  const bytes = string_at(addressof(data as Point), sizeof(type));
  if (padding.length > 0) bytes.fill(0, ...(padding as [number, number]));
  return hexOf(bytes);
}

for (const [name, value] of Object.entries(aggregates)) {
  const type = value.constructor as typeof Point;

  test(`${name} goes by value, in and out, in registers and on the stack`, () => {
    const [same, second, last] = [`same_${name}`, `second_${name}`, `last_${name}`];
    const filler = [...Array(6).fill(c_int), ...Array(9).fill(c_double)] as (typeof c_int)[];
    const lib = new CDLL(functionsPath, {
      [same]: CFUNCTYPE(type, type),
      [second]: CFUNCTYPE(type, type, type),
      [last]: CFUNCTYPE(type, ...filler, type),
    }) as unknown as Record<string, (...args: unknown[]) => Point>;
    const wanted = meaning(value);
    const result = lib[same]!(value);
    assert.ok(result instanceof type);
    assert.equal(meaning(result), wanted);
    assert.notEqual(addressof(result), addressof(value as Point), "a copy");
    assert.equal(meaning(lib[second]!(new type(), value)), wanted);
    assert.equal(meaning(lib[last]!(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 7, 8, 9, value)), wanted);
  });

  test(`${name} passed by value is a copy`, () => {
    const overwrite = `overwrite_${name}`;
    const lib = new CDLL(functionsPath, { [overwrite]: CFUNCTYPE(null, type) });
    const wanted = meaning(value);
    lib[overwrite]!(value as Point);
    assert.equal(meaning(value), wanted);
  });

  test(`${name} goes by value through a callback`, () => {
    const call = `call_${name}`;
    const Callback = CFUNCTYPE(type, type);
    const lib = new CDLL(functionsPath, { [call]: CFUNCTYPE(type, Callback, type) });
    let seen: Point | undefined;
    const callback = new Callback((given) => (seen = given));
    const result = lib[call]!(callback, value as Point);
    assert.equal(meaning(result), meaning(value));
    assert.equal(meaning(seen!), meaning(value));
    memset(addressof(seen!), 0, sizeof(type));
    assert.equal(meaning(result), meaning(value), "what the callback got is its own copy");
  });
}

test("a structure parameter takes an object of its members", () => {
  const lib = new CDLL(functionsPath, { same_Nested: CFUNCTYPE(Nested, Nested) });
  const result = lib.same_Nested({ p: { x: 1, y: 2 }, f: 3 });
  expectType<Equal<ReturnType<typeof lib.same_Nested>, Nested>>();
  assert.deepEqual([result.p.x, result.p.y, result.f], [1, 2, 3]);
  throws(
    () => lib.same_Nested({ p: { x: "1" as never } }),
    ArgumentError,
    'same_Nested(): argument 1: Nested.p.x: expected an integer for c_int, got the string "1"',
  );
  throws(
    () => lib.same_Nested(new Point() as never),
    ArgumentError,
    "same_Nested(): argument 1: expected Nested or an object of its members, got a Point",
  );
});

test("a structure parameter takes an instance of a structure that begins with it", () => {
  class Point3D extends Point.extend({ z: c_int }) {}
  const lib = new CDLL(functionsPath, { same_Point: CFUNCTYPE(Point, Point) });
  assert.equal(lib.same_Point(new Point3D({ x: 1, y: 2, z: 3 })).y, 2);
});

// -- Arrays, buffers, references -------------------------------------------------------------------

const lib = new CDLL(functionsPath, {
  sum_ints: CFUNCTYPE(c_long, POINTER(c_int), c_size_t),
  sum_doubles: CFUNCTYPE(c_double, POINTER(c_double), c_size_t),
  double_ints: CFUNCTYPE(null, POINTER(c_int), c_size_t),
  double_bytes: CFUNCTYPE(null, POINTER(c_ubyte), c_size_t),
  divide: CFUNCTYPE(null, c_int, c_int, POINTER(c_int), POINTER(c_int)),
  sum_point: CFUNCTYPE(c_long, POINTER(Point)),
  after: CFUNCTYPE(POINTER(c_int), POINTER(c_int), c_size_t, c_int),
  give_point: CFUNCTYPE(null, POINTER(POINTER(Point))),
  address_of: CFUNCTYPE(c_void_p, c_void_p),
});

test("an array is passed by its address", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  assert.equal(lib.sum_ints(numbers, 3), 6);
  lib.double_ints(numbers, 3);
  assert.deepEqual([...numbers], [2, 4, 6]);
  assert.equal(lib.address_of(numbers), addressof(numbers));
});

test("a typed array is passed by its address, without a copy", () => {
  const numbers = Int32Array.of(1, 2, 3);
  lib.double_ints(numbers, 3);
  assert.deepEqual([...numbers], [2, 4, 6]);
  assert.equal(lib.sum_ints(numbers.subarray(1), 2), 10, "from where a view of it begins");
  assert.equal(lib.sum_doubles(Float64Array.of(0.5, 0.25), 2), 0.75);
  const bytes = Buffer.from([1, 2, 3]);
  lib.double_bytes(bytes, 3);
  assert.deepEqual([...bytes], [2, 4, 6]);
  lib.double_ints(new Int32Array(new SharedArrayBuffer(4)), 1);
  assert.equal(lib.sum_ints(new Int32Array(0), 0), 0);
});

test("a void pointer takes anything with an address", () => {
  const buffer = new ArrayBuffer(8);
  const address = lib.address_of(buffer);
  expectType<Equal<typeof address, number | null>>();
  assert.equal(typeof address, "number");
  assert.equal(lib.address_of(new Uint8Array(buffer, 3)), address! + 3);
  assert.equal(lib.address_of(new DataView(buffer, 1)), address! + 1);
  const n = new c_int();
  assert.equal(lib.address_of(byref(n)), addressof(n));
  assert.equal(lib.address_of(pointer(n)), addressof(n));
  assert.equal(lib.address_of(0x1234n), 0x1234);
  assert.equal(lib.address_of(new c_void_p(99)), 99);
  assert.equal(lib.address_of(null), null);
});

test("C writes through references", () => {
  const quotient = new c_int();
  const remainder = new c_int();
  lib.divide(17, 5, byref(quotient), pointer(remainder));
  assert.deepEqual([quotient.value, remainder.value], [3, 2]);
  lib.divide(100, 7, quotient, remainder);
  assert.deepEqual(
    [quotient.value, remainder.value],
    [14, 2],
    "where a pointer is expected, an object is passed by reference",
  );
});

test("a pointer parameter takes a pointer, a reference, an object, an array or null", () => {
  const point = new Point({ x: 3, y: 4 });
  assert.equal(lib.sum_point(point), 7);
  assert.equal(lib.sum_point(byref(point)), 7);
  assert.equal(lib.sum_point(pointer(point)), 7);
  assert.equal(lib.sum_point(new (ARRAY(Point, 2))(point)), 7);
  assert.equal(lib.sum_point(null), -1);
  assert.equal(lib.sum_point(new (POINTER(Point))()), -1);
});

test("a pointer parameter takes subclasses of its target", () => {
  class Point3D extends Point.extend({ z: c_int }) {}
  const point = new Point3D({ x: 1, y: 2, z: 3 });
  assert.equal(lib.sum_point(point), 3);
  assert.equal(lib.sum_point(byref(point)), 3);
});

test("a pointer that C gives is a pointer object, or null", () => {
  const numbers = new (ARRAY(c_int, 3))(5, 6, 7);
  const found = lib.after(numbers, 3, 6);
  expectType<Equal<typeof found, Pointer<c_int> | null>>();
  assert.equal(found?.contents.value, 6);
  assert.equal(found?.at(1), 7);
  assert.equal(lib.after(numbers, 3, 100), null);
  const given = new (POINTER(Point))();
  lib.give_point(byref(given));
  assert.equal(given.contents.y, 80);
});

test("a pointer parameter refuses what is no such pointer", () => {
  const accepted = "POINTER(Point), Point, byref() of one, an array of them or null";
  const refuses = (value: unknown, got: string) =>
    throws(
      () => lib.sum_point(value as null),
      ArgumentError,
      `sum_point(): argument 1: expected ${accepted}, got ${got}`,
    );
  refuses(5, "the number 5");
  refuses("text", 'the string "text"');
  refuses(undefined, "undefined");
  refuses(new c_int(), "a c_int");
  refuses(pointer(new c_int()), "a POINTER(c_int)");
  refuses(byref(new c_int()), "a byref() or from_param() result");
  refuses(new (ARRAY(c_int, 2))(), "an ARRAY(c_int, 2)");
  refuses(new Int32Array(2), "an Int32Array");
  throws(
    () => lib.sum_ints(new Float64Array(1) as never, 1),
    ArgumentError,
    "sum_ints(): argument 1: expected POINTER(c_int), c_int, byref() of one, an array of them or null, got a Float64Array",
  );
});

// -- Variadic --------------------------------------------------------------------------------------

const variadic = new CDLL(functionsPath, {
  sum_of_longs: CFUNCTYPE(c_ssize_t, c_int, "..."),
  sum_of_ints: CFUNCTYPE(c_long, c_int, "..."),
  sum_of_doubles: CFUNCTYPE(c_double, c_int, "..."),
  sum_of_points: CFUNCTYPE(c_long, c_int, "..."),
  lengths_behind: CFUNCTYPE(c_size_t, c_int, "..."),
});

test("a variadic function takes objects, each call others", () => {
  assert.equal(variadic.sum_of_longs(0), 0);
  assert.equal(variadic.sum_of_longs(2, new c_ssize_t(5), new c_ssize_t(-7)), -2);
  const many = Array.from({ length: 20 }, (_, i) => new c_ssize_t(i));
  assert.equal(variadic.sum_of_longs(20, ...many), 190);
  const doubles = Array.from({ length: 12 }, (_, i) => new c_double(i / 2));
  assert.equal(variadic.sum_of_doubles(12, ...doubles), 33);
  assert.equal(variadic.sum_of_longs(1, 2n ** 40n), 2 ** 40, "a bigint is a long long");
});

test("small types are promoted after '...', as a C compiler does", () => {
  assert.equal(variadic.sum_of_doubles(2, new c_float(1.5), new c_double(2)), 3.5);
  const small = [new c_byte(-1), new c_ubyte(255), new c_short(-2), new c_ushort(65535), new c_bool(true)] as const;
  assert.equal(variadic.sum_of_ints(5, ...small), 65788);
  assert.equal(variadic.sum_of_ints(2, new c_char("A"), new c_char("\xff")), 64, "char is signed here");
});

test("text, buffers, null and structures go after '...'", () => {
  assert.equal(variadic.lengths_behind(3, "one", create("four"), Buffer.from("sixsix\0")), 13);
  assert.equal(variadic.sum_of_points(2, new Point({ x: 2, y: 3 }), new Point({ x: 4, y: 5 })), 26);
  const libc = new CDLL(null, {
    snprintf: symbol(snprintfName, CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, "...")),
  });
  const buffer = new (ARRAY(c_char, 64))();
  assert.equal(libc.snprintf(buffer, 64, "%d %.2f %s %p|", new c_int(-3), new c_double(1.5), "text", null) > 14, true);
  assert.match(buffer.value, /^-3 1\.50 text (\(nil\)|0+)\|$/);
});

function create(text: string) {
  const buffer = new (ARRAY(c_char, 16))();
  buffer.value = text;
  return buffer;
}

test("a plain number after '...' is refused: int or double?", () => {
  throws(
    // @ts-expect-error a plain number says too little for `...`
    () => variadic.sum_of_longs(1, 5),
    ArgumentError,
    "sum_of_longs(): argument 2: expected a C object, string, buffer, bigint or null after '...', got the number 5; " +
      "say which number it is: new c_int(5) or new c_double(5)",
  );
  throws(
    () => variadic.sum_of_longs(1, {} as never),
    ArgumentError,
    "sum_of_longs(): argument 2: expected a C object, string, buffer, bigint or null after '...', got an object",
  );
  throws(
    // @ts-expect-error the fixed arguments are needed
    () => variadic.sum_of_longs(),
    ArgumentError,
    "sum_of_longs(): expected at least 1 argument, got 0",
  );
});

// -- Functions of functions ------------------------------------------------------------------------

const Binary = CFUNCTYPE(c_int, c_int, c_int);
class Operation extends Structure({ name: c_char_p, run: Binary }) {}
const functional = new CDLL(functionsPath, {
  add: Binary,
  get_binary: CFUNCTYPE(Binary, c_int),
  apply: CFUNCTYPE(c_int, Binary, c_int, c_int),
  fill_operation: CFUNCTYPE(null, POINTER(Operation)),
  run_operation: CFUNCTYPE(c_int, POINTER(Operation), c_int, c_int),
});

test("a function that C gives can be called, or is null", () => {
  assert.equal(functional.get_binary(0)?.(2, 3), 5);
  assert.equal(functional.get_binary(1)?.(2, 3), -1);
  assert.equal(functional.get_binary(2), null);
});

test("a C function is passed to C without JavaScript between", () => {
  assert.equal(functional.apply(functional.add, 2, 3), 5);
  assert.equal(functional.apply(functional.get_binary(1), 2, 3), -1);
  assert.equal(functional.apply(null, 2, 3), -1);
});

test("a function pointer in a structure can be called, NULL reads as null", () => {
  const operation = new Operation();
  assert.equal(operation.run as unknown, null);
  functional.fill_operation(operation);
  assert.equal(operation.name, "subtract");
  assert.equal(operation.run?.(10, 4), 6);
  operation.run = functional.add;
  assert.equal(functional.run_operation(operation, 10, 4), 14);
  operation.run = null;
  assert.equal(operation.run as unknown, null);
});

test("a function at an address can be called", () => {
  const address = new CDLL(functionsPath, { address_of: CFUNCTYPE(c_void_p, c_void_p) }).address_of(functional.add);
  const add = new Binary(address!);
  assert.equal(add(20, 22), 42);
  assert.equal(new Binary(BigInt(address!))(1, 2), 3);
});

test("a function parameter takes no bare JavaScript function: nobody would keep it", () => {
  throws(
    () => functional.apply(((a: number, b: number) => a + b) as never, 1, 2),
    ArgumentError,
    "apply(): argument 1: expected a function object of type (c_int, c_int) => c_int or null, got a function; " +
      "make one with `new`, and keep it as long as C may call it",
  );
  throws(
    () => functional.apply(new (CFUNCTYPE(c_int, c_int))((a) => a) as never, 1, 2),
    ArgumentError,
    "apply(): argument 1: expected a function object of type (c_int, c_int) => c_int or null, " +
      "got a function object of type (c_int) => c_int",
  );
});

test("the same signature gives the same type", () => {
  assert.equal(CFUNCTYPE(c_int, c_int, c_int), Binary);
  assert.notEqual(CFUNCTYPE(c_int, c_int) as unknown, Binary);
  assert.notEqual(CFUNCTYPE(null, c_int, c_int) as unknown, Binary);
  const rule = { from_param: (value: unknown) => value };
  assert.equal(CFUNCTYPE(c_int, rule as never), CFUNCTYPE(c_int, rule as never));
  assert.notEqual(CFUNCTYPE(c_int, { ...rule } as never), CFUNCTYPE(c_int, rule as never));
  const variadic = CFUNCTYPE(c_int, c_int, "...", { use_errno: true });
  assert.equal(CFUNCTYPE(c_int, c_int, "...", { use_errno: true }), variadic);
  assert.notEqual(CFUNCTYPE(c_int, c_int, "...") as unknown, variadic);
});

test("errcheck sees the result, and decides what the caller gets", () => {
  const add = new CDLL(functionsPath, { add: Binary }).add;
  add.errcheck = (result, func, args) => {
    expectType<Equal<typeof result, number>>();
    assert.equal(func, add);
    assert.deepEqual(args, [2, 3]);
    return result * 10;
  };
  assert.equal(add(2, 3), 50);
  add.errcheck = () => {
    throw new Error("checked");
  };
  throws(() => add(2, 3), Error, "checked");
  add.errcheck = null;
  assert.equal(add(2, 3), 5);
  throws(() => (add.errcheck = 5 as never), TypeError, "add.errcheck: expected a function or null, got the number 5");
});

test("a function object can do what JavaScript's functions can", () => {
  const { add } = functional;
  assert.equal(typeof add, "function");
  assert.equal(add.name, "add");
  assert.deepEqual(
    [1, 2, 3].map((n) => add(n, 10)),
    [11, 12, 13],
  );
  const methods = add as unknown as (a: number, b: number) => number;
  assert.equal(methods.call(null, 1, 2), 3);
  assert.equal(methods.apply(null, [1, 2]), 3);
  assert.equal(methods.bind(null, 1)(2), 3);
});

test("the number of arguments is checked", () => {
  // @ts-expect-error too few arguments
  throws(() => functional.add(1), ArgumentError, "add(): expected 2 arguments, got 1");
  // @ts-expect-error too many arguments
  throws(() => functional.add(1, 2, 3), ArgumentError, "add(): expected 2 arguments, got 3");
  // @ts-expect-error none at all
  throws(() => functional.add(), ArgumentError, "add(): expected 2 arguments, got 0");
  // @ts-expect-error one is one
  throws(() => functional.get_binary(), ArgumentError, "get_binary(): expected 1 argument, got 0");
});

test("a message names the function and the argument", () => {
  // @ts-expect-error a string is no integer
  const wrong = () => functional.add(1, "2");
  throws(wrong, ArgumentError, 'add(): argument 2: expected an integer for c_int, got the string "2"');
  throws(
    () => functional.add(1.5, 2),
    ArgumentError,
    "add(): argument 1: expected an integer for c_int, got the number 1.5",
  );
  throws(
    () => functional.add(1, new c_long(2) as never),
    ArgumentError,
    "add(): argument 2: expected an integer for c_int, got a c_long",
  );
  assert.ok(new ArgumentError() instanceof TypeError);
  assert.equal(new ArgumentError().code, "ERR_CTYPES_ARGUMENT");
});

test("what an argument's own code throws is the cause", () => {
  const boom = new Error("boom");
  const argument = {
    get x(): number {
      throw boom;
    },
  };
  const lib = new CDLL(functionsPath, { same_Point: CFUNCTYPE(Point, Point) });
  assert.throws(
    () => lib.same_Point(argument),
    (error: Error) =>
      error instanceof ArgumentError && error.cause === boom && error.message === "same_Point(): argument 1: boom",
  );
});

test("a declaration is checked where it stands", () => {
  throws(
    () => CFUNCTYPE(5 as never),
    TypeError,
    "CFUNCTYPE(): restype: expected a C type, a function or null, got the number 5",
  );
  throws(
    () => CFUNCTYPE(c_int, 5 as never),
    TypeError,
    "CFUNCTYPE(): argtypes[0]: expected a C type or an object with from_param(), got the number 5",
  );
  throws(
    // @ts-expect-error `...` comes last
    () => CFUNCTYPE(c_int, "...", c_int),
    TypeError,
    `CFUNCTYPE(): argtypes[0]: expected a C type or an object with from_param(), got the string "..."; '...' comes last`,
  );
  throws(
    () => CFUNCTYPE(c_int, ...Array(1025).fill(c_int)),
    ArgumentError,
    "CFUNCTYPE(): argtypes: 1025 are too many; the maximum is 1024",
  );
});

test("too many variadic arguments name the function", () => {
  const { printf } = new CDLL(null, { printf: CFUNCTYPE(c_int, c_char_p, "...") });
  throws(
    () => printf("", ...Array.from({ length: 1024 }, () => 1n)),
    ArgumentError,
    "printf(): too many arguments (1025), the maximum is 1024",
  );
});

test("a variadic call is given other kinds of arguments each time, and the same again", () => {
  const { snprintf } = new CDLL(null, {
    snprintf: symbol(snprintfName, CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, "...")),
  });
  const text = create_string_buffer(64);
  const print = (format: string, ...values: never[]) => {
    snprintf(text, 64, format, ...values);
    return text.value;
  };
  const short = Object.assign(Object.create({ constructor: c_int }), { _as_parameter_: new c_short(-7) });
  class Wide extends c_longlong {}
  const rows: [string, unknown[], string][] = [
    ["%d", [new c_int(5)], "5"],
    ["%d", [new c_int(6)], "6"],
    ["%.1f", [new c_double(2.5)], "2.5"],
    ["%.1f", [new c_float(0.5)], "0.5"],
    ["%s", ["text"], "text"],
    ["%s", [create_string_buffer("array")], "array"],
    ["%lld", [2n ** 40n], "1099511627776"],
    ["%lld", [new Wide(-1)], "-1"],
    ["%d", [new c_short(-3)], "-3"],
    ["%d", [short], "-7"],
    ["%d %s", [new c_int(7), "a"], "7 a"],
    ["-", [], "-"],
  ];
  for (let round = 0; round < 3; round++) {
    for (const [format, values, printed] of rows) {
      for (let again = 0; again < 3; again++) assert.equal(print(format, ...(values as never[])), printed);
    }
  }
  throws(
    () => print("%d", 5 as never),
    ArgumentError,
    `${snprintfName}(): argument 4: expected a C object, string, buffer, bigint or null after '...', got the number 5; ` +
      "say which number it is: new c_int(5) or new c_double(5)",
  );
});
