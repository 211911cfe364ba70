/**
 * CPython's test_internals: what `_objects` holds, and that it is the very objects.
 */
import assert from "node:assert/strict";
import { ARRAY, c_char_p, c_int, POINTER, Structure } from "ctypes-js";
import { row } from "./row.ts";

function kept(object: unknown): unknown {
  return (object as { _objects: unknown })._objects;
}

row("test_internals.py", "ObjectsTestCase", "test_ints", () => {
  const number = new c_int(42000123);
  assert.equal(kept(number), null);
  assert.equal(number.value, 42000123);
});

row("test_internals.py", "ObjectsTestCase", "test_c_char_p", () => {
  const bytes = Buffer.from("Hello, World\0");
  const pointer = new c_char_p(bytes);
  assert.equal(kept(pointer), bytes);
  bytes[0] = "J".charCodeAt(0);
  assert.equal(pointer.value, "Jello, World", "it was not copied");
});

row("test_internals.py", "ObjectsTestCase", "test_simple_struct", () => {
  class X extends Structure({ a: c_int, b: c_int }) {}
  const x = new X();
  assert.equal(kept(x), null);
  x.a = 421234;
  x.b = 421235;
  assert.equal(kept(x), null);
  assert.deepEqual([x.a, x.b], [421234, 421235]);
});

row("test_internals.py", "ObjectsTestCase", "test_embedded_structs", () => {
  class X extends Structure({ a: c_int, b: c_int }) {}
  class Y extends Structure({ x: X, y: X }) {}
  const y = new Y();
  assert.equal(kept(y), null);
  const [x1, x2] = [new X(), new X()];
  y.x = x1;
  y.y = x2;
  assert.deepEqual(kept(y), { 0: {}, 1: {} });
  x1.a = 42;
  x2.b = 93;
  assert.deepEqual(kept(y), { 0: {}, 1: {} });
  assert.deepEqual([y.x.a, y.y.b], [0, 0], "copies");
});

row("test_internals.py", "ObjectsTestCase", "test_xxx", () => {
  class X extends Structure({ a: c_char_p, b: c_char_p }) {}
  class Y extends Structure({ x: X, y: X }) {}
  const [s1, s2] = [Buffer.from("Hello, World\0"), Buffer.from("Hallo, Welt\0")];
  const x = new X();
  x.a = s1 as never;
  x.b = s2 as never;
  const ofX = kept(x) as Record<string, unknown>;
  assert.deepEqual(Object.keys(ofX), ["0", "1"]);
  assert.equal(ofX["0"], s1);
  assert.equal(ofX["1"], s2);

  const y = new Y();
  y.x = x;
  const ofY = kept(y) as Record<string, Record<string, unknown>>;
  assert.deepEqual(Object.keys(ofY), ["0"]);
  assert.deepEqual(Object.keys(ofY["0"]!), ["0", "1"]);
  assert.equal(ofY["0"]!["0"], s1);
  assert.equal(ofY["0"]!["1"], s2);
  assert.deepEqual([y.x.a, y.x.b], ["Hello, World", "Hallo, Welt"]);
});

row("test_internals.py", "ObjectsTestCase", "test_ptr_struct", () => {
  class X extends Structure({ data: POINTER(c_int) }) {}
  const four = new (ARRAY(c_int, 4))(11, 22, 33, 44);
  assert.equal(kept(four), null);
  const x = new X();
  (x as { data: unknown }).data = four;
  assert.ok(JSON.stringify(Object.keys(kept(x) as object)) === '["0"]', "the array is kept under its member");
  assert.deepEqual(x.data!.slice(0, 4), [11, 22, 33, 44]);
  four[1] = 23;
  assert.equal(x.data!.at(1), 23, "the array itself, not a copy");
});
