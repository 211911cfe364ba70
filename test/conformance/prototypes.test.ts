/**
 * Functions made of `[name, library]`: directions and names of parameters, and what pointer parameters take.
 */
import assert from "node:assert/strict";
import {
  type AnyData,
  ARRAY,
  ArgumentError,
  addressof,
  byref,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_longlong,
  c_short,
  c_void_p,
  c_wchar,
  c_wchar_p,
  create_string_buffer,
  create_unicode_buffer,
  type DynamicFunction,
  flagged,
  POINTER,
  type Pointer,
  pointer,
  type TypeOf,
} from "ctypes-js";
import { row } from "./row.ts";
import { open, throws, undeclared } from "./support.ts";

function charRow(name: string, body: () => void): void {
  row("test_prototypes.py", "CharPointersTestCase", name, body);
}

function wideRow(name: string, body: () => void): void {
  row("test_prototypes.py", "WCharPointersTestCase", name, body);
}

/** The function that gives back the pointer it is given. */
function samePointer(restype: TypeOf<AnyData>, argtypes: DynamicFunction["argtypes"]): DynamicFunction {
  const func = undeclared("_testfunc_p_p");
  func.restype = restype;
  func.argtypes = argtypes;
  return func;
}

// -- Directions and names --------------------------------------------------------------------------

charRow("test_paramflags", () => {
  const Same = CFUNCTYPE(c_void_p, c_void_p);
  const func = flagged(Same, ["_testfunc_p_p", open()], [[1, "input"]]);
  throws(() => func(), TypeError, "_testfunc_p_p(): required argument 'input' missing");
  assert.equal(func(null), null);
  assert.equal(func({ input: null }), null);
  assert.equal(func({ input: 5 }), 5);
});

charRow("test_invalid_paramflags", () => {
  const Print = CFUNCTYPE(c_int, c_char_p);
  const flags = [
    [1, "format"],
    [1, "arg"],
  ] as const;
  throws(
    () => flagged(Print, ["myprintf", open()], flags),
    RangeError,
    /paramflags must have the same length as argtypes: 2 and 1$/,
  );
});

charRow("test_invalid_setattr_argtypes", () => {
  const Print = CFUNCTYPE(c_int, c_char_p);
  const func = flagged(Print, ["myprintf", open()], [[1, "format"]]) as unknown as DynamicFunction;
  assert.deepEqual(func.argtypes, [c_char_p]);

  throws(
    () => {
      func.argtypes = 123 as never;
    },
    TypeError,
    "myprintf.argtypes: expected an array of C types or null, got the number 123",
  );
  assert.deepEqual(func.argtypes, [c_char_p]);

  throws(
    () => {
      func.argtypes = [c_char_p, c_int];
    },
    RangeError,
    "myprintf.argtypes: paramflags must have the same length as argtypes: 1 and 2",
  );
  assert.deepEqual(func.argtypes, [c_char_p]);
  assert.equal(func("abc"), 3, "it still works");
});

charRow("test_paramflags_outarg", () => {
  const Takes = CFUNCTYPE(c_int, c_char_p, c_int);
  const flags = [
    [1, "format"],
    [2, "out"],
  ] as const;
  const message = /'out' parameter 2 must be a pointer type, not c_int$/;
  throws(() => flagged(Takes, ["myprintf", open()], flags), TypeError, message);

  const TakesPointer = CFUNCTYPE(c_int, c_char_p, c_void_p);
  const func = flagged(TakesPointer, ["myprintf", open()], flags) as unknown as DynamicFunction;
  throws(
    () => {
      func.argtypes = [c_char_p, c_int];
    },
    TypeError,
    message,
  );
  assert.deepEqual(func.argtypes, [c_char_p, c_void_p]);
});

// -- What pointer parameters take ------------------------------------------------------------------

charRow("test_int_pointer_arg", () => {
  const func = samePointer(c_longlong, null);
  assert.equal(func(0), 0n);

  const n = new c_int(0);
  func.argtypes = [POINTER(c_int)];
  assert.equal(func(byref(n)), BigInt(addressof(n)));

  for (const type of [c_char_p, POINTER(c_short), POINTER(c_double)]) {
    func.argtypes = [type];
    throws(() => func(byref(n)), ArgumentError, /^_testfunc_p_p\(\): argument 1: expected .*, got a byref\(\)/);
  }
});

