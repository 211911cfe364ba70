/**
 * Which modules a TypeScript source imports, and on which lines: static and type-only imports, re-exports, `import()`
 * (also in types) and `require()`.
 */
import { type Token, tokensOf } from "../sources/scanner.ts";

export interface Import {
  /** As written: "./frame.ts", "node:fs"; null when it is computed, as in `import(path)`. */
  readonly specifier: string | null;
  readonly line: number;
}

export function importsOf(source: string): Import[] {
  const tokens = tokensOf(source).filter(({ kind }) => kind !== "comment");
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
