/**
 * Uniforms of the program in use.
 *
 * Lists of numbers other than the typed array that GL wants are copied to one that is used again: no call allocates,
 * unless its list is very long.
 */
import * as GL from "../../native/gles/generated/gl3.ts";
import { need, wrong } from "../errors.ts";
import { WebGLUniformLocation } from "../objects.ts";
import { ReflectionContext } from "./reflection.ts";

const { libGLESv2: gl } = GL;

export type Numbers = ArrayLike<number>;
export type MaybeLocation = WebGLUniformLocation | null;

const ROOM = 1024;

export abstract class UniformsContext extends ReflectionContext {
  protected maxTextureUnits = 0;
  protected floatList: Float32Array = new Float32Array(ROOM);
  protected intList: Int32Array = new Int32Array(ROOM);
  protected uintList: Uint32Array = new Uint32Array(ROOM);
  private readonly ownFloats = this.floatList;
  private readonly ownInts = this.intList;
  private readonly ownUints = this.uintList;

  protected override reset(): void {
    super.reset();
    this.maxTextureUnits = this.integerOf(GL.GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS);
  }

  /** GL's location; -1 if there is nothing to set. */
  protected locate(location: MaybeLocation, method: string): number {
    if (location === null || location === undefined) return -1;
    if (!(location instanceof WebGLUniformLocation)) throw wrong(method, 1, "a WebGLUniformLocation or null", location);
    if (!this.enter()) return -1;
    if (location.program === this.program && location.links === this.program.links) return location.location;
    this.invalidOperation(method, "the location is not one of the program in use, as it is linked");
    return -1;
  }

  /** How many numbers of a list are to be passed, in multiples of `size`; 0 after an error. */
  private lengthOf(data: Numbers, srcOffset: number, srcLength: number, size: number, method: string): number {
    const from = srcOffset >>> 0;
    const wanted = srcLength >>> 0;
    const { length } = data;
    const count = wanted === 0 ? length - from : wanted;
    if (from + count > length || count < size || count % size !== 0) {
      this.invalidValue(method, "the list has not as many numbers as the uniform");
      return 0;
    }
    return count;
  }

  /** Has `floatList` begin with the numbers, and gives how many there are; 0 after an error. */
  protected floats(at: number, data: Numbers, srcOffset: number, srcLength: number, size: number, method: string) {
    if (!isList(data)) throw wrong(method, method.startsWith("uniformM") ? 3 : 2, "a list of numbers", data);
    if (at < 0) return 0;
    const count = this.lengthOf(data, srcOffset, srcLength, size, method);
    if (count === 0) return 0;
    if (data instanceof Float32Array && srcOffset >>> 0 === 0) this.floatList = data;
    else
      this.floatList = copied(data, srcOffset >>> 0, count, count <= ROOM ? this.ownFloats : new Float32Array(count));
    return count;
  }

  /** Has `intList` begin with the numbers, and gives how many there are; 0 after an error. */
  protected ints(at: number, data: Numbers, srcOffset: number, srcLength: number, size: number, method: string) {
    if (!isList(data)) throw wrong(method, method.startsWith("uniformM") ? 3 : 2, "a list of numbers", data);
    if (at < 0) return 0;
    const count = this.lengthOf(data, srcOffset, srcLength, size, method);
    if (count === 0) return 0;
    if (data instanceof Int32Array && srcOffset >>> 0 === 0) this.intList = data;
    else this.intList = copied(data, srcOffset >>> 0, count, count <= ROOM ? this.ownInts : new Int32Array(count));
    return count;
  }

  /** Has `uintList` begin with the numbers, and gives how many there are; 0 after an error. */
  protected uints(at: number, data: Numbers, srcOffset: number, srcLength: number, size: number, method: string) {
    if (!isList(data)) throw wrong(method, method.startsWith("uniformM") ? 3 : 2, "a list of numbers", data);
    if (at < 0) return 0;
    const count = this.lengthOf(data, srcOffset, srcLength, size, method);
    if (count === 0) return 0;
    if (data instanceof Uint32Array && srcOffset >>> 0 === 0) this.uintList = data;
    else this.uintList = copied(data, srcOffset >>> 0, count, count <= ROOM ? this.ownUints : new Uint32Array(count));
    return count;
  }

