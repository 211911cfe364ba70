/**
 * Macros expanded in tokens, as the preprocessor does it (C11 6.10.3): arguments first, then the result again, and no
 * macro within itself.
 */
import { type Definition, type Token, tokensOf } from "./tokens.ts";

/** Why something is not translated. The message is the reason that the user reads. */
export class Untranslated extends Error {}

/** The macro of a name; null where there is none. */
export type Find = (name: string) => Definition | null;

/** The expansion of a macro for its own parameters, which stay what they are. */
export function expansionOf(definition: Definition, find: Find): Token[] {
  const args = (definition.parameters ?? []).map((name): Token[] => [{ kind: "parameter", text: name, hidden: NONE }]);
  return expanded(substituted(definition, args, new Set([definition.name]), find), find);
}

/** @throws Untranslated where it grows beyond reason, or an argument list is not closed. */
export function expanded(tokens: readonly Token[], find: Find): Token[] {
  const left = [...tokens].reverse();
  const done: Token[] = [];
  for (let steps = 0; left.length > 0; steps++) {
    if (steps > MOST_TOKENS || left.length > MOST_TOKENS) throw new Untranslated("its expansion is too long");
    const token = left.pop() as Token;
    const definition = token.kind === "word" && !token.hidden.has(token.text) ? find(token.text) : null;
    if (definition === null || (definition.parameters !== null && left.at(-1)?.text !== "(")) {
      done.push(token);
      continue;
    }
    const hidden = new Set(token.hidden).add(token.text);
    const args = definition.parameters === null ? [] : argumentsFrom(left, definition);
    left.push(...substituted(definition, args, hidden, find).reverse());
  }
  return done;
}

// -- Private ---------------------------------------------------------------------------------------

const MOST_TOKENS = 4000;
const NONE: ReadonlySet<string> = new Set();

/** Takes the arguments from the tokens that follow, which are in reverse order. */
function argumentsFrom(left: Token[], { name, parameters, isVariadic }: Definition): Token[][] {
  left.pop();
  const args: Token[][] = [[]];
  const count = parameters?.length ?? 0;
  for (let depth = 0; ; ) {
    const token = left.pop();
    if (token === undefined) throw new Untranslated(`the arguments of ${name} do not end`);
    if (token.text === "(") depth++;
    if (token.text === ")" && depth-- === 0) break;
    const isLast = isVariadic && args.length === count;
    if (token.text === "," && depth === 0 && !isLast) args.push([]);
    else (args.at(-1) as Token[]).push(token);
  }
  if (count === 0 && args.length === 1 && args[0]?.length === 0) return [];
  if (isVariadic && args.length === count - 1) args.push([]);
  if (args.length !== count) throw new Untranslated(`${name} takes ${count} arguments, and gets ${args.length}`);
  return args;
}

function substituted(
  { parameters, body }: Definition,
  args: readonly Token[][],
  hidden: ReadonlySet<string>,
  find: Find,
): Token[] {
  const argumentOf = (token: Token | undefined) => {
    const index = token?.kind === "word" ? (parameters ?? []).indexOf(token.text) : -1;
    return index < 0 ? null : (args[index] ?? []);
  };
  const result: Token[] = [];
  for (let i = 0; i < body.length; i++) {
    const token = body[i] as Token;
    if (token.text === "#" && parameters !== null) throw new Untranslated("it makes a text of its argument");
    const argument = argumentOf(token);
    if (body[i + 1]?.text === "##") {
      const pasted = [...(argument ?? [token])];
      for (; body[i + 1]?.text === "##"; i += 2) {
        const next = body[i + 2] as Token;
        paste(pasted, argumentOf(next) ?? [next]);
      }
      result.push(...pasted);
    } else result.push(...(argument === null ? [token] : expanded(argument, find)));
  }
  return result.map((token) => ({ ...token, hidden: union(token.hidden, hidden) }));
}

/** `a ## b` */
function paste(onto: Token[], more: readonly Token[]): void {
  const [first, ...others] = more;
  const last = onto.pop();
  if (first === undefined || last === undefined) {
    onto.push(...(last ? [last] : []), ...more);
    return;
  }
  if (last.kind === "parameter" || first.kind === "parameter")
    throw new Untranslated("it makes a name of its argument");
  const made = tokensOf(last.text + first.text);
  if (made.length !== 1) throw new Untranslated(`it pastes ${last.text} and ${first.text}, which is no token`);
  onto.push(made[0] as Token, ...others);
}

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return one.size === 0 ? other : new Set([...one, ...other]);
}
