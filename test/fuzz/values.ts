/**
 * All kinds of JavaScript values, as source text, including objects that act when they are read.
 *
 * Text may use what `prologue.ts` declares: `p` is the pool of things made so far.
 */
import type { Random } from "./random.ts";

/** How many places the pool has. */
export const POOL = 12;

const PLAIN = [
  "0",
  "1",
  "-1",
  "3",
  "127",
  "128",
  "255",
  "300",
  "-0",
  "1.5",
  "NaN",
  "Infinity",
  "2 ** 31",
  "-(2 ** 31)",
  "2 ** 32",
  "2 ** 53",
  "1e300",
  "5n",
  "-1n",
  "2n ** 64n",
  "2n ** 200n",
  "true",
  "false",
  "null",
  "undefined",
  '""',
  '"a"',
  '"text"',
  '"a\\0b"',
  '"\\ud800"',
  '"é😀"',
  '"x".repeat(300_000)',
  "Symbol.iterator",
  'Symbol("s")',
  "() => 1",
  "class {}",
  "[]",
  "[1, 2, 3]",
  "[[1], [2]]",
  "new Array(5)",
  "{}",
  "{ x: 1, y: 2 }",
  "{ length: 4 }",
  "{ length: -1, 0: 1 }",
  "{ length: 2 ** 40 }",
  "cyclic",
  "new Date(5)",
  "new Map()",
  "/a/",
  "new Proxy({}, {})",
  "new Proxy([1, 2], {})",
  "new Proxy(new Int32Array(4), {})",
  "new Proxy(class {}, {})",
  "revoked",
  "new Int32Array(4)",
  "new Int32Array(70_000)",
  "new Uint8Array(64)",
  "new Uint8Array(0)",
  "new Float64Array(8)",
  "new BigInt64Array(4)",
  "new DataView(new ArrayBuffer(64))",
  "new ArrayBuffer(64)",
  "new SharedArrayBuffer(64)",
  "detached",
  "resizable(64)",
  "new Int32Array(resizable(64))",
  "Buffer.from('text')",
  "Object.freeze([1])",
  "globalThis",
  "Object.create(null)",
  "new Liar(8)",
  "liar(new Int32Array(2))",
  "liar(new ArrayBuffer(8))",
  "liar(new DataView(new ArrayBuffer(8)))",
  "Object.create(Uint8Array.prototype)",
] as const;

/** What a getter, a conversion or a callback may do. */
export function act(random: Random): string {
  const at = `p[${random.below(POOL)}]`;
  return random.pick([
    "gc()",
    "gc({ type: 'minor' })",
    `detach(${at})`,
    `detach(${at})`,
    `resize(${at}, 4096)`,
    `${at}.dispose()`,
    `${at} = undefined; gc()`,
    "closing.close()",
    "f.same_int(1)",
    "f.call_int(callee(p[0], addsOne), 1)",
    'throw new Error("evil")',
    "throw undefined",
    `${at}.value = 5`,
    `overwrite(${at})`,
    `pretend(${at}, ${random.pick(["Big.prototype", "Mixed.prototype", "Object.getPrototypeOf(new Big())", "Point.prototype", "null"])})`,
    `pollute(${random.below(100)}, ${random.pick(["1", "4096", "true", '"x"', "{}", "() => 8"])})`,
  ]);
}

/** Any value. */
export function value(random: Random, depth = 0): string {
  if (random.once(3)) return `p[${random.below(POOL)}]`;
  if (depth > 2 || !random.once(4)) return random.pick(PLAIN);
  const inner = () => value(random, depth + 1);
  const evil = act(random);
  return random.pick([
    `{ valueOf() { ${evil}; return ${inner()}; } }`,
    `{ toString() { ${evil}; return ${inner()}; } }`,
    `{ [Symbol.toPrimitive]() { ${evil}; return ${inner()}; } }`,
    `{ get _as_parameter_() { ${evil}; return ${inner()}; } }`,
    `{ get x() { ${evil}; return ${inner()}; } }`,
    `{ get length() { ${evil}; return 4; }, 0: ${inner()} }`,
    `[${inner()}, { get _as_parameter_() { ${evil}; return 1; } }]`,
    `{ *[Symbol.iterator]() { ${evil}; yield ${inner()}; } }`,
    `new Proxy({}, { get() { ${evil}; return ${inner()}; } })`,
    `byref(${inner()})`,
    `{ x: ${inner()}, y: ${inner()}, numbers: ${inner()} }`,
  ]);
}
