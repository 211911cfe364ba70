/**
 * The rows of test_array_in_pointer.py: an array where a pointer to its items is expected.
 */
import assert from "node:assert/strict";
import { ARRAY, c_byte, cast, POINTER, Structure, string_at } from "ctypes-js";
import { row } from "./row.ts";
import { bytes } from "./support.ts";

class Value extends Structure({ val: c_byte }) {}
class Container extends Structure({ pvalues: POINTER(Value) }) {}

row("test_array_in_pointer.py", "Test", "test", () => {
  const values = new (ARRAY(Value, 4))();
  const container = new Container({ pvalues: values });
  for (let i = 0; i < 4; i++) container.pvalues!.at(i).val = i + 1;
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => container.pvalues?.[i]?.val),
    [1, 2, 3, 4],
  );
  assert.deepEqual(string_at(values, 4), bytes([1, 2, 3, 4]), "the array itself was written, not a copy");
});

row("test_array_in_pointer.py", "Test", "test_2", () => {
  const values = new (ARRAY(Value, 4))();
  const pointer = cast(values, POINTER(Value));
  for (let i = 0; i < 4; i++) pointer.at(i).val = i + 1;
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => pointer[i]?.val),
    [1, 2, 3, 4],
  );
  assert.deepEqual(string_at(values, 4), bytes([1, 2, 3, 4]), "the array itself was written, not a copy");
});
