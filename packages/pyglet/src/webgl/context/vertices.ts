/** Vertex arrays, and the attributes of vertices. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need, objectOrNull, wrong } from "../errors.ts";
import { type Attribute, type BufferRange, type WebGLBuffer, WebGLVertexArrayObject } from "../objects.ts";
import { floats, ints, uints } from "../scratch.ts";
import { BuffersContext } from "./buffers.ts";

const { libGLESv2: gl } = GL;

const BYTES: Record<number, number> = {
  [GL.GL_BYTE]: 1,
  [GL.GL_UNSIGNED_BYTE]: 1,
  [GL.GL_SHORT]: 2,
  [GL.GL_UNSIGNED_SHORT]: 2,
  [GL.GL_INT]: 4,
  [GL.GL_UNSIGNED_INT]: 4,
  [GL.GL_FLOAT]: 4,
  [GL.GL_HALF_FLOAT]: 2,
  [GL.GL_INT_2_10_10_10_REV]: 4,
  [GL.GL_UNSIGNED_INT_2_10_10_10_REV]: 4,
};

export abstract class VerticesContext extends BuffersContext {
  /** The vertex array that stands for null: GL's own. */
  protected defaultVertexArray!: WebGLVertexArrayObject;
  protected override vertexArray!: WebGLVertexArrayObject;
  protected maxAttributes = 0;
  /** Of which kind the values of attributes without an array are: floats, or integers with or without a sign. */
  protected readonly valueKinds: number[] = [];
  /** Counts changes of them. */
  protected valueChanges = 0;
  /** What uniform blocks read, by index. */
  protected readonly uniformBuffers: BufferRange[] = [];

  protected override reset(): void {
    super.reset();
    this.maxAttributes = this.integerOf(GL.GL_MAX_VERTEX_ATTRIBS);
    this.defaultVertexArray = new WebGLVertexArrayObject(this.share, 0, this.maxAttributes);
    this.vertexArray = this.defaultVertexArray;
    this.valueKinds.length = 0;
    for (let index = 0; index < this.maxAttributes; index++) this.valueKinds.push(GL.GL_FLOAT);
    this.uniformBuffers.length = 0;
    const bindings = this.integerOf(GL.GL_MAX_UNIFORM_BUFFER_BINDINGS);
    for (let index = 0; index < bindings; index++) this.uniformBuffers.push({ buffer: null, offset: 0, size: 0 });
  }

  protected override unbind(buffer: WebGLBuffer): void {
    if (this.vertexArray.elements === buffer) this.vertexArray.elements = null;
    for (const attribute of this.vertexArray.attributes) if (attribute.buffer === buffer) attribute.buffer = null;
    this.vertexArray.version++;
    for (const range of this.uniformBuffers) if (range.buffer === buffer) range.buffer = null;
  }

  // -- Vertex arrays -----------------------------------------------------------------------------

  createVertexArray(): WebGLVertexArrayObject {
    if (!this.enter()) return new WebGLVertexArrayObject(this.share, 0, this.maxAttributes);
    gl.glGenVertexArrays(1, uints);
    return new WebGLVertexArrayObject(this.share, uints[0]!, this.maxAttributes);
  }

  deleteVertexArray(vertexArray: WebGLVertexArrayObject | null): void {
    need(arguments.length, 1, "deleteVertexArray");
    const one = objectOrNull(vertexArray, WebGLVertexArrayObject, "deleteVertexArray", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteVertexArray")) return;
    if (this.vertexArray === one) this.vertexArray = this.defaultVertexArray;
    one.forget("vertexArray");
  }

  isVertexArray(vertexArray: WebGLVertexArrayObject | null): boolean {
    need(arguments.length, 1, "isVertexArray");
    const one = objectOrNull(vertexArray, WebGLVertexArrayObject, "isVertexArray", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted && one.wasBound;
  }

  bindVertexArray(array: WebGLVertexArrayObject | null): void {
    need(arguments.length, 1, "bindVertexArray");
    const one = objectOrNull(array, WebGLVertexArrayObject, "bindVertexArray", 1);
    if (!this.enter()) return;
    if (one === null) {
      this.vertexArray = this.defaultVertexArray;
      gl.glBindVertexArray(0);
      return;
    }
    if (!this.owns(one, "bindVertexArray")) return;
    one.wasBound = true;
    this.vertexArray = one;
    gl.glBindVertexArray(one.id);
  }

  // -- Arrays of attributes ----------------------------------------------------------------------

  /** The attribute at an index; null after an error. */
  private attribute(index: number, method: string): Attribute | null {
    const attribute = this.vertexArray.attributes[index];
    if (attribute !== undefined) return attribute;
    this.invalidValue(method, "there are not so many attributes");
    return null;
  }

  enableVertexAttribArray(index: number): void {
    need(arguments.length, 1, "enableVertexAttribArray");
    index >>>= 0;
    const attribute = this.enter() ? this.attribute(index, "enableVertexAttribArray") : null;
    if (attribute === null) return;
    gl.glEnableVertexAttribArray(index);
    if (attribute.isEnabled) return;
    attribute.isEnabled = true;
    this.vertexArray.version++;
  }

  disableVertexAttribArray(index: number): void {
    need(arguments.length, 1, "disableVertexAttribArray");
    index >>>= 0;
    const attribute = this.enter() ? this.attribute(index, "disableVertexAttribArray") : null;
    if (attribute === null) return;
    gl.glDisableVertexAttribArray(index);
    if (!attribute.isEnabled) return;
    attribute.isEnabled = false;
    this.vertexArray.version++;
  }

  vertexAttribPointer(index: number, size: number, type: number, normalized: boolean, stride: number, offset: number) {
    need(arguments.length, 6, "vertexAttribPointer");
    this.setPointer(index >>> 0, size | 0, type >>> 0, !!normalized, stride | 0, integer(offset), false);
  }

  vertexAttribIPointer(index: number, size: number, type: number, stride: number, offset: number): void {
    need(arguments.length, 5, "vertexAttribIPointer");
    this.setPointer(index >>> 0, size | 0, type >>> 0, false, stride | 0, integer(offset), true);
  }

  private setPointer(
    index: number,
    size: number,
    type: number,
    isNormalized: boolean,
    stride: number,
    offset: number,
    isInteger: boolean,
  ): void {
    const method = isInteger ? "vertexAttribIPointer" : "vertexAttribPointer";
    const attribute = this.enter() ? this.attribute(index, method) : null;
    if (attribute === null) return;
    const bytes = BYTES[type];
    if (bytes === undefined || (isInteger && (type < GL.GL_BYTE || type > GL.GL_UNSIGNED_INT)))
      return this.invalidEnum(method, "no type of an attribute");
    if (size < 1 || size > 4) return this.invalidValue(method, "the size is not 1 to 4");
    if (stride < 0 || stride > 255) return this.invalidValue(method, "the stride is not 0 to 255");
    if (offset < 0) return this.invalidValue(method, "the offset is negative");
    const isPacked = type === GL.GL_INT_2_10_10_10_REV || type === GL.GL_UNSIGNED_INT_2_10_10_10_REV;
    if (isPacked && size !== 4) return this.invalidOperation(method, "a packed type has size 4");
    if (stride % bytes !== 0 || offset % bytes !== 0)
      return this.invalidOperation(method, "stride and offset have to be multiples of the type's size");
    const buffer = this.bound.array;
    if (buffer === null && offset !== 0) return this.invalidOperation(method, "no ARRAY_BUFFER is bound");
    if (offset > 0x7fffffff) return this.invalidOperation(method, "the offset is too large");
    attribute.buffer = buffer;
    attribute.size = size;
    attribute.type = type;
    attribute.isInteger = isInteger;
    attribute.isNormalized = isNormalized;
    attribute.stride = stride;
    attribute.offset = offset;
    attribute.byteLength = isPacked ? 4 : bytes * size;
    this.vertexArray.version++;
    const pointer = offset === 0 ? null : offset;
    if (isInteger) gl.glVertexAttribIPointer(index, size, type, stride, pointer);
    else gl.glVertexAttribPointer(index, size, type, isNormalized ? 1 : 0, stride, pointer);
  }

  vertexAttribDivisor(index: number, divisor: number): void {
    need(arguments.length, 2, "vertexAttribDivisor");
    index >>>= 0;
    divisor >>>= 0;
    const attribute = this.enter() ? this.attribute(index, "vertexAttribDivisor") : null;
    if (attribute === null) return;
    attribute.divisor = divisor;
    this.vertexArray.version++;
    gl.glVertexAttribDivisor(index, divisor);
  }

  // -- Values of attributes ----------------------------------------------------------------------

  vertexAttrib1f(index: number, x: number): void {
    need(arguments.length, 2, "vertexAttrib1f");
    this.setFloats(index >>> 0, +x, 0, 0, 1, "vertexAttrib1f");
  }

  vertexAttrib2f(index: number, x: number, y: number): void {
    need(arguments.length, 3, "vertexAttrib2f");
    this.setFloats(index >>> 0, +x, +y, 0, 1, "vertexAttrib2f");
  }

  vertexAttrib3f(index: number, x: number, y: number, z: number): void {
    need(arguments.length, 4, "vertexAttrib3f");
    this.setFloats(index >>> 0, +x, +y, +z, 1, "vertexAttrib3f");
  }

  vertexAttrib4f(index: number, x: number, y: number, z: number, w: number): void {
    need(arguments.length, 5, "vertexAttrib4f");
    this.setFloats(index >>> 0, +x, +y, +z, +w, "vertexAttrib4f");
  }

  vertexAttrib1fv(index: number, values: ArrayLike<number>): void {
    need(arguments.length, 2, "vertexAttrib1fv");
    if (this.hasValues(values, 1, "vertexAttrib1fv"))
      this.setFloats(index >>> 0, +values[0]!, 0, 0, 1, "vertexAttrib1fv");
  }

  vertexAttrib2fv(index: number, values: ArrayLike<number>): void {
    need(arguments.length, 2, "vertexAttrib2fv");
    if (this.hasValues(values, 2, "vertexAttrib2fv"))
      this.setFloats(index >>> 0, +values[0]!, +values[1]!, 0, 1, "vertexAttrib2fv");
  }

  vertexAttrib3fv(index: number, values: ArrayLike<number>): void {
    need(arguments.length, 2, "vertexAttrib3fv");
    if (this.hasValues(values, 3, "vertexAttrib3fv"))
      this.setFloats(index >>> 0, +values[0]!, +values[1]!, +values[2]!, 1, "vertexAttrib3fv");
  }

  vertexAttrib4fv(index: number, values: ArrayLike<number>): void {
    need(arguments.length, 2, "vertexAttrib4fv");
    if (this.hasValues(values, 4, "vertexAttrib4fv"))
      this.setFloats(index >>> 0, +values[0]!, +values[1]!, +values[2]!, +values[3]!, "vertexAttrib4fv");
  }

  vertexAttribI4i(index: number, x: number, y: number, z: number, w: number): void {
    need(arguments.length, 5, "vertexAttribI4i");
    if (this.setKind(index >>> 0, GL.GL_INT, "vertexAttribI4i"))
      gl.glVertexAttribI4i(index >>> 0, x | 0, y | 0, z | 0, w | 0);
  }

  vertexAttribI4ui(index: number, x: number, y: number, z: number, w: number): void {
    need(arguments.length, 5, "vertexAttribI4ui");
    if (this.setKind(index >>> 0, GL.GL_UNSIGNED_INT, "vertexAttribI4ui"))
      gl.glVertexAttribI4ui(index >>> 0, x >>> 0, y >>> 0, z >>> 0, w >>> 0);
  }

  vertexAttribI4iv(index: number, values: ArrayLike<number>): void {
    need(arguments.length, 2, "vertexAttribI4iv");
    if (!this.hasValues(values, 4, "vertexAttribI4iv")) return;
    this.vertexAttribI4i(index, values[0]!, values[1]!, values[2]!, values[3]!);
  }

  vertexAttribI4uiv(index: number, values: ArrayLike<number>): void {
    need(arguments.length, 2, "vertexAttribI4uiv");
    if (!this.hasValues(values, 4, "vertexAttribI4uiv")) return;
    this.vertexAttribI4ui(index, values[0]!, values[1]!, values[2]!, values[3]!);
  }

  private setFloats(index: number, x: number, y: number, z: number, w: number, method: string): void {
    if (this.setKind(index, GL.GL_FLOAT, method)) gl.glVertexAttrib4f(index, x, y, z, w);
  }

  /** Notes of which kind the value is; false after an error. */
  private setKind(index: number, kind: number, method: string): boolean {
    if (!this.enter() || this.attribute(index, method) === null) return false;
    if (this.valueKinds[index] === kind) return true;
    this.valueKinds[index] = kind;
    this.valueChanges++;
    return true;
  }

  private hasValues(values: ArrayLike<number>, length: number, method: string): boolean {
    if (typeof values !== "object" || values === null) throw wrong(method, 2, "a list of numbers", values);
    if (values.length >= length) return true;
    if (this.enter()) this.invalidValue(method, "the list is too short");
    return false;
  }

  // -- Questions ---------------------------------------------------------------------------------

  getVertexAttrib(index: number, pname: number): unknown {
    need(arguments.length, 2, "getVertexAttrib");
    const [at, name] = [index >>> 0, pname >>> 0];
    const attribute = this.enter() ? this.attribute(at, "getVertexAttrib") : null;
    if (attribute === null) return null;
    switch (name) {
      case GL.GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING:
        return attribute.buffer;
      case GL.GL_VERTEX_ATTRIB_ARRAY_ENABLED:
        return attribute.isEnabled;
      case GL.GL_VERTEX_ATTRIB_ARRAY_SIZE:
        return attribute.size;
      case GL.GL_VERTEX_ATTRIB_ARRAY_STRIDE:
        return attribute.stride;
      case GL.GL_VERTEX_ATTRIB_ARRAY_TYPE:
        return attribute.type;
      case GL.GL_VERTEX_ATTRIB_ARRAY_NORMALIZED:
        return attribute.isNormalized;
      case GL.GL_VERTEX_ATTRIB_ARRAY_INTEGER:
        return attribute.isInteger;
      case GL.GL_VERTEX_ATTRIB_ARRAY_DIVISOR:
        return attribute.divisor;
      case GL.GL_CURRENT_VERTEX_ATTRIB:
        return this.currentValue(at);
    }
    this.invalidEnum("getVertexAttrib", "no parameter of attributes");
    return null;
  }

  private currentValue(index: number): Float32Array | Int32Array | Uint32Array {
    if (this.valueKinds[index] === GL.GL_INT) {
      gl.glGetVertexAttribIiv(index, GL.GL_CURRENT_VERTEX_ATTRIB, ints);
      return ints.slice(0, 4);
    }
    if (this.valueKinds[index] === GL.GL_UNSIGNED_INT) {
      gl.glGetVertexAttribIuiv(index, GL.GL_CURRENT_VERTEX_ATTRIB, uints);
      return uints.slice(0, 4);
    }
    gl.glGetVertexAttribfv(index, GL.GL_CURRENT_VERTEX_ATTRIB, floats);
    return floats.slice(0, 4);
  }

  getVertexAttribOffset(index: number, pname: number): number {
    need(arguments.length, 2, "getVertexAttribOffset");
    const [at, name] = [index >>> 0, pname >>> 0];
    const attribute = this.enter() ? this.attribute(at, "getVertexAttribOffset") : null;
    if (attribute === null) return 0;
    if (name === GL.GL_VERTEX_ATTRIB_ARRAY_POINTER) return attribute.offset;
    this.invalidEnum("getVertexAttribOffset", "no offset of attributes");
    return 0;
  }
}
