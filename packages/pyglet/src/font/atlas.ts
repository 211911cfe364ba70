/**
 * Textures that hold the glyphs of a font, row after row.
 *
 * The pixels are kept in memory, so that glyphs can be measured and laid out where there is no OpenGL yet. A texture of
 * it is made when something is drawn, in each share group of contexts that draws, and gets the rows that are new.
 */
import type { GlyphBitmap } from "./bitmap.ts";
import { Glyph, type GlyphOwner } from "./glyph.ts";
import { GlyphTexture } from "./texture.ts";

export class GlyphTextureAtlas implements GlyphOwner {
  readonly width: number;
  readonly height: number;
  readonly isColored: boolean;
  readonly #pixels: Uint8Array;
  readonly #texture: GlyphTexture;
  #x = 0;
  #y = 0;
  #lineHeight = 0;

  constructor(width: number, height: number, isColored: boolean) {
    this.width = width;
    this.height = height;
    this.isColored = isColored;
    this.#pixels = new Uint8Array(width * height * (isColored ? 4 : 1));
    this.#texture = new GlyphTexture(width, height, isColored, this.#pixels);
  }

  get target(): number {
    return this.#texture.target;
  }

  get id(): number {
    return this.#texture.id;
  }

  /** Puts a picture where there is room; null when there is none. */
  fit(bitmap: GlyphBitmap): Glyph | null {
    const { width, height } = bitmap;
    if (width > this.width || height > this.height || bitmap.isColored !== this.isColored) return null;
    let [x, y, lineHeight] = [this.#x, this.#y, this.#lineHeight];
    if (x + width > this.width) [x, y, lineHeight] = [0, y + lineHeight + 1, 0];
    if (y + height > this.height) return null;
    [this.#x, this.#y, this.#lineHeight] = [x, y, Math.max(lineHeight, height)];
    if (width > 0) {
      this.#copy(bitmap, x, y);
      this.#x += width + 1;
    }
    const glyph = new Glyph(this, x, y, width, height);
    glyph.colored = bitmap.isColored;
    glyph.set_bearings(height - bitmap.top, bitmap.left, bitmap.advance);
    return glyph;
  }

  get_pixels({ x, y, width, height }: Glyph): Uint8Array {
    const size = this.isColored ? 4 : 1;
    const pixels = new Uint8Array(width * height * size);
    for (let row = 0; row < height; row++) {
      const at = ((y + row) * this.width + x) * size;
      pixels.set(this.#pixels.subarray(at, at + width * size), row * width * size);
    }
    return pixels;
  }

  #copy({ width, height, pixels }: GlyphBitmap, x: number, y: number): void {
    const size = this.isColored ? 4 : 1;
    for (let row = 0; row < height; row++) {
      const from = pixels.subarray(row * width * size, (row + 1) * width * size);
      this.#pixels.set(from, ((y + row) * this.width + x) * size);
    }
    this.#texture.changed(y, y + height);
  }
}
