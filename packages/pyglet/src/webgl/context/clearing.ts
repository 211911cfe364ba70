/** Clearing, the viewport and the scissor, and how pixels lie in memory. */
import * as GL from "../../native/gles/generated/gl3.ts";
import {
  BROWSER_DEFAULT_WEBGL,
  UNPACK_COLORSPACE_CONVERSION_WEBGL,
  UNPACK_FLIP_Y_WEBGL,
  UNPACK_PREMULTIPLY_ALPHA_WEBGL,
} from "../constants.ts";
import { need } from "../errors.ts";
import { type PixelStore, StateContext } from "./state.ts";

const { libGLESv2: gl } = GL;

/** What GL calls the members of a `PixelStore`. */
const UNPACK: Record<number, keyof PixelStore> = {
  [GL.GL_UNPACK_ALIGNMENT]: "alignment",
  [GL.GL_UNPACK_ROW_LENGTH]: "rowLength",
  [GL.GL_UNPACK_IMAGE_HEIGHT]: "imageHeight",
  [GL.GL_UNPACK_SKIP_PIXELS]: "skipPixels",
  [GL.GL_UNPACK_SKIP_ROWS]: "skipRows",
  [GL.GL_UNPACK_SKIP_IMAGES]: "skipImages",
};
const PACK: Record<number, keyof PixelStore> = {
  [GL.GL_PACK_ALIGNMENT]: "alignment",
  [GL.GL_PACK_ROW_LENGTH]: "rowLength",
  [GL.GL_PACK_SKIP_PIXELS]: "skipPixels",
  [GL.GL_PACK_SKIP_ROWS]: "skipRows",
};

const ALL_BUFFERS = GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT | GL.GL_STENCIL_BUFFER_BIT;

export abstract class ClearingContext extends StateContext {
  /** Whether the drawing buffer was shown, and has to be cleared before something is drawn or read. */
  protected wasShown = false;

  /** Clears what was shown, as WebGL does for a buffer that is not preserved. */
  protected abstract clearShown(): void;
  /** Whether a framebuffer of the program is drawn to, whose first colour has integers. */
  protected abstract drawsIntegers(): boolean;

  clear(mask: number): void {
    need(arguments.length, 1, "clear");
    mask >>>= 0;
    if (!this.enter()) return;
    if ((mask & ~ALL_BUFFERS) !== 0) return this.invalidValue("clear", "the mask has bits of no buffer");
    if (this.wasShown) this.clearShown();
    if ((mask & GL.GL_COLOR_BUFFER_BIT) !== 0 && this.drawsIntegers())
      return this.invalidOperation(
        "clear",
        "the colour buffer has integers; clearBufferiv or clearBufferuiv clears it",
      );
    gl.glClear(mask);
  }

  clearColor(red: number, green: number, blue: number, alpha: number): void {
    need(arguments.length, 4, "clearColor");
    red = +red;
    green = +green;
    blue = +blue;
    alpha = +alpha;
    if (this.enter()) gl.glClearColor(red, green, blue, alpha);
  }

  clearDepth(depth: number): void {
    need(arguments.length, 1, "clearDepth");
    depth = +depth;
    if (this.enter()) gl.glClearDepthf(depth);
  }

  clearStencil(s: number): void {
    need(arguments.length, 1, "clearStencil");
    s |= 0;
    if (this.enter()) gl.glClearStencil(s);
  }

  viewport(x: number, y: number, width: number, height: number): void {
    need(arguments.length, 4, "viewport");
    x |= 0;
    y |= 0;
    width |= 0;
    height |= 0;
    if (!this.enter()) return;
    if (width < 0 || height < 0) return this.invalidValue("viewport", "the size is negative");
    gl.glViewport(x, y, width, height);
  }

  scissor(x: number, y: number, width: number, height: number): void {
    need(arguments.length, 4, "scissor");
    x |= 0;
    y |= 0;
    width |= 0;
    height |= 0;
    if (!this.enter()) return;
    if (width < 0 || height < 0) return this.invalidValue("scissor", "the size is negative");
    gl.glScissor(x, y, width, height);
  }

  finish(): void {
    if (this.enter()) gl.glFinish();
  }

  flush(): void {
    if (this.enter()) gl.glFlush();
  }

  pixelStorei(pname: number, param: number | boolean): void {
    need(arguments.length, 2, "pixelStorei");
    const name = pname >>> 0;
    const value = (param as number) | 0;
    if (!this.enter()) return;
    if (name === UNPACK_FLIP_Y_WEBGL) this.flipY = value !== 0;
    else if (name === UNPACK_PREMULTIPLY_ALPHA_WEBGL) this.premultiply = value !== 0;
    else if (name === UNPACK_COLORSPACE_CONVERSION_WEBGL) this.setColorSpaceConversion(value);
    else if (UNPACK[name] !== undefined) this.setStore(this.unpack, UNPACK[name], name, value);
    else if (PACK[name] !== undefined) this.setStore(this.pack, PACK[name], name, value);
    else this.invalidEnum("pixelStorei", "no name of a pixel storage parameter");
  }

  private setColorSpaceConversion(value: number): void {
    if (value !== GL.GL_NONE && value !== BROWSER_DEFAULT_WEBGL)
      return this.invalidValue("pixelStorei", "the conversion is neither NONE nor BROWSER_DEFAULT_WEBGL");
    this.colorSpaceConversion = value;
  }

  private setStore(store: PixelStore, member: keyof PixelStore, name: number, value: number): void {
    const fits = member === "alignment" ? value === 1 || value === 2 || value === 4 || value === 8 : value >= 0;
    if (!fits) return this.invalidValue("pixelStorei", `the ${member} cannot be ${value}`);
    store[member] = value;
    gl.glPixelStorei(name, value);
  }
}
