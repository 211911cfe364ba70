/** The glyphs of a document: what its characters are in their fonts, and which way they run. */
import { hasRightToLeft, levelsOf } from "../../font/bidi.ts";
import type { Font } from "../../font/font.ts";
import type { AbstractDocument } from "../document/abstract.ts";
import type { InlineElement } from "../document/element.ts";
import { ZipRunIterator } from "../runlist.ts";
import type { Item } from "./line.ts";

/** Of each position of a document, or of some whole paragraphs of it. */
export interface Content {
  readonly items: Item[];
  /** The fonts, at elements the one that text there would have. */
  readonly fonts: Font[];
  /** The embedding level, and that of the paragraph times {@link BASE}. */
  readonly levels: number[];
}

/** Above any level that Unicode has. */
export const BASE = 256;

const PARAGRAPH = /[^\n\u2029]*(?:[\n\u2029]|$)/gu;

/** The content of the paragraphs from `start` to `end`. @throws FontException */
export function contentOf(document: AbstractDocument, dpi: number, start: number, end: number): Content {
  const items: Item[] = [];
  const fonts: Font[] = [];
  const text = document.text.slice(start, end);
  const levels = bidiLevels(text);
  const runs = new ZipRunIterator([document.get_font_runs(dpi), document.get_element_runs()]);
  for (const [from, to, values] of runs.ranges(start, end)) {
    const [font, element] = values as readonly [Font, InlineElement | null];
    if (element !== null) items.push(element);
    else {
      const part = levels === null ? undefined : Int8Array.from(levels.slice(from - start, to - start));
      for (const glyph of font.get_glyphs(document.text.slice(from, to), part)) items.push(glyph);
    }
    for (let at = from; at < to; at++) fonts.push(font);
  }
  return { items, fonts, levels: levels ?? new Array<number>(text.length).fill(0) };
}

// -- Private ---------------------------------------------------------------------------------------

/** The levels of a text, paragraph by paragraph; null when all of it runs to the right. */
function bidiLevels(text: string): number[] | null {
  if (!hasRightToLeft(text)) return null;
  const all: number[] = [];
  for (const [paragraph] of text.matchAll(PARAGRAPH)) {
    if (paragraph === "") continue;
    if (!hasRightToLeft(paragraph)) {
      for (let unit = 0; unit < paragraph.length; unit++) all.push(0);
      continue;
    }
    const { levels, base } = levelsOf(paragraph);
    for (const level of levels) all.push(level + base * BASE);
  }
  return all;
}
