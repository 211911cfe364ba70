/**
 * No C at all: the memory cases by a bare `DataView` and a typed array, the least that reading memory costs in
 * JavaScript.
 */
import type { Cases } from "../cases.ts";
import { measure } from "./measure.ts";

class Pair {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}
const memory = new DataView(new ArrayBuffer(1 << 16));
const numbers = new Int32Array(1000);
for (let i = 0; i < 1000; i++) {
  memory.setInt32(16 * i, i, true);
  memory.setFloat64(16 * i + 8, i < 999 ? 16 * (i + 1) : 0, true);
}

const cases: Cases = {
  "field read"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total = (total + memory.getInt32(32, true)) | 0;
    return total;
  },
  "field write"(n) {
    for (let i = 0; i < n; i++) memory.setInt32(32, i, true);
    return memory.getInt32(32, true);
  },
  "nested field"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) total = (total + memory.getInt32(44, true)) | 0;
    return total;
  },
  "new structure"(n) {
    let last = new Pair(0, 0);
    for (let i = 0; i < n; i++) last = new Pair(i, 1);
    return last.x;
  },
  "array fill"(n) {
    for (let i = 0; i < n; i++) for (let k = 0; k < 1000; k++) numbers[k] = k + i;
    return numbers[999];
  },
  "array sum"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) for (let k = 0; k < 1000; k++) total = (total + (numbers[k] as number)) | 0;
    return total;
  },
  "linked list"(n) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      let at = 0;
      do {
        total = (total + memory.getInt32(at, true)) | 0;
        at = memory.getFloat64(at + 8, true);
      } while (at !== 0);
    }
    return total;
  },
};

await measure(cases);
