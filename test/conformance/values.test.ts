/**
 * Variables of a library.
 */
import assert from "node:assert/strict";
import { c_int, LibraryError } from "ctypes-js";
import { row } from "./row.ts";
import { open, throws, undeclared } from "./support.ts";

const FILE = "test_values.py";
const CLASS = "ValuesTestCase";

row(FILE, CLASS, "test_an_integer", () => {
  const get = undeclared("get_an_integer");
  const integer = c_int.in_dll(open(), "an_integer");
  const before = integer.value;
  assert.equal(before, get());
  try {
    integer.value *= 2;
    assert.equal(integer.value, 2 * before);
    assert.equal(get(), 2 * before, "C sees it");
  } finally {
    integer.value = before;
  }
  assert.equal(get(), before);
});

row(FILE, CLASS, "test_undefined", () => {
  throws(() => c_int.in_dll(open(), "Undefined_Symbol"), LibraryError, /no symbol 'Undefined_Symbol'/);
});
