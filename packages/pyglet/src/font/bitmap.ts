/** The picture of a glyph, as bytes: what FreeType drew, in one of two forms, and in the size that is wanted. */
import { string_at } from "ctypes-js";
import { type FT_Bitmap, FT_Pixel_Mode } from "../native/text/generated/ftimage.ts";
import { FontException } from "./exception.ts";

/** A glyph's picture. Rows go from the top down, without gaps. */
export interface GlyphBitmap {
  readonly width: number;
  readonly height: number;
  /** One byte of opacity a pixel; in a coloured one red, green, blue and opacity, not multiplied. */
  readonly pixels: Uint8Array;
  readonly isColored: boolean;
  /** From the pen to the left side, in pixels. */
  readonly left: number;
  /** From the baseline up to the top. */
  readonly top: number;
  /** How far the pen goes. */
  readonly advance: number;
}

/** The pixels of one of FreeType's bitmaps. @throws FontException for a form that glyphs do not have. */
export function pixelsOf(bitmap: FT_Bitmap): { pixels: Uint8Array; isColored: boolean } {
  const { rows, width, pitch, pixel_mode, buffer } = bitmap;
  const read = readers[pixel_mode];
  if (read === undefined)
    throw new FontException(`a glyph has pixels of FreeType's mode ${pixel_mode}, not gray, black or coloured ones`);
  const isColored = pixel_mode === FT_Pixel_Mode.FT_PIXEL_MODE_BGRA;
  const size = isColored ? 4 : 1;
  const pixels = new Uint8Array(rows * width * size);
  if (pixels.length === 0 || buffer === null) return { pixels, isColored };
  const stride = Math.abs(pitch);
  const bytes = string_at(buffer, stride * rows);
  for (let y = 0; y < rows; y++) {
    // A negative pitch means that the rows go from the bottom up.
    const row = pitch < 0 ? rows - 1 - y : y;
    read(bytes.subarray(row * stride, (row + 1) * stride), pixels.subarray(y * width * size), width);
  }
  return { pixels, isColored };
}

/** The bitmap, smaller or larger: each pixel is the mean of what it covers. */
export function scaled(bitmap: GlyphBitmap, scale: number): GlyphBitmap {
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const channels = bitmap.isColored ? 4 : 1;
  const pixels = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      takeMean(
        bitmap,
        channels,
        x / width,
        y / height,
        1 / width,
        1 / height,
        pixels.subarray((y * width + x) * channels),
      );
  }
  const [left, top, advance] = [bitmap.left, bitmap.top, bitmap.advance].map((each) => Math.round(each * scale));
  return { ...bitmap, width, height, pixels, left: left as number, top: top as number, advance: advance as number };
}

// -- Private ---------------------------------------------------------------------------------------

type ReadRow = (row: Uint8Array, to: Uint8Array, width: number) => void;

const readers: { readonly [mode: number]: ReadRow } = {
  [FT_Pixel_Mode.FT_PIXEL_MODE_MONO]: (row, to, width) => {
    for (let x = 0; x < width; x++) to[x] = ((row[x >> 3] as number) << (x & 7)) & 0x80 ? 255 : 0;
  },
  [FT_Pixel_Mode.FT_PIXEL_MODE_GRAY]: (row, to, width) => to.set(row.subarray(0, width)),
  [FT_Pixel_Mode.FT_PIXEL_MODE_BGRA]: (row, to, width) => {
    for (let at = 0; at < width * 4; at += 4) {
      const alpha = row[at + 3] as number;
      // FreeType's colours are multiplied by their opacity.
      const factor = alpha === 0 ? 0 : 255 / alpha;
      for (let channel = 0; channel < 3; channel++)
        to[at + channel] = Math.min(255, (row[at + 2 - channel] as number) * factor);
      to[at + 3] = alpha;
    }
  },
};

/** Writes the mean of a rectangle, which is given in parts of the bitmap's sides; colours weigh by their opacity. */
function takeMean(
  from: GlyphBitmap,
  channels: number,
  x: number,
  y: number,
  w: number,
  h: number,
  to: Uint8Array,
): void {
  const [left, right] = [
    Math.floor(x * from.width),
    Math.max(Math.floor(x * from.width) + 1, Math.ceil((x + w) * from.width - 1e-9)),
  ];
  const [top, bottom] = [
    Math.floor(y * from.height),
    Math.max(Math.floor(y * from.height) + 1, Math.ceil((y + h) * from.height - 1e-9)),
  ];
  let [red, green, blue, opacity] = [0, 0, 0, 0];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = (row * from.width + column) * channels;
      const alpha = from.pixels[at + channels - 1] as number;
      opacity += alpha;
      if (channels === 1) continue;
      red += (from.pixels[at] as number) * alpha;
      green += (from.pixels[at + 1] as number) * alpha;
      blue += (from.pixels[at + 2] as number) * alpha;
    }
  }
  to[channels - 1] = Math.round(opacity / ((right - left) * (bottom - top)));
  if (channels === 1 || opacity === 0) return;
  to[0] = Math.round(red / opacity);
  to[1] = Math.round(green / opacity);
  to[2] = Math.round(blue / opacity);
}
