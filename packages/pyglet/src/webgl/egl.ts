/** A drawing buffer without a window: a context of OpenGL ES 3 by EGL, with a pixel buffer. */
import { type Address, ARRAY, byref, c_int, c_void_p, type Func, LibraryError } from "ctypes-js";
import { Config, ContextException } from "../gl/config.ts";
import { currentContext, noteCurrent, ObjectSpace } from "../gl/current.ts";
import * as EGL from "../native/gles/generated/egl.ts";
import {
  EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT,
  EGL_PLATFORM_SURFACELESS_MESA,
} from "../native/gles/generated/eglext.ts";
import { libGLESv2 } from "../native/gles/generated/gl3.ts";
import type { Buffers, Surface } from "./surface.ts";

const { libEGL: egl } = EGL;

/** A handle: whatever bits the driver gives. */
type EglConfig = Address | null;

let display: Address | null = null;

/** The connection to the driver, made once and left to the end of the process. */
function theDisplay(): Address {
  if (display !== null) return display;
  const has = String(egl.eglQueryString(null, EGL.EGL_EXTENSIONS) ?? "").split(" ");
  const found = has.includes("EGL_MESA_platform_surfaceless")
    ? egl.eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, null, null)
    : egl.eglGetDisplay(0);
  if (found === null || egl.eglInitialize(found, null, null) === 0)
    throw new ContextException("EGL has no display without a window (Debian: libegl-mesa0, libgl1-mesa-dri)");
  return (display = found);
}

/** Says which package is missing, instead of which file. */
function load(): void {
  for (const [library, name, debian] of [
    [egl, "eglInitialize", "libegl1"],
    [libGLESv2, "glGetString", "libgles2"],
  ] as const) {
    try {
      Reflect.get(library, name);
    } catch (error) {
      if (!(error instanceof LibraryError)) throw error;
      throw new ContextException(`WebGL needs ${debian} (Debian's name of the package): ${error.message}`, {
        cause: error,
      });
    }
  }
}

function attribute(config: EglConfig, name: number): number {
  const value = new c_int();
  egl.eglGetConfigAttrib(theDisplay(), config, name, byref(value));
  return value.value;
}

/** The configuration that has what is wanted and least beyond that: EGL itself prefers more. */
function choose({ alpha, depth, stencil, antialias }: Buffers): EglConfig {
  const wanted = (samples: number) => [
    ...[EGL.EGL_RENDERABLE_TYPE, EGL.EGL_OPENGL_ES3_BIT, EGL.EGL_SURFACE_TYPE, EGL.EGL_PBUFFER_BIT],
    ...[EGL.EGL_RED_SIZE, 8, EGL.EGL_GREEN_SIZE, 8, EGL.EGL_BLUE_SIZE, 8, EGL.EGL_ALPHA_SIZE, alpha ? 8 : 0],
    ...[EGL.EGL_DEPTH_SIZE, depth ? 24 : 0, EGL.EGL_STENCIL_SIZE, stencil ? 8 : 0, EGL.EGL_SAMPLES, samples],
    EGL.EGL_NONE,
  ];
  const rank = (config: EglConfig) => {
    const is = (name: number) => attribute(config, name);
    const excess = [
      [is(EGL.EGL_RED_SIZE) !== 8, 64],
      [is(EGL.EGL_ALPHA_SIZE) > 0 !== alpha, 32],
      [is(EGL.EGL_SAMPLES) > 0 !== antialias, 16],
      [is(EGL.EGL_STENCIL_SIZE) > 0 !== stencil, 8],
      [is(EGL.EGL_DEPTH_SIZE) > 0 !== depth, 4],
      [is(EGL.EGL_DEPTH_SIZE) > 24, 2],
    ] as const;
    return excess.reduce((sum, [isSo, weight]) => sum + (isSo ? weight : 0), 0);
  };
  for (const samples of antialias ? [4, 0] : [0]) {
    const list = wanted(samples);
    const configs = new (ARRAY(c_void_p, 256))();
    const count = new c_int();
    egl.eglChooseConfig(theDisplay(), new (ARRAY(c_int, list.length))(...list), configs, 256, byref(count));
    const found = Array.from({ length: count.value }, (_, index) => configs.at(index));
    if (found.length > 0) return found.reduce((best, one) => (rank(one) < rank(best) ? one : best));
  }
  throw new ContextException("EGL has no configuration for OpenGL ES 3 with a pixel buffer (Debian: libgl1-mesa-dri)");
}

