/**
 * Calling functions: argument and result types, structures by value, callbacks as arguments.
 */
import assert from "node:assert/strict";
import {
  ArgumentError,
  byref,
  CFUNCTYPE,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longdouble,
  c_longlong,
  c_short,
  c_void_p,
  c_wchar,
  c_wchar_p,
  type DynamicFunction,
  LibraryError,
  POINTER,
  type Pointer,
  pointer,
  Structure,
} from "ctypes-js";
import { row } from "./row.ts";
import { open, throws, undeclared, wideCharacter, wideUnits } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
class Rect extends Structure({ left: c_int, top: c_int, right: c_int, bottom: c_int }) {}

const numbers = [c_byte, c_short, c_int, c_long, c_float, c_double] as const;

function declared(name: string, restype: DynamicFunction["restype"], argtypes: DynamicFunction["argtypes"]) {
  const func = undeclared(name);
  func.restype = restype;
  func.argtypes = argtypes;
  return func;
}

function functionRow(name: string, body: () => void): void {
  row("test_functions.py", "FunctionTestCase", name, body);
}

// -- Arguments -------------------------------------------------------------------------------------

functionRow("test_c_char_parm", () => {
  const given: string[] = [];
  const func = new (CFUNCTYPE(c_int, c_char))(function takesChar(c) {
    given.push(c);
    return 0;
  });
  assert.equal(func("a"), 0);
  assert.deepEqual(given, ["a"]);
  throws(
    () => func("abc"),
    ArgumentError,
    'takesChar(): argument 1: expected a string of one character up to U+00FF, or an integer up to 255, for c_char, got the string "abc"',
  );
  assert.deepEqual(given, ["a"], "a refused argument calls nothing");
});

functionRow("test_wchar_parm", () => {
  const func = declared("_testfunc_i_bhilfd", c_int, [c_byte, c_wchar, c_int, c_long, c_float, c_double]);
  assert.equal(func(1, "x", 3, 4, 5, 6), 139);
  const refused: [unknown, string][] = [
    [2, "the number 2"],
    ["abc", 'the string "abc"'],
    ["", 'the string ""'],
  ];
  for (const [value, got] of refused) {
    const message = `_testfunc_i_bhilfd(): argument 2: expected a string of one ${wideCharacter} for c_wchar, got ${got}`;
    throws(() => func(1, value as string, 3, 4, 5, 6), ArgumentError, message);
  }
});

functionRow("test_c_char_p_parm", () => {
  const given: unknown[] = [];
  const func = new (CFUNCTYPE(c_int, c_char_p))(function takesText(text) {
    given.push(text);
    return 0;
  });
  assert.equal(func("abc"), 0);
  assert.deepEqual(given, ["abc"]);
  const message = "takesText(): argument 1: expected a string, Uint8Array or null for c_char_p, got the number 10";
  throws(() => func(10 as never), ArgumentError, message);
});

functionRow("test_c_wchar_p_parm", () => {
  const given: unknown[] = [];
  const func = new (CFUNCTYPE(c_int, c_wchar_p))(function takesWide(text) {
    given.push(text);
    return 0;
  });
  assert.equal(func("abc"), 0);
  assert.deepEqual(given, ["abc"]);
  const message = `takesWide(): argument 1: expected a string, ${wideUnits} or null for c_wchar_p, got the number 10`;
  throws(() => func(10 as never), ArgumentError, message);
});

functionRow("test_c_void_p_parm", () => {
  const given: unknown[] = [];
  const func = new (CFUNCTYPE(c_int, c_void_p))(function takesAddress(address) {
    given.push(address);
    return 0;
  });
  assert.equal(func(5), 0);
  assert.deepEqual(given, [5]);
  throws(
    () => func(2.5),
    ArgumentError,
    /^takesAddress\(\): argument 1: expected .* for c_void_p, got the number 2\.5$/,
  );
});

functionRow("test_stringresult", () => {
  const func = declared("_testfunc_p_p", c_char_p, null);
  assert.equal(func("123"), "123");
  assert.equal(func(Buffer.from("456\0")), "456");
  assert.equal(func(null), null);
  const long = "x".repeat(1 << 20);
  assert.equal(func(long), long, "the argument lives until the result is converted");
});

