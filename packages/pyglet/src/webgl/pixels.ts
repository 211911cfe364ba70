/** Pixels on their way to a texture: turned over, premultiplied, packed, and made of those of an image. */
import * as GL from "../native/gles/generated/gl3.ts";
import { bytesPerPixel } from "./formats.ts";

/** Rows of pixels in memory. */
export interface Rows {
  bytes: Uint8Array;
  /** Where the first row begins. */
  start: number;
  /** From one row to the next. */
  stride: number;
}

/** A copy of `height` rows of `rowBytes` bytes, without gaps; the last row first if they are turned over. */
export function packed(
  { bytes, start, stride }: Rows,
  rowBytes: number,
  height: number,
  isFlipped: boolean,
): Uint8Array {
  const copy = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const from = start + (isFlipped ? height - 1 - y : y) * stride;
    copy.set(bytes.subarray(from, from + rowBytes), y * rowBytes);
  }
  return copy;
}

/** Multiplies the colours by alpha, in place, where a format has both. */
export function premultiply(bytes: Uint8Array, format: number, type: number): void {
  const components = format === GL.GL_RGBA ? 4 : format === GL.GL_LUMINANCE_ALPHA ? 2 : 0;
  if (components === 0) return;
  if (type === GL.GL_UNSIGNED_BYTE) scale(bytes, components, (value) => value / 255, Math.round);
  else if (type === GL.GL_FLOAT) scale(new Float32Array(bytes.buffer), components, Number, Number);
  else if (type === GL.GL_HALF_FLOAT) scaleHalves(new Uint16Array(bytes.buffer), components);
  else if (type === GL.GL_UNSIGNED_SHORT_4_4_4_4) scaleNibbles(new Uint16Array(bytes.buffer));
  else if (type === GL.GL_UNSIGNED_SHORT_5_5_5_1) {
    const pixels = new Uint16Array(bytes.buffer);
    for (const [index, pixel] of pixels.entries()) if ((pixel & 1) === 0) pixels[index] = 0;
  }
}

function scale(
  values: Uint8Array | Float32Array,
  components: number,
  share: (alpha: number) => number,
  round: (value: number) => number,
): void {
  for (let at = 0; at < values.length; at += components) {
    const alpha = share(values[at + components - 1]!);
    for (let i = 0; i < components - 1; i++) values[at + i] = round(values[at + i]! * alpha);
  }
}

function scaleHalves(values: Uint16Array, components: number): void {
  for (let at = 0; at < values.length; at += components) {
    const alpha = fromHalf(values[at + components - 1]!);
    for (let i = 0; i < components - 1; i++) values[at + i] = toHalf(fromHalf(values[at + i]!) * alpha);
  }
}

function scaleNibbles(pixels: Uint16Array): void {
  for (const [index, pixel] of pixels.entries()) {
    const alpha = pixel & 15;
    const part = (shift: number) => Math.round((((pixel >> shift) & 15) * alpha) / 15) << shift;
    pixels[index] = part(12) | part(8) | part(4) | alpha;
  }
}

// -- Pixels of images ------------------------------------------------------------------------------

/**
 * Pixels of a texture's format and type, made of red, green, blue and alpha in bytes; null if there is no such
 * conversion, as for depth.
 */
export function converted(rgba: Uint8Array, format: number, type: number): Uint8Array | null {
  if (format === GL.GL_RGBA && type === GL.GL_UNSIGNED_BYTE) return rgba;
  const count = rgba.length / 4;
  const size = bytesPerPixel(format, type);
  const pick = PICKS.get(format);
  if (pick === undefined || size === 0) return null;
  const bytes = new Uint8Array(count * size);
  if (isPackedType(type)) return pack(rgba, type, bytes);
  const write = writerOf(type, bytes);
  if (write === null) return null;
  let at = 0;
  for (let pixel = 0; pixel < rgba.length; pixel += 4) for (const channel of pick) write(at++, rgba[pixel + channel]!);
  return bytes;
}

/** Which of red, green, blue and alpha a format has. */
const PICKS: ReadonlyMap<number, readonly number[]> = new Map([
  [GL.GL_RED, [0]],
  [GL.GL_RED_INTEGER, [0]],
  [GL.GL_LUMINANCE, [0]],
  [GL.GL_ALPHA, [3]],
  [GL.GL_LUMINANCE_ALPHA, [0, 3]],
  [GL.GL_RG, [0, 1]],
  [GL.GL_RG_INTEGER, [0, 1]],
  [GL.GL_RGB, [0, 1, 2]],
  [GL.GL_RGB_INTEGER, [0, 1, 2]],
  [GL.GL_RGBA, [0, 1, 2, 3]],
  [GL.GL_RGBA_INTEGER, [0, 1, 2, 3]],
]);

