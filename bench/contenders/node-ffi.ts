/**
 * The cases through `node:ffi`, of Node 26. It has no structures, no variadic functions and no errno; pointers are
 * bigints.
 */
import type { Cases } from "../cases.ts";
import { loops } from "./loops.ts";
import { measure } from "./measure.ts";
import { short } from "./words.ts";

const ffi = await import("node:ffi" as string);
const library = new ffi.DynamicLibrary(process.env.BENCH_LIBRARY);
const declare = (name: string, result: string, ...args: string[]): any =>
  library.getFunction(name, { return: result, arguments: args });
const times = (count: number, type: string) => Array<string>(count).fill(type);

const length64 = declare("length", "uint64", "string");
const add_size64 = declare("add_size", "uint64", "uint64", "uint64");
const mixed64 = declare("mixed", "double", "int32", "double", "uint64", "float");
const greetingAt = declare("greeting", "pointer");
const fill = declare("fill", "void", "buffer");
const list = declare("list", "pointer", "int32");

const length = (text: string) => Number(length64(text));
const out = new Int32Array(1);
const increment = library.registerCallback({ return: "int32", arguments: ["int32"] }, (n: number) => n + 1);
const compare = library.registerCallback(
  { return: "int32", arguments: ["pointer", "pointer"] },
  (a: bigint, b: bigint) => ffi.getInt32(a) - ffi.getInt32(b),
);
const head: bigint = list(1000);

const functions = {
  noop: declare("noop", "void"),
  add: declare("add", "int32", ...times(2, "int32")),
  add_int64: declare("add_int64", "int64", ...times(2, "int64")),
  add_size: (a: number, b: number) => Number(add_size64(BigInt(a), BigInt(b))),
  add_double: declare("add_double", "double", ...times(2, "double")),
  sum6: declare("sum6", "int32", ...times(6, "int32")),
  sum9: declare("sum9", "int32", ...times(9, "int32")),
  sum16: declare("sum16", "int32", ...times(16, "int32")),
  sum6_double: declare("sum6_double", "double", ...times(6, "double")),
  mixed: (a: number, b: number, c: number, d: number) => mixed64(a, b, BigInt(c), d),
  length,
  greeting: () => ffi.toString(greetingAt()),
  identity: declare("identity", "pointer", "pointer"),
  first: declare("first", "int32", "buffer"),
  apply: declare("apply", "int32", "function", "int32"),
  sort: declare("sort", "int32", "function", "int32"),
};

const cases: Cases = {
  ...loops(functions, { pointer: 0x7f0012345678n, increment: () => increment, compare: () => compare }),
  "out-parameter"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      fill(out);
      total += out[0] as number;
    }
    return total;
  },
  "linked list"(n) {
    let total = 0;
    for (let i = 0; i < n; i++)
      for (let at = head; at !== 0n; at = ffi.getUint64(at, 8)) total = (total + ffi.getInt32(at)) | 0;
    return total;
  },
  growth(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      total += length(short[i & 3] as string);
      fill(out);
    }
    return total;
  },
};

await measure(cases);
