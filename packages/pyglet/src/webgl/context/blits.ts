/** Clearing of single attachments, blits, and what need not be kept. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { list, need, wrong } from "../errors.ts";
import { RenderbuffersContext } from "./renderbuffers.ts";

const { libGLESv2: gl } = GL;

export abstract class BlitsContext extends RenderbuffersContext {
  // -- Clearing single attachments ---------------------------------------------------------------

  clearBufferfi(buffer: number, drawbuffer: number, depth: number, stencil: number): void {
    need(arguments.length, 4, "clearBufferfi");
    const [what, which, far, value] = [buffer >>> 0, drawbuffer | 0, +depth, stencil | 0];
    if (!this.enter()) return;
    if (this.wasShown) this.clearShown();
    gl.glClearBufferfi(what, which, far, value);
  }

  clearBufferfv(buffer: number, drawbuffer: number, values: ArrayLike<number>, srcOffset = 0): void {
    need(arguments.length, 3, "clearBufferfv");
    const list = this.clearValues(buffer >>> 0, values, srcOffset >>> 0, new Float32Array(4), "clearBufferfv");
    if (list !== null) gl.glClearBufferfv(buffer >>> 0, drawbuffer | 0, list);
  }

  clearBufferiv(buffer: number, drawbuffer: number, values: ArrayLike<number>, srcOffset = 0): void {
    need(arguments.length, 3, "clearBufferiv");
    const list = this.clearValues(buffer >>> 0, values, srcOffset >>> 0, new Int32Array(4), "clearBufferiv");
    if (list !== null) gl.glClearBufferiv(buffer >>> 0, drawbuffer | 0, list);
  }

  clearBufferuiv(buffer: number, drawbuffer: number, values: ArrayLike<number>, srcOffset = 0): void {
    need(arguments.length, 3, "clearBufferuiv");
    const list = this.clearValues(buffer >>> 0, values, srcOffset >>> 0, new Uint32Array(4), "clearBufferuiv");
    if (list !== null) gl.glClearBufferuiv(buffer >>> 0, drawbuffer | 0, list);
  }

  private clearValues<T extends Float32Array | Int32Array | Uint32Array>(
    buffer: number,
    values: ArrayLike<number>,
    from: number,
    list: T,
    method: string,
  ): T | null {
    if (typeof values !== "object" || values === null) throw wrong(method, 3, "a list of numbers", values);
    const count = buffer === GL.GL_COLOR ? 4 : 1;
    for (let index = 0; index < count; index++) list[index] = values[from + index]!;
    if (!this.enter()) return null;
    if (!(from + count <= values.length)) return this.invalidValue(method, "the list is too short") ?? null;
    if (this.wasShown) this.clearShown();
    return list;
  }

  // -- Blits and what need not be kept -----------------------------------------------------------

  blitFramebuffer(
    srcX0: number,
    srcY0: number,
    srcX1: number,
    srcY1: number,
    dstX0: number,
    dstY0: number,
    dstX1: number,
    dstY1: number,
    mask: number,
    filter: number,
  ): void {
    need(arguments.length, 10, "blitFramebuffer");
    const [x0, y0, x1, y1] = [srcX0 | 0, srcY0 | 0, srcX1 | 0, srcY1 | 0];
    const [X0, Y0, X1, Y1] = [dstX0 | 0, dstY0 | 0, dstX1 | 0, dstY1 | 0];
    const [what, how] = [mask >>> 0, filter >>> 0];
    if (!this.enter()) return;
    if (this.wasShown) this.clearShown();
    // The size of a rectangle must be one that an int can hold.
    const isLong = [x1 - x0, y1 - y0, X1 - X0, Y1 - Y0].some((length) => Math.abs(length) > 0x7fffffff);
    if (isLong) return this.invalidValue("blitFramebuffer", "a rectangle is too large");
    gl.glBlitFramebuffer(x0, y0, x1, y1, X0, Y0, X1, Y1, what, how);
  }

  invalidateFramebuffer(target: number, attachments: Iterable<number>): void {
    need(arguments.length, 2, "invalidateFramebuffer");
    const names = list(attachments, "invalidateFramebuffer", 2).map((name) => name >>> 0);
    if (this.enter()) gl.glInvalidateFramebuffer(target >>> 0, names.length, Uint32Array.from([...names, 0]));
  }

  invalidateSubFramebuffer(target: number, attachments: Iterable<number>, x: number, y: number, w: number, h: number) {
    need(arguments.length, 6, "invalidateSubFramebuffer");
    const names = list(attachments, "invalidateSubFramebuffer", 2).map((name) => name >>> 0);
    const [left, bottom, width, height] = [x | 0, y | 0, w | 0, h | 0];
    if (!this.enter()) return;
    const some = Uint32Array.from([...names, 0]);
    gl.glInvalidateSubFramebuffer(target >>> 0, names.length, some, left, bottom, width, height);
  }
}
