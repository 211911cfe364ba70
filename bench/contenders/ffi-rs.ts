/**
 * The cases through ffi-rs. Its callbacks run after the call and not in it, so they are no cases; a bigint is no
 * argument, and no address.
 */
import { createRequire } from "node:module";
import type { Cases } from "../cases.ts";
import { loops } from "./loops.ts";
import { measure } from "./measure.ts";
import { short } from "./words.ts";

const { DataType, define, FFITypeTag, load, open } = createRequire(process.env.BENCH_PEERS as string)("ffi-rs");
const { Double, External, I32, I64, String: Text, U64, U8Array, Void } = DataType;
open({ library: "bench", path: process.env.BENCH_LIBRARY });

const times = <T>(count: number, type: T) => Array<T>(count).fill(type);
const stack = <T extends object>(fields: T) => ({ ...fields, ffiTypeTag: FFITypeTag.StackStruct });
const pairType = stack({ x: I32, y: I32 });
const tripleType = stack({ x: Double, y: Double, z: Double });
const segmentType = stack({ from: pairType, to: pairType, weight: tripleType });
const declare = (retType: unknown, paramsType: unknown[]) => ({ library: "bench", retType, paramsType });

const f = define({
  noop: declare(Void, []),
  add: declare(I32, times(2, I32)),
  add_size: declare(U64, times(2, U64)),
  add_double: declare(Double, times(2, Double)),
  sum6: declare(I32, times(6, I32)),
  sum9: declare(I32, times(9, I32)),
  sum16: declare(I32, times(16, I32)),
  sum6_double: declare(Double, times(6, Double)),
  length: declare(I64, [Text]),
  greeting: declare(Text, []),
  identity: declare(External, [External]),
  first: declare(I32, [U8Array]),
  fill: declare(Void, [U8Array]),
  pair_in: declare(I32, [pairType]),
  pair_out: declare(pairType, times(2, I32)),
  triple_in: declare(Double, [tripleType]),
  triple_out: declare(tripleType, times(3, Double)),
  segment_in: declare(Double, [segmentType]),
  segment_out: declare(segmentType, [I32, Double]),
  list: declare(External, [I32]),
});

const out = Buffer.alloc(4);
const functions = {
  noop: () => f.noop([]),
  add: (a: number, b: number) => f.add([a, b]),
  add_size: (a: number, b: number) => f.add_size([a, b]),
  add_double: (a: number, b: number) => f.add_double([a, b]),
  sum6: (...numbers: number[]) => f.sum6(numbers),
  sum9: (...numbers: number[]) => f.sum9(numbers),
  sum16: (...numbers: number[]) => f.sum16(numbers),
  sum6_double: (...numbers: number[]) => f.sum6_double(numbers),
  length: (text: string) => f.length([text]),
  greeting: () => f.greeting([]),
  identity: (pointer: unknown) => f.identity([pointer]),
  first: (bytes: Uint8Array) => f.first([bytes]),
  pair_in: (pair: unknown) => f.pair_in([pair]),
  pair_out: (x: number, y: number) => f.pair_out([x, y]),
  triple_in: (triple: unknown) => f.triple_in([triple]),
  triple_out: (x: number, y: number, z: number) => f.triple_out([x, y, z]),
  segment_in: (segment: unknown) => f.segment_in([segment]),
  segment_out: (x: number, z: number) => f.segment_out([x, z]),
};

const cases: Cases = {
  ...loops(functions, {
    pointer: f.list([1]),
    pair: { x: 3, y: 4 },
    triple: { x: 1, y: 2, z: 3 },
    segment: { from: { x: 1, y: 2 }, to: { x: 3, y: 4 }, weight: { x: 1, y: 2, z: 3 } },
  }),
  "out-parameter"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      f.fill([out]);
      total += out.readInt32LE(0);
    }
    return total;
  },
  errno(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      const result = load({
        library: "bench",
        funcName: "fail",
        retType: I32,
        paramsType: [],
        paramsValue: [],
        errno: true,
      });
      total += result.errnoCode;
    }
    return total;
  },
  async "async call"(n) {
    const call = { library: "bench", funcName: "add", retType: I32, paramsType: [I32, I32], runInNewThread: true };
    for (let i = 0; i < n; i += 100) {
      await Promise.all(Array.from({ length: Math.min(100, n - i) }, (_, k) => load({ ...call, paramsValue: [i, k] })));
    }
  },
  growth(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      total += functions.length(short[i & 3] as string);
      f.fill([out]);
    }
    return total;
  },
};

await measure(cases);
process.exit();
