/**
 * Callbacks in calls on a stack of their own, when something goes wrong between C and JavaScript: what waits in C must
 * come to its end, once.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";
import { functionsPath, isUnderAsan, throws } from "./support.ts";

const Callback = CFUNCTYPE(c_int, c_int);
const symbols = {
  call_counted: CFUNCTYPE(c_int, Callback, c_int),
  call_with_much: CFUNCTYPE(c_int, Callback, c_int),
  add: CFUNCTYPE(c_int, c_int, c_int),
};
const lib = new CDLL(functionsPath, symbols);
const begun = c_int.in_dll(lib, "calls_begun");
const ended = c_int.in_dll(lib, "calls_ended");
const answer = c_int.in_dll(lib, "last_answer");

test("calls in callbacks, and callbacks in those, give each their own results", () => {
  const depth = new Callback((n): number => (n === 0 ? 1 : lib.call_counted(depth, n - 1) + lib.add(n, 0)));
  assert.equal(lib.call_counted(depth, 100), 1 + (100 * 101) / 2);
  assert.equal(begun.value, ended.value);
});

test("callbacks of several functions by turns, among others that fail", () => {
  const twice = new Callback((n) => 2 * lib.call_counted(plain, n));
  const plain = new Callback((n) => n + 1);
  const fails = new Callback((n) => {
    throw new Error(`not ${n}`);
  });
  for (let i = 0; i < 2000; i++) {
    assert.equal(lib.call_counted(twice, i), 2 * i + 2);
    if (i % 100 === 0) throws(() => lib.call_counted(fails, i), Error, `not ${i}`);
  }
  assert.equal(begun.value, ended.value);
});

test("where JavaScript's stack ends C comes to its end, with zero", () => {
  const endless = new Callback((n): number => lib.call_counted(endless, n + 1));
  for (let i = 0; i < 20; i++) {
    assert.throws(() => lib.call_counted(endless, 0), RangeError);
    assert.equal(begun.value, ended.value);
  }
  assert.equal(lib.call_counted(new Callback((n) => n), 5), 5);
});

test("C that needs much of its stack ends in a RangeError, too", () => {
  const endless = new Callback((n): number => lib.call_with_much(endless, n + 1));
  assert.throws(() => lib.call_with_much(endless, 0), RangeError);
  assert.equal(lib.call_with_much(new Callback((n) => n), 5), 6);
});

test("a script that takes too long in a callback leaves C abandoned, which is then run to its end", async () => {
  const Global = globalThis as unknown as { takeLong?: () => void };
  const endless = new Callback(() => {
    for (;;);
  });
  Global.takeLong = () => lib.call_counted(endless, 1);
  // On a busy machine the time may be over before C has begun.
  const before = begun.value;
  while (begun.value < before + 3) assert.throws(() => runInThisContext("takeLong()", { timeout: 200 }), /timed out/);
  delete Global.takeLong;
  // The next callback sees that there may be something above it that nobody waits for.
  assert.equal(lib.call_counted(new Callback((n) => n), 7), 7);
  await new Promise(setImmediate);
  assert.equal(begun.value, ended.value);
  assert.equal(begun.value, before + 4);
  // What was abandoned got zero, before the last call or after it.
  assert.ok([0, 7].includes(answer.value), `${answer.value}`);
  assert.equal(lib.call_counted(new Callback((n) => n), 8), 8);
});

test("a script that is ended in a callback leaves the C function below to that callback", () => {
  const endless = new Callback(() => {
    for (;;);
  });
  const nested: (n: number) => number = (n) =>
    n === 0 ? lib.call_counted(endless, 1) : lib.call_counted(inner, n - 1);
  const inner: InstanceType<typeof Callback> = new Callback((n): number => nested(n));
  const Global = globalThis as unknown as { takeLong?: (() => void) | undefined };
  for (const depth of [0, 1, 3]) {
    for (const fails of [false, true]) {
      Global.takeLong = () => nested(depth);
      const before = begun.value;
      const outer = new Callback((n) => {
        // On a busy machine the time may be over before C has begun.
        while (begun.value < before + 2 + depth) {
          assert.throws(() => runInThisContext("takeLong()", { timeout: 100 }), /timed out/);
        }
        if (fails) throw new Error(`failed at ${n}`);
        return 10 * n;
      });
      if (fails) assert.throws(() => lib.call_counted(outer, 4), /failed at 4/);
      else assert.equal(lib.call_counted(outer, 4), 40);
      outer.dispose();
      assert.equal(begun.value, ended.value);
    }
  }
  Global.takeLong = undefined;
  assert.equal(lib.call_counted(new Callback((n) => n), 8), 8);
});

test("scripts that take too long, many in one turn of the event loop, leave room for others", async () => {
  const Global = globalThis as unknown as { takeLong?: () => void };
  const endless = new Callback(() => {
    for (;;);
  });
  const within = new Callback((n) => lib.call_with_much(endless, n));
  for (let i = 0; i < 80; i++) {
    Global.takeLong = () => lib.call_counted(i % 2 === 0 ? endless : within, 1);
    assert.throws(() => runInThisContext("takeLong()", { timeout: 10 }), /timed out/);
  }
  delete Global.takeLong;
  const twice = new Callback((n) => lib.call_with_much(new Callback((k) => k), n));
  assert.equal(lib.call_with_much(twice, 7), 9);
  assert.equal(lib.call_counted(twice, 7), 8);
  assert.ok(begun.value - ended.value < 10, "what was abandoned has come to its end, but for the last ones");
  await new Promise(setImmediate);
  assert.equal(begun.value, ended.value);
});

test("a worker that is terminated in a callback runs its C function to the end", async () => {
  const before = [begun.value, ended.value];
  for (let i = 0; i < 10; i++) {
    const worker = new Worker(new URL("fixtures/stuck.mjs", import.meta.url), { workerData: functionsPath });
    await once(worker, "message");
    assert.equal(await worker.terminate(), 1);
  }
  assert.deepEqual(
    [begun.value, ended.value],
    before.map((count) => count + 10),
  );
  assert.equal(answer.value, 0);
});

test("process.exit() in a callback ends the process, and C does not go on", () => {
  const script = `
    import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";
    const Callback = CFUNCTYPE(c_int, c_int);
    const { call_counted } = new CDLL(${JSON.stringify(functionsPath)}, { call_counted: CFUNCTYPE(c_int, Callback, c_int) });
    const lib = new CDLL(${JSON.stringify(functionsPath)});
    process.on("exit", () => console.log(c_int.in_dll(lib, "calls_ended").value));
    call_counted(new Callback(() => process.exit(3)), 0);
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
    // The runtime itself leaves memory behind when it ends like that.
    env: { ...process.env, ...(isUnderAsan && { ASAN_OPTIONS: "detect_leaks=0" }) },
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 3, stdout: "0\n", stderr: "" });
});
