/** Questions about uniforms, uniform blocks and the varyings of a transform feedback. */
import { ARRAY, c_char_p } from "ctypes-js";
import * as GL from "../../native/gles/generated/gl3.ts";
import { list, need, object } from "../errors.ts";
import { UNIFORM_KINDS } from "../executable.ts";
import { type WebGLActiveInfo, WebGLProgram, WebGLUniformLocation } from "../objects.ts";
import { floats, ints, text, uints } from "../scratch.ts";
import { ProgramsContext } from "./programs.ts";

const { libGLESv2: gl } = GL;

export abstract class ReflectionContext extends ProgramsContext {
  getUniformLocation(program: WebGLProgram, name: string): WebGLUniformLocation | null {
    need(arguments.length, 2, "getUniformLocation");
    const uniform = `${name}`;
    const one = this.linked(program, "getUniformLocation");
    if (one === null || !this.isName(uniform, "getUniformLocation") || /^_?webgl_/.test(uniform)) return null;
    const location = gl.glGetUniformLocation(one.id, uniform);
    if (location < 0) return null;
    const [, base, element] = /^(.*?)(?:\[(\d+)\])?$/s.exec(uniform)!;
    const found = one.executable!.uniforms.get(base!) ?? one.executable!.uniforms.get(uniform);
    if (found === undefined) return null;
    return new WebGLUniformLocation(one, location, found, Number(element ?? 0));
  }

  getUniform(program: WebGLProgram, location: WebGLUniformLocation): unknown {
    need(arguments.length, 2, "getUniform");
    const at = object(location, WebGLUniformLocation, "getUniform", 2);
    const one = this.linked(program, "getUniform");
    if (one === null) return null;
    if (at.program !== one || at.links !== one.links) {
      this.invalidOperation("getUniform", "the location is not one of the program as it is linked");
      return null;
    }
    const { kind, components } = UNIFORM_KINDS.get(at.uniform.type) ?? { kind: "float", components: 1 };
    if (kind === "float") {
      gl.glGetUniformfv(one.id, at.location, floats);
      return components === 1 ? floats[0] : floats.slice(0, components);
    }
    if (kind === "uint") {
      gl.glGetUniformuiv(one.id, at.location, uints);
      return components === 1 ? uints[0] : uints.slice(0, components);
    }
    gl.glGetUniformiv(one.id, at.location, ints);
    if (kind !== "bool") return components === 1 ? ints[0] : ints.slice(0, components);
    return components === 1 ? ints[0] !== 0 : Array.from(ints.subarray(0, components), (value) => value !== 0);
  }

  getUniformIndices(program: WebGLProgram, uniformNames: Iterable<string>): number[] | null {
    need(arguments.length, 2, "getUniformIndices");
    const one = object(program, WebGLProgram, "getUniformIndices", 1);
    const names = list(uniformNames, "getUniformIndices", 2).map((name) => `${name}`);
    if (!this.enter() || !this.owns(one, "getUniformIndices")) return null;
    if (this.executableOf(one) === null) {
      this.invalidOperation("getUniformIndices", "the program is not linked");
      return null;
    }
    return names.map((name) => {
      if (name.includes("\0")) return GL.GL_INVALID_INDEX;
      gl.glGetUniformIndices(one.id, 1, new (ARRAY(c_char_p, 1))(name), uints);
      return uints[0]!;
    });
  }

  getActiveUniforms(program: WebGLProgram, uniformIndices: Iterable<number>, pname: number): unknown {
    need(arguments.length, 3, "getActiveUniforms");
    const one = object(program, WebGLProgram, "getActiveUniforms", 1);
    const indices = list(uniformIndices, "getActiveUniforms", 2).map((index) => index >>> 0);
    const name = pname >>> 0;
    if (!this.enter() || !this.owns(one, "getActiveUniforms")) return null;
    // All in a row, without the length of the name.
    const isName =
      name >= GL.GL_UNIFORM_TYPE && name <= GL.GL_UNIFORM_IS_ROW_MAJOR && name !== GL.GL_UNIFORM_NAME_LENGTH;
    if (!isName) {
      this.invalidEnum("getActiveUniforms", "no parameter of uniforms");
      return null;
    }
    gl.glGetProgramiv(one.id, GL.GL_ACTIVE_UNIFORMS, ints);
    const count = ints[0]!;
    if (indices.some((index) => index >= count)) {
      this.invalidValue("getActiveUniforms", "there are not so many uniforms");
      return null;
    }
    return indices.map((index) => {
      uints[0] = index;
      gl.glGetActiveUniformsiv(one.id, 1, uints, name, ints.subarray(1));
      return name === GL.GL_UNIFORM_IS_ROW_MAJOR ? ints[1] !== 0 : name === GL.GL_UNIFORM_TYPE ? uints[1] : ints[1];
    });
  }

