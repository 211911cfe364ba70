/**
 * Leaf calls to which V8 hands the arguments over: random signatures, in code that is not optimised and in code that
 * is, against what C says it got.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { arrayOn, FRAME, type HandedCall, rawffi, type ScalarType, type Signature } from "rawffi";

const TYPES = {
  bool: { c: "_Bool", values: [0, 1] },
  sint8: { c: "int8_t", values: [-128, -1, 0, 5, 127] },
  uint8: { c: "uint8_t", values: [0, 200, 255] },
  sint16: { c: "int16_t", values: [-32768, -2, 32767] },
  uint16: { c: "uint16_t", values: [0, 65535] },
  sint32: { c: "int32_t", values: [-(2 ** 31), -1, 0, 77, 2 ** 31 - 1] },
  uint32: { c: "uint32_t", values: [0, 3, 2 ** 31, 2 ** 32 - 1] },
  number: { c: "int64_t", values: [-(2 ** 53), -1, 0, 2 ** 40 + 1, 2 ** 53] },
  double: { c: "double", values: [-1e300, -0.5, 0, 3.25, 1e-300] },
  float: { c: "float", values: [-1.5, 0, 0.25, 16777216] },
} as const;
const RESULTS = {
  void: { c: "void", values: [undefined] },
  bool: { c: "_Bool", values: [0, 1] },
  sint8: { c: "int8_t", values: [-128, -1, 127] },
  uint8: { c: "uint8_t", values: [0, 128, 255] },
  sint16: { c: "int16_t", values: [-32768, -1, 32767] },
  uint16: { c: "uint16_t", values: [0, 32768, 65535] },
  sint32: { c: "int32_t", values: [-(2 ** 31), -5, 2 ** 31 - 1] },
  uint32: { c: "uint32_t", values: [1, 2 ** 31, 2 ** 32 - 1] },
  sint64: { c: "int64_t", values: [-1n, 5n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, -(2n ** 63n)] },
  uint64: { c: "uint64_t", values: [0n, 2n ** 53n - 1n, 2n ** 63n, 2n ** 64n - 1n] },
  pointer: { c: "void *", values: [0n, 2n ** 47n - 16n, 2n ** 64n - 1n] },
  double: { c: "double", values: [-2.5, 1e200] },
  float: { c: "float", values: [-2.5, 3.000000238418579, 2 ** 100] },
} as const;
type Parameter = keyof typeof TYPES;
type Result = keyof typeof RESULTS;

const frame = arrayOn(BigUint64Array, rawffi.frame);
const words = arrayOn(Int32Array, rawffi.frame);
const MOST = 20;
const COUNT = Number(process.env.RAWFFI_HANDOVER_COUNT ?? 120);
const random = generator(Number(process.env.RAWFFI_HANDOVER_SEED ?? 11));

interface Sample {
  readonly parameters: Parameter[];
  readonly result: Result;
  readonly returned: number | bigint | undefined;
  readonly swapsErrno: boolean;
}

/** Some of one kind only, which go on where registers end; some of many kinds. */
function sample(): Sample {
  const kinds = Object.keys(TYPES) as Parameter[];
  const few = Array.from({ length: 1 + random(3) }, () => kinds[random(kinds.length)] as Parameter);
  const parameters = Array.from({ length: 1 + random(MOST) }, () => few[random(few.length)] as Parameter);
  const results = Object.keys(RESULTS) as Result[];
  const result = results[random(results.length)] as Result;
  const { values } = RESULTS[result];
  return { parameters, result, returned: values[random(values.length)], swapsErrno: random(3) === 0 };
}

/** How many of C's integers travel in registers. */
const REGISTERS = process.arch === "arm64" ? 8 : 6;

const plain = rawffi.prepare({ result: "sint32", parameters: ["sint32", "double"] }).handed;
const skip = plain === null && "this runtime, processor or tier hands no arguments over";

