/**
 * Functions compiled from source: what is the same for many statements but must be fast for each has a copy, and type feedback, of its own.
 */
let isAllowed: boolean | undefined;
let count = 0;

/**
 * The function that `source` evaluates to, with the names of `scope` in it; null where this runtime makes no code of strings
 * (`--disallow-code-generation-from-strings`), and the caller has a plain closure instead.
 */
export function compile<T>(source: string, scope: Readonly<Record<string, unknown>>): T | null {
  if (isAllowed === false) return null;
  try {
    // The number keeps V8 from giving equal sources one function with one feedback.
    const make = new Function(...Object.keys(scope), `"use strict"; /* ${count++} */ return ${source};`);
    isAllowed = true;
    return make(...Object.values(scope)) as T;
  } catch (error) {
    if (isAllowed === true || !(error instanceof EvalError)) throw error;
    isAllowed = false;
    return null;
  }
}
