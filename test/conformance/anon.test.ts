/**
 * Anonymous members: their own members are reached without naming them.
 */
import assert from "node:assert/strict";
import { c_int, field, offsetof, Structure, Union } from "ctypes-js";
import { hexOf } from "./memory.ts";
import { row } from "./row.ts";
import { throws } from "./support.ts";

const FILE = "test_anon.py";
const CLASS = "AnonTest";

row(FILE, CLASS, "test_anon", () => {
  class ANON extends Union({ a: c_int, b: c_int }) {}
  class Y extends Structure({ x: c_int, _: ANON, y: c_int }, { anonymous: ["_"] }) {}
  assert.deepEqual([field(Y, "a").offset, field(Y, "b").offset], [4, 4]);
  assert.deepEqual([offsetof(Y, "a"), offsetof(Y, "b")], [4, 4]);
  assert.deepEqual([field(ANON, "a").offset, field(ANON, "b").offset], [0, 0]);
  const y = new Y({ x: 1, a: 2, y: 3 });
  assert.deepEqual([y.a, y.b, y._.a], [2, 2, 2]);
  y.b = 5;
  assert.equal(hexOf(y), "010000000500000003000000");
});

row(FILE, CLASS, "test_anon_nonseq", () => {
  throws(
    () => Structure({}, { anonymous: 42 as never }),
    TypeError,
    "Structure(): anonymous: expected an array of member names, got the number 42",
  );
  throws(() => Union({ _: c_int }, { anonymous: "_" as never }), TypeError, /expected an array of member names/);
});

row(FILE, CLASS, "test_anon_nonmember", () => {
  const message = "Structure(): anonymous: there is no member 'x'";
  throws(() => Structure({}, { anonymous: ["x"] as never }), TypeError, message);
  throws(() => Structure({ y: c_int }, { anonymous: ["x"] as never }), TypeError, message);
});

row(FILE, CLASS, "test_issue31490", () => {
  throws(
    () =>
      class extends Structure({}, { anonymous: ["x"] as never }) {
        static readonly x = 42;
      },
    TypeError,
    "Structure(): anonymous: there is no member 'x'",
  );
  class WithStatic extends Structure({ y: c_int }) {
    static readonly x = 42;
  }
  throws(
    () => WithStatic.extend({ z: c_int }, { anonymous: ["x"] as never }),
    TypeError,
    "WithStatic.extend(): anonymous: there is no member 'x'",
  );
});

row(FILE, CLASS, "test_nested", () => {
  class ANON_S extends Structure({ a: c_int }) {}
  class ANON_U extends Union({ _: ANON_S, b: c_int }, { anonymous: ["_"] }) {}
  class Y extends Structure({ x: c_int, _: ANON_U, y: c_int }, { anonymous: ["_"] }) {}
  const offsets = (["x", "a", "b", "_", "y"] as const).map((name) => field(Y, name).offset);
  assert.deepEqual(offsets, [0, 4, 4, 4, 8]);
  const y = new Y({ x: 1, a: 2, y: 3 });
  assert.deepEqual([y.x, y.a, y.b, y.y], [1, 2, 2, 3]);
  const outer: unknown = y._;
  assert.ok(outer instanceof ANON_U, "a member's own name stands before one that is brought");
  assert.ok(outer._ instanceof ANON_S);

  // Of two that bring the same name the later one does, for who reads, writes, initialises and asks alike.
  class First extends Structure({ a: c_int }) {}
  class Both extends Structure({ p: First, q: ANON_S }, { anonymous: ["p", "q"] }) {}
  const object = new Both({ a: 1 });
  assert.equal(hexOf(object), "0000000001000000");
  assert.deepEqual([object.a, offsetof(Both, "a"), field(Both, "a").offset], [1, 4, 4]);
});
