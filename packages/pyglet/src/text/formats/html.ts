/**
 * HTML: the elements of HTML 4 that say what text looks like, lists and pictures; no style sheets, no tables.
 *
 * As a browser does, it takes white space for one space, and none where a block begins.
 */
import type { InlineElement } from "../document/element.ts";
import type { Style } from "../document/style.ts";
import type { Location } from "./decoder.ts";
import { BLOCKS, CONTAINERS, colorOf, DEFAULT_STYLE, FONT_SIZES, METADATA, STYLES, TOP } from "./html/styles.ts";
import { type TagAttributes, tokensOf } from "./html/tokens.ts";
import { type ListBuilder, listStyle, OrderedListBuilder, UnorderedListBuilder } from "./lists.ts";
import { StructuredTextDecoder } from "./structured.ts";

/** Makes the element of `<img>`: of the file's name as the text has it, and the size that is asked for. */
export type ImageMaker = (
  source: string,
  location: Location | null,
  size: { readonly width: number | null; readonly height: number | null },
) => InlineElement | null;

const WHITE = /[ \t\f\u200b\r\n]+/gu;
const MARKS: { readonly [type: string]: string } = { disc: "\u25cf", circle: "\u25cb", square: "\u25a1" };

export class HTMLDecoder extends StructuredTextDecoder {
  default_style: Style = DEFAULT_STYLE;
  readonly #image: ImageMaker | null;
  #location: Location | null = null;
  #elements: string[] = [];
  #fontSizes: number[] = [];
  #lists: ListBuilder[] = [];
  #isMetadata = false;
  #isPre = false;
  /** Whether nothing stands in the block yet. */
  #isBlockBegin = true;
  /** Whether text begins a new block. */
  #needsBlock = false;
  /** Whether white space at the front of text is left out. */
  #stripsSpace = true;
  /** Whether there was white space alone, which counts when text follows in the block. */
  #hasSpace = false;

  /** Without `image`, pictures are left out. */
  constructor(image: ImageMaker | null = null) {
    super();
    this.#image = image;
  }

  protected override decode_structured(text: string, location: Location | null): void {
    this.#location = location;
    this.#elements = [TOP];
    this.#fontSizes = [3];
    this.#lists = [new UnorderedListBuilder("")];
    this.#isMetadata = this.#isPre = this.#needsBlock = this.#hasSpace = false;
    this.#isBlockBegin = this.#stripsSpace = true;
    this.push_style("_default", this.default_style);
    for (const token of tokensOf(text)) {
      if (token.kind === "text") this.#text(token.text);
      else if (token.kind === "end") this.#end(token.tag);
      else {
        this.#start(token.tag, token.attributes);
        if (token.isEmpty) this.#end(token.tag);
      }
    }
  }

  // -- Text ----------------------------------------------------------------------------------------

