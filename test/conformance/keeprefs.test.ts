/**
 * CPython's test_keeprefs: what `_objects` records.
 *
 * A string is copied to memory of its own, and that is what is kept; bytes are pointed to, so the record names the very
 * object.
 */
import assert from "node:assert/strict";
import { ARRAY, c_char_p, c_int, POINTER, pointer, Structure, string_at } from "ctypes-js";
import { row } from "./row.ts";

function kept(object: unknown): unknown {
  return (object as { _objects: unknown })._objects;
}

/** Bytes closed by a NUL, as `char *` wants them. */
function text(characters: string): Uint8Array {
  return Buffer.from(`${characters}\0`, "latin1");
}

class POINT extends Structure({ x: c_int, y: c_int }) {}
class RECT extends Structure({ ul: POINT, lr: POINT }) {}

row("test_keeprefs.py", "SimpleTestCase", "test_cint", () => {
  const x = new c_int();
  assert.equal(kept(x), null);
  x.value = 42;
  assert.equal(kept(x), null);
  assert.equal(kept(new c_int(99)), null);
});

row("test_keeprefs.py", "SimpleTestCase", "test_ccharp", () => {
  const x = new c_char_p();
  assert.equal(kept(x), null);
  const abc = text("abc");
  x.value = abc as never;
  assert.equal(kept(x), abc);
  assert.equal(x.value, "abc");
  const spam = text("spam");
  assert.equal(kept(new c_char_p(spam)), spam);
  assert.notEqual(kept(new c_char_p("spam")), null, "the memory of a string is kept, too");
});

row("test_keeprefs.py", "StructureTestCase", "test_cint_struct", () => {
  class X extends Structure({ a: c_int, b: c_int }) {}
  const x = new X();
  assert.equal(kept(x), null);
  x.a = 42;
  x.b = 99;
  assert.equal(kept(x), null);
  assert.equal(kept(new X({ a: 1, b: 2 })), null);
});

row("test_keeprefs.py", "StructureTestCase", "test_ccharp_struct", () => {
  class X extends Structure({ a: c_char_p, b: c_char_p }) {}
  const x = new X();
  assert.equal(kept(x), null);
  const [spam, foo] = [text("spam"), text("foo")];
  x.a = spam as never;
  x.b = foo as never;
  const record = kept(x) as Record<string, unknown>;
  assert.deepEqual(Object.keys(record), ["0", "1"]);
  assert.equal(record["0"], spam);
  assert.equal(record["1"], foo);
  assert.deepEqual([x.a, x.b], ["spam", "foo"]);
});

row("test_keeprefs.py", "StructureTestCase", "test_struct_struct", () => {
  const r = new RECT();
  assert.equal(kept(r), null);
  r.ul.x = 0;
  r.ul.y = 1;
  r.lr.x = 2;
  r.lr.y = 3;
  assert.equal(kept(r), null);

  const other = new RECT();
  other.ul = new POINT([1, 2]);
  assert.deepEqual(kept(other), { 0: {} });
  other.ul.x = 22;
  other.ul.y = 44;
  assert.deepEqual(kept(other), { 0: {} });
  other.lr = new POINT();
  assert.deepEqual(kept(other), { 0: {}, 1: {} });
  assert.deepEqual([other.ul.x, other.ul.y, other.lr.x], [22, 44, 0]);
});

row("test_keeprefs.py", "ArrayTestCase", "test_cint_array", () => {
  const Ints = ARRAY(c_int, 3);
  const ints = new Ints();
  assert.equal(kept(ints), null);
  ints[0] = 1;
  ints[1] = 2;
  ints[2] = 3;
  assert.equal(kept(ints), null);

  class X extends Structure({ x: c_int, a: Ints }) {}
  const x = new X();
  x.x = 1000;
  x.a[0] = 42;
  x.a[1] = 96;
  assert.equal(kept(x), null);
  x.a = ints;
  assert.deepEqual(kept(x), { 1: {} });
  assert.deepEqual([...x.a], [1, 2, 3]);
});

row("test_keeprefs.py", "PointerTestCase", "test_p_cint", () => {
  const i = new c_int(42);
  const record = kept(pointer(i)) as Record<string, unknown>;
  assert.deepEqual(Object.keys(record), ["1"]);
  assert.equal(record["1"], i);
});

row("test_keeprefs.py", "PointerToStructure", "test", () => {
  class Corners extends Structure({ a: POINTER(POINT), b: POINTER(POINT) }) {}
  const r = new Corners();
  const p = new POINT([1, 2]);
  r.a = pointer(p);
  r.b = pointer(p);
  assert.equal(string_at(r.a, 1)[0], 1, "the pointer leads to the point");
  r.a[0]!.x = 42;
  r.a[0]!.y = 99;
  assert.deepEqual([p.x, p.y], [42, 99]);
  assert.deepEqual([r.b.contents.x, r.b.contents.y], [42, 99]);
});
