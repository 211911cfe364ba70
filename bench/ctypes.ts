/** The cases through ctypes' public typed API. */
import { CDLL, CFUNCTYPE, c_char_p, c_double, c_int, c_int64, c_size_t, c_ubyte, POINTER, Structure } from "ctypes";
import type { Cases } from "./cases.ts";
import { measure } from "./measure.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
const Unary = CFUNCTYPE(c_int, c_int);

const { add, add_double, add_int64, add_size, apply, area, fill, first, greeting, make, noop, sum6 } = new CDLL(
  process.env.BENCH_LIBRARY as string,
  {
    noop: CFUNCTYPE(null),
    add: CFUNCTYPE(c_int, c_int, c_int),
    add_double: CFUNCTYPE(c_double, c_double, c_double),
    add_int64: CFUNCTYPE(c_int64, c_int64, c_int64),
    add_size: CFUNCTYPE(c_size_t, c_size_t, c_size_t),
    sum6: CFUNCTYPE(c_int, c_int, c_int, c_int, c_int, c_int, c_int),
    greeting: CFUNCTYPE(c_char_p),
    first: CFUNCTYPE(c_int, POINTER(c_ubyte)),
    area: CFUNCTYPE(c_int, Point),
    make: CFUNCTYPE(Point, c_int, c_int),
    fill: CFUNCTYPE(null, POINTER(c_int)),
    apply: CFUNCTYPE(c_int, Unary, c_int),
  },
);
const { strlen } = new CDLL(null, { strlen: CFUNCTYPE(c_size_t, c_char_p) });

const point = new Point({ x: 3, y: 4 });
const out = new c_int();
const bytes = new Uint8Array(64);
const words = ["hello world", "hallo welt!", "bonjour moi"];
const increment = new Unary((n) => n + 1);

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
    for (let i = 0; i < n; i++) total += greeting()?.length ?? 0;
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
    return out.value;
  },
  callback(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += apply(increment, i);
    return total;
  },
  "field read"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += point.x;
    return total;
  },
  "field write"(n) {
    for (let i = 0; i < n; i++) point.x = i;
    return point.x;
  },
  "new structure"(n) {
    let last = point;
    for (let i = 0; i < n; i++) last = new Point({ x: i, y: 1 });
    return last.x;
  },
};

measure(cases);
