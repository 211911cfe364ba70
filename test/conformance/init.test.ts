/**
 * Reading a member of a structure type makes an object without running the constructor of its class.
 */
import assert from "node:assert/strict";
import { c_int, Structure } from "ctypes-js";
import { row } from "./row.ts";

row("test_init.py", "InitTest", "test_get", () => {
  let made = 0;
  class X extends Structure({ a: c_int, b: c_int }) {
    readonly wasInitialised: boolean = true;
    constructor() {
      super();
      made++;
      this.a = 9;
      this.b = 12;
    }
  }
  class Y extends Structure({ x: X }) {}

  const y = new Y();
  assert.deepEqual([y.x.a, y.x.b], [0, 0], "nothing initialised the member");
  assert.equal(y.x.wasInitialised, undefined);
  assert.equal(made, 0);
  assert.ok(y.x instanceof X);

  const x = new X();
  assert.deepEqual([x.a, x.b, x.wasInitialised, made], [9, 12, true, 1]);

  y.x = x;
  assert.deepEqual([y.x.a, y.x.b], [9, 12], "assigning copies the values");
  assert.equal(y.x.wasInitialised, undefined, "and what reading gives is still a plain view");
  assert.equal(made, 1);
  x.a = 1;
  assert.equal(y.x.a, 9);
});
