/** The same cases through koffi. Reading a field is an object's own property there, so those cases are not its. */
import koffi from "koffi";
import type { Cases } from "./cases.ts";
import { measure } from "./measure.ts";

const library = koffi.load(process.env.BENCH_LIBRARY as string);
koffi.struct("point", { x: "int", y: "int" });
const Unary = koffi.proto("int Unary(int)");

const noop = library.func("void noop(void)");
const add = library.func("int add(int, int)");
const add_double = library.func("double add_double(double, double)");
const add_int64 = library.func("int64_t add_int64(int64_t, int64_t)");
const add_size = library.func("size_t add_size(size_t, size_t)");
const sum6 = library.func("int sum6(int, int, int, int, int, int)");
const greeting = library.func("const char *greeting(void)");
const first = library.func("int first(const uint8_t *)");
const area = library.func("int area(point)");
const make = library.func("point make(int, int)");
const fill = library.func("void fill(_Out_ int *)");
const apply = library.func("int apply(Unary *, int)");
const strlen = koffi.load("libc.so.6").func("size_t strlen(const char *)");

const point = { x: 3, y: 4 };
const out = [0];
const bytes = new Uint8Array(64);
const words = ["hello world", "hallo welt!", "bonjour moi"];
const increment = koffi.register((n: number) => n + 1, koffi.pointer(Unary));

const cases: Cases = {
  noop(n) {
    for (let i = 0; i < n; i++) noop();
  },
  add(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += add(i, 1);
    return total;
  },
  "add double"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += add_double(i, 0.5);
    return total;
  },
  "add int64"(n) {
    let total = 0n;
    for (let i = 0; i < n; i++) total = add_int64(total, 1n);
    return total;
  },
  "add size_t"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += add_size(i, 1);
    return total;
  },
  "six arguments"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += sum6(i, 1, 2, 3, 4, 5);
    return total;
  },
  strlen(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += strlen(words[i % 3] as string);
    return total;
  },
  "C string result"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += greeting().length;
    return total;
  },
  Uint8Array(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += first(bytes);
    return total;
  },
  "structure argument"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += area(point);
    return total;
  },
  "structure result"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += make(i, 1).x;
    return total;
  },
  "out-parameter"(n) {
    for (let i = 0; i < n; i++) fill(out);
    return out[0];
  },
  callback(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += apply(increment, i);
    return total;
  },
};

measure(cases);
koffi.unregister(increment);
