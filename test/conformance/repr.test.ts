/**
 * CPython's test_repr: how objects show themselves to `console.log`.
 */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  c_bool,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longdouble,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
} from "ctypes-js";
import { row } from "./row.ts";

/** Types and how 42 of each is written. */
const shown: readonly (readonly [type: unknown, value: string])[] = [
  ...[c_byte, c_short, c_int, c_long].map((type) => [type, "42"] as const),
  ...[c_ubyte, c_ushort, c_uint, c_ulong].map((type) => [type, "42"] as const),
  ...[c_float, c_double, c_longdouble].map((type) => [type, "42"] as const),
  [c_longlong, "42n"],
  [c_ulonglong, "42n"],
  [c_bool, "true"],
];

row("test_repr.py", "ReprTest", "test_numbers", () => {
  for (const [type, value] of shown) {
    const Base = type as typeof c_int;
    class X extends Base {}
    assert.equal(inspect(new Base(42)), `${Base.name}(${value})`);
    assert.match(inspect(new X(42)), /^X at 0x[0-9a-f]+$/, `of a class derived from ${Base.name}`);
  }
});

row("test_repr.py", "ReprTest", "test_char", () => {
  class X extends c_char {}
  assert.equal(inspect(new c_char("x")), "c_char('x')");
  assert.match(inspect(new X("x")), /^X at 0x[0-9a-f]+$/);
});
