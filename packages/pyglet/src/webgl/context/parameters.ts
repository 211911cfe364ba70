/** What the context says of itself: `getParameter` and its kin. */
import { string_at } from "ctypes-js";
import * as GL from "../../native/gles/generated/gl3.ts";
import {
  MAX_CLIENT_WAIT_TIMEOUT_WEBGL,
  UNPACK_COLORSPACE_CONVERSION_WEBGL,
  UNPACK_FLIP_Y_WEBGL,
  UNPACK_PREMULTIPLY_ALPHA_WEBGL,
} from "../constants.ts";
import { need } from "../errors.ts";
import { bytes, floats, ints, longs } from "../scratch.ts";
import { DrawingContext } from "./drawing.ts";
import { MAX_CLIENT_WAIT } from "./queries.ts";

const { libGLESv2: gl } = GL;

type Reader = () => unknown;

const INTEGERS = [
  ...[GL.GL_ACTIVE_TEXTURE, GL.GL_ALPHA_BITS, GL.GL_BLEND_DST_ALPHA, GL.GL_BLEND_DST_RGB, GL.GL_BLEND_EQUATION_ALPHA],
  ...[GL.GL_BLEND_EQUATION_RGB, GL.GL_BLEND_SRC_ALPHA, GL.GL_BLEND_SRC_RGB, GL.GL_BLUE_BITS, GL.GL_CULL_FACE_MODE],
  ...[GL.GL_DEPTH_BITS, GL.GL_DEPTH_FUNC, GL.GL_FRAGMENT_SHADER_DERIVATIVE_HINT, GL.GL_FRONT_FACE],
  ...[GL.GL_GENERATE_MIPMAP_HINT, GL.GL_GREEN_BITS, GL.GL_IMPLEMENTATION_COLOR_READ_FORMAT],
  ...[GL.GL_IMPLEMENTATION_COLOR_READ_TYPE, GL.GL_MAX_3D_TEXTURE_SIZE, GL.GL_MAX_ARRAY_TEXTURE_LAYERS],
  ...[GL.GL_MAX_COLOR_ATTACHMENTS, GL.GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS, GL.GL_MAX_COMBINED_UNIFORM_BLOCKS],
  ...[GL.GL_MAX_CUBE_MAP_TEXTURE_SIZE, GL.GL_MAX_DRAW_BUFFERS, GL.GL_MAX_ELEMENTS_INDICES],
  ...[GL.GL_MAX_ELEMENTS_VERTICES, GL.GL_MAX_FRAGMENT_INPUT_COMPONENTS, GL.GL_MAX_FRAGMENT_UNIFORM_BLOCKS],
  ...[GL.GL_MAX_FRAGMENT_UNIFORM_COMPONENTS, GL.GL_MAX_FRAGMENT_UNIFORM_VECTORS, GL.GL_MAX_PROGRAM_TEXEL_OFFSET],
  ...[GL.GL_MAX_RENDERBUFFER_SIZE, GL.GL_MAX_SAMPLES, GL.GL_MAX_TEXTURE_IMAGE_UNITS, GL.GL_MAX_TEXTURE_SIZE],
  ...[GL.GL_MAX_TRANSFORM_FEEDBACK_INTERLEAVED_COMPONENTS, GL.GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS],
  ...[GL.GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_COMPONENTS, GL.GL_MAX_UNIFORM_BUFFER_BINDINGS],
  ...[GL.GL_MAX_VARYING_COMPONENTS, GL.GL_MAX_VARYING_VECTORS, GL.GL_MAX_VERTEX_ATTRIBS],
  ...[GL.GL_MAX_VERTEX_OUTPUT_COMPONENTS, GL.GL_MAX_VERTEX_TEXTURE_IMAGE_UNITS, GL.GL_MAX_VERTEX_UNIFORM_BLOCKS],
  ...[GL.GL_MAX_VERTEX_UNIFORM_COMPONENTS, GL.GL_MAX_VERTEX_UNIFORM_VECTORS, GL.GL_MIN_PROGRAM_TEXEL_OFFSET],
  ...[GL.GL_READ_BUFFER, GL.GL_RED_BITS, GL.GL_SAMPLE_BUFFERS, GL.GL_SAMPLES, GL.GL_STENCIL_BACK_FAIL],
  ...[GL.GL_STENCIL_BACK_FUNC, GL.GL_STENCIL_BACK_PASS_DEPTH_FAIL, GL.GL_STENCIL_BACK_PASS_DEPTH_PASS],
  ...[GL.GL_STENCIL_BACK_REF, GL.GL_STENCIL_BITS, GL.GL_STENCIL_CLEAR_VALUE, GL.GL_STENCIL_FAIL, GL.GL_STENCIL_FUNC],
  ...[GL.GL_STENCIL_PASS_DEPTH_FAIL, GL.GL_STENCIL_PASS_DEPTH_PASS, GL.GL_STENCIL_REF, GL.GL_SUBPIXEL_BITS],
  ...[GL.GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT],
];
const LONGS = [
  ...[GL.GL_MAX_COMBINED_FRAGMENT_UNIFORM_COMPONENTS, GL.GL_MAX_COMBINED_VERTEX_UNIFORM_COMPONENTS],
  ...[GL.GL_MAX_ELEMENT_INDEX, GL.GL_MAX_SERVER_WAIT_TIMEOUT, GL.GL_MAX_UNIFORM_BLOCK_SIZE],
];
const FLOATS = [
  ...[GL.GL_DEPTH_CLEAR_VALUE, GL.GL_LINE_WIDTH, GL.GL_MAX_TEXTURE_LOD_BIAS, GL.GL_POLYGON_OFFSET_FACTOR],
  ...[GL.GL_POLYGON_OFFSET_UNITS, GL.GL_SAMPLE_COVERAGE_VALUE],
];
const BOOLEANS = [
  ...[GL.GL_BLEND, GL.GL_CULL_FACE, GL.GL_DEPTH_TEST, GL.GL_DEPTH_WRITEMASK, GL.GL_DITHER, GL.GL_POLYGON_OFFSET_FILL],
  ...[GL.GL_RASTERIZER_DISCARD, GL.GL_SAMPLE_ALPHA_TO_COVERAGE, GL.GL_SAMPLE_COVERAGE, GL.GL_SAMPLE_COVERAGE_INVERT],
  ...[GL.GL_SCISSOR_TEST, GL.GL_STENCIL_TEST],
];
const FLOAT_LISTS = [
  ...[GL.GL_ALIASED_LINE_WIDTH_RANGE, GL.GL_ALIASED_POINT_SIZE_RANGE, GL.GL_DEPTH_RANGE],
  ...[GL.GL_BLEND_COLOR, GL.GL_COLOR_CLEAR_VALUE],
];
const INTEGER_LISTS = [GL.GL_MAX_VIEWPORT_DIMS, GL.GL_SCISSOR_BOX, GL.GL_VIEWPORT];
const QUADS: number[] = [GL.GL_BLEND_COLOR, GL.GL_COLOR_CLEAR_VALUE, GL.GL_SCISSOR_BOX, GL.GL_VIEWPORT];

