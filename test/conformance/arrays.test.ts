/**
 * The rows of test_arrays.py: items, slices, lengths, types made once, types derived.
 */
import assert from "node:assert/strict";
import {
  type AnyData,
  ARRAY,
  Array as ArrayBase,
  addressof,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longdouble,
  c_short,
  c_ubyte,
  c_uint,
  c_ulonglong,
  c_ushort,
  c_wchar,
  create_string_buffer,
  create_unicode_buffer,
  Structure,
  sizeof,
  type TypeOf,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { throws } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_arrays.py", "ArrayTestCase", name, body);

/** An array type as a loop over types sees it. */
interface AnyArray {
  readonly length: number;
  [index: number]: unknown;
}
const arrayOf = (type: TypeOf, length: number) =>
  ARRAY(type, length) as unknown as new (
    ...items: unknown[]
  ) => AnyArray;

row("test_metaclass_details", () => {
  throws(() => new (ArrayBase as never as new () => unknown)(), TypeError, /^Array is an abstract class/);
  class Undeclared extends ArrayBase {}
  throws(() => new Undeclared(), TypeError, /^Undeclared is an abstract class/);
  assert.ok(new (ARRAY(c_int, 1))() instanceof ArrayBase, "what ARRAY makes extends it");
});

row("test_simple", () => {
  const types = [
    c_byte,
    c_ubyte,
    c_short,
    c_ushort,
    c_int,
    c_uint,
    c_long,
    c_ulonglong,
    c_float,
    c_double,
    c_longdouble,
  ];
  for (const type of types) {
    // c_ulonglong reads as bigint, the others as number.
    const plain = (n: number) => (type === (c_ulonglong as unknown) ? BigInt(n) : n);
    const first = Array.from({ length: 10 }, (_, i) => 15 + i);
    const items = new (arrayOf(type, 10))(...first);
    assert.equal(items.length, 10, type.name);
    for (const [i, n] of first.entries()) assert.equal(items[i], plain(n), `${type.name} ${i}`);
    for (const index of [10, -11, 100]) {
      throws(() => items[index], RangeError, /out of bounds/);
      throws(() => (items[index] = 1), RangeError, /out of bounds/);
    }
    for (let i = 0; i < 10; i++) items[i] = 42 + i;
    assert.deepEqual(
      Array.from({ length: 10 }, (_, i) => items[i]),
      first.map((n) => plain(n + 27)),
    );
    const zeros = new (arrayOf(type, 10))();
    for (let i = 0; i < 10; i++) assert.equal(zeros[i], plain(0), `${type.name} begins with zeros`);
    throws(() => new (arrayOf(type, 10))(...first, ...first), RangeError, /20 items are too many/);
  }

  const letters = new (ARRAY(c_char, 3))("a", "b", "c");
  assert.deepEqual([letters[0], letters[1], letters[2]], ["a", "b", "c"]);
  assert.deepEqual([letters[-3], letters[-2], letters[-1]], ["a", "b", "c"]);
  assert.equal(letters.length, 3);
  throws(() => new (ARRAY(c_char, 3))("abc"), TypeError, /one character/);
  delete letters[0];
  assert.equal(letters[0], "a", "an item of C memory cannot be deleted");
});

row("test_step_overflow", () => {
  const huge = Number.MAX_SAFE_INTEGER;
  const numbers = new (ARRAY(c_int, 5))();
  numbers.setSlice([1], 3, null, huge);
  assert.deepEqual(numbers.slice(3, null, huge), [1]);
  const letters = new (ARRAY(c_char, 5))();
  letters.setSlice("A", 3, null, huge);
  assert.equal(letters.slice(3, null, huge), "A");
  const wide = new (ARRAY(c_wchar, 5))();
  wide.setSlice("X", 3, null, huge);
  assert.equal(wide.slice(3, null, huge), "X");
  assert.deepEqual(numbers.slice(3, null, -huge), [1], "nor a negative one");
});

row("test_numeric_arrays", () => {
  const Five = ARRAY(c_int, 5);
  assert.deepEqual([...new Five()], [0, 0, 0, 0, 0]);
  assert.deepEqual([...new Five(new c_int(), new c_int(), new c_int(), new c_int(), new c_int())], [0, 0, 0, 0, 0]);
  assert.deepEqual([...new Five(1, 2, 3, 4, 5)], [1, 2, 3, 4, 5]);
  const objects = [1, 2, 3, 4, 5].map((n) => new c_int(n));
  assert.deepEqual([...new Five(...objects)], [1, 2, 3, 4, 5]);
});

row("test_classcache", () => {
  assert.notEqual(ARRAY(c_int, 3), ARRAY(c_int, 4) as unknown);
  assert.equal(ARRAY(c_int, 3), ARRAY(c_int, 3));
});

row("test_from_address", () => {
  const buffer = create_string_buffer("foo");
  const letters = ARRAY(c_char, 3).from_address(addressof(buffer));
  assert.equal(letters.slice(), "foo");
  assert.equal(letters.slice(null, null, null), "foo");
  assert.equal(letters.slice(null, null, -1), "oof");
  assert.equal(letters.slice(null, null, 3), "f");
  assert.equal(letters.slice(1, 4, 2), "o");
  assert.equal(letters.value, "foo");
  buffer[0] = "g";
  assert.equal(letters.value, "goo", "it is that memory");
});

row("test_from_addressW", () => {
  const buffer = create_unicode_buffer("foo");
  const letters = ARRAY(c_wchar, 3).from_address(addressof(buffer));
  assert.equal(letters.slice(), "foo");
  assert.equal(letters.slice(null, null, null), "foo");
  assert.equal(letters.slice(null, null, -1), "oof");
  assert.equal(letters.slice(null, null, 3), "f");
  assert.equal(letters.slice(1, 4, 2), "o");
  assert.equal(letters.value, "foo");
  buffer[0] = "é";
  assert.equal(letters.value, "éoo", "it is that memory");
});

row("test_cache", () => {
  class Own extends c_int {}
  assert.equal(ARRAY(Own, 1), ARRAY(Own, 1));
  assert.notEqual(ARRAY(Own, 1), ARRAY(c_int, 1) as unknown);
});

row("test_subclass", () => {
  class T extends ArrayBase {
    static _type_: TypeOf<AnyData> = c_int;
    static _length_ = 13;
  }
  class U extends T {}
  class V extends U {}
  class W extends V {}
  class X extends T {
    static override _type_ = c_short;
  }
  class Y extends T {
    static override _length_ = 187;
  }
  const expected = [
    // W is used before what it derives from.
    [W, c_int, 13],
    [T, c_int, 13],
    [U, c_int, 13],
    [V, c_int, 13],
    [X, c_short, 13],
    [Y, c_int, 187],
  ] as const;
  for (const [type, item, length] of expected) {
    assert.equal(type._type_, item, type.name);
    assert.equal(type._length_, length, type.name);
    assert.equal(sizeof(type), sizeof(item) * length, type.name);
    const items = new type(1, -2);
    assert.ok(items instanceof type);
    assert.equal((items.constructor as typeof T)._type_, item, type.name);
    assert.equal((items.constructor as typeof T)._length_, length, type.name);
    assert.equal(items.length, length, type.name);
    assert.deepEqual([...items].slice(0, 3), [1, -2, 0], type.name);
    items[length - 1] = 0x12345;
    assert.equal(items[-1], item === c_short ? 0x2345 : 0x12345, type.name);
    throws(() => items[length], RangeError, /out of bounds/);
  }
});

row("test_bad_subclass", () => {
  class Nothing extends ArrayBase {}
  class OnlyType extends ArrayBase {
    static _type_ = c_int;
  }
  class OnlyLength extends ArrayBase {
    static _length_ = 13;
  }
  for (const use of [(type: typeof Nothing) => new type(), (type: typeof Nothing) => sizeof(type)]) {
    throws(() => use(Nothing), TypeError, "Nothing is an abstract class: it has no _type_ and no _length_");
    throws(() => use(OnlyType), TypeError, "OnlyType has no _length_");
    throws(() => use(OnlyLength), TypeError, "OnlyLength has no _type_");
  }
});

row("test_bad_length", () => {
  const sized = (length: number) =>
    sizeof(
      class T extends ArrayBase {
        static _type_ = c_int;
        static _length_ = length;
      },
    );
  for (const make of [(length: number) => ARRAY(c_int, length), sized]) {
    throws(() => make(-Number.MAX_SAFE_INTEGER), RangeError, /length cannot be negative/);
    throws(() => make(-1), RangeError, /length cannot be negative/);
    throws(() => make(1.87), TypeError, /expected an integer length, got the number 1\.87/);
    throws(() => make(2 * Number.MAX_SAFE_INTEGER), RangeError, /items are too many/);
  }
});

row("test_zero_length", () => {
  class T extends ArrayBase {
    static _type_ = c_int;
    static _length_ = 0;
  }
  for (const type of [T, ARRAY(c_int, 0)]) {
    assert.equal(sizeof(type), 0);
    assert.deepEqual([...new type()], []);
    throws(() => new type()[0], RangeError, /out of bounds/);
    throws(() => new type(1), RangeError, /too many/);
  }
});

row("test_empty_element_struct", () => {
  class Empty extends Structure({}) {}
  const two = new (ARRAY(Empty, 2))();
  assert.equal(sizeof(two), 0);
  assert.equal([...two].length, 2);
});

row("test_empty_element_array", () => {
  const two = new (ARRAY(ARRAY(c_int, 0), 2))();
  assert.equal(sizeof(two), 0);
  assert.equal(two.at(1).length, 0);
});

row("test_bpo36504_signed_int_overflow", () => {
  throws(() => ARRAY(c_char, 2 * Number.MAX_SAFE_INTEGER), RangeError, /too many/);
  throws(() => ARRAY(ARRAY(c_char, 2 ** 40), 2 ** 40), RangeError, /too many/);
  throws(() => sizeof(ARRAY(c_longdouble, 2 ** 50)), RangeError, /too many/);
});

row("test_large_array", () => {
  assert.equal(sizeof(ARRAY(c_char, 2 ** 31)), 2 ** 31, "the type alone takes no memory");
  throws(() => new (ARRAY(c_char, 2 ** 31))(), RangeError, /too large/);
});