/** A context that reads nothing outside of buffers, if the driver has such; else any. */
function createContext(config: EglConfig, isRobust: boolean): { context: Address; isRobust: boolean } {
  const version = [EGL.EGL_CONTEXT_MAJOR_VERSION, 3, EGL.EGL_CONTEXT_MINOR_VERSION, 0];
  const robust = [EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT, EGL.EGL_TRUE];
  const has = String(egl.eglQueryString(theDisplay(), EGL.EGL_EXTENSIONS) ?? "").split(" ");
  egl.eglBindAPI(EGL.EGL_OPENGL_ES_API);
  for (const tries of isRobust && has.includes("EGL_EXT_create_context_robustness") ? [true, false] : [false]) {
    const list = [...version, ...(tries ? robust : []), EGL.EGL_NONE];
    const context = egl.eglCreateContext(theDisplay(), config, null, new (ARRAY(c_int, list.length))(...list));
    if (context !== null) return { context, isRobust: tries };
  }
  throw new ContextException(`EGL made no context of OpenGL ES 3 (error 0x${egl.eglGetError().toString(16)})`);
}

export class HeadlessSurface implements Surface {
  readonly config: Config;
  readonly object_space = new ObjectSpace();
  isBetween = false;
  width = 0;
  height = 0;
  readonly buffers: Buffers;
  readonly isRobust: boolean;
  readonly isShown = false;
  readonly #config: EglConfig;
  readonly #context: Address;
  #buffer: Address | null = null;
  #isClosed = false;

  /** @throws ContextException where the driver has no such context, or is missing. */
  constructor(width: number, height: number, buffers: Buffers, isRobust: boolean) {
    load();
    this.#config = choose(buffers);
    const { context, isRobust: isReallyRobust } = createContext(this.#config, isRobust);
    this.#context = context;
    this.isRobust = isReallyRobust;
    const size = (name: number) => attribute(this.#config, name);
    const [depth, stencil, samples] = [size(EGL.EGL_DEPTH_SIZE), size(EGL.EGL_STENCIL_SIZE), size(EGL.EGL_SAMPLES)];
    this.buffers = {
      alpha: size(EGL.EGL_ALPHA_SIZE) > 0,
      depth: depth > 0,
      stencil: stencil > 0,
      antialias: samples > 0,
    };
    const colors = { red_size: 8, green_size: 8, blue_size: 8, alpha_size: size(EGL.EGL_ALPHA_SIZE) };
    this.config = new Config({ ...colors, depth_size: depth, stencil_size: stencil, samples });
    try {
      this.resize(width, height);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  set_current(): void {
    if (currentContext() === this) return;
    if (this.#isClosed) throw new ContextException("a context that was closed cannot be made current");
    const other = currentContext();
    if (!(other instanceof HeadlessSurface)) other?.release?.();
    if (egl.eglMakeCurrent(theDisplay(), this.#buffer, this.#buffer, this.#context) === 0)
      throw new ContextException(
        `the context cannot be made current (EGL's error 0x${egl.eglGetError().toString(16)})`,
      );
    noteCurrent(this);
  }

  resize(width: number, height: number): void {
    const most = attribute(this.#config, EGL.EGL_MAX_PBUFFER_WIDTH) || 16384;
    const [w, h] = [Math.min(Math.max(width, 1), most), Math.min(Math.max(height, 1), most)];
    const list = [EGL.EGL_WIDTH, w, EGL.EGL_HEIGHT, h, EGL.EGL_NONE];
    const buffer = egl.eglCreatePbufferSurface(theDisplay(), this.#config, new (ARRAY(c_int, list.length))(...list));
    if (buffer === null) throw new ContextException(`there is no memory for a drawing buffer of ${w} by ${h} pixels`);
    const old = this.#buffer;
    this.#buffer = buffer;
    if (currentContext() === this) noteCurrent(null);
    try {
      this.set_current();
    } finally {
      if (old !== null) egl.eglDestroySurface(theDisplay(), old);
    }
    this.width = w;
    this.height = h;
  }

  /** Nobody sees it. */
  swap(): void {}

  procedure(name: string): Func<void, []> | null {
    return egl.eglGetProcAddress(name);
  }

  release(): void {
    if (currentContext() !== this) return;
    noteCurrent(null);
    egl.eglMakeCurrent(theDisplay(), null, null, null);
  }

  close(): void {
    if (this.#isClosed) return;
    this.release();
    this.#isClosed = true;
    if (this.#buffer !== null) egl.eglDestroySurface(theDisplay(), this.#buffer);
    egl.eglDestroyContext(theDisplay(), this.#context);
  }
}
