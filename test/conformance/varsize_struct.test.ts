/**
 * Objects with more memory than their type says, and arrays of odd lengths.
 */
import assert from "node:assert/strict";
import { ARRAY, c_int, resize, Structure, sizeof } from "ctypes-js";
import { row } from "./row.ts";
import { throws } from "./support.ts";

const FILE = "test_varsize_struct.py";
const CLASS = "VarSizeTest";

row(FILE, CLASS, "test_resize", () => {
  class X extends Structure({ item: c_int, array: ARRAY(c_int, 1) }) {}
  assert.equal(sizeof(X), 2 * sizeof(c_int));
  const x = new X();
  x.item = 42;
  x.array[0] = 100;
  assert.equal(sizeof(x), 2 * sizeof(c_int));
  // With room for one more item, for nine more, and for one more again.
  for (const count of [3, 11, 3]) {
    resize(x, count * sizeof(c_int));
    assert.equal(sizeof(x), count * sizeof(c_int));
    assert.equal(sizeof(X), 2 * sizeof(c_int), "the type stays as it is");
    assert.deepEqual([x.item, x.array[0]], [42, 100], `what was there is kept at ${count}`);
  }
});

row(FILE, CLASS, "test_array_invalid_length", () => {
  for (const length of [-1, -3]) {
    const message = `ARRAY(): argument 2: the length cannot be negative, got ${length}`;
    throws(() => ARRAY(c_int, length), RangeError, message);
  }
});

row(FILE, CLASS, "test_zerosized_array", () => {
  const array = new (ARRAY(c_int, 0))();
  assert.equal(sizeof(array), 0);
  for (const index of [0, 1, -1]) {
    const message = `index ${index} is out of bounds for ARRAY(c_int, 0)`;
    throws(() => array[index], RangeError, message);
    throws(() => (array[index] = 1), RangeError, message);
    throws(() => array.at(index), RangeError, message);
    throws(() => array.put(index, 1), RangeError);
  }
});
