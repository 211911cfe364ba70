/**
 * The rows of test_sizes.py: the types whose size is in their name, or C's business.
 */
import assert from "node:assert/strict";
import {
  c_int8,
  c_int16,
  c_int32,
  c_int64,
  c_size_t,
  c_ssize_t,
  c_time_t,
  c_uint8,
  c_uint16,
  c_uint32,
  c_uint64,
  c_void_p,
  sizeof,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { undeclared } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_sizes.py", "SizesTestCase", name, body);

row("test_8", () => {
  assert.equal(sizeof(c_int8), 1);
  assert.equal(sizeof(c_uint8), 1);
});

row("test_16", () => {
  assert.equal(sizeof(c_int16), 2);
  assert.equal(sizeof(c_uint16), 2);
});

row("test_32", () => {
  assert.equal(sizeof(c_int32), 4);
  assert.equal(sizeof(c_uint32), 4);
});

row("test_64", () => {
  assert.equal(sizeof(c_int64), 8);
  assert.equal(sizeof(c_uint64), 8);
});

row("test_size_t", () => {
  assert.equal(sizeof(c_size_t), sizeof(c_void_p));
  assert.equal(sizeof(c_size_t), undeclared("size_of_size_t")());
});

row("test_ssize_t", () => {
  assert.equal(sizeof(c_ssize_t), sizeof(c_void_p));
});

row("test_time_t", () => {
  assert.equal(sizeof(c_time_t), undeclared("size_of_time_t")());
});
