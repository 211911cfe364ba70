/**
 * A document: text with styles, of which layouts are told when it changes.
 *
 * Positions count UTF-16 units, as JavaScript's strings do.
 */
import { EventDispatcher } from "../../event/dispatcher.ts";
import type { Font } from "../../font/font.ts";
import type { RunReader } from "../runlist.ts";
import { InlineElement } from "./element.ts";
import { STYLE_INDETERMINATE, type Style } from "./style.ts";

export type DocumentEvents = {
  on_insert_text: (start: number, text: string) => unknown;
  on_delete_text: (start: number, end: number) => unknown;
  on_style_text: (start: number, end: number, attributes: Style) => unknown;
};

const PARAGRAPH_END = /[\n\u2029]/g;

export abstract class AbstractDocument extends EventDispatcher<DocumentEvents> {
  #text = "";
  readonly #elements: InlineElement[] = [];

  static {
    for (const name of ["on_insert_text", "on_delete_text", "on_style_text"]) this.register_event_type(name);
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    if (text === this.#text) return;
    this.delete_text(0, this.#text.length);
    this.insert_text(0, text);
  }

  /** In the order of their positions. */
  get elements(): readonly InlineElement[] {
    return this.#elements;
  }

  /** Where the paragraph begins that has the position; a position at its end counts as one of its own, as in pyglet. */
  get_paragraph_start(position: number): number {
    const before = this.#text.slice(0, position + 1);
    if (/[\n\u2029]$/.test(before)) return position;
    return Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\u2029")) + 1;
  }

  /** Where the paragraph ends that has the position, after the character that ends it. */
  get_paragraph_end(position: number): number {
    PARAGRAPH_END.lastIndex = position;
    const match = PARAGRAPH_END.exec(this.#text);
    return match === null ? this.#text.length : match.index + 1;
  }

  abstract get_style_runs(attribute: string): RunReader<unknown>;

  /** The value of an attribute at a position; null where it has none. */
  abstract get_style(attribute: string, position?: number): unknown;

  /** The value that all positions have, or {@link STYLE_INDETERMINATE}. */
  get_style_range(attribute: string, start: number, end: number): unknown {
    if (start === end) return this.get_style(attribute, start);
    const [first] = this.get_style_runs(attribute).ranges(start, end);
    if (first === undefined) return null;
    return first[1] < end ? STYLE_INDETERMINATE : first[2];
  }

  abstract get_font_runs(dpi?: number | null): RunReader<Font>;

  abstract get_font(position?: number, dpi?: number | null): Font;

  abstract get_element_runs(): RunReader<InlineElement | null>;

  /** Puts text in. It has the styles of the character in front of it, and the attributes that are given. */
  insert_text(start: number, text: string, attributes?: Style | null): void {
    this.#check("insert_text", start, start);
    this.insertStyled(start, text, attributes ?? null);
    this.dispatch_event("on_insert_text", start, text);
  }

  /** Takes text out; an end past that of the text is that of the text. */
  delete_text(start: number, end: number): void {
    const last = Math.min(end, this.#text.length);
    this.#check("delete_text", start, last);
    this.deleteStyled(start, last);
    this.dispatch_event("on_delete_text", start, last);
  }

  /** Puts an element in, as one character. @throws TypeError when it is in a document. */
  insert_element(position: number, element: InlineElement, attributes?: Style | null): void {
    if (element.position !== null) throw new TypeError("insert_element(): the element is in a document already");
    this.#check("insert_element", position, position);
    this.insertStyled(position, "\0", attributes ?? null);
    InlineElement.moveTo(element, position);
    this.#elements.push(element);
    this.#elements.sort((a, b) => (a.position as number) - (b.position as number));
    this.dispatch_event("on_insert_text", position, "\0");
  }

  /** The element at a position. @throws RangeError when there is none. */
  get_element(position: number): InlineElement {
    const element = this.#elements.find((each) => each.position === position);
    if (element === undefined) throw new RangeError(`get_element(): there is no element at position ${position}`);
    return element;
  }

  /** Gives all characters from `start` to `end` these attributes; an end past that of the text is that of the text. */
  set_style(start: number, end: number, attributes: Style): void {
    const last = Math.min(end, this.#text.length);
    this.#check("set_style", start, last);
    this.applyStyle(start, last, attributes);
    this.dispatch_event("on_style_text", start, last, attributes);
  }

  /** The same, for the whole of the paragraphs that the range touches. */
  set_paragraph_style(start: number, end: number, attributes: Style): void {
    this.set_style(this.get_paragraph_start(start), this.get_paragraph_end(end), attributes);
  }

  /** Changes the text, and the positions of elements. */
  protected insertStyled(start: number, text: string, _attributes: Style | null): void {
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(start);
    for (const element of this.#elements) {
      const position = element.position as number;
      if (position >= start) InlineElement.moveTo(element, position + text.length);
    }
  }

  protected deleteStyled(start: number, end: number): void {
    for (const element of [...this.#elements]) {
      const position = element.position as number;
      if (position >= start && position < end) {
        this.#elements.splice(this.#elements.indexOf(element), 1);
        InlineElement.moveTo(element, null);
      } else if (position >= end) InlineElement.moveTo(element, position - (end - start));
    }
    this.#text = this.#text.slice(0, start) + this.#text.slice(end);
  }

  protected abstract applyStyle(start: number, end: number, attributes: Style): void;

  #check(name: string, start: number, end: number): void {
    if (start >= 0 && start <= end && end <= this.#text.length) return;
    const range = start === end ? `position ${start}` : `the range ${start} to ${end}`;
    throw new RangeError(`${name}(): ${range} is out of bounds for a document of ${this.#text.length} characters`);
  }
}
