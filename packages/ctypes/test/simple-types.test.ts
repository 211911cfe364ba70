/**
 * The simple types: how big they are, what goes in, what comes out, what is refused.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  addressof,
  alignment,
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
  c_int8,
  c_int16,
  c_int32,
  c_int64,
  c_int128,
  c_long,
  c_longdouble,
  c_longdouble_complex,
  c_longlong,
  c_short,
  c_size_t,
  c_ssize_t,
  c_time_t,
  c_ubyte,
  c_uint,
  c_uint8,
  c_uint16,
  c_uint32,
  c_uint64,
  c_uint128,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  c_wchar,
  c_wchar_p,
  POINTER,
  Structure,
  sizeof,
} from "ctypes-js";
import { type Equal, expectType, isLongWide, isWindows, runC, throws } from "./support.ts";

/** Every simple type with its name in C. */
const types = {
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
  __int128: c_int128,
  "unsigned __int128": c_uint128,
  float: c_float,
  double: c_double,
  "long double": c_longdouble,
  "float _Complex": c_float_complex,
  "double _Complex": c_double_complex,
  "long double _Complex": c_longdouble_complex,
  _Bool: c_bool,
  char: c_char,
  wchar_t: c_wchar,
  "char *": c_char_p,
  "wchar_t *": c_wchar_p,
  "void *": c_void_p,
  size_t: c_size_t,
  ssize_t: c_ssize_t,
  time_t: c_time_t,
  int8_t: c_int8,
  uint8_t: c_uint8,
  int16_t: c_int16,
  uint16_t: c_uint16,
  int32_t: c_int32,
  uint32_t: c_uint32,
  int64_t: c_int64,
  uint64_t: c_uint64,
};

test("sizes and alignments are the C compiler's", () => {
  const lines = Object.keys(types).map(
    (name) => `printf("%s %zu %zu\\n", "${name}", sizeof(${name}), _Alignof(${name}));`,
  );
  const headers = ["stdio", "stdint", "stddef", "wchar", "time", "sys/types"].map((name) => `#include <${name}.h>`);
  const printed = runC("simple", `${headers.join("\n")}\nint main(void) { ${lines.join("\n")} }`);
  const ours = Object.entries(types).map(([name, type]) => `${name} ${sizeof(type)} ${alignment(type)}`);
  assert.deepEqual(ours, printed.trim().split("\n"));
});

test("a type of the same kind and size is the same type", () => {
  assert.equal(c_int8, c_byte);
  assert.equal(c_int16, c_short);
  assert.equal(c_int32, c_int);
  assert.equal(c_int64, c_longlong);
  assert.equal(c_uint8, c_ubyte);
  assert.equal(c_uint64, c_ulonglong);
  if (!isLongWide) return;
  assert.equal(c_size_t, c_ulong);
  assert.equal(c_ssize_t, c_long);
  assert.equal(c_time_t, c_long);
});

test("an object without a value is zero", () => {
  assert.equal(new c_int().value, 0);
  assert.equal(new c_size_t().value, 0);
  assert.equal(new c_longlong().value, 0n);
  assert.equal(new c_double().value, 0);
  assert.equal(new c_longdouble().value, 0);
  assert.equal(new c_bool().value, false);
  assert.equal(new c_char().value, "\0");
  assert.equal(new c_wchar().value, "\0");
  assert.equal(new c_char_p().value, null);
  assert.equal(new c_wchar_p().value, null);
  assert.equal(new c_void_p().value, null);
  assert.deepEqual(new c_double_complex().value, { re: 0, im: 0 });
});

// -- Integers --------------------------------------------------------------------------------------

test("an integer of up to 32 bits is a number", () => {
  const n = new c_int(-7);
  expectType<Equal<typeof n.value, number>>();
  assert.equal(n.value, -7);
  n.value = 8;
  assert.equal(n.value, 8);
});

test("an integer keeps every value of its range", () => {
  for (const [type, bits] of [
    [c_byte, 8],
    [c_short, 16],
    [c_int, 32],
  ] as const) {
    assert.equal(new type(2 ** (bits - 1) - 1).value, 2 ** (bits - 1) - 1);
    assert.equal(new type(-(2 ** (bits - 1))).value, -(2 ** (bits - 1)));
  }
  for (const [type, bits] of [
    [c_ubyte, 8],
    [c_ushort, 16],
    [c_uint, 32],
  ] as const) {
    assert.equal(new type(2 ** bits - 1).value, 2 ** bits - 1);
  }
});

