/**
 * CPython's test_callbacks: C calling JavaScript.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  ArgumentError,
  CDLL,
  CFUNCTYPE,
  c_byte,
  c_char,
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
  POINTER,
  Structure,
  sizeof,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { row } from "./row.ts";
import { collect, throws, undeclared } from "./support.ts";

// -- One value in, the same value out ----------------------------------------------------------------

type Echo = (...args: unknown[]) => unknown;

/** The callback of this signature over a function that records its arguments and gives the last one back. */
function echo(...types: unknown[]): { call: Echo; seen: unknown[][] } {
  const seen: unknown[][] = [];
  const Prototype = CFUNCTYPE(types.at(-1) as typeof c_int, ...(types as (typeof c_int)[]));
  const call = new Prototype((...args) => {
    seen.push(args);
    return args.at(-1) as number;
  });
  return { call: call as unknown as Echo, seen };
}

/** `isSame` compares what went in with what came out. */
function echoes(type: unknown, values: readonly unknown[], isSame = assert.strictEqual as (a: any, b: any) => void) {
  const alone = echo(type);
  const behindAnother = echo(c_byte, type);
  for (const value of values) {
    isSame(alone.call(value), value);
    isSame(behindAnother.call(-3, value), value);
    const [given] = alone.seen.splice(0) as [unknown[]];
    assert.equal(given.length, 1);
    isSame(given[0], value);
    const [small, second] = behindAnother.seen.splice(0)[0] as [unknown, unknown];
    assert.equal(small, -3);
    isSame(second, value);
  }
}

const echoed: readonly [test: string, type: unknown, values: readonly unknown[]][] = [
  ["test_byte", c_byte, [42, -42]],
  ["test_ubyte", c_ubyte, [42]],
  ["test_short", c_short, [42, -42]],
  ["test_ushort", c_ushort, [42]],
  ["test_int", c_int, [42, -42]],
  ["test_uint", c_uint, [42]],
  ["test_long", c_long, [42, -42]],
  ["test_ulong", c_ulong, [42]],
  ["test_longlong", c_longlong, [42n, -42n]],
  ["test_ulonglong", c_ulonglong, [42n]],
  ["test_double", c_double, [3.14, -3.14]],
  ["test_longdouble", c_longdouble, [3.14, -3.14]],
  ["test_char", c_char, ["x", "a"]],
];
for (const [name, type, values] of echoed) {
  row("test_callbacks.py", "Callbacks", name, () => echoes(type, values));
}

row("test_callbacks.py", "Callbacks", "test_float", () => {
  echoes(c_float, [Math.E, -Math.E], (got: number, wanted: number) => {
    assert.ok(Math.abs(got - wanted) < 1e-5, `${got} is ${wanted} but for the bits a float has not`);
  });
});

// -- Results -----------------------------------------------------------------------------------------

row("test_callbacks.py", "Callbacks", "test_unsupported_restype_2", () => {
  class Plain {}
  throws(
    () => new (CFUNCTYPE(Plain as never))((() => undefined) as never),
    TypeError,
    /expected a C type.*class Plain/,
  );
  throws(() => new (CFUNCTYPE({} as never))((() => undefined) as never), TypeError, /expected a C type.*got an object/);
});

row("test_callbacks.py", "SampleCallbacksTestCase", "test_convert_result_error", () => {
  const Prototype = CFUNCTYPE(c_int);
  const callback = new Prototype(function pair() {
    return [1, 2] as never;
  });
  throws(() => callback(), TypeError, /^the result of the callback pair: expected an integer for c_int, got an array/);
  assert.equal(new Prototype(() => 7)(), 7, "the next call is as if nothing had been");
});

// -- Lifetime ----------------------------------------------------------------------------------------

row("test_callbacks.py", "Callbacks", "test_issue_7959", async () => {
  const Prototype = CFUNCTYPE(c_int, c_int);
  class Holder {
    readonly base = 40;
    readonly callback = new Prototype(this.add.bind(this));
    add(n: number): number {
      return this.base + n;
    }
  }
  const holders = (() => {
    const made = Array.from({ length: 32 }, () => new Holder());
    for (const { callback } of made) assert.equal(callback(2), 42);
    return made.map((holder) => new WeakRef(holder));
  })();
  await collect(8);
  assert.equal(holders.filter((ref) => ref.deref() !== undefined).length, 0);
});

