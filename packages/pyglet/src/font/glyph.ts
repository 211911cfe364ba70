/**
 * What is drawn for a character: a part of a texture, where it stands from the pen, and how far the pen goes.
 *
 * A document has one glyph for each UTF-16 unit. Where several units make one picture (a surrogate pair, a base with
 * its marks, a ligature), one of their glyphs has it and the others draw nothing; where one character is several
 * pictures, its glyph has parts.
 */

/** A texture with glyphs in it. */
export interface GlyphOwner {
  readonly width: number;
  readonly height: number;
  /** Whether it has glyphs with colours of their own: four bytes a pixel, else one. */
  readonly isColored: boolean;
  /** OpenGL's name of the kind of texture. */
  readonly target: number;
  /** OpenGL's name of the texture in the current context, with all glyphs in it. */
  readonly id: number;
  /** The pixels of a glyph that is in here, with the upper row first. */
  get_pixels(glyph: Glyph): Uint8Array;
}

/** A picture of a glyph, moved by whole pixels. */
export interface GlyphPart {
  readonly glyph: Glyph;
  readonly x: number;
  readonly y: number;
}

export class Glyph {
  /** The texture that the picture is in; null when there is none, or only parts have some. */
  readonly owner: GlyphOwner | null;
  /** Where in the texture it is, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Of the corners, from the lower left against the clock: three numbers each. */
  tex_coords: readonly number[];
  /** From the lower side up to the baseline. */
  baseline = 0;
  /** From the pen to the left side. */
  lsb = 0;
  /** How far the pen goes, in whole pixels. */
  advance = 0;
  /** Left, lower, right and upper side, seen from the pen. */
  vertices: readonly [number, number, number, number] = [0, 0, 0, 0];
  /** Whether the picture has colours of its own, as emoji have. */
  colored = false;
  /** Whether its unit belongs to the character of the one before, so that no caret goes in between. */
  isContinuation = false;
  /** Whether it shares a picture with the unit before, so that no line ends in between. */
  isJoined = false;
  /** What is drawn: mostly this glyph itself, or nothing. */
  parts: readonly GlyphPart[];

  constructor(owner: GlyphOwner | null, x: number, y: number, width: number, height: number) {
    this.owner = owner;
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
    this.tex_coords = owner === null ? [] : cornersOf(owner, x, y, width, height);
    this.parts = owner === null || width === 0 || height === 0 ? [] : [{ glyph: this, x: 0, y: 0 }];
  }

  /** A glyph without a picture of its own. */
  static of(advance: number, parts: readonly GlyphPart[], isContinuation = false, isJoined = isContinuation): Glyph {
    const glyph = new Glyph(null, 0, 0, 0, 0);
    glyph.advance = advance;
    glyph.parts = parts;
    glyph.isContinuation = isContinuation;
    glyph.isJoined = isJoined;
    return glyph;
  }

  set_bearings(baseline: number, left_side_bearing: number, advance: number, x_offset = 0, y_offset = 0): void {
    this.baseline = baseline;
    this.lsb = left_side_bearing;
    this.advance = advance;
    const [left, lower] = [left_side_bearing + x_offset, y_offset - baseline];
    this.vertices = [left, lower, left + this.width, lower + this.height];
  }

  /** How much closer the glyph at the right stands: 0, since fonts are shaped by HarfBuzz where that is asked for. */
  get_kerning_pair(_right_glyph: Glyph): number {
    return 0;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Pictures lie in textures with their upper row first, so the lower corners have the larger coordinate. */
function cornersOf(owner: { width: number; height: number }, x: number, y: number, w: number, h: number): number[] {
  const [left, right] = [x / owner.width, (x + w) / owner.width];
  const [upper, lower] = [y / owner.height, (y + h) / owner.height];
  return [left, lower, 0, right, lower, 0, right, upper, 0, left, upper, 0];
}
