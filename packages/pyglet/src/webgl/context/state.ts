/** The state of drawing: what is enabled, blending, depth, stencil, viewport, and clearing. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { BROWSER_DEFAULT_WEBGL } from "../constants.ts";
import { need } from "../errors.ts";
import { CoreContext } from "./core.ts";

const { libGLESv2: gl } = GL;

/** How pixels lie in memory that a program gives, or wants. */
export interface PixelStore {
  alignment: number;
  rowLength: number;
  imageHeight: number;
  skipPixels: number;
  skipRows: number;
  skipImages: number;
}

export function defaultStore(): PixelStore {
  return { alignment: 4, rowLength: 0, imageHeight: 0, skipPixels: 0, skipRows: 0, skipImages: 0 };
}

export abstract class StateContext extends CoreContext {
  protected unpack = defaultStore();
  protected pack = defaultStore();
  protected flipY = false;
  protected premultiply = false;
  protected colorSpaceConversion = BROWSER_DEFAULT_WEBGL as number;
  /** What extensions allow, for those that the program has asked for. */
  protected readonly extraCapabilities = new Set<number>();
  protected readonly extraFactors = new Set<number>();
  /** Front and back of the stencil's reference, mask and write mask: drawing with different ones is an error. */
  protected readonly stencil = { ref: [0, 0], mask: [-1 >>> 0, -1 >>> 0], write: [-1 >>> 0, -1 >>> 0] };
  protected stencilDiffers = false;

  /** Puts all to what a new context has; GL's own state is new. */
  protected reset(): void {
    this.unpack = defaultStore();
    this.pack = defaultStore();
    this.flipY = this.premultiply = this.stencilDiffers = false;
    this.colorSpaceConversion = BROWSER_DEFAULT_WEBGL;
    this.extraCapabilities.clear();
    this.extraFactors.clear();
    for (const values of Object.values(this.stencil)) values.fill(values === this.stencil.ref ? 0 : -1 >>> 0);
    // WebGL 2 always has it, and no name for it.
    gl.glEnable(GL.GL_PRIMITIVE_RESTART_FIXED_INDEX);
  }

  // -- Capabilities ------------------------------------------------------------------------------

  enable(cap: number): void {
    need(arguments.length, 1, "enable");
    if (this.isCapability(cap, "enable")) gl.glEnable(cap >>> 0);
  }

  disable(cap: number): void {
    need(arguments.length, 1, "disable");
    if (this.isCapability(cap, "disable")) gl.glDisable(cap >>> 0);
  }

  isEnabled(cap: number): boolean {
    need(arguments.length, 1, "isEnabled");
    return this.isCapability(cap, "isEnabled") && gl.glIsEnabled(cap >>> 0) !== 0;
  }

  private isCapability(cap: number, method: string): boolean {
    cap >>>= 0;
    if (!this.enter()) return false;
    switch (cap) {
      case GL.GL_BLEND:
      case GL.GL_CULL_FACE:
      case GL.GL_DEPTH_TEST:
      case GL.GL_DITHER:
      case GL.GL_POLYGON_OFFSET_FILL:
      case GL.GL_SAMPLE_ALPHA_TO_COVERAGE:
      case GL.GL_SAMPLE_COVERAGE:
      case GL.GL_SCISSOR_TEST:
      case GL.GL_STENCIL_TEST:
      case GL.GL_RASTERIZER_DISCARD:
        return true;
    }
    if (this.extraCapabilities.has(cap)) return true;
    this.invalidEnum(method, "no capability of WebGL");
    return false;
  }

  // -- Blending ----------------------------------------------------------------------------------

  blendColor(red: number, green: number, blue: number, alpha: number): void {
    need(arguments.length, 4, "blendColor");
    red = +red;
    green = +green;
    blue = +blue;
    alpha = +alpha;
    if (this.enter()) gl.glBlendColor(red, green, blue, alpha);
  }

  blendEquation(mode: number): void {
    need(arguments.length, 1, "blendEquation");
    mode >>>= 0;
    if (this.enter() && this.isBlendEquation(mode, "blendEquation")) gl.glBlendEquation(mode);
  }

