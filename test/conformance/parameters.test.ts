/**
 * `from_param`: what each type takes as an argument, and what it makes of it.
 */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  type AnyData,
  ARRAY,
  ArgumentError,
  Array as BaseArray,
  byref,
  type CArgObject,
  CData,
  CFuncPtr,
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
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  c_wchar,
  c_wchar_p,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  Union,
} from "ctypes-js";
import { row } from "./row.ts";
import { throws, undeclared, wideCharacter } from "./support.ts";

const IntPointer = POINTER(c_int);

function parameterRow(name: string, body: () => void): void {
  row("test_parameters.py", "SimpleTypesTestCase", name, body);
}

// -- Classes with a rule of their own --------------------------------------------------------------

parameterRow("test_subclasses", () => {
  class TwiceVoid extends c_void_p {
    static override from_param(value: string): string {
      return value.repeat(2);
    }
  }
  class FourTimes extends c_char_p {
    static override from_param(value: string): string {
      return value.repeat(4);
    }
  }
  assert.equal(TwiceVoid.from_param("abc"), "abcabc");
  assert.equal(FourTimes.from_param("abc"), "abcabcabcabc");

  const func = undeclared("_testfunc_p_p");
  func.restype = c_char_p;
  func.argtypes = [TwiceVoid];
  assert.equal(func("abc"), "abcabc", "a call converts by it, too");
  func.argtypes = [FourTimes];
  assert.equal(func("abc"), "abcabcabcabc");
});

parameterRow("test_subclasses_c_wchar_p", () => {
  class ThreeTimes extends c_wchar_p {
    static override from_param(value: string): unknown {
      return new c_wchar_p(value.repeat(3));
    }
  }
  assert.equal((ThreeTimes.from_param("abc") as c_wchar_p).value, "abcabcabc");
  const func = undeclared("_testfunc_p_p");
  func.restype = c_wchar_p;
  func.argtypes = [ThreeTimes];
  assert.equal(func("abc"), "abcabcabc");
});

parameterRow("test_noctypes_argtype", () => {
  const func = undeclared("_testfunc_p_p");
  func.restype = c_void_p;
  throws(
    () => {
      func.argtypes = [new Object() as never];
    },
    TypeError,
    "_testfunc_p_p.argtypes[0]: expected a C type or an object with from_param(), got an object",
  );

  func.argtypes = [{ from_param: () => null }];
  assert.equal(func(null), null);
  assert.equal(func({}), null);

  func.argtypes = [{ from_param: (value) => value }];
  assert.equal(func(null), null);
  assert.equal(func(new c_void_p(42)), 42);
  throws(() => func({}), ArgumentError, /^_testfunc_p_p\(\): argument 1: expected .*, got an object$/);

  const refuse = () => {
    throw new RangeError("not this one");
  };
  func.argtypes = [{ from_param: refuse }];
  const error = throws(() => func(new c_void_p(42)), ArgumentError, "_testfunc_p_p(): argument 1: not this one");
  assert.ok(error.cause instanceof RangeError, "the converter's own error is the cause");
});

parameterRow("test_abstract", () => {
  class NoFields extends Structure() {}
  class NoUnionFields extends Union() {}
  // What arrays and pointers have in common is no type either; each pointer and simple type has a base of its own.
  const Indexed = Object.getPrototypeOf(BaseArray);
  for (const type of [BaseArray, NoFields, NoUnionFields, CFuncPtr, CData, Indexed]) {
    for (const value of [42, null, new c_int(1)]) {
      throws(() => type.from_param(value), TypeError, /is an abstract class|is incomplete/);
    }
  }
});

// -- Text ------------------------------------------------------------------------------------------

parameterRow("test_cstrings", () => {
  for (const text of ["123", Buffer.from("123\0")]) {
    assert.equal((c_char_p.from_param(text) as CArgObject)._obj, text, "what is converted is the object itself");
  }
  throws(
    () => c_char_p.from_param(42),
    TypeError,
    /^c_char_p\.from_param\(\): expected .* for c_char_p, got the number 42$/,
  );
  throws(() => c_char_p.from_param(["1"]), TypeError, /got an array$/);
  throws(() => c_char_p.from_param(new c_wchar_p("123")), TypeError, /got a c_wchar_p$/);

  const text = new c_char_p("123");
  assert.equal(c_char_p.from_param(text), text);
});

parameterRow("test_cw_strings", () => {
  assert.equal((c_wchar_p.from_param("123") as CArgObject)._obj, "123");
  throws(() => c_wchar_p.from_param(42), TypeError, /got the number 42$/);
  throws(() => c_wchar_p.from_param(Buffer.from("123\0")), TypeError, /got a Buffer$/);

  const text = new c_wchar_p("123");
  assert.equal(c_wchar_p.from_param(text), text);
  assert.equal((c_wchar_p.from_param(text) as object).constructor, c_wchar_p);
});

