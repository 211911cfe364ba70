/** Pixels out of a framebuffer: to memory, to buffers, to textures. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need, wrong } from "../errors.ts";
import { bytesOfType, bytesPerPixel, fitsView, isFormat, isType, UNSIZED_FORMATS } from "../formats.ts";
import type { WebGLTexture } from "../objects.ts";
import { BlitsContext } from "./blits.ts";
import { FACES } from "./textures.ts";

const { libGLESv2: gl } = GL;

export abstract class ReadingContext extends BlitsContext {
  readPixels(
    x: number,
    y: number,
    width: number,
    height: number,
    format: number,
    type: number,
    given: ArrayBufferView | number | null,
    dstOffset?: number,
  ): void {
    need(arguments.length, 7, "readPixels");
    const [left, bottom, w, h] = [x | 0, y | 0, width | 0, height | 0];
    const [pixels, what] = [format >>> 0, type >>> 0];
    const isView = ArrayBuffer.isView(given);
    if (!isView && ((typeof given === "object" && given !== null) || dstOffset !== undefined))
      throw wrong("readPixels", 7, "an ArrayBufferView or an offset", given);
    const offset = isView || given === null ? (dstOffset as number) >>> 0 : integer(given as number);
    if (!this.enter()) return;
    const buffer = this.bound.pixelPack;
    if (!isFormat(pixels) || !isType(what)) return this.invalidEnum("readPixels", "no format or type of pixels");
    if (w < 0 || h < 0) return this.invalidValue("readPixels", "the size is negative");
    if (buffer === null && given === null) return this.invalidValue("readPixels", "there is no memory to read to");
    if (isView === (buffer !== null) || given === null)
      return this.invalidOperation("readPixels", isView ? "a PIXEL_PACK_BUFFER is bound" : "no PIXEL_PACK_BUFFER is");
    const bytes = this.packedBytes(w, h, bytesPerPixel(pixels, what));
    if (bytes === null) return this.invalidOperation("readPixels", "rows are shorter than what is read of them");
    if (!this.hasReadSource("readPixels")) return;
    if (this.wasShown) this.clearShown();
    if (isView) {
      if (!fitsView(what, given))
        return this.invalidOperation("readPixels", "the view's class is not that of the type");
      const room = this.part(given, offset, 0, "readPixels");
      if (room === undefined) return;
      if (room.byteLength < bytes) return this.invalidOperation("readPixels", "the view is shorter than the pixels");
      return gl.glReadPixels(left, bottom, w, h, pixels, what, room.byteLength === 0 ? null : room);
    }
    if (offset < 0) return this.invalidValue("readPixels", "the offset is negative");
    if (offset % bytesOfType(what) !== 0) return this.invalidOperation("readPixels", "the offset is not aligned");
    if (offset + bytes > buffer!.byteLength) return this.invalidOperation("readPixels", "the buffer is too short");
    if (this.isFedBack(buffer!))
      return this.invalidOperation("readPixels", "a transform feedback writes to the buffer");
    buffer!.version++;
    gl.glReadPixels(left, bottom, w, h, pixels, what, offset === 0 ? null : offset);
  }

  /** How many bytes of memory pixels take, as the program has set the packing; null if rows are too short. */
  private packedBytes(width: number, height: number, pixel: number): number | null {
    const { alignment, rowLength, skipPixels, skipRows } = this.pack;
    if (rowLength !== 0 && skipPixels + width > rowLength) return null;
    if (width === 0 || height === 0) return 0;
    const stride = Math.ceil(((rowLength || width) * pixel) / alignment) * alignment;
    return skipRows * stride + skipPixels * pixel + (height - 1) * stride + width * pixel;
  }

  // -- Copies to textures ------------------------------------------------------------------------

  copyTexImage2D(
    target: number,
    level: number,
    internalformat: number,
    x: number,
    y: number,
    width: number,
    height: number,
    border: number,
  ): void {
    need(arguments.length, 8, "copyTexImage2D");
    const [where, at, format] = [target >>> 0, level | 0, internalformat >>> 0];
    const [left, bottom, w, h, edge] = [x | 0, y | 0, width | 0, height | 0, border | 0];
    if (!this.enter()) return;
    const texture = this.flatTexture(where, "copyTexImage2D");
    if (texture === null) return;
    const found = this.sizedFormat(format) ?? UNSIZED_FORMATS.get(format);
    if (found === undefined) return this.invalidEnum("copyTexImage2D", "no internal format");
    if (edge !== 0) return this.invalidValue("copyTexImage2D", "there is no border");
    if (this.readsFrom(texture, at, "copyTexImage2D")) return;
    this.keepErrors();
    gl.glCopyTexImage2D(where, at, format, left, bottom, w, h, 0);
    if (!this.succeeded("copyTexImage2D") || w === 0 || h === 0 || this.isInside(left, bottom, w, h)) return;
    // What is outside of the framebuffer is zero, and not what the driver's memory happens to have.
    this.clearPixels(where, at, found.format, found.types[0]!, w, h, 0);
    gl.glCopyTexSubImage2D(where, at, 0, 0, left, bottom, w, h);
  }

  /** Whether all pixels of a rectangle are surely the framebuffer's. */
  private isInside(x: number, y: number, width: number, height: number): boolean {
    if (this.readFramebuffer !== null || x < 0 || y < 0) return false;
    return x + width <= this.surface.width && y + height <= this.surface.height;
  }

  copyTexSubImage2D(
    target: number,
    level: number,
    xoffset: number,
    yoffset: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void {
    need(arguments.length, 8, "copyTexSubImage2D");
    const [where, at, toX, toY] = [target >>> 0, level | 0, xoffset | 0, yoffset | 0];
    const [left, bottom, w, h] = [x | 0, y | 0, width | 0, height | 0];
    if (!this.enter()) return;
    const texture = this.flatTexture(where, "copyTexSubImage2D");
    if (texture === null || this.readsFrom(texture, at, "copyTexSubImage2D")) return;
    gl.glCopyTexSubImage2D(where, at, toX, toY, left, bottom, w, h);
  }

  copyTexSubImage3D(
    target: number,
    level: number,
    xoffset: number,
    yoffset: number,
    zoffset: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void {
    need(arguments.length, 9, "copyTexSubImage3D");
    const [where, at, toX, toY, toZ] = [target >>> 0, level | 0, xoffset | 0, yoffset | 0, zoffset | 0];
    const [left, bottom, w, h] = [x | 0, y | 0, width | 0, height | 0];
    if (!this.enter()) return;
    if (where !== GL.GL_TEXTURE_3D && where !== GL.GL_TEXTURE_2D_ARRAY)
      return this.invalidEnum("copyTexSubImage3D", "no target of images with a depth");
    const texture = this.textureOf(where, "copyTexSubImage3D");
    if (texture === null || this.readsFrom(texture, at, "copyTexSubImage3D")) return;
    gl.glCopyTexSubImage3D(where, at, toX, toY, toZ, left, bottom, w, h);
  }

  private flatTexture(target: number, method: string): WebGLTexture | null {
    if (target === GL.GL_TEXTURE_2D || FACES.includes(target)) return this.textureOf(target, method);
    this.invalidEnum(method, "no target of flat images");
    return null;
  }

  /** Whether a level is read from to copy to it, or nothing is; notes the error if so, and clears what was shown. */
  private readsFrom(texture: WebGLTexture, level: number, method: string): boolean {
    if (this.wasShown) this.clearShown();
    if (!this.hasReadSource(method)) return true;
    if (this.readFramebuffer === null) return false;
    for (const { object, level: attached } of this.readFramebuffer.attachments.values())
      if (object === texture && attached === level) {
        this.invalidOperation(method, "the level is attached to the framebuffer that is read");
        return true;
      }
    return false;
  }
}
