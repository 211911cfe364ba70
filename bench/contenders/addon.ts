/** The cases through a Node-API addon written by hand for them, addon.c: what an FFI for Node is measured by. */
import { createRequire } from "node:module";
import type { Cases } from "../cases.ts";
import { loops } from "./loops.ts";
import { measure } from "./measure.ts";
import { short } from "./words.ts";

const addon = createRequire(import.meta.url)(process.env.BENCH_ADDON as string);
const { fail, fill, length, print } = addon;

const cases: Cases = {
  ...loops(addon, {
    pair: { x: 3, y: 4 },
    triple: { x: 1, y: 2, z: 3 },
    segment: { from: { x: 1, y: 2 }, to: { x: 3, y: 4 }, weight: { x: 1, y: 2, z: 3 } },
    increment: () => (n: number) => n + 1,
    compare: () => (a: number, b: number) => a - b,
  }),
  "out-parameter"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += fill();
    return total;
  },
  snprintf(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += print(i);
    return total;
  },
  errno(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += fail();
    return total;
  },
  growth(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += length(short[i & 3]) + fill();
    return total;
  },
};

await measure(cases);