parameterRow("test_c_char", () => {
  throws(
    () => c_char.from_param("abc"),
    TypeError,
    'c_char.from_param(): expected a string of one character up to U+00FF, or an integer up to 255, for c_char, got the string "abc"',
  );
  assert.equal((c_char.from_param("a") as CArgObject)._obj, "a");
});

parameterRow("test_c_wchar", () => {
  for (const [value, got] of [
    ["abc", 'the string "abc"'],
    ["", 'the string ""'],
    [123, "the number 123"],
  ]) {
    const message = `c_wchar.from_param(): expected a string of one ${wideCharacter} for c_wchar, got ${got}`;
    throws(() => c_wchar.from_param(value), TypeError, message);
  }
});

// -- Pointers --------------------------------------------------------------------------------------

/** What a call would hand over for a converted parameter. */
function passed(parameter: unknown): number | null {
  const func = undeclared("_testfunc_p_p");
  func.restype = c_void_p;
  return func(parameter as object) as number | null;
}

function valueAt(address: number | null): number {
  assert.ok(address !== null);
  return c_int.from_address(address).value;
}

parameterRow("test_int_pointers", () => {
  const fromPointer = IntPointer.from_param(pointer(new c_int(42))) as Pointer<c_int>;
  assert.equal(fromPointer.contents.value, 42);
  assert.equal(new IntPointer(new c_int(42)).contents.value, 42);

  const n = new c_int(43);
  assert.equal(valueAt(passed(IntPointer.from_param(n))), 43, "an instance is passed by its address");
  assert.equal(IntPointer.from_param(null), null);

  for (const type of [c_long, c_uint, c_short]) {
    throws(
      () => IntPointer.from_param(pointer(new type(22))),
      TypeError,
      /^POINTER\(c_int\)\.from_param\(\): expected /,
    );
    throws(() => IntPointer.from_param(new type(22)), TypeError, /^POINTER\(c_int\)\.from_param\(\): expected /);
  }
});

parameterRow("test_byref_pointer", () => {
  const n = new c_int(42);
  assert.equal(valueAt(passed(IntPointer.from_param(byref(n)))), 42);
  for (const type of [c_short, c_long, c_uint]) {
    throws(() => IntPointer.from_param(byref(new type(22))), TypeError, /^POINTER\(c_int\)\.from_param\(\): expected /);
  }
});

parameterRow("test_byref_pointerpointer", () => {
  const IntPointerPointer = POINTER(IntPointer);
  const p = pointer(new c_int(42));
  const inner = c_void_p.from_address(passed(IntPointerPointer.from_param(byref(p))) as number).value;
  assert.equal(valueAt(inner), 42);
  for (const type of [c_short, c_long, c_uint]) {
    const other = byref(pointer(new type(22)));
    throws(
      () => IntPointerPointer.from_param(other),
      TypeError,
      /^POINTER\(POINTER\(c_int\)\)\.from_param\(\): expected /,
    );
  }
});

parameterRow("test_array_pointers", () => {
  const array = new (ARRAY(c_int, 3))(42, 2, 3);
  assert.equal(valueAt(passed(IntPointer.from_param(array))), 42);
  for (const type of [c_short, c_long, c_uint]) {
    const Items = ARRAY(type as never, 3);
    throws(() => IntPointer.from_param(Items), TypeError, /^POINTER\(c_int\)\.from_param\(\): expected /);
    throws(() => IntPointer.from_param(new Items()), TypeError, /^POINTER\(c_int\)\.from_param\(\): expected /);
  }
});

// -- What they show --------------------------------------------------------------------------------

parameterRow("test_parameter_repr", () => {
  const shown: [type: { from_param(value: unknown): unknown }, value: unknown, text: string][] = [
    [c_char, "a", "'a'"],
    [c_wchar, "a", "'a'"],
    [c_byte, 98, "98"],
    [c_ubyte, 98, "98"],
    [c_short, 511, "511"],
    [c_ushort, 511, "511"],
    [c_int, 20000, "20000"],
    [c_uint, 20000, "20000"],
    [c_long, 20000, "20000"],
    [c_ulong, 20000, "20000"],
    [c_longlong, 20000n, "20000n"],
    [c_ulonglong, 20000n, "20000n"],
    [c_float, 1.5, "1.5"],
    [c_double, 1.5, "1.5"],
    [c_double, 1e300, "1e+300"],
    [c_longdouble, 1.5, "1.5"],
    [c_char_p, "hihi", "'hihi'"],
    [c_wchar_p, "hihi", "'hihi'"],
    [c_void_p, 0x12, "18"],
  ];
  for (const [type, value, text] of shown) {
    const { name } = type as unknown as { name: string };
    assert.equal(inspect(type.from_param(value)), `cparam ${name}(${text})`);
  }
  assert.equal(inspect(byref(new c_int(5))), "byref(c_int(5))");
  const itself: AnyData = new c_int(5);
  assert.equal(inspect(c_int.from_param(itself)), "c_int(5)", "an instance is its own parameter");
});
