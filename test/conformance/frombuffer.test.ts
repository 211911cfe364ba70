/**
 * The rows of test_frombuffer.py: C objects in memory of JavaScript, shared or copied.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  Array as ArrayBase,
  addressof,
  CData,
  CFuncPtr,
  c_char,
  c_int,
  memoryview_at,
  Structure,
  Union,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { collect, throws } from "./support.ts";

const row = (name: string, body: () => void | Promise<void>) => rowOf("test_frombuffer.py", "Test", name, body);

let constructed = 0;
class X extends Structure({ c_int: c_int }) {
  constructor(init?: { c_int: number }) {
    super(init);
    constructed++;
  }
}

const numbers = () => Int32Array.from({ length: 16 }, (_, i) => i);
const kept = (data: object) => (data as { _objects: Record<string, unknown> | null })._objects;

/** What has no memory that could be shared. */
const noBuffers = ["abcd".repeat(16), [1, 2, 3], null, undefined, 5, {}];

row("test_from_buffer", async () => {
  const a = numbers();
  const x = ARRAY(c_int, 16).from_buffer(a);
  assert.deepEqual([...x], [...a]);

  const before = constructed;
  const y = X.from_buffer(a);
  assert.equal(y.c_int, a[0]);
  assert.equal(constructed, before, "no constructor runs");
  assert.ok(y instanceof X);

  a[0] = 100;
  a[15] = -5;
  assert.deepEqual([...x], [...a], "what is stored in the buffer shows");
  assert.equal(y.c_int, 100);
  x[1] = 101;
  y.c_int = 7;
  assert.deepEqual([a[0], a[1]], [7, 101], "and the other way round");
  for (const view of [x, y]) {
    assert.equal(Object.values(kept(view) as object).includes(a), true, "the record names the buffer");
  }

  // JavaScript cannot lock a buffer. One that lost its memory is noticed at the next access; nothing is read that is
  // not there.
  const growing = new (
    ArrayBuffer as unknown as new (
      length: number,
      options: object,
    ) => ArrayBuffer & {
      resize(length: number): void;
    }
  )(64, { maxByteLength: 128 });
  const z = ARRAY(c_int, 16).from_buffer(growing);
  z[15] = 15;
  growing.resize(128);
  assert.equal(z[15], 15, "a buffer that grows keeps its place");
  growing.resize(32);
  throws(() => z[15], RangeError);
  throws(() => (z[15] = 1), RangeError);
  assert.equal(z[7], 0);
  const moved = numbers();
  const gone = ARRAY(c_int, 16).from_buffer(moved);
  structuredClone(moved.buffer, { transfer: [moved.buffer] });
  throws(() => gone[0], TypeError, /detached/);
  throws(() => (gone[0] = 1), TypeError, /detached/);

  const alone = (() => ARRAY(c_int, 16).from_buffer(numbers()))();
  await collect();
  const churn = Array.from({ length: 1000 }, () => new Int32Array(16).fill(-1));
  assert.deepEqual([...alone], [...numbers()], "the object keeps its buffer alive");
  assert.equal(churn.length, 1000);

  const readonly = memoryview_at(a, 64, true);
  for (const wrong of [...noBuffers, readonly]) {
    throws(
      () => ARRAY(c_char, 16).from_buffer(wrong as never),
      TypeError,
      /expected a buffer, typed array or C object/,
    );
  }
});

row("test_from_buffer_with_offset", () => {
  const a = numbers();
  const x = ARRAY(c_int, 15).from_buffer(a, 4);
  assert.deepEqual([...x], [...a.subarray(1)]);
  x[0] = 100;
  assert.equal(a[1], 100);
  const part = ARRAY(c_int, 2).from_buffer(a.subarray(4, 8), 8);
  assert.deepEqual([...part], [6, 7], "the offset counts from where the view begins");
  assert.equal(addressof(part) - addressof(x), 5 * 4);

  throws(() => c_int.from_buffer(a, -1), RangeError, /offset cannot be negative, got -1/);
  throws(() => ARRAY(c_int, 16).from_buffer(a, 4), RangeError, /too small: 64 bytes instead of at least 68/);
  throws(() => c_int.from_buffer(a, 64), RangeError, /too small: 64 bytes instead of at least 68/);
  throws(() => ARRAY(c_int, 5).from_buffer(a.subarray(4, 8)), RangeError, /too small: 16 bytes/);
  throws(() => c_int.from_buffer(a, 0.5), TypeError, /expected an integer offset/);
});

row("test_from_buffer_copy", () => {
  const a = numbers();
  const x = ARRAY(c_int, 16).from_buffer_copy(a);
  const before = constructed;
  const y = X.from_buffer_copy(a);
  assert.equal(constructed, before, "no constructor runs");
  assert.equal(y.c_int, 0);

  const expected = [...a];
  a[0] = 100;
  a[15] = -1;
  assert.deepEqual([...x], expected, "what is stored in the buffer does not show");
  assert.equal(y.c_int, 0);
  x[3] = 33;
  assert.equal(a[3], 3, "nor the other way round");
  x[3] = 3;

  structuredClone(a.buffer, { transfer: [a.buffer] });
  assert.equal(a.length, 0);
  assert.deepEqual([...x], expected, "and the buffer's end does not matter");
  assert.equal(kept(x), null);
  assert.equal(kept(y), null);

  const letters = ARRAY(c_char, 16).from_buffer_copy(Buffer.from("a".repeat(16)));
  assert.equal(letters.value, "a".repeat(16));
  for (const wrong of noBuffers) {
    throws(
      () => ARRAY(c_char, 16).from_buffer_copy(wrong as never),
      TypeError,
      /expected a buffer, typed array or C object/,
    );
  }
});

row("test_from_buffer_copy_with_offset", () => {
  const a = numbers();
  const x = ARRAY(c_int, 15).from_buffer_copy(a, 4);
  const expected = [...a.subarray(1)];
  assert.deepEqual([...x], expected);
  a[1] = 100;
  assert.deepEqual([...x], expected);
  assert.deepEqual([...ARRAY(c_int, 2).from_buffer_copy(a.subarray(4, 8), 8)], [6, 7]);

  throws(() => c_int.from_buffer_copy(a, -1), RangeError, /offset cannot be negative, got -1/);
  throws(() => ARRAY(c_int, 16).from_buffer_copy(a, 4), RangeError, /too small: 64 bytes instead of at least 68/);
  throws(() => c_int.from_buffer_copy(a, 64), RangeError, /too small: 64 bytes instead of at least 68/);
});

row("test_abstract", () => {
  const source = numbers();
  // Python's other abstract types, of structures, unions, pointers and simple types, are functions that make types
  // here: what has no size is a structure or union whose members were not given.
  class NoStructure extends Structure<{ x: c_int }>() {}
  class NoUnion extends Union<{ x: c_int }>() {}
  for (const type of [CData, ArrayBase, CFuncPtr, NoStructure, NoUnion] as unknown as (typeof c_int)[]) {
    const message = /is an abstract class|is incomplete/;
    throws(() => type.from_buffer(source), TypeError, message);
    throws(() => type.from_buffer_copy(source), TypeError, message);
  }
  for (const maker of [Structure, Union]) assert.equal("from_buffer" in maker, false);
});
