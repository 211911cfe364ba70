/**
 * Result types that look at their values: `_check_retval_`.
 */
import assert from "node:assert/strict";
import { c_int } from "ctypes-js";
import { row } from "./row.ts";
import { undeclared } from "./support.ts";

row("test_checkretval.py", "Test", "test_checkretval", () => {
  const given: unknown[] = [];
  class Checked extends c_int {
    static _check_retval_(value: Checked): string {
      given.push(value);
      return String(value.value);
    }
  }
  const func = undeclared("_testfunc_p_p");
  assert.equal(func(42), 42);

  func.restype = Checked;
  assert.equal(func(42), "42");
  assert.ok(given[0] instanceof Checked, "it is shown an instance, since its class is derived from c_int");

  func.restype = null;
  assert.equal(func(42), undefined);

  func.restype = undefined;
  assert.equal(func.restype, c_int);
  assert.equal(func(42), 42);
});
