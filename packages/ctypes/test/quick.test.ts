/**
 * Arguments for pointers, whose addresses go by registers: all that may be passed, against the same calls made the long
 * way.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  addressof,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_long,
  c_ubyte,
  c_uint,
  c_void_p,
  create_string_buffer,
  get_errno,
  POINTER,
  pointer,
  Structure,
  set_errno,
} from "ctypes-js";
import { collect, compileLibrary, functionsPath } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
class Pixel extends Point {}
class Other extends Structure({ a: c_int }) {}

const path = compileLibrary(
  "quick",
  `#include <errno.h>
   #include <stdint.h>
   #define KIND(name, type) \\
     uintptr_t at_##name(type *p) { return (uintptr_t)p; } \\
     uintptr_t errno_##name(type *p) { errno++; return (uintptr_t)p; } \\
     uintptr_t many_##name(double a, type *p, int b, type *q, short c, type *r, type *s, type *t, type *u, type *v) { \\
       if (a != 0.5 || b != 7 || c != -3 || p != q || q != r || r != s || s != t || t != u || u != v) return 1; \\
       return (uintptr_t)p; }
   struct point { int x, y; };
   KIND(point, struct point) KIND(int, int) KIND(bytes, unsigned char) KIND(text, char) KIND(double, double) KIND(void, void)`,
);

/** `POINTER` of what, and the name in C. */
const KINDS = {
  point: POINTER(Point),
  int: POINTER(c_int),
  bytes: POINTER(c_ubyte),
  text: POINTER(c_char),
  double: POINTER(c_double),
  void: c_void_p,
};
type Name = keyof typeof KINDS;
type Call = (...args: unknown[]) => unknown;

function declared(symbol: string, type: object, options: object, count = 1): Call {
  const p = type as typeof c_void_p;
  const parameters =
    count === 1 ? [p] : [c_double as unknown as typeof p, p, c_int as never, p, c_int as never, p, p, p, p, p];
  const made = CFUNCTYPE(c_long, ...(parameters as [typeof c_void_p]), options);
  return (new CDLL(path, { [symbol]: made as never }) as unknown as Record<string, Call>)[symbol] as Call;
}

function outcome(call: Call, args: readonly unknown[]): unknown {
  try {
    return { gives: call(...args) };
  } catch (error) {
    return { throws: (error as Error).name, message: (error as Error).message };
  }
}

const detached = new Uint8Array(100);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const lent = Point.from_buffer(new ArrayBuffer(64));
const given = new ArrayBuffer(64);
const lost = Point.from_buffer(given);
structuredClone(given, { transfer: [given] });

const point = new Point({ x: 1, y: 2 });
const points = new (ARRAY(Point, 3))();
const ints = new (ARRAY(c_int, 5))(1, 2, 3, 4, 5);
const text = create_string_buffer("hello");
const far = new (POINTER(Point))();
c_void_p.from_address(addressof(far)).value = 0x8000_0000_0000_1000n as never;
const raw = new ArrayBuffer(80);
const VALUES: readonly unknown[] = [
  ...[null, undefined, 0, 4096, 2 ** 53 - 1, -1, 1.5, NaN, 5n, 2n ** 63n, true, "text", "", Symbol.iterator],
  ...[point, new Pixel(), new Other(), points, points.at(1), ints, text, lent, lost, byref(lent), byref(lost)],
  ...[pointer(point), new (POINTER(Point))(), far, pointer(points), pointer(ints), pointer(new Pixel())],
  ...[byref(point), byref(point, 4), byref(point, -4), byref(points), byref(ints), byref(new c_ubyte(1)), byref(text)],
  ...[new c_int(1), new c_uint(1), new c_void_p(4096), new c_void_p(), new c_char_p("x"), c_int.from_param(3)],
  ...[POINTER(Point).from_param(point), c_void_p.from_param("abc"), c_void_p.from_param(17)],
  ...[Uint8Array, Int8Array, Uint8ClampedArray, Int32Array, Uint32Array, Float32Array, Float64Array].map(
    (Items) => new Items(raw, 16, 3),
  ),
  ...[new Uint8Array(3), Buffer.from("abc"), new Uint8Array(0), detached, raw, new DataView(raw), [1, 2], [point], {}],
  { _as_parameter_: point },
  { _as_parameter_: byref(point) },
  Object.setPrototypeOf(new Float64Array(raw), Uint8Array.prototype),
  new Proxy(point, { get: (target, key) => Reflect.get(target, key) }),
  new Proxy(point, {}),
  Object.create(Point.prototype),
  Object.create(point),
];

