/** Renderbuffers and their storage. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { need, objectOrNull } from "../errors.ts";
import { SIZED_FORMATS } from "../formats.ts";
import { WebGLRenderbuffer } from "../objects.ts";
import { ints, uints } from "../scratch.ts";
import { FramebuffersContext } from "./framebuffers.ts";

const { libGLESv2: gl } = GL;

const COLORS = [GL.GL_RED, GL.GL_RG, GL.GL_RGB, GL.GL_RGBA] as number[];

export abstract class RenderbuffersContext extends FramebuffersContext {
  protected renderbuffer: WebGLRenderbuffer | null = null;
  /** Whether the program has asked for an extension that has floats in renderbuffers. */
  protected rendersFloats = false;

  protected override reset(): void {
    super.reset();
    this.renderbuffer = null;
    this.rendersFloats = false;
  }

  createRenderbuffer(): WebGLRenderbuffer {
    if (!this.enter()) return new WebGLRenderbuffer(this.share, 0);
    gl.glGenRenderbuffers(1, uints);
    return new WebGLRenderbuffer(this.share, uints[0]!);
  }

  deleteRenderbuffer(renderbuffer: WebGLRenderbuffer | null): void {
    need(arguments.length, 1, "deleteRenderbuffer");
    const one = objectOrNull(renderbuffer, WebGLRenderbuffer, "deleteRenderbuffer", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteRenderbuffer")) return;
    if (this.renderbuffer === one) this.renderbuffer = null;
    this.detach(one);
    one.forget("renderbuffer");
  }

  isRenderbuffer(renderbuffer: WebGLRenderbuffer | null): boolean {
    need(arguments.length, 1, "isRenderbuffer");
    const one = objectOrNull(renderbuffer, WebGLRenderbuffer, "isRenderbuffer", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted && one.wasBound;
  }

  bindRenderbuffer(target: number, renderbuffer: WebGLRenderbuffer | null): void {
    need(arguments.length, 2, "bindRenderbuffer");
    target >>>= 0;
    const one = objectOrNull(renderbuffer, WebGLRenderbuffer, "bindRenderbuffer", 2);
    if (!this.enter() || (one !== null && !this.owns(one, "bindRenderbuffer"))) return;
    if (target !== GL.GL_RENDERBUFFER) return this.invalidEnum("bindRenderbuffer", "no target of renderbuffers");
    if (one !== null) one.wasBound = true;
    this.renderbuffer = one;
    gl.glBindRenderbuffer(target, one?.id ?? 0);
  }

  renderbufferStorage(target: number, internalformat: number, width: number, height: number): void {
    need(arguments.length, 4, "renderbufferStorage");
    this.store(target >>> 0, 0, internalformat >>> 0, width | 0, height | 0, "renderbufferStorage");
  }

  renderbufferStorageMultisample(
    target: number,
    samples: number,
    internalformat: number,
    width: number,
    height: number,
  ) {
    need(arguments.length, 5, "renderbufferStorageMultisample");
    const [count, method] = [samples | 0, "renderbufferStorageMultisample"];
    this.store(target >>> 0, count, internalformat >>> 0, width | 0, height | 0, method);
  }

  private store(target: number, samples: number, format: number, width: number, height: number, method: string): void {
    if (!this.enter()) return;
    if (target !== GL.GL_RENDERBUFFER) return this.invalidEnum(method, "no target of renderbuffers");
    const one = this.renderbuffer;
    if (one === null) return this.invalidOperation(method, "no renderbuffer is bound");
    // WebGL 1's name of what has both.
    const sized = format === GL.GL_DEPTH_STENCIL ? GL.GL_DEPTH24_STENCIL8 : format;
    const isKnown = this.sizedFormat(sized) !== undefined || sized === GL.GL_STENCIL_INDEX8;
    if (!isKnown || (FLOATS.includes(sized) && !this.rendersFloats))
      return this.invalidEnum(method, "no internal format of renderbuffers");
    if (samples < 0) return this.invalidValue(method, "the number of samples is negative");
    const { format: pixels } = SIZED_FORMATS.get(sized) ?? { format: 0 };
    const isInteger = pixels !== 0 && !COLORS.includes(pixels) && !DEPTHS.includes(pixels);
    if (samples > 0 && isInteger && samples > this.maxSamples(sized))
      return this.invalidOperation(method, "there are not so many samples of the format");
    this.keepErrors();
    if (method === "renderbufferStorage") gl.glRenderbufferStorage(target, sized, width, height);
    else gl.glRenderbufferStorageMultisample(target, samples, sized, width, height);
    if (this.succeeded(method) && width > 0 && height > 0) this.clearRenderbuffer(one, sized, pixels);
  }

  private maxSamples(format: number): number {
    gl.glGetInternalformativ(GL.GL_RENDERBUFFER, format, GL.GL_NUM_SAMPLE_COUNTS, 1, ints);
    if (ints[0] === 0) return 0;
    gl.glGetInternalformativ(GL.GL_RENDERBUFFER, format, GL.GL_SAMPLES, 1, ints);
    return ints[0]!;
  }

  /** Fills a renderbuffer with zeros, by a framebuffer of its own, and puts back what that changes. */
  private clearRenderbuffer(one: WebGLRenderbuffer, format: number, pixels: number): void {
    const isDepth = pixels === GL.GL_DEPTH_COMPONENT || pixels === GL.GL_DEPTH_STENCIL;
    const isStencil = pixels === GL.GL_DEPTH_STENCIL || format === GL.GL_STENCIL_INDEX8;
    const point =
      isDepth && isStencil
        ? GL.GL_DEPTH_STENCIL_ATTACHMENT
        : isDepth
          ? GL.GL_DEPTH_ATTACHMENT
          : isStencil
            ? GL.GL_STENCIL_ATTACHMENT
            : GL.GL_COLOR_ATTACHMENT0;
    gl.glGenFramebuffers(1, uints);
    const framebuffer = uints[0]!;
    gl.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, framebuffer);
    gl.glFramebufferRenderbuffer(GL.GL_DRAW_FRAMEBUFFER, point, GL.GL_RENDERBUFFER, one.id);
    if (gl.glCheckFramebufferStatus(GL.GL_DRAW_FRAMEBUFFER) === GL.GL_FRAMEBUFFER_COMPLETE)
      this.unmasked(() => {
        if (isDepth && isStencil) gl.glClearBufferfi(GL.GL_DEPTH_STENCIL, 0, 0, 0);
        else if (isDepth) gl.glClearBufferfv(GL.GL_DEPTH, 0, new Float32Array(4));
        else if (isStencil) gl.glClearBufferiv(GL.GL_STENCIL, 0, new Int32Array(4));
        else this.clearColors();
      });
    gl.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, this.drawFramebuffer?.id ?? 0);
    uints[0] = framebuffer;
    gl.glDeleteFramebuffers(1, uints);
  }

  private clearColors(): void {
    const type = GL.GL_FRAMEBUFFER_ATTACHMENT_COMPONENT_TYPE;
    gl.glGetFramebufferAttachmentParameteriv(GL.GL_DRAW_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, type, ints);
    if (ints[0] === GL.GL_INT) gl.glClearBufferiv(GL.GL_COLOR, 0, new Int32Array(4));
    else if (ints[0] === GL.GL_UNSIGNED_INT) gl.glClearBufferuiv(GL.GL_COLOR, 0, new Uint32Array(4));
    else gl.glClearBufferfv(GL.GL_COLOR, 0, new Float32Array(4));
  }

  /** Runs `clear` with nothing masked, cut off or discarded, and puts back what the program has set. */
  protected unmasked(clear: () => void): void {
    const mask = new Uint8Array(5);
    gl.glGetBooleanv(GL.GL_COLOR_WRITEMASK, mask);
    gl.glGetBooleanv(GL.GL_DEPTH_WRITEMASK, mask.subarray(4));
    const set = [GL.GL_SCISSOR_TEST, GL.GL_RASTERIZER_DISCARD].filter((cap) => gl.glIsEnabled(cap) !== 0);
    for (const cap of set) gl.glDisable(cap);
    gl.glColorMask(1, 1, 1, 1);
    gl.glDepthMask(1);
    gl.glStencilMask(0xffffffff);
    clear();
    gl.glColorMask(mask[0]!, mask[1]!, mask[2]!, mask[3]!);
    gl.glDepthMask(mask[4]!);
    gl.glStencilMaskSeparate(GL.GL_FRONT, this.stencil.write[0]!);
    gl.glStencilMaskSeparate(GL.GL_BACK, this.stencil.write[1]!);
    for (const cap of set) gl.glEnable(cap);
  }

  getRenderbufferParameter(target: number, pname: number): number | null {
    need(arguments.length, 2, "getRenderbufferParameter");
    const [what, name] = [target >>> 0, pname >>> 0];
    if (!this.enter()) return null;
    if (what !== GL.GL_RENDERBUFFER) this.invalidEnum("getRenderbufferParameter", "no target of renderbuffers");
    else if (this.renderbuffer === null) this.invalidOperation("getRenderbufferParameter", "no renderbuffer is bound");
    else {
      this.keepErrors();
      gl.glGetRenderbufferParameteriv(what, name, ints);
      if (this.succeeded("getRenderbufferParameter")) return ints[0]!;
    }
    return null;
  }
}

const FLOATS = [
  ...[GL.GL_R16F, GL.GL_RG16F, GL.GL_RGBA16F, GL.GL_R32F, GL.GL_RG32F, GL.GL_RGBA32F, GL.GL_R11F_G11F_B10F],
] as number[];
const DEPTHS = [GL.GL_DEPTH_COMPONENT, GL.GL_DEPTH_STENCIL] as number[];
