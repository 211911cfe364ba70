/**
 * Functions compiled from source, one for each type or signature, so that each gets its own type feedback and is
 * inlined.
 *
 * A function of fixed shape is ordinary TypeScript, evaluated anew from its own source: {@link anew}. A function whose
 * length varies is generated as source: {@link compile}. Where the runtime forbids this
 * (`--disallow-code-generation-from-strings`, a content security policy), the first is used as it is, and callers of
 * the second have a fallback.
 */

/**
 * The function that `source` (a function expression) describes, with the names of `scope` in scope; null where code may
 * not be made from strings.
 *
 * The source consists of numbers, names chosen here, and quoted strings (`JSON.stringify`); everything else is passed
 * in through `scope`.
 */
export function compile<F>(source: string, scope: Readonly<Record<string, unknown>>): F | null {
  // Constants, not parameters: the optimising compiler treats their values as known.
  const names = Object.keys(scope).join(", ");
  const make = evaluate<(scope: object) => F>(`(function (scope) { const { ${names} } = scope; return ${source}; })`);
  return make === null ? null : make(scope);
}

/**
 * The result of `make(parts)`, from a copy of `make` whose functions have their own type feedback.
 *
 * The copy is evaluated from the source of `make`, which takes everything it needs as one parameter and destructures
 * it. Where that source uses other names, such as those that coverage tools and transpilers insert, or where code may
 * not be made from strings, `make` itself is called. V8 treats the parts as constants, unless they are undefined: use
 * null for an absent part.
 */
export function anew<P extends object, F>(make: (parts: P) => F, parts: P, extra: Extra | null = null): F {
  let source = sources.get(make);
  if (source === undefined) {
    const text = Function.prototype.toString.call(make);
    sources.set(make, (source = isSelfContained(text) ? text : null));
  }
  return (copyOf<(parts: P) => F>(source, extra) ?? make)(parts);
}

/** A change of the copied source, for what TypeScript cannot express, and the names that the changed text uses. */
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
 * The value of an expression in the global scope; null where code may not be made from strings.
 *
 * A function in parentheses is compiled at once. `new Function` would pre-parse it, and compile it at the first call,
 * which takes half as long again.
 */
function evaluate<F>(expression: string): F | null {
  try {
    // V8 shares the feedback of functions with equal source; a number makes each source unique.
    // biome-ignore lint/security/noGlobalEval: the sources are ours
    return globalThis.eval(`"use strict"; /* ${count++} */ ${expression}`) as F;
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

/** The sources of functions; null for those that cannot be evaluated anew. */
const sources = new WeakMap<object, string | null>();

/** Whether a function's source uses only globals and names that it declares itself. May return a false negative. */
function isSelfContained(source: string): boolean {
  const code = source.replace(QUOTED, '""').replace(METHODS, "");
  const declared = new Set([...code.matchAll(BINDINGS)].flatMap(([binding]) => binding.match(NAME) ?? []));
  return (code.match(NAME) ?? []).every((name) => declared.has(name) || RESERVED.has(name) || name in globalThis);
}

const QUOTED = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/.*|\/\*[\s\S]*?\*\//g;
/** The names of methods, and the keywords before those of accessors. */
const METHODS =
  /(?<!\bfunction\s+)\b(?!(?:if|while|switch|for|with|catch|function)\b)[\w$]+(?=\s*\([^()]*\)\s*\{)|\b(?:get|set)(?=\s+[\w$#]+\s*\(|\s*\[)/g;
/** A name that is neither a property nor the key of one. */
const NAME = /(?<![\w$#]|[^.]\.\s*)(?!(?<=[{,]\s*)[\w$]+\s*:)[A-Za-z_$][\w$]*/g;
/** Where names are declared: in parameters, patterns, and after a keyword. */
const BINDINGS =
  /(?<!\b(?:if|while|switch|for|with)\s*)\([^()]*\)\s*(?:=>|\{)|[\w$]+\s*=>|\b(?:const|let|function|class)(?:\s+[\w$]+|\s*[{[][^=;]*[}\]]\s*=)/g;
const RESERVED = new Set(
  "arguments break case catch class const continue default delete do else false finally for function if in instanceof let new null of return static super switch this throw true try typeof void while".split(
    " ",
  ),
);
