/** Numbers, booleans and characters by registers: every type, against the same calls made the long way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import * as ctypes from "ctypes-js";
import { CDLL, CFUNCTYPE, c_int, get_errno, set_errno } from "ctypes-js";
import { compileLibrary, functionsPath, isLongWide } from "./support.ts";

/** The types by their names in ctypes, and in C. */
const TYPES = {
  c_bool: "_Bool",
  c_char: "char",
  c_wchar: "__WCHAR_TYPE__",
  c_char16: "uint16_t",
  c_char32: "uint32_t",
  c_byte: "signed char",
  c_ubyte: "unsigned char",
  c_short: "short",
  c_ushort: "unsigned short",
  c_int: "int",
  c_uint: "unsigned",
  c_long: "long",
  c_ulong: "unsigned long",
  c_longlong: "long long",
  c_ulonglong: "unsigned long long",
  c_size_t: "size_t",
  c_float: "float",
  c_double: "double",
} as const;
type Name = keyof typeof TYPES;
const NAMES = Object.keys(TYPES) as Name[];

const LIMITS = [7, 8, 15, 16, 31, 32, 53, 62, 63, 64].flatMap((bits) => [2 ** bits, 2 ** bits - 1, -(2 ** bits)]);
const VALUES: readonly unknown[] = [
  ...[0, -0, 1, -1, 5, 1.5, Number.NaN, Infinity, ...LIMITS, -(2 ** 7) - 1, -(2 ** 53) - 2, 2 ** 53 + 2],
  ...[0n, 1n, -1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n],
  ...[true, false, null, undefined, "", "a", "\u00ff", "\u0100", "\ud800", "\u{1f600}", "ab", {}, [], Symbol.iterator],
  { _as_parameter_: 3 },
  new c_int(7),
];

const source = NAMES.map(
  (name) => `
    ${TYPES[name]} id_${name}(${TYPES[name]} a) { return a; }
    ${TYPES[name]} last_${name}(int a, ${TYPES[name]} b, double c, ${TYPES[name]} d, short e, ${TYPES[name]} f, int g, int h,
      ${TYPES[name]} i) { return (a + c + e + g + h) == 15 ? i : d; }
    ${TYPES[name]} fails_${name}(${TYPES[name]} a) { errno = errno + 1; return a; }`,
).join("\n");
const path = compileLibrary("handed", `#include <errno.h>\n#include <stddef.h>\n#include <stdint.h>\n${source}`);
type Call = (...args: unknown[]) => unknown;
type Options = { leaf?: boolean; use_errno?: boolean };

function declared(symbol: string, name: Name, parameters: readonly (Name | "value")[], options: Options): Call {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: a type for each name
  const typeOf = (one: Name | "value") => ctypes[one === "value" ? name : one] as typeof c_int;
  const type = CFUNCTYPE(typeOf(name), ...(parameters.map(typeOf) as [typeof c_int]), options);
  return (new CDLL(path, { [symbol]: type as never }) as unknown as Record<string, Call>)[symbol] as Call;
}

function outcome(call: Call, args: readonly unknown[]): unknown {
  try {
    return { gives: call(...args) };
  } catch (error) {
    return { throws: (error as Error).name, message: (error as Error).message };
  }
}

for (const name of NAMES) {
  const fitting = VALUES.filter(
    (value) => "gives" in (outcome(declared(`id_${name}`, name, ["value"], { leaf: false }), [value]) as object),
  );

  test(`a ${name} is converted, passed and returned by registers as it is otherwise`, () => {
    const long = declared(`id_${name}`, name, ["value"], { leaf: false });
    const quick = declared(`id_${name}`, name, ["value"], {});
    assert.ok(fitting.length > 1, name);
    const first = fitting[0];
    // Many times: so that it is made by optimised code.
    for (let round = 0; round < 3; round++) {
      for (const value of VALUES) assert.deepEqual(outcome(quick, [value]), outcome(long, [value]), String(value));
      for (let i = 0; i < 3000; i++) quick(first);
    }
  });

  test(`a ${name} is passed at any place`, () => {
    const places = ["c_int", "value", "c_double", "value", "c_short", "value", "c_int", "c_int", "value"] as const;
    const long = declared(`last_${name}`, name, places, { leaf: false });
    const quick = declared(`last_${name}`, name, places, {});
    for (let i = 0; i < 4000; i++) {
      const value = fitting[i % fitting.length];
      const args = [1, value, 2, value, 3, value, 4, i & 1 ? 5 : 6, value];
      if (i < 3000 && i > 200) quick(...args);
      else assert.deepEqual(outcome(quick, args), outcome(long, args));
    }
  });

  test(`a ${name} goes with errno`, () => {
    const long = declared(`id_${name}`, name, ["value"], { leaf: false });
    const quick = declared(`fails_${name}`, name, ["value"], { use_errno: true });
    for (let i = 0; i < 2000; i++) {
      const value = fitting[i % fitting.length];
      set_errno(i);
      const got = outcome(quick, [value]);
      assert.equal(get_errno(), i + 1);
      if (i > 1900 || i < 100) assert.deepEqual(got, outcome(long, [value]));
    }
  });
}

test("calls by registers give the same while a callback lives", () => {
  const Unary = CFUNCTYPE(c_int, c_int);
  const { call_int } = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, Unary, c_int) });
  const quick = declared("fails_c_ushort", "c_ushort", ["value"], { use_errno: true });
  const wide = declared("id_c_ulong", "c_ulong", ["value"], {});
  const most = isLongWide ? 2n ** 64n - 1n : 2 ** 32 - 1;
  const large = isLongWide ? 2 ** 53 - 1 : 2 ** 32 - 1;
  const inside = new Unary((n) => {
    set_errno(n);
    assert.equal(quick(65535), 65535);
    assert.equal(get_errno(), n + 1);
    assert.equal(wide(most), most);
    return wide(n) as number;
  });
  for (let i = 0; i < 2000; i++) assert.equal(call_int(inside, i), i);
  inside.dispose();
  for (let i = 0; i < 2000; i++) assert.equal(wide(large - i), large - i);
});

test("errno is that of the thread that calls", async () => {
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    const { CDLL, CFUNCTYPE, c_int, get_errno, set_errno } = require("ctypes-js");
    const { fails_c_int } = new CDLL(workerData, { fails_c_int: CFUNCTYPE(c_int, c_int, { use_errno: true }) });
    let sum = 0;
    for (let i = 0; i < 5000; i++) { set_errno(i); sum += fails_c_int(1) + get_errno() - i; }
    parentPort.postMessage(sum);
  `;
  const worker = new Worker(program, { eval: true, workerData: path });
  const quick = declared("fails_c_int", "c_int", ["value"], { use_errno: true });
  const message = new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  let rounds = 0;
  let told: unknown;
  message.then(
    (sum) => {
      told = sum;
    },
    () => {},
  );
  while (told === undefined && rounds < 100_000) {
    rounds++;
    set_errno(7);
    for (let i = 0; i < 100; i++) quick(1);
    assert.equal(get_errno(), 107);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(await message, 10_000);
});