test("C gets what is handed over, and gives its result back", { skip }, () => {
  setFlagsFromString("--allow-natives-syntax");
  const samples = Array.from({ length: COUNT }, sample);
  const { handle, seen, seenErrno } = build(samples);
  let handedOver = 0;
  let tried = 0;
  let fast = 0;
  for (const [k, one] of samples.entries()) {
    const { result, parameters, swapsErrno } = one;
    const { handed } = rawffi.prepare({ result, parameters, errno: swapsErrno } satisfies Signature);
    // The stubs for arm64 only move registers and jump to C, which does not do for all.
    if (handed === null && process.arch === "arm64") continue;
    assert.ok(handed !== null, `${result}(${parameters.join(", ")}) is handed over`);
    handedOver++;
    assert.equal(handed.isWord, typeof one.returned === "bigint");
    const shown = Array.from({ length: 6 }, (_, n) =>
      one.parameters.map((type) => TYPES[type].values[n % TYPES[type].values.length] as number),
    );
    const call = caller(handed, one.parameters, shown, rawffi.symbol(handle, `f${k}`) as number);
    const name = `${one.result} f${k}(${one.parameters.join(", ")})`;
    for (const isOptimised of [false, true]) {
      for (let again = 0; again < 4; again++) {
        const args = one.parameters.map((type) => pick(TYPES[type].values));
        const before = 1 + random(100);
        const way = call(isOptimised, args, before);
        const got = { seen: seen(args.length), result: received(result, way.result), errno: seenErrno() };
        const wanted = { seen: args, result: one.returned, errno: swapsErrno ? before : got.errno };
        assert.deepEqual(got, wanted, name);
        // C adds 1 to it.
        assert.equal(words[2 * FRAME.ERRNO], before + (swapsErrno ? 1 : 0), name);
        if (isOptimised) tried++;
        if (way.wasFast) fast++;
      }
    }
  }
  // Numbers of another kind than those seen before make V8 leave optimised code, now and then.
  assert.ok(fast > tried / 5 && fast <= tried, `${fast} of ${tried} calls from optimised code went the fast way`);
  assert.ok(handedOver > COUNT / 5, `only ${handedOver} of ${COUNT} signatures are handed over`);
});

test("what V8 cannot hand over goes another way", { skip }, () => {
  const handed = (result: ScalarType, ...parameters: ScalarType[]) => rawffi.prepare({ result, parameters }).handed;
  assert.equal(handed("cdouble", "sint32"), null);
  assert.equal(handed("sint32", "sint64"), null);
  assert.equal(handed("sint32", "longdouble"), null);
});

test("the integer for which V8 has no register is handed over last", { skip }, () => {
  const parameters = Array<ScalarType>(REGISTERS + 2).fill("sint32");
  const { handed } = rawffi.prepare({ result: "sint32", parameters });
  const first = [0, 1, 2, 3, 4, 5, 6].slice(0, REGISTERS - 1);
  assert.deepEqual(handed?.order, [...first, REGISTERS, REGISTERS + 1, REGISTERS - 1]);
});

// -- Private ---------------------------------------------------------------------------------------

function pick<T>(values: readonly T[]): T {
  return values[random(values.length)] as T;
}

