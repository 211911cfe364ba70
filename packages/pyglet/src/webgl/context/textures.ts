/** Textures: which is bound where, how they are sampled, and their storage. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { need, objectOrNull } from "../errors.ts";
import { type Block, bytesPerPixel, compressedSize, type InternalFormat, SIZED_FORMATS } from "../formats.ts";
import { WebGLTexture } from "../objects.ts";
import { floats, ints, uints } from "../scratch.ts";
import { QueriesContext, TEXTURE_MAX_ANISOTROPY_EXT } from "./queries.ts";
import { defaultStore, type PixelStore } from "./state.ts";

const { libGLESv2: gl } = GL;

export const MIRROR_CLAMP_TO_EDGE_EXT = 0x8743;
export const DEPTH_STENCIL_TEXTURE_MODE_WEBGL = 0x90ea;

/** How much of a texture is cleared at once. */
const CHUNK = 4 << 20;

/** What one unit has bound. */
export class TextureUnit {
  plane: WebGLTexture | null = null;
  cube: WebGLTexture | null = null;
  volume: WebGLTexture | null = null;
  layers: WebGLTexture | null = null;

  /** The texture of a target; undefined if there is no such target. */
  get(target: number): WebGLTexture | null | undefined {
    if (target === GL.GL_TEXTURE_2D) return this.plane;
    if (target === GL.GL_TEXTURE_CUBE_MAP) return this.cube;
    if (target === GL.GL_TEXTURE_3D) return this.volume;
    return target === GL.GL_TEXTURE_2D_ARRAY ? this.layers : undefined;
  }

  set(target: number, texture: WebGLTexture | null): void {
    if (target === GL.GL_TEXTURE_2D) this.plane = texture;
    else if (target === GL.GL_TEXTURE_CUBE_MAP) this.cube = texture;
    else if (target === GL.GL_TEXTURE_3D) this.volume = texture;
    else this.layers = texture;
  }
}

export const TARGETS = [GL.GL_TEXTURE_2D, GL.GL_TEXTURE_CUBE_MAP, GL.GL_TEXTURE_3D, GL.GL_TEXTURE_2D_ARRAY] as const;

export abstract class TexturesContext extends QueriesContext {
  protected units: TextureUnit[] = [];
  protected activeUnit = 0;
  protected maxTextureSize = 0;
  /** Parameters, ways to wrap, and compressed formats of extensions that the program has asked for. */
  protected readonly extraSampling = new Set<number>();
  protected readonly extraFormats = new Map<number, InternalFormat>();
  protected readonly compressed = new Map<number, Block>();

  /** Takes a deleted texture from the framebuffers that are bound. */
  protected abstract detach(texture: WebGLTexture): void;

  protected override reset(): void {
    super.reset();
    this.units = Array.from({ length: this.maxTextureUnits }, () => new TextureUnit());
    this.activeUnit = 0;
    this.maxTextureSize = this.integerOf(GL.GL_MAX_TEXTURE_SIZE);
    this.extraSampling.clear();
    this.extraFormats.clear();
    this.compressed.clear();
  }

  createTexture(): WebGLTexture {
    if (!this.enter()) return new WebGLTexture(this.share, 0);
    gl.glGenTextures(1, uints);
    return new WebGLTexture(this.share, uints[0]!);
  }

