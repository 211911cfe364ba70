/**
 * Function types and their objects: what they know, how they lie in structures, functions of a library.
 */
import assert from "node:assert/strict";
import {
  ArgumentError,
  CDLL,
  CFUNCTYPE,
  CFuncPtr,
  c_char,
  c_char_p,
  c_int,
  c_size_t,
  c_uint,
  c_void_p,
  create_string_buffer,
  type DynamicFunction,
  LibraryError,
  Structure,
  sizeof,
} from "ctypes-js";
import { row } from "./row.ts";
import { collect, throws, undeclared } from "./support.ts";

function functionRow(name: string, body: () => void | Promise<void>): void {
  row("test_funcptr.py", "CFuncPtrTestCase", name, body);
}

functionRow("test_basic", () => {
  const Sum = CFUNCTYPE(c_int, c_int, c_int);
  const sum = new Sum((...numbers) => numbers.length);
  const declared = sum as unknown as DynamicFunction;
  assert.equal(declared.restype, c_int);
  assert.deepEqual(declared.argtypes, [c_int, c_int]);
  assert.equal(sizeof(sum), sizeof(c_void_p));
  assert.equal(sizeof(Sum), sizeof(c_void_p));
});

functionRow("test_first", () => {
  const Sum = CFUNCTYPE(c_int, c_int, c_int);
  const sum = new Sum((a, b) => a + b);
  assert.equal(sum(1, 2), 3);
  assert.equal(sum(1, 2), 3, "and again");

  // What is declared as a type is as strict as C; what is declared by hand takes more, as a variadic function does.
  const message = "(anonymous)(): expected 2 arguments, got 6";
  throws(() => (sum as (...args: number[]) => number)(1, 2, 3, 4, 5, 6), ArgumentError, message);
  const byHand = sum as unknown as DynamicFunction;
  byHand.argtypes = [c_int, c_int];
  assert.equal(byHand(1, 2, ...[3, 4, 5, 6].map((n) => new c_int(n))), 3);
});

functionRow("test_structures", async () => {
  const WindowProcedure = CFUNCTYPE(c_int, c_int, c_int, c_int, c_int);
  assert.equal(CFUNCTYPE(c_int, c_int, c_int, c_int, c_int), WindowProcedure, "the same signature is the same type");

  class WindowClass extends Structure({
    style: c_uint,
    procedure: WindowProcedure,
    extra: c_int,
    name: c_char_p,
  }) {}
  let window: WindowClass | null = new WindowClass();
  window.procedure = new WindowProcedure((a, b, c, d) => a + b + c + d);
  assert.equal(window.procedure?.(1, 2, 3, 4), 10);

  const fetched = window.procedure;
  window = null;
  await collect();
  assert.equal(fetched?.(10, 11, 12, 13), 46, "what was fetched keeps the structure and its callback");
});

functionRow("test_dllfunctions", () => {
  const strchr = undeclared("my_strchr");
  strchr.restype = c_char_p;
  strchr.argtypes = [c_char_p, c_char];
  assert.equal(strchr("abcdefghi", "b"), "bcdefghi");
  assert.equal(strchr("abcdefghi", "x"), null);

  const strtok = undeclared("my_strtok");
  strtok.restype = c_char_p;
  const text = create_string_buffer("a\nb\nc");
  assert.equal(strtok(text, "\n"), "a");
  assert.equal(strtok(null, "\n"), "b");
  assert.equal(strtok(null, "\n"), "c");
  assert.equal(strtok(null, "\n"), null);
});

functionRow("test_abstract", () => {
  const Abstract = CFuncPtr as unknown as new (...args: unknown[]) => unknown;
  throws(() => new Abstract(13, "name", 42, "iid"), TypeError, /is an abstract class/);
  throws(() => new Abstract(), TypeError, /is an abstract class/);
});

// Python declares a function by the annotations of another one; here a record does.
functionRow("test_wrap_dll_function", () => {
  const libc = new CDLL(null, {
    strlen: CFUNCTYPE(c_size_t, c_char_p),
    no_such_function: CFUNCTYPE(c_int, c_int),
  });
  assert.equal(libc.strlen("abc"), 3);
  assert.equal(libc.strlen.name, "strlen");
  throws(() => libc.no_such_function(1), LibraryError, /no symbol 'no_such_function'/);
  throws(() => libc.strlen(5 as never), ArgumentError, /^strlen\(\): argument 1: expected a string/);
  const message = "CFUNCTYPE(): restype: expected a C type, a function or null, got undefined";
  throws(() => CFUNCTYPE(undefined as never, c_char_p), TypeError, message);
  throws(() => new CDLL(null, { strlen: undefined as never }), TypeError, /symbol 'strlen': expected a C type/);
});