export abstract class ParametersContext extends DrawingContext {
  /** How each parameter is read, made when one is asked for first. */
  private readers: Map<number, Reader> | null = null;

  /** Parameters of extensions that the program has asked for. */
  protected readonly extraParameters = new Map<number, Reader>();

  protected override reset(): void {
    super.reset();
    this.extraParameters.clear();
  }

  getParameter(pname: number): unknown {
    need(arguments.length, 1, "getParameter");
    pname >>>= 0;
    if (!this.enter()) return null;
    this.readers ??= this.allReaders();
    const reader = this.readers.get(pname) ?? this.extraParameters.get(pname);
    if (reader !== undefined) return reader();
    const buffer = pname - GL.GL_DRAW_BUFFER0;
    if (buffer >= 0 && buffer < this.integerOf(GL.GL_MAX_DRAW_BUFFERS)) return this.integerOf(pname);
    this.invalidEnum("getParameter", "no parameter of the context");
    return null;
  }

  private allReaders(): Map<number, Reader> {
    const readers = new Map<number, Reader>();
    const add = (names: readonly number[], read: (name: number) => unknown) => {
      for (const name of names) readers.set(name, () => read(name));
    };
    add(INTEGERS, (name) => this.integerOf(name));
    add(LONGS, (name) => {
      gl.glGetInteger64v(name, longs);
      return Number(longs[0]);
    });
    add(FLOATS, (name) => this.floatsOf(name)[0]);
    add(FLOAT_LISTS, (name) => this.floatsOf(name).slice(0, QUADS.includes(name) ? 4 : 2));
    add(INTEGER_LISTS, (name) => {
      gl.glGetIntegerv(name, ints);
      return ints.slice(0, QUADS.includes(name) ? 4 : 2);
    });
    add(BOOLEANS, (name) => this.booleansOf(name)[0] !== 0);
    add([GL.GL_COLOR_WRITEMASK], (name) => Array.from(this.booleansOf(name).subarray(0, 4), (value) => value !== 0));
    for (const [name, read] of Object.entries(this.ownReaders())) readers.set(Number(name), read);
    return readers;
  }

