/**
 * A face, that is, one font of a file, by FreeType: its names, its metrics in a size, and its glyphs as bitmaps.
 *
 * A face has one size at a time, so each font has faces of its own.
 */
import { ARRAY, byref, c_ubyte, text_at } from "ctypes-js";
import * as freetype from "../native/text/generated/freetype.ts";
import * as errors from "../native/text/generated/fterrors.ts";
import { type GlyphBitmap, pixelsOf, scaled } from "./bitmap.ts";
import { FontException, needing } from "./exception.ts";

const { FT_Face, FT_Library, libfreetype } = freetype;

/** FreeType's unit of lengths: 26.6 fixed point. */
const UNIT = 64;

export interface FaceMetrics {
  /** Above the baseline, in whole pixels. */
  readonly ascent: number;
  /** Below it: negative. */
  readonly descent: number;
}

/** The bytes of a font file, in C's memory. Several faces read from one. */
export type FontData = ReturnType<typeof copied>;

/** The bytes in C's memory. @throws FontException when there are none. */
export function copied(bytes: Uint8Array) {
  if (bytes.length === 0) throw new FontException("a font of 0 bytes is no font");
  return ARRAY(c_ubyte, bytes.length).from_buffer_copy(bytes);
}

export class Face {
  readonly #face: freetype.FT_Face;
  readonly #what: string;
  /** By what a fixed bitmap is made larger or smaller. */
  #scale = 1;

  /** FreeType reads from `data` while the face lives. */
  private constructor(face: freetype.FT_Face, what: string, data: object | null) {
    this.#face = face;
    this.#what = what;
    ended.register(this, { face, data });
  }

  /** The face `index` of a file. @throws FontException when it cannot be read or is no font. */
  static fromFile(file: string, index = 0): Face {
    const face = new FT_Face();
    check(libfreetype.FT_New_Face(library(), file, index, byref(face)), `the font file ${file}`);
    return new Face(face as freetype.FT_Face, `the font file ${file}`, null);
  }

  /** The first face of a file's bytes. @throws FontException when they are no font. */
  static fromData(data: FontData, what: string): Face {
    const face = new FT_Face();
    check(libfreetype.FT_New_Memory_Face(library(), data, data.length, 0, byref(face)), what);
    return new Face(face as freetype.FT_Face, what, data);
  }

  /** FreeType's own pointer, for HarfBuzz. It is good while this object lives. */
  get pointer(): freetype.FT_Face {
    return this.#face;
  }

  get family_name(): string {
    const name = this.#record.family_name;
    return name === null ? "" : text_at(name);
  }

  get bold(): boolean {
    return (this.#record.style_flags & freetype.FT_STYLE_FLAG_BOLD) !== 0;
  }

  get italic(): boolean {
    return (this.#record.style_flags & freetype.FT_STYLE_FLAG_ITALIC) !== 0;
  }

  /** How much larger or smaller the glyphs are made than the face has them: 1 unless it has coloured bitmaps only. */
  get scale(): number {
    return this.#scale;
  }

  /** Sets the size, in points. A face of bitmaps gets the nearest size that it has. @throws FontException */
  setSize(size: number, dpi: number): void {
    const status = libfreetype.FT_Set_Char_Size(this.#face, 0, Math.trunc(size * UNIT), dpi, dpi);
    if (status === 0) return;
    if (this.#record.num_fixed_sizes === 0) check(status, `${this.#what}, in ${size} points`);
    this.#selectStrike((size * dpi) / 72);
  }

  metrics(): FaceMetrics {
    const record = this.#record.size?.contents.metrics;
    if (record === undefined) throw new FontException(`${this.#what} has no size`);
    const { ascender, descender } = record;
    if (ascender === 0 && descender === 0) {
      // Some faces of bitmaps say nothing but the height of a line.
      const ascent = Math.round((this.#record.available_sizes?.[0]?.height ?? 0) * this.#scale);
      return { ascent, descent: Math.floor(-ascent / 4) };
    }
    return {
      ascent: Math.trunc((ascender / UNIT) * this.#scale),
      descent: Math.trunc((descender / UNIT) * this.#scale),
    };
  }

  /** The number of the glyph that a character has; 0 when it has none. */
  glyphIndex(character: number): number {
    const index = libfreetype.FT_Get_Char_Index(this.#face, character);
    // Symbol fonts have their characters in the private area.
    return index !== 0 || character > 0xff ? index : libfreetype.FT_Get_Char_Index(this.#face, 0xf000 + character);
  }

  /** Draws a glyph. @throws FontException for one that the file has not, or has broken. */
  render(index: number): GlyphBitmap {
    const flags = freetype.FT_LOAD_RENDER | freetype.FT_LOAD_COLOR;
    check(libfreetype.FT_Load_Glyph(this.#face, index, flags), `glyph ${index} of ${this.#what}`);
    const slot = this.#record.glyph?.contents;
    if (slot === undefined) throw new FontException(`${this.#what} has no place for glyphs`);
    const { bitmap, bitmap_left: left, bitmap_top: top, advance } = slot;
    const drawn = {
      width: bitmap.width,
      height: bitmap.rows,
      left,
      top,
      advance: Math.trunc(advance.x / UNIT),
      ...pixelsOf(bitmap),
    };
    return this.#scale === 1 ? drawn : scaled(drawn, this.#scale);
  }

  get #record(): freetype.FT_FaceRec_ {
    return this.#face.contents;
  }

  #selectStrike(pixels: number): void {
    const strikes = this.#record.available_sizes;
    let best = 0;
    let distance = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#record.num_fixed_sizes; at++) {
      const away = Math.abs((strikes?.[at]?.y_ppem ?? 0) / UNIT - pixels);
      if (away < distance) [best, distance] = [at, away];
    }
    check(libfreetype.FT_Select_Size(this.#face, best), this.#what);
    // Bitmaps in black are drawn for their size; coloured ones are pictures.
    const isColored = (this.#record.face_flags & freetype.FT_FACE_FLAG_COLOR) !== 0;
    this.#scale = isColored ? (pixels * UNIT) / (strikes?.[best]?.y_ppem || UNIT) : 1;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const ended = new FinalizationRegistry<{ face: freetype.FT_Face; data: object | null }>(({ face }) => {
  libfreetype.FT_Done_Face(face);
});

let opened: freetype.FT_Library | null = null;

function library(): freetype.FT_Library {
  if (opened !== null) return opened;
  const made = new FT_Library();
  const status = needing("FreeType (libfreetype.so.6)", "libfreetype6", () =>
    libfreetype.FT_Init_FreeType(byref(made)),
  );
  check(status, "FreeType");
  opened = made as freetype.FT_Library;
  return opened;
}

/** @throws FontException that says what FreeType calls the fault. */
function check(status: number, what: string): void {
  if (status === 0) return;
  const [name] = Object.entries(errors).find(([name, value]) => value === status && name.startsWith("FT_Err_")) ?? [];
  const fault = name?.slice("FT_Err_".length).replaceAll("_", " ").toLowerCase() ?? `error ${status}`;
  throw new FontException(`${what} cannot be read: FreeType reports ${fault}`);
}
