/**
 * The rows of test_cast.py: the same address under another type, and who keeps it alive.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  addressof,
  c_char_p,
  c_int,
  c_short,
  c_void_p,
  c_wchar_p,
  cast,
  POINTER,
  Structure,
  Union,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { collect, throws } from "./support.ts";

const row = (name: string, body: () => void | Promise<void>) => rowOf("test_cast.py", "Test", name, body);

/** ctypes' record of what an object keeps alive. */
const kept = (data: object) => (data as { _objects: Record<string, unknown> | null })._objects;

row("test_array2pointer", () => {
  const numbers = new (ARRAY(c_int, 3))(42, 17, 2);
  const p = cast(numbers, POINTER(c_int));
  assert.deepEqual([p[0], p[1], p[2]], [42, 17, 2]);
  const halves = cast(numbers, POINTER(c_short));
  assert.deepEqual(halves.slice(0, 6), [42, 0, 17, 0, 2, 0]);
  halves[1] = 1;
  assert.equal(numbers[0], 0x1002a, "it is the same memory");
});

row("test_address2pointer", () => {
  const numbers = new (ARRAY(c_int, 3))(42, 17, 2);
  const address = addressof(numbers);
  for (const object of [new c_void_p(address), address, BigInt(address)]) {
    const p = cast(object as number, POINTER(c_int));
    assert.deepEqual(p.slice(null, 3), [42, 17, 2]);
    assert.deepEqual([p[0], p[1], p[2]], [42, 17, 2]);
  }
});

row("test_p2a_objects", () => {
  const words = new (ARRAY(c_char_p, 5))();
  assert.equal(kept(words), null);
  const foo = Buffer.from("foo bar\0");
  words[0] = foo as never;
  assert.deepEqual(kept(words), { 0: foo });
  assert.equal(kept(words)?.["0"], foo, "the bytes themselves are kept");

  const p = cast(words, POINTER(c_char_p));
  assert.equal(kept(p), kept(words), "array and pointer keep one record together");
  const own = Object.keys(kept(p) as object).filter((key) => key !== "0");
  assert.equal(own.length, 1);
  assert.equal(kept(p)?.[own[0] as string], words, "and the pointer keeps the array");

  const spam = Buffer.from("spam spam\0");
  p[0] = spam as never;
  assert.equal(kept(words)?.["0"], spam);
  assert.equal(words[0], "spam spam");
  p[1] = foo as never;
  assert.equal(kept(words)?.["1"], foo);
  assert.equal(words[1], "foo bar");
  p[2] = "text";
  assert.notEqual(kept(words)?.["2"], undefined, "a string is kept, too");
});

row("test_other", async () => {
  const p = (() => cast(new (ARRAY(c_int, 4))(1, 2, 3, 4), POINTER(c_int)))();
  await collect();
  const churn = Array.from({ length: 10_000 }, () => new c_int(-1));
  assert.deepEqual(p.slice(null, 4), [1, 2, 3, 4], "the temporary array lives as long as the pointer");
  assert.deepEqual(p.slice(3, -1, -1), [4, 3, 2, 1]);
  assert.deepEqual(p.slice(null, 4, 3), [1, 4]);
  p[2] = 96;
  assert.deepEqual(p.slice(null, 4), [1, 2, 96, 4]);
  assert.deepEqual(p.slice(3, -1, -1), [4, 96, 2, 1]);
  assert.deepEqual(p.slice(null, 4, 3), [1, 4]);
  assert.equal(churn.length, 10_000);
});

row("test_char_p", () => {
  const text = new c_char_p("hiho");
  assert.equal(cast(cast(text, c_void_p), c_char_p).value, "hiho");
});

row("test_wchar_p", () => {
  const text = new c_wchar_p("hiho");
  assert.equal(cast(cast(text, c_void_p), c_wchar_p).value, "hiho");
});

row("test_bad_type_arg", () => {
  const numbers = new (ARRAY(c_int, 4))();
  class MyStructure extends Structure({ a: c_int }) {}
  class MyUnion extends Union({ a: c_int }) {}
  for (const type of [null, ARRAY(c_int, 4), MyStructure, MyUnion, c_int]) {
    throws(() => cast(numbers, type as never), TypeError, /^cast\(\): argument 2: expected a pointer type, got /);
  }
});
