/**
 * The grammar of C's expressions (C11 6.5), of tokens that are expanded: a tree, or the reason why there is none.
 *
 * What needs memory (pointers, members, assignments) is no expression over numbers, and is refused.
 */
import { Untranslated } from "./expand.ts";
import { floatOfLiteral, integerOfLiteral, letterOfLiteral, textOfLiteral } from "./literals.ts";
import { type Expression, type Inline, type NamesInScope, substituted } from "./syntax.ts";
import { type Token, textOfTokens } from "./tokens.ts";
import { keywordType, TYPE_WORDS } from "./typenames.ts";

/** @throws Untranslated */
export function parsed(tokens: readonly Token[], names: NamesInScope): Expression {
  const grammar = new Grammar(tokens, names);
  const expression = grammar.choice();
  grammar.end();
  return expression;
}

/** What must be asked about tokens before they can be parsed: names, and sizes as they are written. */
export function wordsIn(tokens: readonly Token[]): string[] {
  for (const token of tokens) if (isHopeless(token)) throw refusal(token);
  return tokens.flatMap((token, i) => {
    if (token.kind !== "word" || TYPE_WORDS.has(token.text) || Object.hasOwn(SWAPS, token.text)) return [];
    if (!SIZES.test(token.text))
      return token.text === "__extension__" || token.text === "__builtin_expect" ? [] : [token.text];
    const end = endOf(tokens, i + 1);
    const inner = tokens.slice(i + 2, end);
    return inner.some(({ kind }) => kind === "parameter") ? [] : [`${token.text}(${textOfTokens(inner)})`];
  });
}

