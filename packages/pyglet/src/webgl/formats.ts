/** Formats of pixels: which go together, and how many bytes they take. OpenGL ES 3.0.6, tables 3.2, 3.3 and 3.13. */
import * as GL from "../native/gles/generated/gl3.ts";

export type PixelView =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array;

interface TypeRow {
  /** Bytes of a component, or of a whole pixel if it is packed. */
  bytes: number;
  isPacked: boolean;
  /** The classes that a view of such pixels has. */
  views: readonly (new (
    ...args: never[]
  ) => ArrayBufferView)[];
}

function row(bytes: number, isPacked: boolean, ...views: TypeRow["views"]): TypeRow {
  return { bytes, isPacked, views };
}

const TYPES: ReadonlyMap<number, TypeRow> = new Map([
  [GL.GL_UNSIGNED_BYTE, row(1, false, Uint8Array, Uint8ClampedArray)],
  [GL.GL_BYTE, row(1, false, Int8Array)],
  [GL.GL_UNSIGNED_SHORT, row(2, false, Uint16Array)],
  [GL.GL_SHORT, row(2, false, Int16Array)],
  [GL.GL_UNSIGNED_INT, row(4, false, Uint32Array)],
  [GL.GL_INT, row(4, false, Int32Array)],
  [GL.GL_HALF_FLOAT, row(2, false, Uint16Array)],
  [GL.GL_FLOAT, row(4, false, Float32Array)],
  [GL.GL_UNSIGNED_SHORT_5_6_5, row(2, true, Uint16Array)],
  [GL.GL_UNSIGNED_SHORT_4_4_4_4, row(2, true, Uint16Array)],
  [GL.GL_UNSIGNED_SHORT_5_5_5_1, row(2, true, Uint16Array)],
  [GL.GL_UNSIGNED_INT_2_10_10_10_REV, row(4, true, Uint32Array)],
  [GL.GL_UNSIGNED_INT_10F_11F_11F_REV, row(4, true, Uint32Array)],
  [GL.GL_UNSIGNED_INT_5_9_9_9_REV, row(4, true, Uint32Array)],
  [GL.GL_UNSIGNED_INT_24_8, row(4, true, Uint32Array)],
  // No view has such pixels: only none and a buffer can be given.
  [GL.GL_FLOAT_32_UNSIGNED_INT_24_8_REV, row(8, true)],
]);

const COMPONENTS: ReadonlyMap<number, number> = new Map([
  [GL.GL_RED, 1],
  [GL.GL_RED_INTEGER, 1],
  [GL.GL_RG, 2],
  [GL.GL_RG_INTEGER, 2],
  [GL.GL_RGB, 3],
  [GL.GL_RGB_INTEGER, 3],
  [GL.GL_RGBA, 4],
  [GL.GL_RGBA_INTEGER, 4],
  [GL.GL_ALPHA, 1],
  [GL.GL_LUMINANCE, 1],
  [GL.GL_LUMINANCE_ALPHA, 2],
  [GL.GL_DEPTH_COMPONENT, 1],
  [GL.GL_DEPTH_STENCIL, 2],
]);

export function isFormat(format: number): boolean {
  return COMPONENTS.has(format);
}

export function isType(type: number): boolean {
  return TYPES.has(type);
}

/** How many bytes a pixel takes; 0 if there are no such pixels. */
export function bytesPerPixel(format: number, type: number): number {
  const components = COMPONENTS.get(format);
  const found = TYPES.get(type);
  if (components === undefined || found === undefined) return 0;
  return found.isPacked ? found.bytes : found.bytes * components;
}

/** Bytes of what has to be aligned in a buffer. */
export function bytesOfType(type: number): number {
  return TYPES.get(type)?.bytes ?? 1;
}

export function fitsView(type: number, view: ArrayBufferView): boolean {
  return TYPES.get(type)?.views.some((View) => view instanceof View) ?? false;
}

// -- Internal formats ------------------------------------------------------------------------------

/** The pixels that an internal format takes: the first is what it is cleared with. */
export interface InternalFormat {
  format: number;
  types: readonly number[];
}

