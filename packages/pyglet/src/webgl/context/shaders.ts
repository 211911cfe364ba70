/** Shaders: their source, what WebGL allows in it, and compiling. */
import { ARRAY, c_char_p } from "ctypes-js";
import * as GL from "../../native/gles/generated/gl3.ts";
import { need, object, objectOrNull } from "../errors.ts";
import { WebGLProgram, WebGLShader, WebGLShaderPrecisionFormat } from "../objects.ts";
import { ints, text } from "../scratch.ts";
import { VerticesContext } from "./vertices.ts";

const { libGLESv2: gl } = GL;

const Sources = ARRAY(c_char_p, 1);

/** KHR_parallel_shader_compile. */
export const COMPLETION_STATUS_KHR = 0x91b1;
/** WebGL 2.0, 4.3.2: how long names in a shader may be. */
export const MAX_NAME_LENGTH = 1024;

export abstract class ShadersContext extends VerticesContext {
  /** Whether the program has asked for KHR_parallel_shader_compile. */
  protected tellsCompletion = false;

  protected override reset(): void {
    super.reset();
    this.tellsCompletion = false;
  }

  createShader(type: number): WebGLShader | null {
    need(arguments.length, 1, "createShader");
    type >>>= 0;
    if (!this.enter()) return new WebGLShader(this.share, 0, type);
    if (type !== GL.GL_VERTEX_SHADER && type !== GL.GL_FRAGMENT_SHADER) {
      this.invalidEnum("createShader", "no type of shaders");
      return null;
    }
    return new WebGLShader(this.share, gl.glCreateShader(type), type);
  }

  deleteShader(shader: WebGLShader | null): void {
    need(arguments.length, 1, "deleteShader");
    const one = objectOrNull(shader, WebGLShader, "deleteShader", 1);
    if (one === null || !this.enter() || one.isMarked || !this.owns(one, "deleteShader")) return;
    one.isMarked = true;
    one.forget("shader");
    one.isDeleted = one.programs === 0;
  }