test("what does not fit wraps as in C", () => {
  assert.equal(new c_byte(200).value, -56);
  assert.equal(new c_ubyte(300).value, 44);
  assert.equal(new c_ubyte(-1).value, 255);
  assert.equal(new c_short(0x18000).value, -32768);
  assert.equal(new c_ushort(-1).value, 65535);
  assert.equal(new c_int(2 ** 31).value, -(2 ** 31));
  assert.equal(new c_int(2 ** 32 + 5).value, 5);
  assert.equal(new c_int(2 ** 53).value, 0);
  assert.equal(new c_uint(-1).value, 2 ** 32 - 1);
  assert.equal(new c_longlong(2n ** 63n).value, -(2n ** 63n));
  assert.equal(new c_ulonglong(-1).value, 2n ** 64n - 1n);
  assert.equal(new c_ulonglong(2n ** 64n + 3n).value, 3n);
  assert.equal(new c_int128(2n ** 127n).value, -(2n ** 127n));
  assert.equal(new c_uint128(-1n).value, 2n ** 128n - 1n);
});

test("a bigint is an integer wherever a number is", () => {
  assert.equal(new c_byte(-3n).value, -3);
  assert.equal(new c_ushort(65537n).value, 1);
  assert.equal(new c_int(2n ** 40n + 9n).value, 9);
  assert.equal(new c_uint(2n ** 32n - 1n).value, 2 ** 32 - 1);
  assert.equal(new c_size_t(5n).value, 5);
});

test("c_long and c_size_t are numbers while a number is exact", () => {
  const size = new c_size_t(2 ** 53 - 1);
  expectType<Equal<typeof size.value, number>>();
  assert.equal(size.value, 2 ** 53 - 1);
  const Long = isLongWide ? c_long : c_ssize_t;
  assert.equal(new Long(-(2 ** 53) + 1).value, -(2 ** 53) + 1);
  assert.equal(new Long(-1).value, -1);
  assert.equal(new Long(-(2 ** 32)).value, -(2 ** 32));
  assert.equal(new Long(2 ** 40 + 1).value, 2 ** 40 + 1);
});

test("c_long and c_size_t are bigints beyond that, never rounded", () => {
  assert.equal(new c_size_t(2n ** 53n + 1n).value, 2n ** 53n + 1n);
  assert.equal(new c_size_t(-1).value, 2n ** 64n - 1n);
  const Long = isLongWide ? c_long : c_ssize_t;
  assert.equal(new Long(2n ** 63n - 1n).value, 2n ** 63n - 1n);
  assert.equal(new Long(-(2n ** 63n)).value, -(2n ** 63n));
  assert.equal(new Long(-(2n ** 53n) - 1n).value, -(2n ** 53n) - 1n);
});

test("64-bit integers are bigints, and take numbers", () => {
  const n = new c_int64(5);
  expectType<Equal<typeof n.value, bigint>>();
  assert.equal(n.value, 5n);
  assert.equal(new c_int64(-(2 ** 40)).value, -(2n ** 40n));
  assert.equal(new c_int64(2n ** 63n - 1n).value, 2n ** 63n - 1n);
  assert.equal(new c_uint64(2n ** 64n - 1n).value, 2n ** 64n - 1n);
});

test("128-bit integers are bigints", () => {
  const n = new c_int128(-(2n ** 127n));
  expectType<Equal<typeof n.value, bigint>>();
  assert.equal(n.value, -(2n ** 127n));
  assert.equal(new c_int128(-1).value, -1n);
  assert.equal(new c_int128(2n ** 64n + 1n).value, 2n ** 64n + 1n);
  assert.equal(new c_uint128(2n ** 128n - 1n).value, 2n ** 128n - 1n);
});

const integers = {
  c_byte,
  c_ubyte,
  c_short,
  c_ushort,
  c_int,
  c_uint,
  c_long,
  c_ulong,
  c_longlong,
  c_ulonglong,
  c_int128,
  c_uint128,
};