  private floatsOf(name: number): Float32Array {
    gl.glGetFloatv(name, floats);
    return floats;
  }

  private booleansOf(name: number): Uint8Array {
    gl.glGetBooleanv(name, bytes);
    return bytes;
  }

  /** What this context knows better than GL. */
  private ownReaders(): Record<number, Reader> {
    const unit = () => this.units[this.activeUnit]!;
    const orNull = <T extends { id: number }>(one: T) => (one.id === 0 ? null : one);
    return {
      [GL.GL_VERSION]: () => `WebGL 2.0 (${stringOf(GL.GL_VERSION)})`,
      [GL.GL_SHADING_LANGUAGE_VERSION]: () => `WebGL GLSL ES 3.00 (${stringOf(GL.GL_SHADING_LANGUAGE_VERSION)})`,
      [GL.GL_VENDOR]: () => stringOf(GL.GL_VENDOR),
      [GL.GL_RENDERER]: () => stringOf(GL.GL_RENDERER),
      // GL may give only the bits that there are.
      [GL.GL_STENCIL_VALUE_MASK]: () => this.stencil.mask[0],
      [GL.GL_STENCIL_BACK_VALUE_MASK]: () => this.stencil.mask[1],
      [GL.GL_STENCIL_WRITEMASK]: () => this.stencil.write[0],
      [GL.GL_STENCIL_BACK_WRITEMASK]: () => this.stencil.write[1],
      [GL.GL_ARRAY_BUFFER_BINDING]: () => this.bound.array,
      [GL.GL_COPY_READ_BUFFER_BINDING]: () => this.bound.copyRead,
      [GL.GL_COPY_WRITE_BUFFER_BINDING]: () => this.bound.copyWrite,
      [GL.GL_PIXEL_PACK_BUFFER_BINDING]: () => this.bound.pixelPack,
      [GL.GL_PIXEL_UNPACK_BUFFER_BINDING]: () => this.bound.pixelUnpack,
      [GL.GL_TRANSFORM_FEEDBACK_BUFFER_BINDING]: () => this.bound.feedback,
      [GL.GL_UNIFORM_BUFFER_BINDING]: () => this.bound.uniform,
      [GL.GL_ELEMENT_ARRAY_BUFFER_BINDING]: () => this.vertexArray.elements,
      [GL.GL_VERTEX_ARRAY_BINDING]: () => orNull(this.vertexArray),
      [GL.GL_TRANSFORM_FEEDBACK_BINDING]: () => orNull(this.feedback),
      [GL.GL_TRANSFORM_FEEDBACK_ACTIVE]: () => this.feedback.isActive,
      [GL.GL_TRANSFORM_FEEDBACK_PAUSED]: () => this.feedback.isPaused,
      [GL.GL_CURRENT_PROGRAM]: () => this.program,
      [GL.GL_DRAW_FRAMEBUFFER_BINDING]: () => this.drawFramebuffer,
      [GL.GL_READ_FRAMEBUFFER_BINDING]: () => this.readFramebuffer,
      [GL.GL_RENDERBUFFER_BINDING]: () => this.renderbuffer,
      [GL.GL_TEXTURE_BINDING_2D]: () => unit().plane,
      [GL.GL_TEXTURE_BINDING_CUBE_MAP]: () => unit().cube,
      [GL.GL_TEXTURE_BINDING_3D]: () => unit().volume,
      [GL.GL_TEXTURE_BINDING_2D_ARRAY]: () => unit().layers,
      [GL.GL_SAMPLER_BINDING]: () => this.samplers[this.activeUnit],
      [GL.GL_COMPRESSED_TEXTURE_FORMATS]: () => Uint32Array.from(this.compressed.keys()),
      [GL.GL_UNPACK_ALIGNMENT]: () => this.unpack.alignment,
      [GL.GL_UNPACK_ROW_LENGTH]: () => this.unpack.rowLength,
      [GL.GL_UNPACK_IMAGE_HEIGHT]: () => this.unpack.imageHeight,
      [GL.GL_UNPACK_SKIP_PIXELS]: () => this.unpack.skipPixels,
      [GL.GL_UNPACK_SKIP_ROWS]: () => this.unpack.skipRows,
      [GL.GL_UNPACK_SKIP_IMAGES]: () => this.unpack.skipImages,
      [GL.GL_PACK_ALIGNMENT]: () => this.pack.alignment,
      [GL.GL_PACK_ROW_LENGTH]: () => this.pack.rowLength,
      [GL.GL_PACK_SKIP_PIXELS]: () => this.pack.skipPixels,
      [GL.GL_PACK_SKIP_ROWS]: () => this.pack.skipRows,
      [UNPACK_FLIP_Y_WEBGL]: () => this.flipY,
      [UNPACK_PREMULTIPLY_ALPHA_WEBGL]: () => this.premultiply,
      [UNPACK_COLORSPACE_CONVERSION_WEBGL]: () => this.colorSpaceConversion,
      [MAX_CLIENT_WAIT_TIMEOUT_WEBGL]: () => MAX_CLIENT_WAIT,
    };
  }