  isShader(shader: WebGLShader | null): boolean {
    need(arguments.length, 1, "isShader");
    const one = objectOrNull(shader, WebGLShader, "isShader", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isMarked;
  }

  shaderSource(shader: WebGLShader, source: string): void {
    need(arguments.length, 2, "shaderSource");
    const one = object(shader, WebGLShader, "shaderSource", 1);
    const code = `${source}`;
    if (this.enter() && this.owns(one, "shaderSource")) one.source = code;
  }

  compileShader(shader: WebGLShader): void {
    need(arguments.length, 1, "compileShader");
    const one = object(shader, WebGLShader, "compileShader", 1);
    if (!this.enter() || !this.owns(one, "compileShader")) return;
    one.complaint = complaintOf(one.source);
    // What WebGL does not allow is not compiled; this is not, either.
    const source = one.complaint === null ? translated(one.source) : "#error";
    gl.glShaderSource(one.id, 1, new Sources(source), null);
    gl.glCompileShader(one.id);
  }

  getShaderParameter(shader: WebGLShader, pname: number): number | boolean | null {
    need(arguments.length, 2, "getShaderParameter");
    const one = object(shader, WebGLShader, "getShaderParameter", 1);
    const name = pname >>> 0;
    if (!this.enter()) return name === COMPLETION_STATUS_KHR ? true : null;
    if (!this.owns(one, "getShaderParameter")) return null;
    if (name === GL.GL_SHADER_TYPE) return one.type;
    if (name === GL.GL_DELETE_STATUS) return one.isMarked;
    if (name === GL.GL_COMPILE_STATUS || (name === COMPLETION_STATUS_KHR && this.tellsCompletion)) {
      gl.glGetShaderiv(one.id, name, ints);
      return ints[0] !== 0;
    }
    this.invalidEnum("getShaderParameter", "no parameter of shaders");
    return null;
  }

  getShaderInfoLog(shader: WebGLShader): string | null {
    need(arguments.length, 1, "getShaderInfoLog");
    const one = object(shader, WebGLShader, "getShaderInfoLog", 1);
    if (!this.enter() || !this.owns(one, "getShaderInfoLog")) return null;
    if (one.complaint !== null) return one.complaint;
    gl.glGetShaderiv(one.id, GL.GL_INFO_LOG_LENGTH, ints);
    return text(ints[0]!, (room) => gl.glGetShaderInfoLog(one.id, room.length, null, room));
  }

  getShaderSource(shader: WebGLShader): string | null {
    need(arguments.length, 1, "getShaderSource");
    const one = object(shader, WebGLShader, "getShaderSource", 1);
    return this.enter() && this.owns(one, "getShaderSource") ? one.source : null;
  }

  getShaderPrecisionFormat(shadertype: number, precisiontype: number): WebGLShaderPrecisionFormat | null {
    need(arguments.length, 2, "getShaderPrecisionFormat");
    const [shader, precision] = [shadertype >>> 0, precisiontype >>> 0];
    if (!this.enter()) return null;
    this.keepErrors();
    gl.glGetShaderPrecisionFormat(shader, precision, ints, ints.subarray(2));
    if (!this.succeeded("getShaderPrecisionFormat")) return null;
    return new WebGLShaderPrecisionFormat(ints[0]!, ints[1]!, ints[2]!);
  }

  // -- Shaders of programs -----------------------------------------------------------------------

  attachShader(program: WebGLProgram, shader: WebGLShader): void {
    need(arguments.length, 2, "attachShader");
    const to = object(program, WebGLProgram, "attachShader", 1);
    const one = object(shader, WebGLShader, "attachShader", 2);
    if (!this.enter() || !this.owns(to, "attachShader") || !this.owns(one, "attachShader")) return;
    if (to.shaders.some((other) => other.type === one.type))
      return this.invalidOperation("attachShader", "the program has a shader of that type");
    to.shaders.push(one);
    one.programs++;
    gl.glAttachShader(to.id, one.id);
  }

  detachShader(program: WebGLProgram, shader: WebGLShader): void {
    need(arguments.length, 2, "detachShader");
    const from = object(program, WebGLProgram, "detachShader", 1);
    const one = object(shader, WebGLShader, "detachShader", 2);
    if (!this.enter() || !this.owns(from, "detachShader") || !this.owns(one, "detachShader")) return;
    const index = from.shaders.indexOf(one);
    if (index < 0) return this.invalidOperation("detachShader", "the shader is not attached to the program");
    from.shaders.splice(index, 1);
    gl.glDetachShader(from.id, one.id);
    one.release();
  }

  getAttachedShaders(program: WebGLProgram): WebGLShader[] | null {
    need(arguments.length, 1, "getAttachedShaders");
    const one = object(program, WebGLProgram, "getAttachedShaders", 1);
    return this.enter() && this.owns(one, "getAttachedShaders") ? [...one.shaders] : null;
  }
}

/** The source as the driver knows it: an extension of ANGLE, which browsers are built on, has another name here. */
export function translated(source: string): string {
  const code = source.replaceAll("\0", " ");
  return code.replace(/(#\s*extension\s+GL_)ANGLE(_clip_cull_distance)/g, "$1EXT$2");
}

/** What WebGL has against a shader that OpenGL ES may have nothing against; null for nothing. */
function complaintOf(source: string): string | null {
  const code = source.replace(/\/\*[\s\S]*?(\*\/|$)|\/\/(\\\r?\n|[^\n])*/g, (comment) =>
    comment.replace(/[^\n]+/g, " "),
  );
  const [, version] = /^\s*#\s*version[ \t]+([^\r\n]*)/.exec(code) ?? [];
  if (version !== undefined && !/^(100|300[ \t]+es)\s*$/.test(version))
    return `ERROR: 0:1: '${version.trim()}' : WebGL 2 has GLSL ES 1.00 and 3.00 only`;
  for (const { 0: name, index } of code.matchAll(/[A-Za-z_]\w*/g)) {
    const line = () => code.slice(0, index).split("\n").length;
    if (/^_?webgl_/.test(name)) return `ERROR: 0:${line()}: '${name}' : names that begin like this are WebGL's`;
    if (name.length > MAX_NAME_LENGTH) return `ERROR: 0:${line()}: '${name.slice(0, 20)}…' : the name is too long`;
  }
  return null;
}
