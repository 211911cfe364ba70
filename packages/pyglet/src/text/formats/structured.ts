/** The base of formats in which styles are nested: a stack of them, and the document that is made. */
import type { InlineElement } from "../document/element.ts";
import { FormattedDocument } from "../document/formatted.ts";
import type { Style } from "../document/style.ts";
import type { DocumentDecoder, Location } from "./decoder.ts";

export abstract class StructuredTextDecoder implements DocumentDecoder {
  protected document = new FormattedDocument();
  /** What text has that is added now. */
  protected current_style: Style = {};
  /** What of it the document does not know yet. */
  #next: Style = {};
  #stack: { readonly key: string; readonly before: Style }[] = [];

  decode(text: string, location: Location | null = null): FormattedDocument {
    this.document = new FormattedDocument();
    this.current_style = {};
    this.#next = {};
    this.#stack = [];
    this.decode_structured(text, location);
    return this.document;
  }

  /** Reads the text, by the methods below. */
  protected abstract decode_structured(text: string, location: Location | null): void;

  /** Text from now on has these attributes, too. */
  protected push_style(key: string, style: Style): void {
    const before: Style = {};
    for (const name of Object.keys(style)) before[name] = this.current_style[name] ?? null;
    this.#stack.push({ key, before });
    Object.assign(this.current_style, style);
    Object.assign(this.#next, style);
  }

  /** Ends what `push_style` began with this key, and all that began after it; nothing when there is none. */
  protected pop_style(key: string): void {
    if (!this.#stack.some((each) => each.key === key)) return;
    for (;;) {
      const last = this.#stack.pop();
      if (last === undefined) return;
      Object.assign(this.current_style, last.before);
      Object.assign(this.#next, last.before);
      if (last.key === key) return;
    }
  }

  protected add_text(text: string): void {
    this.document.insert_text(this.document.text.length, text, this.#next);
    this.#next = {};
  }

  protected add_element(element: InlineElement): void {
    this.document.insert_element(this.document.text.length, element, this.#next);
    this.#next = {};
  }
}
