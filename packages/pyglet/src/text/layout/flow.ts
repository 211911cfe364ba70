/**
 * Breaking text into lines.
 *
 *   text ── spaces, tabs and zero-width spaces ──▶ words ── as many as go into the width ──▶ lines
 *
 * A word that is longer than a line stays whole, unless the style says `wrap: "char"`. White space at the end of a line
 * hangs over its margin.
 */
import type { Font } from "../../font/font.ts";
import type { AbstractDocument } from "../document/abstract.ts";
import { BASE, type Content } from "./content.ts";
import { type Box, type Item, Line } from "./line.ts";
import { LineStyles, type Wrap } from "./styles.ts";

/** What a layout says of its lines. */
export interface FlowOptions {
  readonly dpi: number;
  /** The width of the layout; null when it has none. */
  readonly width: number | null;
  readonly isMultiline: boolean;
  /** Whether lines are broken where they are too long. */
  readonly isWrapped: boolean;
}

const DEFAULT_TAB = 50;

/**
 * The lines of a document from `start`, where one begins, to the end of the text, one after the other: who asks for no
 * more saves the work. `content` is that of the whole document.
 */
export function flow(document: AbstractDocument, content: Content, options: FlowOptions, start = 0): Iterable<Line> {
  const flower = new Flow(document, content, options);
  return options.isMultiline ? flower.lines(start) : flower.single();
}

// -- Private ---------------------------------------------------------------------------------------

class Flow {
  readonly #document: AbstractDocument;
  readonly #text: string;
  readonly #content: Content;
  readonly #options: FlowOptions;
  readonly #styles: LineStyles;
  /** Of the units from the start of the line on. */
  #kerns: number[] = [];

  constructor(document: AbstractDocument, content: Content, options: FlowOptions) {
    this.#document = document;
    this.#text = document.text;
    this.#content = content;
    this.#options = options;
    this.#styles = new LineStyles(document, options.dpi);
  }

  /** The whole text as one line. */
  *single(): Generator<Line> {
    const end = this.#text.length;
    const line = new Line(0);
    if (this.#options.width && end > 0) line.align = this.#styles.align.get(0);
    this.#kerns = [];
    for (let at = 0; at < end; at++) this.#kerns.push(this.#styles.distance("kerning", at));
    line.paragraph_begin = true;
    yield this.#complete(line, end, end, 0, true);
  }

  *lines(start: number): Generator<Line> {
    const end = this.#text.length;
    let line = this.#begin(start, start === 0 || isParagraphEnd(this.#text.charAt(start - 1)));
    let wrap = this.#wrapAt(start);
    let width = this.#room(line);
    /** Where the line may end: after the last white space. */
    let breakAt = start;
    /** The width of what the line has, and of the white space at its end. */
    let x = 0;
    let hanging = 0;
    for (let at = start; at < end; at++) {
      const character = this.#text.charAt(at);
      const item = this.#content.items[at] as Item;
      let kern = this.#kernAt(at, line.start);
      if (wrap !== "char" && isSpace(character)) {
        if (character === "\t") kern = this.#tab(at, x + line.margin_left) - item.advance;
        this.#kerns.push(kern);
        x += kern + item.advance;
        hanging += kern + item.advance;
        breakAt = at + 1;
        continue;
      }
      if (isLineEnd(character)) {
        const isParagraph = isParagraphEnd(character);
        yield this.#complete(line, at, at + 1, hanging, isParagraph);
        line = this.#begin(at + 1, isParagraph);
        if (isParagraph) wrap = this.#wrapAt(at + 1);
        width = this.#room(line);
        breakAt = at + 1;
        x = hanging = 0;
        continue;
      }
      if (wrap !== false && x + kern + item.advance >= width) {
        const cut = wrap === "char" && !isJoined(item) ? at : breakAt;
        if (cut > line.start) {
          // White space that a part of a word follows is not left out, as in pyglet.
          const kerns = this.#kerns.slice(cut - line.start);
          yield this.#complete(line, cut, cut, hanging, false);
          line = this.#begin(cut, false);
          width = this.#room(line);
          this.#kerns = kerns;
          if (cut < at) this.#kerns[0] = 0;
          else kern = 0;
          breakAt = cut;
          x = this.#widthOf(cut, at);
        }
      }
      this.#kerns.push(kern);
      x += kern + item.advance;
      hanging = 0;
    }
    yield this.#complete(line, end, end, 0, false);
  }

  // -- Lines ---------------------------------------------------------------------------------------

  #begin(start: number, isParagraphBegin: boolean): Line {
    const line = new Line(start);
    this.#kerns = [];
    line.align = this.#styles.align.get(start);
    line.margin_left = this.#styles.distance("margin_left", start);
    line.margin_right = this.#styles.distance("margin_right", start);
    line.paragraph_begin = isParagraphBegin;
    if (isParagraphBegin) line.margin_left += this.#styles.distance("indent", start);
    return line;
  }

