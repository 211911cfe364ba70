/**
 * The rows of test_numbers.py: the numeric types, one by one.
 */
import assert from "node:assert/strict";
import {
  addressof,
  alignment,
  byref,
  CArgObject,
  type Complex,
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
  c_longdouble_complex,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_uint128,
  c_ulong,
  c_ulonglong,
  c_ushort,
  sizeof,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { throws, undeclared } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_numbers.py", "NumberTestCase", name, body);

/** A numeric type as a loop over types sees it. */
interface AnyNumber {
  readonly name: string;
  readonly _type_: string;
  new (value?: unknown): { value: unknown };
  from_address(address: number): { value: unknown };
  from_param(value: unknown): unknown;
}
const types = (...list: unknown[]) => list as AnyNumber[];

const unsigned = types(c_ubyte, c_ushort, c_uint, c_ulong, c_ulonglong, c_uint128);
const signed = types(c_byte, c_short, c_int, c_long, c_longlong, c_int128);
const floats = types(c_double, c_float, c_longdouble);
const complexes = types(c_double_complex, c_float_complex, c_longdouble_complex);
const bool = types(c_bool);

/** The types that are always bigints; the others are numbers as long as a number is exact. */
const isBig = (type: AnyNumber) => "qQwW".includes(type._type_);
const asRead = (type: AnyNumber, value: bigint) =>
  isBig(type) || value !== BigInt(Number(value)) || Math.abs(Number(value)) > Number.MAX_SAFE_INTEGER
    ? value
    : Number(value);
const bitsOf = (type: AnyNumber) => BigInt(8 * sizeof(type as never));

row("test_default_init", () => {
  for (const type of [...signed, ...unsigned]) assert.equal(new type().value, asRead(type, 0n), type.name);
  for (const type of floats) assert.ok(Object.is(new type().value, 0), type.name);
});

row("test_unsigned_values", () => {
  for (const type of unsigned) {
    for (const value of [0n, 2n ** bitsOf(type) - 1n, 2n ** (bitsOf(type) - 1n)]) {
      assert.equal(new type(value).value, asRead(type, value), `${type.name} ${value}`);
    }
  }
  assert.equal(new c_uint(2 ** 32 - 1).value, 2 ** 32 - 1);
});

row("test_signed_values", () => {
  for (const type of signed) {
    const half = 2n ** (bitsOf(type) - 1n);
    for (const value of [-half, half - 1n, -1n]) {
      assert.equal(new type(value).value, asRead(type, value), `${type.name} ${value}`);
    }
  }
  assert.equal(new c_int(-(2 ** 31)).value, -(2 ** 31));
});

row("test_bool_values", () => {
  const truths: [unknown, boolean][] = [
    [true, true],
    [false, false],
    [0, false],
    [1, true],
    [-1, true],
    [5000, true],
    [0.5, true],
    [0n, false],
    [2n ** 64n, true],
  ];
  for (const [value, truth] of truths) assert.equal(new c_bool(value as boolean).value, truth, String(value));
  // Text and arrays, of which Python takes the truth, too: an empty array is true in JavaScript and false in Python, so
  // neither is meant.
  for (const value of ["test", "", [], [1], {}, null]) {
    throws(() => new c_bool(value as never), TypeError, /expected a boolean for c_bool/);
  }
});

row("test_typeerror", () => {
  for (const type of [...signed, ...unsigned, ...floats, ...complexes]) {
    throws(() => new type(""), TypeError, new RegExp(`for ${type.name}, got the string ""$`));
    throws(() => new type(null), TypeError, new RegExp(`for ${type.name}, got null$`));
  }
});

row("test_from_param", () => {
  const reference = byref(new c_int());
  for (const type of [...signed, ...unsigned, ...floats]) {
    const param = type.from_param(0) as object;
    assert.equal(param.constructor, (reference as object).constructor, type.name);
    assert.ok(param instanceof CArgObject);
  }
});

row("test_byref", () => {
  for (const type of [...signed, ...unsigned, ...floats, ...complexes, ...bool]) {
    const object = new type();
    const reference = byref(object as never);
    assert.ok((reference as unknown) instanceof CArgObject, type.name);
    assert.equal(reference._obj, object);
  }
});

row("test_floats", () => {
  const like = { valueOf: () => 2 };
  for (const type of floats) {
    for (const value of [2.0, 2, 2n, like]) assert.equal(new type(value).value, 2, type.name);
  }
  assert.equal(new c_float(0.1).value, Math.fround(0.1));
});

row("test_complex", () => {
  for (const type of complexes) {
    const one = { re: 1, im: 0 };
    assert.deepEqual(new type(1).value, one, type.name);
    assert.deepEqual(new type(1n).value, one, type.name);
    assert.deepEqual(new type({ re: 1, im: 0.125 }).value, { re: 1, im: 0.125 }, type.name);
    for (const plain of [2, 2n]) {
      assert.deepEqual(new type({ valueOf: () => plain }).value, { re: 2, im: 0 }, type.name);
    }
    class Point {
      get re() {
        return 3;
      }
      get im() {
        return 4;
      }
    }
    assert.deepEqual(new type(new Point()).value, { re: 3, im: 4 }, type.name);
    assert.deepEqual(new type(new type({ re: 1, im: -1 }).value).value, { re: 1, im: -1 }, type.name);
    throws(() => new type({ re: 1 }), TypeError, /expected a \{ re, im \}/);
  }
});

row("test_complex_round_trip", () => {
  const parts = [1, -1, 0, -0, 2, -3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  for (const type of complexes) {
    for (const re of parts) {
      for (const im of parts) {
        const read = new type({ re, im }).value as Complex;
        assert.ok(Object.is(read.re, re), `${type.name}: ${re} is read as ${read.re}`);
        assert.ok(Object.is(read.im, im), `${type.name}: ${im} is read as ${read.im}`);
        const again = new type(read).value as Complex;
        assert.ok(Object.is(again.re, re) && Object.is(again.im, im));
      }
    }
  }
});

row("test_integers", () => {
  const refused: unknown[] = [
    3.14,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    { valueOf: () => 2.5 },
    { valueOf: () => "2" },
    new Date(2),
    {},
  ];
  for (const type of [...signed, ...unsigned]) {
    for (const value of refused) {
      throws(() => new type(value), TypeError, new RegExp(`expected an integer for ${type.name}`));
    }
    // An integer is what is one: 2.0 and 2 are the same number here.
    for (const value of [2, 2n, { valueOf: () => 2 }, { valueOf: () => 2n }]) {
      assert.equal(new type(value).value, asRead(type, 2n), type.name);
    }
  }
});

row("test_sizes", () => {
  const sizeOfLetter = undeclared("size_of_letter");
  sizeOfLetter.argtypes = [c_char];
  for (const type of [...signed, ...unsigned, ...floats, ...complexes, ...bool]) {
    const size = sizeOfLetter(type._type_);
    assert.ok((size as number) > 0, `C knows the letter ${type._type_}`);
    assert.equal(sizeof(type as never), size, type.name);
    assert.equal(sizeof(new type() as never), size, type.name);
  }
});

row("test_alignments", () => {
  const alignOfLetter = undeclared("align_of_letter");
  alignOfLetter.argtypes = [c_char];
  for (const type of [...signed, ...unsigned, ...floats, ...complexes, ...bool]) {
    const align = alignOfLetter(type._type_);
    assert.ok((align as number) > 0, `C knows the letter ${type._type_}`);
    assert.equal(alignment(type as never), align, type.name);
    assert.equal(alignment(new type() as never), align, type.name);
  }
});

/** The address of a typed array's memory. */
const addressOf = (array: NodeJS.TypedArray) => addressof(c_ubyte.from_buffer(array));

row("test_int_from_address", () => {
  const arrays: [AnyNumber, Int8Array | BigInt64Array][] = [
    [c_byte, new Int8Array(1)],
    [c_ubyte, new Uint8Array(1)],
    [c_short, new Int16Array(1)],
    [c_ushort, new Uint16Array(1)],
    [c_int, new Int32Array(1)],
    [c_uint, new Uint32Array(1)],
    [c_long, new BigInt64Array(1)],
    [c_ulong, new BigUint64Array(1)],
    [c_longlong, new BigInt64Array(1)],
    [c_ulonglong, new BigUint64Array(1)],
  ] as never;
  for (const [type, array] of arrays) {
    // What a typed array of 64 bits holds are bigints, whatever the type of C reads as.
    const item = (n: number) => (typeof array[0] === "bigint" ? BigInt(n) : n);
    array[0] = item(100);
    const object = type.from_address(addressOf(array));
    assert.equal(object.value, asRead(type, 100n), type.name);
    assert.equal(object.constructor, type);
    array[0] = item(42);
    assert.equal(object.value, asRead(type, 42n), `${type.name} is the array's memory`);
    object.value = 7;
    assert.equal(Number(array[0]), 7);
  }
});

row("test_float_from_address", () => {
  const arrays: [AnyNumber, Float64Array | Float32Array][] = [
    [c_double as unknown as AnyNumber, new Float64Array(1)],
    [c_float as unknown as AnyNumber, new Float32Array(1)],
  ];
  for (const [type, array] of arrays) {
    array[0] = 3.14;
    const object = type.from_address(addressOf(array));
    assert.equal(object.constructor, type);
    assert.equal(object.value, array[0]);
    array[0] = 2.3456e17;
    assert.equal(object.value, array[0]);
    assert.equal(object.constructor, type);
  }
});

row("test_char_from_address", () => {
  const array = Uint8Array.of("x".charCodeAt(0));
  const letter = c_char.from_address(addressOf(array));
  assert.equal(letter.value, "x");
  assert.equal(letter.constructor, c_char);
  array[0] = "?".charCodeAt(0);
  assert.equal(letter.value, "?");
});

row("test_init", () => {
  throws(() => new c_int(new c_long(42) as never), TypeError, "expected an integer for c_int, got a c_long");
  throws(() => new c_int(new c_int(42) as never), TypeError, "expected an integer for c_int, got a c_int");
  throws(() => new c_double(new c_float(1) as never), TypeError, "expected a number for c_double, got a c_float");
});

row("test_float_overflow", () => {
  const big = BigInt(Number.MAX_VALUE) * 4n;
  const swapped = floats.flatMap((type) => {
    const other = (type as unknown as { __ctype_be__?: AnyNumber }).__ctype_be__;
    return other === undefined ? [] : [other];
  });
  assert.equal(swapped.length, 2, "double and float have another byte order");
  for (const type of [...floats, ...swapped]) {
    throws(() => new type(big), RangeError, /the bigint is too large for c_/);
    throws(() => new type(-big), RangeError, /the bigint is too large for c_/);
    throws(() => (new type().value = big), RangeError);
    new type(10n ** 30n);
  }
  for (const type of complexes) throws(() => new type(big), RangeError);
});
