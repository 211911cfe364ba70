/**
 * Calls that are made on another thread, and promised.
 */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  addressof,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_size_t,
  c_ulong,
  c_void_p,
  get_errno,
  LibraryError,
  POINTER,
  pointer,
  Structure,
  set_async_threads,
  set_errno,
  string_at,
} from "ctypes-js";
import {
  collect,
  compileLibrary,
  type Equal,
  expectType,
  isUnderAsan,
  noHolding,
  runTypeScript,
  threadsPath,
  throws,
} from "./support.ts";

class holder extends Structure({ at: POINTER(c_int) }) {}
class point extends Structure({ x: c_int, y: c_int, z: c_double }) {}
const Unary = CFUNCTYPE(c_int, c_int);
const lib = new CDLL(threadsPath, {
  add: CFUNCTYPE(c_int, c_int, c_int),
  nap: CFUNCTYPE(c_int, c_int),
  slow_length: CFUNCTYPE(c_size_t, c_char_p),
  slow_sum: CFUNCTYPE(c_int, c_void_p, c_int),
  slow_mirror: CFUNCTYPE(point, point),
  fail_with: CFUNCTYPE(c_int, c_int, { use_errno: true }),
  call: CFUNCTYPE(c_int, Unary, c_int),
  thread_id: CFUNCTYPE(c_ulong),
});

test("an asynchronous call gives its result on another thread", async () => {
  const sum = lib.add.async(2, 3);
  expectType<Equal<typeof sum, Promise<number>>>();
  assert.equal(await sum, 5);
  assert.notEqual(await lib.thread_id.async(), lib.thread_id());
});

test("calls run side by side, and JavaScript meanwhile", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  assert.deepEqual(await Promise.all([30, 20, 10, 25].map((n) => lib.nap.async(n))), [30, 20, 10, 25]);
  clearInterval(timer);
  assert.ok(turns > 0);
});

test("text, buffers and structures live until the call is over, and structures go as they are at the call", async () => {
  const lengths = Array.from({ length: 8 }, (_, i) => lib.slow_length.async("x".repeat(100 * i)));
  const sums = Array.from({ length: 4 }, (_, i) => lib.slow_sum.async(new Uint8Array(1000).fill(i), 1000));
  const given = new point({ x: 1, y: 2, z: 3 });
  const mirrored = lib.slow_mirror.async(given);
  given.x = 77;
  await collect();
  new Uint8Array(1 << 20).fill(9);
  assert.deepEqual(
    await Promise.all(lengths),
    Array.from({ length: 8 }, (_, i) => 100 * i),
  );
  assert.deepEqual(await Promise.all(sums), [0, 1000, 2000, 3000]);
  const { x, y, z } = await mirrored;
  assert.deepEqual([x, y, z], [2, 1, -3]);
});

test("wrong arguments reject the promise, as they throw in a call", async () => {
  const wrong = lib.add as unknown as { async(...args: unknown[]): Promise<number> };
  await assert.rejects(wrong.async(1), { name: "ArgumentError", message: "add(): expected 2 arguments, got 1" });
  await assert.rejects(wrong.async(1, "x"), { name: "ArgumentError", message: /^add\(\): argument 2: / });
});

test("errno goes with the call and comes with the result", async () => {
  set_errno(3);
  const before = await lib.fail_with.async(42);
  assert.deepEqual([before, get_errno()], [3, 42]);
  const seen = await Promise.all(
    [5, 6, 7].map(async (n) => {
      await lib.fail_with.async(n);
      return get_errno();
    }),
  );
  assert.deepEqual(seen, [5, 6, 7]);
});

test("callbacks run on JavaScript's thread, and what they throw rejects the promise", async () => {
  const here = lib.thread_id();
  const callback = new Unary((n) => (lib.thread_id() === here ? n + 1 : -1));
  assert.equal(await lib.call.async(callback, 5), 6);
  const fails = new Unary(() => {
    throw new Error("from the callback");
  });
  await assert.rejects(lib.call.async(fails, 5), { message: "from the callback" });
});

test("a call that nobody has begun is taken back by its signal", async () => {
  const old = set_async_threads(1);
  try {
    const first = lib.nap.async(50);
    const controller = new AbortController();
    const second = lib.nap.async.with({ signal: controller.signal })(60);
    const third = lib.nap.async(1);
    controller.abort(new Error("not any more"));
    await assert.rejects(second, { message: "not any more" });
    assert.deepEqual(await Promise.all([first, third]), [50, 1]);
    await assert.rejects(lib.nap.async.with({ signal: AbortSignal.abort() })(60), { name: "AbortError" });
  } finally {
    set_async_threads(old);
  }
});

