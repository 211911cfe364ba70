/** A document whose characters all have the same styles. */
import type { Font } from "../../font/font.ts";
import { ConstRunIterator } from "../runlist.ts";
import { AbstractDocument } from "./abstract.ts";
import { fontOf } from "./fonts.ts";
import type { Style } from "./style.ts";

export class UnformattedDocument extends AbstractDocument {
  readonly styles: Style = {};

  constructor(text = "") {
    super();
    if (text !== "") this.insert_text(0, text);
  }

  override get_style_runs(attribute: string): ConstRunIterator<unknown> {
    return new ConstRunIterator(this.text.length, this.styles[attribute] ?? null);
  }

  override get_style(attribute: string, _position?: number): unknown {
    return this.styles[attribute] ?? null;
  }

  /** Whatever the range is, all of the text gets the attributes. */
  override set_style(_start: number, _end: number, attributes: Style): void {
    super.set_style(0, this.text.length, attributes);
  }

  override set_paragraph_style(_start: number, _end: number, attributes: Style): void {
    super.set_style(0, this.text.length, attributes);
  }

  override get_font_runs(dpi?: number | null): ConstRunIterator<Font> {
    return new ConstRunIterator(this.text.length, this.get_font(0, dpi));
  }

  override get_font(_position?: number, dpi?: number | null): Font {
    const { font_name, font_size, bold, italic, stretch, shaping } = this.styles;
    return fontOf([font_name, font_size, bold, italic, stretch, shaping], dpi);
  }

  override get_element_runs(): ConstRunIterator<null> {
    return new ConstRunIterator(this.text.length, null);
  }

  protected override applyStyle(_start: number, _end: number, attributes: Style): void {
    Object.assign(this.styles, attributes);
  }
}
