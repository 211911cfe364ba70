/** Decoded frames of a film as RGB or RGBA. */
import {
  ARRAY,
  type ArrayOf,
  addressof,
  atEnd,
  byref,
  c_int,
  c_ubyte,
  cast,
  type EndCall,
  POINTER,
  type Pointer,
} from "ctypes-js";
import { libavutil, libswscale } from "../../native/media/generated/av/libraries.ts";
import { AV_PIX_FMT_FLAG_ALPHA } from "../../native/media/generated/av/pixdesc.types.ts";
import { AVColorRange, AVPixelFormat } from "../../native/media/generated/av/pixfmt.types.ts";
import { SWS_BICUBIC, SWS_CS_DEFAULT, type SwsContext } from "../../native/media/generated/av/swscale.types.ts";
import type { FrameImage } from "../contract.ts";
import { MediaFormatException } from "../exceptions.ts";
import type { VideoFormat } from "../format.ts";
import type { Frame } from "./decoder.ts";

/** The vector code of libswscale wants rows to begin at such places, and writes whole vectors at their ends. */
const ALIGNMENT = 64;
/** Coefficients of matrices that FFmpeg's scaling filter knows; 8 is none of them. */
const MATRICES = new Set([1, 2, 3, 4, 5, 6, 7, 9, 10]);
/** Contrast and saturation as they are, in 16.16. */
const ONE = 1 << 16;

export class PictureConverter {
  readonly #name: string;
  readonly #format: VideoFormat;
  #context: Pointer<SwsContext> | null = null;
  #end: EndCall | null = null;
  #from = "";
  #hasAlpha = false;
  #memory: ArrayOf<c_ubyte, number> = new (ARRAY(c_ubyte, 0))();
  #rows: Uint8Array = new Uint8Array(0);
  #stride = 0;
  readonly #planes = new (ARRAY(POINTER(c_ubyte), 4))();
  readonly #strides = new (ARRAY(c_int, 4))();

  constructor(name: string, format: VideoFormat) {
    this.#name = name;
    this.#format = format;
  }

  /** The picture of a frame, with memory of its own. @throws MediaFormatException for pixels that are not known. */
  convert({ fields }: Frame): FrameImage {
    const { format, width, height, colorspace, color_range } = fields;
    const from = `${format} ${width} ${height} ${colorspace} ${color_range}`;
    if (from !== this.#from) this.#prepare(from, format as AVPixelFormat, width, height, colorspace, color_range);
    const context = this.#context as Pointer<SwsContext>;
    const rows = libswscale.sws_scale(context, fields.data, fields.linesize, 0, height, this.#planes, this.#strides);
    const letters = this.#hasAlpha ? "RGBA" : "RGB";
    const pitch = this.#format.width * letters.length;
    if (rows <= 0) throw new MediaFormatException(`${this.#name}: a frame cannot be converted to ${letters}`);
    const data = packed(this.#rows, this.#stride, pitch, this.#format.height);
    return { width: this.#format.width, height: this.#format.height, format: letters, pitch: -pitch, data };
  }

  release(): void {
    this.#end?.cancel();
    if (this.#context !== null) libswscale.sws_freeContext(this.#context);
    this.#context = null;
    this.#from = "";
  }

  #prepare(from: string, format: AVPixelFormat, width: number, height: number, matrix: number, range: number): void {
    this.release();
    const described = libavutil.av_pix_fmt_desc_get(format);
    this.#hasAlpha = described !== null && (Number(described.contents.flags) & AV_PIX_FMT_FLAG_ALPHA) !== 0;
    const to = this.#hasAlpha ? AVPixelFormat.AV_PIX_FMT_RGBA : AVPixelFormat.AV_PIX_FMT_RGB24;
    const { width: w, height: h } = this.#format;
    this.#context = libswscale.sws_getContext(width, height, format, w, h, to, SWS_BICUBIC, null, null, null);
    if (this.#context === null) {
      const name = libavutil.av_get_pix_fmt_name(format) ?? format;
      throw new MediaFormatException(`${this.#name}: FFmpeg cannot convert pixels of ${name}`);
    }
    this.#end = atEnd(libswscale.sws_freeContext, this.#context);
    setColours(this.#context, matrix, range);
    this.#stride = Math.ceil((w * (this.#hasAlpha ? 4 : 3)) / ALIGNMENT) * ALIGNMENT;
    this.#memory = new (ARRAY(c_ubyte, this.#stride * h + 2 * ALIGNMENT))();
    const address = Number(addressof(this.#memory));
    const start = Math.ceil(address / ALIGNMENT) * ALIGNMENT - address;
    this.#rows = this.#memory.view.subarray(start);
    this.#planes.put(0, cast(address + start, POINTER(c_ubyte)));
    this.#strides.put(0, this.#stride);
    this.#from = from;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** The matrix and the range of the frame, where it says them, by the rules of FFmpeg's scaling filter. */
function setColours(context: Pointer<SwsContext>, matrix: number, range: number): void {
  const [given, wanted] = [new (POINTER(c_int))(), new (POINTER(c_int))()];
  const [isFull, isFullThen, brightness, contrast, saturation] = Array.from({ length: 5 }, () => new c_int());
  const found = libswscale.sws_getColorspaceDetails(
    context,
    byref(given) as never,
    byref(isFull as c_int),
    byref(wanted) as never,
    byref(isFullThen as c_int),
    byref(brightness as c_int),
    byref(contrast as c_int),
    byref(saturation as c_int),
  );
  // Pixels that are RGB already.
  if (found < 0) return;
  const full = range === AVColorRange.AVCOL_RANGE_UNSPECIFIED ? isFull?.value : range === AVColorRange.AVCOL_RANGE_JPEG;
  const table = libswscale.sws_getCoefficients(MATRICES.has(matrix) ? matrix : SWS_CS_DEFAULT);
  libswscale.sws_setColorspaceDetails(context, table, Number(full), table, isFullThen?.value ?? 0, 0, ONE, ONE);
}

/** The rows without what lies between them, in memory of their own. */
function packed(rows: Uint8Array, stride: number, pitch: number, height: number): Uint8Array {
  if (stride === pitch) return rows.slice(0, pitch * height);
  const data = new Uint8Array(pitch * height);
  for (let row = 0; row < height; row++) data.set(rows.subarray(row * stride, row * stride + pitch), row * pitch);
  return data;
}
