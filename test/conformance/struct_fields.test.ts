/**
 * When the members of a structure or union are settled, and what is said of them.
 *
 * Where Python settles a class without members as empty, ours has no size yet: it is incomplete, which is an error at
 * every use, and its members may still come.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  bits,
  CField,
  c_bool,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulonglong,
  c_ushort,
  c_void_p,
  field,
  Structure,
  sizeof,
  type TypeOf,
  Union,
} from "ctypes-js";
import { fieldOf } from "./field-check.ts";
import { hexOf } from "./memory.ts";
import { row as tableRow } from "./row.ts";
import { bytes, throws } from "./support.ts";

/** Each row holds for both kinds. */
function row(name: string, body: (base: typeof Structure, kind: string) => void): void {
  tableRow("test_struct_fields.py", "FieldsTestBase", name, () => {
    body(Structure, "structure");
    body(Union as unknown as typeof Structure, "union");
  });
}

/** The same class, its members settable at any time. */
function late(type: unknown): { _fields_: object | undefined } {
  return type as { _fields_: object | undefined };
}

row("test_1_A", (base, kind) => {
  class X extends base<object>() {}
  assert.equal(late(X)._fields_, undefined);
  throws(() => sizeof(X), TypeError, `${kind} 'X' is incomplete: its _fields_ were never given`);
  const none = {};
  X._fields_ = none;
  assert.equal(sizeof(X), 0);
  throws(() => (late(X)._fields_ = { a: c_int }), TypeError, "X._fields_ is final");
  assert.equal(late(X)._fields_, none);
  assert.equal(sizeof(X), 0);
});

row("test_1_B", (base) => {
  const none = {};
  class X extends base(none) {}
  throws(() => (late(X)._fields_ = {}), TypeError, "X._fields_ is final");
  assert.equal(X._fields_, none);
});

row("test_2", (base, kind) => {
  class X extends base<object>() {}
  throws(() => new X(), TypeError, `${kind} 'X' is incomplete: its _fields_ were never given`);
  assert.equal(late(X)._fields_, undefined);
  X._fields_ = {};
  assert.ok(new X() instanceof X);
  throws(() => (late(X)._fields_ = {}), TypeError, "X._fields_ is final");
});

row("test_3", (base, kind) => {
  class X extends base<{ a: c_int }>() {}
  class Y extends base({ x: X }) {}
  throws(() => sizeof(Y), TypeError, `${kind} 'X' is incomplete: its _fields_ were never given`);
  X._fields_ = { a: c_int };
  assert.equal(sizeof(Y), 4, "what is complete in time can be a member");
  throws(() => (late(X)._fields_ = { a: c_int, b: c_int }), TypeError, "X._fields_ is final");
  assert.equal(sizeof(X), 4);
});

row("test_4", (base) => {
  class X extends base({}) {}
  class Y extends X.extend() {}
  throws(() => (late(X)._fields_ = {}), TypeError, "X._fields_ is final");
  Y._fields_ = {};
  throws(() => (Y._fields_ = {}), TypeError, "Y._fields_ is final");
  throws(() => (late(X)._fields_ = {}), TypeError, "X._fields_ is final");

  // A class that adds nothing must not settle the members of the one it is derived from.
  class Late extends base<object>() {}
  class Derived extends Late {}
  const message = "Derived._fields_: it has the members of Late; use Late.extend() to add more";
  throws(() => (late(Derived)._fields_ = {}), TypeError, message);
  assert.equal(late(Late)._fields_, undefined);
});

row("test_5", (base) => {
  class X extends base({ char: ARRAY(c_char, 5) }) {}
  const x = new X({ char: "#####" });
  assert.equal(hexOf(x), "2323232323");
  x.char = bytes("a\0b\0") as never;
  assert.deepEqual(hexOf(x), "6100232323", "up to the first NUL, the rest is as it was");
  x.char = "\0cd" as never;
  assert.deepEqual(hexOf(x), "0000232323");
  x.char = "abcde\0f" as never;
  assert.deepEqual(hexOf(x), "6162636465", "there is no room for a NUL");
  throws(() => (x.char = "abcdef" as never), RangeError, "X.char: 6 bytes are too many for ARRAY(c_char, 5)");
});

/** CField, as somebody would call it who thinks it can be called. */
const AnyField = CField as unknown as new (description?: object) => CField;

row("test_6", () => {
  throws(() => new AnyField(), TypeError, "CField cannot be instantiated; field(type, name) gives one");
});

