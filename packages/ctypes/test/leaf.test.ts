/** How calls go: tiers, and calls that are declared to call nothing back. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { CDLL, CFUNCTYPE, c_char_p, c_double, c_int, c_size_t } from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { arrayOn, FRAME, rawffi, type Tier } from "rawffi";
import { type Equal, expectType, functionsPath, many, throws } from "./support.ts";

const Unary = CFUNCTYPE(c_int, c_int);
const lib = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, Unary, c_int) });
const leaf = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, Unary, c_int, { leaf: true }) });
const notLeaf = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, Unary, c_int, { leaf: false }) });
const withErrno = new CDLL(functionsPath, { call_int: CFUNCTYPE(c_int, Unary, c_int, { use_errno: true }) });
const { strlen } = new CDLL(null, { strlen: CFUNCTYPE(c_size_t, c_char_p, { leaf: true }) });

const best = rawffi.prepare({ result: "void", parameters: [] }).tier;
const skip = best === "fast" ? false : `calls go by the ${best} tier here`;

test("a function says how its calls go", () => {
  const { tier } = lib.call_int;
  expectType<Equal<typeof tier, Tier>>();
  assert.equal(tier, best);
});

test("errno is swapped in fast calls of numbers, and none are made where JavaScript may run", { skip }, () => {
  const { abs } = new CDLL(null, { abs: CFUNCTYPE(c_int, c_int, { use_errno: true }) });
  assert.equal(abs.tier, "fast");
  assert.equal(leaf.call_int.tier, "fast");
  assert.equal(notLeaf.call_int.tier, "direct");
  assert.equal(withErrno.call_int.tier, "direct");
});

test("the tier is that of what is declared now", { skip }, () => {
  const { pow } = new CDLL(find_library("m")) as unknown as Record<
    "pow",
    { restype: unknown; argtypes: unknown; tier: Tier }
  >;
  pow.restype = c_double;
  pow.argtypes = [c_double, c_double];
  assert.equal(pow.tier, "fast");
});

test("a callback works in whatever way it was called, and calls change their way with it", () => {
  for (let i = 0; i < 3; i++) {
    const callback = new Unary((n) => n + strlen("four"));
    assert.equal(lib.call_int(callback, 1), 5);
    assert.equal(notLeaf.call_int(callback, 2), 6);
    callback.dispose();
    assert.equal(strlen("hello"), 5);
  }
});

// The same where there is no V8 part, in a process of its own.
test("leaf calls by Node-API", { skip: skip || process.env.LEAF_TIER !== undefined }, () => {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const env = { ...environment, RAWFFI_TIER: "frame", LEAF_TIER: "frame" };
  execFileSync(process.execPath, [...process.execArgv, import.meta.filename], { env, stdio: "pipe" });
});

const refuses = best === "fast" || best === "frame" ? false : skip;

test("a function declared a leaf that calls back gets zero, and its caller an error", { skip: refuses }, () => {
  let wasRun = false;
  const callback = new Unary(() => {
    wasRun = true;
    return 7;
  });
  for (let i = 0; i < many(20_000); i++) {
    throws(
      () => leaf.call_int(callback, 1),
      Error,
      "call_int(): it is declared { leaf: true } and called a callback, which was not run; C got zero",
    );
  }
  assert.equal(wasRun, false);
  assert.equal(lib.call_int(callback, 1), 7);
  callback.dispose();
});

test("a function type that is a leaf has no callbacks", () => {
  const Leaf = CFUNCTYPE(c_int, c_int, { leaf: true });
  throws(
    () => new Leaf((n) => n),
    TypeError,
    "(c_int) => c_int: a callback runs JavaScript, and { leaf: true } says that it does not",
  );
});

test("types that differ in the option are different types", () => {
  assert.notEqual(CFUNCTYPE(c_int, c_int, { leaf: true }), Unary);
  assert.equal(CFUNCTYPE(c_int, c_int, { leaf: true }), CFUNCTYPE(c_int, c_int, { leaf: true }));
});

test("a freed callback that C calls again and again leaves the count of those that live alone", () => {
  const words = arrayOn(Int32Array, rawffi.frame);
  const live = () => words[2 * FRAME.CLOSURES];
  const lib = new CDLL(functionsPath, { store_callback: CFUNCTYPE(null, Unary), call_stored: CFUNCTYPE(c_int, c_int) });
  const before = live();
  const gone = new Unary((n) => n);
  lib.store_callback(gone);
  gone.dispose();
  assert.equal(live(), before);
  const alive = new Unary((n) => n + 1);
  for (let i = 0; i < 3; i++) throws(() => lib.call_stored(1), Error, /disposed|freed/);
  assert.equal(live(), (before as number) + 1);
  // One that disposes of itself while it runs, and is called again by then, counts once.
  const self: InstanceType<typeof Unary> = new Unary((n): number => {
    self.dispose();
    throws(() => lib.call_stored(n), Error, /disposed|freed/);
    return n;
  });
  lib.store_callback(self);
  assert.equal(lib.call_stored(5), 5);
  assert.equal(live(), (before as number) + 1);
  lib.store_callback(null);
  alive.dispose();
  assert.equal(live(), before);
});
