/**
 * The tokens of a source, comments among them: TypeScript or JavaScript, and C++ as it is written here.
 *
 * A scanner and not a regular expression, because examples in comments and strings must not count. It knows just enough
 * of the language to tell words and strings from comments, templates and regular expressions.
 */

export interface Token {
  /** A template is each of its texts, between its expressions. */
  readonly kind: "word" | "string" | "template" | "sign" | "comment";
  readonly text: string;
  readonly line: number;
}

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

export function tokensOf(source: string): Token[] {
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
    const text = take(lexeme.templatePart) ?? "";
    push("template", text);
    line += lineBreaks(text);
    if (source[at] === "`") {
      at += 1;
    } else if (at < source.length) {
      at += 2;
      push("sign", "${");
      templates.push(0);
    }
  }

  while (at < source.length) {
    const space = take(lexeme.space);
    if (space !== null) {
      line += lineBreaks(space);
      continue;
    }
    const comment = take(lexeme.comment);
    if (comment !== null) {
      push("comment", comment);
      line += lineBreaks(comment);
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
    const last = tokens.findLast(({ kind }) => kind !== "comment");
    const isDivision =
      last !== undefined && (last.kind === "string" || last.kind === "template" || endsAValue.test(last.text));
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
