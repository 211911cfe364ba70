/**
 * Which glyphs a piece of text has and where they stand, by HarfBuzz: joined letters, ligatures, marks, kerning.
 */
import { offsetof, type Pointer, sizeof, string_at } from "ctypes-js";
import { FT_LOAD_COLOR } from "../native/text/generated/freetype.ts";
import {
  type hb_buffer_t,
  hb_direction_t,
  type hb_font_t,
  hb_glyph_info_t,
  hb_glyph_position_t,
  libharfbuzz,
} from "../native/text/generated/hb-ft.ts";
import { needing } from "./exception.ts";
import type { Face } from "./freetype.ts";

/** A glyph in its place. Lengths are in pixels of the face's own size, and fractions of them. */
export interface ShapedGlyph {
  /** The number of the glyph in the face. */
  readonly index: number;
  /** The UTF-16 unit with which its cluster begins. */
  readonly cluster: number;
  readonly advance: number;
  readonly x: number;
  readonly y: number;
}

/** HarfBuzz' view of a face, in the size that the face has. */
export class Shaper {
  readonly #font: Pointer<hb_font_t>;
  readonly #face: Face;

  constructor(face: Face) {
    this.#face = face;
    this.#font = needing("HarfBuzz (libharfbuzz.so.0)", "libharfbuzz0b", () =>
      libharfbuzz.hb_ft_font_create_referenced(face.pointer),
    ) as Pointer<hb_font_t>;
    // Advances are those of the glyphs that FreeType draws.
    libharfbuzz.hb_ft_font_set_load_flags(this.#font, FT_LOAD_COLOR);
    ended.register(this, this.#font);
  }

  /** The glyphs of text that is of one script and direction, from left to right. */
  shape(text: string, isRightToLeft: boolean): ShapedGlyph[] {
    const buffer = scratch();
    libharfbuzz.hb_buffer_clear_contents(buffer);
    libharfbuzz.hb_buffer_add_utf16(buffer, unitsOf(text), text.length, 0, text.length);
    libharfbuzz.hb_buffer_set_direction(
      buffer,
      isRightToLeft ? hb_direction_t.HB_DIRECTION_RTL : hb_direction_t.HB_DIRECTION_LTR,
    );
    libharfbuzz.hb_buffer_guess_segment_properties(buffer);
    libharfbuzz.hb_shape(this.#font, buffer, null, 0);
    return this.#read(buffer);
  }

  #read(buffer: Pointer<hb_buffer_t>): ShapedGlyph[] {
    const count = libharfbuzz.hb_buffer_get_length(buffer);
    const infos = libharfbuzz.hb_buffer_get_glyph_infos(buffer, null);
    const positions = libharfbuzz.hb_buffer_get_glyph_positions(buffer, null);
    if (count === 0 || infos === null || positions === null) return [];
    places ??= layout();
    const at = places;
    const info = new Uint32Array(string_at(infos, count * at.info * 4).buffer);
    const position = new Int32Array(string_at(positions, count * at.position * 4).buffer);
    const unit = this.#face.scale / 64;
    return Array.from({ length: count }, (_, glyph) => ({
      index: info[glyph * at.info + at.codepoint] as number,
      cluster: info[glyph * at.info + at.cluster] as number,
      advance: (position[glyph * at.position + at.advance] as number) * unit,
      x: (position[glyph * at.position + at.x] as number) * unit,
      y: (position[glyph * at.position + at.y] as number) * unit,
    }));
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Where the numbers are in the records. Worked out at first use, since it loads the native part. */
function layout() {
  return {
    info: sizeof(hb_glyph_info_t) / 4,
    codepoint: offsetof(hb_glyph_info_t, "codepoint") / 4,
    cluster: offsetof(hb_glyph_info_t, "cluster") / 4,
    position: sizeof(hb_glyph_position_t) / 4,
    advance: offsetof(hb_glyph_position_t, "x_advance") / 4,
    x: offsetof(hb_glyph_position_t, "x_offset") / 4,
    y: offsetof(hb_glyph_position_t, "y_offset") / 4,
  };
}

let places: ReturnType<typeof layout> | null = null;

const ended = new FinalizationRegistry<Pointer<hb_font_t>>((font) => libharfbuzz.hb_font_destroy(font));

let shared: Pointer<hb_buffer_t> | null = null;

/** One buffer serves all: it is read before the next text comes. */
function scratch(): Pointer<hb_buffer_t> {
  shared ??= libharfbuzz.hb_buffer_create() as Pointer<hb_buffer_t>;
  return shared;
}

function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
  return units;
}
