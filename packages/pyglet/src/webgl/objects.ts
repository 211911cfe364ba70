/** The objects that a context makes. Each has GL's name and knows the share of objects that it belongs to. */
import * as GL from "../native/gles/generated/gl3.ts";
import { uints } from "./scratch.ts";

const { libGLESv2: gl } = GL;

/** How GL forgets an object of each kind. */
const DELETE = {
  buffer: () => gl.glDeleteBuffers(1, uints),
  framebuffer: () => gl.glDeleteFramebuffers(1, uints),
  program: () => gl.glDeleteProgram(uints[0]!),
  query: () => gl.glDeleteQueries(1, uints),
  renderbuffer: () => gl.glDeleteRenderbuffers(1, uints),
  sampler: () => gl.glDeleteSamplers(1, uints),
  shader: () => gl.glDeleteShader(uints[0]!),
  texture: () => gl.glDeleteTextures(1, uints),
  transformFeedback: () => gl.glDeleteTransformFeedbacks(1, uints),
  vertexArray: () => gl.glDeleteVertexArrays(1, uints),
} as const;

type Kind = keyof typeof DELETE;

function deleteName(kind: Kind, name: number): void {
  uints[0] = name;
  DELETE[kind]();
}

/** What the collector found: it may do so while another context is this thread's, so their share deletes them later. */
const found = new FinalizationRegistry<{ share: Share; kind: Kind; name: number }>(({ share, kind, name }) => {
  share.garbage.push({ kind, name });
});

/** The objects of one context, until it is lost. */
export class Share {
  readonly garbage: { kind: Kind; name: number }[] = [];
  isLost = false;

  /** Deletes what the collector found. The share's context is this thread's. */
  sweep(): void {
    for (const { kind, name } of this.garbage) deleteName(kind, name);
    this.garbage.length = 0;
  }
}

export abstract class WebGLObject {
  readonly share: Share;
  /** GL's name. */
  readonly id: number;
  /** Whether it is gone: deleted, and in use by nothing that would keep it. */
  isDeleted = false;
  label = "";

  constructor(share: Share, kind: Kind, id: number) {
    if (!(share instanceof Share)) throw new TypeError("Illegal constructor");
    this.share = share;
    this.id = id;
    if (id !== 0) found.register(this, { share, kind, name: id }, this);
  }

  /** Has GL forget it, which GL does when nothing uses it any more. */
  forget(kind: Kind): void {
    this.isDeleted = true;
    found.unregister(this);
    deleteName(kind, this.id);
  }
}

/** What a buffer was bound for first decides what it may be bound for later. */
export type BufferUse = "undecided" | "indices" | "other";

export class WebGLBuffer extends WebGLObject {
  use: BufferUse = "undecided";
  wasBound = false;
  byteLength = 0;
  /** Counts what changed its content. */
  version = 0;
  /** A copy of what may be indices, for drivers that read what any index points to. */
  copy: Uint8Array | null = null;
  /** The largest index of a range, by type, offset and count, as of `version`. */
  largest: Map<string, number> | null = null;
  largestVersion = 0;
  constructor(share: Share, id: number) {
    super(share, "buffer", id);
  }
}

export class WebGLTexture extends WebGLObject {
  /** What it was bound to first; 0 before. */
  target = 0;
  /** Which levels are read. */
  baseLevel = 0;
  maxLevel = 1000;
  constructor(share: Share, id: number) {
    super(share, "texture", id);
  }
}

export class WebGLRenderbuffer extends WebGLObject {
  wasBound = false;
  constructor(share: Share, id: number) {
    super(share, "renderbuffer", id);
  }
}

/** What is attached to a framebuffer at one point. */
export interface Attachment {
  object: WebGLTexture | WebGLRenderbuffer;
  level: number;
}

export class WebGLFramebuffer extends WebGLObject {
  wasBound = false;
  readonly attachments = new Map<number, Attachment>();
  /** Which colour is read. */
  readSource: number = GL.GL_COLOR_ATTACHMENT0;
  constructor(share: Share, id: number) {
    super(share, "framebuffer", id);
  }

  detach(object: WebGLTexture | WebGLRenderbuffer): void {
    for (const [point, attachment] of this.attachments)
      if (attachment.object === object) this.attachments.delete(point);
  }
}

export class WebGLSampler extends WebGLObject {
  constructor(share: Share, id: number) {
    super(share, "sampler", id);
  }
}

export class WebGLQuery extends WebGLObject {
  /** What it counts; 0 before its first use. */
  target = 0;
  isActive = false;
  /** Whether the event loop went round since it ended: before, no result is there. */
  isReadable = false;
  constructor(share: Share, id: number) {
    super(share, "query", id);
  }
}

/** One range of a buffer that is bound by index. */
export interface BufferRange {
  buffer: WebGLBuffer | null;
  offset: number;
  /** 0: all of the buffer from there. */
  size: number;
}

