/**
 * For our own tests alone: with `CTYPES_STRESS=1` and `--expose-gc`, garbage is collected wherever an object that nobody holds would hurt: at
 * every allocation, behind every converted argument, and when a callback begins and ends.
 */

/** Collects the young, and now and then everything; null where nobody asked for it. */
export const collectOften: (() => void) | null =
  process.env.CTYPES_STRESS === "1" && typeof globalThis.gc === "function" ? collect : null;

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

/** One of so many collections is one of everything; `scripts/stress.mjs` has them move the objects. */
const EVERYTHING = 8;

/** A test has its first so many each time; after that ever rarer, for those that make a hundred thousand objects must come to an end. */
const EACH_TIME = 300;
const RARER = 1.05;

/** What is set back at the beginning of each test: `scripts/stress.mjs`. */
const budget: { count: number; next: number } = ((globalThis as { ctypesStress?: typeof budget }).ctypesStress ??= {
  count: 0,
  next: 0,
});

function collect(): void {
  const count = budget.count++;
  if (count < budget.next) return;
  budget.next = count < EACH_TIME ? count + 1 : Math.ceil(count * RARER);
  (globalThis.gc as (options?: { type: "minor" }) => void)(count % EVERYTHING === 0 ? undefined : { type: "minor" });
}