  #text(raw: string): void {
    if (this.#isMetadata) return;
    if (this.#isPre) {
      this.add_text(raw);
      return;
    }
    let text = raw.replace(WHITE, " ");
    if (text.trim() === "") {
      this.#hasSpace ||= text !== "" && !this.#stripsSpace && !this.#isBlockBegin && !this.#needsBlock;
      return;
    }
    this.#prepare();
    if (this.#isBlockBegin || this.#stripsSpace || this.#hasSpace) text = text.trimStart();
    if (this.#hasSpace) text = ` ${text}`;
    this.#isBlockBegin = this.#hasSpace = false;
    this.add_text(text);
    this.#stripsSpace = text.endsWith(" ");
  }

  /** Begins the block that what comes now is in. */
  #prepare(): void {
    if (!this.#needsBlock) return;
    this.#breakBlock();
  }

  #breakBlock(): void {
    this.add_text("\n");
    this.#isBlockBegin = true;
    this.#needsBlock = this.#hasSpace = false;
  }

  // -- Elements ------------------------------------------------------------------------------------

  #start(tag: string, attributes: TagAttributes): void {
    if (this.#isMetadata) return;
    if (METADATA.has(tag)) this.#isMetadata = true;
    else if (BLOCKS.has(tag)) {
      while (!CONTAINERS.has(this.#elements.at(-1) as string)) this.#end(this.#elements.at(-1) as string);
      if (!this.#isBlockBegin) this.#breakBlock();
    }
    this.#elements.push(tag);
    const style = { ...STYLES[tag], ...this.#begin(tag, attributes) };
    if (tag === "pre") this.#isPre = true;
    this.push_style(tag, style);
  }

  #end(tag: string): void {
    if (!this.#elements.includes(tag)) return;
    this.pop_style(tag);
    while (this.#elements.pop() !== tag);
    if (METADATA.has(tag)) this.#isMetadata = false;
    else if (BLOCKS.has(tag)) {
      this.#isBlockBegin = false;
      this.#needsBlock = true;
    }
    if (tag === "font" && this.#fontSizes.length > 1) this.#fontSizes.pop();
    else if (tag === "pre") this.#isPre = false;
    else if (tag === "q") this.#text("\u201d");
    else if (tag === "ul" || tag === "ol" || tag === "dir" || tag === "menu") {
      if (this.#lists.length > 1) this.#lists.pop();
    }
  }

  /** Does what an element does at its place, and gives the style that it has there. */
  #begin(tag: string, attributes: TagAttributes): Style {
    switch (tag) {
      case "u":
        return { underline: this.current_style.color ?? [0, 0, 0, 255] };
      case "font":
        return this.#font(attributes);
      case "sup":
        return { font_size: this.#smaller, baseline: "3pt" };
      case "sub":
        return { font_size: this.#smaller, baseline: "-3pt" };
      case "p":
        return alignOf(attributes);
      case "blockquote":
        return { margin_left: this.#margin("margin_left") + 60, margin_right: this.#margin("margin_right") + 60 };
      case "dd":
        return { margin_left: this.#margin("margin_left") + 30 };
      case "br":
        this.add_text("\u2028");
        this.#stripsSpace = true;
        return {};
      case "q":
        this.#text("\u201c");
        return {};
      case "ol":
      case "ul":
      case "dir":
      case "menu":
        this.#lists.push(listOf(tag, attributes));
        return listStyle(this.current_style);
      case "li":
        this.add_text(`${(this.#lists.at(-1) as ListBuilder).mark()}\t`);
        this.#stripsSpace = true;
        return {};
      case "img":
        this.#picture(attributes);
        return {};
      default:
        return {};
    }
  }

  #font(attributes: TagAttributes): Style {
    const style: Style = {};
    const face = attributes.get("face");
    if (face !== undefined) style.font_name = face.split(",").map((name) => name.trim());
    const usual = this.#fontSizes.at(-1) as number;
    const [, sign, digits] = /^\s*([-+]?)(\d+)\s*$/u.exec(attributes.get("size") ?? "") ?? [];
    let size = usual;
    if (digits !== undefined) size = sign === "" ? Number(digits) : usual + Number(sign + digits);
    else if (attributes.has("size")) size = 3;
    this.#fontSizes.push(size);
    const points = FONT_SIZES[size];
    if (attributes.has("size") && size >= 1 && points !== undefined) style.font_size = points;
    const color = colorOf(attributes.get("color") ?? "");
    if (color !== null) style.color = color;
    return style;
  }

  /** The points of raised and lowered text. */
  get #smaller(): number {
    const size = (this.#fontSizes.at(-1) as number) - 1;
    return size >= 1 ? (FONT_SIZES[size] ?? 1) : 1;
  }

  #margin(side: "margin_left" | "margin_right"): number {
    const margin = this.current_style[side];
    return typeof margin === "number" ? margin : 0;
  }

  #picture(attributes: TagAttributes): void {
    const [width, height] = ["width", "height"].map((name) => Number.parseInt(attributes.get(name) ?? "", 10) || null);
    const size = { width: width ?? null, height: height ?? null };
    const element = this.#image?.(attributes.get("src") ?? "", this.#location, size);
    if (element === undefined || element === null) return;
    this.#prepare();
    if (this.#hasSpace) this.add_text(" ");
    this.#hasSpace = this.#isBlockBegin = this.#stripsSpace = false;
    this.add_element(element);
  }
}

// -- Private ---------------------------------------------------------------------------------------

function alignOf(attributes: TagAttributes): Style {
  const align = attributes.get("align");
  return align === "left" || align === "center" || align === "right" ? { align } : {};
}

function listOf(tag: string, attributes: TagAttributes): ListBuilder {
  if (tag !== "ol") return new UnorderedListBuilder(MARKS[(attributes.get("type") ?? "").toLowerCase()] ?? "\u25cf");
  const start = Number.parseInt(attributes.get("start") ?? "", 10);
  return new OrderedListBuilder(Number.isNaN(start) ? 1 : start, `${attributes.get("type") ?? "1"}.`);
}
