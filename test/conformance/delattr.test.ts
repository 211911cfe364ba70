/**
 * CPython's test_delattr: C memory cannot be deleted.
 *
 * In Python that is a TypeError. JavaScript's `delete` concerns own properties, which these are not: it does nothing,
 * and what is to be seen is that value, member and items are still there, live.
 */
import assert from "node:assert/strict";
import { ARRAY, addressof, c_char, c_int, Structure } from "ctypes-js";
import { row } from "./row.ts";

/** `delete`, whether it answers false or throws: what counts is what is left. */
function remove(object: object, property: string): void {
  Reflect.deleteProperty(object, property);
  try {
    delete (object as Record<string, unknown>)[property];
  } catch (error) {
    assert.ok(error instanceof TypeError);
  }
}

row("test_delattr.py", "TestCase", "test_simple", () => {
  const number = new c_int(42);
  remove(number, "value");
  assert.equal(number.value, 42);
  number.value = 43;
  assert.equal(c_int.from_address(addressof(number)).value, 43, "assigning still writes to memory");
  assert.ok(!Object.hasOwn(number, "value"), "and made no property");
});

row("test_delattr.py", "TestCase", "test_chararray", () => {
  const Chars = ARRAY(c_char, 5);
  const chars = new Chars("a", "b");
  for (const property of ["value", "raw", "0"]) remove(chars, property);
  assert.equal(chars.value, "ab");
  chars.value = "xyz";
  chars[0] = "w";
  assert.equal(Buffer.from(chars.raw).toString("latin1"), "wyz\0\0");
  assert.equal(Chars.from_address(addressof(chars)).value, "wyz");
});

row("test_delattr.py", "TestCase", "test_struct", () => {
  class POINT extends Structure({ x: c_int, y: c_int }) {}
  const point = new POINT({ x: 1, y: 2 });
  remove(point, "x");
  assert.deepEqual([point.x, point.y], [1, 2]);
  point.x = 3;
  assert.deepEqual(POINT.from_address(addressof(point)).x, 3);
  assert.equal(new POINT({ x: 7 }).x, 7, "the class has it, too");
});
