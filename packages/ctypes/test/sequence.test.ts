/** Several calls made as one. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  ARRAY,
  ArgumentError,
  addressof,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_int64,
  c_size_t,
  c_uint,
  c_void_p,
  create_string_buffer,
  LibraryError,
} from "ctypes-js";
import { Sequence, type Step } from "ctypes-js/sequence";
import { find_library } from "ctypes-js/util";
import { functionsPath } from "./support.ts";

const leaf = { leaf: true } as const;
const { argument, result } = Sequence;
const libc = new CDLL(null, {
  strlen: CFUNCTYPE(c_size_t, c_void_p, leaf),
  strchr: CFUNCTYPE(c_char_p, c_void_p, c_int, leaf),
  toupper: CFUNCTYPE(c_int, c_int, leaf),
  abs: CFUNCTYPE(c_int, c_int, leaf),
  memset: CFUNCTYPE(c_void_p, c_void_p, c_int, c_size_t, leaf),
  llabs: CFUNCTYPE(c_int64, c_size_t, leaf),
  htonl: CFUNCTYPE(c_uint, c_uint, leaf),
  srand: CFUNCTYPE(null, c_uint, leaf),
  rand: CFUNCTYPE(c_int),
});
const libm = new CDLL(find_library("m"), {
  pow: CFUNCTYPE(c_double, c_double, c_double, leaf),
  sqrt: CFUNCTYPE(c_double, c_double, leaf),
});

const text = create_string_buffer("hello, world");
const address = addressof(text);
// An address keeps nothing alive.
after(() => assert.equal(text.value, "hello, world"));

test("calls are made in order, with constants, arguments, and results of earlier ones", () => {
  const sequence = new Sequence(
    [libc.strlen, argument(0)],
    [libc.strchr, argument(0), argument(1)],
    [libc.strlen, result(1)],
    [libm.pow, 2, argument(2)],
    [libm.sqrt, result(3)],
  );
  for (let i = 0; i < 3; i++) {
    sequence.run(address, ",".charCodeAt(0), 2 * i);
    assert.equal(sequence.value(0), 12);
    assert.equal(sequence.value(1), ", world");
    assert.equal(sequence.value(2), 7);
    assert.equal(sequence.value(4), 2 ** i);
  }
});

test("it ends after a call that returned something else than it goes on with", () => {
  const sequence = new Sequence(
    [libc.abs, argument(0)],
    Sequence.goOnIf(3),
    [libc.toupper, argument(1)],
    Sequence.goOnIf(0x41),
    [libc.htonl, argument(2)],
    Sequence.goOnIf(0xfe000000),
    [libc.abs, -7],
  );
  const after = (...values: [number, number, number]) => {
    sequence.run(...values);
    return [0, 1, 2, 3].map((step) => sequence.value(step));
  };
  assert.deepEqual(after(-3, 0x61, 1), [3, 0x41, 0x1000000, 0]);
  assert.deepEqual(after(-3, 0x61, 0xfe), [3, 0x41, 0xfe000000, 7]);
  assert.deepEqual(after(-3, 0x62, 5), [3, 0x42, 0xfe000000, 7]);
  assert.deepEqual(after(-4, 0x61, 5), [4, 0x42, 0xfe000000, 7]);
});

test("it says whether it is one call: where calls go by stubs", () => {
  const { isOneCall } = new Sequence([libc.abs, argument(0)]);
  const byStubs =
    ["x64", "arm64"].includes(process.arch) && libc.abs.tier !== "libffi" && process.env.CTYPES_STRESS === undefined;
  assert.equal(isOneCall, byStubs);
});

test("results have the values that the functions themselves give", () => {
  const sequence = new Sequence(
    [libc.abs, argument(0)],
    [libc.llabs, argument(1)],
    [libc.htonl, 0xfe],
    [libc.srand, 1],
    [libc.strchr, address, 0x7a],
    [libc.memset, address, 0x68, 0],
  );
  sequence.run(-5, -7);
  const values = [0, 1, 2, 3, 4, 5].map((step) => sequence.value(step));
  assert.deepEqual(values, [libc.abs(-5), 7n, libc.htonl(0xfe), undefined, null, address]);
  assert.equal(values[2], 0xfe000000);
});

test("results lie in its memory, where they are read without a call", () => {
  const sequence = new Sequence([libc.toupper, argument(0)], [libm.sqrt, argument(1)], [libc.strchr, address, 0x77]);
  sequence.run(0x61, 2);
  assert.equal(sequence.words[2 * sequence.slot(0)], 0x41);
  assert.equal(sequence.doubles[sequence.slot(1)], Math.SQRT2);
  assert.equal(sequence.text(2), "world");
  assert.throws(() => sequence.slot(3), RangeError);
});

test("a long sequence, and many of them", () => {
  const steps: Step[] = [[libc.abs, argument(0)]];
  for (let i = 0; i < 300; i++) steps.push([libm.pow, 1, 2], [libc.abs, result(2 * i)], [libc.toupper, 0x61]);
  const made = new Sequence(...steps.filter((_, i) => i % 3 !== 1 || i < 3));
  made.run(-3);
  assert.equal(made.value(0), 3);
  for (let i = 0; i < 50; i++) {
    const sequence = new Sequence([libc.abs, argument(0)], [libc.abs, i]);
    sequence.run(-i);
    assert.equal(sequence.value(0), sequence.value(1));
  }
});

test("what cannot be part of one is an error that names it", () => {
  const refused = (step: unknown, message: RegExp) => assert.throws(() => new Sequence(step as Step), message);
  refused([libc.rand], /Sequence: step 0: rand\(\) is not declared \{ leaf: true \}/);
  refused([Math.abs, 1], /Sequence: step 0: expected a C function, got/);
  refused([libc.abs], /expected 1 values, got 0/);
  refused([libc.abs, 0.5], /abs\(\): argument 1: expected a number for c_int, got the number 0.5/);
  refused([libc.abs, "1"], /expected a number for c_int, got the string '1'|got the string "1"/);
  refused([libc.abs, result(0)], /step 0 gives no c_int before it/);
  assert.throws(() => new Sequence([libm.sqrt, 2], [libc.abs, result(0)]), /step 0 gives no c_int before it/);
  const Long = CFUNCTYPE(c_int, c_int64, leaf);
  refused([new Long(["llabs", libc]), 1], /c_int64 is neither an integer, a double nor an address|c_long/);
  assert.throws(() => argument(-1), TypeError);
  assert.throws(
    () => new Sequence([libm.sqrt, 2], Sequence.goOnIf(0)),
    /expected goOnIf\(\) after a step that returns/,
  );
  assert.throws(() => new Sequence(Sequence.goOnIf(0), [libc.abs, 1]), /expected goOnIf\(\) after a step/);
  assert.throws(
    () => new Sequence([libc.abs, 1], Sequence.goOnIf(0.5)),
    /goOnIf\(\): expected a number for c_int, got/,
  );
  assert.throws(() => new Sequence(), /expected at least one step/);
});

test("its run takes the values that its arguments stand for", () => {
  const sequence = new Sequence([libc.abs, argument(0)]);
  assert.throws(() => sequence.run(), ArgumentError);
  assert.throws(() => sequence.run(1, 2), ArgumentError);
  assert.throws(() => sequence.run(0.5), /expected a number for c_int, got the number 0.5/);
  assert.throws(() => sequence.run("1" as never), TypeError);
});

test("with its library closed it is an error", () => {
  const lib = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, c_void_p, c_int, leaf) });
  const sequence = new Sequence([lib.call_int, argument(0), 1]);
  lib.close();
  assert.throws(() => sequence.run(address), LibraryError);
});

test("it keeps its memory while it is used", () => {
  const { run, words, slot } = (() => {
    const sequence = new Sequence([libc.abs, argument(0)]);
    return { run: sequence.run, words: sequence.words, slot: sequence.slot(0) };
  })();
  for (let i = 0; i < 20; i++) {
    (globalThis.gc as () => void)();
    for (let k = 0; k < 100; k++) new (ARRAY(c_int, 500))();
    run(-i);
    assert.equal(words[2 * slot], i);
  }
});

if (process.env.SEQUENCE_TIER === undefined) {
  // There is no V8 part on Windows.
  for (const tier of [...(process.platform === "win32" ? [] : ["direct"]), "frame", "libffi"]) {
    test(`the same by the ${tier} tier`, () => {
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const env = { ...environment, RAWFFI_TIER: tier, SEQUENCE_TIER: tier };
      const flags = ["--expose-gc", "--import", "tsx", "--test-reporter=tap"];
      const child = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url)], { encoding: "utf8", env });
      assert.equal(child.status, 0, child.stdout + child.stderr);
    });
  }
}
