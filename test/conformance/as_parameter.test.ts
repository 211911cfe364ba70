/**
 * Objects that say what stands for them as an argument: `_as_parameter_`. Each test runs with plain arguments and with
 * three kinds of wrappers.
 */
import assert from "node:assert/strict";
import {
  ArgumentError,
  byref,
  CFUNCTYPE,
  c_byte,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_void_p,
  c_wchar,
  c_wchar_p,
  POINTER,
  type Pointer,
  pointer,
  Structure,
} from "ctypes-js";
import { row } from "./row.ts";
import { throws, undeclared } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
const Halved = CFUNCTYPE(c_int, c_int);

// What is wrapped has no static type any more.
type Wrap = (value: unknown) => any;

class ByProperty {
  readonly #value: unknown;
  constructor(value: unknown) {
    this.#value = value;
  }
  get _as_parameter_(): unknown {
    return this.#value;
  }
}

const wrappers: Readonly<Record<string, Wrap>> = {
  "as they are": (value) => value,
  "with an attribute": (value) => ({ _as_parameter_: value }),
  "with a property": (value) => new ByProperty(value),
  "three deep": (value) => ({ _as_parameter_: { _as_parameter_: { _as_parameter_: value } } }),
};

function wrappedRow(name: string, body: (wrap: Wrap, how: string) => void): void {
  row("test_as_parameter.py", "BasicWrapTestCase", name, () => {
    for (const [how, wrap] of Object.entries(wrappers)) body(wrap, `arguments ${how}`);
  });
}

wrappedRow("test_wchar_parm", (wrap, how) => {
  const func = undeclared("_testfunc_i_bhilfd");
  func.argtypes = [c_byte, c_wchar, c_int, c_long, c_float, c_double];
  const result = func(wrap(1), wrap("x"), wrap(3), wrap(4), wrap(5), wrap(6));
  assert.equal(result, 139, how);
});

wrappedRow("test_pointers", (wrap, how) => {
  const IntPointer = POINTER(c_int);
  const func = undeclared("_testfunc_p_p");
  func.restype = IntPointer;
  func.argtypes = [IntPointer];
  const v = new c_int(42);
  for (const [object, expected] of [
    [v, 42],
    [v, 42],
    [new c_int(99), 99],
  ] as const) {
    const result = func(wrap(pointer(object))) as Pointer<c_int>;
    assert.ok((result as unknown) instanceof IntPointer, how);
    assert.equal(result.contents.value, expected, how);
  }
});

wrappedRow("test_shorts", (wrap, how) => {
  const values: number[] = [];
  const callback = new Halved((value) => {
    values.push(value);
    return value;
  });
  undeclared("_testfunc_callback_i_if")(wrap(2 ** 18), wrap(callback));
  assert.deepEqual(
    values,
    Array.from({ length: 19 }, (_, i) => 2 ** (18 - i)),
    how,
  );
});

wrappedRow("test_callbacks", (wrap, how) => {
  const func = undeclared("_testfunc_callback_i_if");
  func.restype = c_int;
  const callback = new Halved((value) => value);
  assert.equal(func(wrap(-10), wrap(callback)), -18, how);

  func.argtypes = [c_int, Halved];
  assert.equal(func(wrap(-10), wrap(new Halved((value) => value))), -18, how);

  const OfFour = CFUNCTYPE(c_int, c_int, c_int, c_int, c_int);
  throws(() => func(wrap(-10), wrap(new OfFour(() => 0))), ArgumentError, /argument 2: expected a function object/);
});

wrappedRow("test_callbacks_2", (wrap, how) => {
  const func = undeclared("_testfunc_callback_i_if");
  func.restype = c_int;
  func.argtypes = [c_int, Halved];
  const kinds = new Set<string>();
  const callback = new Halved((value) => {
    kinds.add(typeof value);
    return value;
  });
  assert.equal(func(wrap(-10), wrap(callback)), -18, how);
  assert.deepEqual([...kinds], ["number"], how);
});

wrappedRow("test_longlong_callbacks", (wrap, how) => {
  const Masked = CFUNCTYPE(c_longlong, c_longlong);
  const func = undeclared("_testfunc_callback_q_qf");
  func.restype = c_longlong;
  func.argtypes = [c_longlong, Masked];
  const callback = new Masked((value) => value & 0x7fffffffn);
  assert.equal(func(wrap(1000000000000), wrap(callback)), 13577625587n, how);
});

wrappedRow("test_byval", (wrap, how) => {
  const func = undeclared("_testfunc_byval");
  const input = new Point([1, 2]);
  const output = new Point();
  assert.equal(func(wrap(input), wrap(byref(output))), 3, how);
  assert.deepEqual([output.x, output.y], [1, 2], how);

  func.restype = c_int;
  func.argtypes = [Point, POINTER(Point)];
  assert.equal(func(wrap(new Point([101, 102])), wrap(byref(output))), 203, how);
  assert.deepEqual([output.x, output.y], [101, 102], how);
});

wrappedRow("test_struct_return_2H", (wrap, how) => {
  class S2H extends Structure({ x: c_short, y: c_short }) {}
  const func = undeclared("ret_2h_func");
  func.restype = S2H;
  func.argtypes = [S2H];
  const input = new S2H([99, 88]);
  const result = func(wrap(input)) as S2H;
  assert.deepEqual([result.x, result.y], [99 * 2, 88 * 3], how);
  assert.deepEqual([input.x, input.y], [99, 88], how);
});

wrappedRow("test_struct_return_8H", (wrap, how) => {
  const letters = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;
  class S8I extends Structure({ a: c_int, b: c_int, c: c_int, d: c_int, e: c_int, f: c_int, g: c_int, h: c_int }) {}
  const func = undeclared("ret_8i_func");
  func.restype = S8I;
  func.argtypes = [S8I];
  const result = func(wrap(new S8I([9, 8, 7, 6, 5, 4, 3, 2]))) as S8I;
  const members = letters.map((letter) => result[letter]);
  assert.deepEqual(members, [18, 24, 28, 30, 30, 28, 24, 18], how);
});

row("test_as_parameter.py", "BasicWrapTestCase", "test_recursive_as_param", () => {
  class Itself {
    get _as_parameter_(): unknown {
      return this;
    }
  }
  const ring = { _as_parameter_: { _as_parameter_: null as unknown } };
  ring._as_parameter_._as_parameter_ = ring;

  for (const type of [c_wchar_p, c_char_p, c_void_p, c_int, Point]) {
    for (const endless of [new Itself(), ring]) {
      throws(
        () => type.from_param(endless),
        RangeError,
        `${type.name}.from_param(): its _as_parameter_ leads back to itself`,
      );
    }
  }
  const func = undeclared("_testfunc_p_p");
  throws(() => func(new Itself()), RangeError, "_testfunc_p_p(): argument 1: its _as_parameter_ leads back to itself");
  func.argtypes = [c_void_p];
  throws(() => func(new Itself()), RangeError, "_testfunc_p_p(): argument 1: its _as_parameter_ leads back to itself");
});
