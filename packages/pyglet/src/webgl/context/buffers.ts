/** Buffers: what is bound where, their content, and what of it may be an index. */
import { memmove } from "ctypes-js";
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need, objectOrNull, wrong } from "../errors.ts";
import { WebGLBuffer, type WebGLVertexArrayObject } from "../objects.ts";
import { ints, uints } from "../scratch.ts";
import { ClearingContext } from "./clearing.ts";

const { libGLESv2: gl } = GL;

/** Targets that have one binding of the context each; that of indices is the vertex array's. */
type Binding = "array" | "copyRead" | "copyWrite" | "pixelPack" | "pixelUnpack" | "feedback" | "uniform";

const BINDINGS: Record<number, Binding> = {
  [GL.GL_ARRAY_BUFFER]: "array",
  [GL.GL_COPY_READ_BUFFER]: "copyRead",
  [GL.GL_COPY_WRITE_BUFFER]: "copyWrite",
  [GL.GL_PIXEL_PACK_BUFFER]: "pixelPack",
  [GL.GL_PIXEL_UNPACK_BUFFER]: "pixelUnpack",
  [GL.GL_TRANSFORM_FEEDBACK_BUFFER]: "feedback",
  [GL.GL_UNIFORM_BUFFER]: "uniform",
};

export abstract class BuffersContext extends ClearingContext {
  protected readonly bound: Record<Binding, WebGLBuffer | null> = {
    array: null,
    copyRead: null,
    copyWrite: null,
    pixelPack: null,
    pixelUnpack: null,
    feedback: null,
    uniform: null,
  };
  protected abstract vertexArray: WebGLVertexArrayObject;
  /** Counts changes of the sizes of buffers. */
  protected bufferChanges = 0;

  /** Whether a transform feedback that is active writes to it. */
  protected abstract isFedBack(buffer: WebGLBuffer): boolean;
  /** Takes a deleted buffer from the bindings by index and from the vertex array. */
  protected abstract unbind(buffer: WebGLBuffer): void;

  protected override reset(): void {
    super.reset();
    for (const binding of Object.keys(this.bound) as Binding[]) this.bound[binding] = null;
  }

  createBuffer(): WebGLBuffer {
    if (!this.enter()) return new WebGLBuffer(this.share, 0);
    gl.glGenBuffers(1, uints);
    return new WebGLBuffer(this.share, uints[0]!);
  }

  deleteBuffer(buffer: WebGLBuffer | null): void {
    need(arguments.length, 1, "deleteBuffer");
    const one = objectOrNull(buffer, WebGLBuffer, "deleteBuffer", 1);
    if (one === null || !this.enter() || one.isDeleted) return;
    if (!this.owns(one, "deleteBuffer")) return;
    for (const binding of Object.keys(this.bound) as Binding[])
      if (this.bound[binding] === one) this.bound[binding] = null;
    this.unbind(one);
    one.copy = one.largest = null;
    this.bufferChanges++;
    one.forget("buffer");
  }