  /** Parameters of one of several, of extensions: how they are read. */
  protected readonly extraIndexed = new Map<number, (index: number) => unknown>();

  getIndexedParameter(target: number, index: number): unknown {
    need(arguments.length, 2, "getIndexedParameter");
    const [name, at] = [target >>> 0, index >>> 0];
    if (!this.enter()) return null;
    const extra = this.extraIndexed.get(name);
    if (extra !== undefined) return extra(at);
    const isFeedback = name >= GL.GL_TRANSFORM_FEEDBACK_BUFFER_START && name <= GL.GL_TRANSFORM_FEEDBACK_BUFFER_SIZE;
    const isUniform = name >= GL.GL_UNIFORM_BUFFER_BINDING && name <= GL.GL_UNIFORM_BUFFER_SIZE;
    const ranges =
      isFeedback || name === GL.GL_TRANSFORM_FEEDBACK_BUFFER_BINDING
        ? this.feedback.buffers
        : isUniform
          ? this.uniformBuffers
          : null;
    if (ranges === null) this.invalidEnum("getIndexedParameter", "no parameter with an index");
    else if (at >= ranges.length) this.invalidValue("getIndexedParameter", "there are not so many bindings");
    else {
      const { buffer, offset, size } = ranges[at]!;
      if (name === GL.GL_TRANSFORM_FEEDBACK_BUFFER_BINDING || name === GL.GL_UNIFORM_BUFFER_BINDING) return buffer;
      return name === GL.GL_TRANSFORM_FEEDBACK_BUFFER_START || name === GL.GL_UNIFORM_BUFFER_START ? offset : size;
    }
    return null;
  }

  getInternalformatParameter(target: number, internalformat: number, pname: number): Int32Array | null {
    need(arguments.length, 3, "getInternalformatParameter");
    const [what, format, name] = [target >>> 0, internalformat >>> 0, pname >>> 0];
    if (!this.enter()) return null;
    const isFormat = this.sizedFormat(format) !== undefined || format === GL.GL_STENCIL_INDEX8;
    if (what !== GL.GL_RENDERBUFFER || name !== GL.GL_SAMPLES || !isFormat) {
      this.invalidEnum("getInternalformatParameter", "no target, format or parameter");
      return null;
    }
    this.keepErrors();
    gl.glGetInternalformativ(what, format, GL.GL_NUM_SAMPLE_COUNTS, 1, ints);
    if (!this.succeeded("getInternalformatParameter")) return null;
    const counts = new Int32Array(ints[0]!);
    if (counts.length > 0) gl.glGetInternalformativ(what, format, GL.GL_SAMPLES, counts.length, counts);
    return counts;
  }
}

/** What GL says of itself. */
export function stringOf(name: number): string {
  const found = gl.glGetString(name);
  return found === null ? "" : Buffer.from(string_at(found)).toString("latin1");
}
