/**
 * Function-like macros and inline functions as functions of TypeScript, where they are expressions over their
 * parameters.
 *
 * How it happens
 *   1. tokens.ts, expand.ts   the macro's text, with all macros in it expanded
 *   2. words.ts               asks libclang what the names that are left mean
 *   3. grammar.ts             makes a tree of it, with the bodies of inline functions in place of their calls
 *   4. printed.ts             writes the tree down, over `ctypes-js/arithmetic`
 *   5. compared.ts            compares some values with those that libclang works out; what differs is not translated
 */
import { type Cursor, CursorKind } from "ctypes-libclang";
import { OF_COMPILER } from "../macros.ts";
import { ARITHMETIC, parameterName } from "../names.ts";
import { type Doc, group } from "../print.ts";
import { reasonsAgainst } from "./compared.ts";
import { expansionOf, type Find, Untranslated } from "./expand.ts";
import { parsed, wordsIn } from "./grammar.ts";
import { Inlines } from "./inlines.ts";
import { ARGUMENT_CODES, codesOf, docOf, folded, type Parameters, resultType } from "./printed.ts";
import { type Expression, type NamesInScope, operandsOf, type Refusal, type Translation } from "./syntax.ts";
import { type Definition, definitionOf, sourceOf, type Token } from "./tokens.ts";
import { wordsOf } from "./words.ts";

/**
 * Each macro and function of `wanted` by its name. `all` are the cursors of the whole unit, for the macros and
 * functions that are used.
 */
export function translations(
  wanted: readonly Cursor[],
  all: readonly Cursor[],
  headers: string,
  args: readonly string[],
): ReadonlyMap<string, Translation | Refusal> {
  const results = new Map<string, Translation | Refusal>();
  if (wanted.length === 0) return results;
  const find = finderOf(all);
  const inlines = new Inlines(all, find);
  const attempt = (name: string, act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Untranslated)) throw error;
      results.set(name, { reason: error.message });
    }
  };

  const expansions = new Map<string, { definition: Definition; tokens: readonly Token[] }>();
  const words = new Set<string>();
  for (const cursor of wanted) {
    const name = cursor.spelling;
    attempt(name, () => {
      if (cursor.kind === CursorKind.FUNCTION_DECL) return addWords(inlines.tokensOf(name), words, inlines);
      const definition = find(name);
      if (definition === null) throw new Untranslated("its text is not there");
      if (definition.isVariadic) throw new Untranslated("it takes any number of arguments");
      const tokens = expansionOf(definition, find);
      addWords(tokens, words, inlines);
      expansions.set(name, { definition, tokens });
    });
  }
  const known = wordsOf(words, headers, args);
  const names: NamesInScope = {
    word: (name) => known.get(name) ?? { kind: "other", reason: `it needs ${name}, which is not known` },
    size: (text) => known.get(text) ?? { kind: "other", reason: `it needs ${text}, which is not known` },
    inline: (name) => inlines.get(name, names),
  };

  const trees = new Map<string, Expression>();
  for (const cursor of wanted) {
    const name = cursor.spelling;
    if (results.has(name)) continue;
    attempt(name, () => {
      if (cursor.kind === CursorKind.FUNCTION_DECL) {
        results.set(name, ofFunction(name, inlines, names));
        return;
      }
      const { definition, tokens } = expansions.get(name) as { definition: Definition; tokens: readonly Token[] };
      const tree = folded(parsed(tokens, names));
      results.set(name, ofMacro(definition, tree));
      // A function is never called where clang works out constants: `check` asks the compiler then.
      if (!tokens.some(({ text }) => inlines.has(text))) trees.set(name, tree);
    });
  }
  for (const [name, reason] of reasonsAgainst(results, trees, headers, args)) results.set(name, { reason });
  return results;
}

// -- Private ---------------------------------------------------------------------------------------

/** Notes what must be asked for a body; also for those of the inline functions that it calls. */
function addWords(tokens: readonly Token[], words: Set<string>, inlines: Inlines): void {
  for (const word of wordsIn(tokens)) {
    if (words.has(word)) continue;
    words.add(word);
    if (inlines.has(word)) {
      try {
        addWords(inlines.tokensOf(word), words, inlines);
      } catch (error) {
        if (!(error instanceof Untranslated)) throw error; // it is met again where the call is parsed
      }
    }
  }
}

