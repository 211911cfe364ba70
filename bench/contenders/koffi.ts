/**
 * The cases through koffi. A structure is a plain JavaScript object there, converted when C needs it, and an array is a
 * typed array of JavaScript's, so reading and making those is no case of its.
 */
import { promisify } from "node:util";
import koffi from "koffi";
import type { Cases } from "../cases.ts";
import { loops } from "./loops.ts";
import { measure } from "./measure.ts";
import { short } from "./words.ts";

const library = koffi.load(process.env.BENCH_LIBRARY as string);
koffi.struct("pair", { x: "int", y: "int" });
koffi.struct("triple", { x: "double", y: "double", z: "double" });
koffi.struct("segment", { from: "pair", to: "pair", weight: "triple" });
const Node = koffi.struct("node", { value: "int", next: "void *" });
const Unary = koffi.proto("int Unary(int)");
const Compare = koffi.proto("int Compare(const int *, const int *)");

const length = library.func("size_t length(const char *)");
const fill = library.func("void fill(int *)");
const fail = library.func("int fail(void)");
const list = library.func("void *list(int)");
const snprintf = koffi.load("libc.so.6").func("int snprintf(uint8_t *, size_t, const char *, ...)");
const add = library.func("int add(int, int)");
const addAsync = promisify(add.async);

const out = new Int32Array(1); // the quickest way that its documentation has; `_Out_` takes seven times as long
const text = new Uint8Array(64);
const increment = koffi.register((n: number) => n + 1, koffi.pointer(Unary));
const compare = koffi.register(
  (a: bigint, b: bigint) => koffi.decode(a, "int") - koffi.decode(b, "int"),
  koffi.pointer(Compare),
);
const head = list(1000);

const functions = {
  noop: library.func("void noop(void)"),
  add,
  add_int64: library.func("int64_t add_int64(int64_t, int64_t)"),
  add_size: library.func("size_t add_size(size_t, size_t)"),
  add_double: library.func("double add_double(double, double)"),
  sum6: library.func("int sum6(int, int, int, int, int, int)"),
  sum9: library.func("int sum9(int, int, int, int, int, int, int, int, int)"),
  sum16: library.func(`int sum16(${Array(16).fill("int").join(", ")})`),
  sum4_narrow: library.func("short sum4_narrow(uint8_t, short, bool, int8_t)"),
  sum6_double: library.func("double sum6_double(double, double, double, double, double, double)"),
  mixed: library.func("double mixed(int, double, size_t, float)"),
  length,
  greeting: library.func("const char *greeting(void)"),
  identity: library.func("void *identity(void *)"),
  first: library.func("int first(const uint8_t *)"),
  pair_in: library.func("int pair_in(pair)"),
  pair_out: library.func("pair pair_out(int, int)"),
  triple_in: library.func("double triple_in(triple)"),
  triple_out: library.func("triple triple_out(double, double, double)"),
  segment_in: library.func("double segment_in(segment)"),
  segment_out: library.func("segment segment_out(int, double)"),
  apply: library.func("int apply(Unary *, int)"),
  sort: library.func("int sort(Compare *, int)"),
};

const cases: Cases = {
  ...loops(functions, {
    pair: { x: 3, y: 4 },
    triple: { x: 1, y: 2, z: 3 },
    segment: { from: { x: 1, y: 2 }, to: { x: 3, y: 4 }, weight: { x: 1, y: 2, z: 3 } },
    pointer: 0x7f0012345678n,
    increment: () => increment,
    compare: () => compare,
  }),
  "out-parameter"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      fill(out);
      total += out[0] as number;
    }
    return total;
  },
  snprintf(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += snprintf(text, 64, "%d", "int", i);
    return total;
  },
  errno(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      fail();
      total += koffi.errno();
    }
    return total;
  },
  "linked list"(n) {
    let total = 0;
    for (let i = 0; i < n; i++)
      for (let at = head; at; ) {
        const node = koffi.decode(at, Node);
        total += node.value;
        at = node.next;
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
      total += length(short[i & 3]);
      fill(out);
    }
    return total;
  },
};

await measure(cases);
koffi.unregister(increment);
koffi.unregister(compare);
