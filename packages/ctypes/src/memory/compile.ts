/**
 * Functions compiled from source, one for each type or signature, so that each has type feedback of its own and is inlined.
 *
 * Where the runtime forbids it (`--disallow-code-generation-from-strings`, a content security policy) the callers use plain closures that do the
 * same.
 */

let count = 0;

/**
 * The function that `source` (a function expression) describes, with `scope`'s names in sight; null where code may not be made of strings.
 *
 * The source is built of numbers, of names chosen here and of quoted strings (`JSON.stringify`); all else goes in through `scope`.
 */
export function compile<F>(source: string, scope: Readonly<Record<string, unknown>>): F | null {
  try {
    // V8 gives functions of equal source one feedback; a number makes each source its own.
    // Constants, not parameters: the optimising compiler takes the values of constants for granted.
    const names = Object.keys(scope).join(", ");
    return new Function("scope", `"use strict"; /* ${count++} */ const { ${names} } = scope; return ${source};`)(
      scope,
    ) as F;
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}