  /** Gives the line what it has up to `end`, and ends it at `next`, where the one after it begins. */
  #complete(line: Line, end: number, next: number, hanging: number, isParagraphEnd: boolean): Line {
    this.#fill(line, end);
    line.width -= hanging;
    line.length = next - line.start;
    line.paragraph_end = isParagraphEnd;
    if (line.boxes.length === 0) {
      const font = this.#fontOf(line.start);
      line.ascent = font.ascent;
      line.descent = font.descent;
    }
    line.isRightToLeft = (this.#content.levels[line.start] ?? 0) >= BASE;
    line.arrange();
    return line;
  }

  #fill(line: Line, end: number): void {
    const { items, fonts } = this.#content;
    // White space at the end of a line runs as the paragraph does.
    let words = end;
    while (words > line.start && /\s/u.test(this.#text.charAt(words - 1))) words--;
    const levelAt = (at: number) => {
      const level = this.#content.levels[at] as number;
      return at < words ? level % BASE : Math.floor(level / BASE);
    };
    for (let start = line.start; start < end; ) {
      const item = items[start] as Item;
      const [font, level] = [fonts[start] as Font, levelAt(start)];
      const element = "isContinuation" in item ? null : item;
      let stop = start + 1;
      if (element === null) {
        const isSame = (at: number) =>
          "isContinuation" in (items[at] as Item) && fonts[at] === font && levelAt(at) === level;
        while (stop < end && isSame(stop)) stop++;
      }
      const kerns = this.#kerns.slice(start - line.start, stop - line.start);
      const { ascent, descent } = element ?? font;
      const advance = this.#sum(items, start, stop) + kerns.reduce((sum, kern) => sum + kern, 0);
      const box: Box = {
        start,
        length: stop - start,
        advance,
        ascent,
        descent,
        level,
        element,
        items: items.slice(start, stop),
        kerns,
        left: 0,
      };
      line.add(box);
      start = stop;
    }
  }

  // -- Measures ------------------------------------------------------------------------------------

  #room(line: Line): number {
    const { width, isWrapped } = this.#options;
    return isWrapped && width !== null ? width - line.margin_left - line.margin_right : Number.POSITIVE_INFINITY;
  }

  #wrapAt(position: number): Wrap {
    return this.#options.width === null || !this.#options.isWrapped ? false : this.#styles.wrap.get(position);
  }

  /** What is between a unit and the one before; nothing where a line or a font begins. */
  #kernAt(at: number, lineStart: number): number {
    if (at === lineStart || this.#content.fonts[at] !== this.#content.fonts[at - 1]) return 0;
    const item = this.#content.items[at] as Item;
    return isJoined(item) ? 0 : this.#styles.distance("kerning", at);
  }

  /** How far it is to the next tab stop. */
  #tab(at: number, x: number): number {
    const stop = this.#styles.tabStop(at, x) ?? (Math.floor(x / DEFAULT_TAB) + 1) * DEFAULT_TAB;
    return Math.trunc(stop - x);
  }

  #widthOf(start: number, end: number): number {
    let width = this.#sum(this.#content.items, start, end);
    for (let at = 0; at < end - start; at++) width += this.#kerns[at] as number;
    return width;
  }

  #sum(items: readonly Item[], start: number, end: number): number {
    let sum = 0;
    for (let at = start; at < end; at++) sum += (items[at] as Item).advance;
    return sum;
  }

  /** The font of a line without text: that of the character that ends it, or the last one. */
  #fontOf(position: number): Font {
    const { fonts } = this.#content;
    return fonts[position] ?? fonts.at(-1) ?? this.#document.get_font(0, this.#options.dpi);
  }
}

function isSpace(character: string): boolean {
  return character === " " || character === "\t" || character === "\u200b";
}

function isParagraphEnd(character: string): boolean {
  return character === "\n" || character === "\u2029";
}

function isLineEnd(character: string): boolean {
  return isParagraphEnd(character) || character === "\u2028";
}

function isJoined(item: Item): boolean {
  return "isJoined" in item && item.isJoined;
}
