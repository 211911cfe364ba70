/**
 * Arguments of 64 bits: they go to C as numbers in one store where a number is exact, bit for bit where it is not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  addressof,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_int,
  c_size_t,
  c_ssize_t,
  c_ubyte,
  c_void_p,
  POINTER,
} from "ctypes-js";

const {
  llabs: labs,
  strnlen,
  memcmp,
} = new CDLL(null, {
  llabs: CFUNCTYPE(c_ssize_t, c_ssize_t),
  strnlen: CFUNCTYPE(c_size_t, c_char_p, c_size_t),
  memcmp: CFUNCTYPE(c_int, c_void_p, POINTER(c_ubyte), c_size_t),
});

test("numbers go whole, up to the last that is exact", () => {
  for (const n of [0, -0, -5, 2 ** 31, -(2 ** 31) - 1, 2 ** 47, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
    assert.equal(labs(n), Math.abs(n));
});

test("bigints, larger numbers and C objects go bit for bit", () => {
  for (const n of [5n, BigInt(Number.MAX_SAFE_INTEGER), 2n ** 40n]) assert.equal(labs(-n), Number(n));
  assert.equal(labs(-(2 ** 53)), 2n ** 53n);
  assert.equal(labs(-(2n ** 62n) - 1n), 2n ** 62n + 1n);
  assert.equal(labs(-(2 ** 60)), 2n ** 60n);
  assert.equal(labs(2n ** 64n - 7n), 7);
  assert.equal(labs(new c_ssize_t(-(2n ** 61n))), 2n ** 61n);
});

test("so they do beside strings and buffers", () => {
  for (const most of [3, 3n, new c_size_t(3)]) assert.equal(strnlen("hello", most), 3);
  for (const all of [2 ** 53, 2 ** 60, 2n ** 63n, -1])
    assert.equal(strnlen(`hello ${all}`, all), `hello ${all}`.length);
  const bytes = Uint8Array.of(1, 2, 3);
  assert.equal(memcmp(bytes, Uint8Array.of(1, 2, 4), 2n), 0);
  assert.ok(memcmp(BigInt(addressof(new (ARRAY(c_ubyte, 3))(1, 2, 3))), Uint8Array.of(1, 2, 4), 3) < 0);
});

test("what is no integer is refused, and named", () => {
  assert.throws(
    () => labs(1.5),
    /^ArgumentError: llabs\(\): argument 1: expected an integer for c_(s?size_t|long), got the number 1.5/,
  );
  assert.throws(() => strnlen("a", Number.NaN), /strnlen\(\): argument 2: expected an integer for c_(ulong|size_t)/);
});
