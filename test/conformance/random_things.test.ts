/**
 * CPython's test_random_things: what a callback throws.
 *
 * CPython can only report it, since there is no one to give it to. Here it is rethrown by the call that C was called
 * with: C runs to its end, with zero for the callback's result, and then the error comes out, the very same.
 */
import assert from "node:assert/strict";
import { CFUNCTYPE, c_char_p, c_double, c_int } from "ctypes-js";
import { row } from "./row.ts";
import { undeclared } from "./support.ts";

class ZeroDivisionError extends Error {
  override readonly name = "ZeroDivisionError";
}

/** 42 throws an error of its own, zero cannot be divided by, and nothing else is a number. */
function callbackFunction(argument: unknown): number {
  if (argument === 42) throw new RangeError("42");
  if (typeof argument !== "number") throw new TypeError("unsupported operand for 1 /: a string");
  if (argument === 0) throw new ZeroDivisionError("division by zero");
  return 1 / argument;
}

/** Calling `callback` throws an error of this class with this message, from within the function. */
function rethrows(call: () => unknown, type: new (message: string) => Error, message: string): void {
  assert.throws(call, (error: unknown) => {
    assert.ok(error instanceof type, `expected ${type.name}, got ${error}`);
    assert.equal(error.message, message, "as it was thrown, nothing put in front");
    assert.match(error.stack ?? "", /callbackFunction/, "the stack leads to where it was thrown");
    return true;
  });
}

row("test_random_things.py", "CallbackTracbackTestCase", "test_ValueError", () => {
  const callback = new (CFUNCTYPE(c_int, c_int))(callbackFunction);
  rethrows(() => callback(42), RangeError, "42");
  assert.equal(callback(1), 1, "it can be called again");
});

row("test_random_things.py", "CallbackTracbackTestCase", "test_IntegerDivisionError", () => {
  const callback = new (CFUNCTYPE(c_int, c_int))(callbackFunction);
  rethrows(() => callback(0), ZeroDivisionError, "division by zero");
  const f = undeclared("_testfunc_callback_i_if");
  const seen: number[] = [];
  const throwing = new (CFUNCTYPE(c_int, c_int))((n) => {
    seen.push(n);
    return callbackFunction(0);
  });
  rethrows(() => f(8, throwing), ZeroDivisionError, "division by zero");
  assert.equal(seen[0], 8, "C called it");
});

row("test_random_things.py", "CallbackTracbackTestCase", "test_FloatDivisionError", () => {
  const callback = new (CFUNCTYPE(c_int, c_double))(callbackFunction);
  rethrows(() => callback(0), ZeroDivisionError, "division by zero");
});

row("test_random_things.py", "CallbackTracbackTestCase", "test_TypeErrorDivisionError", () => {
  const callback = new (CFUNCTYPE(c_int, c_char_p))(callbackFunction);
  rethrows(() => callback("spam"), TypeError, "unsupported operand for 1 /: a string");
});
