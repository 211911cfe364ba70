/**
 * Arrays: items, indices, bounds, and arrays of arrays.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  Array as ArrayBase,
  type ArrayOf,
  addressof,
  alignment,
  type CharArray,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_longlong,
  c_size_t,
  c_ubyte,
  c_wchar,
  Structure,
  sizeof,
  type TypeOf,
} from "ctypes-js";
import { type Equal, expectType, isWindows, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}

test("an array has its items, the others are zero", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2);
  expectType<Equal<typeof numbers.length, 3>>();
  expectType<Equal<(typeof numbers)[0], number>>();
  assert.equal(numbers.length, 3);
  assert.deepEqual([...numbers], [1, 2, 0]);
  assert.equal(sizeof(numbers), 12);
  assert.equal(alignment(numbers), 4);
});

test("items are read and stored by index", () => {
  const numbers = new (ARRAY(c_int, 3))();
  numbers[1] = 5;
  numbers.put(2, 6);
  assert.equal(numbers[1], 5);
  assert.equal(numbers.at(2), 6);
  assert.equal(numbers[0], 0);
});

test("a negative index counts from the end", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  assert.equal(numbers.at(-1), 3);
  assert.equal(numbers[-3], 1);
  numbers.put(-2, 20);
  numbers[-1] = 30;
  assert.deepEqual([...numbers], [1, 20, 30]);
});

test("an index out of bounds is an error, not undefined", () => {
  const numbers = new (ARRAY(c_int, 3))();
  const message = (index: number) => `index ${index} is out of bounds for ARRAY(c_int, 3)`;
  throws(() => numbers.at(3), RangeError, message(3));
  throws(() => numbers.at(-4), RangeError, message(-4));
  throws(() => numbers[3], RangeError, message(3));
  throws(() => numbers[-4], RangeError, message(-4));
  throws(() => numbers.put(3, 1), RangeError, message(3));
  throws(() => (numbers[100] = 1), RangeError, message(100));
  throws(() => numbers.at(1.5), TypeError, "ARRAY(c_int, 3): expected an integer index, got the number 1.5");
  throws(() => numbers.at("1" as never), TypeError, 'ARRAY(c_int, 3): expected an integer index, got the string "1"');
});

test("slice gives the values, as JavaScript's does", () => {
  const numbers = new (ARRAY(c_int, 5))(1, 2, 3, 4, 5);
  assert.deepEqual(numbers.slice(), [1, 2, 3, 4, 5]);
  assert.deepEqual(numbers.slice(1, 3), [2, 3]);
  assert.deepEqual(numbers.slice(-2), [4, 5]);
  assert.deepEqual(numbers.slice(0, -1), [1, 2, 3, 4]);
  assert.deepEqual(numbers.slice(3, 1), []);
  assert.deepEqual(numbers.slice(-100, 100), [1, 2, 3, 4, 5]);
});

test("an array is iterable", () => {
  let sum = 0;
  for (const n of new (ARRAY(c_int, 3))(1, 2, 3)) {
    expectType<Equal<typeof n, number>>();
    sum += n;
  }
  assert.equal(sum, 6);
  assert.equal(Math.max(...new (ARRAY(c_double, 2))(1.5, 2.5)), 2.5);
});

test("what an array iterates with is an iterator as JavaScript's own are", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  const iterator = numbers[Symbol.iterator]();
  assert.equal(
    Object.prototype.isPrototypeOf.call(Object.getPrototypeOf(Object.getPrototypeOf([].values())), iterator),
    true,
  );
  assert.deepEqual(iterator.next(), { value: 1, done: false });
  numbers.put(1, 20);
  assert.deepEqual([...(iterator as IterableIterator<number>)], [20, 3]);
  assert.deepEqual(iterator.next(), { value: undefined, done: true });
});

test("indices work alike at their first use, later, and however large", () => {
  const numbers = new (ARRAY(c_int, 10_000))();
  for (const _ of [1, 2]) {
    for (const index of [0, 63, 64, 4095, 4096, 9999]) {
      numbers[index] = index + 1;
      assert.equal(numbers[index], index + 1);
      assert.equal(index in numbers, true);
    }
    throws(() => numbers[10_000], RangeError, "index 10000 is out of bounds for ARRAY(c_int, 10000)");
  }
  throws(() => new (ARRAY(c_int, 2))()[2], RangeError, "index 2 is out of bounds for ARRAY(c_int, 2)");
  assert.deepEqual(Object.keys(numbers), [], "and are no properties of the array's own");
});

test("the same item type and length give the same type", () => {
  assert.equal(ARRAY(c_int, 3), ARRAY(c_int, 3));
  assert.notEqual(ARRAY(c_int, 3), ARRAY(c_int, 4));
  assert.equal(ARRAY(c_int, 3)._length_, 3);
  assert.equal(ARRAY(c_int, 3)._type_, c_int);
  assert.equal(ARRAY(c_int, 3).name, "c_int_Array_3");
});

test("items of every kind read as their type says", () => {
  assert.deepEqual([...new (ARRAY(c_longlong, 2))(1, 2n)], [1n, 2n]);
  assert.deepEqual([...new (ARRAY(c_size_t, 2))(1, 2n)], [1, 2]);
  assert.deepEqual([...new (ARRAY(c_char_p, 3))("a", null, "c")], ["a", null, "c"]);
  assert.deepEqual([...new (ARRAY(c_wchar, 2))("é", "ö")], ["é", "ö"]);
});

test("structures in an array are views", () => {
  const points = new (ARRAY(Point, 2))({ x: 1 }, new Point({ y: 2 }));
  expectType<Equal<(typeof points)[0], Point>>();
  assert.equal(points.at(0).x, 1);
  points.at(1).x = 5;
  assert.equal(points[1]?.x, 5);
  assert.equal(addressof(points.at(1)), addressof(points) + 8);
  points[0] = points.at(1);
  points.at(1).x = 6;
  assert.equal(points.at(0).x, 5, "an assigned structure is copied");
});

test("arrays of arrays are views all the way", () => {
  const matrix = new (ARRAY(ARRAY(c_double, 3), 2))([1, 2, 3], [4, 5, 6]);
  expectType<Equal<(typeof matrix)[0], ArrayOf<c_double, 3>>>();
  assert.equal(sizeof(matrix), 48);
  assert.equal(matrix.at(1).at(2), 6);
  matrix.at(0)[1] = 20;
  assert.deepEqual([...matrix.at(0)], [1, 20, 3]);
  matrix.put(1, [7, 8]);
  assert.deepEqual([...matrix.at(1)], [7, 8, 0], "a shorter list zeroes the rest");
});

test("an array can be empty", () => {
  const nothing = new (ARRAY(c_int, 0))();
  assert.equal(nothing.length, 0);
  assert.equal(sizeof(nothing), 0);
  assert.deepEqual([...nothing], []);
  throws(() => nothing.at(0), RangeError, "index 0 is out of bounds for ARRAY(c_int, 0)");
});

test("an array can lie in a buffer or at an address", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const shared = ARRAY(c_ubyte, 2).from_buffer(bytes, 1);
  shared[0] = 20;
  assert.deepEqual([...bytes], [1, 20, 3, 4]);
  const again = ARRAY(c_ubyte, 2).from_address(addressof(shared));
  assert.deepEqual([...again], [20, 3]);
  assert.deepEqual([...ARRAY(c_ubyte, 4).from_buffer_copy(bytes)], [1, 20, 3, 4]);
});

test("an array of a megabyte is no problem", () => {
  const large = new (ARRAY(c_int, 2 ** 18))();
  large[2 ** 18 - 1] = 7;
  assert.equal(large.at(-1), 7);
  assert.equal(sizeof(large), 2 ** 20);
});

// -- Arrays of characters --------------------------------------------------------------------------

test("an array of c_char is text up to the first NUL, and bytes", () => {
  const name = new (ARRAY(c_char, 8))();
  expectType<Equal<typeof name, CharArray<c_char, 8>>>();
  name.value = "hello";
  assert.equal(name.value, "hello");
  assert.deepEqual([...name.raw], [...Buffer.from("hello\0\0\0")]);
  assert.equal(name[1], "e");
  name[1] = "a";
  assert.equal(name.value, "hallo");
});

test("raw is a live view, and is stored without a NUL", () => {
  const name = new (ARRAY(c_char, 4))();
  const { raw } = name;
  raw[0] = 65;
  assert.equal(name.value, "A");
  name.raw = Uint8Array.of(66, 67, 68, 69);
  assert.equal(name.value, "BCDE");
  name.raw = Uint8Array.of(88);
  assert.equal(name.value, "XCDE", "the other bytes stay");
});

test("value adds a NUL where there is room, and leaves the rest", () => {
  const name = new (ARRAY(c_char, 4))();
  name.value = "wxyz";
  assert.equal(name.value, "wxyz", "no NUL when it just fits");
  name.value = "a";
  assert.deepEqual([...name.raw], [...Buffer.from("a\0yz")]);
});

test("text that does not fit is refused", () => {
  const name = new (ARRAY(c_char, 4))();
  throws(() => (name.value = "hello"), RangeError, "5 bytes are too many for ARRAY(c_char, 4)");
  throws(() => (name.value = "ééé"), RangeError, "6 bytes are too many for ARRAY(c_char, 4)");
  throws(() => (name.raw = new Uint8Array(5)), RangeError, "5 bytes are too many for ARRAY(c_char, 4)");
  assert.equal(name.value, "", "and nothing was stored");
  const wide = new (ARRAY(c_wchar, 2))();
  throws(() => (wide.value = "abc"), RangeError, "3 characters are too many for ARRAY(c_wchar, 2)");
});

test("value and raw refuse what is no text and no bytes", () => {
  const name = new (ARRAY(c_char, 4))();
  throws(
    () => (name.value = 5 as never),
    TypeError,
    "ARRAY(c_char, 4).value: expected a string or Uint8Array, got the number 5",
  );
  throws(
    () => (name.raw = "abc" as never),
    TypeError,
    'ARRAY(c_char, 4).raw: expected a Uint8Array or another buffer, got the string "abc"',
  );
  const wide = new (ARRAY(c_wchar, 4))();
  throws(() => (wide.value = null as never), TypeError, "ARRAY(c_wchar, 4).value: expected a string, got null");
});

test("an array of c_wchar is text up to the first NUL", () => {
  const name = new (ARRAY(c_wchar, 8))();
  name.value = "né😀";
  assert.equal(name.value, "né😀");
  assert.equal(name[2], isWindows ? "\ud83d" : "😀");
  name.value = "";
  assert.equal(name.value, "");
  assert.equal(name[1], "é", "the rest stays");
});

test("raw takes the bytes of any buffer", () => {
  const name = new (ARRAY(c_char, 4))();
  name.raw = Uint8Array.of(65, 66, 67, 68).buffer;
  assert.equal(name.value, "ABCD");
  name.raw = new Uint16Array(Uint8Array.of(0, 0, 88, 89).buffer, 2);
  assert.equal(name.value, "XYCD", "of a view, what it shows");
  throws(() => (name.raw = new Float64Array(1)), RangeError, "8 bytes are too many for ARRAY(c_char, 4)");
});

// -- Array types by hand ---------------------------------------------------------------------------

test("a class may say itself what it is an array of", () => {
  class Row extends ArrayBase {
    static _type_: TypeOf = c_int;
    static _length_ = 3;
    sum(): number {
      return [...this].reduce<number>((sum, item) => sum + (item as number), 0);
    }
  }
  class Bytes extends Row {
    static override _type_ = c_ubyte;
  }
  const row = new Row(1, 2, 3);
  assert.equal(row.sum(), 6);
  assert.equal(sizeof(Row), 12);
  assert.deepEqual(row.slice(1), [2, 3]);
  const bytes = new Bytes(1, 2, 259);
  assert.equal(sizeof(Bytes), 3);
  assert.equal(bytes.sum(), 6, "it keeps the methods, and wraps as bytes do");
  assert.ok(bytes instanceof Row && bytes instanceof ArrayBase && new (ARRAY(c_int, 1))() instanceof ArrayBase);
  class Holder extends Structure({ before: c_ubyte, row: Row as TypeOf<Row> }) {}
  const holder = new Holder();
  holder.row = row;
  assert.equal(holder.row.sum(), 6);
  throws(() => sizeof(ArrayBase), TypeError, "Array is an abstract class: it has no _type_ and no _length_");
});

test("an array type that no memory could hold is refused", () => {
  throws(
    () => ARRAY(ARRAY(c_int, 2 ** 30), 2 ** 30),
    RangeError,
    "ARRAY(): argument 2: 1073741824 items are too many for a type; at most 2 ** 50",
  );
});

// -- What is refused -------------------------------------------------------------------------------

test("the declaration is checked", () => {
  throws(() => ARRAY(c_int, -1), RangeError, "ARRAY(): argument 2: the length cannot be negative, got -1");
  throws(() => ARRAY(c_int, 1.5), TypeError, "ARRAY(): argument 2: expected an integer length, got the number 1.5");
  throws(
    () => ARRAY(c_int, "3" as never),
    TypeError,
    'ARRAY(): argument 2: expected an integer length, got the string "3"',
  );
  throws(() => ARRAY(Map as never, 3), TypeError, "ARRAY(): argument 1: expected a C type, got the class Map");
});

test("an array too large for memory is refused", () => {
  throws(
    () => new (ARRAY(c_int, 2 ** 40))(),
    RangeError,
    "an object of 4398046511104 bytes is too large; at most 1 GiB",
  );
});

test("too many items, and items of the wrong kind, are refused", () => {
  throws(() => new (ARRAY(c_int, 2))(1, 2, 3), RangeError, "3 items are too many for ARRAY(c_int, 2)");
  throws(
    () => new (ARRAY(c_int, 2))(1, "2" as never),
    TypeError,
    'ARRAY(c_int, 2)[1]: expected an integer for c_int, got the string "2"',
  );
  const numbers = new (ARRAY(c_int, 2))();
  throws(() => (numbers[1] = 0.5), TypeError, "ARRAY(c_int, 2)[1]: expected an integer for c_int, got the number 0.5");
  throws(
    () => numbers.put(-1, NaN),
    TypeError,
    "ARRAY(c_int, 2)[1]: expected an integer for c_int, got the number NaN",
  );
});

test("in a structure, messages lead to the item", () => {
  class Shape extends Structure({ points: ARRAY(Point, 2), grid: ARRAY(ARRAY(c_int, 2), 2) }) {}
  throws(
    () => new Shape({ points: [{ x: 1 }, { y: "2" as never }] }),
    TypeError,
    'Shape.points[1].y: expected an integer for c_int, got the string "2"',
  );
  throws(
    () => new Shape({ grid: [[1], [2, null as never]] }),
    TypeError,
    "Shape.grid[1][1]: expected an integer for c_int, got null",
  );
  throws(
    () => new Shape({ points: [{}, {}, {}] }),
    RangeError,
    "Shape.points: 3 items are too many for ARRAY(Point, 2)",
  );
  throws(
    () => new Shape({ points: 5 as never }),
    TypeError,
    "Shape.points: expected ARRAY(Point, 2) or an array of its items, got the number 5",
  );
  throws(
    () => new Shape({ grid: new (ARRAY(c_int, 4))() as never }),
    TypeError,
    "Shape.grid: expected ARRAY(ARRAY(c_int, 2), 2) or an array of its items, got an ARRAY(c_int, 4)",
  );
});