  // -- Uniform blocks ----------------------------------------------------------------------------

  getUniformBlockIndex(program: WebGLProgram, uniformBlockName: string): number {
    need(arguments.length, 2, "getUniformBlockIndex");
    const name = `${uniformBlockName}`;
    const one = this.linked(program, "getUniformBlockIndex");
    if (one === null || !this.isName(name, "getUniformBlockIndex")) return GL.GL_INVALID_INDEX;
    return gl.glGetUniformBlockIndex(one.id, name);
  }

  /** A program that has such a block; null after an error. */
  private withBlock(program: unknown, index: number, method: string): WebGLProgram | null {
    const one = this.linked(program, method);
    if (one === null || index < one.executable!.blocks.length) return one;
    this.invalidValue(method, "the program has not so many uniform blocks");
    return null;
  }

  getActiveUniformBlockParameter(program: WebGLProgram, uniformBlockIndex: number, pname: number): unknown {
    need(arguments.length, 3, "getActiveUniformBlockParameter");
    const [index, name] = [uniformBlockIndex >>> 0, pname >>> 0];
    const one = this.withBlock(program, index, "getActiveUniformBlockParameter");
    if (one === null) return null;
    switch (name) {
      case GL.GL_UNIFORM_BLOCK_BINDING:
      case GL.GL_UNIFORM_BLOCK_DATA_SIZE:
      case GL.GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS:
        gl.glGetActiveUniformBlockiv(one.id, index, name, ints);
        return ints[0];
      case GL.GL_UNIFORM_BLOCK_REFERENCED_BY_VERTEX_SHADER:
      case GL.GL_UNIFORM_BLOCK_REFERENCED_BY_FRAGMENT_SHADER:
        gl.glGetActiveUniformBlockiv(one.id, index, name, ints);
        return ints[0] !== 0;
      case GL.GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES: {
        gl.glGetActiveUniformBlockiv(one.id, index, GL.GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS, ints);
        const indices = new Int32Array(ints[0]!);
        if (indices.length > 0) gl.glGetActiveUniformBlockiv(one.id, index, name, indices);
        return new Uint32Array(indices.buffer);
      }
    }
    this.invalidEnum("getActiveUniformBlockParameter", "no parameter of uniform blocks");
    return null;
  }

  getActiveUniformBlockName(program: WebGLProgram, uniformBlockIndex: number): string | null {
    need(arguments.length, 2, "getActiveUniformBlockName");
    const index = uniformBlockIndex >>> 0;
    const one = this.withBlock(program, index, "getActiveUniformBlockName");
    if (one === null) return null;
    return text(4096, (room) => gl.glGetActiveUniformBlockName(one.id, index, room.length, null, room));
  }

  uniformBlockBinding(program: WebGLProgram, uniformBlockIndex: number, uniformBlockBinding: number): void {
    need(arguments.length, 3, "uniformBlockBinding");
    const [index, binding] = [uniformBlockIndex >>> 0, uniformBlockBinding >>> 0];
    const one = this.withBlock(program, index, "uniformBlockBinding");
    if (one === null) return;
    if (binding >= this.uniformBuffers.length)
      return this.invalidValue("uniformBlockBinding", "there are not so many bindings");
    one.executable!.blocks[index]!.binding = binding;
    gl.glUniformBlockBinding(one.id, index, binding);
  }

  // -- Transform feedback ------------------------------------------------------------------------

  transformFeedbackVaryings(program: WebGLProgram, varyings: Iterable<string>, bufferMode: number): void {
    need(arguments.length, 3, "transformFeedbackVaryings");
    const one = object(program, WebGLProgram, "transformFeedbackVaryings", 1);
    const names = list(varyings, "transformFeedbackVaryings", 2).map((name) => `${name}`);
    const mode = bufferMode >>> 0;
    if (!this.enter() || !this.owns(one, "transformFeedbackVaryings")) return;
    const max = this.integerOf(GL.GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS);
    if (mode === GL.GL_SEPARATE_ATTRIBS && names.length > max)
      return this.invalidValue("transformFeedbackVaryings", "there are too many varyings");
    if (!names.every((name) => this.isName(name, "transformFeedbackVaryings"))) return;
    // Not an array of none: that would be no type of C.
    const array = new (ARRAY(c_char_p, Math.max(names.length, 1)))(...names);
    gl.glTransformFeedbackVaryings(one.id, names.length, array, mode);
  }

  getTransformFeedbackVarying(program: WebGLProgram, index: number): WebGLActiveInfo | null {
    need(arguments.length, 2, "getTransformFeedbackVarying");
    if (this.linked(program, "getTransformFeedbackVarying") === null) return null;
    return this.active(program, index, "getTransformFeedbackVarying", (id, at, room) =>
      gl.glGetTransformFeedbackVarying(id, at, room.length, null, ints, uints.subarray(1), room),
    );
  }
}