  blendEquationSeparate(modeRGB: number, modeAlpha: number): void {
    need(arguments.length, 2, "blendEquationSeparate");
    const rgb = modeRGB >>> 0;
    const alpha = modeAlpha >>> 0;
    if (!this.enter() || !this.isBlendEquation(rgb, "blendEquationSeparate")) return;
    if (this.isBlendEquation(alpha, "blendEquationSeparate")) gl.glBlendEquationSeparate(rgb, alpha);
  }

  protected isBlendEquation(mode: number, method: string): boolean {
    const isOne =
      mode === GL.GL_FUNC_ADD ||
      mode === GL.GL_FUNC_SUBTRACT ||
      mode === GL.GL_FUNC_REVERSE_SUBTRACT ||
      mode === GL.GL_MIN ||
      mode === GL.GL_MAX;
    if (!isOne) this.invalidEnum(method, "no blend equation");
    return isOne;
  }

  blendFunc(sfactor: number, dfactor: number): void {
    need(arguments.length, 2, "blendFunc");
    const source = sfactor >>> 0;
    const target = dfactor >>> 0;
    if (this.enter() && this.areFactors(source, target, source, target, "blendFunc")) gl.glBlendFunc(source, target);
  }

  blendFuncSeparate(srcRGB: number, dstRGB: number, srcAlpha: number, dstAlpha: number): void {
    need(arguments.length, 4, "blendFuncSeparate");
    const [source, target, sourceAlpha, targetAlpha] = [srcRGB >>> 0, dstRGB >>> 0, srcAlpha >>> 0, dstAlpha >>> 0];
    if (this.enter() && this.areFactors(source, target, sourceAlpha, targetAlpha, "blendFuncSeparate"))
      gl.glBlendFuncSeparate(source, target, sourceAlpha, targetAlpha);
  }

  protected areFactors(source: number, target: number, sourceAlpha: number, targetAlpha: number, method: string) {
    const known = this.isFactor(source) && this.isFactor(target) && this.isFactor(sourceAlpha);
    if (!known || !this.isFactor(targetAlpha)) {
      this.invalidEnum(method, "no blend factor");
      return false;
    }
    // WebGL 1.0, 6.13: not every system has both.
    if ((isConstantColor(source) && isConstantAlpha(target)) || (isConstantAlpha(source) && isConstantColor(target))) {
      this.invalidOperation(method, "the constant colour and the constant alpha do not go together");
      return false;
    }
    return true;
  }

  private isFactor(factor: number): boolean {
    if (factor <= GL.GL_ONE || (factor >= GL.GL_SRC_COLOR && factor <= GL.GL_SRC_ALPHA_SATURATE)) return true;
    if (factor >= GL.GL_CONSTANT_COLOR && factor <= GL.GL_ONE_MINUS_CONSTANT_ALPHA) return true;
    return this.extraFactors.has(factor);
  }

  colorMask(red: boolean, green: boolean, blue: boolean, alpha: boolean): void {
    need(arguments.length, 4, "colorMask");
    if (this.enter()) gl.glColorMask(red ? 1 : 0, green ? 1 : 0, blue ? 1 : 0, alpha ? 1 : 0);
  }

  // -- Depth and faces ---------------------------------------------------------------------------

  cullFace(mode: number): void {
    need(arguments.length, 1, "cullFace");
    mode >>>= 0;
    if (this.enter()) gl.glCullFace(mode);
  }

  frontFace(mode: number): void {
    need(arguments.length, 1, "frontFace");
    mode >>>= 0;
    if (this.enter()) gl.glFrontFace(mode);
  }

  depthFunc(func: number): void {
    need(arguments.length, 1, "depthFunc");
    func >>>= 0;
    if (this.enter()) gl.glDepthFunc(func);
  }

  depthMask(flag: boolean): void {
    need(arguments.length, 1, "depthMask");
    if (this.enter()) gl.glDepthMask(flag ? 1 : 0);
  }

  depthRange(zNear: number, zFar: number): void {
    need(arguments.length, 2, "depthRange");
    const near = +zNear;
    const far = +zFar;
    if (!this.enter()) return;
    if (near > far) return this.invalidOperation("depthRange", "zNear is greater than zFar");
    gl.glDepthRangef(near, far);
  }

  polygonOffset(factor: number, units: number): void {
    need(arguments.length, 2, "polygonOffset");
    const [by, more] = [+factor, +units];
    if (this.enter()) gl.glPolygonOffset(by, more);
  }

