/**
 * Calls every method of WebGL 2 with arguments of all kinds, right and wrong. What may come of a call is a value, an
 * error that `getError` gives, or a TypeError.
 *
 *     tsx webgl-fuzz.ts SEED CALLS [checked]    checked: without the driver's promise to read nothing outside of buffers
 */
import { writeSync } from "node:fs";
import { Canvas, createContext, type WebGL2RenderingContext } from "../src/webgl.ts";
import { webgl2 } from "./webgl-dom.ts";

const [seed = "1", calls = "1000", mode = ""] = process.argv.slice(2);
const { methods, constants } = webgl2();
const enums = [...constants.values()];
let state = Number(seed) >>> 0;

/** xorshift32: below `n`. */
function below(n: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
}
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;

const VERTEX = `#version 300 es
in vec4 a; in ivec2 b; uniform mat4 m; uniform vec3 v[3]; uniform Block { vec4 x; mat4 y; } block; out vec4 c;
void main() { c = block.x + vec4(v[1], float(b.x)); gl_Position = m * a + block.y[0]; gl_PointSize = 3.0; }`;
const FRAGMENT = `#version 300 es
precision highp float; uniform sampler2D s; uniform samplerCube q; uniform int i; in vec4 c; out vec4 o;
void main() { o = c + texture(s, c.xy) + texture(q, c.xyz) + float(i); }`;

function shader(gl: WebGL2RenderingContext, type: number, source: string) {
  const one = gl.createShader(type)!;
  gl.shaderSource(one, source);
  gl.compileShader(one);
  return one;
}

const gl = createContext(32, 32, { robustAccess: mode !== "checked" });
const foreign = createContext(8, 8);
const pool = new Map<string, unknown[]>();
const keep = (kind: string, one: unknown) => {
  const list = pool.get(kind) ?? [];
  pool.set(kind, list);
  if (list.push(one) > 40) list.splice(below(20), 1);
};

/** Something that can be drawn, so that draws get past the first rule. */
function arrange(): void {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX] as const, [gl.FRAGMENT_SHADER, FRAGMENT] as const]) {
    const one = shader(gl, type, source);
    keep("WebGLShader", one);
    gl.attachShader(program, one);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  keep("WebGLProgram", program);
  for (const name of ["m", "v[1]", "s", "q", "i"]) keep("WebGLUniformLocation", gl.getUniformLocation(program, name));
  gl.uniform1i(gl.getUniformLocation(program, "q"), 1);
  const [array, indices, block] = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
  gl.bindBuffer(gl.ARRAY_BUFFER, array);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(64), gl.STATIC_DRAW);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indices);
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.of(0, 1, 2, 5, 0xfffffff0, 7, 0x7fffffff, 3), gl.STATIC_DRAW);
  gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, block);
  gl.bufferData(gl.UNIFORM_BUFFER, 80, gl.DYNAMIC_DRAW);
  gl.vertexAttribPointer(gl.getAttribLocation(program, "a"), 4, gl.FLOAT, false, 0, 0);
  gl.enableVertexAttribArray(gl.getAttribLocation(program, "a"));
  gl.vertexAttribI4i(gl.getAttribLocation(program, "b"), 1, 2, 3, 4);
  for (const buffer of [array, indices, block]) keep("WebGLBuffer", buffer);
}

