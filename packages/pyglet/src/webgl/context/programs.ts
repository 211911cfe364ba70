/** Programs: linking, using, and what a linked program has. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { need, object, objectOrNull } from "../errors.ts";
import { executableOf } from "../executable.ts";
import { type Executable, WebGLActiveInfo, WebGLProgram } from "../objects.ts";
import { ints, text, uints } from "../scratch.ts";
import { COMPLETION_STATUS_KHR, MAX_NAME_LENGTH, ShadersContext } from "./shaders.ts";

const { libGLESv2: gl } = GL;

export abstract class ProgramsContext extends ShadersContext {
  /** The program in use. */
  protected program: WebGLProgram | null = null;
  /** Whether a transform feedback is active and not paused, which keeps the program. */
  protected abstract feedbackRuns(): boolean;
  /** Whether any active transform feedback was begun with the program. */
  protected abstract feedsBack(program: WebGLProgram): boolean;

  protected override reset(): void {
    super.reset();
    this.program = null;
  }

  createProgram(): WebGLProgram {
    return new WebGLProgram(this.share, this.enter() ? gl.glCreateProgram() : 0);
  }

  deleteProgram(program: WebGLProgram | null): void {
    need(arguments.length, 1, "deleteProgram");
    const one = objectOrNull(program, WebGLProgram, "deleteProgram", 1);
    if (one === null || !this.enter() || one.isMarked || !this.owns(one, "deleteProgram")) return;
    one.isMarked = true;
    one.forget("program");
    one.isDeleted = false;
    one.endIfUnused();
  }

  isProgram(program: WebGLProgram | null): boolean {
    need(arguments.length, 1, "isProgram");
    const one = objectOrNull(program, WebGLProgram, "isProgram", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isMarked;
  }

  linkProgram(program: WebGLProgram): void {
    need(arguments.length, 1, "linkProgram");
    const one = object(program, WebGLProgram, "linkProgram", 1);
    if (!this.enter() || !this.owns(one, "linkProgram")) return;
    if (this.feedsBack(one))
      return this.invalidOperation("linkProgram", "an active transform feedback uses the program");
    one.links++;
    one.executable = null;
    gl.glLinkProgram(one.id);
  }

  useProgram(program: WebGLProgram | null): void {
    need(arguments.length, 1, "useProgram");
    const one = objectOrNull(program, WebGLProgram, "useProgram", 1);
    if (!this.enter()) return;
    if (one !== null && (one.share !== this.share || one.isDeleted)) return void this.owns(one, "useProgram");
    if (this.feedbackRuns()) return this.invalidOperation("useProgram", "a transform feedback is active");
    if (one === this.program) return gl.glUseProgram(one === null ? 0 : one.id);
    if (one !== null && this.executableOf(one) === null)
      return this.invalidOperation("useProgram", "the program is not linked");
    gl.glUseProgram(one === null ? 0 : one.id);
    if (one !== null) one.uses++;
    this.program?.release();
    this.program = one;
  }

  /** What the linker made of a program; null if it did not link. */
  protected executableOf(program: WebGLProgram): Executable | null {
    if (program.executable === null && program.links > 0) program.executable = executableOf(program.id);
    return program.executable;
  }

  /** The same, for a method that has to have it. */
  protected linked(program: unknown, method: string): WebGLProgram | null {
    const one = object(program, WebGLProgram, method, 1);
    if (!this.enter() || !this.owns(one, method)) return null;
    if (this.executableOf(one) !== null) return one;
    this.invalidOperation(method, "the program is not linked");
    return null;
  }

  validateProgram(program: WebGLProgram): void {
    need(arguments.length, 1, "validateProgram");
    const one = object(program, WebGLProgram, "validateProgram", 1);
    if (this.enter() && this.owns(one, "validateProgram")) gl.glValidateProgram(one.id);
  }

  getProgramParameter(program: WebGLProgram, pname: number): number | boolean | null {
    need(arguments.length, 2, "getProgramParameter");
    const one = object(program, WebGLProgram, "getProgramParameter", 1);
    const name = pname >>> 0;
    if (!this.enter()) return name === COMPLETION_STATUS_KHR ? true : null;
    if (!this.owns(one, "getProgramParameter")) return null;
    switch (name) {
      case GL.GL_DELETE_STATUS:
        return one.isMarked;
      case GL.GL_LINK_STATUS:
      case GL.GL_VALIDATE_STATUS:
        gl.glGetProgramiv(one.id, name, ints);
        return ints[0] !== 0;
      case GL.GL_ATTACHED_SHADERS:
        return one.shaders.length;
      case GL.GL_ACTIVE_ATTRIBUTES:
      case GL.GL_ACTIVE_UNIFORMS:
      case GL.GL_ACTIVE_UNIFORM_BLOCKS:
      case GL.GL_TRANSFORM_FEEDBACK_BUFFER_MODE:
      case GL.GL_TRANSFORM_FEEDBACK_VARYINGS:
        gl.glGetProgramiv(one.id, name, ints);
        return ints[0]!;
    }
    if (name === COMPLETION_STATUS_KHR && this.tellsCompletion) {
      gl.glGetProgramiv(one.id, name, ints);
      return ints[0] !== 0;
    }
    this.invalidEnum("getProgramParameter", "no parameter of programs");
    return null;
  }

  getProgramInfoLog(program: WebGLProgram): string | null {
    need(arguments.length, 1, "getProgramInfoLog");
    const one = object(program, WebGLProgram, "getProgramInfoLog", 1);
    if (!this.enter() || !this.owns(one, "getProgramInfoLog")) return null;
    gl.glGetProgramiv(one.id, GL.GL_INFO_LOG_LENGTH, ints);
    return text(ints[0]!, (room) => gl.glGetProgramInfoLog(one.id, room.length, null, room));
  }

  // -- Names -------------------------------------------------------------------------------------

  /** Whether a shader may have such a name; notes the error if not. */
  protected isName(name: string, method: string): boolean {
    if (name.length > MAX_NAME_LENGTH) this.invalidValue(method, "the name is too long");
    // WebGL 1.0, 6.18: characters outside of the shading language's set.
    else if (/[^\t-\r -~]|["$'@\\`]/.test(name)) this.invalidValue(method, "the name has a character that no name has");
    else return true;
    return false;
  }

  bindAttribLocation(program: WebGLProgram, index: number, name: string): void {
    need(arguments.length, 3, "bindAttribLocation");
    const one = object(program, WebGLProgram, "bindAttribLocation", 1);
    const [at, attribute] = [index >>> 0, `${name}`];
    if (!this.enter() || !this.owns(one, "bindAttribLocation") || !this.isName(attribute, "bindAttribLocation")) return;
    if (/^_?webgl_/.test(attribute)) return this.invalidOperation("bindAttribLocation", "the name is WebGL's");
    gl.glBindAttribLocation(one.id, at, attribute);
  }

  getAttribLocation(program: WebGLProgram, name: string): number {
    need(arguments.length, 2, "getAttribLocation");
    const attribute = `${name}`;
    const one = this.linked(program, "getAttribLocation");
    if (one === null || !this.isName(attribute, "getAttribLocation") || /^_?webgl_/.test(attribute)) return -1;
    return gl.glGetAttribLocation(one.id, attribute);
  }

  getFragDataLocation(program: WebGLProgram, name: string): number {
    need(arguments.length, 2, "getFragDataLocation");
    const output = `${name}`;
    const one = this.linked(program, "getFragDataLocation");
    if (one === null || !this.isName(output, "getFragDataLocation")) return -1;
    return gl.glGetFragDataLocation(one.id, output);
  }

  getActiveAttrib(program: WebGLProgram, index: number): WebGLActiveInfo | null {
    need(arguments.length, 2, "getActiveAttrib");
    return this.active(program, index, "getActiveAttrib", (id, at, room) =>
      gl.glGetActiveAttrib(id, at, room.length, null, ints, uints.subarray(1), room),
    );
  }

  getActiveUniform(program: WebGLProgram, index: number): WebGLActiveInfo | null {
    need(arguments.length, 2, "getActiveUniform");
    return this.active(program, index, "getActiveUniform", (id, at, room) =>
      gl.glGetActiveUniform(id, at, room.length, null, ints, uints.subarray(1), room),
    );
  }

  /** One of a program's active variables. `ask` has its size and type written to the scratch memory. */
  protected active(
    program: unknown,
    index: number,
    method: string,
    ask: (id: number, index: number, room: Uint8Array) => void,
  ): WebGLActiveInfo | null {
    const one = object(program, WebGLProgram, method, 1);
    const at = index >>> 0;
    if (!this.enter() || !this.owns(one, method)) return null;
    this.keepErrors();
    const name = text(4096, (room) => ask(one.id, at, room));
    return this.succeeded(method) ? new WebGLActiveInfo(name, ints[0]!, uints[1]!) : null;
  }
}
