/**
 * Pointers to what is declared later. Python's `POINTER("cell")` and `SetPointerType` are deprecated and not here: a
 * pointer to a class that has no members yet does the same.
 */
import assert from "node:assert/strict";
import { c_char_p, c_int, POINTER, type Pointer, pointer, Structure, sizeof } from "ctypes-js";
import { row } from "./row.ts";
import { throws } from "./support.ts";

const FILE = "test_incomplete.py";
const CLASS = "TestSetPointerType";

interface CellMembers {
  name: c_char_p;
  next: Pointer<cell>;
}
class cell extends Structure<CellMembers>() {}

row(FILE, CLASS, "test_incomplete_example", () => {
  const lpcell = POINTER(cell);
  throws(() => sizeof(cell), TypeError, "structure 'cell' is incomplete: its _fields_ were never given");
  assert.equal(sizeof(lpcell), 8, "the pointer to it is complete");
  cell._fields_ = { name: c_char_p, next: lpcell };
  assert.equal(POINTER(cell), lpcell);

  const c1 = new cell({ name: "foo" });
  const c2 = new cell({ name: "bar" });
  assert.equal(c1.next, null);
  c1.next = pointer(c2);
  c2.next = pointer(c1);
  const names: (string | null)[] = [];
  let at = c1;
  for (let i = 0; i < 8; i++) {
    names.push(at.name);
    at = at.next![0]!;
  }
  assert.deepEqual(names, ["foo", "bar", "foo", "bar", "foo", "bar", "foo", "bar"]);
});

row(FILE, CLASS, "test_deprecation", () => {
  throws(() => POINTER("cell" as never), TypeError, 'POINTER(): expected a C type, got the string "cell"');
  // A member given as a function names what comes later, also the class itself.
  class Link extends Structure({ value: c_int, next: () => POINTER(Link) }) {}
  const lpLink = POINTER(Link);
  assert.equal(POINTER(Link), lpLink);
  const link = new Link({ value: 5 });
  link.next = new lpLink(link);
  assert.ok(link.next instanceof lpLink);
  assert.equal(link.next.contents.value, 5);
});
