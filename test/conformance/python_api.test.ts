/**
 * CPython's test_python_api: what is left of it without an interpreter is a function with declared parameters and more
 * after them.
 */
import assert from "node:assert/strict";
import {
  ArgumentError,
  CDLL,
  c_char,
  c_char_p,
  c_int,
  c_size_t,
  create_string_buffer,
  POINTER,
  sizeof,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { row } from "./row.ts";
import { isWindows, throws } from "./support.ts";

row("test_python_api.py", "PythonAPITestCase", "test_PyOS_snprintf", () => {
  const snprintf = isWindows ? new CDLL("msvcrt.dll")._snprintf! : new CDLL(find_library("c")).snprintf!;
  snprintf.argtypes = [POINTER(c_char), c_size_t, c_char_p];

  const buffer = create_string_buffer(256);
  const greeting = "Hello from ctypes";
  assert.equal(snprintf(buffer, sizeof(buffer), "Hello from %s", "ctypes"), greeting.length);
  assert.equal(buffer.value, greeting);

  const numbers = [new c_int(1), new c_int(2), new c_int(3)] as const;
  const longer = `${greeting} (1, 2, 3)`;
  assert.equal(snprintf(buffer, sizeof(buffer), "Hello from %s (%d, %d, %d)", "ctypes", ...numbers), longer.length);
  assert.equal(buffer.value, longer);

  // ArgumentError is a TypeError: too few, and too few to tell what else there is.
  throws(() => snprintf(buffer, sizeof(buffer)), TypeError, `${snprintf.name}(): expected at least 3 arguments, got 2`);
  throws(() => snprintf(buffer), ArgumentError, `${snprintf.name}(): expected at least 3 arguments, got 1`);
  throws(() => snprintf(), ArgumentError, `${snprintf.name}(): expected at least 3 arguments, got 0`);
  throws(
    () => snprintf(buffer, "256" as never, "x"),
    ArgumentError,
    /^_?snprintf\(\): argument 2: expected an integer/,
  );
});
