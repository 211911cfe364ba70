/**
 * Takes the place of `src/memory/stress.ts` in the build of `npm run test:stress`: collects garbage wherever a missing
 * reference would do harm, that is, at every allocation, after every converted argument, and when a callback begins and
 * ends. Needs `--expose-gc`.
 */

/** Collects the young generation, and at times everything; null without `--expose-gc`. */
export const collectOften: (() => void) | null = typeof globalThis.gc === "function" ? collect : null;

/** `act`, with a collection before and after. */
export function stressed<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  if (collectOften === null) return act;
  return (...args) => {
    collect();
    const result = act(...args);
    collect();
    return result;
  };
}

/** One in so many collections is a full one; `scripts/stress.mjs` makes those move objects. */
const EVERYTHING = 8;

/** A test gets this many collections one by one, then fewer and fewer, so that tests that make 100,000 objects end. */
const EACH_TIME = 300;
const RARER = 1.05;

/** Reset at the beginning of each test by `scripts/stress.mjs`; a process without tests has one budget. */
const budget = (globalThis as { ctypesStress?: { count: number; next: number } }).ctypesStress ?? { count: 0, next: 0 };

function collect(): void {
  const count = budget.count++;
  if (count < budget.next) return;
  budget.next = count < EACH_TIME ? count + 1 : Math.ceil(count * RARER);
  (globalThis.gc as (options?: { type: "minor" }) => void)(count % EVERYTHING === 0 ? undefined : { type: "minor" });
}
