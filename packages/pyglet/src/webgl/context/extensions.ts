/** Extensions: which there are, and what each allows once a program has asked for it. */
import {
  CFUNCTYPE,
  c_float,
  c_int,
  c_ubyte,
  c_uint,
  c_ulonglong,
  cast,
  type Func,
  type FunctionType,
  POINTER,
} from "ctypes-js";
import * as GL from "../../native/gles/generated/gl3.ts";
import { need, object } from "../errors.ts";
import { EXTENSIONS, type Extension } from "../extensions.ts";
import { NORM16 } from "../formats.ts";
import { WebGLQuery, WebGLShader } from "../objects.ts";
import { floats, ints, longs } from "../scratch.ts";
import { ParametersContext, stringOf } from "./parameters.ts";
import { TIME_ELAPSED_EXT, TIMESTAMP_EXT } from "./queries.ts";
import { translated } from "./shaders.ts";

const { libGLESv2: gl } = GL;

const leaf = { leaf: true } as const;
const Nothing2 = () => CFUNCTYPE(null, c_uint, c_uint, leaf);

type Methods = Record<string, (...args: never[]) => unknown>;

export abstract class ExtensionsContext extends ParametersContext {
  private readonly given = new Map<string, object>();
  private glExtensions: Set<string> | null = null;

  /** WEBGL_lose_context's methods; they work while the context is lost. */
  protected abstract loseContext(): void;
  protected abstract restoreContext(): void;

  protected override reset(): void {
    super.reset();
    this.given.clear();
  }

  getSupportedExtensions(): string[] | null {
    if (!this.enter()) return null;
    return Object.keys(EXTENSIONS).filter((name) => this.has(EXTENSIONS[name]!));
  }

  private has({ needs }: Extension): boolean {
    this.glExtensions ??= new Set(stringOf(GL.GL_EXTENSIONS).split(" "));
    return needs.every((name) => this.glExtensions!.has(`GL_${name}`));
  }

  getExtension(name: string): object | null {
    need(arguments.length, 1, "getExtension");
    const wanted = `${name}`.toLowerCase();
    const found = Object.keys(EXTENSIONS).find((known) => known.toLowerCase() === wanted);
    if (!this.enter() || found === undefined || !this.has(EXTENSIONS[found]!)) return null;
    let extension = this.given.get(found);
    if (extension === undefined) {
      const { constants, blocks } = EXTENSIONS[found]!;
      for (const [format, block] of blocks ?? []) this.compressed.set(format, block);
      const methods = (this as unknown as Record<string, (() => Methods) | undefined>)[`give_${found}`]?.() ?? {};
      extension = Object.assign(Object.create({ ...constants }) as object, methods);
      this.given.set(found, extension);
    }
    return extension;
  }

  /** A function of GL beyond OpenGL ES 3.0. */
  private procedure<R, A extends unknown[]>(name: string, Prototype: FunctionType<R, A>): Func<R, A> {
    return cast(this.surface.procedure(name), Prototype)!;
  }

  private numbers(names: readonly number[]): void {
    for (const name of names) this.extraParameters.set(name, () => this.integerOf(name));
  }

  // -- What each allows --------------------------------------------------------------------------

  protected give_EXT_clip_control(): Methods {
    const clipControl = this.procedure("glClipControlEXT", Nothing2());
    this.numbers([0x935c, 0x935d]);
    return {
      clipControlEXT: (origin: number, depth: number) => {
        if (this.enter()) clipControl(origin >>> 0, depth >>> 0);
      },
    };
  }

  protected give_EXT_color_buffer_float(): void {
    this.rendersFloats = true;
  }

  protected give_EXT_color_buffer_half_float(): void {
    this.rendersFloats = true;
  }

  protected give_EXT_depth_clamp(): void {
    this.extraCapabilities.add(0x864f);
    this.extraParameters.set(0x864f, () => gl.glIsEnabled(0x864f) !== 0);
  }

