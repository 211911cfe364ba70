/**
 * The cases through Deno's own FFI. Structures are raw bytes there, strings are encoded by the caller, and nothing is
 * variadic.
 */
import type { Cases } from "../cases.ts";
import { loops } from "./loops.ts";
import { measure } from "./measure.ts";
import { short } from "./words.ts";

const { Deno } = globalThis as any;
const times = (count: number, type: string) => Array<string>(count).fill(type);
const pairType = { struct: ["i32", "i32"] };
const tripleType = { struct: ["f64", "f64", "f64"] };
const segmentType = { struct: [pairType, pairType, tripleType] };

const { symbols } = Deno.dlopen(process.env.BENCH_LIBRARY, {
  noop: { parameters: [], result: "void" },
  add: { parameters: times(2, "i32"), result: "i32" },
  add_int64: { parameters: times(2, "i64"), result: "i64" },
  add_size: { parameters: times(2, "usize"), result: "usize" },
  add_double: { parameters: times(2, "f64"), result: "f64" },
  sum6: { parameters: times(6, "i32"), result: "i32" },
  sum9: { parameters: times(9, "i32"), result: "i32" },
  sum16: { parameters: times(16, "i32"), result: "i32" },
  sum6_double: { parameters: times(6, "f64"), result: "f64" },
  mixed: { parameters: ["i32", "f64", "usize", "f32"], result: "f64" },
  length: { parameters: ["buffer"], result: "usize" },
  greeting: { parameters: [], result: "pointer" },
  identity: { parameters: ["pointer"], result: "pointer" },
  first: { parameters: ["buffer"], result: "i32" },
  fill: { parameters: ["buffer"], result: "void" },
  pair_in: { parameters: [pairType], result: "i32" },
  pair_out: { parameters: times(2, "i32"), result: pairType },
  triple_in: { parameters: [tripleType], result: "f64" },
  triple_out: { parameters: times(3, "f64"), result: tripleType },
  segment_in: { parameters: [segmentType], result: "f64" },
  segment_out: { parameters: ["i32", "f64"], result: segmentType },
  apply: { parameters: ["function", "i32"], result: "i32" },
  sort: { parameters: ["function", "i32"], result: "i32" },
  list: { parameters: ["i32"], result: "pointer" },
});
const { add: addAsync } = Deno.dlopen(process.env.BENCH_LIBRARY, {
  add: { parameters: times(2, "i32"), result: "i32", nonblocking: true },
}).symbols;

const View = Deno.UnsafePointerView;
const encoder = new TextEncoder();
const length = (text: string) => Number(symbols.length(encoder.encode(`${text}\0`)));
const out = new Int32Array(1);
const increment = new Deno.UnsafeCallback({ parameters: ["i32"], result: "i32" }, (n: number) => n + 1);
const compare = new Deno.UnsafeCallback(
  { parameters: ["pointer", "pointer"], result: "i32" },
  (a: unknown, b: unknown) => new View(a).getInt32() - new View(b).getInt32(),
);
const head = symbols.list(1000);

const functions = {
  ...symbols,
  length,
  add_size: (a: number, b: number) => Number(symbols.add_size(a, b)),
  greeting: () => View.getCString(symbols.greeting()),
  pair_out: (x: number, y: number) => ({ x: new Int32Array(symbols.pair_out(x, y).buffer)[0] }),
  triple_out: (x: number, y: number, z: number) => ({ x: new Float64Array(symbols.triple_out(x, y, z).buffer)[0] }),
  segment_out: (x: number, z: number) => ({ from: { x: new Int32Array(symbols.segment_out(x, z).buffer)[0] } }),
};

const cases: Cases = {
  ...loops(functions, {
    pointer: Deno.UnsafePointer.create(0x7f0012345678n),
    pair: new Uint8Array(new Int32Array([3, 4]).buffer),
    triple: new Uint8Array(new Float64Array([1, 2, 3]).buffer),
    segment: new Uint8Array(40),
    increment: () => increment.pointer,
    compare: () => compare.pointer,
  }),
  "out-parameter"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      symbols.fill(out);
      total += out[0] as number;
    }
    return total;
  },
  "linked list"(n) {
    let total = 0;
    for (let i = 0; i < n; i++)
      for (let at = head; at !== null; ) {
        const node = new View(at);
        total = (total + node.getInt32()) | 0;
        at = node.getPointer(8);
      }
    return total;
  },
  async "async call"(n) {
    for (let i = 0; i < n; i += 100) {
      await Promise.all(Array.from({ length: Math.min(100, n - i) }, (_, k) => addAsync(i, k)));
    }
  },
  growth(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      total += length(short[i & 3] as string);
      symbols.fill(out);
    }
    return total;
  },
};

await measure(cases);
increment.close();
compare.close();