const integers = { c_byte, c_ubyte, c_short, c_ushort, c_int, c_uint, c_long, c_longlong, c_ulonglong };

// Python's own layout code makes descriptions, and is told when they do not fit. Here nobody can make one, and those
// there are do fit.
row("test_invalid_byte_size_raises_gh132470", (base) => {
  throws(() => new AnyField({ name: "a", type: c_byte, byte_size: 2, byte_offset: 2, index: 1 }), TypeError, /^CField/);
  class Nested extends base({ a: c_int, b: c_byte }) {}
  const types = {
    ...integers,
    c_float,
    c_double,
    c_bool,
    c_void_p,
    Nested,
    three: ARRAY(c_short, 3),
    none: ARRAY(c_int, 0),
  };
  for (const [name, type] of Object.entries(types)) {
    class X extends base({ a: c_byte, it: type as typeof c_int }) {}
    assert.equal(field(X, "it").byte_size, sizeof(type), name);
  }
});

row("test_max_field_size_gh126937", (base) => {
  // Ours counts in numbers, which are exact for the bits of 2^50 bytes; no address space has as much.
  const most = 2 ** 50;
  class Largest extends base({ largest: ARRAY(c_char, most) }) {}
  assert.equal(sizeof(Largest), most);
  const { byte_size, bit_size } = field(Largest, "largest");
  assert.deepEqual([byte_size, bit_size], [most, 8 * most]);

  throws(
    () => sizeof(base({ tooLarge: ARRAY(c_char, most + 1) })),
    RangeError,
    /are too many for a type; at most 2 \*\* 50$/,
  );
  throws(() => sizeof(base({ tooLarge: ARRAY(c_int, most / 4 + 1) })), RangeError, /at most 2 \*\* 50$/);
  throws(() => sizeof(base({ tooLarge: ARRAY(Largest, 2) })), RangeError, /at most 2 \*\* 50$/);
  class TwoLarge extends Structure({ one: Largest, two: Largest }) {}
  throws(
    () => sizeof(TwoLarge),
    RangeError,
    "TwoLarge: 2251799813685248 bytes are too many for a type; at most 2 ** 50",
  );
  throws(() => new Largest(), RangeError, /too large; at most 1 GiB/);

  for (const size of [most / 8 - 1, most / 8, most / 8 + 1, 2 ** 31 - 1, 2 ** 32 + 1]) {
    class X extends base({ array: ARRAY(c_char, size) }) {}
    const found = field(X, "array");
    assert.deepEqual([sizeof(X), found.byte_size, found.bit_size], [size, size, 8 * size], String(size));
  }
});

row("test_bitfield_overflow_error_message", (base) => {
  throws(
    () => new AnyField({ name: "x", type: c_byte, bit_size: 7, bit_offset: 2, byte_size: 1 }),
    TypeError,
    /^CField/,
  );
  throws(() => bits(c_byte, 9), RangeError, "bits(): argument 2: c_byte has 0 to 8 bits, got 9");
  for (const [name, given] of Object.entries(integers)) {
    const type = given as typeof c_int; // one of many: to the compiler any will do
    for (let before = 1; before <= 8 * sizeof(type); before++) {
      for (const width of [1, 7, 8 * sizeof(type)]) {
        class X extends base({ before: bits(type, before), x: bits(type, width) }) {}
        const { bit_offset, bit_size, byte_size } = fieldOf(X, "x");
        assert.ok(bit_offset + bit_size <= 8 * byte_size, `${name}: ${before} and ${width}`);
      }
    }
  }
});

/** Two types of members, and what is no C object at all. */
function checkForeign(base: typeof Structure, use: (description: CField, object: never) => void): void {
  class X extends base({ field: c_int, pointer: c_void_p, few: bits(c_int, 3) }) {}
  for (const name of ["field", "pointer", "few"] as const) {
    for (const foreign of ["abc", 5, null, undefined, {}, X]) {
      const message = new RegExp(`^field ${name}: expected a C object, got `);
      throws(() => use(field(X, name), foreign as never), TypeError, message);
    }
  }
}

row("test___set__", (base) => {
  checkForeign(base, (description, object) => description.set(object, 5));
  class X extends base({ field: c_int }) {}
  const x = new X();
  field(X, "field").set(x as never, 5);
  assert.equal(x.field, 5);
});

row("test___get__", (base) => {
  checkForeign(base, (description, object) => description.get(object));
  class X extends base({ field: c_int }) {}
  assert.equal(field(X as TypeOf<X>, "field").get(new X({ field: 6 })), 6);
});
