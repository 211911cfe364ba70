/**
 * `WebGL2RenderingContext`: WebGL's rules over OpenGL ES 3.
 *
 *     core            is it current, is it lost, errors           textures       binding, sampling, storage
 *     state, clearing blending, depth, stencil, pixel storage     teximage       images of textures; compressed
 *     buffers         content, and which use a buffer has         framebuffers   attachments; renderbuffers, blits
 *     vertices        vertex arrays and attributes                reading        readPixels, copies to textures
 *     shaders         source and compiling; programs, reflection  feedback       transform feedback, buffers by index
 *     uniforms        numbers; vectors: lists                     drawing        what may be drawn
 *     queries         queries, fences, samplers                   parameters     getParameter; extensions
 *
 * Each is a class over the one before, in `context/`.
 */
import * as GL from "../native/gles/generated/gl3.ts";
import { CONSTANTS, CONTEXT_LOST_WEBGL, type Constants } from "./constants.ts";
import type { ContextCanvas, ErrorListener } from "./context/core.ts";
import { ExtensionsContext } from "./context/extensions.ts";
import { need, wrong } from "./errors.ts";
import { Share } from "./objects.ts";
import { ints } from "./scratch.ts";
import type { Buffers, ContextAttributes, Surface } from "./surface.ts";

const { libGLESv2: gl } = GL;

/** What `getContext` takes: attributes of the web's, and two of ours. */
export interface ContextOptions extends Partial<ContextAttributes> {
  /** Receives each error that WebGL's own rules find, by name, with the reason. */
  onError?: ErrorListener;
  /** False: no promise of the driver is asked for, and each index that is drawn is looked at before. */
  robustAccess?: boolean;
}

const DEFAULTS: ContextAttributes = {
  alpha: true,
  depth: true,
  stencil: false,
  antialias: true,
  premultipliedAlpha: true,
  preserveDrawingBuffer: false,
  powerPreference: "default",
  failIfMajorPerformanceCaveat: false,
  desynchronized: false,
  xrCompatible: false,
};

/** Makes the surface that a context draws on: at first, and again when a context that was lost is restored. */
export type SurfaceMaker = (buffers: Buffers, isRobust: boolean) => Surface;

const opening = Symbol("opening");