for (const [name, type] of Object.entries(integers)) {
  test(`${name} refuses what is no integer`, () => {
    const n = new type(1);
    const refuses = (value: unknown, got: string) => {
      throws(() => new type(value as never), TypeError, `expected an integer for ${name}, got ${got}`);
      throws(() => (n.value = value as never), TypeError, `expected an integer for ${name}, got ${got}`);
    };
    refuses(1.5, "the number 1.5");
    refuses(NaN, "the number NaN");
    refuses(Infinity, "the number Infinity");
    refuses("1", 'the string "1"');
    refuses(true, "the boolean true");
    refuses(null, "null");
    refuses({}, "an object");
    refuses([1], "an array");
    refuses(new c_double(1), "a c_double");
    throws(() => (n.value = undefined as never), TypeError, `expected an integer for ${name}, got undefined`);
    assert.equal(BigInt(n.value), 1n, "the value stays");
  });
}

// -- Floating point --------------------------------------------------------------------------------

test("c_double is a number, whatever number", () => {
  const n = new c_double(0.1);
  expectType<Equal<typeof n.value, number>>();
  for (const value of [0.1, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE]) {
    n.value = value;
    assert.ok(Object.is(n.value, value), String(value));
  }
});

test("c_float rounds to 32 bits", () => {
  assert.equal(new c_float(0.1).value, Math.fround(0.1));
  assert.equal(new c_float(1e300).value, Infinity);
  assert.equal(new c_float(1.5).value, 1.5);
});

test("c_longdouble holds every double exactly", () => {
  const n = new c_longdouble();
  expectType<Equal<typeof n.value, number>>();
  const values = [0, -0, 1, -1, 0.1, Math.PI, 1e308, -1e-308, Number.MIN_VALUE, 5 * Number.MIN_VALUE, Number.MAX_VALUE];
  for (const value of [...values, 2 ** 53 + 2, 2 ** -1022, Infinity, -Infinity, NaN]) {
    n.value = value;
    assert.ok(Object.is(n.value, value), `${value} became ${n.value}`);
  }
});

test("the floating types refuse what is no number", () => {
  for (const [name, type] of Object.entries({ c_float, c_double, c_longdouble })) {
    throws(() => new type("1" as never), TypeError, `expected a number for ${name}, got the string "1"`);
    throws(() => new type(true as never), TypeError, `expected a number for ${name}, got the boolean true`);
    throws(() => new type(null as never), TypeError, `expected a number for ${name}, got null`);
    throws(() => (new type().value = undefined as never), TypeError, `expected a number for ${name}, got undefined`);
  }
});

test("a bigint is a number, too, unless no double comes near it", () => {
  assert.equal(new c_double((2n ** 60n) as never).value, 2 ** 60);
  throws(() => new c_double((10n ** 400n) as never), RangeError, "the bigint is too large for c_double");
});

test("a complex number is its two parts", () => {
  const z = new c_double_complex({ re: 1.5, im: -2 });
  expectType<Equal<typeof z.value, Complex>>();
  assert.deepEqual(z.value, { re: 1.5, im: -2 });
  z.value = 3;
  assert.deepEqual(z.value, { re: 3, im: 0 }, "a number is real");
  assert.deepEqual(new c_float_complex({ re: 0.1, im: 0.25 }).value, { re: Math.fround(0.1), im: 0.25 });
  assert.deepEqual(new c_longdouble_complex({ re: 0.1, im: -1e308 }).value, { re: 0.1, im: -1e308 });
});

test("a complex number refuses what has no two parts", () => {
  const message = "expected a { re, im } for c_double_complex, got ";
  throws(() => new c_double_complex({ re: 1 } as never), TypeError, `${message}an object`);
  throws(() => new c_double_complex("i" as never), TypeError, `${message}the string "i"`);
  throws(() => new c_double_complex(null as never), TypeError, `${message}null`);
});

// -- Truth and characters --------------------------------------------------------------------------

test("c_bool is a boolean, and takes numbers", () => {
  const flag = new c_bool(true);
  expectType<Equal<typeof flag.value, boolean>>();
  assert.equal(flag.value, true);
  assert.equal(new c_bool(0).value, false);
  assert.equal(new c_bool(256).value, true, "not cut to a byte first");
  throws(() => new c_bool("yes" as never), TypeError, 'expected a boolean for c_bool, got the string "yes"');
  throws(() => new c_bool(null as never), TypeError, "expected a boolean for c_bool, got null");
});

test("any byte but zero is true", () => {
  assert.equal(c_bool.from_buffer_copy(Uint8Array.of(2)).value, true);
});