  protected give_EXT_disjoint_timer_query_webgl2(): Methods {
    const queryCounter = this.procedure("glQueryCounterEXT", Nothing2());
    const getResult = this.procedure(
      "glGetQueryObjectui64vEXT",
      CFUNCTYPE(null, c_uint, c_uint, POINTER(c_ulonglong), leaf),
    );
    const times = new BigUint64Array(longs.buffer);
    this.timeElapsed = TIME_ELAPSED_EXT;
    this.readTime = (query, name) => {
      getResult(query, name, times);
      return Number(times[0]);
    };
    this.numbers([0x8fbb]);
    this.extraParameters.set(0x8fbb, () => this.integerOf(0x8fbb) !== 0);
    this.extraParameters.set(TIMESTAMP_EXT, () => {
      gl.glGetInteger64v(TIMESTAMP_EXT, longs);
      return Number(longs[0]);
    });
    return {
      queryCounterEXT: (query: WebGLQuery, target: number) => {
        const one = object(query, WebGLQuery, "queryCounterEXT", 1);
        if (!this.enter() || !this.owns(one, "queryCounterEXT")) return;
        if (target >>> 0 !== TIMESTAMP_EXT) return this.invalidEnum("queryCounterEXT", "no target of counters");
        if (one.isActive || (one.target !== 0 && one.target !== TIMESTAMP_EXT))
          return this.invalidOperation("queryCounterEXT", "the query was used with another target");
        one.target = TIMESTAMP_EXT;
        this.readableLater(one);
        queryCounter(one.id, TIMESTAMP_EXT);
      },
    };
  }

  protected give_EXT_polygon_offset_clamp(): Methods {
    const clamp = this.procedure("glPolygonOffsetClampEXT", CFUNCTYPE(null, c_float, c_float, c_float, leaf));
    this.extraParameters.set(0x8e1b, () => {
      gl.glGetFloatv(0x8e1b, floats);
      return floats[0];
    });
    return {
      polygonOffsetClampEXT: (factor: number, units: number, most: number) => {
        if (this.enter()) clamp(+factor, +units, +most);
      },
    };
  }

  protected give_EXT_texture_filter_anisotropic(): void {
    this.extraSampling.add(0x84fe);
    this.extraParameters.set(0x84ff, () => {
      gl.glGetFloatv(0x84ff, floats);
      return floats[0];
    });
  }

  protected give_EXT_texture_mirror_clamp_to_edge(): void {
    this.extraSampling.add(0x8743);
  }

  protected give_EXT_texture_norm16(): void {
    for (const [format, row] of NORM16) this.extraFormats.set(format, row);
  }

  protected give_KHR_parallel_shader_compile(): void {
    this.tellsCompletion = true;
    this.procedure("glMaxShaderCompilerThreadsKHR", CFUNCTYPE(null, c_uint, leaf))(0xffffffff);
  }