  isBuffer(buffer: WebGLBuffer | null): boolean {
    need(arguments.length, 1, "isBuffer");
    const one = objectOrNull(buffer, WebGLBuffer, "isBuffer", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted && one.wasBound;
  }

  bindBuffer(target: number, buffer: WebGLBuffer | null): void {
    need(arguments.length, 2, "bindBuffer");
    target >>>= 0;
    const one = objectOrNull(buffer, WebGLBuffer, "bindBuffer", 2);
    if (!this.enter()) return;
    const binding = BINDINGS[target];
    if (binding === undefined && target !== GL.GL_ELEMENT_ARRAY_BUFFER)
      return this.invalidEnum("bindBuffer", "no target of buffers");
    if (one !== null) {
      if (!this.owns(one, "bindBuffer") || !this.mayBind(one, target, "bindBuffer")) return;
      one.wasBound = true;
    }
    if (binding === undefined) this.vertexArray.elements = one;
    else this.bound[binding] = one;
    gl.glBindBuffer(target, one === null ? 0 : one.id);
  }

  /** WebGL 2.0, 5.1: a buffer of indices has no other use, so that its content need not be read back to be checked. */
  protected mayBind(buffer: WebGLBuffer, target: number, method: string): boolean {
    if (target === GL.GL_COPY_READ_BUFFER || target === GL.GL_COPY_WRITE_BUFFER) return true;
    const use = target === GL.GL_ELEMENT_ARRAY_BUFFER ? "indices" : "other";
    if (buffer.use === "undecided") {
      buffer.use = use;
      if (use === "other") buffer.copy = null;
    }
    if (buffer.use === use) return true;
    this.invalidOperation(method, "a buffer is either for indices or for other data");
    return false;
  }

  /** The buffer bound to a target; null after an error. */
  private boundTo(target: number, method: string): WebGLBuffer | null {
    const binding = BINDINGS[target];
    if (binding === undefined && target !== GL.GL_ELEMENT_ARRAY_BUFFER) {
      this.invalidEnum(method, "no target of buffers");
      return null;
    }
    const buffer = binding === undefined ? this.vertexArray.elements : this.bound[binding];
    if (buffer === null) this.invalidOperation(method, "no buffer is bound to the target");
    return buffer;
  }

  bufferData(target: number, size: number, usage: number): void;
  bufferData(target: number, data: ArrayBufferLike | ArrayBufferView | null, usage: number): void;
  bufferData(target: number, data: ArrayBufferView, usage: number, srcOffset: number, length?: number): void;
  bufferData(target: number, given: unknown, usage: number, srcOffset?: number, length?: number): void {
    need(arguments.length, 3, "bufferData");
    target >>>= 0;
    usage >>>= 0;
    const isData = given !== null && (ArrayBuffer.isView(given) || isBuffer(given));
    if (!isData && arguments.length > 3) throw wrong("bufferData", 2, "an ArrayBufferView", given);
    const size = isData || given == null ? 0 : integer(given as number);
    const from = (srcOffset as number) >>> 0;
    const items = (length as number) >>> 0;
    if (!this.enter()) return;
    const buffer = this.boundTo(target, "bufferData");
    if (buffer === null) return;
    if (!isUsage(usage)) return this.invalidEnum("bufferData", "no usage");
    if (given == null) return this.invalidValue("bufferData", "the data are null");
    if (size < 0) return this.invalidValue("bufferData", "the size is negative");
    if (this.isFedBack(buffer)) return this.invalidOperation("bufferData", "a transform feedback writes to the buffer");
    const data = isData
      ? this.part(given as ArrayBufferView | ArrayBufferLike, from, items, "bufferData")
      : zeros(size);
    if (data === undefined) return;
    if (data === null) return this.fail(GL.GL_OUT_OF_MEMORY, "bufferData", "there is not as much memory");
    this.keepErrors();
    gl.glBufferData(target, data.byteLength, data.byteLength === 0 ? null : data, usage);
    if (!this.succeeded("bufferData")) return;
    buffer.byteLength = data.byteLength;
    buffer.version++;
    this.bufferChanges++;
    if (!this.surface.isRobust && buffer.use !== "other") buffer.copy = isData ? bytesOf(data).slice() : bytesOf(data);
  }

  bufferSubData(target: number, dstByteOffset: number, data: ArrayBufferLike | ArrayBufferView): void;
  bufferSubData(target: number, at: number, data: ArrayBufferView, srcOffset: number, length?: number): void;
  bufferSubData(target: number, at: number, given: unknown, srcOffset?: number, length?: number): void {
    need(arguments.length, 3, "bufferSubData");
    target >>>= 0;
    const offset = integer(at);
    if (!ArrayBuffer.isView(given) && !isBuffer(given)) throw wrong("bufferSubData", 3, "a buffer or a view", given);
    const from = (srcOffset as number) >>> 0;
    const items = (length as number) >>> 0;
    if (!this.enter()) return;
    const buffer = this.boundTo(target, "bufferSubData");
    if (buffer === null) return;
    if (offset < 0) return this.invalidValue("bufferSubData", "the offset is negative");
    const data = this.part(given, from, items, "bufferSubData");
    if (data === undefined) return;
    if (offset + data.byteLength > buffer.byteLength)
      return this.invalidValue("bufferSubData", "the data end after the buffer");
    if (this.isFedBack(buffer)) return this.invalidOperation("bufferSubData", "a transform feedback writes to it");
    buffer.version++;
    buffer.copy?.set(bytesOf(data), offset);
    if (data.byteLength > 0) gl.glBufferSubData(target, offset, data.byteLength, data);
  }

  /** The bytes of `items` items from `from` on; undefined after an error. */
  protected part(data: ArrayBufferView | ArrayBufferLike, from: number, items: number, method: string) {
    if (from === 0 && items === 0) return data;
    const view = data as ArrayBufferView & { BYTES_PER_ELEMENT?: number };
    const size = view.BYTES_PER_ELEMENT ?? 1;
    const start = from * size;
    const byteLength = items === 0 ? view.byteLength - start : items * size;
    if (start > view.byteLength || start + byteLength > view.byteLength) {
      this.invalidValue(method, "the range ends after the data");
      return undefined;
    }
    return new Uint8Array(view.buffer, view.byteOffset + start, byteLength);
  }

  copyBufferSubData(readTarget: number, writeTarget: number, readOffset: number, writeOffset: number, size: number) {
    need(arguments.length, 5, "copyBufferSubData");
    const [source, target] = [readTarget >>> 0, writeTarget >>> 0];
    const [from, to, length] = [integer(readOffset), integer(writeOffset), integer(size)];
    if (!this.enter()) return;
    const read = this.boundTo(source, "copyBufferSubData");
    const write = read === null ? null : this.boundTo(target, "copyBufferSubData");
    if (read === null || write === null) return;
    if (from < 0 || to < 0 || length < 0 || from + length > read.byteLength || to + length > write.byteLength)
      return this.invalidValue("copyBufferSubData", "the range is not inside the buffer");
    if (read === write && from < to + length && to < from + length)
      return this.invalidValue("copyBufferSubData", "the ranges overlap");
    if (this.isFedBack(read) || this.isFedBack(write))
      return this.invalidOperation("copyBufferSubData", "a transform feedback writes to the buffer");
    const uses = [read.use, write.use];
    if (uses.includes("indices") && uses.includes("other"))
      return this.invalidOperation("copyBufferSubData", "indices and other data are not copied to each other");
    // What is copied between buffers of which one is decided decides the other.
    if (read.use === "undecided") read.use = write.use;
    if (write.use === "undecided") write.use = read.use;
    write.version++;
    if (write.use === "other") write.copy = null;
    else if (read.copy !== null) write.copy?.set(read.copy.subarray(from, from + length), to);
    gl.glCopyBufferSubData(source, target, from, to, length);
  }

  getBufferSubData(target: number, srcByteOffset: number, dst: ArrayBufferView, dstOffset = 0, length = 0): void {
    need(arguments.length, 3, "getBufferSubData");
    target >>>= 0;
    const offset = integer(srcByteOffset);
    if (!ArrayBuffer.isView(dst)) throw wrong("getBufferSubData", 3, "an ArrayBufferView", dst);
    const [from, items] = [dstOffset >>> 0, length >>> 0];
    if (!this.enter()) return;
    const buffer = this.boundTo(target, "getBufferSubData");
    if (buffer === null) return;
    if (offset < 0) return this.invalidValue("getBufferSubData", "the offset is negative");
    const room = this.part(dst, from, items, "getBufferSubData");
    if (room === undefined) return;
    if (offset + room.byteLength > buffer.byteLength)
      return this.invalidValue("getBufferSubData", "the range ends after the buffer");
    if (this.isFedBack(buffer)) return this.invalidOperation("getBufferSubData", "a transform feedback writes to it");
    if (room.byteLength === 0) return;
    this.keepErrors();
    const address = gl.glMapBufferRange(target, offset, room.byteLength, GL.GL_MAP_READ_BIT);
    if (!this.succeeded("getBufferSubData") || address === null) return;
    memmove(room, address, room.byteLength);
    gl.glUnmapBuffer(target);
  }

  getBufferParameter(target: number, pname: number): number | null {
    need(arguments.length, 2, "getBufferParameter");
    const [where, name] = [target >>> 0, pname >>> 0];
    if (!this.enter()) return null;
    const buffer = this.boundTo(where, "getBufferParameter");
    if (buffer === null) return null;
    if (name === GL.GL_BUFFER_SIZE) return buffer.byteLength;
    if (name !== GL.GL_BUFFER_USAGE) {
      this.invalidEnum("getBufferParameter", "no parameter of buffers");
      return null;
    }
    gl.glGetBufferParameteriv(where, name, ints);
    return ints[0]!;
  }
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function bytesOf(data: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

function isUsage(usage: number): boolean {
  return usage >= GL.GL_STREAM_DRAW && usage <= GL.GL_DYNAMIC_COPY && (usage & 3) !== 3;
}

/** So many bytes of zero; null where there is not as much memory. */
function zeros(size: number): Uint8Array | null {
  try {
    return new Uint8Array(size);
  } catch {
    return null;
  }
}
