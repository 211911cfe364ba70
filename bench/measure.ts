/**
 * Runs the cases of one contender and prints one line of JSON: nanoseconds for each case, the best of several loops.
 *
 * The best, not the mean: what disturbs a loop only ever makes it slower. The rounds over processes are `run.ts`'s.
 */
import type { Cases } from "./cases.ts";

const LOOP_NS = 20e6;
const LOOPS = 7;

export function measure(cases: Cases): void {
  const only = process.env.BENCH_ONLY?.split(",");
  const results: Record<string, number> = {};
  for (const [name, run] of Object.entries(cases)) {
    if (only && !only.includes(name)) continue;
    results[name] = nanoseconds(run);
  }
  console.log(JSON.stringify(results));
}

function nanoseconds(run: (n: number) => unknown): number {
  // Warm up to the optimising compiler, then choose n for loops of some 20 ms.
  for (let i = 0; i < 20; i++) run(5000);
  const n = Math.ceil(Math.max(5000, (LOOP_NS / time(run, 50_000)) * 50_000));
  let best = Infinity;
  for (let i = 0; i < LOOPS; i++) best = Math.min(best, time(run, n) / n);
  return best;
}

function time(run: (n: number) => unknown, n: number): number {
  const start = process.hrtime.bigint();
  run(n);
  return Number(process.hrtime.bigint() - start);
}