  lineWidth(width: number): void {
    need(arguments.length, 1, "lineWidth");
    const pixels = +width;
    if (!this.enter()) return;
    if (!(pixels > 0)) return this.invalidValue("lineWidth", "the width is not positive");
    gl.glLineWidth(pixels);
  }

  sampleCoverage(value: number, invert: boolean): void {
    need(arguments.length, 2, "sampleCoverage");
    const coverage = +value;
    if (this.enter()) gl.glSampleCoverage(coverage, invert ? 1 : 0);
  }

  hint(target: number, mode: number): void {
    need(arguments.length, 2, "hint");
    const [what, how] = [target >>> 0, mode >>> 0];
    if (!this.enter()) return;
    if (what !== GL.GL_GENERATE_MIPMAP_HINT && what !== GL.GL_FRAGMENT_SHADER_DERIVATIVE_HINT)
      return this.invalidEnum("hint", "no target of a hint");
    gl.glHint(what, how);
  }

  // -- Stencil -----------------------------------------------------------------------------------

  stencilFunc(func: number, ref: number, mask: number): void {
    need(arguments.length, 3, "stencilFunc");
    this.setStencilFunc(GL.GL_FRONT_AND_BACK, func >>> 0, ref | 0, mask >>> 0);
  }

  stencilFuncSeparate(face: number, func: number, ref: number, mask: number): void {
    need(arguments.length, 4, "stencilFuncSeparate");
    this.setStencilFunc(face >>> 0, func >>> 0, ref | 0, mask >>> 0);
  }

  private setStencilFunc(face: number, func: number, ref: number, mask: number): void {
    if (!this.enter()) return;
    gl.glStencilFuncSeparate(face, func, ref, mask);
    if (func < GL.GL_NEVER || func > GL.GL_ALWAYS) return;
    this.noteStencil("ref", face, Math.min(Math.max(ref, 0), 0xff));
    this.noteStencil("mask", face, mask);
  }

  stencilMask(mask: number): void {
    need(arguments.length, 1, "stencilMask");
    mask >>>= 0;
    if (!this.enter()) return;
    gl.glStencilMask(mask);
    this.noteStencil("write", GL.GL_FRONT_AND_BACK, mask);
  }

  stencilMaskSeparate(face: number, mask: number): void {
    need(arguments.length, 2, "stencilMaskSeparate");
    const [side, bits] = [face >>> 0, mask >>> 0];
    if (!this.enter()) return;
    gl.glStencilMaskSeparate(side, bits);
    this.noteStencil("write", side, bits);
  }

  private noteStencil(what: "ref" | "mask" | "write", face: number, value: number): void {
    const values = this.stencil[what];
    if (face === GL.GL_FRONT || face === GL.GL_FRONT_AND_BACK) values[0] = value;
    if (face === GL.GL_BACK || face === GL.GL_FRONT_AND_BACK) values[1] = value;
    const { ref, mask, write } = this.stencil;
    // WebGL 1.0, 6.10: what counts are the bits that a stencil buffer has.
    const bitsDiffer = ((mask[0]! ^ mask[1]!) | (write[0]! ^ write[1]!)) & 0xff;
    this.stencilDiffers = ref[0] !== ref[1] || bitsDiffer !== 0;
  }

  stencilOp(fail: number, zfail: number, zpass: number): void {
    need(arguments.length, 3, "stencilOp");
    const [failed, hidden, passed] = [fail >>> 0, zfail >>> 0, zpass >>> 0];
    if (this.enter()) gl.glStencilOp(failed, hidden, passed);
  }

  stencilOpSeparate(face: number, fail: number, zfail: number, zpass: number): void {
    need(arguments.length, 4, "stencilOpSeparate");
    const [side, failed, hidden, passed] = [face >>> 0, fail >>> 0, zfail >>> 0, zpass >>> 0];
    if (this.enter()) gl.glStencilOpSeparate(side, failed, hidden, passed);
  }
}

function isConstantColor(factor: number): boolean {
  return factor === GL.GL_CONSTANT_COLOR || factor === GL.GL_ONE_MINUS_CONSTANT_COLOR;
}

function isConstantAlpha(factor: number): boolean {
  return factor === GL.GL_CONSTANT_ALPHA || factor === GL.GL_ONE_MINUS_CONSTANT_ALPHA;
}
