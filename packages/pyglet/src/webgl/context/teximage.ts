/** Images of textures: from memory, from buffers, and from images of the web. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need, wrong } from "../errors.ts";
import { bytesOfType, bytesPerPixel, fitsView, isFormat, isType, UNSIZED_FORMATS } from "../formats.ts";
import { converted, packed, premultiply } from "../pixels.ts";
import { isImage, rgbaOf, sizeOf } from "../source.ts";
import { TexturesContext } from "./textures.ts";

const { libGLESv2: gl } = GL;

/** The part of a texture that an image goes to. `depth` 0: the image is flat. */
interface Region {
  width: number;
  height: number;
  depth: number;
  format: number;
  type: number;
}

/** What GL gets: memory, an offset in a buffer, or null for zeros. */
interface Upload {
  data: ArrayBufferView | number | null;
  /** Whether the data are ours, without gaps. */
  isPlain: boolean;
}

const NOTHING: Upload = { data: null, isPlain: true };

export abstract class TexImageContext extends TexturesContext {
  /** Whether such an image can be made of such pixels; notes the error if not. */
  protected isInternal(internalFormat: number, format: number, type: number, method: string): boolean {
    const found = this.sizedFormat(internalFormat) ?? UNSIZED_FORMATS.get(internalFormat);
    if (!this.arePixels(format, type, method)) return false;
    if (found === undefined) this.invalidValue(method, "no internal format");
    else if (found.format !== format || !found.types.includes(type))
      this.invalidOperation(method, "format and type are not those of the internal format");
    else return true;
    return false;
  }

  private arePixels(format: number, type: number, method: string): boolean {
    if (isFormat(format) && isType(type)) return true;
    this.invalidEnum(method, isFormat(format) ? "no type of pixels" : "no format of pixels");
    return false;
  }

  /** Whether the size is one of an image at all; GL checks the rest. */
  private isSize({ width, height, depth }: Region, border: number, method: string): boolean {
    const max = this.maxTextureSize;
    if (width < 0 || height < 0 || depth < 0 || width > max || height > max || depth > max)
      this.invalidValue(method, "the size is negative, or greater than MAX_TEXTURE_SIZE");
    else if (border !== 0) this.invalidValue(method, "there is no border");
    else return true;
    return false;
  }

  // -- What is given -----------------------------------------------------------------------------

  /** Finds out what is to be uploaded; null after an error. `given` is one of all that WebGL takes. */
  private upload(given: unknown, srcOffset: number, region: Region, method: string): Upload | null {
    const buffer = this.bound.pixelUnpack;
    if (given === null || given === undefined || ArrayBuffer.isView(given) || isImage(given)) {
      if (buffer !== null) this.invalidOperation(method, "a PIXEL_UNPACK_BUFFER is bound");
      else if (given === null || given === undefined) return NOTHING;
      else if (ArrayBuffer.isView(given)) return this.fromView(given, srcOffset, region, method);
      else return this.fromImage(given, region, method);
      return null;
    }
    const offset = integer(given as number);
    if (buffer === null) this.invalidOperation(method, "no PIXEL_UNPACK_BUFFER is bound");
    else if (this.flipY || this.premultiply) this.invalidOperation(method, "pixels of a buffer are taken as they are");
    else if (offset < 0) this.invalidValue(method, "the offset is negative");
    else if (offset % bytesOfType(region.type) !== 0) this.invalidOperation(method, "the offset is not aligned");
    else if (this.isFedBack(buffer)) this.invalidOperation(method, "a transform feedback writes to the buffer");
    else {
      const bytes = this.bytesOf(region, method);
      if (bytes === null) return null;
      if (offset + bytes <= buffer.byteLength) return { data: offset, isPlain: false };
      this.invalidOperation(method, "the image ends after the buffer");
    }
    return null;
  }

  private fromView(view: ArrayBufferView, srcOffset: number, region: Region, method: string): Upload | null {
    if (!fitsView(region.type, view)) {
      this.invalidOperation(method, "the view's class is not that of the type");
      return null;
    }
    const isChanged = this.flipY || this.premultiply;
    if (isChanged && region.depth > 0) {
      this.invalidOperation(method, "pixels with a depth are not turned over or multiplied");
      return null;
    }
    const start = srcOffset * bytesOfTypedArray(view);
    const bytes = this.bytesOf(region, method);
    if (bytes === null) return null;
    if (start + bytes > view.byteLength) {
      this.invalidOperation(method, "the view is shorter than the image");
      return null;
    }
    if (bytes === 0) return NOTHING;
    const part = new Uint8Array(view.buffer, view.byteOffset + start, view.byteLength - start);
    if (!isChanged) return { data: start === 0 ? view : part, isPlain: false };
    const { width, height, format, type } = region;
    const pixel = bytesPerPixel(format, type);
    const stride = this.strideOf(width, pixel);
    const first = this.unpack.skipRows * stride + this.unpack.skipPixels * pixel;
    const copy = packed({ bytes: part, start: first, stride }, width * pixel, height, this.flipY);
    if (this.premultiply) premultiply(copy, format, type);
    return { data: copy, isPlain: true };
  }

