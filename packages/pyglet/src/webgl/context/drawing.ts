/** Drawing, and all that WebGL has to know first: nothing outside of buffers is read, and nothing that is written. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need } from "../errors.ts";
import { SAMPLERS } from "../executable.ts";
import type { DrawLimits, WebGLBuffer, WebGLFramebuffer, WebGLProgram, WebGLVertexArrayObject } from "../objects.ts";
import { FeedbackContext } from "./feedback.ts";

const { libGLESv2: gl } = GL;

export abstract class DrawingContext extends FeedbackContext {
  drawArrays(mode: number, first: number, count: number): void {
    need(arguments.length, 3, "drawArrays");
    mode >>>= 0;
    first |= 0;
    count |= 0;
    if (this.mayDrawArrays(mode, first, count, 1, "drawArrays")) gl.glDrawArrays(mode, first, count);
  }

  drawArraysInstanced(mode: number, first: number, count: number, instanceCount: number): void {
    need(arguments.length, 4, "drawArraysInstanced");
    mode >>>= 0;
    first |= 0;
    count |= 0;
    instanceCount |= 0;
    if (this.mayDrawArrays(mode, first, count, instanceCount, "drawArraysInstanced"))
      gl.glDrawArraysInstanced(mode, first, count, instanceCount);
  }

  drawElements(mode: number, count: number, type: number, offset: number): void {
    need(arguments.length, 4, "drawElements");
    mode >>>= 0;
    count |= 0;
    type >>>= 0;
    offset = integer(offset);
    if (this.mayDrawElements(mode, count, type, offset, 1, "drawElements"))
      gl.glDrawElements(mode, count, type, offset === 0 ? null : offset);
  }

  drawElementsInstanced(mode: number, count: number, type: number, offset: number, instanceCount: number): void {
    need(arguments.length, 5, "drawElementsInstanced");
    mode >>>= 0;
    count |= 0;
    type >>>= 0;
    offset = integer(offset);
    instanceCount |= 0;
    if (this.mayDrawElements(mode, count, type, offset, instanceCount, "drawElementsInstanced"))
      gl.glDrawElementsInstanced(mode, count, type, offset === 0 ? null : offset, instanceCount);
  }

  drawRangeElements(mode: number, start: number, end: number, count: number, type: number, offset: number): void {
    need(arguments.length, 6, "drawRangeElements");
    mode >>>= 0;
    count |= 0;
    type >>>= 0;
    offset = integer(offset);
    if (end >>> 0 < start >>> 0) {
      if (this.enter()) this.invalidValue("drawRangeElements", "the range ends before it begins");
      return;
    }
    // The range is a hint: what GL reads outside of it, it must find in the buffers, too.
    if (this.mayDrawElements(mode, count, type, offset, 1, "drawRangeElements"))
      gl.glDrawElements(mode, count, type, offset === 0 ? null : offset);
  }

  protected mayDrawArrays(mode: number, first: number, count: number, instances: number, method: string): boolean {
    if (!this.enter()) return false;
    if (first < 0 || count < 0 || instances < 0) {
      this.invalidValue(method, "the first vertex or a number is negative");
      return false;
    }
    return this.mayDraw(mode, count === 0 ? 0 : first + count, instances, method) && count > 0 && instances > 0;
  }

  protected mayDrawElements(
    mode: number,
    count: number,
    type: number,
    offset: number,
    instances: number,
    method: string,
  ): boolean {
    if (!this.enter()) return false;
    const size = type === GL.GL_UNSIGNED_SHORT ? 2 : type === GL.GL_UNSIGNED_INT ? 4 : 1;
    const { elements } = this.vertexArray;
    if (size === 1 && type !== GL.GL_UNSIGNED_BYTE) this.invalidEnum(method, "no type of indices");
    else if (count < 0 || offset < 0 || instances < 0) this.invalidValue(method, "a number or the offset is negative");
    else if (offset % size !== 0) this.invalidOperation(method, "the offset is no multiple of the type's size");
    else if (elements === null) this.invalidOperation(method, "no ELEMENT_ARRAY_BUFFER is bound");
    else if (this.feedbackRuns()) this.invalidOperation(method, "a transform feedback is active");
    else if (offset + count * size > elements.byteLength)
      this.invalidOperation(method, "the indices end after the buffer");
    else {
      const vertices = this.surface.isRobust || count === 0 ? 0 : largest(elements, type, size, offset, count) + 1;
      return this.mayDraw(mode, vertices, instances, method) && count > 0 && instances > 0;
    }
    return false;
  }

  /** Whether so many vertices and instances can be drawn as all is now; notes the error if not. */
  protected mayDraw(mode: number, vertices: number, instances: number, method: string): boolean {
    const { program } = this;
    if (mode > GL.GL_TRIANGLE_FAN) this.invalidEnum(method, "no mode of drawing");
    else if (program === null) this.invalidOperation(method, "no program is in use");
    else if (this.stencilDiffers)
      this.invalidOperation(method, "the stencil's reference or masks differ between front and back");
    else {
      const limits = this.limitsOf(this.vertexArray, program);
      const reason = limits.reason ?? this.reasonAgainst(program);
      if (reason !== null) this.invalidOperation(method, reason);
      else if (vertices > limits.vertices || instances > limits.instances)
        this.invalidOperation(method, "an attribute's buffer has not so many vertices or instances");
      else {
        if (this.wasShown) this.clearShown();
        return true;
      }
    }
    return false;
  }

  // -- Vertices ----------------------------------------------------------------------------------

  /** What can be drawn with a vertex array and a program: found once for each, until one of them changes. */
  private limitsOf(array: WebGLVertexArrayObject, program: WebGLProgram): DrawLimits {
    const { limits } = array;
    if (
      limits !== null &&
      limits.program === program &&
      limits.links === program.links &&
      limits.version === array.version &&
      limits.buffers === this.bufferChanges &&
      limits.values === this.valueChanges
    )
      return limits;
    const found: DrawLimits = limits ?? {
      program,
      links: 0,
      version: 0,
      buffers: 0,
      values: 0,
      vertices: 0,
      instances: 0,
      reason: null,
    };
    array.limits = found;
    found.program = program;
    found.links = program.links;
    found.version = array.version;
    found.buffers = this.bufferChanges;
    found.values = this.valueChanges;
    this.find(found, array, program);
    return found;
  }

  private find(limits: DrawLimits, array: WebGLVertexArrayObject, program: WebGLProgram): void {
    limits.vertices = limits.instances = Number.POSITIVE_INFINITY;
    limits.reason = null;
    for (const { isEnabled, buffer } of array.attributes)
      if (isEnabled && buffer === null) limits.reason = "an attribute is enabled, and has no buffer";
    if (limits.reason !== null) return;
    for (const { index, count, kind } of this.executableOf(program)?.attributes ?? [])
      for (let at = index; at < index + count; at++) {
        const attribute = array.attributes[at]!;
        const { buffer, byteLength, stride, offset, divisor } = attribute;
        if (kind !== (attribute.isEnabled ? kindOf(attribute.isInteger, attribute.type) : this.valueKinds[at])) {
          limits.reason = "an attribute's type is not that of the program's";
          return;
        }
        if (!attribute.isEnabled) continue;
        const rest = buffer!.byteLength - offset - byteLength;
        const elements = rest < 0 ? 0 : Math.floor(rest / (stride || byteLength)) + 1;
        if (divisor === 0) limits.vertices = Math.min(limits.vertices, elements);
        else limits.instances = Math.min(limits.instances, elements * divisor);
      }
  }

  // -- Buffers, textures and framebuffers --------------------------------------------------------

  /** Why nothing can be drawn with what is bound; null if something can. */
  private reasonAgainst(program: WebGLProgram): string | null {
    const { blocks, samplers } = program.executable!;
    for (let index = 0; index < blocks.length; index++) {
      const { byteLength, binding } = blocks[index]!;
      const { buffer, offset, size } = this.uniformBuffers[binding]!;
      if (buffer === null) return "a uniform block has no buffer";
      const rest = buffer.byteLength - offset;
      if ((size === 0 ? rest : Math.min(size, rest)) < byteLength) return "a uniform block's buffer is too small";
      if (this.feedback.isActive && this.isFedBack(buffer)) return "a uniform block's buffer is written to";
    }
    if (this.feedbackRuns())
      for (const { isEnabled, buffer } of this.vertexArray.attributes)
        if (isEnabled && buffer !== null && this.isFedBack(buffer)) return "an attribute's buffer is written to";
    if (this.drawFramebuffer === null) return null;
    for (let index = 0; index < samplers.length; index++) {
      const { units, type } = samplers[index]!;
      const target = SAMPLERS.get(type)!;
      for (let element = 0; element < units!.length; element++)
        if (this.drawsTo(this.drawFramebuffer, units![element]!, target))
          return "a texture is drawn to and read at the same time";
    }
    return null;
  }

  private drawsTo(framebuffer: WebGLFramebuffer, unit: number, target: number): boolean {
    const texture = this.units[unit]!.get(target);
    if (texture === null || texture === undefined) return false;
    for (const { object, level } of framebuffer.attachments.values())
      if (object === texture && level >= texture.baseLevel && level <= texture.maxLevel) return true;
    return false;
  }
}

/** Of which kind the elements of an array are for a shader. */
function kindOf(isInteger: boolean, type: number): number {
  if (!isInteger) return GL.GL_FLOAT;
  return type === GL.GL_BYTE || type === GL.GL_SHORT || type === GL.GL_INT ? GL.GL_INT : GL.GL_UNSIGNED_INT;
}

/** The largest index of a range; those that restart a strip do not count. -1 for none. */
function largest(buffer: WebGLBuffer, type: number, size: number, offset: number, count: number): number {
  if (buffer.largest === null || buffer.largestVersion !== buffer.version || buffer.largest.size > 1000) {
    buffer.largest = new Map();
    buffer.largestVersion = buffer.version;
  }
  const key = `${type} ${offset} ${count}`;
  const known = buffer.largest.get(key);
  if (known !== undefined) return known;
  const bytes = buffer.copy!;
  const List = size === 1 ? Uint8Array : size === 2 ? Uint16Array : Uint32Array;
  const indices = new List(bytes.buffer as ArrayBuffer, bytes.byteOffset + offset, count);
  const restart = 2 ** (8 * size) - 1;
  let max = -1;
  for (const index of indices) if (index > max && index !== restart) max = index;
  buffer.largest.set(key, max);
  return max;
}
