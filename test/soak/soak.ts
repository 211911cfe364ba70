/**
 * How the soak works: each case first runs for a while, so that one-time allocations are over, and then is measured.
 *
 * A leak grows each time. Memory that only stays with the process (pages that V8 or the C heap keep for later, the peak
 * of callbacks waiting for the collector) does not: so a case that grew is run again, twice at most, and the least
 * growth is its result.
 */
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { CASES } from "./cases.ts";

/** How much the memory in use may grow, in MiB. */
const ALLOWED = 5;
const MOST_RUNS = 3;

export interface Result {
  readonly name: string;
  readonly count: number;
  /** MiB. */
  readonly grown: number;
  readonly isFlat: boolean;
}

/** Runs `share` of each case whose name contains one of `words`; all when there are none. */
export async function* soak(share: number, words: readonly string[] = []): AsyncIterable<Result> {
  for (const { name, count, repeat } of CASES) {
    if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
    const times = Math.ceil(count * share);
    await repeat(Math.ceil(times / 5));
    let grown = Number.POSITIVE_INFINITY;
    for (let run = 0; run < MOST_RUNS && grown > ALLOWED; run++) {
      const before = await used();
      await repeat(times);
      grown = Math.min(grown, (await used()) - before);
    }
    yield { name, count: times, grown, isFlat: grown <= ALLOWED };
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** How many collections in a row must free nothing. */
const QUIET = 5;

/**
 * The memory of this process after all garbage is collected, in MiB: all private memory, that of C included.
 *
 * V8 returns pages on a thread of its own, some collections later: after a heap of 500 MiB it keeps 150 MiB for a
 * while.
 */
async function used(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let quiet = 0; quiet < QUIET; quiet++) {
    (globalThis.gc as () => void)();
    await setTimeout(20);
    const now = anonymous();
    if (now < least - 0.1) quiet = 0;
    least = Math.min(least, now);
  }
  return least;
}

function anonymous(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
