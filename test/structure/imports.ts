/**
 * Which modules a TypeScript source imports, and on which lines: static and type-only imports, re-exports, `import()`
 * (also in types) and `require()`.
 *
 * A scanner and not a regular expression, because examples in comments and strings must not count. It knows just enough
 * of the language to tell words and strings from comments, templates and regular expressions.
 */

export interface Import {
  /** As written: "./frame.ts", "node:fs"; null when it is computed, as in `import(path)`. */
  readonly specifier: string | null;
  readonly line: number;
}

interface Token {
  readonly kind: "word" | "string" | "sign";
  readonly text: string;
  readonly line: number;
}

export function importsOf(source: string): Import[] {
  const tokens = tokensOf(source);
  const imports: Import[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "word" || tokens[index - 1]?.text === "." || tokens[index + 1]?.text === ":") continue;
    const specifier = specifierAfter(tokens, index);
    if (specifier !== undefined) imports.push({ specifier, line: token.line });
  }
  return imports;
}

/** The module named by the statement or expression that begins at `index`; undefined when it is no import. */
function specifierAfter(tokens: readonly Token[], index: number): string | null | undefined {
  const next = tokens[index + 1];
  switch (tokens[index]?.text) {
    case "import":
      if (next?.kind === "string") return next.text;
      if (next?.text === "(") return argument(tokens[index + 2]);
      return next?.text === "." ? undefined : afterFrom(tokens, index + 1);
    case "require":
      return next?.text === "(" ? argument(tokens[index + 2]) : undefined;
    case "export": {
      const from = next?.text === "type" ? index + 2 : index + 1;
      const opening = tokens[from]?.text;
      return opening === "{" || opening === "*" ? afterFrom(tokens, from) : undefined;
    }
    default:
      return undefined;
  }
}

function argument(token: Token | undefined): string | null {
  return token?.kind === "string" ? token.text : null;
}

/** The string after `from`, looking only over what may stand between `import` or `export` and `from`. */
function afterFrom(tokens: readonly Token[], start: number): string | undefined {
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const next = tokens[index + 1];
    if (token.text === "from" && token.kind === "word" && next?.kind === "string") return next.text;
    if (token.kind === "string" && tokens[index + 1]?.text !== "as") return undefined;
    if (token.kind === "sign" && !["{", "}", ",", "*"].includes(token.text)) return undefined;
    // `export { a }` without from ends at its brace.
    if (token.text === "}" && !(next?.kind === "word" && next.text === "from")) return undefined;
  }
  return undefined;
}

// -- The scanner -----------------------------------------------------------------------------------

const lexeme = {
  space: /\s+/y,
  comment: /\/\/.*|\/\*[\s\S]*?\*\//y,
  string: /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y,
  word: /[\p{ID_Start}$_#@][\p{ID_Continue}$]*|\d[\w.]*/uy,
  regularExpression: /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y,
  templatePart: /(?:[^\\`$]|\\[\s\S]|\$(?!\{))*/y,
};

/** After these a slash divides; after anything else it begins a regular expression. */
const endsAValue =
  /^(?:[)\]}]|(?!(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|yield|await)$)[\w$]+)$/;

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  const templates: number[] = []; // for each open `${`: how many braces are open inside it
  let at = 0;
  let line = 1;

  function take(pattern: RegExp): string | null {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) return null;
    at += text.length;
    return text;
  }
  function push(kind: Token["kind"], text: string): void {
    tokens.push({ kind, text, line });
  }
  /** Goes over the text of a template, to its end or to the next `${`. */
  function passTemplate(): void {
    line += lineBreaks(take(lexeme.templatePart) ?? "");
    if (source[at] === "`") {
      at += 1;
      tokens.push({ kind: "string", text: "`", line });
    } else if (at < source.length) {
      at += 2;
      templates.push(0);
    }
  }

  while (at < source.length) {
    const passed = take(lexeme.space) ?? take(lexeme.comment);
    if (passed !== null) {
      line += lineBreaks(passed);
      continue;
    }
    const string = take(lexeme.string);
    if (string !== null) {
      push("string", string.slice(1, -1));
      line += lineBreaks(string);
      continue;
    }
    const word = take(lexeme.word);
    if (word !== null) {
      push("word", word);
      continue;
    }
    const last = tokens.at(-1);
    const isDivision = last !== undefined && (last.kind === "string" || endsAValue.test(last.text));
    if (source[at] === "/" && !isDivision && take(lexeme.regularExpression) !== null) {
      push("string", "/");
      continue;
    }

    const sign = source[at] as string;
    at += 1;
    if (sign === "`") {
      passTemplate();
    } else if (sign === "}" && templates.at(-1) === 0) {
      templates.pop();
      passTemplate();
    } else {
      push("sign", sign);
      const depth = templates.length - 1;
      if (depth >= 0 && sign === "{") templates[depth] = (templates[depth] ?? 0) + 1;
      if (depth >= 0 && sign === "}") templates[depth] = (templates[depth] ?? 0) - 1;
    }
  }
  return tokens;
}

function lineBreaks(text: string): number {
  return text.split("\n").length - 1;
}
