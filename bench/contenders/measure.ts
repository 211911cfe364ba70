/**
 * Runs the cases of one contender, in Node, Deno or Bun, and prints one line of JSON: the figure of each case.
 *
 * `BENCH_CASES` names the cases, `BENCH_LIBRARY` the C library. A figure is the best of many loops, not their mean:
 * what disturbs a loop only ever makes it slower. They are shorter than the system lets a process run at a time, so
 * that some are not disturbed. The rounds over processes are run.ts's.
 */
import type { Case, Cases } from "../cases.ts";

const LOOP_MS = 1;
const LOOPS = { atLeast: 5, ms: 40 };
const WARM_UP_MS = 40;

export async function measure(cases: Cases): Promise<void> {
  // The place that calls a case sees others before it. Seeing one only, V8 would compile it into this file's loop,
  // where it is not optimised any further.
  for (let i = 0; i < 100; i++) for (const stranger of strangers) await milliseconds(stranger, i);

  const results: Record<string, number> = {};
  for (const name of process.env.BENCH_CASES?.split(",") ?? Object.keys(cases)) {
    const run = cases[name];
    if (run === undefined) continue;
    results[name] = name === "growth" ? await growth(run) : await nanoseconds(run);
  }
  console.log(JSON.stringify(results));
}

const strangers: readonly Case[] = [(n) => n, (n) => -n, (n) => n * n, (n) => n / 2, (n) => n % 2];

async function nanoseconds(run: Case): Promise<number> {
  let n = 1;
  while ((await milliseconds(run, n)) < 1) n *= 2;
  // Many short runs and not one long one: so the function itself is optimised, and not only its loop.
  const part = Math.max(1, Math.floor(n / 16));
  for (const start = performance.now(); performance.now() - start < WARM_UP_MS; ) await milliseconds(run, part);

  n = Math.max(1, Math.round((n * LOOP_MS) / (await milliseconds(run, n))));
  let best = Number.POSITIVE_INFINITY;
  for (let loop = 0, total = 0; loop < LOOPS.atLeast || total < LOOPS.ms; loop++) {
    const ms = await milliseconds(run, n);
    total += ms;
    best = Math.min(best, ms / n);
  }
  return best * 1e6;
}

async function milliseconds(run: Case, n: number): Promise<number> {
  const start = performance.now();
  const result = run(n);
  if (result instanceof Promise) await result;
  return performance.now() - start;
}

/** By how many megabytes the process grows in a million calls, after ten thousand to warm up. */
async function growth(run: Case): Promise<number> {
  await run(10_000);
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 100; i++) await run(10_000);
  return Math.max(0, process.memoryUsage().rss - before) / 1e6;
}
