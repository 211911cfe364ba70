/**
 * The row of test_objects.py, a walk through `_objects`: which object keeps what alive, and under which key.
 */
import assert from "node:assert/strict";
import { ARRAY, c_char_p, c_int, Structure } from "ctypes-js";
import { row } from "./row.ts";

/** ctypes' record of an object, and the object whose memory it shares. */
const inside = (data: object) =>
  data as { readonly _objects: Record<string, unknown> | null; readonly _b_base_: object | null };

row("test_objects.py", "(module doctest)", "doctest", () => {
  // An array has no record before it needs one; then its keys are the items.
  const words = new (ARRAY(c_char_p, 5))();
  assert.equal(inside(words)._objects, null);
  const foo = Buffer.from("foo bar\0");
  words[4] = foo as never;
  assert.deepEqual(inside(words)._objects, { 4: foo });
  assert.equal(inside(words)._objects?.["4"], foo);
  assert.equal(words[4], "foo bar");

  // Memory inside other memory keeps its things at the owner: item 0 of member 2.
  class X extends Structure({ x: c_int, y: c_int, array: ARRAY(c_char_p, 5) }) {}
  const x = new X();
  assert.equal(inside(x)._objects, null);
  assert.equal(inside(x.array)._b_base_, x);
  const spam = Buffer.from("spam spam spam\0");
  x.array[0] = spam as never;
  assert.equal(x.array[0], "spam spam spam");
  assert.deepEqual(inside(x)._objects, { "0:2": spam });
  assert.equal(inside(x)._objects?.["0:2"], spam);
  assert.equal(inside(inside(x.array)._b_base_ as object)._objects, inside(x)._objects);

  // A string is copied to memory of C; that is what is kept then.
  x.array[1] = "eggs";
  assert.deepEqual(Object.keys(inside(x)._objects as object), ["0:2", "1:2"]);
  assert.equal(x.array[1], "eggs");
});
