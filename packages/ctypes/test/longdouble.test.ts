/**
 * `long double` in memory, in each format that a platform may have, against GCC's conversions: numbers with bits that a
 * double has no room for, ties, and results that are subnormal or too large.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rawffi } from "rawffi";
import { c_longdouble } from "../src/index.ts";
import { readQuad, writeQuad } from "../src/memory/longdouble.ts";
import { Memory } from "../src/memory/memory.ts";
import { hexOf, runC } from "./support.ts";

/** GCC for x86-64 knows quads by another name. */
const QUAD = rawffi.platform.arch === "x64" ? "__float128" : "long double";

// Lines of: format, bytes, the bits of the double it converts to, and the bytes that this double converts to.
const CONVERSIONS = (type: string, fractionBytes: number, isExplicit: boolean) => `
#include <stdio.h>
#include <string.h>
typedef ${type} wide;
static unsigned long long state = 88172645463325252ULL;
static unsigned long long next(void) {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return state;
}
static void print(const void *from, int length) {
  for (int i = 0; i < length; i++) printf("%02x", ((const unsigned char *)from)[i]);
  printf(" ");
}
int main(void) {
  for (int i = 0; i < 4000; i++) {
    unsigned char bytes[16] = {0};
    unsigned long long random[2] = {next(), next()};
    memcpy(bytes, random, ${fractionBytes});
    // Zeros and ones after the bits of a double, but for the first of them: ties and their neighbours.
    int cleared = ${fractionBytes} - 7;
    if (i % 4 == 0) memset(bytes, 0, cleared);
    if (i % 8 == 1) memset(bytes, 255, cleared);
    if (i % 8 == 4) bytes[0] = 1;
    if (i % 3 == 0) memset(bytes, 0, ${fractionBytes} - 2);
    unsigned exponent = i % 5 == 0 ? next() & 0x7fff : i % 5 == 1 ? 16383 - 1020 - next() % 64 : 16383 - 40 + next() % 80;
    if (i % 101 == 0) exponent = 0x7fff;
    if (i % 103 == 0) exponent = 16383 + 1020 + next() % 8;
    if (${isExplicit ? 1 : 0}) bytes[7] = exponent == 0 ? bytes[7] & 0x7f : bytes[7] | 0x80;
    unsigned head = exponent | (next() & 0x8000);
    memcpy(bytes + ${fractionBytes}, &head, 2);
    wide value, back;
    memcpy(&value, bytes, 16);
    double rounded = (double)value;
    back = rounded;
    print(bytes, 16);
    print(&rounded, 8);
    print(&back, ${fractionBytes + 2});
    printf("\\n");
  }
}`;

function compareWithGcc(
  lines: string,
  byteLength: number,
  read: (memory: Memory) => number,
  write: (memory: Memory, value: number) => void,
): void {
  const memory = new Memory(new ArrayBuffer(16), 0, "lent");
  const bytes = new Uint8Array(memory.buffer);
  const rows = lines.trim().split("\n");
  assert.equal(rows.length, 4000);
  for (const row of rows) {
    const [given = "", rounded = "", back = ""] = row.trim().split(" ");
    bytes.set(Buffer.from(given, "hex"));
    const expected = Buffer.from(rounded, "hex").readDoubleLE();
    assert.ok(Object.is(read(memory), expected), `${given} is ${expected}, not ${read(memory)}`);
    if (Number.isNaN(expected)) continue; // whose bits are free
    bytes.fill(0xff);
    write(memory, expected);
    assert.equal(hexOf(bytes.subarray(0, byteLength)), back, `${expected} written`);
  }
}

test("quads are read and written as GCC converts them", () => {
  const lines = runC("quads", CONVERSIONS(QUAD, 14, false));
  compareWithGcc(
    lines,
    16,
    (memory) => readQuad(memory, 0),
    (memory, value) => writeQuad(memory, 0, value),
  );
});

const isX87 = rawffi.platform.arch === "x64" && rawffi.platform.longDoubleSize === 16;
const skip = isX87 ? false : "this platform's long double is no x87 number";

test("x87 numbers are read and written as GCC converts them", { skip }, () => {
  const lines = runC("x87", CONVERSIONS("long double", 8, true));
  compareWithGcc(
    lines,
    10,
    (memory) => c_longdouble.from_buffer_copy(memory.buffer).value,
    (memory, value) => {
      c_longdouble.from_buffer(memory.buffer).value = value;
    },
  );
});

test("an x87 number beyond a double's precision reads as the nearest double", { skip }, () => {
  const bytes = (significand: bigint, exponent: number) => {
    const view = new DataView(new ArrayBuffer(16));
    view.setBigUint64(0, significand, true);
    view.setUint16(8, exponent, true);
    return c_longdouble.from_buffer_copy(view.buffer).value;
  };
  assert.equal(bytes(0x8000000000000000n, 16383), 1);
  assert.equal(bytes(0x8000000000000001n, 16383), 1, "a bit too small to matter");
  assert.equal(bytes(0xffffffffffffffffn, 16383), 2, "rounded up");
  assert.equal(bytes(0x8000000000000401n, 16383), 1 + 2 ** -52, "just above half: up");
  assert.equal(bytes(0x8000000000000400n, 16383), 1, "half: to even");
  assert.equal(bytes(0x8000000000000000n, 16383 + 2000), Infinity, "too large for a double");
  assert.equal(bytes(0x8000000000000000n, 16383 - 2000), 0, "too small for a double");
  assert.equal(bytes(0x8000000000000000n, 16383 - 1074), Number.MIN_VALUE);
});

test("a NaN stays one in a quad", () => {
  const memory = new Memory(new ArrayBuffer(16), 0, "lent");
  writeQuad(memory, 0, NaN);
  assert.equal(hexOf(new Uint8Array(memory.buffer)), "0000000000000000000000000080ff7f");
  assert.ok(Number.isNaN(readQuad(memory, 0)));
});