/** Text and lists are copied for each call. */
function isPlacedAnew(value: unknown): boolean {
  const inner = (value as { _obj?: unknown } | null | undefined)?._obj ?? value;
  return typeof inner === "string" || Array.isArray(inner);
}

for (const name of Object.keys(KINDS) as Name[]) {
  const type = KINDS[name];

  test(`what is passed to a pointer (${name}) arrives as it does otherwise`, () => {
    const long = declared(`at_${name}`, type, { leaf: false });
    for (const value of VALUES) {
      // One that gets this value alone, so that it knows what it gets.
      const quick = declared(`at_${name}`, type, {});
      const swapping = declared(`errno_${name}`, type, { use_errno: true });
      const expected = outcome(long, [value]) as { gives?: number; message?: string };
      const isCopied = isPlacedAnew(value);
      for (let i = 0; i < 300; i++) {
        const got = outcome(quick, [value]) as typeof expected;
        if (isCopied) assert.equal(got.gives === undefined, expected.gives === undefined, String(value));
        else assert.deepEqual(got, expected);
        if (i % 50 !== 0 || isCopied) continue;
        set_errno(i);
        const { gives, message } = outcome(swapping, [value]) as typeof expected;
        assert.deepEqual(
          { gives, message: message?.replace("errno_", "at_") },
          { gives: expected.gives, message: expected.message },
        );
        assert.equal(get_errno(), i + (gives === undefined ? 0 : 1));
      }
    }
  });

  test(`a pointer (${name}) is passed at any place, whatever was passed before`, () => {
    const long = declared(`many_${name}`, type, { leaf: false }, 10);
    const quick = declared(`many_${name}`, type, {}, 10);
    const usual = VALUES.filter((value) => !isPlacedAnew(value));
    for (let i = 0; i < 40 * usual.length; i++) {
      const value = usual[i % usual.length];
      const args = [0.5, value, 7, value, -3, value, value, value, value, value];
      assert.deepEqual(
        outcome(quick, args),
        i < usual.length || i > 39 * usual.length ? outcome(long, args) : outcome(quick, args),
      );
    }
  });
}

test("hot calls of every kind give the addresses", () => {
  const at = declared("at_point", KINDS.point, {});
  const address = addressof(point);
  const reference = byref(point, 4);
  const to = pointer(point);
  for (let i = 0; i < 30_000; i++) {
    assert.equal(at(point), address);
    assert.equal(at(reference), address + 4);
    assert.equal(at(to), address);
    assert.equal(at(points), addressof(points));
    assert.equal(at(null), 0);
  }
});

test("what a Proxy among the arguments does is seen before C is called", () => {
  const two = CFUNCTYPE(c_long, POINTER(c_ubyte), POINTER(Point));
  const { at_bytes } = new CDLL(path, { at_bytes: two as never }) as unknown as { at_bytes: Call };
  const honest = new Point();
  for (let i = 0; i < 2000; i++) at_bytes(new Uint8Array(1000), honest);
  const bytes = new Uint8Array(1000);
  const taking = new Proxy(honest, {
    get(target, key) {
      if (bytes.length > 0) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
      return Reflect.get(target, key);
    },
  });
  assert.throws(() => at_bytes(bytes, taking), /detached|private|expected/);
  const closed = new CDLL(path, { at_bytes: two as never });
  const call = (closed as unknown as { at_bytes: Call }).at_bytes;
  for (let i = 0; i < 2000; i++) call(new Uint8Array(1000), honest);
  const closing = new Proxy(honest, {
    get(target, key) {
      closed.close();
      return Reflect.get(target, key);
    },
  });
  assert.throws(() => call(new Uint8Array(1000), closing), /closed|private/);
});

test("what is passed lives as long as the call", async () => {
  const { call_int } = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, CFUNCTYPE(c_int, c_int), c_int) });
  const at = declared("at_point", KINDS.point, {});
  const callback = new (CFUNCTYPE(c_int, c_int))((n) => {
    const made = new Point();
    assert.equal(at(made), addressof(made));
    return n;
  });
  for (let i = 0; i < 500; i++) assert.equal(call_int(callback, i), i);
  callback.dispose();
  await collect();
  for (let i = 0; i < 500; i++) assert.ok((at(new Point()) as number) > 0);
});

test("functions of pointers are fast, also where errno is swapped", () => {
  const { tier } = declared("at_point", KINDS.point, {}) as unknown as { tier: string };
  const swapping = declared("errno_point", KINDS.point, { use_errno: true }) as unknown as { tier: string };
  if (tier === "fast" && process.arch === "x64") assert.equal(swapping.tier, "fast");
  else assert.notEqual(swapping.tier, "fast");
});
