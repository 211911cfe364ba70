/** Compressed images of textures. Their formats come from extensions. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need, wrong } from "../errors.ts";
import { compressedSize } from "../formats.ts";
import { TexImageContext } from "./teximage.ts";

const { libGLESv2: gl } = GL;

/** Where an image begins, and how large it is: x, y, z, width, height, depth. Depth 0: it is flat. */
type Box = [number, number, number, number, number, number];

export abstract class CompressedContext extends TexImageContext {
  compressedTexImage2D(
    target: number,
    level: number,
    internalformat: number,
    w: number,
    h: number,
    ...rest: unknown[]
  ) {
    need(arguments.length, 7, "compressedTexImage2D");
    const box: Box = [0, 0, 0, w | 0, h | 0, 0];
    this.compressedImage("compressedTexImage2D", [target >>> 0, level | 0, internalformat >>> 0], box, rest);
  }

  compressedTexImage3D(
    target: number,
    level: number,
    internalformat: number,
    w: number,
    h: number,
    d: number,
    ...rest: unknown[]
  ): void {
    need(arguments.length, 8, "compressedTexImage3D");
    const box: Box = [0, 0, 0, w | 0, h | 0, d | 0];
    this.compressedImage("compressedTexImage3D", [target >>> 0, level | 0, internalformat >>> 0], box, rest);
  }

  compressedTexSubImage2D(target: number, level: number, x: number, y: number, ...rest: unknown[]): void {
    need(arguments.length, 8, "compressedTexSubImage2D");
    const [w, h, format, ...data] = rest as number[];
    const box: Box = [x | 0, y | 0, 0, w! | 0, h! | 0, 0];
    this.compressedPart("compressedTexSubImage2D", [target >>> 0, level | 0, format! >>> 0], box, data);
  }

  compressedTexSubImage3D(target: number, level: number, x: number, y: number, z: number, ...rest: unknown[]): void {
    need(arguments.length, 10, "compressedTexSubImage3D");
    const [w, h, d, format, ...data] = rest as number[];
    const box: Box = [x | 0, y | 0, z | 0, w! | 0, h! | 0, d! | 0];
    this.compressedPart("compressedTexSubImage3D", [target >>> 0, level | 0, format! >>> 0], box, data);
  }

  private compressedImage(method: string, at: [number, number, number], box: Box, rest: unknown[]): void {
    const [target, level, format] = at;
    const [, , , width, height, depth] = box;
    const [border, ...given] = rest;
    const isDeep = method.endsWith("3D");
    const data = this.compressedData(method, at, box, given, isDeep);
    if (data === null) return;
    if (((border as number) | 0) !== 0) return this.invalidValue(method, "there is no border");
    const size = data.byteLength;
    if (!isDeep) gl.glCompressedTexImage2D(target, level, format, width, height, 0, size, data.from as never);
    else gl.glCompressedTexImage3D(target, level, format, width, height, depth, 0, size, data.from as never);
  }

  private compressedPart(method: string, at: [number, number, number], box: Box, given: unknown[]): void {
    const [target, level, format] = at;
    const [x, y, z, width, height, depth] = box;
    const isDeep = method.endsWith("3D");
    const data = this.compressedData(method, at, box, given, isDeep);
    if (data === null) return;
    const { byteLength: size, from } = data;
    if (!isDeep) gl.glCompressedTexSubImage2D(target, level, x, y, width, height, format, size, from as never);
    else gl.glCompressedTexSubImage3D(target, level, x, y, z, width, height, depth, format, size, from as never);
  }

  /** `imageSize, offset` with a buffer bound, else `view[, srcOffset[, length]]`; null after an error. */
  private compressedData(method: string, at: [number, number, number], box: Box, given: unknown[], isDeep: boolean) {
    const [target, , format] = at;
    const [, , , width, height, depth] = box;
    const [first, second, third] = given as number[];
    const isView = ArrayBuffer.isView(first);
    if (!isView && given.length < 2) throw wrong(method, 1, "an ArrayBufferView", first);
    if (!this.enter()) return null;
    const isFlatTarget = target === GL.GL_TEXTURE_2D || isFace(target);
    const isTarget = isDeep ? target === GL.GL_TEXTURE_3D || target === GL.GL_TEXTURE_2D_ARRAY : isFlatTarget;
    const block = this.compressed.get(format);
    const buffer = this.bound.pixelUnpack;
    if (!isTarget) this.invalidEnum(method, "no target of such images");
    else if (this.textureOf(target, method) === null) return null;
    else if (block === undefined) this.invalidEnum(method, "no compressed format");
    else if (width < 0 || height < 0 || depth < 0) this.invalidValue(method, "the size is negative");
    else if (isView === (buffer !== null))
      this.invalidOperation(method, isView ? "a PIXEL_UNPACK_BUFFER is bound" : "no PIXEL_UNPACK_BUFFER is bound");
    else {
      const wanted = compressedSize(block, width, height, isDeep ? depth : 1);
      const data = isView ? this.part(first, second! >>> 0, third! >>> 0, method) : undefined;
      if (isView && data === undefined) return null;
      const byteLength = data?.byteLength ?? first! | 0;
      const offset = data === undefined ? integer(second!) : 0;
      if (byteLength !== wanted) this.invalidValue(method, `the image takes ${wanted} bytes`);
      else if (offset < 0) this.invalidValue(method, "the offset is negative");
      else if (buffer !== null && offset + byteLength > buffer.byteLength)
        this.invalidOperation(method, "the image ends after the buffer");
      else if (data !== undefined) return { byteLength, from: byteLength === 0 ? null : data };
      else return { byteLength, from: offset === 0 ? null : offset };
    }
    return null;
  }
}

function isFace(target: number): boolean {
  return target >= GL.GL_TEXTURE_CUBE_MAP_POSITIVE_X && target <= GL.GL_TEXTURE_CUBE_MAP_NEGATIVE_Z;
}
