/**
 * Literals as Python writes them, which are the values of attributed text: numbers, texts, True, False, None, and lists
 * and tuples of these. A tuple becomes a list.
 */
import { DocumentDecodeException } from "./decoder.ts";

const TOKEN =
  /\s*(?:(?<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<name>\w+)|(?<sign>[()[\],]))/suy;
const NAMES: { readonly [name: string]: unknown } = { True: true, False: false, None: null };
const ESCAPES: { readonly [letter: string]: string } = { n: "\n", t: "\t", r: "\r", "0": "\0" };
const CLOSING: { readonly [sign: string]: string } = { "(": ")", "[": "]" };

/** The value of a literal. @throws DocumentDecodeException for what is none. */
export function parseLiteral(text: string): unknown {
  const parser = new Parser(text);
  const value = parser.list(null);
  // Values with commas between them are a tuple, also without brackets.
  return parser.sawComma ? value : value[0];
}

// -- Private ---------------------------------------------------------------------------------------

class Parser {
  readonly #text: string;
  #at = 0;
  /** Of the list that was read last. */
  sawComma = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Values up to `closing`, or to the end of the text. */
  list(closing: string | null): unknown[] {
    const values: unknown[] = [];
    let sawComma = false;
    for (let needsComma = false; ; ) {
      const token = this.#next();
      const sign = token?.sign;
      if (token === null ? closing === null : sign === closing) break;
      if (token === null) throw this.#fault();
      if (sign === ",") {
        if (!needsComma) throw this.#fault();
        sawComma = true;
        needsComma = false;
        continue;
      }
      if (needsComma) throw this.#fault();
      values.push(this.#value(token));
      needsComma = true;
    }
    if (values.length === 0 && closing === null) throw this.#fault();
    this.sawComma = sawComma;
    return values;
  }

  #value({ number, text, name, sign }: { readonly [group: string]: string | undefined }): unknown {
    if (number !== undefined) return Number(number);
    if (text !== undefined)
      return text.slice(1, -1).replace(/\\(.)/gsu, (_, letter: string) => ESCAPES[letter] ?? letter);
    if (name !== undefined) {
      if (!Object.hasOwn(NAMES, name)) throw this.#fault();
      return NAMES[name];
    }
    const closing = sign === undefined ? undefined : CLOSING[sign];
    if (closing === undefined) throw this.#fault();
    const values = this.list(closing);
    // Brackets around one value are brackets, and no tuple.
    return sign === "(" && values.length === 1 && !this.sawComma ? values[0] : values;
  }

  #next(): { readonly [group: string]: string | undefined } | null {
    if (this.#text.slice(this.#at).trim() === "") return null;
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw this.#fault();
    this.#at = TOKEN.lastIndex;
    return match.groups ?? {};
  }

  #fault(): DocumentDecodeException {
    const expected = "a number, a text, True, False, None, or a list of these";
    return new DocumentDecodeException(`attributed text: expected ${expected}, got ${JSON.stringify(this.#text)}`);
  }
}