function ofMacro({ parameters, text }: Definition, tree: Expression): Translation {
  const own = new Map(
    (parameters ?? []).map((word, i) => [word, { name: nameOf(word, i), codes: ARGUMENT_CODES }] as const),
  );
  if (tree.kind === "call") return ofCall(tree, own, text);
  if (tree.kind === "parameter") throw new Untranslated("it is its argument, and nothing else");
  const codes = codesOf(tree, own);
  const used = parametersIn(tree);
  if (own.size > 0 && used.size === 0) throw new Untranslated("it is the same for all arguments");
  return {
    parameters: [...own].map(([word, { name }]) =>
      used.has(word) ? { name, type: "number | bigint" } : { name: `_${name}`, type: "unknown" },
    ),
    result: resultType(codes),
    body: [docOf(tree, own)],
    calls: null,
    text,
  };
}

function ofFunction(name: string, inlines: Inlines, names: NamesInScope): Translation {
  const { parameters, result, body } = inlines.described(name, names);
  const own: Parameters = new Map(
    parameters.map(({ name, code }, i) => {
      const printed = nameOf(name, i);
      return [name, { name: `${ARITHMETIC}.operand(${printed}, "${code}")`, codes: [code] }] as const;
    }),
  );
  const tree = folded({ kind: "cast", code: result, of: body });
  if (tree.kind === "call") throw new Untranslated(`it calls ${tree.name}`);
  const used = parametersIn(tree);
  return {
    parameters: parameters.map(({ name, code }, i) => {
      const printed = nameOf(name, i);
      if (!used.has(name)) return { name: `_${printed}`, type: "unknown" };
      return {
        name: printed,
        type: code === "?" ? "boolean | number" : "fd".includes(code) ? "number" : "number | bigint",
      };
    }),
    result: resultType(codesOf(tree, own)),
    body: [docOf(tree, own)],
    calls: null,
    text: inlines.textOf(name),
  };
}

/** A macro that is the call of a library's function: what it passes on has the type that the function takes. */
function ofCall(call: Expression & { kind: "call" }, own: Parameters, text: string): Translation {
  const calculated = new Set(
    call.arguments.flatMap((argument) => (argument.kind === "parameter" ? [] : [...parametersIn(argument)])),
  );
  const types = new Map<string, string | number>();
  const parts = call.arguments.map((argument, i): Doc => {
    if (argument.kind === "null") return "null";
    if (argument.kind === "parameter" && !calculated.has(argument.name)) {
      if (!types.has(argument.name)) types.set(argument.name, i);
      return docOf(argument, own);
    }
    const codes = codesOf(argument, own);
    const isPlain = argument.kind === "text" || (argument.kind === "constant" && codes[0] !== "d");
    if (argument.kind === "constant" && isPlain)
      return typeof argument.value === "bigint" ? `${argument.value}n` : String(argument.value);
    if (isPlain) return docOf(argument, own);
    const type = resultType(codes);
    return group(`${ARITHMETIC}.result${type === "number" ? "" : `<${type}>`}(`, [docOf(argument, own)], ")");
  });
  const used = parametersIn(call);
  return {
    parameters: [...own].map(([word, { name }]) => {
      if (!used.has(word)) return { name: `_${name}`, type: "unknown" };
      return { name, type: types.get(word) ?? "number | bigint" };
    }),
    result: "",
    body: parts,
    calls: call.name,
    text,
  };
}

function nameOf(word: string, index: number): string {
  return parameterName(word, index);
}

function parametersIn(tree: Expression): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (expression: Expression): void => {
    if (expression.kind === "parameter") found.add(expression.name);
    for (const part of operandsOf(expression)) visit(part);
  };
  visit(tree);
  return found;
}

/** The macros of a unit by their names; the last one holds. */
function finderOf(all: readonly Cursor[]): Find {
  const cursors = new Map(
    all.flatMap((cursor) => (cursor.kind === CursorKind.MACRO_DEFINITION ? [[cursor.spelling, cursor] as const] : [])),
  );
  const known = new Map<string, Definition | null>();
  return (name) => {
    let definition = known.get(name);
    if (definition === undefined) {
      if (OF_COMPILER.test(name)) throw new Untranslated("it tells one compiler from another");
      const cursor = cursors.get(name);
      definition = cursor === undefined ? null : definitionOf(sourceOf(cursor));
      known.set(name, definition);
    }
    return definition;
  };
}