/** What every parameter for `char *` takes. */
function checkChars(func: DynamicFunction): void {
  assert.equal(func(null), null);
  assert.equal(func(Buffer.from("123\0")), "123");
  assert.equal(func(new c_char_p(null)), null);
  assert.equal(func(new c_char_p("123")), "123");
  assert.equal(func(create_string_buffer("123")), "123");
  const a = new c_char("a");
  assert.equal((func(pointer(a)) as string)[0], "a");
  assert.equal((func(byref(a)) as string)[0], "a");
}

charRow("test_POINTER_c_char_arg", () => {
  const func = samePointer(c_char_p, [POINTER(c_char)]);
  checkChars(func);
  assert.equal(func("123"), "123");
});

charRow("test_c_char_p_arg", () => {
  const func = samePointer(c_char_p, [c_char_p]);
  checkChars(func);
  assert.equal(func("123"), "123");
});

charRow("test_c_void_p_arg", () => {
  const func = samePointer(c_char_p, [c_void_p]);
  checkChars(func);
  func(byref(new c_int()));
  func(pointer(new c_int()));
  func(new (ARRAY(c_int, 3))());
  func.restype = c_void_p;
  const n = new c_int();
  assert.equal(func(byref(n)), addressof(n));
  assert.equal(func(pointer(n)), addressof(n));
  const array = new (ARRAY(c_int, 3))();
  assert.equal(func(array), addressof(array));
  throws(() => func(n), ArgumentError, /argument 1: expected .* for c_void_p, got a c_int$/);
});

charRow("test_c_void_p_arg_with_c_wchar_p", () => {
  const func = samePointer(c_wchar_p, [c_void_p]);
  assert.equal(func(new c_wchar_p(null)), null);
  assert.equal(func(new c_wchar_p("123")), "123");
});

charRow("test_instance", () => {
  class Nothing {
    readonly _as_parameter_ = null;
  }
  const func = samePointer(c_void_p, [c_void_p]);
  assert.equal(func(new Nothing()), null);
  func.argtypes = null;
  assert.equal(func(new Nothing()), null);
});

/** What every parameter for `wchar_t *` takes. */
function checkWide(func: DynamicFunction): void {
  assert.equal(func(null), null);
  assert.equal(func("123"), "123");
  assert.equal(func(new c_wchar_p(null)), null);
  assert.equal(func(new c_wchar_p("123")), "123");
  assert.equal(func(create_unicode_buffer("123")), "123");
  const a = new c_wchar("a");
  assert.equal((func(pointer(a)) as string)[0], "a");
  assert.equal((func(byref(a)) as string)[0], "a");
}

wideRow("test_POINTER_c_wchar_arg", () => {
  checkWide(samePointer(c_wchar_p, [POINTER(c_wchar)]));
});

wideRow("test_c_wchar_p_arg", () => {
  checkWide(samePointer(c_wchar_p, [c_wchar_p]));
});

row("test_prototypes.py", "ArrayTest", "test", () => {
  const Eight = ARRAY(c_int, 8);
  const func = undeclared("_testfunc_ai8");
  func.restype = POINTER(c_int);
  func.argtypes = [Eight];
  const array = new Eight(1, 2, 3, 4, 5, 6, 7, 8);
  const result = func(array) as Pointer<c_int>;
  assert.deepEqual(result.slice(null, 8), [1, 2, 3, 4, 5, 6, 7, 8]);
  result[0] = 42;
  assert.equal(array[0], 42, "an array is passed by its address");
  throws(() => func([1, 2, 3, 4, 5, 6, 7, 8]), ArgumentError, /argument 1: expected /);

  // An array is a pointer in C's parameter lists, a callback's too.
  const Callback = CFUNCTYPE(null, ARRAY(c_int, 3));
  let items: number[] = [];
  const callback = new Callback((given) => {
    items = [...given];
  });
  callback(new (ARRAY(c_int, 3))(7, 8, 9));
  assert.deepEqual(items, [7, 8, 9]);
});
