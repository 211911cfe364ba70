/**
 * Functions compiled from source, one for each type or signature, so that each has type feedback of its own and is
 * inlined.
 *
 * A function whose shape is fixed is ordinary TypeScript, and evaluated anew from its own source: {@link anew}. One
 * whose length varies is written as source: {@link compile}. Where the runtime forbids that
 * (`--disallow-code-generation-from-strings`, a content security policy) the first serves as it is, and the callers of
 * the second have another way.
 */

/**
 * The function that `source` (a function expression) describes, with `scope`'s names in sight; null where code may not
 * be made of strings.
 *
 * The source is built of numbers, of names chosen here and of quoted strings (`JSON.stringify`); all else goes in
 * through `scope`.
 */
export function compile<F>(source: string, scope: Readonly<Record<string, unknown>>): F | null {
  // Constants, not parameters: the optimising compiler takes the values of constants for granted.
  const names = Object.keys(scope).join(", ");
  const make = evaluate<(scope: object) => F>(`(function (scope) { const { ${names} } = scope; return ${source}; })`);
  return make === null ? null : make(scope);
}

/**
 * What `make` makes of `parts`, by a copy of `make` whose functions have type feedback of their own.
 *
 * The copy is evaluated from the source of `make`, which takes everything it needs as one parameter and destructures
 * it. Where that source has other names in it, as coverage tools and transpilers put there, or no code may be made of
 * strings, `make` itself serves. V8 takes the parts for constants, except those that are undefined: null stands for
 * what is absent.
 */
export function anew<P extends object, F>(make: (parts: P) => F, parts: P, extra: Extra | null = null): F {
  let source = sources.get(make);
  if (source === undefined) {
    const text = Function.prototype.toString.call(make);
    sources.set(make, (source = isSelfContained(text) ? text : null));
  }
  return (copyOf<(parts: P) => F>(source, extra) ?? make)(parts);
}

/** What a copy has more than its source, for what cannot be said in TypeScript: a change of the text, and its names. */
export interface Extra {
  readonly change: readonly [pattern: RegExp, replacement: string];
  readonly scope: Readonly<Record<string, unknown>>;
}

// -- Private ---------------------------------------------------------------------------------------

function copyOf<F>(source: string | null, extra: Extra | null): F | null {
  if (source === null) return null;
  return extra === null ? evaluate<F>(`(${source})`) : compile<F>(source.replace(...extra.change), extra.scope);
}

let count = 0;

/**
 * The value of an expression in the global scope; null where code may not be made of strings.
 *
 * A function in parentheses is compiled at once. `new Function` would scan it first, and compile it when it is called,
 * which takes half as long again.
 */
function evaluate<F>(expression: string): F | null {
  try {
    // V8 gives functions of equal source one feedback; a number makes each source its own.
    // biome-ignore lint/security/noGlobalEval: the sources are ours
    return globalThis.eval(`"use strict"; /* ${count++} */ ${expression}`) as F;
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

/** The sources of functions; null of those that cannot be evaluated anew. */
const sources = new WeakMap<object, string | null>();

/** Whether a function's source names only what it declares itself, and globals. May return a false negative. */
function isSelfContained(source: string): boolean {
  const code = source.replace(QUOTED, '""').replace(METHODS, "");
  const declared = new Set([...code.matchAll(BINDINGS)].flatMap(([binding]) => binding.match(NAME) ?? []));
  return (code.match(NAME) ?? []).every((name) => declared.has(name) || RESERVED.has(name) || name in globalThis);
}

const QUOTED = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/.*|\/\*[\s\S]*?\*\//g;
/** The names of methods, and what is in front of those of accessors. */
const METHODS =
  /(?<!\bfunction\s+)\b(?!(?:if|while|switch|for|with|catch|function)\b)[\w$]+(?=\s*\([^()]*\)\s*\{)|\b(?:get|set)(?=\s+[\w$#]+\s*\(|\s*\[)/g;
/** A name that is neither a property nor the key of one. */
const NAME = /(?<![\w$#]|[^.]\.)(?!(?<=[{,]\s*)[\w$]+\s*:)[A-Za-z_$][\w$]*/g;
/** Where names are declared: in parameters, patterns, and after a keyword. */
const BINDINGS =
  /(?<!\b(?:if|while|switch|for|with)\s*)\([^()]*\)\s*(?:=>|\{)|[\w$]+\s*=>|\b(?:const|let|function|class)\s+(?:[\w$]+|[{[][^=;]*[}\]]\s*=)/g;
const RESERVED = new Set(
  "arguments break case catch class const continue default delete do else false finally for function if in instanceof let new null of return static super switch this throw true try typeof void while".split(
    " ",
  ),
);
