/**
 * Attributed text: plain text with styles in braces.
 *
 *     {bold True}bold{bold False}, {color (255, 0, 0, 255)}red; {.align "center"} of the whole paragraph
 *
 * Lines are joined to paragraphs, which an empty line ends; `{}` at the end of a line, or a space in front of the next
 * one, keeps a line. `{{`, `}}`, `{#9731}` and `{#x2603}` are characters.
 */
import { FormattedDocument } from "../document/formatted.ts";
import type { Style } from "../document/style.ts";
import { DocumentDecodeException, type DocumentDecoder } from "./decoder.ts";
import { parseLiteral } from "./literal.ts";

const PIECE = new RegExp(
  [
    "\\{#x(?<hex>[0-9a-fA-F]+)\\}",
    "\\{#(?<decimal>[0-9]+)\\}",
    "(?<brace>\\{\\{|\\}\\})",
    "\\{(?<name>[^ {}]+)\\s+(?<value>[^}]+)\\}",
    "(?<hard>\\n(?=[ \\t])|\\{\\}\\n)",
    "(?<soft>\\n(?=\\S))",
    "\\n(?<paragraph>\\n+)",
    "(?<text>[^{}\\n]+)",
  ].join("|"),
  "gu",
);

export class AttributedTextDecoder implements DocumentDecoder {
  #document = new FormattedDocument();
  /** For the next text that comes. */
  #attributes: Style = {};

  decode(text: string): FormattedDocument {
    this.#document = new FormattedDocument();
    this.#attributes = {};
    let endsInSpace = true;
    let beginsParagraph = true;
    for (const { groups = {} } of text.matchAll(PIECE)) {
      const { hex, decimal, brace, name, value, hard, soft, paragraph, text: words } = groups;
      let isSpace = true;
      if (words !== undefined) {
        this.#append(words);
        isSpace = words.endsWith(" ");
        beginsParagraph = false;
      } else if (soft !== undefined) {
        if (!endsInSpace) this.#append(" ");
        beginsParagraph = false;
      } else if (hard !== undefined || paragraph !== undefined) {
        this.#append(paragraph ?? "\n");
        beginsParagraph = true;
      } else if (name !== undefined) this.#take(name, parseLiteral(value ?? ""), beginsParagraph);
      else if (brace !== undefined) this.#append(brace.charAt(0));
      else this.#append(characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)));
      endsInSpace = isSpace;
    }
    return this.#document;
  }

  /** An attribute of the text that follows or, with a dot, of the paragraph. */
  #take(name: string, value: unknown, beginsParagraph: boolean): void {
    const attribute = name.startsWith(".") ? name.slice(1) : name;
    if (name === attribute || beginsParagraph) this.#attributes[attribute] = value;
    else this.#document.set_paragraph_style(this.#length, this.#length, { [attribute]: value });
  }

  #append(text: string): void {
    this.#document.insert_text(this.#length, text, this.#attributes);
    this.#attributes = {};
  }

  get #length(): number {
    return this.#document.text.length;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function characterOf(code: number): string {
  if (code <= 0x10ffff) return String.fromCodePoint(code);
  throw new DocumentDecodeException(`attributed text: there is no character with the number ${code}`);
}