test("c_char is a string of one character", () => {
  const char = new c_char("x");
  expectType<Equal<typeof char.value, string>>();
  assert.equal(char.value, "x");
  assert.equal(new c_char(0x41).value, "A", "an integer is its code");
  assert.equal(new c_char("\xff").value, "\xff");
  const message = "expected a string of one character up to U+00FF, or an integer up to 255, for c_char, got ";
  throws(() => new c_char("xy"), TypeError, `${message}the string "xy"`);
  throws(() => new c_char(""), TypeError, `${message}the string ""`);
  throws(() => new c_char("€"), TypeError, `${message}the string "€"`);
  throws(() => new c_char(256), TypeError, `${message}the number 256`);
  throws(() => new c_char(-1), TypeError, `${message}the number -1`);
});

test("c_wchar is a string of one character, also beyond U+FFFF", () => {
  const char = new c_wchar("é");
  expectType<Equal<typeof char.value, string>>();
  assert.equal(char.value, "é");
  if (!isWindows) assert.equal(new c_wchar("😀").value, "😀");
  const one = isWindows ? "UTF-16 unit" : "character";
  throws(() => new c_wchar("ab"), TypeError, `expected a string of one ${one} for c_wchar, got the string "ab"`);
  throws(() => new c_wchar(""), TypeError, `expected a string of one ${one} for c_wchar, got the string ""`);
  throws(() => new c_wchar(65 as never), TypeError, `expected a string of one ${one} for c_wchar, got the number 65`);
});

// -- void * ----------------------------------------------------------------------------------------

test("c_void_p is an address, or null", () => {
  const pointer = new c_void_p(0x1234);
  expectType<Equal<typeof pointer.value, number | null>>();
  assert.equal(pointer.value, 0x1234);
  pointer.value = 0x7fff_ffff_f000n;
  assert.equal(pointer.value, 0x7fff_ffff_f000);
  pointer.value = 0;
  assert.equal(pointer.value, null);
  pointer.value = null;
  assert.equal(pointer.value, null);
  throws(
    () => (pointer.value = "text" as never),
    TypeError,
    'expected an address, a pointer, an array, a buffer or null for c_void_p, got the string "text"',
  );
});

test("c_void_p wraps as in ctypes", () => {
  assert.equal(new c_void_p(-1).value, 2n ** 64n - 1n);
});

// -- Instances of types ----------------------------------------------------------------------------

class Celsius extends c_double {
  get fahrenheit() {
    return this.value * 1.8 + 32;
  }
}

test("a class derived from a simple type reads as an instance, unconverted", () => {
  class Weather extends Structure({ outside: Celsius, inside: c_double }) {}
  const weather = new Weather({ outside: new Celsius(20), inside: 22 });
  const outside: unknown = weather.outside;
  assert.ok(outside instanceof Celsius);
  assert.equal(outside.fahrenheit, 68);
  assert.equal(weather.inside, 22);
  weather.outside = 5;
  assert.equal(outside.value, 5, "a plain value is stored all the same");
  const first: unknown = new (ARRAY(Celsius, 1))().at(0);
  assert.ok(first instanceof Celsius);
});

test("an instance that a member gives is the member's memory", () => {
  class Counter extends c_int {}
  class Counted extends Structure({ before: c_int, n: Counter }) {}
  const counted = new Counted();
  (counted.n as unknown as Counter).value = 9;
  assert.equal((counted.n as unknown as Counter).value, 9);
  assert.equal(c_int.from_address(addressof(counted) + 4).value, 9);
  assert.equal(counted.before, 0);
});

test("a type takes an instance of itself as a member, not of another type", () => {
  class Holder extends Structure({ n: c_int }) {}
  const holder = new Holder({ n: new c_int(5) });
  assert.equal(holder.n, 5);
  throws(() => (holder.n = new c_long(4) as never), TypeError, "Holder.n: expected an integer for c_int, got a c_long");
});

test("an object shares the memory it is made from, or copies it", () => {
  const numbers = Int32Array.of(1, 2, 3);
  const shared = c_int.from_buffer(numbers, 4);
  const copied = c_int.from_buffer_copy(numbers, 4);
  numbers[1] = 20;
  assert.equal(shared.value, 20);
  assert.equal(copied.value, 2);
  shared.value = 21;
  assert.equal(numbers[1], 21);
});

test("a derived class has the size and alignment of its base, and pointers of its own", () => {
  assert.equal(sizeof(Celsius), 8);
  assert.equal(alignment(Celsius), 8);
  assert.notEqual(POINTER(Celsius), POINTER(c_double));
});
