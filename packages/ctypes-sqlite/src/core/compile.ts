/**
 * Functions compiled from source: what is the same for many statements but must be fast for each has a copy, and type feedback, of its own.
 */
let isAllowed: boolean | undefined;
let count = 0;

/**
 * What `source` evaluates to, with the names of `scope` in it; null where this runtime makes no code of strings
 * (`--disallow-code-generation-from-strings`), and the caller has plain closures instead.
 */
export function compile<T>(source: string, scope: Readonly<Record<string, unknown>>): T | null {
  if (isAllowed === false) return null;
  try {
    // The number keeps V8 from giving equal sources one function with one feedback. Constants are known to the optimising compiler, parameters are not.
    const names = Object.keys(scope).join(", ");
    const make = new Function("scope", `"use strict"; /* ${count++} */ const { ${names} } = scope; return ${source};`);
    isAllowed = true;
    return make(scope) as T;
  } catch (error) {
    if (isAllowed === true || !(error instanceof EvalError)) throw error;
    isAllowed = false;
    return null;
  }
}
