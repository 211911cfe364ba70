/**
 * C calling JavaScript: what goes in and out, what is thrown, how long a callback lives.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  CDLL,
  CFUNCTYPE,
  c_bool,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_double_complex,
  c_float,
  c_int,
  c_int128,
  c_long,
  c_longdouble,
  c_short,
  c_size_t,
  c_ulonglong,
  c_ushort,
  c_void_p,
  create_string_buffer,
  type InstanceOf,
  Opaque,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  sizeof,
} from "ctypes-js";
import {
  collect,
  type Equal,
  expectType,
  functionsPath,
  isCollected,
  isLongWide,
  isUnderAsan,
  isWindows,
  many,
  throws,
} from "./support.ts";

const IntCallback = CFUNCTYPE(c_int, c_int);
const VoidCallback = CFUNCTYPE(null);
const TextCallback = CFUNCTYPE(c_char_p, c_char_p);
const IntsCallback = CFUNCTYPE(c_long, POINTER(c_int), c_size_t);
const Binary = CFUNCTYPE(c_int, c_int, c_int);
const Giver = CFUNCTYPE(Binary);
const Many = CFUNCTYPE(
  c_double,
  ...([c_int, c_double, c_short, c_float, c_long, c_double, c_int, c_int] as const),
  ...([c_double, c_float, c_double, c_double, c_double, c_double, c_int, c_long] as const),
);
const lib = new CDLL(functionsPath, {
  call_int: CFUNCTYPE(c_int, IntCallback, c_int),
  call_void: CFUNCTYPE(null, VoidCallback),
  call_text: CFUNCTYPE(c_size_t, TextCallback, c_char_p),
  call_with_ints: CFUNCTYPE(c_long, IntsCallback, POINTER(c_int), c_size_t),
  call_many: CFUNCTYPE(c_double, Many),
  call_until_zero: CFUNCTYPE(c_int, IntCallback, c_int),
  call_nested: CFUNCTYPE(c_int, IntCallback, c_int),
  call_for_function: CFUNCTYPE(Binary, Giver),
  store_callback: CFUNCTYPE(null, IntCallback),
  call_stored: CFUNCTYPE(c_int, c_int),
  add: Binary,
});

// -- Values ----------------------------------------------------------------------------------------

test("a callback gets values and gives one", () => {
  const double = new IntCallback((n) => {
    expectType<Equal<typeof n, number>>();
    return 2 * n;
  });
  assert.equal(lib.call_int(double, 21), 42);
  assert.equal(lib.call_int(double, -(2 ** 30)), -(2 ** 31));
});

type Kind = readonly [name: string, type: unknown, given: unknown, made: unknown];
const kinds: readonly Kind[] = [
  ["byte", c_byte, -128, 127],
  ["ushort", c_ushort, 65535, 1],
  ["long", c_long, isLongWide ? -(2 ** 40) : -(2 ** 30), isLongWide ? 2n ** 62n : 2 ** 30],
  ["ulonglong", c_ulonglong, 2n ** 64n - 1n, 5n],
  ["float", c_float, 1.5, -0.25],
  ["double", c_double, 0.1, 1e300],
  ["longdouble", c_longdouble, 0.1, -1e300],
  ["complex", c_double_complex, { re: 1, im: -2 }, { re: 3, im: 4 }],
  // C has no rule there by which one is passed.
  ...(isWindows ? [] : ([["int128", c_int128, -(2n ** 100n), 2n ** 126n]] as const)),
  ["bool", c_bool, true, false],
  ["char", c_char, "\xff", "a"],
  ["pointer", c_void_p, 4096, null],
];
for (const [name, type, given, made] of kinds) {
  test(`a callback takes and gives ${(type as typeof c_int).name}`, () => {
    const Callback = CFUNCTYPE(type as typeof c_int, type as typeof c_int);
    const call = `call_${name}`;
    const calls = new CDLL(functionsPath, { [call]: CFUNCTYPE(type as typeof c_int, Callback, type as typeof c_int) });
    const seen: unknown[] = [];
    const callback = new Callback((value) => {
      seen.push(value);
      return made as number;
    });
    assert.deepEqual(calls[call]!(callback, given as number), made);
    assert.deepEqual(seen, [given]);
  });
}

test("sixteen arguments of a callback find their places", () => {
  const seen: number[] = [];
  const many = new Many((...args) => {
    seen.push(...args);
    return 0.5;
  });
  assert.equal(lib.call_many(many), 0.5);
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
});

test("a callback gets text, and gives text that C may read", () => {
  const shout = new TextCallback((text) => {
    expectType<Equal<typeof text, string | null>>();
    return text === null ? null : `${text.toUpperCase()}!`;
  });
  assert.equal(lib.call_text(shout, "héllo"), 7);
  assert.equal(lib.call_text(shout, null) as number | bigint, 2n ** 64n - 1n);
});

test("a callback gets a pointer into C's memory", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  const negate = new IntsCallback((items, count) => {
    expectType<Equal<typeof items, Pointer<c_int> | null>>();
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum += items!.at(i);
      items![i] = -items!.at(i);
    }
    return sum;
  });
  assert.equal(lib.call_with_ints(negate, numbers, 3), 6);
  assert.deepEqual([...numbers], [-1, -2, -3]);
  const isNull = new IntsCallback((items) => (items === null ? 1 : 0));
  assert.equal(lib.call_with_ints(isNull, null, 0), 1);
});

test("a callback without a result may return anything", () => {
  let calls = 0;
  const count = new VoidCallback(() => {
    calls++;
    return "ignored" as never;
  });
  assert.equal(lib.call_void(count), undefined);
  assert.equal(calls, 1);
});

test("a callback may give a function, also null", () => {
  const give = new Giver(() => lib.add);
  assert.equal(lib.call_for_function(give)?.(2, 3), 5);
  const none = new Giver(() => null);
  assert.equal(lib.call_for_function(none), null);
});

test("an argument of a derived class comes as an instance", () => {
  class Handle extends c_int {}
  const seen: unknown[] = [];
  const callback = new (CFUNCTYPE(c_int, Handle))((handle: unknown) => {
    seen.push(handle);
    return 0;
  });
  callback(5);
  assert.ok(seen[0] instanceof Handle);
  assert.equal(seen[0].value, 5);
});

test("a callback can be called from JavaScript, through C", () => {
  const add = new Binary((a, b) => a + b);
  assert.equal(add(2, 3), 5);
  assert.equal(add(2 ** 31 - 1, 1), -(2 ** 31));
});

test("qsort sorts with a comparator of JavaScript", () => {
  const Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int));
  const libc = new CDLL(null, { qsort: CFUNCTYPE(null, c_void_p, c_size_t, c_size_t, Compare) });
  const numbers = Int32Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1009);
  const compare = new Compare((a, b) => a!.at(0) - b!.at(0));
  libc.qsort(numbers, numbers.length, sizeof(c_int), compare);
  assert.deepEqual(
    [...numbers],
    [...numbers].sort((a, b) => a - b),
  );
});

// -- Nesting ---------------------------------------------------------------------------------------

test("a callback may call C, which calls back, many levels deep", () => {
  const deeper: InstanceOf<typeof IntCallback> = new IntCallback((depth) => lib.call_nested(deeper, depth - 1));
  assert.equal(lib.call_nested(deeper, 50), 50);
});

test("endless recursion through C is JavaScript's error, not a crash", () => {
  const endless: InstanceOf<typeof IntCallback> = new IntCallback((n) => lib.call_int(endless, n));
  assert.throws(() => lib.call_int(endless, 1), RangeError);
  assert.equal(lib.call_int(new IntCallback((n) => n), 5), 5, "and all goes on");
});

test("the outer call's text survives what a callback passes", () => {
  const calls = new CDLL(functionsPath, { call_text: CFUNCTYPE(c_size_t, TextCallback, c_char_p) });
  const inner = new TextCallback((text) => text);
  const outer = new TextCallback((text) => {
    calls.call_text(inner, "x".repeat(1000));
    return text;
  });
  assert.equal(calls.call_text(outer, "outer"), 5);
});

// -- Exceptions ------------------------------------------------------------------------------------

test("what a callback throws reaches the JavaScript that called C; C gets zero", () => {
  const boom = new Error("boom");
  let calls = 0;
  const callback = new IntCallback((n) => {
    calls++;
    if (n === 1) throw boom;
    return 10;
  });
  assert.throws(
    () => lib.call_until_zero(callback, 3),
    (error) => error === boom,
  );
  assert.equal(calls >= 2, true, "C was not interrupted");
});

test("after an exception all works as before", () => {
  const callback = new IntCallback(() => {
    throw new RangeError("again");
  });
  for (let i = 0; i < 100; i++) throws(() => lib.call_int(callback, i), RangeError, "again");
  const fine = new IntCallback((n) => n);
  assert.equal(lib.call_int(fine, 5), 5);
});

test("any value can be thrown", () => {
  for (const value of ["text", 5, null, undefined, Symbol.iterator]) {
    const callback = new VoidCallback(() => {
      throw value;
    });
    let thrown: unknown = "nothing";
    try {
      lib.call_void(callback);
    } catch (error) {
      thrown = error;
    }
    assert.equal(thrown, value);
  }
});

test("an exception goes through nested calls to the one that catches it", () => {
  const inner = new IntCallback(() => {
    throw new Error("inner");
  });
  const outer = new IntCallback((n) => {
    throws(() => lib.call_int(inner, n), Error, "inner");
    return n + 1;
  });
  assert.equal(lib.call_int(outer, 1), 2);
});

test("a result of the wrong kind is an error that names the callback", () => {
  throws(
    () => lib.call_int(new IntCallback((() => "five") as never), 1),
    TypeError,
    'the result of the callback (anonymous): expected an integer for c_int, got the string "five"',
  );
  throws(
    () =>
      lib.call_int(
        new IntCallback(function half(n) {
          return n / 2;
        }),
        1,
      ),
    TypeError,
    "the result of the callback half: expected an integer for c_int, got the number 0.5",
  );
  const forgetful = new IntCallback((() => {}) as never);
  throws(
    () => lib.call_int(forgetful, 1),
    TypeError,
    "the result of the callback (anonymous): expected an integer for c_int, got undefined",
  );
});

test("a structure of the wrong kind is an error, too", () => {
  class Point extends Structure({ x: c_int, y: c_int }) {}
  const Callback = CFUNCTYPE(Point, Point);
  const calls = new CDLL(functionsPath, { call_Point: CFUNCTYPE(Point, Callback, Point) });
  const object = new Callback(({ x, y }) => ({ x: y, y: x }));
  assert.equal(calls.call_Point(object, { x: 1, y: 2 }).x, 2, "an object of its members is as good");
  const wrong = new Callback((() => 5) as never);
  throws(
    () => calls.call_Point(wrong, {}),
    TypeError,
    "the result of the callback (anonymous): expected Point or an object of its members, got the number 5",
  );
});

// -- Lifetimes -------------------------------------------------------------------------------------

test("a callback is made of a function, of nothing else", () => {
  throws(
    () => new IntCallback("x" as never),
    TypeError,
    '(c_int) => c_int: expected a function, an address or [name, CDLL], got the string "x"',
  );
  throws(
    () => new IntCallback(0),
    TypeError,
    "(c_int) => c_int: expected a function or an address, got NULL; use null",
  );
  throws(
    () => new (CFUNCTYPE(c_int, c_char_p, "..."))((() => 0) as never),
    TypeError,
    "(c_char_p, ...) => c_int: a callback is made of C types, and cannot be variadic",
  );
});

test("a callback that C stored works as long as its object lives", async () => {
  const callback = new IntCallback((n) => n + 1);
  lib.store_callback(callback);
  await collect();
  assert.equal(lib.call_stored(41), 42);
  lib.store_callback(null);
  assert.equal(callback(1), 2);
});

test("a disposed callback gives C zero, and JavaScript an error", () => {
  const callback = new IntCallback((n) => n + 1);
  lib.store_callback(callback);
  callback[Symbol.dispose]();
  assert.throws(() => lib.call_stored(1), /disposed|freed/);
  throws(() => callback(1), TypeError, "(anonymous)(): this callback was disposed of");
  callback[Symbol.dispose]();
  lib.store_callback(null);
});

test("a disposed callback stays so, whatever is set afterwards", () => {
  const callback = new IntCallback((n) => n);
  callback[Symbol.dispose]();
  callback.errcheck = (result) => result;
  throws(() => callback(1), TypeError, "(anonymous)(): this callback was disposed of");
  callback.errcheck = null;
  throws(() => callback(1), TypeError, "(anonymous)(): this callback was disposed of");
});

test("a callback object that nobody holds is collected", async () => {
  assert.ok(await isCollected(() => new IntCallback((n) => n)));
});

test("a callback object and its function in a circle are collected", async () => {
  const made = await isCollected(() => {
    const state: { callback?: unknown } = {};
    const callback = new IntCallback((n) => (state.callback === undefined ? 0 : n));
    state.callback = callback;
    callback(1);
    return callback;
  });
  assert.ok(made);
});

test("a callback that keeps itself busy is not collected while C calls it", async () => {
  let result = 0;
  (() => {
    const { gc } = globalThis;
    result = lib.call_until_zero(
      new IntCallback((n) => {
        gc?.();
        return n;
      }),
      4,
    );
  })();
  assert.equal(result, 6);
});

test("a hundred thousand callbacks come and go", async () => {
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < many(5000); i++) {
      const callback = new IntCallback((n) => n);
      if (i % 1000 === 0) assert.equal(callback(i), i);
    }
    await collect(2);
  }
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(isUnderAsan || grown < 100, `memory grew by ${grown.toFixed()} MiB`);
});

test("callbacks that are disposed of at once come and go without the collector", () => {
  for (let i = 0; i < many(50_000); i++) {
    const callback = new IntCallback((n) => n);
    callback[Symbol.dispose]();
  }
});

test("a buffer filled by a callback is the caller's", () => {
  const fill = new TextCallback(() => create_string_buffer("from a buffer") as never);
  assert.equal(lib.call_text(fill, null), 13);
});

test("a pointer is a result like any other, and a number is none", () => {
  class GivePointer extends CFUNCTYPE(POINTER(c_double)) {}
  const given = pointer(new c_double(0.5));
  assert.equal(new GivePointer(() => given)()?.contents.value, 0.5);
  const wrong = new GivePointer((() => 0.5) as never);
  throws(() => wrong(), TypeError, /^the result of the callback .*expected POINTER\(c_double\)/);
});

test("a result without a size is refused when the callback is made", () => {
  class Handle extends Opaque("Handle") {}
  class Unfinished extends Structure<{ x: c_int }>() {}
  const made = (restype: unknown) => () => new (CFUNCTYPE(restype as typeof c_int))(() => 0);
  throws(made(Handle), TypeError, /'Handle' is opaque/);
  throws(made(Unfinished), TypeError, /'Unfinished' is incomplete/);
  throws(
    made((value: number) => value),
    TypeError,
    /a callback is made of C types/,
  );
});

test("a function may be named by anything", () => {
  const named = Object.defineProperty(() => 1, "name", { value: Symbol("none") });
  const callback = new (CFUNCTYPE(c_int))(named);
  assert.equal(callback.name, "(anonymous)");
  callback.dispose();
  throws(() => callback(), TypeError, "(anonymous)(): this callback was disposed of");
});

test("what a getter throws, be it null, is the cause", () => {
  class One extends Structure({ x: c_int }) {}
  const lib = new CDLL(null, { abs: CFUNCTYPE(c_int, One) });
  const thrown = {
    get x() {
      throw null;
    },
  };
  throws(() => lib.abs(thrown as never), ArgumentError, "abs(): argument 1: null");
});