  protected give_OES_draw_buffers_indexed(): Methods {
    const One = CFUNCTYPE(null, c_uint, c_uint, leaf);
    const Two = CFUNCTYPE(null, c_uint, c_uint, c_uint, leaf);
    const Four = CFUNCTYPE(null, c_uint, c_uint, c_uint, c_uint, c_uint, leaf);
    const Mask = CFUNCTYPE(null, c_uint, c_ubyte, c_ubyte, c_ubyte, c_ubyte, leaf);
    const getIndexed = this.procedure("glGetIntegeri_v", CFUNCTYPE(null, c_uint, c_uint, POINTER(c_int), leaf));
    const enablei = this.procedure("glEnableiOES", One);
    const disablei = this.procedure("glDisableiOES", One);
    const equation = this.procedure("glBlendEquationiOES", One);
    const equations = this.procedure("glBlendEquationSeparateiOES", Two);
    const func = this.procedure("glBlendFunciOES", Two);
    const funcs = this.procedure("glBlendFuncSeparateiOES", Four);
    const mask = this.procedure("glColorMaskiOES", Mask);
    const blending = [0x8009, 0x883d, GL.GL_BLEND_SRC_RGB, GL.GL_BLEND_SRC_ALPHA, GL.GL_BLEND_DST_RGB];
    for (const name of [...blending, GL.GL_BLEND_DST_ALPHA, GL.GL_COLOR_WRITEMASK])
      this.extraIndexed.set(name, (index) => {
        this.keepErrors();
        getIndexed(name, index, ints);
        if (!this.succeeded("getIndexedParameter")) return null;
        return name === GL.GL_COLOR_WRITEMASK ? Array.from(ints.subarray(0, 4), (bit) => bit !== 0) : ints[0];
      });
    const isBlend = (target: number, method: string) => {
      if (!this.enter()) return false;
      if (target >>> 0 !== GL.GL_BLEND) this.invalidEnum(method, "no capability with an index");
      return target >>> 0 === GL.GL_BLEND;
    };
    return {
      enableiOES: (target: number, index: number) => {
        if (isBlend(target, "enableiOES")) enablei(GL.GL_BLEND, index >>> 0);
      },
      disableiOES: (target: number, index: number) => {
        if (isBlend(target, "disableiOES")) disablei(GL.GL_BLEND, index >>> 0);
      },
      blendEquationiOES: (buf: number, mode: number) => {
        if (this.enter() && this.isBlendEquation(mode >>> 0, "blendEquationiOES")) equation(buf >>> 0, mode >>> 0);
      },
      blendEquationSeparateiOES: (buf: number, rgb: number, alpha: number) => {
        const method = "blendEquationSeparateiOES";
        if (!this.enter() || !this.isBlendEquation(rgb >>> 0, method)) return;
        if (this.isBlendEquation(alpha >>> 0, method)) equations(buf >>> 0, rgb >>> 0, alpha >>> 0);
      },
      blendFunciOES: (buf: number, src: number, dst: number) => {
        const [from, to] = [src >>> 0, dst >>> 0];
        if (this.enter() && this.areFactors(from, to, from, to, "blendFunciOES")) func(buf >>> 0, from, to);
      },
      blendFuncSeparateiOES: (buf: number, src: number, dst: number, srcAlpha: number, dstAlpha: number) => {
        const [from, to, fromAlpha, toAlpha] = [src >>> 0, dst >>> 0, srcAlpha >>> 0, dstAlpha >>> 0];
        if (this.enter() && this.areFactors(from, to, fromAlpha, toAlpha, "blendFuncSeparateiOES"))
          funcs(buf >>> 0, from, to, fromAlpha, toAlpha);
      },
      colorMaskiOES: (buf: number, r: boolean, g: boolean, b: boolean, a: boolean) => {
        if (this.enter()) mask(buf >>> 0, r ? 1 : 0, g ? 1 : 0, b ? 1 : 0, a ? 1 : 0);
      },
    };
  }

  protected give_OES_shader_multisample_interpolation(): void {
    this.numbers([0x8e5d]);
    for (const name of [0x8e5b, 0x8e5c])
      this.extraParameters.set(name, () => {
        gl.glGetFloatv(name, floats);
        return floats[0];
      });
  }

  protected give_WEBGL_blend_func_extended(): void {
    for (const factor of [0x88f9, 0x8589, 0x88fa, 0x88fb]) this.extraFactors.add(factor);
    this.numbers([0x88fc]);
  }

  protected give_WEBGL_clip_cull_distance(): void {
    this.numbers([0x0d32, 0x82f9, 0x82fa]);
    for (let index = 0; index < 8; index++) {
      this.extraCapabilities.add(0x3000 + index);
      this.extraParameters.set(0x3000 + index, () => gl.glIsEnabled(0x3000 + index) !== 0);
    }
  }

  protected give_WEBGL_compressed_texture_astc(): Methods {
    const hasHdr = this.glExtensions!.has("GL_KHR_texture_compression_astc_hdr");
    return { getSupportedProfiles: () => (hasHdr ? ["ldr", "hdr"] : ["ldr"]) };
  }

  protected give_WEBGL_debug_renderer_info(): void {
    this.extraParameters.set(0x9245, () => stringOf(GL.GL_VENDOR));
    this.extraParameters.set(0x9246, () => stringOf(GL.GL_RENDERER));
  }

  protected give_WEBGL_debug_shaders(): Methods {
    return {
      getTranslatedShaderSource: (shader: WebGLShader) => {
        const one = object(shader, WebGLShader, "getTranslatedShaderSource", 1);
        return this.enter() && this.owns(one, "getTranslatedShaderSource") ? translated(one.source) : "";
      },
    };
  }

  protected give_WEBGL_lose_context(): Methods {
    return { loseContext: () => this.loseContext(), restoreContext: () => this.restoreContext() };
  }

  protected give_WEBGL_stencil_texturing(): void {
    this.extraSampling.add(0x90ea);
  }
}
