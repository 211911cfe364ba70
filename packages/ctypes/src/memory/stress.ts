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

function collect(): void {
  (globalThis.gc as (options?: { type: "minor" }) => void)(count++ % 16 === 0 ? undefined : { type: "minor" });
}