  deleteTexture(texture: WebGLTexture | null): void {
    need(arguments.length, 1, "deleteTexture");
    const one = objectOrNull(texture, WebGLTexture, "deleteTexture", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteTexture")) return;
    for (const unit of this.units) if (one.target !== 0 && unit.get(one.target) === one) unit.set(one.target, null);
    this.detach(one);
    one.forget("texture");
  }

  isTexture(texture: WebGLTexture | null): boolean {
    need(arguments.length, 1, "isTexture");
    const one = objectOrNull(texture, WebGLTexture, "isTexture", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted && one.target !== 0;
  }

  activeTexture(texture: number): void {
    need(arguments.length, 1, "activeTexture");
    texture >>>= 0;
    if (!this.enter()) return;
    const unit = texture - GL.GL_TEXTURE0;
    if (unit < 0 || unit >= this.units.length) return this.invalidEnum("activeTexture", "no texture unit");
    this.activeUnit = unit;
    gl.glActiveTexture(texture);
  }

  bindTexture(target: number, texture: WebGLTexture | null): void {
    need(arguments.length, 2, "bindTexture");
    target >>>= 0;
    const one = objectOrNull(texture, WebGLTexture, "bindTexture", 2);
    if (!this.enter()) return;
    const unit = this.units[this.activeUnit]!;
    if (one === null) {
      if (unit.get(target) === undefined) return this.invalidEnum("bindTexture", "no target of textures");
      unit.set(target, null);
      return gl.glBindTexture(target, 0);
    }
    if (one.share !== this.share || one.isDeleted) return void this.owns(one, "bindTexture");
    if (one.target !== target) {
      if (unit.get(target) === undefined) return this.invalidEnum("bindTexture", "no target of textures");
      if (one.target !== 0) return this.invalidOperation("bindTexture", "the texture has another target");
      one.target = target;
    }
    unit.set(target, one);
    gl.glBindTexture(target, one.id);
  }

  /** The texture that is bound to a target, or has it as a face; null after an error. */
  protected textureOf(target: number, method: string): WebGLTexture | null {
    const isFace = target >= GL.GL_TEXTURE_CUBE_MAP_POSITIVE_X && target <= GL.GL_TEXTURE_CUBE_MAP_NEGATIVE_Z;
    const texture = this.units[this.activeUnit]!.get(isFace ? GL.GL_TEXTURE_CUBE_MAP : target);
    if (texture === undefined) this.invalidEnum(method, "no target of textures");
    else if (texture === null) this.invalidOperation(method, "no texture is bound to the target");
    return texture ?? null;
  }

  // -- Parameters --------------------------------------------------------------------------------

  protected override isSampling(name: number, value: number | null, method: string): boolean {
    if (!this.isSamplingName(name)) {
      this.invalidEnum(method, "no parameter of sampling");
      return false;
    }
    const wraps = name === GL.GL_TEXTURE_WRAP_S || name === GL.GL_TEXTURE_WRAP_T || name === GL.GL_TEXTURE_WRAP_R;
    if (value === null || !wraps || this.isWrap(value)) return true;
    this.invalidEnum(method, "no way to wrap");
    return false;
  }

  private isSamplingName(name: number): boolean {
    switch (name) {
      case GL.GL_TEXTURE_MAG_FILTER:
      case GL.GL_TEXTURE_MIN_FILTER:
      case GL.GL_TEXTURE_WRAP_S:
      case GL.GL_TEXTURE_WRAP_T:
      case GL.GL_TEXTURE_WRAP_R:
      case GL.GL_TEXTURE_MIN_LOD:
      case GL.GL_TEXTURE_MAX_LOD:
      case GL.GL_TEXTURE_COMPARE_MODE:
      case GL.GL_TEXTURE_COMPARE_FUNC:
        return true;
    }
    return name === TEXTURE_MAX_ANISOTROPY_EXT && this.extraSampling.has(name);
  }

  private isWrap(value: number): boolean {
    if (value === GL.GL_CLAMP_TO_EDGE || value === GL.GL_REPEAT || value === GL.GL_MIRRORED_REPEAT) return true;
    return value === MIRROR_CLAMP_TO_EDGE_EXT && this.extraSampling.has(value);
  }

  private isParameter(target: number, name: number, value: number | null, method: string): boolean {
    if (this.units[0]!.get(target) === undefined) {
      this.invalidEnum(method, "no target of textures");
      return false;
    }
    if (this.textureOf(target, method) === null) return false;
    if (name === GL.GL_TEXTURE_BASE_LEVEL || name === GL.GL_TEXTURE_MAX_LEVEL) return true;
    if (name === DEPTH_STENCIL_TEXTURE_MODE_WEBGL && this.extraSampling.has(name)) return true;
    const isQuestion = value === null;
    if (isQuestion && (name === GL.GL_TEXTURE_IMMUTABLE_FORMAT || name === GL.GL_TEXTURE_IMMUTABLE_LEVELS)) return true;
    return this.isSampling(name, value, method);
  }

  texParameteri(target: number, pname: number, param: number): void {
    need(arguments.length, 3, "texParameteri");
    target >>>= 0;
    pname >>>= 0;
    param |= 0;
    if (!this.enter() || !this.isParameter(target, pname, param, "texParameteri")) return;
    gl.glTexParameteri(target, pname, param);
    this.noteLevel(target, pname, param);
  }

  texParameterf(target: number, pname: number, param: number): void {
    need(arguments.length, 3, "texParameterf");
    target >>>= 0;
    pname >>>= 0;
    param = +param;
    if (!this.enter() || !this.isParameter(target, pname, param, "texParameterf")) return;
    gl.glTexParameterf(target, pname, param);
    this.noteLevel(target, pname, Math.round(param));
  }

  /** Which levels are read decides whether a texture may be drawn to at the same time. */
  private noteLevel(target: number, pname: number, level: number): void {
    const texture = this.units[this.activeUnit]!.get(target)!;
    if (pname === GL.GL_TEXTURE_BASE_LEVEL && level >= 0) texture.baseLevel = level;
    if (pname === GL.GL_TEXTURE_MAX_LEVEL && level >= 0) texture.maxLevel = level;
  }

  getTexParameter(target: number, pname: number): number | boolean | null {
    need(arguments.length, 2, "getTexParameter");
    target >>>= 0;
    pname >>>= 0;
    if (!this.enter() || !this.isParameter(target, pname, null, "getTexParameter")) return null;
    if (pname === GL.GL_TEXTURE_MIN_LOD || pname === GL.GL_TEXTURE_MAX_LOD || pname === TEXTURE_MAX_ANISOTROPY_EXT) {
      gl.glGetTexParameterfv(target, pname, floats);
      return floats[0]!;
    }
    gl.glGetTexParameteriv(target, pname, ints);
    return pname === GL.GL_TEXTURE_IMMUTABLE_FORMAT ? ints[0] !== 0 : ints[0]!;
  }

  generateMipmap(target: number): void {
    need(arguments.length, 1, "generateMipmap");
    target >>>= 0;
    if (!this.enter()) return;
    if (this.units[0]!.get(target) === undefined) return this.invalidEnum("generateMipmap", "no target of textures");
    if (this.textureOf(target, "generateMipmap") !== null) gl.glGenerateMipmap(target);
  }

  // -- Storage -----------------------------------------------------------------------------------

  texStorage2D(target: number, levels: number, internalformat: number, width: number, height: number): void {
    need(arguments.length, 5, "texStorage2D");
    const [where, count, format] = [target >>> 0, levels | 0, internalformat >>> 0];
    const [w, h] = [width | 0, height | 0];
    if (!this.enter() || !this.hasStorage(where, format, [GL.GL_TEXTURE_2D, GL.GL_TEXTURE_CUBE_MAP], "texStorage2D"))
      return;
    gl.glTexStorage2D(where, count, format, w, h);
    if (!this.succeeded("texStorage2D")) return;
    const faces = where === GL.GL_TEXTURE_2D ? [where] : FACES;
    for (const face of faces)
      for (let level = 0; level < count; level++)
        this.clearLevel(face, level, format, Math.max(w >> level, 1), Math.max(h >> level, 1), 0);
  }

  texStorage3D(target: number, levels: number, internalformat: number, width: number, height: number, depth: number) {
    need(arguments.length, 6, "texStorage3D");
    const [where, count, format] = [target >>> 0, levels | 0, internalformat >>> 0];
    const [w, h, d] = [width | 0, height | 0, depth | 0];
    if (!this.enter() || !this.hasStorage(where, format, [GL.GL_TEXTURE_3D, GL.GL_TEXTURE_2D_ARRAY], "texStorage3D"))
      return;
    gl.glTexStorage3D(where, count, format, w, h, d);
    if (!this.succeeded("texStorage3D")) return;
    for (let level = 0; level < count; level++) {
      const layers = where === GL.GL_TEXTURE_3D ? Math.max(d >> level, 1) : d;
      this.clearLevel(where, level, format, Math.max(w >> level, 1), Math.max(h >> level, 1), layers);
    }
  }

  /** Whether a texture can have storage of the format; keeps the errors there were. */
  private hasStorage(target: number, format: number, targets: readonly number[], method: string): boolean {
    if (!targets.includes(target)) this.invalidEnum(method, "no target of textures with such storage");
    else if (this.textureOf(target, method) === null) return false;
    else if (this.sizedFormat(format) === undefined && !this.compressed.has(format))
      this.invalidEnum(method, "no internal format with a size");
    else {
      this.keepErrors();
      return true;
    }
    return false;
  }

  protected sizedFormat(format: number): InternalFormat | undefined {
    return SIZED_FORMATS.get(format) ?? this.extraFormats.get(format);
  }

  /** Fills a level with zeros: what memory of a driver holds is no program's business. `depth` 0: it is flat. */
  protected clearLevel(target: number, level: number, format: number, width: number, height: number, depth: number) {
    if (width === 0 || height === 0) return;
    const block = this.compressed.get(format);
    if (block !== undefined) return this.clearCompressed(target, level, format, block, [width, height, depth]);
    const { format: pixels, types } = this.sizedFormat(format)!;
    this.clearPixels(target, level, pixels, types[0]!, width, height, depth);
  }

  protected clearPixels(
    target: number,
    level: number,
    format: number,
    type: number,
    width: number,
    height: number,
    depth: number,
  ): void {
    const rowBytes = width * bytesPerPixel(format, type);
    const rows = Math.max(1, Math.min(height, Math.floor(CHUNK / rowBytes)));
    const zeros = new Uint8Array(rowBytes * rows);
    this.plainly(1, () => {
      for (let layer = 0; layer < Math.max(depth, 1); layer++)
        for (let y = 0; y < height; y += rows) {
          const count = Math.min(rows, height - y);
          if (depth === 0) gl.glTexSubImage2D(target, level, 0, y, width, count, format, type, zeros);
          else gl.glTexSubImage3D(target, level, 0, y, layer, width, count, 1, format, type, zeros);
        }
    });
  }

  private clearCompressed(target: number, level: number, format: number, block: Block, size: number[]): void {
    const [width, height, depth] = size as [number, number, number];
    const zeros = new Uint8Array(compressedSize(block, width, height));
    this.plainly(1, () => {
      if (depth === 0) gl.glCompressedTexSubImage2D(target, level, 0, 0, width, height, format, zeros.length, zeros);
      for (let z = 0; z < depth; z++)
        gl.glCompressedTexSubImage3D(target, level, 0, 0, z, width, height, 1, format, zeros.length, zeros);
    });
  }

  /** Runs `upload` with pixels in memory, without gaps, and puts back what the program has set. */
  protected plainly(alignment: number, upload: () => void): void {
    const buffer = this.bound.pixelUnpack;
    if (buffer !== null) gl.glBindBuffer(GL.GL_PIXEL_UNPACK_BUFFER, 0);
    setStore({ ...defaultStore(), alignment });
    upload();
    setStore(this.unpack);
    if (buffer !== null) gl.glBindBuffer(GL.GL_PIXEL_UNPACK_BUFFER, buffer.id);
  }
}

export const FACES = [0, 1, 2, 3, 4, 5].map((face) => GL.GL_TEXTURE_CUBE_MAP_POSITIVE_X + face);

function setStore(store: PixelStore): void {
  gl.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, store.alignment);
  gl.glPixelStorei(GL.GL_UNPACK_ROW_LENGTH, store.rowLength);
  gl.glPixelStorei(GL.GL_UNPACK_IMAGE_HEIGHT, store.imageHeight);
  gl.glPixelStorei(GL.GL_UNPACK_SKIP_PIXELS, store.skipPixels);
  gl.glPixelStorei(GL.GL_UNPACK_SKIP_ROWS, store.skipRows);
  gl.glPixelStorei(GL.GL_UNPACK_SKIP_IMAGES, store.skipImages);
}