const {
  GL_UNSIGNED_BYTE: UBYTE,
  GL_BYTE: BYTE,
  GL_UNSIGNED_SHORT: USHORT,
  GL_SHORT: SHORT,
  GL_UNSIGNED_INT: UINT,
  GL_INT: INT,
  GL_HALF_FLOAT: HALF,
  GL_FLOAT: FLOAT,
} = GL;
const RGB10A2 = GL.GL_UNSIGNED_INT_2_10_10_10_REV;

const INTERNAL_FORMATS = new Map<number, InternalFormat>();

function internal(format: number, ...rows: [internalFormat: number, ...types: number[]][]): void {
  for (const [internalFormat, ...types] of rows) INTERNAL_FORMATS.set(internalFormat, { format, types });
}

internal(GL.GL_RED, [GL.GL_R8, UBYTE], [GL.GL_R8_SNORM, BYTE], [GL.GL_R16F, HALF, FLOAT], [GL.GL_R32F, FLOAT]);
internal(GL.GL_RG, [GL.GL_RG8, UBYTE], [GL.GL_RG8_SNORM, BYTE], [GL.GL_RG16F, HALF, FLOAT], [GL.GL_RG32F, FLOAT]);
internal(GL.GL_RGB, [GL.GL_RGB8, UBYTE], [GL.GL_SRGB8, UBYTE], [GL.GL_RGB8_SNORM, BYTE], [GL.GL_RGB32F, FLOAT]);
internal(GL.GL_RGB, [GL.GL_RGB, UBYTE, GL.GL_UNSIGNED_SHORT_5_6_5], [GL.GL_RGB16F, HALF, FLOAT]);
internal(GL.GL_RGB, [GL.GL_RGB565, UBYTE, GL.GL_UNSIGNED_SHORT_5_6_5]);
internal(GL.GL_RGB, [GL.GL_R11F_G11F_B10F, GL.GL_UNSIGNED_INT_10F_11F_11F_REV, HALF, FLOAT]);
internal(GL.GL_RGB, [GL.GL_RGB9_E5, GL.GL_UNSIGNED_INT_5_9_9_9_REV, HALF, FLOAT]);
internal(GL.GL_RGBA, [GL.GL_RGBA8, UBYTE], [GL.GL_SRGB8_ALPHA8, UBYTE], [GL.GL_RGBA8_SNORM, BYTE]);
internal(GL.GL_RGBA, [GL.GL_RGBA, UBYTE, GL.GL_UNSIGNED_SHORT_4_4_4_4, GL.GL_UNSIGNED_SHORT_5_5_5_1]);
internal(GL.GL_RGBA, [GL.GL_RGB5_A1, UBYTE, GL.GL_UNSIGNED_SHORT_5_5_5_1, RGB10A2]);
internal(GL.GL_RGBA, [GL.GL_RGBA4, UBYTE, GL.GL_UNSIGNED_SHORT_4_4_4_4], [GL.GL_RGB10_A2, RGB10A2]);
internal(GL.GL_RGBA, [GL.GL_RGBA16F, HALF, FLOAT], [GL.GL_RGBA32F, FLOAT]);
internal(GL.GL_RED_INTEGER, [GL.GL_R8UI, UBYTE], [GL.GL_R8I, BYTE], [GL.GL_R16UI, USHORT], [GL.GL_R16I, SHORT]);
internal(GL.GL_RED_INTEGER, [GL.GL_R32UI, UINT], [GL.GL_R32I, INT]);
internal(GL.GL_RG_INTEGER, [GL.GL_RG8UI, UBYTE], [GL.GL_RG8I, BYTE], [GL.GL_RG16UI, USHORT], [GL.GL_RG16I, SHORT]);
internal(GL.GL_RG_INTEGER, [GL.GL_RG32UI, UINT], [GL.GL_RG32I, INT]);
internal(GL.GL_RGB_INTEGER, [GL.GL_RGB8UI, UBYTE], [GL.GL_RGB8I, BYTE], [GL.GL_RGB16UI, USHORT]);
internal(GL.GL_RGB_INTEGER, [GL.GL_RGB16I, SHORT], [GL.GL_RGB32UI, UINT], [GL.GL_RGB32I, INT]);
internal(GL.GL_RGBA_INTEGER, [GL.GL_RGBA8UI, UBYTE], [GL.GL_RGBA8I, BYTE], [GL.GL_RGBA16UI, USHORT]);
internal(GL.GL_RGBA_INTEGER, [GL.GL_RGBA16I, SHORT], [GL.GL_RGBA32UI, UINT], [GL.GL_RGBA32I, INT]);
internal(GL.GL_RGBA_INTEGER, [GL.GL_RGB10_A2UI, RGB10A2]);
internal(GL.GL_LUMINANCE, [GL.GL_LUMINANCE, UBYTE]);
internal(GL.GL_LUMINANCE_ALPHA, [GL.GL_LUMINANCE_ALPHA, UBYTE]);
internal(GL.GL_ALPHA, [GL.GL_ALPHA, UBYTE]);
internal(GL.GL_DEPTH_COMPONENT, [GL.GL_DEPTH_COMPONENT16, USHORT, UINT], [GL.GL_DEPTH_COMPONENT24, UINT]);
internal(GL.GL_DEPTH_COMPONENT, [GL.GL_DEPTH_COMPONENT32F, FLOAT], [GL.GL_DEPTH_COMPONENT, USHORT, UINT]);
internal(GL.GL_DEPTH_STENCIL, [GL.GL_DEPTH24_STENCIL8, GL.GL_UNSIGNED_INT_24_8]);
internal(GL.GL_DEPTH_STENCIL, [GL.GL_DEPTH_STENCIL, GL.GL_UNSIGNED_INT_24_8]);
internal(GL.GL_DEPTH_STENCIL, [GL.GL_DEPTH32F_STENCIL8, GL.GL_FLOAT_32_UNSIGNED_INT_24_8_REV]);

