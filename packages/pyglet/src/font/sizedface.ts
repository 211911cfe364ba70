/** A face in a size, with what was drawn and shaped of it. */
import type { GlyphBitmap } from "./bitmap.ts";
import type { Face } from "./freetype.ts";
import { Glyph, type GlyphPart } from "./glyph.ts";
import { clusterLength } from "./grapheme.ts";
import { type ShapedGlyph, Shaper } from "./shaping.ts";

/** Words that are remembered as they were shaped. */
const KEPT = 2000;

export class SizedFace {
  readonly face: Face;
  readonly #create: (bitmap: GlyphBitmap) => Glyph;
  readonly #glyphs = new Map<number, Glyph>();
  readonly #words = new Map<string, readonly Glyph[]>();
  #shaper: Shaper | null = null;

  /** @throws FontException when the face has not that size. */
  constructor(face: Face, size: number, dpi: number, create: (bitmap: GlyphBitmap) => Glyph) {
    face.setSize(size, dpi);
    this.face = face;
    this.#create = create;
  }

  /** The glyph with this number. @throws FontException when it is broken. */
  glyph(index: number): Glyph {
    let glyph = this.#glyphs.get(index);
    if (glyph === undefined) {
      glyph = this.#create(this.face.render(index));
      this.#glyphs.set(index, glyph);
    }
    return glyph;
  }

  /** The glyphs of a word, one for each UTF-16 unit, in the order of the text. */
  shaped(word: string, isRightToLeft: boolean): readonly Glyph[] {
    const key = (isRightToLeft ? "\u200f" : "\u200e") + word;
    let glyphs = this.#words.get(key);
    if (glyphs !== undefined) return glyphs;
    this.#shaper ??= new Shaper(this.face);
    glyphs = this.#glyphsOf(word, this.#shaper.shape(word, isRightToLeft), isRightToLeft);
    if (this.#words.size >= KEPT) this.#words.delete(this.#words.keys().next().value as string);
    this.#words.set(key, glyphs);
    return glyphs;
  }

  #glyphsOf(word: string, shaped: readonly ShapedGlyph[], isRightToLeft: boolean): Glyph[] {
    const glyphs = new Array<Glyph>(word.length);
    const starts = [...new Set(shaped.map(({ cluster }) => cluster))].sort((a, b) => a - b);
    let pen = 0;
    for (let at = 0; at < shaped.length; ) {
      const { cluster } = shaped[at] as ShapedGlyph;
      const end = starts[starts.indexOf(cluster) + 1] ?? word.length;
      const from = Math.round(pen);
      const parts: GlyphPart[] = [];
      for (; shaped[at]?.cluster === cluster; at++) {
        const { index, x, y, advance } = shaped[at] as ShapedGlyph;
        const glyph = this.glyph(index);
        if (glyph.parts.length > 0) parts.push({ glyph, x: Math.round(pen + x) - from, y: Math.round(y) });
        pen += advance;
      }
      share(word, cluster, end, Math.round(pen) - from, parts, isRightToLeft, glyphs);
    }
    return glyphs;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Gives each character of a cluster its part of the width, and the picture to the one that is seen first. */
function share(
  word: string,
  start: number,
  end: number,
  width: number,
  parts: readonly GlyphPart[],
  isRightToLeft: boolean,
  glyphs: Glyph[],
): void {
  const characters: number[] = [];
  for (let at = start; at < end; at += clusterLength(word, at)) characters.push(at);
  const seenFirst = isRightToLeft ? end - 1 : start;
  let given = 0;
  let count = 0;
  for (let unit = start; unit < end; unit++) {
    const isCharacter = characters[count] === unit;
    let advance = 0;
    if (isCharacter) {
      count++;
      advance = Math.round((width * count) / characters.length) - given;
      given += advance;
    }
    glyphs[unit] = Glyph.of(advance, unit === seenFirst ? parts : [], !isCharacter, unit !== start);
  }
}
