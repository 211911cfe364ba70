/**
 * Callbacks on threads that run no JavaScript, and C functions that start such threads.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CDLL, CFUNCTYPE, c_double, c_int, LibraryError, Structure } from "ctypes-js";
import { isUnderAsan, many, runTypeScript, runUntil, threadsPath, throws } from "./support.ts";

class point extends Structure({ x: c_int, y: c_int, z: c_double }) {}
const Unary = CFUNCTYPE(c_int, c_int);
const Turn = CFUNCTYPE(point, point);
const Burst = CFUNCTYPE(null, c_int, point, { nowait: true });
const lib = new CDLL(threadsPath, {
  on_thread: CFUNCTYPE(c_int, Unary, c_int, { pumped: true }),
  on_threads: CFUNCTYPE(c_int, Unary, c_int, { pumped: true }),
  turn_on_thread: CFUNCTYPE(point, Turn, point, { pumped: true }),
  start: CFUNCTYPE(c_int, Unary, c_int),
  finish: CFUNCTYPE(c_int),
  finish_errno: CFUNCTYPE(c_int),
  burst: CFUNCTYPE(c_int, Burst, c_int),
  add: CFUNCTYPE(c_int, c_int, c_int),
});

if (process.env.THREADS_TIER === undefined) {
  test("the same by libffi, whose callbacks have no stubs", () => {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const env = { ...environment, RAWFFI_TIER: "libffi", THREADS_TIER: "libffi" };
    const flags = [
      "--expose-gc",
      "--import",
      "tsx",
      "--test-reporter=tap",
      "--test-name-pattern=foreign thread|pumped",
    ];
    const child = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url)], { encoding: "utf8", env });
    assert.equal(child.status, 0, child.stdout + child.stderr);
  });
}

test("a library is not closed in a callback of its pumped call", () => {
  const other = new CDLL(threadsPath, { on_thread: CFUNCTYPE(c_int, Unary, c_int, { pumped: true }) });
  const closing = new Unary((n) => {
    throws(() => other.close(), LibraryError, /calls of its functions on other threads still run: 1$/);
    return n + 1;
  });
  assert.equal(other.on_thread(closing, 5), 6);
  closing.dispose();
  other.close();
});

// -- Waiting ---------------------------------------------------------------------------------------

test("a callback on a foreign thread runs in the event loop, and the thread gets its result", async () => {
  const seen: number[] = [];
  const callback = new Unary((n) => {
    seen.push(n);
    return 10 * n;
  });
  assert.equal(lib.start(callback, 5), 0);
  while (seen.length === 0) await sleep(1);
  assert.equal(lib.finish(), 50);
  assert.deepEqual(seen, [5]);
});

test("a foreign thread's callback gets errno and sets it", async () => {
  const { get_errno, set_errno } = await import("ctypes-js");
  const WithErrno = CFUNCTYPE(c_int, c_int, { use_errno: true });
  const { start } = new CDLL(threadsPath, { start: CFUNCTYPE(c_int, WithErrno, c_int) });
  const seen: number[] = [];
  const callback = new WithErrno((n) => {
    seen.push(get_errno());
    set_errno(99);
    return n;
  });
  start(callback, 1);
  while (seen.length === 0) await sleep(1);
  lib.finish();
  assert.deepEqual(seen, [7]);
  assert.equal(lib.finish_errno(), 99);
});

test("what a foreign thread's callback throws is an uncaught exception, and C gets zero", () => {
  const { status, stdout, stderr } = runTypeScript(`
    import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";
    const Unary = CFUNCTYPE(c_int, c_int);
    const { start, finish } = new CDLL(${JSON.stringify(threadsPath)}, { start: CFUNCTYPE(c_int, Unary, c_int), finish: CFUNCTYPE(c_int) });
    const callback = new Unary(() => { throw new Error("on a thread"); });
    process.on("uncaughtException", (error) => {
      setImmediate(() => { console.log(error.message, finish(), typeof callback); clearTimeout(timer); });
    });
    const timer = setTimeout(() => {}, 10000);
    start(callback, 1);
  `);
  assert.deepEqual([status, stdout], [0, "on a thread 0 function"], stderr);
});

// -- Pumped calls ----------------------------------------------------------------------------------

test("a pumped call serves the callbacks of the threads it waits for", () => {
  const callback = new Unary((n) => 2 * n);
  assert.equal(lib.on_thread(callback, 21), 42);
  assert.equal(lib.on_threads(callback, 50), 2 * 1225);
});

test("pumped calls nest, also deeper than the pool is large", () => {
  const callback = new Unary((n): number => (n === 0 ? 0 : 1 + lib.on_thread(callback, n - 1)));
  assert.equal(lib.on_thread(callback, 20), 20);
});

test("a callback of a pumped call calls C, and no frame disturbs another", () => {
  const callback = new Unary((n) => lib.add(n, lib.add(1, 2)));
  for (let i = 0; i < 200; i++) assert.equal(lib.on_thread(callback, i), i + 3);
});

test("structures by value go to a callback on another thread and come back", () => {
  const callback = new Turn((p) => new point({ x: p.y, y: p.x, z: -p.z }));
  const { x, y, z } = lib.turn_on_thread(callback, new point({ x: 1, y: 2, z: 0.5 }));
  assert.deepEqual([x, y, z], [2, 1, -0.5]);
});

test("what a callback throws during a pumped call is thrown by the call", () => {
  const callback = new Unary((n) => {
    throw new Error(`thrown at ${n}`);
  });
  throws(() => lib.on_thread(callback, 3), Error, "thrown at 3");
  assert.equal(lib.on_thread(new Unary((n) => n), 4), 4);
});

test("a function is not both pumped and a leaf, and a nowait callback returns nothing", () => {
  throws(
    () => CFUNCTYPE(c_int, { leaf: true, pumped: true }),
    TypeError,
    "CFUNCTYPE(): options pumped and leaf exclude each other: a leaf function has no callbacks",
  );
  throws(
    () => CFUNCTYPE(c_int, { nowait: true }),
    TypeError,
    "CFUNCTYPE(): option nowait: a nowait callback cannot return a value; declare null",
  );
});

test("a call that waits for its own thread in vain is told on stderr", async () => {
  const program = `
    import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";
    const Unary = CFUNCTYPE(c_int, c_int);
    const { on_thread } = new CDLL(${JSON.stringify(threadsPath)}, { on_thread: CFUNCTYPE(c_int, Unary, c_int) });
    on_thread(new Unary((n) => n), 1);
  `;
  const { signal, stderr } = await runUntil(program, /\n$/);
  assert.equal(signal, "SIGKILL");
  assert.match(stderr.trim(), /^rawffi: a callback on a foreign thread has waited 2 seconds .* \{ pumped: true \}$/);
});

// -- Not waiting -----------------------------------------------------------------------------------

test("callbacks that nobody waits for all come, in order, and with copies of their structures", async () => {
  const count = many(200_000);
  let next = 0;
  let isWrong = false;
  const callback = new Burst((n, p) => {
    isWrong ||= n !== next || p.x !== n || p.y !== -n || p.z !== n / 2;
    next++;
  });
  const before = process.memoryUsage().rss;
  lib.burst(callback, count);
  while (next < count) await sleep(5);
  assert.equal(isWrong, false);
  // The thread waits when JavaScript cannot keep up.
  if (!isUnderAsan) assert.ok(process.memoryUsage().rss - before < 150e6);
});

// -- Ends ------------------------------------------------------------------------------------------

test("a process ends while foreign threads call back", () => {
  const program = `
    import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";
    const Unary = CFUNCTYPE(c_int, c_int);
    const { forever } = new CDLL(${JSON.stringify(threadsPath)}, { forever: CFUNCTYPE(c_int, Unary) });
    let count = 0;
    const callback = new Unary((n) => { if (++count === 20) END; return n; });
    forever(callback); forever(callback);
    const timer = setInterval(() => typeof callback, 1000);
  `;
  // `process.exit` leaves V8's heap to the system, of which the sanitizer finds no owner while threads run.
  for (const end of isUnderAsan ? ["clearInterval(timer)"] : ["process.exit(0)", "clearInterval(timer)"]) {
    const { status, stderr } = runTypeScript(program.replace("END", end));
    assert.deepEqual([status, stderr], [0, ""]);
  }
});

test("callbacks of a worker that has ended give zero, and one line on stderr", () => {
  const { status, stdout, stderr } = runTypeScript(`
    import { Worker } from "node:worker_threads";
    import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";
    const path = ${JSON.stringify(threadsPath)};
    const Unary = CFUNCTYPE(c_int, c_int);
    const source = 'import { CDLL, CFUNCTYPE, c_int } from "ctypes-js"; const Unary = CFUNCTYPE(c_int, c_int);' +
      'const lib = new CDLL(' + JSON.stringify(path) + ', { store: CFUNCTYPE(null, Unary), forever: CFUNCTYPE(c_int, Unary) });' +
      'globalThis.kept = new Unary((n) => 7); lib.store(kept); lib.forever(kept); setInterval(() => {}, 1000);' +
      'import("node:worker_threads").then(({ parentPort }) => parentPort.postMessage(1));';
    const worker = new Worker(source, { eval: true });
    const { call_stored } = new CDLL(path, { call_stored: CFUNCTYPE(c_int, c_int) });
    worker.once("message", async () => {
      await worker.terminate();
      console.log(call_stored(1), call_stored(2));
    });
  `);
  assert.deepEqual(
    [status, stdout, stderr],
    [0, "0 0", "rawffi: a callback was called whose JavaScript thread has ended; C gets zero"],
  );
});