const numbers = [
  0,
  0,
  1,
  1,
  2,
  3,
  4,
  5,
  7,
  8,
  16,
  31,
  64,
  255,
  -1,
  -2,
  0.5,
  70_000,
  2 ** 31,
  2 ** 32,
  -(2 ** 31),
  1e21,
];
const garbage: unknown[] = [
  ...[null, undefined, Number.NaN, Number.POSITIVE_INFINITY, "", "7", "webgl_x", {}, [], [1, 2], () => 1, true],
  ...[Symbol("x"), 1n, new Date(0), { width: 4, height: 4 }, { length: 9 }, new Proxy({}, {}), /x/, gl, foreign],
  ...[new ArrayBuffer(8), new DataView(new ArrayBuffer(16)), new Map([[1, 2]]), new Canvas(4, 4), { valueOf: () => 3 }],
];
const views: unknown[] = [
  ...[new Uint8Array(0), new Uint8Array(64), new Uint8Array(4096), new Uint8ClampedArray(1024), new Int8Array(64)],
  ...[new Float32Array(4), new Float32Array(16), new Float32Array(1024), new Uint16Array(256), new Int16Array(256)],
  ...[new Uint32Array(256), new Int32Array(256), new Float64Array(4), new BigInt64Array(4)],
  ...[new Uint8Array(new SharedArrayBuffer(64)), new Uint32Array(4)],
];
const image = { width: 4, height: 4, data: new Uint8ClampedArray(64) };

function argument(type: string, name: string): unknown {
  if (below(100) < 12) return pick(garbage);
  if (below(100) < 5) return pick(numbers);
  if (type.startsWith("WebGL")) {
    const [kind] = type.split(" ");
    return below(12) === 0 ? null : (pick(pool.get(kind!) ?? [null]) ?? null);
  }
  if (/ArrayBuffer|BufferSource/.test(type)) return pick(views);
  if (type === "TexImageSource") return image;
  if (/32List/.test(type)) return below(2) === 0 ? pick(views) : Array.from({ length: below(20) }, () => pick(numbers));
  if (type === "GLenum") return pick(enums);
  if (type === "GLenum[]" || type === "GLuint[]") return Array.from({ length: below(6) }, () => pick(enums));
  if (type === "string[]") return Array.from({ length: below(3) }, () => pick(["c", "v", "x", "gl_Position", ""]));
  if (type === "string") return pick(["a", "m", "v[0]", "v[9]", "Block", "c", VERTEX, FRAGMENT, "x\0y", "\ud800", ""]);
  if (type.startsWith("GLboolean")) return below(2) === 0;
  if (/format|usage/i.test(name) && type === "GLint") return pick(enums);
  if (/mask|flags/.test(name)) return pick([0, 0x100, 0x400, 0x4000, 0x4500, -1, 1]);
  return pick(numbers);
}

const names = [...methods.keys()].filter((name) => name !== "finish");
const any = gl as unknown as Record<string, (...args: unknown[]) => unknown>;
const counts = { returned: 0, thrown: 0, errors: 0 };
for (let call = 0; call < Number(calls); call++) {
  if (call % 250 === 0) arrange();
  const name =
    below(5) === 0 ? pick(["drawArrays", "drawElements", "drawElementsInstanced", "texImage2D"]) : pick(names);
  const { parameters } = pick(methods.get(name)!);
  const args = parameters.map((parameter) => argument(parameter.type, parameter.name));
  if (below(20) === 0) args.length = below(args.length + 1);
  if (process.env.FUZZ_TRACE !== undefined)
    writeSync(
      2,
      `${name}(${args.map((one) => (typeof one === "object" ? (one?.constructor?.name ?? "null") : String(one))).join(", ")})\n`,
    );
  try {
    const value = any[name]!(...args);
    counts.returned++;
    if (typeof value === "object" && value !== null) keep(value.constructor.name, value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    counts.thrown++;
  }
  if (below(3) === 0 && gl.getError() !== 0) counts.errors++;
  if (call % 1000 === 999) await new Promise((resolve) => setImmediate(resolve));
}
// It still draws what it is asked to, after all that.
arrange();
gl.bindFramebuffer(gl.FRAMEBUFFER, null);
gl.disable(gl.SCISSOR_TEST);
gl.disable(gl.RASTERIZER_DISCARD);
gl.drawBuffers([gl.BACK]);
gl.colorMask(true, true, true, true);
gl.clearColor(1, 0, 0, 1);
gl.clear(gl.COLOR_BUFFER_BIT);
const pixel = gl.canvas as Canvas;
console.log(JSON.stringify({ ...counts, pixel: [...pixel.pixels()!.data.subarray(0, 4)] }));
