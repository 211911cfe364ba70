/**
 * Hooks for the stress tests. `npm run test:stress` builds the package with `test/stress/hooks.ts` in place of this
 * file, which does nothing.
 */

/** Collects garbage; null in the published package. */
export const collectOften: (() => void) | null = null;

/** `act`; under stress, with a collection before and after it. */
export function stressed<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  return act;
}
