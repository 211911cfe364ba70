/** The cases of the soak test. */
import { setImmediate, setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import {
  ARRAY,
  atEnd,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_size_t,
  create_string_buffer,
  POINTER,
  pointer,
  Structure,
  string_at,
} from "ctypes-js";
import { DatabaseSync } from "ctypes-sqlite";

class Point extends Structure({ x: c_int, y: c_int }) {}
class Sample extends Structure({ x: c_int, y: c_int, z: c_double }) {}
const Callback = CFUNCTYPE(c_int, c_int);
const Burst = CFUNCTYPE(null, c_int, Sample, { nowait: true });
const lib = new CDLL(pathOf("../fixtures/build/faults.so"), {
  add: CFUNCTYPE(c_int, c_int, c_int),
  call: CFUNCTYPE(c_int, Callback, c_int),
  length_of: CFUNCTYPE(c_size_t, c_char_p),
  throw_if: CFUNCTYPE(c_int, c_int, { throws: true }),
  read_at: CFUNCTYPE(c_int, POINTER(c_int), { guarded: true }),
});
const threads = new CDLL(pathOf("../../packages/ctypes/test/fixtures/build/threads.so"), {
  burst: CFUNCTYPE(c_int, Burst, c_int),
  on_thread: CFUNCTYPE(c_int, Callback, c_int, { pumped: true }),
});

const db = new DatabaseSync(":memory:");
db.exec("CREATE TABLE t (i INTEGER, x REAL, text TEXT)");

export interface Case {
  readonly name: string;
  readonly count: number;
  /** Runs the case that many times. @throws when a run fails. */
  repeat(times: number): Promise<void>;
}

export const CASES: readonly Case[] = [
  { name: "calls", count: 10_000_000, repeat: each((i) => lib.add(i & 0xffff, 1)) },
  { name: "calls with text", count: 1_000_000, repeat: each(() => lib.length_of("hello")) },
  { name: "callbacks made, called and disposed of", count: 1_000_000, repeat: each(makeCallback) },
  {
    name: "callbacks left to the collector",
    count: 200_000,
    repeat: each((i) => lib.call(new Callback((v) => v), i & 0xff)),
  },
  { name: "callbacks on other threads that nobody waits for", count: 1_000_000, repeat: queue },
  { name: "pumped calls", count: 20_000, repeat: each((i) => threads.on_thread(same, i)) },
  { name: "async calls", count: 100_000, repeat: promise((i) => lib.add.async(i & 0xffff, 1)) },
  { name: "async calls with text", count: 100_000, repeat: promise(() => lib.length_of.async("hello")) },
  { name: "async calls that call back", count: 20_000, repeat: promise((i) => lib.call.async(same, i & 0xff)) },
  { name: "structures", count: 1_000_000, repeat: each((i) => new Point({ x: i & 0xff, y: 1 })) },
  { name: "arrays, pointers and buffers", count: 200_000, repeat: each(makeOthers) },
  { name: "steps along a ring of two", count: 8_000_000, repeat: each(followRing) },
  { name: "array types, each of another length", count: 10_000, repeat: each(makeArrayType) },
  { name: "structures, their pointers and functions, as types", count: 2000, repeat: each(makeTypes) },
  { name: "buffers that C gets while callbacks live", count: 200_000, repeat: each(passBuffer) },
  { name: "calls left for the end, and cancelled", count: 200_000, repeat: each(leaveCall) },
  { name: "statements of SQLite, run and dropped", count: 1_000_000, repeat: each(runStatement) },
  { name: "exceptions of C++", count: 100_000, repeat: each(() => fails(() => lib.throw_if(1))) },
  { name: "faults in guarded calls", count: 100_000, repeat: each(() => fails(() => lib.read_at(null))) },
  {
    name: "faults in our own accessors",
    count: 100_000,
    repeat: each(() => fails(() => string_at(0x123456789000, 1))),
  },
  { name: "workers, ended in the middle of calls", count: 200, repeat: work },
];

// -- Ways to repeat --------------------------------------------------------------------------------

function each(run: (i: number) => unknown): Case["repeat"] {
  return async (times) => {
    for (let i = 0; i < times; i++) {
      run(i);
      // Finalizers run between turns of the loop.
      if (i % 20_000 === 0) await setImmediate();
    }
  };
}

/** A thousand at a time. */
function promise(run: (i: number) => Promise<unknown>): Case["repeat"] {
  return async (times) => {
    for (let done = 0; done < times; done += 1000) {
      await Promise.all(Array.from({ length: Math.min(1000, times - done) }, (_, i) => run(i)));
    }
  };
}

/** The most bytes that waiting callbacks may take: without a bound, a million take more than 100 MiB. */
const MOST_QUEUED = 64 * 2 ** 20;

/** A thread calls back as fast as it can, even while JavaScript is busy. */
async function queue(times: number): Promise<void> {
  let next = 0;
  let isWrong = false;
  const before = process.memoryUsage.rss();
  let most = before;
  const callback = new Burst((n, sample) => {
    isWrong ||= n !== next || sample.y !== -n || sample.z !== n / 2;
    if (next++ % 5000 === 0) most = Math.max(most, process.memoryUsage.rss());
  });
  threads.burst(callback, times);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  most = Math.max(most, process.memoryUsage.rss());
  while (next < times) await setTimeout(1);
  callback.dispose();
  if (isWrong) throw new Error("callbacks came in another order, or with other structures");
  if (most - before > MOST_QUEUED) throw new Error(`callbacks that wait took ${most - before} bytes`);
}

async function work(times: number): Promise<void> {
  let begun = 0;
  const one = async (): Promise<void> => {
    for (let i = begun++; i < times; i = begun++) {
      const worker = new Worker(new URL("worker.mjs", import.meta.url), { execArgv: [] });
      const ended = new Promise((resolve) => worker.once("exit", resolve));
      await new Promise((resolve) => worker.once("message", resolve));
      await setTimeout(i % 5);
      await worker.terminate();
      await ended;
    }
  };
  await Promise.all([one(), one()]);
}

// -- What is done ----------------------------------------------------------------------------------

const same = new Callback((v) => v);

function makeCallback(i: number): void {
  const callback = new Callback((v) => v + 1);
  lib.call(callback, i & 0xff);
  callback.dispose();
}

function makeOthers(i: number): void {
  const numbers = new (ARRAY(c_int, 4))(1, 2, 3, i & 0xff);
  pointer(numbers).contents;
  create_string_buffer("text", 64);
}

class Ring extends Structure({ value: c_int, next: () => POINTER(Ring) }) {}
let place = new Ring({ value: 1 });
place.next = pointer(new Ring({ value: 2, next: pointer(place) }));

function followRing(i: number): void {
  place = place.next?.contents as Ring;
  if (place.value !== 1 + ((i + 1) & 1)) place = place.next?.contents as Ring;
}

let lengths = 1000;
function makeArrayType(i: number): void {
  const array = new (ARRAY(c_int, lengths++))();
  array[3] = i;
  if (array.at(3) !== i) throw new Error("an item has another value");
}

function makeTypes(i: number): void {
  class Made extends Structure({ x: c_int, y: c_double }) {}
  const { add } = new CDLL(pathOf("../fixtures/build/faults.so"), { add: CFUNCTYPE(c_int, POINTER(Made), c_int) });
  add(null, i);
  new (CFUNCTYPE(c_int, POINTER(Made)))(() => 1).dispose();
}

function passBuffer(): void {
  lib.read_at(new Int32Array(64));
}

function leaveCall(i: number): void {
  if (!atEnd(lib.add, i & 0xff, 1).cancel()) throw new Error("it was not to be cancelled");
}

function runStatement(i: number): void {
  if (i % 2 === 0) db.prepare("INSERT INTO t VALUES (?, ?, ?)").run(i, i / 3, `text ${i}`);
  else db.prepare("SELECT * FROM t WHERE rowid = ?").get(1 + (i % 100));
  if (i % 1000 === 999) db.exec("DELETE FROM t");
}

function fails(act: () => unknown): void {
  try {
    act();
  } catch {
    return;
  }
  throw new Error("it did not fail");
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
