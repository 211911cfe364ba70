/** Frame buffer configurations and contexts of GLX. */
import { byref, CFUNCTYPE, c_int, cast, POINTER, type Pointer } from "ctypes-js";
import { Config, type ConfigAttributes, ContextException, NoSuchConfigException } from "../../gl/config.ts";
import * as GLX from "../../native/generated/glx.ts";
import { type Display, Display as DisplayType, libX11 } from "../../native/generated/Xlib.ts";

const { libGL } = GLX;

/** Attributes with their numbers in GLX. Versions are asked of the context, not of the frame buffer. */
const NUMBERS: Partial<Record<keyof ConfigAttributes, number>> = {
  double_buffer: GLX.GLX_DOUBLEBUFFER,
  stereo: GLX.GLX_STEREO,
  buffer_size: GLX.GLX_BUFFER_SIZE,
  aux_buffers: GLX.GLX_AUX_BUFFERS,
  sample_buffers: GLX.GLX_SAMPLE_BUFFERS,
  samples: GLX.GLX_SAMPLES,
  red_size: GLX.GLX_RED_SIZE,
  green_size: GLX.GLX_GREEN_SIZE,
  blue_size: GLX.GLX_BLUE_SIZE,
  alpha_size: GLX.GLX_ALPHA_SIZE,
  depth_size: GLX.GLX_DEPTH_SIZE,
  stencil_size: GLX.GLX_STENCIL_SIZE,
  accum_red_size: GLX.GLX_ACCUM_RED_SIZE,
  accum_green_size: GLX.GLX_ACCUM_GREEN_SIZE,
  accum_blue_size: GLX.GLX_ACCUM_BLUE_SIZE,
  accum_alpha_size: GLX.GLX_ACCUM_ALPHA_SIZE,
};

/** GLX_ARB_create_context */
const CreateContext = CFUNCTYPE(
  GLX.GLXContext,
  POINTER(DisplayType),
  GLX.GLXFBConfig,
  GLX.GLXContext,
  c_int,
  POINTER(c_int),
);

/** A configuration of this display. */
export class X11Config extends Config {
  readonly frameBuffer: GLX.GLXFBConfig;

  constructor(attributes: ConfigAttributes, frameBuffer: GLX.GLXFBConfig) {
    super(attributes);
    this.frameBuffer = frameBuffer;
    Object.defineProperty(this, "frameBuffer", { enumerable: false });
  }

  override is_complete(): boolean {
    return true;
  }
}

/** The configurations that have what a template asks for, the best one first. */
export function matchConfigs(display: Pointer<Display>, template: Config): X11Config[] {
  const asked = [GLX.GLX_RENDER_TYPE, GLX.GLX_RGBA_BIT, GLX.GLX_DRAWABLE_TYPE, GLX.GLX_WINDOW_BIT];
  asked.push(GLX.GLX_X_RENDERABLE, 1);
  for (const [name, value] of template.get_gl_attributes()) {
    const number = NUMBERS[name];
    if (number !== undefined) asked.push(number, Number(value));
  }
  const count = new c_int();
  const screen = libX11.XDefaultScreen(display);
  const found = libGL.glXChooseFBConfig(display, screen, Int32Array.from([...asked, 0]), byref(count));
  if (found === null) return [];
  // Copies, as what `at` gives is in the memory that is freed here.
  const frameBuffers = Array.from({ length: count.value }, (_, at) => cast(found.at(at), GLX.GLXFBConfig));
  libX11.XFree(found);
  const ofContext = Object.fromEntries(template.get_gl_attributes().filter(([name]) => NUMBERS[name] === undefined));
  return frameBuffers.map(
    (frameBuffer) => new X11Config({ ...ofContext, ...attributesOf(display, frameBuffer) }, frameBuffer),
  );
}

/** The configuration that fits best. @throws NoSuchConfigException where none does. */
export function chooseConfig(display: Pointer<Display>, template: Config, isTransparent: boolean): X11Config {
  if (isTransparent) return chooseTransparent(display, template);
  if (template instanceof X11Config) return template;
  const [best] = matchConfigs(display, template);
  if (best !== undefined) return best;
  const list = template.get_gl_attributes().map(([name, value]) => `${name}: ${value}`);
  throw new NoSuchConfigException(`the display has no configuration with ${list.join(", ")}`);
}

/** One through which the windows below can be seen: its visual has eight more bits than colours. */
function chooseTransparent(display: Pointer<Display>, template: Config): X11Config {
  const { double_buffer = true, depth_size = 0, sample_buffers = 0, samples = 0 } = template;
  const wanted = new Config({
    double_buffer,
    depth_size: Math.min(depth_size, 24),
    sample_buffers,
    samples,
    alpha_size: 8,
  });
  const found = matchConfigs(display, wanted).find(({ frameBuffer }) => {
    const visual = libGL.glXGetVisualFromFBConfig(display, frameBuffer);
    const isDeep = visual?.contents.depth === 32;
    if (visual !== null) libX11.XFree(visual);
    return isDeep;
  });
  if (found !== undefined) return found;
  throw new NoSuchConfigException("the display has no configuration for a transparent window");
}

/** Whether the server makes contexts of OpenGL at all. */
export function hasOpenGL(display: Pointer<Display>): boolean {
  return libGL.glXQueryExtension(display, null, null) !== 0;
}

function attributesOf(display: Pointer<Display>, frameBuffer: GLX.GLXFBConfig): ConfigAttributes {
  const value = new c_int();
  const entries = Object.entries(NUMBERS).map(([name, number]) => {
    libGL.glXGetFBConfigAttrib(display, frameBuffer, number, byref(value));
    const isFlag = name === "double_buffer" || name === "stereo";
    return [name, isFlag ? value.value !== 0 : value.value];
  });
  return Object.fromEntries(entries);
}

/** A context for a configuration, which shares the objects of another. @throws ContextException */
export function createGlxContext(
  display: Pointer<Display>,
  config: X11Config,
  share: GLX.GLXContext | null,
): GLX.GLXContext {
  const { major_version, minor_version, forward_compatible, debug, frameBuffer } = config;
  if (major_version === undefined && !debug && !forward_compatible) {
    const context = libGL.glXCreateNewContext(display, frameBuffer, GLX.GLX_RGBA_TYPE, share, 1);
    if (context === null) throw new ContextException("the X server makes no OpenGL context for this configuration");
    return context;
  }
  const address = libGL.glXGetProcAddressARB(new TextEncoder().encode("glXCreateContextAttribsARB\0"));
  if (address === null) throw new ContextException("this GLX makes no context of a wanted version");
  const create = cast(address, CreateContext);
  const flags = (debug ? 1 : 0) | (forward_compatible ? 2 : 0);
  const list = [0x2091, major_version ?? 1, 0x2092, minor_version ?? 0, 0x2094, flags, 0];
  const context = create(display, frameBuffer, share, 1, Int32Array.from(list));
  if (context === null) {
    throw new ContextException(`this driver has no context of OpenGL ${major_version}.${minor_version ?? 0}`);
  }
  return context;
}