/** Numbers below a limit, always the same for a seed. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function build(samples: readonly Sample[]): {
  handle: number;
  seen: (count: number) => number[];
  seenErrno: () => number;
} {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-handover-"));
  try {
    const functions = samples.map(({ parameters, result, returned }, k) => {
      const declared = parameters.map((type, i) => `${TYPES[type].c} a${i}`).join(", ");
      const stores = parameters.map((_, i) => `seen[${i}] = (double)a${i};`).join(" ");
      return `${RESULTS[result].c} f${k}(${declared}) { ${stores} seen_errno = errno++; ${returned === undefined ? "" : `return (${RESULTS[result].c})${literal(returned)};`} }`;
    });
    writeFileSync(
      join(folder, "f.c"),
      ["#include <errno.h>", "#include <stdint.h>", `double seen[${MOST}];`, "int seen_errno;", ...functions].join(
        "\n",
      ),
    );
    execFileSync("gcc", ["-O1", "-w", "-shared", "-fPIC", "-o", join(folder, "f.so"), join(folder, "f.c")]);
    const handle = rawffi.open(join(folder, "f.so"), rawffi.modes.RTLD_NOW);
    const address = rawffi.symbol(handle, "seen") as number;
    const seen = (count: number) =>
      Array.from({ length: count }, (_, i) => rawffi.peek(address + 8 * i, "double") as number);
    const errnoAddress = rawffi.symbol(handle, "seen_errno") as number;
    return { handle, seen, seenErrno: () => rawffi.peek(errnoAddress, "sint32") as number };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function literal(value: number | bigint): string {
  if (typeof value === "bigint") return `0x${BigInt.asUintN(64, value).toString(16)}ULL`;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 33 ? `${value}LL` : value.toExponential();
}

/** The result: what was returned, of narrow integers without what is above them, or the 64 bits in the frame. */
function received(result: Result, returned: number | undefined): number | bigint | undefined {
  if (result === "uint64" || result === "pointer" || result === "sint64") {
    const bits = frame[FRAME.RESULT] as bigint;
    const value = result === "sint64" ? BigInt.asIntN(64, bits) : bits;
    assert.equal(returned, Number(BigInt.asIntN(64, bits)));
    return value;
  }
  const width = /8$|bool/.test(result) ? 8 : 16;
  if (/8$|16$|bool/.test(result)) {
    const shift = 32 - width;
    const number = (returned as number) << shift;
    return result.startsWith("sint") ? number >> shift : number >>> shift;
  }
  return returned;
}

/** What callers look at before: V8 knows then what it has. */
function testOf(type: Parameter, arg: string): string {
  if (type === "uint32") return `${arg} >>> 0 === ${arg}`;
  if (type.includes("int")) return `(${arg} | 0) === ${arg}`;
  return `typeof ${arg} === "number"`;
}

interface Way {
  readonly result: number | undefined;
  /** The other way leaves the arguments in the frame. */
  readonly wasFast: boolean;
}

function caller(
  handed: HandedCall,
  parameters: readonly Parameter[],
  shown: readonly (readonly number[])[],
  target: number,
): (isOptimised: boolean, args: readonly number[], errno: number) => Way {
  const args = parameters.map((_, i) => `a${i}`);
  const order = handed.order.map((i) => args[i]).join(", ");
  const call = new Function(
    "handed",
    "words",
    "target",
    `return function (${args.join(", ")}) {
      ${args.map((arg, i) => `if (!(${testOf(parameters[i] as Parameter, arg)})) throw new TypeError();`).join(" ")}
      words[${FRAME.TARGET}] = target;
      const result = handed(${order});
      words[${FRAME.TARGET}] = 0n;
      return result;
    }`,
  )(handed.call, frame, BigInt(target)) as (...args: number[]) => number | undefined;
  // The optimising compiler takes for granted what it has seen: so all of it is shown.
  const optimise = new Function(
    "f",
    "shown",
    "%PrepareFunctionForOptimization(f); for (const args of shown) f(...args); %OptimizeFunctionOnNextCall(f);",
  );
  return (isOptimised, values, errno) => {
    if (isOptimised) optimise(call, shown);
    words[2 * FRAME.ERRNO] = errno;
    // The slow way goes through the frame.
    const slots = frame.subarray(FRAME.ARGUMENTS, FRAME.ARGUMENTS + parameters.length);
    slots.fill(UNTOUCHED);
    const result = call(...values);
    return { result, wasFast: slots.every((slot) => slot === UNTOUCHED) };
  };
}

const UNTOUCHED = 0x7a7a_7a7a_7a7a_7a7an;