test("a signal that comes too late changes nothing", async () => {
  const controller = new AbortController();
  const call = lib.nap.async.with({ signal: controller.signal })(30);
  await lib.nap.async(10);
  controller.abort();
  assert.equal(await call, 30);
});

test("an error check sees the result of an asynchronous call, too", async () => {
  const { add } = new CDLL(threadsPath, { add: CFUNCTYPE(c_int, c_int, c_int) });
  add.errcheck = (result) => {
    if (result < 0) throw new RangeError("negative");
    return 2 * result;
  };
  assert.equal(await add.async(1, 2), 6);
  await assert.rejects(add.async(1, -2), RangeError);
});

test("what is no plain function has no asynchronous calls", () => {
  const { printf } = new CDLL(null, { printf: CFUNCTYPE(c_int, c_char_p, "...") });
  throws(
    () => printf.async,
    TypeError,
    'printf.async: only functions whose parameters and result are C types, and are no "..."',
  );
  throws(
    () => set_async_threads(0),
    TypeError,
    "set_async_threads(): expected a count from 1 to 1024, got the number 0",
  );
});

test("a library is not closed while its calls are under way on other threads", async () => {
  const path = compileLibrary("closed_elsewhere", "int twice(int n) { return 2 * n; }");
  const other = new CDLL(path, { twice: CFUNCTYPE(c_int, c_int) });
  const reason = `${path}: it cannot be closed: calls of its functions on other threads still run: 2`;
  const calls = [other.twice.async(4), other.twice.async(5)];
  throws(() => other.close(), LibraryError, reason);
  assert.deepEqual(await Promise.all(calls), [8, 10]);
  await assert.rejects(() => other.twice.async("4" as never), ArgumentError);
  const ended = new AbortController();
  ended.abort();
  await assert.rejects(() => other.twice.async.with({ signal: ended.signal })(1));
  other.close();
  await assert.rejects(() => other.twice.async(1), LibraryError);
});

test("a call on a buffer that is transferred away meanwhile is rejected when it is over", async () => {
  for (const given of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array) => ARRAY(c_int, 4).from_buffer(bytes)]) {
    const bytes = new Uint8Array(1000);
    const call = lib.slow_sum.async(given(bytes), 16);
    const moved = structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    await assert.rejects(call, ArgumentError);
    assert.equal(moved.byteLength, 1000);
  }
  const bytes = new Uint8Array(16).fill(2);
  assert.equal(await lib.slow_sum.async(bytes, 16), 32);
});

test("memory that is transferred away and collected stays until the call is over", { skip: noHolding }, async () => {
  const old = set_async_threads(1);
  try {
    for (const given of [
      (bytes: Uint8Array) => bytes,
      (bytes: Uint8Array) => ARRAY(c_int, 4).from_buffer(bytes),
      (bytes: Uint8Array) => pointer(c_int.from_buffer(bytes)),
      (bytes: Uint8Array) => pointer(new holder({ at: pointer(c_int.from_buffer(bytes)) })),
    ]) {
      // It waits for this thread to run the callback, and the others wait for it.
      const first = lib.call.async(new Unary((n) => n), 1);
      const { call, at } = (() => {
        // So large that its pages go back to the system at once.
        const bytes = new Uint8Array(2 ** 26).fill(1);
        const at = addressof(c_int.from_buffer(bytes));
        const call = lib.slow_sum.async(given(bytes), 8).catch(String);
        structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
        return { call, at };
      })();
      for (let i = 0; i < 3; i++) globalThis.gc?.();
      assert.equal(string_at(at + 4096, 1)[0], 1);
      await Promise.all([first, call]);
    }
  } finally {
    set_async_threads(old);
  }
});

test("a buffer that a later argument's conversion detaches is not handed to another thread", async () => {
  const bytes = new Uint8Array(1000);
  const length = {
    get _as_parameter_() {
      if (bytes.length > 0) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
      return 1000;
    },
  };
  await assert.rejects(() => lib.slow_sum.async(bytes, length as never), /slow_sum\(\): argument 1: .*detached/);
});