// -- Called by C -------------------------------------------------------------------------------------

row("test_callbacks.py", "SampleCallbacksTestCase", "test_integrate", () => {
  const Integrand = CFUNCTYPE(c_double, c_double);
  const integrate = undeclared("integrate");
  integrate.argtypes = [c_double, c_double, Integrand, c_long] as never;
  integrate.restype = c_double;
  const area = integrate(0, 1, new Integrand((x) => x ** 2), 10) as number;
  assert.ok(Math.abs(area - 1 / 3) < 0.01, `the integral of x² from 0 to 1 is about 1/3, got ${area}`);
});

row("test_callbacks.py", "SampleCallbacksTestCase", "test_issue_8959_a", () => {
  const { qsort } = new CDLL(find_library("c"));
  qsort!.restype = null;
  const Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int));
  const numbers = new (ARRAY(c_int, 5))(5, 1, 99, 7, 33);
  qsort!(numbers, numbers.length, sizeof(c_int), new Compare((a, b) => (a?.at(0) ?? 0) - (b?.at(0) ?? 0)));
  assert.deepEqual([...numbers], [1, 5, 7, 33, 99]);
});

row("test_callbacks.py", "SampleCallbacksTestCase", "test_callback_register_int", () => {
  const Sum = CFUNCTYPE(c_int, c_int, c_int, c_int, c_int, c_int);
  const call = undeclared("_testfunc_cbk_reg_int");
  call.argtypes = [c_int, c_int, c_int, c_int, c_int, Sum] as never;
  const seen: number[][] = [];
  const sum = new Sum((...args) => {
    seen.push(args);
    return args.reduce((a, b) => a + b);
  });
  assert.equal(call(2, 3, 4, 5, 6, sum), 90);
  assert.deepEqual(seen, [[4, 9, 16, 25, 36]]);
});

row("test_callbacks.py", "SampleCallbacksTestCase", "test_callback_register_double", () => {
  const Sum = CFUNCTYPE(c_double, c_double, c_double, c_double, c_double, c_double);
  const call = undeclared("_testfunc_cbk_reg_double");
  call.argtypes = [c_double, c_double, c_double, c_double, c_double, Sum] as never;
  call.restype = c_double;
  const add = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b);
  const given = [1.1, 2.2, 3.3, 4.4, 5.5];
  assert.equal(call(...given, new Sum((...args) => add(args))), add(given.map((n) => n * n)));
});

row("test_callbacks.py", "SampleCallbacksTestCase", "test_callback_large_struct", () => {
  class X extends Structure({ first: c_ulong, second: c_ulong, third: c_ulong }) {}
  const Check = CFUNCTYPE(null, X);
  const call = undeclared("_testfunc_cbk_large_struct");
  call.argtypes = [X, Check] as never;
  call.restype = null;
  const values = (x: X) => [x.first, x.second, x.third];
  const given = [0xdeadbeef, 0xcafebabe, 0x0bad1dea];
  const seen: number[][] = [];
  const check = new Check((x) => {
    seen.push(values(x));
    x.first = x.second = x.third = 0x0badf00d;
    seen.push(values(x));
  });
  const x = new X(given);
  call(x, check);
  assert.deepEqual(seen, [given, [0x0badf00d, 0x0badf00d, 0x0badf00d]], "the callback's own copy");
  assert.deepEqual(values(x), given, "the caller's stays as it was");
});

row("test_callbacks.py", "SampleCallbacksTestCase", "test_callback_too_many_args", () => {
  const most = 1024;
  const ints = Array.from({ length: most }, () => c_int);
  const Count = CFUNCTYPE(c_int, ...ints);
  const count = new Count((...args) => args.length) as unknown as Echo;
  const ones = Array.from({ length: most }, () => 1);
  assert.equal(count(...ones), most);
  throws(() => count(...ones, 1), ArgumentError, /expected 1024 arguments, got 1025/);
  throws(() => CFUNCTYPE(c_int, ...ints, c_int), ArgumentError, /1025 are too many; the maximum is 1024/);
  const undeclaredCount = undeclared("integrate");
  throws(() => undeclaredCount(...ones, 1), ArgumentError, /too many arguments \(1025\)/);
});