  private fromImage(image: object, { width, height, format, type }: Region, method: string): Upload | null {
    const pixels = rgbaOf(image);
    if (pixels === null || width === 0 || height === 0) return NOTHING;
    const { skipPixels, skipRows } = this.unpack;
    if (skipPixels + width > pixels.width || skipRows + height > pixels.height) {
      this.invalidOperation(method, "the image is smaller than the part that is taken");
      return null;
    }
    const bytes = new Uint8Array(pixels.data.buffer, pixels.data.byteOffset, pixels.data.byteLength);
    const rows = { bytes, start: (skipRows * pixels.width + skipPixels) * 4, stride: pixels.width * 4 };
    const copy = packed(rows, width * 4, height, this.flipY);
    if (this.premultiply) premultiply(copy, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE);
    const data = converted(copy, format, type);
    if (data !== null) return { data, isPlain: true };
    this.invalidOperation(method, "images are not converted to such pixels");
    return null;
  }

  /** Bytes from one row to the next, as the program has set the unpacking. */
  private strideOf(width: number, pixel: number): number {
    const { alignment, rowLength } = this.unpack;
    return Math.ceil(((rowLength || width) * pixel) / alignment) * alignment;
  }

  /** How many bytes of memory an image takes; null after an error. */
  private bytesOf({ width, height, depth, format, type }: Region, method: string): number | null {
    const { rowLength, imageHeight, skipPixels, skipRows, skipImages } = this.unpack;
    if (width === 0 || height === 0) return 0;
    if (
      (rowLength !== 0 && skipPixels + width > rowLength) ||
      (depth > 0 && imageHeight !== 0 && skipRows + height > imageHeight)
    ) {
      this.invalidOperation(method, "rows or images are shorter than what is taken of them");
      return null;
    }
    const pixel = bytesPerPixel(format, type);
    const stride = this.strideOf(width, pixel);
    const image = stride * (imageHeight || height);
    const skipped = skipRows * stride + skipPixels * pixel + (depth > 0 ? skipImages * image : 0);
    return skipped + Math.max(depth - 1, 0) * image + (height - 1) * stride + width * pixel;
  }

  // -- Images ------------------------------------------------------------------------------------

  texImage2D(target: number, level: number, internalformat: number, ...rest: unknown[]): void {
    const call = this.flat("texImage2D", rest, arguments.length, 6, target >>> 0);
    if (call === null) return;
    const [where, at, format] = [target >>> 0, level | 0, internalformat | 0];
    const { region, given, srcOffset, border } = call;
    if (!this.isInternal(format, region.format, region.type, "texImage2D")) return;
    if (!this.isSize(region, border, "texImage2D")) return;
    const upload = this.upload(given, srcOffset, region, "texImage2D");
    if (upload === null) return;
    const { width, height, format: pixels, type } = region;
    this.keepErrors();
    this.send(upload, (data) => gl.glTexImage2D(where, at, format, width, height, 0, pixels, type, data));
    if (!this.succeeded("texImage2D") || upload.data !== null || width === 0 || height === 0) return;
    this.clearPixels(where, at, pixels, type, width, height, 0);
  }

  texSubImage2D(target: number, level: number, xoffset: number, yoffset: number, ...rest: unknown[]): void {
    const call = this.flat("texSubImage2D", rest, arguments.length, 7, target >>> 0);
    if (call === null) return;
    const [where, at, x, y] = [target >>> 0, level | 0, xoffset | 0, yoffset | 0];
    const { region, given, srcOffset } = call;
    const { width, height, format, type } = region;
    if (!this.arePixels(format, type, "texSubImage2D") || !this.isSize(region, 0, "texSubImage2D")) return;
    if (given === null || given === undefined) return this.invalidValue("texSubImage2D", "there are no pixels");
    const upload = this.upload(given, srcOffset, region, "texSubImage2D");
    if (upload === null || upload.data === null) return;
    this.send(upload, (data) => gl.glTexSubImage2D(where, at, x, y, width, height, format, type, data));
  }

