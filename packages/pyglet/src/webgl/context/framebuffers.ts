/** Framebuffers, and what is attached to them. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { list, need, objectOrNull } from "../errors.ts";
import { WebGLFramebuffer, WebGLRenderbuffer, WebGLTexture } from "../objects.ts";
import { ints, uints } from "../scratch.ts";
import { CompressedContext } from "./compressed.ts";
import { FACES } from "./textures.ts";

const { libGLESv2: gl } = GL;

export abstract class FramebuffersContext extends CompressedContext {
  protected drawFramebuffer: WebGLFramebuffer | null = null;
  protected readFramebuffer: WebGLFramebuffer | null = null;
  protected maxColors = 0;
  /** What is read of the drawing buffer: BACK or NONE. */
  private readSource: number = GL.GL_BACK;

  protected override reset(): void {
    super.reset();
    this.drawFramebuffer = this.readFramebuffer = null;
    this.readSource = GL.GL_BACK;
    this.maxColors = this.integerOf(GL.GL_MAX_COLOR_ATTACHMENTS);
  }

  protected override detach(object: WebGLTexture | WebGLRenderbuffer): void {
    this.drawFramebuffer?.detach(object);
    this.readFramebuffer?.detach(object);
  }

  createFramebuffer(): WebGLFramebuffer {
    if (!this.enter()) return new WebGLFramebuffer(this.share, 0);
    gl.glGenFramebuffers(1, uints);
    return new WebGLFramebuffer(this.share, uints[0]!);
  }

  deleteFramebuffer(framebuffer: WebGLFramebuffer | null): void {
    need(arguments.length, 1, "deleteFramebuffer");
    const one = objectOrNull(framebuffer, WebGLFramebuffer, "deleteFramebuffer", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteFramebuffer")) return;
    if (this.drawFramebuffer === one) this.drawFramebuffer = null;
    if (this.readFramebuffer === one) this.readFramebuffer = null;
    one.forget("framebuffer");
  }

  isFramebuffer(framebuffer: WebGLFramebuffer | null): boolean {
    need(arguments.length, 1, "isFramebuffer");
    const one = objectOrNull(framebuffer, WebGLFramebuffer, "isFramebuffer", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted && one.wasBound;
  }

  bindFramebuffer(target: number, framebuffer: WebGLFramebuffer | null): void {
    need(arguments.length, 2, "bindFramebuffer");
    target >>>= 0;
    const one = objectOrNull(framebuffer, WebGLFramebuffer, "bindFramebuffer", 2);
    if (!this.enter()) return;
    const draws = target === GL.GL_FRAMEBUFFER || target === GL.GL_DRAW_FRAMEBUFFER;
    const reads = target === GL.GL_FRAMEBUFFER || target === GL.GL_READ_FRAMEBUFFER;
    if (!draws && !reads) return this.invalidEnum("bindFramebuffer", "no target of framebuffers");
    if (one !== null) {
      if (!this.owns(one, "bindFramebuffer")) return;
      one.wasBound = true;
    }
    if (draws) this.drawFramebuffer = one;
    if (reads) this.readFramebuffer = one;
    gl.glBindFramebuffer(target, one === null ? 0 : one.id);
  }

  /** The framebuffer of a target, null for the drawing buffer; undefined after an error. */
  protected framebufferOf(target: number, method: string): WebGLFramebuffer | null | undefined {
    if (target === GL.GL_FRAMEBUFFER || target === GL.GL_DRAW_FRAMEBUFFER) return this.drawFramebuffer;
    if (target === GL.GL_READ_FRAMEBUFFER) return this.readFramebuffer;
    this.invalidEnum(method, "no target of framebuffers");
    return undefined;
  }

  checkFramebufferStatus(target: number): number {
    need(arguments.length, 1, "checkFramebufferStatus");
    target >>>= 0;
    if (!this.enter()) return GL.GL_FRAMEBUFFER_UNSUPPORTED;
    return this.framebufferOf(target, "checkFramebufferStatus") === undefined ? 0 : gl.glCheckFramebufferStatus(target);
  }

  // -- Attaching ---------------------------------------------------------------------------------

  /** The framebuffer whose attachments may be changed; null after an error. */
  private changing(target: number, attachment: number, method: string): WebGLFramebuffer | null {
    const framebuffer = this.framebufferOf(target, method);
    if (framebuffer === undefined) return null;
    if (!this.isPoint(attachment)) this.invalidEnum(method, "no attachment of framebuffers");
    else if (framebuffer === null) this.invalidOperation(method, "the drawing buffer has no attachments to change");
    else return framebuffer;
    return null;
  }

  private isPoint(attachment: number): boolean {
    const color = attachment - GL.GL_COLOR_ATTACHMENT0;
    if (color >= 0 && color < this.maxColors) return true;
    const { GL_DEPTH_ATTACHMENT, GL_STENCIL_ATTACHMENT, GL_DEPTH_STENCIL_ATTACHMENT } = GL;
    return [GL_DEPTH_ATTACHMENT, GL_STENCIL_ATTACHMENT, GL_DEPTH_STENCIL_ATTACHMENT].includes(attachment as never);
  }

  private note(
    framebuffer: WebGLFramebuffer,
    attachment: number,
    object: WebGLTexture | WebGLRenderbuffer | null,
    level: number,
  ) {
    const isBoth = attachment === GL.GL_DEPTH_STENCIL_ATTACHMENT;
    for (const point of isBoth ? [GL.GL_DEPTH_ATTACHMENT, GL.GL_STENCIL_ATTACHMENT] : [attachment])
      if (object === null) framebuffer.attachments.delete(point);
      else framebuffer.attachments.set(point, { object, level });
  }

  framebufferRenderbuffer(
    target: number,
    attachment: number,
    renderbuffertarget: number,
    renderbuffer: WebGLRenderbuffer | null,
  ) {
    need(arguments.length, 4, "framebufferRenderbuffer");
    const method = "framebufferRenderbuffer";
    const [where, point, what] = [target >>> 0, attachment >>> 0, renderbuffertarget >>> 0];
    const one = objectOrNull(renderbuffer, WebGLRenderbuffer, method, 4);
    if (!this.enter() || (one !== null && !this.owns(one, method))) return;
    if (what !== GL.GL_RENDERBUFFER) return this.invalidEnum(method, "no target of renderbuffers");
    const framebuffer = this.changing(where, point, method);
    if (framebuffer === null) return;
    if (one !== null && !one.wasBound) return this.invalidOperation(method, "the renderbuffer was never bound");
    this.keepErrors();
    gl.glFramebufferRenderbuffer(where, point, what, one?.id ?? 0);
    if (this.succeeded(method)) this.note(framebuffer, point, one, 0);
  }

  framebufferTexture2D(
    target: number,
    attachment: number,
    textarget: number,
    texture: WebGLTexture | null,
    level: number,
  ) {
    need(arguments.length, 5, "framebufferTexture2D");
    const method = "framebufferTexture2D";
    const [where, point, what, at] = [target >>> 0, attachment >>> 0, textarget >>> 0, level | 0];
    const one = objectOrNull(texture, WebGLTexture, method, 4);
    if (!this.enter() || (one !== null && !this.owns(one, method))) return;
    const isFace = FACES.includes(what);
    if (one !== null && !isFace && what !== GL.GL_TEXTURE_2D)
      return this.invalidEnum(method, "no target of flat images");
    const framebuffer = this.changing(where, point, method);
    if (framebuffer === null) return;
    if (one !== null && one.target !== (isFace ? GL.GL_TEXTURE_CUBE_MAP : GL.GL_TEXTURE_2D))
      return this.invalidOperation(method, "the texture has another target");
    this.keepErrors();
    gl.glFramebufferTexture2D(
      where,
      point,
      one === null ? GL.GL_TEXTURE_2D : what,
      one?.id ?? 0,
      one === null ? 0 : at,
    );
    if (this.succeeded(method)) this.note(framebuffer, point, one, at);
  }

  framebufferTextureLayer(
    target: number,
    attachment: number,
    texture: WebGLTexture | null,
    level: number,
    layer: number,
  ) {
    need(arguments.length, 5, "framebufferTextureLayer");
    const method = "framebufferTextureLayer";
    const [where, point, at, index] = [target >>> 0, attachment >>> 0, level | 0, layer | 0];
    const one = objectOrNull(texture, WebGLTexture, method, 3);
    if (!this.enter() || (one !== null && !this.owns(one, method))) return;
    const framebuffer = this.changing(where, point, method);
    if (framebuffer === null) return;
    if (one !== null && one.target !== GL.GL_TEXTURE_3D && one.target !== GL.GL_TEXTURE_2D_ARRAY)
      return this.invalidOperation(method, "the texture has no layers");
    this.keepErrors();
    gl.glFramebufferTextureLayer(where, point, one?.id ?? 0, at, index);
    if (this.succeeded(method)) this.note(framebuffer, point, one, at);
  }

  getFramebufferAttachmentParameter(target: number, attachment: number, pname: number): unknown {
    need(arguments.length, 3, "getFramebufferAttachmentParameter");
    const method = "getFramebufferAttachmentParameter";
    const [where, point, name] = [target >>> 0, attachment >>> 0, pname >>> 0];
    if (!this.enter()) return null;
    const framebuffer = this.framebufferOf(where, method);
    if (framebuffer === undefined) return null;
    if (framebuffer !== null && !this.isPoint(point)) return this.invalidEnum(method, "no attachment") ?? null;
    if (framebuffer !== null && name === GL.GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME) {
      const isBoth = point === GL.GL_DEPTH_STENCIL_ATTACHMENT;
      const [depth, stencil] = [GL.GL_DEPTH_ATTACHMENT, GL.GL_STENCIL_ATTACHMENT].map(
        (at) => framebuffer.attachments.get(at)?.object ?? null,
      );
      if (!isBoth) return this.attached(framebuffer, point, method);
      if (depth === stencil) return this.attached(framebuffer, GL.GL_DEPTH_ATTACHMENT, method);
      this.invalidOperation(method, "depth and stencil have different attachments");
      return null;
    }
    this.keepErrors();
    gl.glGetFramebufferAttachmentParameteriv(where, point, name, ints);
    return this.succeeded(method) ? ints[0] : null;
  }

  private attached(framebuffer: WebGLFramebuffer, point: number, method: string) {
    const attachment = framebuffer.attachments.get(point);
    if (attachment !== undefined) return attachment.object;
    this.invalidEnum(method, "nothing is attached there");
    return null;
  }

  // -- Which colours are drawn and read ----------------------------------------------------------

  drawBuffers(buffers: Iterable<number>): void {
    need(arguments.length, 1, "drawBuffers");
    const names = list(buffers, "drawBuffers", 1).map((name) => name >>> 0);
    if (!this.enter()) return;
    if (names.length > this.maxColors) return this.invalidValue("drawBuffers", "there are too many buffers");
    gl.glDrawBuffers(names.length, Uint32Array.from(names));
  }

  readBuffer(src: number): void {
    need(arguments.length, 1, "readBuffer");
    src >>>= 0;
    if (!this.enter()) return;
    const framebuffer = this.readFramebuffer;
    const isColor = src >= GL.GL_COLOR_ATTACHMENT0 && src < GL.GL_COLOR_ATTACHMENT0 + 32;
    if (src !== GL.GL_BACK && src !== GL.GL_NONE && !isColor) return this.invalidEnum("readBuffer", "no buffer");
    if (framebuffer === null ? isColor : src === GL.GL_BACK || (isColor && !this.isPoint(src)))
      return this.invalidOperation("readBuffer", "the framebuffer has no such buffer");
    if (framebuffer === null) this.readSource = src;
    else framebuffer.readSource = src;
    gl.glReadBuffer(src);
  }

  /** Whether there is a colour to read; notes the error if not. Drivers may read from nowhere. */
  protected hasReadSource(method: string): boolean {
    const framebuffer = this.readFramebuffer;
    const isThere =
      framebuffer === null
        ? this.readSource !== GL.GL_NONE
        : framebuffer.attachments.has(framebuffer.readSource) ||
          // An incomplete one is GL's to refuse, by another error.
          gl.glCheckFramebufferStatus(GL.GL_READ_FRAMEBUFFER) !== GL.GL_FRAMEBUFFER_COMPLETE;
    if (!isThere) this.invalidOperation(method, "no colour buffer is read");
    return isThere;
  }

  protected override drawsIntegers(): boolean {
    if (this.drawFramebuffer === null) return false;
    for (const point of this.drawFramebuffer.attachments.keys()) {
      if (point === GL.GL_DEPTH_ATTACHMENT || point === GL.GL_STENCIL_ATTACHMENT) continue;
      gl.glGetFramebufferAttachmentParameteriv(
        GL.GL_DRAW_FRAMEBUFFER,
        point,
        GL.GL_FRAMEBUFFER_ATTACHMENT_COMPONENT_TYPE,
        ints,
      );
      if (ints[0] !== GL.GL_INT && ints[0] !== GL.GL_UNSIGNED_INT) continue;
      if (this.integerOf(GL.GL_DRAW_BUFFER0 + point - GL.GL_COLOR_ATTACHMENT0) !== GL.GL_NONE) return true;
    }
    return false;
  }
}
