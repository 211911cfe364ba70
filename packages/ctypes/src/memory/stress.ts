/**
 * Where the stress tests reach in. `npm run test:stress` builds the package with `test/stress/hooks.ts` in place of
 * this file; what ships does nothing here.
 */

/** Collects garbage; null in what ships. */
export const collectOften: (() => void) | null = null;

/** `act`, with a collection before and after under stress. */
export function stressed<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  return act;
}
