/**
 * The cases through ctypes' public typed API.
 *
 * No callback is alive while the others run, for that changes the way every call takes (docs/performance.md);
 * `BENCH_LIVE` has one live all along.
 */
import {
  ARRAY,
  CDLL,
  CFUNCTYPE,
  c_bool,
  c_byte,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_int64,
  c_short,
  c_size_t,
  c_ubyte,
  c_void_p,
  create_string_buffer,
  get_errno,
  POINTER,
  Structure,
} from "ctypes-js";
import type { Cases } from "../cases.ts";
import { type Functions, loops } from "./loops.ts";
import { measure } from "./measure.ts";
import { short } from "./words.ts";

class Pair extends Structure({ x: c_int, y: c_int }) {}
class Triple extends Structure({ x: c_double, y: c_double, z: c_double }) {}
class Segment extends Structure({ from: Pair, to: Pair, weight: Triple }) {}
class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {}
const Numbers = ARRAY(c_int, 1000);
const Unary = CFUNCTYPE(c_int, c_int);
const Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int));

const path = process.env.BENCH_LIBRARY as string;
const library = new CDLL(path, {
  noop: CFUNCTYPE(null),
  add: CFUNCTYPE(c_int, c_int, c_int),
  add_int64: CFUNCTYPE(c_int64, c_int64, c_int64),
  add_size: CFUNCTYPE(c_size_t, c_size_t, c_size_t),
  add_double: CFUNCTYPE(c_double, c_double, c_double),
  sum6: CFUNCTYPE(c_int, c_int, c_int, c_int, c_int, c_int, c_int),
  sum9: CFUNCTYPE(c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int),
  sum4_narrow: CFUNCTYPE(c_short, c_ubyte, c_short, c_bool, c_byte),
  sum6_double: CFUNCTYPE(c_double, c_double, c_double, c_double, c_double, c_double, c_double),
  mixed: CFUNCTYPE(c_double, c_int, c_double, c_size_t, c_float),
  length: CFUNCTYPE(c_size_t, c_char_p),
  greeting: CFUNCTYPE(c_char_p),
  identity: CFUNCTYPE(c_void_p, c_void_p),
  first: CFUNCTYPE(c_int, POINTER(c_ubyte)),
  fill: CFUNCTYPE(null, POINTER(c_int)),
  pair_in: CFUNCTYPE(c_int, Pair),
  pair_out: CFUNCTYPE(Pair, c_int, c_int),
  triple_in: CFUNCTYPE(c_double, Triple),
  triple_out: CFUNCTYPE(Triple, c_double, c_double, c_double),
  segment_in: CFUNCTYPE(c_double, Segment),
  segment_out: CFUNCTYPE(Segment, c_int, c_double),
  apply: CFUNCTYPE(c_int, Unary, c_int),
  sort: CFUNCTYPE(c_int, Compare, c_int),
  list: CFUNCTYPE(POINTER(Node), c_int),
});
const { length, fill, list } = library;
const { sum16 } = new CDLL(path, {
  // biome-ignore format: sixteen in a row
  sum16: CFUNCTYPE(
    c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int, c_int,
  ),
});
const { fail } = new CDLL(path, { fail: CFUNCTYPE(c_int, { use_errno: true }) });
const { snprintf } = new CDLL(null, { snprintf: CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, "...") });

const pair = new Pair({ x: 3, y: 4 });
const triple = new Triple({ x: 1, y: 2, z: 3 });
const segment = new Segment({ from: { x: 1, y: 2 }, to: { x: 3, y: 4 }, weight: { x: 1, y: 2, z: 3 } });
const out = new c_int();
const text = create_string_buffer(64);
const numbers = new Numbers();
const head = list(1000);

const alive = process.env.BENCH_LIVE ? new Unary((n) => n) : null;
let increment: Disposable | undefined;
let compare: Disposable | undefined;

const { async: addAsync } = library.add as unknown as { async?: (a: number, b: number) => Promise<number> };

// The bundle's top level has a `var` for each `const` here, which V8 cannot take for a constant; parameters it can.
const fields = (pair: Pair, segment: Segment): Cases => ({
  "field read"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total = (total + pair.x) | 0;
    return total;
  },
  "field write"(n) {
    for (let i = 0; i < n; i++) pair.x = i;
    return pair.x;
  },
  "nested field"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total = (total + segment.to.y) | 0;
    return total;
  },
});

const cases: Cases = {
  // Measured as soon as there is such a call.
  ...(addAsync && {
    async "async call"(n: number) {
      for (let i = 0; i < n; i += 100) {
        await Promise.all(Array.from({ length: Math.min(100, n - i) }, (_, k) => addAsync(i, k)));
      }
    },
  }),
  ...loops({ ...library, sum16 } as unknown as Functions, {
    pair,
    triple,
    segment,
    pointer: 0x7f0012345678,
    increment: () => (increment ??= new Unary((n) => n + 1)),
    compare: () => (compare ??= new Compare((a, b) => a!.contents.value - b!.contents.value)),
  }),
  "out-parameter"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      fill(out);
      total += out.value;
    }
    return total;
  },
  snprintf(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += snprintf(text, 64, "%d", new c_int(i));
    return total;
  },
  errno(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      fail();
      total += get_errno();
    }
    return total;
  },
  ...fields(pair, segment),
  "new structure"(n) {
    let last = pair;
    for (let i = 0; i < n; i++) last = new Pair({ x: i, y: 1 });
    return last.x;
  },
  "array fill"(n) {
    const view = numbersOf();
    for (let i = 0; i < n; i++) for (let k = 0; k < 1000; k++) view[k] = k + i;
    return view[999];
  },
  "array sum"(n) {
    const view = numbersOf();
    let total = 0;
    for (let i = 0; i < n; i++) for (let k = 0; k < 1000; k++) total = (total + (view[k] as number)) | 0;
    return total;
  },
  "linked list"(n) {
    let total = 0;
    for (let i = 0; i < n; i++)
      for (let at = head; at !== null; ) {
        const node = at.contents;
        total = (total + node.value) | 0;
        at = node.next;
      }
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

/** The array's memory as a typed array. */
function numbersOf(): { [index: number]: number } {
  return "view" in numbers ? (numbers.view as Int32Array) : numbers;
}

await measure(cases);
for (const callback of [alive, increment, compare]) callback?.[Symbol.dispose]();
