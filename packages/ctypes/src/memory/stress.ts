/**
 * For our own tests alone: with `CTYPES_STRESS=1` and `--expose-gc`, garbage is collected wherever an object that nobody holds would hurt: at
 * every allocation, behind every converted argument, and when a callback begins and ends.
 */

let count = 0;

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

/** After so many, each test has had its share, and those that make a hundred thousand objects must come to an end. */
const OFTEN = 3000;

function collect(): void {
  if (count > OFTEN && count % 256 !== 0) {
    count++;
    return;
  }
  (globalThis.gc as (options?: { type: "minor" }) => void)(
    count++ % (count > OFTEN ? 4096 : 16) === 0 ? undefined : { type: "minor" },
  );
}