export class WebGLTransformFeedback extends WebGLObject {
  wasBound = false;
  isActive = false;
  isPaused = false;
  /** The program that it was begun with. */
  program: WebGLProgram | null = null;
  readonly buffers: BufferRange[] = [];
  constructor(share: Share, id: number) {
    super(share, "transformFeedback", id);
  }
}

/** An array of vertices: where an attribute comes from. */
export class Attribute {
  isEnabled = false;
  buffer: WebGLBuffer | null = null;
  size = 4;
  type: number = GL.GL_FLOAT;
  isInteger = false;
  isNormalized = false;
  stride = 0;
  offset = 0;
  divisor = 0;
  /** Bytes of one element. */
  byteLength = 16;
}

export class WebGLVertexArrayObject extends WebGLObject {
  wasBound = false;
  elements: WebGLBuffer | null = null;
  readonly attributes: Attribute[] = [];
  /** Counts changes of the attributes. */
  version = 0;
  /** What `DrawLimits` were found for the program that drew last. */
  limits: DrawLimits | null = null;
  constructor(share: Share, id: number, attributes: number) {
    super(share, "vertexArray", id);
    for (let index = 0; index < attributes; index++) this.attributes.push(new Attribute());
  }
}

/** How much can be drawn with a vertex array and a program, and as of which state that was found. */
export interface DrawLimits {
  program: WebGLProgram;
  links: number;
  version: number;
  buffers: number;
  values: number;
  vertices: number;
  instances: number;
  /** Why nothing can be drawn; null if something can. */
  reason: string | null;
}

export class WebGLShader extends WebGLObject {
  readonly type: number;
  source = "";
  /** What is wrong for WebGL in what was compiled last; null for GL to say. */
  complaint: string | null = null;
  /** Whether the program has deleted it: it is gone when no program has it attached. */
  isMarked = false;
  /** How many programs have it attached. */
  programs = 0;
  constructor(share: Share, id: number, type: number) {
    super(share, "shader", id);
    this.type = type;
  }

  release(): void {
    this.programs--;
    this.isDeleted = this.isMarked && this.programs === 0;
  }
}

/** A uniform as the linker has it. */
export interface Uniform {
  name: string;
  type: number;
  size: number;
  /** Of a sampler: the texture unit of each element; else null. */
  units: Int32Array | null;
}

/** What is asked of a program that is linked. */
export interface Executable {
  /** Uniforms outside of blocks, by their names without `[0]`. */
  readonly uniforms: ReadonlyMap<string, Uniform>;
  readonly samplers: readonly Uniform[];
  /** Which attributes it reads: where, and of which kind. */
  readonly attributes: readonly { index: number; count: number; kind: number }[];
  /** Bytes of each uniform block. */
  readonly blocks: { readonly byteLength: number; binding: number }[];
}

export class WebGLProgram extends WebGLObject {
  readonly shaders: WebGLShader[] = [];
  /** Counts calls of `linkProgram`: locations of an earlier one are of no use. */
  links = 0;
  executable: Executable | null = null;
  /** Whether it was deleted: it is gone when it is not current, nor of an active transform feedback. */
  isMarked = false;
  /** How often it is one of these. */
  uses = 0;
  constructor(share: Share, id: number) {
    super(share, "program", id);
  }

  release(): void {
    this.uses--;
    this.endIfUnused();
  }

  /** Lets go of the shaders if it is gone. */
  endIfUnused(): void {
    if (!this.isMarked || this.uses > 0) return;
    this.isDeleted = true;
    for (const shader of this.shaders) shader.release();
    this.shaders.length = 0;
  }
}

export class WebGLSync {
  readonly share: Share;
  readonly pointer: GL.GLsync;
  isDeleted = false;
  label = "";
  /** Whether the event loop went round since: before, it is not signaled. */
  isReadable = false;
  constructor(share: Share, pointer: GL.GLsync) {
    if (!(share instanceof Share)) throw new TypeError("Illegal constructor");
    this.share = share;
    this.pointer = pointer;
  }
}

export class WebGLUniformLocation {
  readonly share: Share;
  readonly program: WebGLProgram;
  readonly links: number;
  readonly location: number;
  readonly uniform: Uniform;
  /** Which element of the uniform's array. */
  readonly element: number;
  constructor(program: WebGLProgram, location: number, uniform: Uniform, element: number) {
    if (!(program instanceof WebGLProgram)) throw new TypeError("Illegal constructor");
    this.share = program.share;
    this.program = program;
    this.links = program.links;
    this.location = location;
    this.uniform = uniform;
    this.element = element;
  }
}

export class WebGLActiveInfo {
  readonly name: string;
  readonly size: number;
  readonly type: number;
  constructor(name: string, size: number, type: number) {
    this.name = name;
    this.size = size;
    this.type = type;
  }
}

export class WebGLShaderPrecisionFormat {
  readonly rangeMin: number;
  readonly rangeMax: number;
  readonly precision: number;
  constructor(rangeMin: number, rangeMax: number, precision: number) {
    this.rangeMin = rangeMin;
    this.rangeMax = rangeMax;
    this.precision = precision;
  }
}