test("a call that may be left in the middle is not made on another thread", () => {
  for (const option of ["throws", "guarded"] as const) {
    throws(
      () => CFUNCTYPE(c_int, c_int, { pumped: true, [option]: true }),
      TypeError,
      /cannot leave one that is pumped/,
    );
    const { abs } = new CDLL(null, { abs: CFUNCTYPE(c_int, c_int, { [option]: true }) });
    throws(
      () => abs.async,
      TypeError,
      /abs\.async: a function that is guarded, or declared to throw, cannot be called asynchronously/,
    );
  }
});

test("a hundred thousand calls give all their results, and leave nothing behind", async () => {
  const round = async (count: number) => {
    for (let done = 0; done < count; done += 1000) {
      const calls = Array.from({ length: 1000 }, (_, i) => lib.add.async(i, done));
      const results = await Promise.all(calls);
      assert.ok(results.every((result, i) => result === i + done));
    }
  };
  await round(20_000);
  await collect();
  // What leaks grows every time; allocators and V8's young generation grow now and then.
  const growths: number[] = [];
  for (let i = 0; i < 6; i++) {
    const before = process.memoryUsage().rss;
    await round(20_000);
    await collect();
    growths.push(process.memoryUsage().rss - before);
  }
  if (!isUnderAsan) assert.ok(Math.min(...growths) < 4e6, `grown by ${growths} bytes`);
});

test("a process waits for its asynchronous calls, and a worker that is terminated for those that have begun", () => {
  const { status, stdout, stderr } = runTypeScript(`
    import { Worker } from "node:worker_threads";
    import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";
    const path = ${JSON.stringify(threadsPath)};
    const { nap } = new CDLL(path, { nap: CFUNCTYPE(c_int, c_int) });
    nap.async(200).then((n) => console.log("waited", n));
    const source = 'import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";' +
      'const { nap } = new CDLL(' + JSON.stringify(path) + ', { nap: CFUNCTYPE(c_int, c_int) });' +
      'for (let i = 0; i < 20; i++) nap.async(100);' +
      'import("node:worker_threads").then(({ parentPort }) => parentPort.postMessage(1)); setInterval(() => {}, 1000);';
    const worker = new Worker(source, { eval: true });
    worker.once("message", async () => console.log("ended", await worker.terminate()));
  `);
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.split("\n").sort(), ["ended 1", "waited 200"]);
});

// -- Asynchronous context --------------------------------------------------------------------------

test("callbacks of an asynchronous call have its AsyncLocalStorage, whatever runs beside it", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const later: Promise<void>[] = [];
  const callback: InstanceType<typeof Unary> = new Unary((n): number => {
    seen.push([n, storage.getStore()]);
    // What a callback begins goes on in its context, and calls in it have it as well.
    later.push(
      new Promise((resolve) => setTimeout(() => resolve(void seen.push([n, storage.getStore(), "later"])), 1)),
    );
    return n < 10 ? calls.call(callback, n + 10) : n;
  });
  const calls = new CDLL(threadsPath, { call: CFUNCTYPE(c_int, Unary, c_int) });
  const outside = calls.call.async(callback, 1);
  const inside = storage.run("first", () => calls.call.async(callback, 2));
  const other = storage.run("second", async () => {
    await null;
    return calls.call.async.with({})(callback, 3);
  });
  assert.deepEqual(await Promise.all([outside, inside, other]), [11, 12, 13]);
  await Promise.all(later);
  const expected = [
    [1, undefined],
    [2, "first"],
    [3, "second"],
  ].flatMap(([n, store]) =>
    [n as number, (n as number) + 10].flatMap((i) => [
      [i, store],
      [i, store, "later"],
    ]),
  );
  const sorted = (list: unknown[]) => list.map((one) => JSON.stringify(one)).sort();
  assert.deepEqual(sorted(seen), sorted(expected));
  assert.equal(storage.getStore(), undefined);
  callback.dispose();
});

test("a callback that throws in its context rejects the call, and the next one is served", async () => {
  const storage = new AsyncLocalStorage<number>();
  const failing = new Unary((n) => {
    throw new Error(`${n} in ${storage.getStore()}`);
  });
  const calls = new CDLL(threadsPath, { call: CFUNCTYPE(c_int, Unary, c_int) });
  for (const i of [1, 2]) {
    const call = storage.run(i, () => calls.call.async(failing, 10 + i));
    await assert.rejects(call, new RegExp(`${10 + i} in ${i}`));
  }
  failing.dispose();
});
