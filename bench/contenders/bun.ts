/** The cases through `bun:ffi`. It has no structures, no variadic functions and no errno; pointers are numbers. */
import type { Cases } from "../cases.ts";
import { loops } from "./loops.ts";
import { measure } from "./measure.ts";
import { short } from "./words.ts";

const { dlopen, JSCallback, read } = await import("bun:ffi" as string);
const times = (count: number, type: string) => Array<string>(count).fill(type);

const { symbols } = dlopen(process.env.BENCH_LIBRARY, {
  noop: { args: [], returns: "void" },
  add: { args: times(2, "i32"), returns: "i32" },
  add_int64: { args: times(2, "i64"), returns: "i64" },
  add_size: { args: times(2, "u64_fast"), returns: "u64_fast" },
  add_double: { args: times(2, "f64"), returns: "f64" },
  sum6: { args: times(6, "i32"), returns: "i32" },
  sum9: { args: times(9, "i32"), returns: "i32" },
  sum16: { args: times(16, "i32"), returns: "i32" },
  sum6_double: { args: times(6, "f64"), returns: "f64" },
  mixed: { args: ["i32", "f64", "u64_fast", "f32"], returns: "f64" },
  length: { args: ["cstring"], returns: "u64_fast" },
  greeting: { args: [], returns: "cstring" },
  identity: { args: ["ptr"], returns: "ptr" },
  first: { args: ["ptr"], returns: "i32" },
  fill: { args: ["ptr"], returns: "void" },
  apply: { args: ["function", "i32"], returns: "i32" },
  sort: { args: ["function", "i32"], returns: "i32" },
  list: { args: ["i32"], returns: "ptr" },
});

const out = new Int32Array(1);
const increment = new JSCallback((n: number) => n + 1, { args: ["i32"], returns: "i32" });
const compare = new JSCallback((a: number, b: number) => read.i32(a) - read.i32(b), {
  args: ["ptr", "ptr"],
  returns: "i32",
});
const head = symbols.list(1000);

const cases: Cases = {
  ...loops(symbols, { pointer: 0x7f0012345678, increment: () => increment, compare: () => compare }),
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
    for (let i = 0; i < n; i++) for (let at = head; at; at = read.ptr(at, 8)) total = (total + read.i32(at)) | 0;
    return total;
  },
  growth(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      total += symbols.length(short[i & 3]);
      symbols.fill(out);
    }
    return total;
  },
};

await measure(cases);
increment.close();
compare.close();