/** From the weakest to the strongest. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const SWAPS = {
  __builtin_bswap16: "H",
  __builtin_bswap32: "I",
  __builtin_bswap64: "L",
  // glibc's own are these, or a formula where the compiler has none.
  __bswap_16: "H",
  __bswap_32: "I",
  __bswap_64: "L",
} as const;

class Grammar {
  readonly #tokens: readonly Token[];
  readonly #names: NamesInScope;
  #at = 0;

  constructor(tokens: readonly Token[], names: NamesInScope) {
    this.#tokens = tokens;
    this.#names = names;
  }

  end(): void {
    const token = this.#tokens[this.#at];
    if (token !== undefined) throw refusal(token);
  }

  choice(): Expression {
    const condition = this.#binary(0);
    if (!this.#take("?")) return condition;
    const one = this.choice();
    this.#expect(":");
    return { kind: "choice", condition, one, other: this.choice() };
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator =
        this.#peek()?.kind === "sign" ? operators.find((sign) => sign === this.#peek()?.text) : undefined;
      if (operator === undefined) return left;
      this.#at++;
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    const token = this.#peek();
    if (token === undefined) throw new Untranslated("it is no expression");
    if (token.text === "__extension__") {
      this.#at++;
      return this.#unary();
    }
    if (token.kind === "sign" && ["-", "+", "~", "!"].includes(token.text)) {
      this.#at++;
      return { kind: "unary", operator: token.text, of: this.#unary() };
    }
    if (SIZES.test(token.text)) return this.#size();
    if (token.text === "(" && this.#isType(this.#tokens[this.#at + 1])) return this.#cast();
    return this.#primary();
  }

  #primary(): Expression {
    const token = this.#peek();
    if (token === undefined) throw new Untranslated("it is no expression");
    this.#at++;
    switch (token.kind) {
      case "parameter":
        if (["(", "[", ".", "->"].includes(this.#peek()?.text ?? "")) throw refusal(this.#peek() as Token);
        return { kind: "parameter", name: token.text };
      case "number":
        return /^0[xX]|^[^.eEpP]*$/.test(token.text) && !/[.]/.test(token.text)
          ? integerOfLiteral(token.text)
          : floatOfLiteral(token.text);
      case "letter":
        return letterOfLiteral(token.text);
      case "text":
        return this.#text(token);
      case "word":
        return this.#word(token);
      case "sign":
        if (token.text !== "(") throw refusal(token);
        return this.#parenthesized();
    }
  }

  #parenthesized(): Expression {
    const inner = this.choice();
    this.#expect(")");
    return inner;
  }

  #text(first: Token): Expression {
    let value = textOfLiteral(first.text);
    for (; this.#peek()?.kind === "text"; this.#at++) value += textOfLiteral((this.#peek() as Token).text);
    return { kind: "text", value };
  }

  #word({ text }: Token): Expression {
    if (this.#peek()?.text === "(") return this.#call(text);
    const word = this.#names.word(text);
    if (word.kind === "constant") return word;
    throw new Untranslated(word.kind === "other" ? word.reason : `${text} is no constant`);
  }

  #call(name: string): Expression {
    this.#expect("(");
    const args: Expression[] = [];
    while (!this.#take(")")) {
      if (args.length > 0) this.#expect(",");
      args.push(this.choice());
    }
    const [first] = args;
    if (Object.hasOwn(SWAPS, name) && first !== undefined)
      return { kind: "swapped", code: SWAPS[name as keyof typeof SWAPS], of: first };
    if (name === "__builtin_expect" && first !== undefined) return { kind: "cast", code: "l", of: first };
    const inline = this.#names.inline(name);
    if (inline !== null) return inlined(inline, args);
    const word = this.#names.word(name);
    if (word.kind === "function") return { kind: "call", name, arguments: args };
    throw new Untranslated(word.kind === "other" ? word.reason : `${name} is no function`);
  }

  // -- Types ---------------------------------------------------------------------------------------

  #isType(token: Token | undefined): boolean {
    if (token?.kind !== "word") return false;
    return TYPE_WORDS.has(token.text) || this.#names.word(token.text).kind === "type";
  }

  #cast(): Expression {
    const type = this.#balanced();
    if (type.at(-1)?.text === "*" && this.#peek()?.text === "0") {
      this.#at++;
      return { kind: "null" };
    }
    const code = this.#codeOf(type);
    if (this.#peek()?.text === "{") throw new Untranslated("it makes a structure");
    return { kind: "cast", code, of: this.#unary() };
  }

  #codeOf(type: readonly Token[]) {
    const text = textOfTokens(type);
    const words = type.filter(({ text }) => text !== "const" && text !== "volatile");
    const known = keywordType(words.map(({ text }) => text));
    if (known !== null) return known;
    const [only, ...others] = words;
    const word = only?.kind === "word" && others.length === 0 ? this.#names.word(only.text) : null;
    if (word?.kind === "type" && word.code !== null) return word.code;
    throw new Untranslated(/[*]/.test(text) ? "it casts to a pointer" : `it casts to ${text}, which is no number`);
  }

  #size(): Expression {
    const operator = this.#tokens[this.#at++] as Token;
    if (this.#peek()?.text !== "(") throw new Untranslated("it takes the size of an expression");
    const inner = this.#balanced();
    if (inner.some(({ kind }) => kind === "parameter"))
      throw new Untranslated("it takes the size of an argument, whatever type that has");
    const size = this.#names.size(`${operator.text}(${textOfTokens(inner)})`);
    if (size.kind === "constant") return size;
    throw new Untranslated(size.kind === "other" ? size.reason : "it takes a size that is not known");
  }

  /** The tokens between parentheses. */
  #balanced(): readonly Token[] {
    const start = this.#at + 1;
    const end = endOf(this.#tokens, this.#at);
    this.#at = end + 1;
    return this.#tokens.slice(start, end);
  }

  // -- Tokens --------------------------------------------------------------------------------------

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #take(text: string): boolean {
    const isThere = this.#peek()?.text === text;
    if (isThere) this.#at++;
    return isThere;
  }

  #expect(text: string): void {
    if (this.#take(text)) return;
    const token = this.#peek();
    throw token === undefined ? new Untranslated("it is no expression") : refusal(token);
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** The body, with the arguments as the parameters' types and the result as the function's. */
function inlined({ name, parameters, result, body }: Inline, args: readonly Expression[]): Expression {
  if (args.length !== parameters.length) throw new Untranslated(`${name} takes ${parameters.length} arguments`);
  const given = new Map(
    parameters.map(({ name, code }, i): [string, Expression] => [
      name,
      { kind: "cast", code, of: args[i] as Expression },
    ]),
  );
  return { kind: "cast", code: result, of: substituted(body, given) };
}

const SIZES = /^(sizeof|_Alignof|__alignof__|__builtin_offsetof|offsetof)$/;

/** The place of the parenthesis that closes the one at `start`. */
function endOf(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    if (tokens[i]?.text === "(") depth++;
    if (tokens[i]?.text === ")" && --depth <= 0) return i;
  }
  throw new Untranslated("a parenthesis is not closed");
}

/** What no expression over numbers has, whatever the names mean. */
function isHopeless({ text, kind }: Token): boolean {
  return kind === "sign" ? ASSIGNS.test(text) || /^(->|[.[{};#]|##)$/.test(text) : STATEMENTS.test(text);
}

const ASSIGNS = /^([-+*/%&|^]|<<|>>)?=$|^\+\+$|^--$/;
const STATEMENTS =
  /^(do|if|while|for|switch|return|goto|break|continue|else|case|extern|static|typedef|inline|__inline|__inline__)$/;

function refusal({ text, kind }: Token): Untranslated {
  if (text === "->" || text === ".") return new Untranslated("it reads a member of a structure");
  if (text === "[") return new Untranslated("it reads an item of an array");
  if (text === "{" || text === ";" || STATEMENTS.test(text)) return new Untranslated("it is a statement");
  if (text === "&" || text === "*") return new Untranslated("it takes an address, or reads what a pointer points to");
  if (ASSIGNS.test(text)) return new Untranslated("it assigns");
  if (text === ",") return new Untranslated("it is a list");
  return new Untranslated(kind === "sign" ? `it is no expression of numbers: ${text}` : "it is no expression");
}