functionRow("test_pointers", () => {
  const IntPointer = POINTER(c_int);
  const func = declared("_testfunc_p_p", IntPointer, [IntPointer]);
  const v = new c_int(42);
  assert.equal(pointer(v).contents.value, 42);

  const result = func(pointer(v)) as Pointer<c_int>;
  assert.ok((result as unknown) instanceof IntPointer);
  assert.equal(result.contents.value, 42);
  assert.equal((func(pointer(v)) as Pointer<c_int>).contents.value, 42);

  const other = new c_int(99);
  assert.equal((func(pointer(other)) as Pointer<c_int>).contents.value, 99);
  other.value = 7;
  assert.equal((func(byref(other)) as Pointer<c_int>).contents.value, 7);
  assert.equal((func(byref(v)) as Pointer<c_int>).contents.value, 42);
  throws(
    () => func(byref(new c_short(22))),
    ArgumentError,
    /^_testfunc_p_p\(\): argument 1: expected POINTER\(c_int\)/,
  );
  assert.ok((func(byref(new c_int(99))) as unknown) instanceof IntPointer, "of a temporary object");
});

functionRow("test_errors", () => {
  const dll = open();
  throws(() => dll._xxx_yyy, LibraryError, /no symbol '_xxx_yyy'/);
  throws(() => c_int.in_dll(dll, "_xxx_yyy"), LibraryError, /no symbol '_xxx_yyy'/);
});

// -- Results ---------------------------------------------------------------------------------------

functionRow("test_wchar_result", () => {
  assert.equal(declared("_testfunc_i_bhilfd", c_wchar, numbers)(0, 0, 0, 0, 0, 0), "\0");
  assert.equal(declared("_testfunc_i_bhilfd", c_wchar, numbers)(1, 2, 0, 94, 0, 0), "a");
});

functionRow("test_voidresult", () => {
  const func = undeclared("_testfunc_v");
  func.restype = null;
  func.argtypes = [c_int, c_int, POINTER(c_int)];
  const sum = new c_int();
  assert.equal(func(1, 2, byref(sum)), undefined);
  assert.equal(sum.value, 3);
});

functionRow("test_intresult", () => {
  const func = declared("_testfunc_i_bhilfd", c_int, numbers);
  assert.equal(func(1, 2, 3, 4, 5, 6), 21);
  assert.equal(func(-1, -2, -3, -4, -5, -6), -21);

  func.restype = c_short;
  assert.equal(func(1, 2, 3, 4, 5, 6), 21);
  assert.equal(func(1, 2, 3, 0x10004, 5, 6), 21, "the high part of the C int is cut off");

  throws(
    () => {
      func.restype = "i" as never;
    },
    TypeError,
    '_testfunc_i_bhilfd.restype: expected a C type, a function or null, got the string "i"',
  );
  assert.equal(func.restype, c_short, "what is refused changes nothing");
});

functionRow("test_floatresult", () => {
  const func = declared("_testfunc_f_bhilfd", c_float, numbers);
  assert.equal(func(1, 2, 3, 4, 5, 6), 21);
  assert.equal(func(-1, -2, -3, -4, -5, -6), -21);
});

functionRow("test_doubleresult", () => {
  const func = declared("_testfunc_d_bhilfd", c_double, numbers);
  assert.equal(func(1, 2, 3, 4, 5, 6), 21);
  assert.equal(func(-1, -2, -3, -4, -5, -6), -21);
});

functionRow("test_longdoubleresult", () => {
  const func = declared("_testfunc_D_bhilfD", c_longdouble, [c_byte, c_short, c_int, c_long, c_float, c_longdouble]);
  assert.equal(func(1, 2, 3, 4, 5, 6), 21);
  assert.equal(func(-1, -2, -3, -4, -5, -6), -21);
});

