/** The cases of the soak, each run for a while first, so that what is made once is there already. */
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  ARRAY,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_int,
  c_size_t,
  create_string_buffer,
  POINTER,
  pointer,
  Structure,
  string_at,
} from "ctypes";

class Point extends Structure({ x: c_int, y: c_int }) {}
const Callback = CFUNCTYPE(c_int, c_int);
const lib = new CDLL(fileURLToPath(new URL("../fixtures/build/faults.so", import.meta.url)), {
  add: CFUNCTYPE(c_int, c_int, c_int),
  call: CFUNCTYPE(c_int, Callback, c_int),
  length_of: CFUNCTYPE(c_size_t, c_char_p),
  throw_if: CFUNCTYPE(c_int, c_int, { throws: true }),
  read_at: CFUNCTYPE(c_int, POINTER(c_int), { guarded: true }),
});

/** What may be in use more than before, in MiB. */
const ALLOWED = 5;

interface Case {
  readonly name: string;
  readonly count: number;
  run(i: number): unknown;
}

const CASES: readonly Case[] = [
  { name: "calls", count: 10_000_000, run: (i) => lib.add(i & 0xffff, 1) },
  { name: "calls with text", count: 1_000_000, run: () => lib.length_of("hello") },
  {
    name: "callbacks made, called and disposed of",
    count: 1_000_000,
    run(i) {
      const callback = new Callback((v) => v + 1);
      lib.call(callback, i & 0xff);
      callback.dispose();
    },
  },
  { name: "callbacks left to the collector", count: 200_000, run: (i) => lib.call(new Callback((v) => v), i & 0xff) },
  { name: "structures", count: 1_000_000, run: (i) => new Point({ x: i & 0xff, y: 1 }) },
  { name: "arrays, pointers and buffers", count: 200_000, run: makeOthers },
  { name: "exceptions of C++", count: 100_000, run: () => fails(() => lib.throw_if(1)) },
  { name: "faults in guarded calls", count: 100_000, run: () => fails(() => lib.read_at(null)) },
  { name: "faults in our own accessors", count: 100_000, run: () => fails(() => string_at(0x123456789000, 1)) },
];

export interface Result {
  readonly name: string;
  readonly count: number;
  /** MiB. */
  readonly grown: number;
  readonly isFlat: boolean;
}

export async function* soak(share: number): AsyncIterable<Result> {
  for (const { name, count, run } of CASES) {
    const times = Math.ceil(count * share);
    await repeat(Math.ceil(times / 5), run);
    const before = await used();
    await repeat(times, run);
    const grown = (await used()) - before;
    yield { name, count: times, grown, isFlat: grown <= ALLOWED };
  }
}

// -- Private ---------------------------------------------------------------------------------------

function makeOthers(i: number): void {
  const numbers = new (ARRAY(c_int, 4))(1, 2, 3, i & 0xff);
  pointer(numbers).contents;
  create_string_buffer("text", 64);
}

function fails(act: () => unknown): void {
  try {
    act();
  } catch {
    return;
  }
  throw new Error("it did not fail");
}

async function repeat(times: number, run: (i: number) => unknown): Promise<void> {
  for (let i = 0; i < times; i++) {
    run(i);
    // Finalizers run between turns of the loop.
    if (i % 20_000 === 0) await setImmediate();
  }
}

/** What this process has of memory after a collection, in MiB: all that is its own, also of C. */
async function used(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    (globalThis.gc as () => void)();
    await setImmediate();
  }
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
