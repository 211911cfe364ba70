/**
 * A font: a family in a size and a style, which gives glyphs for text.
 *
 * Most text has a glyph for each character. Text of complex scripts goes through HarfBuzz, word by word, and with
 * `shaping` all does. A character that the family does not have comes from another one.
 */
import { GlyphTextureAtlas } from "./atlas.ts";
import type { GlyphBitmap } from "./bitmap.ts";
import { findFontWith } from "./fontconfig.ts";
import { Face, type FaceMetrics } from "./freetype.ts";
import { Glyph } from "./glyph.ts";
import { clusterLength } from "./grapheme.ts";
import { isIgnorable, needsShaping, scriptOf } from "./script.ts";
import { SizedFace } from "./sizedface.ts";

export interface FontOptions {
  readonly bold?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly stretch?: boolean | string | undefined;
  /** Dots an inch: 96 when it is not given. */
  readonly dpi?: number | null | undefined;
  /** Whether all text is shaped by HarfBuzz, with kerning and ligatures; else only text that needs it. */
  readonly shaping?: boolean | undefined;
}

/** A piece of text of one face, script and direction that is shaped as a whole. */
interface Piece {
  start: number;
  end: number;
  face: SizedFace;
  script: string;
  isRightToLeft: boolean;
}

const CARRIAGE_RETURN = 0x0d;
const CONTROL = /^\p{Cc}$|^[\u2028\u2029]$/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export class Font {
  readonly size: number;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly stretch: boolean | string;
  readonly dpi: number;
  readonly shaping: boolean;
  /** The size of textures that are made for glyphs; larger glyphs get larger ones. */
  texture_width = 256;
  texture_height = 256;
  readonly textures: GlyphTextureAtlas[] = [];
  /** The glyphs of single characters that were asked for. */
  readonly glyphs = new Map<string, Glyph>();
  readonly #face: SizedFace;
  readonly #metrics: FaceMetrics;
  readonly #others = new Map<string, SizedFace>();
  readonly #nothing = Glyph.of(0, []);
  readonly #continued = Glyph.of(0, [], true);

  /** @throws FontException when the face has not that size. */
  constructor(face: Face, size: number, options: FontOptions = {}) {
    this.size = size;
    this.bold = options.bold ?? false;
    this.italic = options.italic ?? false;
    this.stretch = options.stretch ?? false;
    this.dpi = options.dpi ?? 96;
    this.shaping = options.shaping ?? false;
    this.#face = new SizedFace(face, size, this.dpi, this.create_glyph.bind(this));
    this.#metrics = face.metrics();
  }

  get name(): string {
    return this.#face.face.family_name;
  }

  /** The height of the font above the baseline, in pixels. */
  get ascent(): number {
    return this.#metrics.ascent;
  }

  /** The height below the baseline: negative. */
  get descent(): number {
    return this.#metrics.descent;
  }

  /**
   * The glyphs of a text, one for each UTF-16 unit. `levels` are those of bidirectional text; without them, each
   * character runs as its script does.
   *
   * @throws FontException for a glyph that is broken.
   */
  get_glyphs(text: string, levels?: Int8Array): Glyph[] {
    const glyphs = new Array<Glyph>(text.length);
    if (!this.shaping && !needsShaping(text)) {
      for (let at = 0; at < text.length; ) at = this.#putSimple(text, at, glyphs);
      return glyphs;
    }
    let piece: Piece | null = null;
    for (let at = 0; at < text.length; ) {
      const end = at + clusterLength(text, at);
      const next = this.#pieceOf(text, at, end, levels);
      if (piece !== null && next !== null && isSame(piece, next)) {
        piece.end = end;
      } else {
        if (piece !== null) this.#putShaped(text, piece, glyphs);
        if (next === null) for (let unit = at; unit < end; ) unit = this.#putSimple(text, unit, glyphs);
        piece = next;
      }
      at = end;
    }
    if (piece !== null) this.#putShaped(text, piece, glyphs);
    return glyphs;
  }

  /** As many glyphs of the text as go into `width`, up to the end of a word or line. */
  get_glyphs_for_width(text: string, width: number): Glyph[] {
    const taken: Glyph[] = [];
    let word: Glyph[] = [];
    let left = width;
    const glyphs = this.get_glyphs(text);
    for (let at = 0; at < text.length; at++) {
      const character = text.charAt(at);
      if (character === "\n") {
        taken.push(...word);
        break;
      }
      word.push(glyphs[at] as Glyph);
      left -= (glyphs[at] as Glyph).advance;
      if (left <= 0 && taken.length > 0) break;
      if (character === " " || character === "\u200b") {
        taken.push(...word);
        word = [];
      }
    }
    return taken.length === 0 ? word : taken;
  }

  /** Puts a picture into a texture. */
  create_glyph(bitmap: GlyphBitmap): Glyph {
    if (bitmap.width > this.texture_width || bitmap.height > this.texture_height)
      this.texture_width = this.texture_height = Math.max(bitmap.width, bitmap.height) * 4;
    for (const texture of this.textures) {
      const glyph = texture.fit(bitmap);
      if (glyph !== null) return glyph;
    }
    const texture = new GlyphTextureAtlas(this.texture_width, this.texture_height, bitmap.isColored);
    this.textures.unshift(texture);
    return texture.fit(bitmap) as Glyph;
  }

  /** Puts the glyph of one character, returns where the next one is. */
  #putSimple(text: string, at: number, glyphs: Glyph[]): number {
    const first = text.charCodeAt(at);
    const isPair = (first & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    const character = isPair ? text.slice(at, at + 2) : text.charAt(at);
    let glyph = this.glyphs.get(character);
    if (glyph === undefined) {
      glyph = this.#glyphOf(character === "\t" ? 0x20 : (character.codePointAt(0) as number));
      this.glyphs.set(character, glyph);
    }
    glyphs[at] = glyph;
    if (isPair) glyphs[at + 1] = this.#continued;
    return at + character.length;
  }

  #glyphOf(character: number): Glyph {
    // It stands in front of the character that ends a line.
    if (character === CARRIAGE_RETURN) return this.#nothing;
    const face = this.#faceFor(character);
    const index = face.face.glyphIndex(character);
    if (index === 0 && isIgnorable(character)) return this.#nothing;
    return face.glyph(index);
  }

  /** The face that has a character: the font's own when none has. */
  #faceFor(character: number): SizedFace {
    if (this.#face.face.glyphIndex(character) !== 0) return this.#face;
    if (CONTROL.test(String.fromCodePoint(character)) || isIgnorable(character)) return this.#face;
    const { name, size, bold, italic } = this;
    const found = findFontWith({ name, size, bold, italic }, character);
    if (found === null) return this.#face;
    const key = `${found.file}\0${found.index}`;
    let other = this.#others.get(key);
    if (other === undefined) {
      other = new SizedFace(Face.fromFile(found.file, found.index), size, this.dpi, this.create_glyph.bind(this));
      this.#others.set(key, other);
    }
    // What fontconfig remembers of a file may be older than the file.
    return other.face.glyphIndex(character) === 0 ? this.#face : other;
  }

  /** How a cluster is shaped; null when it is not. */
  #pieceOf(text: string, start: number, end: number, levels: Int8Array | undefined): Piece | null {
    const cluster = text.slice(start, end);
    const character = cluster.codePointAt(0) as number;
    if (/^\s/u.test(cluster) || CONTROL.test(cluster) || !(this.shaping || needsShaping(cluster))) return null;
    const isRightToLeft = levels === undefined ? RIGHT_TO_LEFT.test(cluster) : ((levels[start] as number) & 1) === 1;
    return { start, end, face: this.#faceFor(character), script: scriptOf(character), isRightToLeft };
  }

  #putShaped(text: string, { start, end, face, isRightToLeft }: Piece, glyphs: Glyph[]): void {
    const shaped = face.shaped(text.slice(start, end), isRightToLeft);
    for (let at = start; at < end; at++) glyphs[at] = shaped[at - start] as Glyph;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function isSame(one: Piece, other: Piece): boolean {
  const isOneScript = one.script === other.script || one.script === "" || other.script === "";
  return one.face === other.face && one.isRightToLeft === other.isRightToLeft && isOneScript;
}
