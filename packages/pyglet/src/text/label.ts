/** `Label` and its kin: short texts that are drawn somewhere. */

import { decode_html, decode_text } from "./decode.ts";
import type { AbstractDocument } from "./document/abstract.ts";
import type { Color, Style } from "./document/style.ts";
import type { Location } from "./formats/decoder.ts";
import type { LayoutOptions } from "./layout/options.ts";
import { TextLayout } from "./layout/textlayout.ts";

export interface LabelOptions extends LayoutOptions {
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
}

/** A layout that stands on its baseline, and has the styles of its document as properties. */
export class DocumentLabel extends TextLayout {
  constructor(document: AbstractDocument, options: LabelOptions = {}) {
    super(document, options.width ?? null, options.height ?? null, { anchor_y: "baseline", ...options });
  }

  get text(): string {
    return this.document.text;
  }

  set text(text: string) {
    this.document.text = text;
  }

  get color(): Color | null {
    return this.document.get_style("color") as Color | null;
  }

  set color(color: Color | null) {
    this.set_style("color", color);
  }

  /** The last part of the colour. */
  get opacity(): number {
    return this.color?.[3] ?? 255;
  }

  set opacity(opacity: number) {
    if (opacity !== this.opacity) this.color = [...(this.color ?? [0, 0, 0]).slice(0, 3), Math.trunc(opacity)];
  }

  get font_name(): Style["font_name"] {
    return this.document.get_style("font_name") as Style["font_name"];
  }

  set font_name(name: Style["font_name"]) {
    this.set_style("font_name", name);
  }

  get font_size(): number | null {
    return this.document.get_style("font_size") as number | null;
  }

  set font_size(size: number | null) {
    this.set_style("font_size", size);
  }

  get bold(): boolean | null {
    return this.document.get_style("bold") as boolean | null;
  }

  set bold(isBold: boolean | null) {
    this.set_style("bold", isBold);
  }

  get italic(): boolean | null {
    return this.document.get_style("italic") as boolean | null;
  }

  set italic(isItalic: boolean | null) {
    this.set_style("italic", isItalic);
  }

  /** The value that all of the text has, or `STYLE_INDETERMINATE`. */
  get_style(name: string): unknown {
    return this.document.get_style_range(name, 0, this.document.text.length);
  }

  set_style(name: string, value: unknown): void {
    this.document.set_style(0, this.document.text.length, { [name]: value });
  }
}

export interface TextLabelOptions extends LabelOptions {
  readonly font_name?: Style["font_name"];
  readonly font_size?: number | null | undefined;
  readonly bold?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly stretch?: boolean | string | undefined;
  readonly shaping?: boolean | undefined;
  /** White when it is not given. */
  readonly color?: Color | undefined;
  readonly align?: "left" | "center" | "right" | undefined;
}

/** Plain text in one style. */
export class Label extends DocumentLabel {
  constructor(text = "", options: TextLabelOptions = {}) {
    const document = decode_text(text);
    const { font_name = null, font_size = null, bold = false, italic = false, stretch = false } = options;
    const { shaping = false, color = [255, 255, 255, 255], align = "left" } = options;
    document.set_style(0, text.length, { font_name, font_size, bold, italic, stretch, shaping, color, align });
    super(document, options);
  }
}

/** Text with the marks of HTML. */
export class HTMLLabel extends DocumentLabel {
  #html: string;
  readonly #location: Location | null;

  constructor(html = "", options: LabelOptions & { readonly location?: Location | null | undefined } = {}) {
    super(decode_html(html, options.location ?? null), options);
    this.#html = html;
    this.#location = options.location ?? null;
  }

  /** The HTML. */
  override get text(): string {
    return this.#html;
  }

  override set text(html: string) {
    this.#html = html;
    this.document = decode_html(html, this.#location);
  }
}