functionRow("test_longlongresult", () => {
  const func = declared("_testfunc_q_bhilfd", c_longlong, numbers);
  assert.equal(func(1, 2, 3, 4, 5, 6), 21n);
  const withOneMore = declared("_testfunc_q_bhilfdq", c_longlong, [...numbers, c_longlong]);
  assert.equal(withOneMore(1, 2, 3, 4, 5, 6, 21), 42n);
});

// -- Callbacks -------------------------------------------------------------------------------------

const Halved = CFUNCTYPE(c_int, c_int);

functionRow("test_shorts", () => {
  const values: number[] = [];
  const callback = new Halved((value) => {
    values.push(value);
    return value;
  });
  undeclared("_testfunc_callback_i_if")(2 ** 18, callback);
  assert.deepEqual(
    values,
    Array.from({ length: 19 }, (_, i) => 2 ** (18 - i)),
  );
});

functionRow("test_callbacks", () => {
  const func = declared("_testfunc_callback_i_if", c_int, null);
  const callback = new Halved((value) => value);
  assert.equal(func(-10, callback), -18);

  func.argtypes = [c_int, Halved];
  assert.equal(func(-10, new Halved((value) => value)), -18);

  const OfFour = CFUNCTYPE(c_int, c_int, c_int, c_int, c_int);
  throws(
    () => func(-10, new OfFour(() => 0)),
    ArgumentError,
    /argument 2: expected a function object of type \(c_int\)/,
  );
});

functionRow("test_callbacks_2", () => {
  const func = declared("_testfunc_callback_i_if", c_int, [c_int, Halved]);
  const kinds = new Set<string>();
  const callback = new Halved((value) => {
    kinds.add(typeof value);
    return value;
  });
  assert.equal(func(-10, callback), -18);
  assert.deepEqual([...kinds], ["number"]);
});

functionRow("test_longlong_callbacks", () => {
  const Masked = CFUNCTYPE(c_longlong, c_longlong);
  const func = declared("_testfunc_callback_q_qf", c_longlong, [c_longlong, Masked]);
  const callback = new Masked((value) => value & 0x7fffffffn);
  assert.equal(func(1000000000000, callback), 13577625587n);
});

// -- Structures by value ---------------------------------------------------------------------------

functionRow("test_byval", () => {
  const func = undeclared("_testfunc_byval");
  const input = new Point([1, 2]);
  const output = new Point();
  assert.equal(func(input, byref(output)), 3);
  assert.deepEqual([output.x, output.y], [1, 2]);

  func.restype = c_int;
  func.argtypes = [Point, POINTER(Point)];
  assert.equal(func(new Point([101, 102]), byref(output)), 203);
  assert.deepEqual([output.x, output.y], [101, 102]);
});

functionRow("test_struct_return_2H", () => {
  class S2H extends Structure({ x: c_short, y: c_short }) {}
  const func = declared("ret_2h_func", S2H, [S2H]);
  const input = new S2H([99, 88]);
  const result = func(input) as S2H;
  assert.deepEqual([result.x, result.y], [99 * 2, 88 * 3]);
  assert.deepEqual([input.x, input.y], [99, 88]);
});

functionRow("test_struct_return_8H", () => {
  const letters = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;
  class S8I extends Structure({ a: c_int, b: c_int, c: c_int, d: c_int, e: c_int, f: c_int, g: c_int, h: c_int }) {}
  const func = declared("ret_8i_func", S8I, [S8I]);
  const input = new S8I([9, 8, 7, 6, 5, 4, 3, 2]);
  const result = func(input) as S8I;
  assert.deepEqual(
    letters.map((letter) => result[letter]),
    [18, 24, 28, 30, 30, 28, 24, 18],
  );
  assert.deepEqual(
    letters.map((letter) => input[letter]),
    [9, 8, 7, 6, 5, 4, 3, 2],
  );
});

functionRow("test_sf1651235", () => {
  let calls = 0;
  const func = new (CFUNCTYPE(c_int, Rect, Point))(() => {
    calls++;
    return 0;
  });
  throws(() => func([1, 2, 3, 4] as never, new Point()), ArgumentError, /argument 1: expected .*Rect.*, got an array$/);
  assert.equal(calls, 0);
  assert.equal(func(new Rect([1, 2, 3, 4]), new Point()), 0);
});