/** EXT_texture_norm16. */
export const NORM16: ReadonlyMap<number, InternalFormat> = new Map([
  [0x822a, { format: GL.GL_RED, types: [USHORT] }],
  [0x822c, { format: GL.GL_RG, types: [USHORT] }],
  [0x8054, { format: GL.GL_RGB, types: [USHORT] }],
  [0x805b, { format: GL.GL_RGBA, types: [USHORT] }],
  [0x8f98, { format: GL.GL_RED, types: [SHORT] }],
  [0x8f99, { format: GL.GL_RG, types: [SHORT] }],
  [0x8f9a, { format: GL.GL_RGB, types: [SHORT] }],
  [0x8f9b, { format: GL.GL_RGBA, types: [SHORT] }],
]);

/** Those without a size, which textures with storage and renderbuffers cannot have. */
const UNSIZED = [
  ...[GL.GL_RGB, GL.GL_RGBA, GL.GL_LUMINANCE, GL.GL_LUMINANCE_ALPHA, GL.GL_ALPHA],
  ...[GL.GL_DEPTH_COMPONENT, GL.GL_DEPTH_STENCIL],
];

export const SIZED_FORMATS: ReadonlyMap<number, InternalFormat> = new Map(
  [...INTERNAL_FORMATS].filter(([internalFormat]) => !UNSIZED.includes(internalFormat)),
);

export const UNSIZED_FORMATS: ReadonlyMap<number, InternalFormat> = new Map(
  [...INTERNAL_FORMATS].filter(([internalFormat]) => UNSIZED.includes(internalFormat)),
);

// -- Compressed formats ----------------------------------------------------------------------------

/** The block of a compressed format. */
export interface Block {
  width: number;
  height: number;
  bytes: number;
  /** Whether images have to be whole blocks. */
  isWhole: boolean;
}

/** How many bytes an image takes. */
export function compressedSize({ width, height, bytes }: Block, w: number, h: number, depth = 1): number {
  return Math.ceil(w / width) * Math.ceil(h / height) * bytes * depth;
}
