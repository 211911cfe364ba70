/**
 * The rows of test_slicing.py: slices of arrays, of pointers, and of text.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  c_byte,
  c_char,
  c_char_p,
  c_int,
  c_long,
  c_short,
  c_wchar,
  c_wchar_p,
  POINTER,
  type Pointer,
  sizeof,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { throws, undeclared } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_slicing.py", "SlicesTestCase", name, body);

const alphabet = "abcdefghijklmnopqrstuvwxyz";

/** The numbers from `start` up to `stop`. */
const range = (start: number, stop: number) => Array.from({ length: stop - start }, (_, i) => start + i);

/** The indices that Python's `[start:stop:step]` names in a list of 100, worked out the slow way. */
function indicesOf(start: number, stop: number, step: number): number[] {
  const indices = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) indices.push(i);
  return indices;
}

row("test_getslice_cint", () => {
  const expected = range(1100, 1200);
  const numbers = new (ARRAY(c_int, 100))(...expected);
  assert.deepEqual(numbers.slice(0, 2), [1100, 1101]);
  assert.deepEqual(numbers.slice(5, 7), [1105, 1106]);
  assert.equal(numbers[-1], 1199);
  assert.deepEqual(numbers.slice(), expected);
  assert.deepEqual(numbers.slice(10, null, -1), range(1100, 1111).reverse());
  assert.deepEqual(numbers.slice(30, 20, -1), range(1121, 1131).reverse());
  assert.deepEqual(numbers.slice(null, 12, 6), [1100, 1106]);
  assert.deepEqual(numbers.slice(2, 6, 4), [1102]);
  numbers.setSlice(range(5, 10), 0, 5);
  assert.deepEqual(numbers.slice(0, 5), [5, 6, 7, 8, 9]);
  assert.deepEqual(numbers.slice(4, null, -1), [9, 8, 7, 6, 5]);
  assert.equal(numbers[5], 1105, "what follows stays");
});

row("test_setslice_cint", () => {
  const numbers = new (ARRAY(c_int, 100))(...range(1100, 1200));
  const list = range(1100, 1200);
  const slices: [number, number, number][] = [
    [32, 47, 1],
    [46, 31, -1],
    [32, 47, 7],
    [33, -1, -3],
    [0, 100, 1],
    [99, 0, -13],
  ];
  slices.forEach(([start, stop, step], round) => {
    const indices = indicesOf(start, stop, step);
    const values = indices.map((_, i) => 10_000 * (round + 1) + i);
    // Down to the very beginning is a stop left out, as in Python.
    numbers.setSlice(round % 2 === 0 ? values : values.values(), start, stop < 0 ? null : stop, step);
    for (const [i, index] of indices.entries()) list[index] = values[i] as number;
    assert.deepEqual([...numbers], list, `[${start}:${stop}:${step}]`);
  });

  const before = [...numbers];
  for (const values of ["abcde", ["a", "b", "c", "d", "e"], [1, 2, 3, 4, 3.14], 5, null]) {
    throws(() => numbers.setSlice(values as never, 0, 5), TypeError, /expected an (integer|array)/);
  }
  throws(() => numbers.setSlice([1, 2, 3], 0, 5), RangeError, /3 values do not fit a slice of 5 items/);
  throws(() => numbers.setSlice(range(0, 32), 0, 5), RangeError);
  assert.deepEqual(numbers.slice(5), before.slice(5));
});

row("test_char_ptr", () => {
  const my_strdup = undeclared("my_strdup");
  const my_free = undeclared("my_free");
  my_strdup.restype = POINTER(c_char);
  my_free.restype = null;
  const text = my_strdup(alphabet) as Pointer<c_char>;
  assert.equal(text.slice(null, 26), alphabet);
  assert.equal(text.slice(null, 3), "abc");
  const reversed = [...alphabet].reverse().join("");
  assert.equal(text.slice(25, -1, -1), reversed, "a negative stop is an index, not counted from an end");
  assert.equal(text.slice(25, 5, -7), "zsl");
  assert.equal(text.slice(0, -1, -1), "a");
  const boundless = text as unknown as { slice(...bounds: (number | null)[]): string };
  throws(() => boundless.slice(), TypeError, /stop is required/);
  throws(() => boundless.slice(0), TypeError, /stop is required/);
  throws(() => boundless.slice(null, 5, -1), TypeError, /start is required/);
  throws(() => boundless.slice(-5), TypeError, /stop is required/);
  throws(() => (text as unknown as { setSlice(...args: unknown[]): void }).setSlice("abcde", null, 5), TypeError);
  assert.equal(text.slice(null, 5), "abcde");
  my_free(text);

  my_strdup.restype = POINTER(c_byte);
  const codes = my_strdup(alphabet) as Pointer<c_byte>;
  assert.deepEqual(codes.slice(null, 26), range(97, 123));
  my_free(codes);
});

row("test_char_ptr_with_free", () => {
  const my_strdup = undeclared("my_strdup");
  const my_free = undeclared("my_free");
  class Allocated extends c_char_p {}
  my_strdup.restype = Allocated;
  my_free.restype = null;
  let freed = 0;
  my_strdup.errcheck = (result, func, args) => {
    assert.ok(result instanceof Allocated, "an instance, so that its address can be freed");
    assert.equal(func, my_strdup);
    assert.deepEqual(args, [alphabet]);
    const { value } = result;
    my_free(result);
    freed++;
    return value;
  };
  assert.equal(my_strdup(alphabet), alphabet);
  assert.equal(freed, 1);
});

row("test_char_array", () => {
  const text = `${alphabet}\0`;
  const letters = new (ARRAY(c_char, 27))(...text);
  assert.equal(letters.slice(), text);
  assert.equal(letters.slice(null, null, -1), [...text].reverse().join(""));
  assert.equal(letters.slice(5, null, -2), "fdb");
  assert.equal(letters.slice(2, 5, -3), "");
  assert.equal(letters.slice(5, 2, -3), "f");
});

row("test_wchar_ptr", () => {
  const my_wcsdup = undeclared("my_wcsdup");
  const my_free = undeclared("my_free");
  my_wcsdup.restype = POINTER(c_wchar);
  my_wcsdup.argtypes = [POINTER(c_wchar)];
  my_free.restype = null;
  const text = my_wcsdup(alphabet) as Pointer<c_wchar>;
  assert.equal(text.slice(null, 26), alphabet);
  assert.equal(text.slice(null, 3), "abc");
  assert.equal(text.slice(25, -1, -1), [...alphabet].reverse().join(""));
  assert.equal(text.slice(25, 5, -7), "zsl");
  throws(() => (text as unknown as { setSlice(...args: unknown[]): void }).setSlice("abcde", null, 5), TypeError);
  assert.equal(text.slice(null, 5), "abcde");
  my_free(text);

  const integer = ([c_short, c_int, c_long] as (typeof c_int)[]).find((type) => sizeof(type) === sizeof(c_wchar));
  assert.ok(integer !== undefined);
  my_wcsdup.argtypes = [c_wchar_p];
  my_wcsdup.restype = POINTER(integer);
  const codes = my_wcsdup(alphabet) as Pointer<c_int>;
  assert.deepEqual(codes.slice(null, 26), range(97, 123));
  assert.deepEqual(codes.slice(25, -1, -1), range(97, 123).reverse());
  assert.deepEqual(codes.slice(25, 5, -7), [122, 115, 108]);
  my_free(codes);
});
