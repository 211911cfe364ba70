/** Uniforms that are given as lists of numbers: vectors, matrices and arrays of any. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { need } from "../errors.ts";
import { type MaybeLocation, type Numbers, UniformsContext } from "./uniforms.ts";

const { libGLESv2: gl } = GL;

export abstract class VectorsContext extends UniformsContext {
  uniform1fv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform1fv");
    const at = this.locate(location, "uniform1fv");
    const count = this.floats(at, data, srcOffset, srcLength, 1, "uniform1fv");
    if (count === 0) return;
    gl.glUniform1fv(at, count, this.floatList);
  }

  uniform2fv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform2fv");
    const at = this.locate(location, "uniform2fv");
    const count = this.floats(at, data, srcOffset, srcLength, 2, "uniform2fv");
    if (count === 0) return;
    gl.glUniform2fv(at, count / 2, this.floatList);
  }

  uniform3fv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform3fv");
    const at = this.locate(location, "uniform3fv");
    const count = this.floats(at, data, srcOffset, srcLength, 3, "uniform3fv");
    if (count === 0) return;
    gl.glUniform3fv(at, count / 3, this.floatList);
  }

  uniform4fv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform4fv");
    const at = this.locate(location, "uniform4fv");
    const count = this.floats(at, data, srcOffset, srcLength, 4, "uniform4fv");
    if (count === 0) return;
    gl.glUniform4fv(at, count / 4, this.floatList);
  }

  uniform1iv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform1iv");
    const at = this.locate(location, "uniform1iv");
    const count = this.ints(at, data, srcOffset, srcLength, 1, "uniform1iv");
    if (count === 0) return;
    const { uniform, element } = location!;
    if (uniform.units !== null)
      for (let i = 0; i < count && element + i < uniform.size; i++)
        if (!this.setUnit(location!, this.intList[i]!, i)) return;
    gl.glUniform1iv(at, count, this.intList);
  }

  uniform2iv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform2iv");
    const at = this.locate(location, "uniform2iv");
    const count = this.ints(at, data, srcOffset, srcLength, 2, "uniform2iv");
    if (count === 0) return;
    gl.glUniform2iv(at, count / 2, this.intList);
  }

  uniform3iv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform3iv");
    const at = this.locate(location, "uniform3iv");
    const count = this.ints(at, data, srcOffset, srcLength, 3, "uniform3iv");
    if (count === 0) return;
    gl.glUniform3iv(at, count / 3, this.intList);
  }

  uniform4iv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform4iv");
    const at = this.locate(location, "uniform4iv");
    const count = this.ints(at, data, srcOffset, srcLength, 4, "uniform4iv");
    if (count === 0) return;
    gl.glUniform4iv(at, count / 4, this.intList);
  }

  uniform1uiv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform1uiv");
    const at = this.locate(location, "uniform1uiv");
    const count = this.uints(at, data, srcOffset, srcLength, 1, "uniform1uiv");
    if (count === 0) return;
    gl.glUniform1uiv(at, count, this.uintList);
  }

  uniform2uiv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform2uiv");
    const at = this.locate(location, "uniform2uiv");
    const count = this.uints(at, data, srcOffset, srcLength, 2, "uniform2uiv");
    if (count === 0) return;
    gl.glUniform2uiv(at, count / 2, this.uintList);
  }

  uniform3uiv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform3uiv");
    const at = this.locate(location, "uniform3uiv");
    const count = this.uints(at, data, srcOffset, srcLength, 3, "uniform3uiv");
    if (count === 0) return;
    gl.glUniform3uiv(at, count / 3, this.uintList);
  }

  uniform4uiv(location: MaybeLocation, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 2, "uniform4uiv");
    const at = this.locate(location, "uniform4uiv");
    const count = this.uints(at, data, srcOffset, srcLength, 4, "uniform4uiv");
    if (count === 0) return;
    gl.glUniform4uiv(at, count / 4, this.uintList);
  }

  uniformMatrix2fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix2fv");
    const at = this.locate(location, "uniformMatrix2fv");
    const count = this.floats(at, data, srcOffset, srcLength, 4, "uniformMatrix2fv");
    if (count > 0) gl.glUniformMatrix2fv(at, count / 4, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix3fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix3fv");
    const at = this.locate(location, "uniformMatrix3fv");
    const count = this.floats(at, data, srcOffset, srcLength, 9, "uniformMatrix3fv");
    if (count > 0) gl.glUniformMatrix3fv(at, count / 9, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix4fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix4fv");
    const at = this.locate(location, "uniformMatrix4fv");
    const count = this.floats(at, data, srcOffset, srcLength, 16, "uniformMatrix4fv");
    if (count > 0) gl.glUniformMatrix4fv(at, count / 16, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix2x3fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix2x3fv");
    const at = this.locate(location, "uniformMatrix2x3fv");
    const count = this.floats(at, data, srcOffset, srcLength, 6, "uniformMatrix2x3fv");
    if (count > 0) gl.glUniformMatrix2x3fv(at, count / 6, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix3x2fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix3x2fv");
    const at = this.locate(location, "uniformMatrix3x2fv");
    const count = this.floats(at, data, srcOffset, srcLength, 6, "uniformMatrix3x2fv");
    if (count > 0) gl.glUniformMatrix3x2fv(at, count / 6, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix2x4fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix2x4fv");
    const at = this.locate(location, "uniformMatrix2x4fv");
    const count = this.floats(at, data, srcOffset, srcLength, 8, "uniformMatrix2x4fv");
    if (count > 0) gl.glUniformMatrix2x4fv(at, count / 8, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix4x2fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix4x2fv");
    const at = this.locate(location, "uniformMatrix4x2fv");
    const count = this.floats(at, data, srcOffset, srcLength, 8, "uniformMatrix4x2fv");
    if (count > 0) gl.glUniformMatrix4x2fv(at, count / 8, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix3x4fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix3x4fv");
    const at = this.locate(location, "uniformMatrix3x4fv");
    const count = this.floats(at, data, srcOffset, srcLength, 12, "uniformMatrix3x4fv");
    if (count > 0) gl.glUniformMatrix3x4fv(at, count / 12, transpose ? 1 : 0, this.floatList);
  }

  uniformMatrix4x3fv(location: MaybeLocation, transpose: boolean, data: Numbers, srcOffset = 0, srcLength = 0): void {
    need(arguments.length, 3, "uniformMatrix4x3fv");
    const at = this.locate(location, "uniformMatrix4x3fv");
    const count = this.floats(at, data, srcOffset, srcLength, 12, "uniformMatrix4x3fv");
    if (count > 0) gl.glUniformMatrix4x3fv(at, count / 12, transpose ? 1 : 0, this.floatList);
  }
}