// The constants are properties, of the class and of the prototype that contexts have.
export interface WebGL2RenderingContext extends Constants {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block below defines them
export class WebGL2RenderingContext extends ExtensionsContext {
  static {
    for (const target of [this, this.prototype])
      for (const [name, value] of Object.entries(CONSTANTS))
        Object.defineProperty(target, name, { value, enumerable: true });
    // As the web has it: all methods are the class's own, wherever they are written.
    for (
      let part = Object.getPrototypeOf(this.prototype);
      part !== Object.prototype;
      part = Object.getPrototypeOf(part)
    )
      for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(part)))
        if (!Object.hasOwn(this.prototype, name)) Object.defineProperty(this.prototype, name, property);
  }

  readonly #makeSurface: SurfaceMaker;
  readonly #isRobust: boolean;
  #isRestorable = false;
  #wasAskedToLose = false;
  #colorSpace = "srgb";
  #unpackColorSpace = "srgb";

  /** @internal Contexts come from `getContext`. */
  constructor(key: symbol, canvas: ContextCanvas, makeSurface: SurfaceMaker, options: ContextOptions) {
    if (key !== opening) throw new TypeError("Illegal constructor");
    const attributes = attributesOf(options);
    const isRobust = options.robustAccess ?? true;
    super(canvas, makeSurface(attributes, isRobust), attributes, options.onError ?? null);
    this.#makeSurface = makeSurface;
    this.#isRobust = isRobust;
    this.begin();
  }

  /** Has the state of a new context; its surface is new. */
  private begin(): void {
    Object.assign(this.attributes, this.surface.buffers);
    this.enter();
    this.reset();
    this.wasShown = false;
    const { width, height } = this.surface;
    gl.glViewport(0, 0, width, height);
    gl.glScissor(0, 0, width, height);
    this.clearDrawingBuffer();
  }

  getContextAttributes(): ContextAttributes | null {
    return this.isContextLost() ? null : { ...this.attributes };
  }

  get drawingBufferFormat(): number {
    return this.attributes.alpha ? GL.GL_RGBA8 : GL.GL_RGB8;
  }

  get drawingBufferColorSpace(): string {
    return this.#colorSpace;
  }

  set drawingBufferColorSpace(space: string) {
    if (`${space}` === "srgb" || `${space}` === "display-p3") this.#colorSpace = `${space}`;
  }

  get unpackColorSpace(): string {
    return this.#unpackColorSpace;
  }

  set unpackColorSpace(space: string) {
    if (`${space}` === "srgb" || `${space}` === "display-p3") this.#unpackColorSpace = `${space}`;
  }

  /** The drawing buffer has one format, so that only its size can be changed. */
  drawingBufferStorage(sizedFormat: number, width: number, height: number): void {
    need(arguments.length, 3, "drawingBufferStorage");
    const [format, w, h] = [sizedFormat >>> 0, width >>> 0, height >>> 0];
    if (!this.enter()) return;
    if (format !== this.drawingBufferFormat) return this.invalidEnum("drawingBufferStorage", "not the buffer's format");
    if (w > this.maxTextureSize || h > this.maxTextureSize)
      return this.invalidValue("drawingBufferStorage", "the size is greater than MAX_TEXTURE_SIZE");
    this.resizeDrawingBuffer(w, h);
  }

  /** There is no device for extended reality that it could be compatible with. */
  makeXRCompatible(): Promise<void> {
    return this.isContextLost()
      ? Promise.reject(new DOMException("the context is lost", "InvalidStateError"))
      : Promise.resolve();
  }

  // -- The drawing buffer ------------------------------------------------------------------------

  /** Gives the drawing buffer the size of the canvas; its content is lost. */
  resizeDrawingBuffer(width: number, height: number): void {
    if (!this.enter() || (width === this.surface.width && height === this.surface.height)) return;
    this.surface.resize(width, height);
    this.wasShown = false;
    this.clearDrawingBuffer();
  }

  /** Shows what was drawn, where there is somebody to see it. Unless it is preserved, the buffer is then cleared. */
  present(): void {
    if (!this.enter() || !this.surface.isShown) return;
    if (this.attributes.preserveDrawingBuffer) this.keepBuffer();
    else {
      this.surface.swap();
      this.wasShown = true;
    }
  }

  /** Swaps, with a copy of the drawing buffer that is put back: what a swap leaves is no program's. */
  private keepBuffer(): void {
    const { width, height } = this.surface;
    const samples = this.getParameter(GL.GL_SAMPLES) as number;
    const names = new Uint32Array(2);
    gl.glGenFramebuffers(1, names);
    gl.glGenRenderbuffers(1, names.subarray(1));
    const [framebuffer, renderbuffer] = [names[0]!, names[1]!];
    const copy = (from: number, to: number) => {
      gl.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, from);
      gl.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, to);
      gl.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, GL.GL_COLOR_BUFFER_BIT, GL.GL_NEAREST);
    };
    gl.glBindRenderbuffer(GL.GL_RENDERBUFFER, renderbuffer);
    gl.glRenderbufferStorageMultisample(GL.GL_RENDERBUFFER, samples, this.drawingBufferFormat, width, height);
    gl.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer);
    gl.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_RENDERBUFFER, renderbuffer);
    this.unmasked(() => {
      copy(0, framebuffer);
      this.surface.swap();
      copy(framebuffer, 0);
    });
    gl.glBindRenderbuffer(GL.GL_RENDERBUFFER, this.renderbuffer?.id ?? 0);
    gl.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, this.readFramebuffer?.id ?? 0);
    gl.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, this.drawFramebuffer?.id ?? 0);
    gl.glDeleteFramebuffers(1, names);
    gl.glDeleteRenderbuffers(1, names.subarray(1));
  }

  protected override clearShown(): void {
    this.wasShown = false;
    this.clearDrawingBuffer();
  }

  private clearDrawingBuffer(): void {
    gl.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, 0);
    const color = new Float32Array(4);
    const depth = new Float32Array(1);
    gl.glGetFloatv(GL.GL_COLOR_CLEAR_VALUE, color);
    gl.glGetFloatv(GL.GL_DEPTH_CLEAR_VALUE, depth);
    gl.glGetIntegerv(GL.GL_STENCIL_CLEAR_VALUE, ints);
    const stencil = ints[0]!;
    this.unmasked(() => {
      gl.glClearColor(0, 0, 0, 0);
      gl.glClearDepthf(1);
      gl.glClearStencil(0);
      gl.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT | GL.GL_STENCIL_BUFFER_BIT);
    });
    gl.glClearColor(color[0]!, color[1]!, color[2]!, color[3]!);
    gl.glClearDepthf(depth[0]!);
    gl.glClearStencil(stencil);
    gl.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, this.drawFramebuffer?.id ?? 0);
  }

  /** The drawing buffer as it is: red, green, blue and alpha, the first row on top. */
  readDrawingBuffer(): { width: number; height: number; data: Uint8Array } | null {
    if (!this.enter()) return null;
    if (this.wasShown) this.clearShown();
    const { width, height } = this.surface;
    const below = new Uint8Array(width * height * 4);
    this.keepErrors();
    gl.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, 0);
    gl.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0);
    const pack = { ...this.pack };
    for (const name of [GL.GL_PACK_ROW_LENGTH, GL.GL_PACK_SKIP_PIXELS, GL.GL_PACK_SKIP_ROWS]) gl.glPixelStorei(name, 0);
    const source = this.integerOf(GL.GL_READ_BUFFER);
    gl.glReadBuffer(GL.GL_BACK);
    gl.glReadPixels(0, 0, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, below);
    gl.glReadBuffer(source);
    gl.glPixelStorei(GL.GL_PACK_ROW_LENGTH, pack.rowLength);
    gl.glPixelStorei(GL.GL_PACK_SKIP_PIXELS, pack.skipPixels);
    gl.glPixelStorei(GL.GL_PACK_SKIP_ROWS, pack.skipRows);
    gl.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, this.bound.pixelPack?.id ?? 0);
    gl.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, this.readFramebuffer?.id ?? 0);
    const data = new Uint8Array(below.length);
    for (let y = 0; y < height; y++)
      data.set(below.subarray((height - 1 - y) * width * 4, (height - y) * width * 4), y * width * 4);
    if (this.attributes.premultipliedAlpha && this.attributes.alpha) divide(data);
    return { width, height, data };
  }

  // -- Loss --------------------------------------------------------------------------------------

  protected override loseContext(): void {
    if (this.isContextLost()) return this.invalidOperation("loseContext", "the context is lost");
    this.#wasAskedToLose = true;
    this.lose();
  }

  /** Ends the context: all its objects are gone. The canvas is told, and may want it restored. */
  private lose(): void {
    this.share.isLost = true;
    this.#isRestorable = false;
    this.surface.close();
    this.clearErrors();
    this.fail(CONTEXT_LOST_WEBGL, "loseContext", "the context is lost");
    setTimeout(() => {
      const event = new Event("webglcontextlost", { cancelable: true });
      this.canvas.dispatchEvent?.(event);
      this.#isRestorable = event.defaultPrevented;
    }, 0);
  }

  protected override restoreContext(): void {
    if (!this.isContextLost() || !this.#wasAskedToLose || !this.#isRestorable)
      return this.invalidOperation("restoreContext", "the context is not lost, or nobody prevented that it stays so");
    this.#isRestorable = false;
    setTimeout(() => {
      this.#wasAskedToLose = false;
      this.surface = this.#makeSurface(this.attributes, this.#isRobust);
      this.share = new Share();
      this.clearErrors();
      this.begin();
      this.canvas.dispatchEvent?.(new Event("webglcontextrestored"));
    }, 0);
  }

  /** Ends the context and frees its memory; it is lost from then on. */
  destroy(): void {
    if (this.isContextLost()) return;
    this.share.isLost = true;
    this.surface.close();
  }
}

/** Opens a context for a canvas. @throws ContextException where there is no OpenGL ES 3. */
export function openContext(canvas: ContextCanvas, makeSurface: SurfaceMaker, options: ContextOptions = {}) {
  return new WebGL2RenderingContext(opening, canvas, makeSurface, options);
}

function attributesOf(options: ContextOptions): ContextAttributes {
  if (typeof options !== "object" || options === null) throw wrong("getContext", 2, "an object of attributes", options);
  const attributes: ContextAttributes = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof ContextAttributes)[]) {
    const value = options[name];
    if (value === undefined) continue;
    (attributes as unknown as Record<string, unknown>)[name] = name === "powerPreference" ? value : Boolean(value);
  }
  return attributes;
}

/** Has colours that are not multiplied by alpha. */
function divide(data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!;
    if (alpha === 255 || alpha === 0) continue;
    for (let i = 0; i < 3; i++) data[at + i] = Math.min(255, Math.round((data[at + i]! * 255) / alpha));
  }
}