function writerOf(type: number, bytes: Uint8Array): ((at: number, value: number) => void) | null {
  if (type === GL.GL_UNSIGNED_BYTE) return (at, value) => void (bytes[at] = value);
  if (type === GL.GL_FLOAT) {
    const floats = new Float32Array(bytes.buffer);
    return (at, value) => void (floats[at] = value / 255);
  }
  if (type === GL.GL_HALF_FLOAT) {
    const halves = new Uint16Array(bytes.buffer);
    return (at, value) => void (halves[at] = toHalf(value / 255));
  }
  return null;
}

function isPackedType(type: number): boolean {
  return (
    type === GL.GL_UNSIGNED_SHORT_5_6_5 ||
    type === GL.GL_UNSIGNED_SHORT_4_4_4_4 ||
    type === GL.GL_UNSIGNED_SHORT_5_5_5_1 ||
    type === GL.GL_UNSIGNED_INT_2_10_10_10_REV ||
    type === GL.GL_UNSIGNED_INT_10F_11F_11F_REV ||
    type === GL.GL_UNSIGNED_INT_5_9_9_9_REV
  );
}

function pack(rgba: Uint8Array, type: number, bytes: Uint8Array): Uint8Array | null {
  const words = bytes.length === rgba.length ? new Uint32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
  for (let index = 0; index < words.length; index++) {
    const [r, g, b, a] = [rgba[index * 4]!, rgba[index * 4 + 1]!, rgba[index * 4 + 2]!, rgba[index * 4 + 3]!];
    if (type === GL.GL_UNSIGNED_SHORT_5_6_5) words[index] = ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3);
    else if (type === GL.GL_UNSIGNED_SHORT_4_4_4_4)
      words[index] = ((r >> 4) << 12) | ((g >> 4) << 8) | ((b >> 4) << 4) | (a >> 4);
    else if (type === GL.GL_UNSIGNED_SHORT_5_5_5_1)
      words[index] = ((r >> 3) << 11) | ((g >> 3) << 6) | ((b >> 3) << 1) | (a >> 7);
    else if (type === GL.GL_UNSIGNED_INT_2_10_10_10_REV)
      words[index] = ((a >> 6) << 30) | (ten(b) << 20) | (ten(g) << 10) | ten(r);
    else if (type === GL.GL_UNSIGNED_INT_10F_11F_11F_REV)
      words[index] = ((toHalf(b / 255) >> 5) << 22) | ((toHalf(g / 255) >> 4) << 11) | (toHalf(r / 255) >> 4);
    else words[index] = sharedExponent(r / 255, g / 255, b / 255);
  }
  return bytes;
}

function ten(value: number): number {
  return Math.round((value * 1023) / 255);
}

/** OpenGL ES 3.0.6, 3.8.3.2: nine bits of each colour, and five of the exponent that they share. */
function sharedExponent(r: number, g: number, b: number): number {
  const largest = Math.max(r, g, b);
  if (largest === 0) return 0;
  let exponent = Math.max(-16, Math.floor(Math.log2(largest))) + 16;
  if (Math.floor(largest / 2 ** (exponent - 24) + 0.5) === 512) exponent++;
  const part = (value: number) => Math.floor(value / 2 ** (exponent - 24) + 0.5);
  return ((exponent << 27) | (part(b) << 18) | (part(g) << 9) | part(r)) >>> 0;
}

// -- Half floats -----------------------------------------------------------------------------------

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The bits of the half float nearest to a number. */
function toHalf(value: number): number {
  single[0] = value;
  const [word] = bits;
  const sign = (word! >>> 16) & 0x8000;
  const exponent = (word! >>> 23) & 0xff;
  const fraction = word! & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted <= 0) {
    if (shifted < -10) return sign;
    return sign | halved((fraction | 0x800000) >>> 0, 14 - shifted);
  }
  // A carry out of the fraction goes to the exponent, as it has to.
  return sign | ((shifted << 10) + halved(fraction, 13));
}

/** Shifted right, rounded to the nearest, to even if there are two. */
function halved(value: number, by: number): number {
  const kept = value >>> by;
  const rest = value & ((1 << by) - 1);
  const half = 1 << (by - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
