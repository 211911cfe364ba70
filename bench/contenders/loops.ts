/**
 * The loops of the cases in which contenders of JavaScript differ only in how the C function was declared: each gives
 * the functions it has, and gets the cases for them. What it does in a way of its own (memory, errno, variadic calls)
 * stands in its own file.
 */
import type { Cases } from "../cases.ts";
import { hundred, nonAscii, short, tenThousand } from "./words.ts";

/** The functions of library.c, as a contender declared them, and what it hands to them. */
export interface Functions {
  noop(): unknown;
  add(a: number, b: number): number;
  add_int64(a: bigint, b: bigint): bigint;
  add_size(a: number, b: number): number;
  add_double(a: number, b: number): number;
  sum6(a: number, b: number, c: number, d: number, e: number, f: number): number;
  sum9(...numbers: number[]): number;
  sum16(...numbers: number[]): number;
  sum4_narrow(a: number, b: number, c: boolean, d: number): number;
  sum6_double(a: number, b: number, c: number, d: number, e: number, f: number): number;
  mixed(a: number, b: number, c: number, d: number): number;
  /** `strlen` of a string of JavaScript. */
  length(text: string): number;
  greeting(): string;
  identity(pointer: any): any;
  first(bytes: Uint8Array): number;
  pair_in(pair: any): number;
  pair_out(x: number, y: number): any;
  triple_in(triple: any): number;
  triple_out(x: number, y: number, z: number): any;
  segment_in(segment: any): number;
  segment_out(x: number, z: number): any;
  apply(callback: any, n: number): number;
  sort(callback: any, count: number): number;
}

export interface Values {
  readonly pointer: unknown;
  readonly pair: unknown;
  readonly triple: unknown;
  readonly segment: unknown;
  /** Made at the first request: while one is alive, calls may go another way. */
  increment(): unknown;
  compare(): unknown;
}

export function loops(functions: Partial<Functions>, values: Partial<Values> = {}): Cases {
  const f = functions as Functions;
  const { noop, add, add_int64, add_size, add_double, sum6, sum9, sum16, sum4_narrow, sum6_double, mixed } = f;
  const { length, greeting, identity, first, apply, sort } = f;
  const { pair_in, pair_out, triple_in, triple_out, segment_in, segment_out } = f;
  const { pair, triple, segment } = values;
  const bytes = new Uint8Array(64);

  const shapes = Array.from({ length: 8 }, (_, more) => emptyLoop(noop, more));

  const all: Cases = {
    noop(n) {
      const each = Math.ceil(n / shapes.length);
      for (const loop of shapes) loop(each);
    },
    "add i32"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = add(total, i);
      return total;
    },
    "add i64"(n) {
      let total = 0n;
      for (let i = 0; i < n; i++) total = add_int64(total, 1n);
      return total;
    },
    "add size_t"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = add_size(total, i);
      return total;
    },
    "add f64"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = add_double(total, 0.5);
      return total;
    },
    "6 arguments"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = sum6(total, i, 2, 3, 4, 5);
      return total;
    },
    "9 arguments"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = sum9(total, i, 2, 3, 4, 5, 6, 7, 8);
      return total;
    },
    "16 arguments"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = sum16(total, i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      return total;
    },
    "4 narrow"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = sum4_narrow(i & 0xff, 300, (i & 1) === 0, -5);
      return total;
    },
    "6 doubles"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = sum6_double(total, 0.5, 1.5, 2.5, 3.5, 4.5);
      return total;
    },
    "mixed arguments"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total = mixed(i, total, 3, 0.5);
      return total;
    },
    "strlen 11"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += length(short[i & 3] as string);
      return total;
    },
    "strlen 100"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += length(hundred[i & 3] as string);
      return total;
    },
    "strlen 10000"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += length(tenThousand[i & 3] as string);
      return total;
    },
    "strlen non-ASCII"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += length(nonAscii[i & 3] as string);
      return total;
    },
    "string result"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += greeting().length;
      return total;
    },
    pointer(n) {
      let total = values.pointer;
      for (let i = 0; i < n; i++) total = identity(total);
      return total;
    },
    Uint8Array(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += first(bytes);
      return total;
    },
    "pair in"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += pair_in(pair);
      return total;
    },
    "pair out"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += pair_out(i, 1).x;
      return total;
    },
    "triple in"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += triple_in(triple);
      return total;
    },
    "triple out"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += triple_out(i, 1, 2).x;
      return total;
    },
    "nested in"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += segment_in(segment);
      return total;
    },
    "nested out"(n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += segment_out(i, 1.5).from.x;
      return total;
    },
    callback(n) {
      const callback = values.increment?.();
      let total = 0;
      for (let i = 0; i < n; i++) total += apply(callback, i);
      return total;
    },
    qsort(n) {
      const callback = values.compare?.();
      let total = 0;
      for (let i = 0; i < n; i++) total += sort(callback, 10_000);
      return total;
    },
  };
  const needs: Readonly<Record<string, unknown>> = {
    noop: noop,
    "add i32": add,
    "add i64": add_int64,
    "add size_t": add_size,
    "add f64": add_double,
    "6 arguments": sum6,
    "9 arguments": sum9,
    "16 arguments": sum16,
    "4 narrow": sum4_narrow,
    "6 doubles": sum6_double,
    "mixed arguments": mixed,
    "strlen 11": length,
    "strlen 100": length,
    "strlen 10000": length,
    "strlen non-ASCII": length,
    "string result": greeting,
    pointer: identity,
    Uint8Array: first,
    "pair in": pair_in,
    "pair out": pair_out,
    "triple in": triple_in,
    "triple out": triple_out,
    "nested in": segment_in,
    "nested out": segment_out,
    callback: apply,
    qsort: sort,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => needs[name] !== undefined));
}

/**
 * A loop that calls `call`, with so many operations more. Where nothing else takes time, one operation more or less
 * decides whether the processor knows the stack pointer early: docs/decisions/fast-calls.md.
 */
function emptyLoop(call: () => unknown, more: number): (n: number) => number {
  const operations = Array.from({ length: more }, (_, k) => `x = (x ^ ${k + 3}) | 0; y = (y + ${k}) | 0;`).join(" ");
  const source = `let x = 1, y = 2; for (let i = 0; i < n; i++) { call(); ${operations} } return x + y;`;
  return new Function("call", `return (n) => { ${source} };`)(call) as (n: number) => number;
}