  /**
   * The arguments that depend on how many there are: `format, type, source` or
   * `width, height[, border], format, type, given[, srcOffset]`; null if there is nothing to do.
   */
  private flat(method: string, rest: unknown[], count: number, short: number, target: number) {
    need(count, short, method);
    const isShort = count === short;
    if (!isShort) need(count, 9, method);
    const numbers = rest as number[];
    const hasBorder = short === 6;
    const given = rest[isShort ? 2 : hasBorder ? 5 : 4];
    if (isShort && !isImage(given)) throw wrong(method, short, "an image", given);
    if (typeof given === "object" && given !== null && !ArrayBuffer.isView(given) && !isImage(given))
      throw wrong(method, 9, "an ArrayBufferView, an image or an offset", given);
    if (count > 9 && !ArrayBuffer.isView(given)) throw wrong(method, 9, "an ArrayBufferView", given);
    const at = isShort ? 0 : hasBorder ? 3 : 2;
    const [width, height] = isShort ? sizeOf(given as object) : [numbers[0]! | 0, numbers[1]! | 0];
    const border = isShort || !hasBorder ? 0 : numbers[2]! | 0;
    const region = { width, height, depth: 0, format: numbers[at]! >>> 0, type: numbers[at + 1]! >>> 0 };
    const srcOffset = count > 9 ? numbers[at + 3]! >>> 0 : 0;
    if (!this.enter()) return null;
    if (target === GL.GL_TEXTURE_CUBE_MAP || target === GL.GL_TEXTURE_3D || target === GL.GL_TEXTURE_2D_ARRAY) {
      this.invalidEnum(method, "no target of flat images");
      return null;
    }
    return this.textureOf(target, method) === null ? null : { region, given, srcOffset, border };
  }

  texImage3D(target: number, level: number, internalformat: number, ...rest: unknown[]): void {
    need(arguments.length, 10, "texImage3D");
    const [where, at, format] = [target >>> 0, level | 0, internalformat | 0];
    const call = this.deep("texImage3D", rest, 4, where);
    if (call === null) return;
    const { region, given, srcOffset } = call;
    if (!this.isInternal(format, region.format, region.type, "texImage3D")) return;
    if (!this.isSize(region, (rest[3] as number) | 0, "texImage3D")) return;
    const upload = this.upload(given, srcOffset, region, "texImage3D");
    if (upload === null) return;
    const { width, height, depth, format: pixels, type } = region;
    this.keepErrors();
    this.send(upload, (data) => gl.glTexImage3D(where, at, format, width, height, depth, 0, pixels, type, data));
    if (!this.succeeded("texImage3D") || upload.data !== null || width === 0 || height === 0 || depth === 0) return;
    this.clearPixels(where, at, pixels, type, width, height, depth);
  }

  texSubImage3D(target: number, level: number, xo: number, yo: number, zo: number, ...rest: unknown[]): void {
    need(arguments.length, 11, "texSubImage3D");
    const [where, at, x, y, z] = [target >>> 0, level | 0, xo | 0, yo | 0, zo | 0];
    const call = this.deep("texSubImage3D", rest, 3, where);
    if (call === null) return;
    const { region, given, srcOffset } = call;
    const { width, height, depth, format, type } = region;
    if (!this.arePixels(format, type, "texSubImage3D") || !this.isSize(region, 0, "texSubImage3D")) return;
    if (given === null || given === undefined) return this.invalidValue("texSubImage3D", "there are no pixels");
    const upload = this.upload(given, srcOffset, region, "texSubImage3D");
    if (upload === null || upload.data === null) return;
    this.send(upload, (data) => gl.glTexSubImage3D(where, at, x, y, z, width, height, depth, format, type, data));
  }

  /** `width, height, depth[, border], format, type, given[, srcOffset]`, with the format at `at`. */
  private deep(method: string, rest: unknown[], at: number, target: number) {
    const numbers = rest as number[];
    const given = rest[at + 2];
    if (typeof given === "object" && given !== null && !ArrayBuffer.isView(given) && !isImage(given))
      throw wrong(method, at + 6, "an ArrayBufferView, an image or an offset", given);
    const [width, height, depth] = [numbers[0]! | 0, numbers[1]! | 0, numbers[2]! | 0];
    const region = { width, height, depth, format: numbers[at]! >>> 0, type: numbers[at + 1]! >>> 0 };
    const srcOffset = rest[at + 3] === undefined ? 0 : numbers[at + 3]! >>> 0;
    if (!this.enter()) return null;
    if (target !== GL.GL_TEXTURE_3D && target !== GL.GL_TEXTURE_2D_ARRAY) {
      this.invalidEnum(method, "no target of images with a depth");
      return null;
    }
    return this.textureOf(target, method) === null ? null : { region, given, srcOffset };
  }

  private send({ data, isPlain }: Upload, call: (data: never) => void): void {
    if (isPlain && data !== null) this.plainly(1, () => call(data as never));
    else call((data === 0 ? null : data) as never);
  }
}

function bytesOfTypedArray(view: ArrayBufferView): number {
  return (view as ArrayBufferView & { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
}