  // -- Numbers -----------------------------------------------------------------------------------

  uniform1f(location: MaybeLocation, x: number): void {
    need(arguments.length, 2, "uniform1f");
    const at = this.locate(location, "uniform1f");
    if (at >= 0) gl.glUniform1f(at, +x);
  }

  uniform2f(location: MaybeLocation, x: number, y: number): void {
    need(arguments.length, 3, "uniform2f");
    const at = this.locate(location, "uniform2f");
    if (at >= 0) gl.glUniform2f(at, +x, +y);
  }

  uniform3f(location: MaybeLocation, x: number, y: number, z: number): void {
    need(arguments.length, 4, "uniform3f");
    const at = this.locate(location, "uniform3f");
    if (at >= 0) gl.glUniform3f(at, +x, +y, +z);
  }

  uniform4f(location: MaybeLocation, x: number, y: number, z: number, w: number): void {
    need(arguments.length, 5, "uniform4f");
    const at = this.locate(location, "uniform4f");
    if (at >= 0) gl.glUniform4f(at, +x, +y, +z, +w);
  }

  uniform1i(location: MaybeLocation, x: number): void {
    need(arguments.length, 2, "uniform1i");
    const at = this.locate(location, "uniform1i");
    const value = x | 0;
    if (at < 0 || (location!.uniform.units !== null && !this.setUnit(location!, value))) return;
    gl.glUniform1i(at, value);
  }

  uniform2i(location: MaybeLocation, x: number, y: number): void {
    need(arguments.length, 3, "uniform2i");
    const at = this.locate(location, "uniform2i");
    if (at >= 0) gl.glUniform2i(at, x | 0, y | 0);
  }

  uniform3i(location: MaybeLocation, x: number, y: number, z: number): void {
    need(arguments.length, 4, "uniform3i");
    const at = this.locate(location, "uniform3i");
    if (at >= 0) gl.glUniform3i(at, x | 0, y | 0, z | 0);
  }

  uniform4i(location: MaybeLocation, x: number, y: number, z: number, w: number): void {
    need(arguments.length, 5, "uniform4i");
    const at = this.locate(location, "uniform4i");
    if (at >= 0) gl.glUniform4i(at, x | 0, y | 0, z | 0, w | 0);
  }

  uniform1ui(location: MaybeLocation, x: number): void {
    need(arguments.length, 2, "uniform1ui");
    const at = this.locate(location, "uniform1ui");
    if (at >= 0) gl.glUniform1ui(at, x >>> 0);
  }

  uniform2ui(location: MaybeLocation, x: number, y: number): void {
    need(arguments.length, 3, "uniform2ui");
    const at = this.locate(location, "uniform2ui");
    if (at >= 0) gl.glUniform2ui(at, x >>> 0, y >>> 0);
  }

  uniform3ui(location: MaybeLocation, x: number, y: number, z: number): void {
    need(arguments.length, 4, "uniform3ui");
    const at = this.locate(location, "uniform3ui");
    if (at >= 0) gl.glUniform3ui(at, x >>> 0, y >>> 0, z >>> 0);
  }

  uniform4ui(location: MaybeLocation, x: number, y: number, z: number, w: number): void {
    need(arguments.length, 5, "uniform4ui");
    const at = this.locate(location, "uniform4ui");
    if (at >= 0) gl.glUniform4ui(at, x >>> 0, y >>> 0, z >>> 0, w >>> 0);
  }

  /** Notes which unit a sampler reads, for checks of what is drawn; false after an error. */
  protected setUnit({ uniform, element }: WebGLUniformLocation, unit: number, at = 0): boolean {
    if (unit < 0 || unit >= this.maxTextureUnits) {
      this.invalidValue("uniform1i", "there are not so many texture units");
      return false;
    }
    uniform.units![element + at] = unit;
    return true;
  }
}

function copied<T extends Float32Array | Int32Array | Uint32Array>(
  data: Numbers,
  from: number,
  count: number,
  to: T,
): T {
  for (let index = 0; index < count; index++) to[index] = data[from + index]!;
  return to;
}

function isList(data: unknown): data is Numbers {
  return Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));
}
