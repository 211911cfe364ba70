/** The rules of WebGL that OpenGL ES does not have, or not in this way. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Canvas, createContext, type WebGL2RenderingContext, type WebGLBuffer } from "../src/webgl.ts";

const SIZE = 16;

function open(options = {}) {
  return createContext(SIZE, SIZE, { antialias: false, ...options });
}

function programOf(gl: WebGL2RenderingContext, vertex: string, fragment: string) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex] as const, [gl.FRAGMENT_SHADER, fragment] as const]) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\n${source}`);
    gl.compileShader(shader);
    assert.equal(gl.getShaderParameter(shader, gl.COMPILE_STATUS), true, gl.getShaderInfoLog(shader) ?? "");
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  assert.equal(gl.getProgramParameter(program, gl.LINK_STATUS), true, gl.getProgramInfoLog(program) ?? "");
  return program;
}

const FLAT = "uniform vec4 color; out vec4 o; void main() { o = color; }";
const PLANE = "in vec2 a; void main() { gl_Position = vec4(a, 0, 1); }";

/** A context that draws a triangle over all of its buffer. */
function drawing(options = {}) {
  const gl = open(options);
  const program = programOf(gl, PLANE, FLAT);
  gl.useProgram(program);
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  const at = gl.getAttribLocation(program, "a");
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
  gl.uniform4f(gl.getUniformLocation(program, "color"), 0, 1, 0, 1);
  return { gl, program, buffer, at };
}

function pixel(gl: WebGL2RenderingContext): number[] {
  const bytes = new Uint8Array(4);
  gl.readPixels(SIZE / 2, SIZE / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  return [...bytes];
}

/** Checks that a call has this error, and no other. */
function gives(gl: WebGL2RenderingContext, error: string, act: () => unknown): void {
  assert.equal(gl.getError(), gl.NO_ERROR, "an error from before");
  act();
  const code = gl.getError();
  const names = ["NO_ERROR", "INVALID_ENUM", "INVALID_VALUE", "INVALID_OPERATION", "CONTEXT_LOST_WEBGL"] as const;
  assert.equal(names.find((name) => gl[name] === code) ?? code, error, String(act));
  assert.equal(gl.getError(), gl.NO_ERROR, "a second error");
}

describe("objects", () => {
  test("of another context are refused", () => {
    const [gl, other] = [open(), open()];
    const theirs = other.createBuffer();
    gives(gl, "INVALID_OPERATION", () => gl.bindBuffer(gl.ARRAY_BUFFER, theirs));
    gives(gl, "INVALID_OPERATION", () => gl.deleteBuffer(theirs));
    assert.equal(gl.isBuffer(theirs), false);
  });

  test("that are deleted are refused, and deleting again does nothing", () => {
    const gl = open();
    const [texture, framebuffer] = [gl.createTexture(), gl.createFramebuffer()];
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.deleteTexture(texture);
    assert.equal(gl.getParameter(gl.TEXTURE_BINDING_2D), null);
    assert.equal(gl.isTexture(texture), false);
    gives(gl, "NO_ERROR", () => gl.deleteTexture(texture));
    gives(gl, "INVALID_OPERATION", () => gl.bindTexture(gl.TEXTURE_2D, texture));
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gives(gl, "INVALID_OPERATION", () =>
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0),
    );
  });

  test("of another class are TypeErrors that name argument, wish and fact", () => {
    const gl = open();
    const buffer = gl.createBuffer() as never;
    const bindTexture = () => gl.bindTexture(gl.TEXTURE_2D, buffer);
    const sentence =
      /^TypeError: bindTexture\(\): argument 2: expected a WebGLTexture or null, got an object of WebGLBuffer$/;
    assert.throws(bindTexture, sentence);
    assert.throws(() => gl.useProgram(5 as never), /useProgram\(\): argument 1: .* got the number 5/);
    assert.throws(() => gl.shaderSource(null as never, ""), /expected a WebGLShader, got null/);
  });

  test("a program in use that is deleted stays, until another is used", () => {
    const { gl, program } = drawing();
    gl.deleteProgram(program);
    assert.equal(gl.isProgram(program), false);
    assert.equal(gl.getProgramParameter(program, gl.DELETE_STATUS), true);
    gives(gl, "NO_ERROR", () => gl.drawArrays(gl.TRIANGLES, 0, 3));
    gl.useProgram(null);
    gives(gl, "INVALID_OPERATION", () => gl.getProgramParameter(program, gl.DELETE_STATUS));
  });

  test("bindings are the same objects that were bound", () => {
    const gl = open();
    const [buffer, array] = [gl.createBuffer(), gl.createVertexArray()];
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
    assert.equal(gl.getParameter(gl.ELEMENT_ARRAY_BUFFER_BINDING), buffer);
    assert.equal(gl.getParameter(gl.VERTEX_ARRAY_BINDING), array);
    gl.bindVertexArray(null);
    assert.equal(gl.getParameter(gl.ELEMENT_ARRAY_BUFFER_BINDING), null);
    assert.equal(gl.getParameter(gl.VERTEX_ARRAY_BINDING), null);
  });
});

describe("buffers", () => {
  test("are for indices or for other data, never for both", () => {
    const gl = open();
    const [indices, vertices] = [gl.createBuffer(), gl.createBuffer()];
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indices);
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices);
    gives(gl, "INVALID_OPERATION", () => gl.bindBuffer(gl.ARRAY_BUFFER, indices));
    gives(gl, "INVALID_OPERATION", () => gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, vertices));
    gives(gl, "INVALID_OPERATION", () => gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, indices));
    gives(gl, "NO_ERROR", () => gl.bindBuffer(gl.COPY_READ_BUFFER, indices));
    gives(gl, "INVALID_ENUM", () => gl.bindBuffer(0x90d2, vertices)); // SHADER_STORAGE_BUFFER
  });

  test("give back what was put into them", () => {
    const gl = open();
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, 16, gl.STATIC_DRAW);
    gl.bufferSubData(gl.ARRAY_BUFFER, 4, new Uint16Array([1, 2, 3, 4]), 1, 2);
    const back = new Uint8Array(16).fill(9);
    gl.getBufferSubData(gl.ARRAY_BUFFER, 0, back);
    assert.deepEqual([...back], [0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    gives(gl, "INVALID_VALUE", () => gl.bufferSubData(gl.ARRAY_BUFFER, 12, new Uint32Array(2)));
    gives(gl, "INVALID_VALUE", () => gl.getBufferSubData(gl.ARRAY_BUFFER, 8, back));
    gives(gl, "INVALID_VALUE", () => gl.bufferData(gl.ARRAY_BUFFER, null, gl.STATIC_DRAW));
    assert.equal(gl.getBufferParameter(gl.ARRAY_BUFFER, gl.BUFFER_SIZE), 16);
  });
});

describe("drawing", () => {
  for (const robustAccess of [true, false])
    test(`outside of buffers is an error, or harmless, ${robustAccess ? "by the driver" : "by looking at indices"}`, () => {
      const { gl } = drawing({ robustAccess });
      gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 1, 3));
      gives(gl, "INVALID_VALUE", () => gl.drawArrays(gl.TRIANGLES, -1, 3));
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint32Array([0, 1, 2, 0x7ffffff0, 0xfffffff, 5e8]), gl.STATIC_DRAW);
      gives(gl, "NO_ERROR", () => gl.drawElements(gl.TRIANGLES, 3, gl.UNSIGNED_INT, 0));
      assert.deepEqual(pixel(gl), [0, 255, 0, 255]);
      gl.drawElements(gl.TRIANGLES, 3, gl.UNSIGNED_INT, 12);
      assert.equal(gl.getError(), robustAccess ? gl.NO_ERROR : gl.INVALID_OPERATION);
      gives(gl, "INVALID_OPERATION", () => gl.drawElements(gl.TRIANGLES, 7, gl.UNSIGNED_INT, 0));
      gives(gl, "INVALID_OPERATION", () => gl.drawElements(gl.TRIANGLES, 1, gl.UNSIGNED_INT, 2));
      gives(gl, "INVALID_ENUM", () => gl.drawElements(gl.TRIANGLES, 3, gl.FLOAT, 0));
      gl.bufferSubData(gl.ELEMENT_ARRAY_BUFFER, 0, new Uint32Array([3]));
      gl.drawElements(gl.TRIANGLES, 3, gl.UNSIGNED_INT, 0);
      assert.equal(gl.getError(), robustAccess ? gl.NO_ERROR : gl.INVALID_OPERATION);
    });

  test("needs a program, and a buffer for each attribute that is enabled", () => {
    const { gl, buffer } = drawing();
    gl.enableVertexAttribArray(5);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 3));
    gl.disableVertexAttribArray(5);
    gl.bufferData(gl.ARRAY_BUFFER, 8, gl.STATIC_DRAW);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 3));
    gl.deleteBuffer(buffer);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 1));
    gl.useProgram(null);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 1));
    gives(gl, "INVALID_ENUM", () => gl.drawArrays(0x0e, 0, 1)); // PATCHES
  });

  test("with arrays in the program's memory is impossible", () => {
    const { gl, at } = drawing();
    gl.bindBuffer(gl.ARRAY_BUFFER, null);
    gives(gl, "INVALID_OPERATION", () => gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 64));
    gives(gl, "NO_ERROR", () => gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0));
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 3));
  });

  test("with attributes of another type is an error", () => {
    const { gl, at } = drawing();
    gl.vertexAttribIPointer(at, 2, gl.INT, 0, 0);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 1));
    gl.disableVertexAttribArray(at);
    gl.vertexAttribI4i(at, 0, 0, 0, 0);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 1));
    gl.vertexAttrib2f(at, 0, 0);
    gives(gl, "NO_ERROR", () => gl.drawArrays(gl.TRIANGLES, 0, 1));
    gives(gl, "INVALID_VALUE", () => gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 256, 0));
    gives(gl, "INVALID_OPERATION", () => gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 6, 0));
  });

  test("instances end with the buffers of theirs", () => {
    const { gl, at } = drawing();
    gl.vertexAttribDivisor(at, 2);
    gives(gl, "NO_ERROR", () => gl.drawArraysInstanced(gl.TRIANGLES, 0, 99, 6));
    gives(gl, "INVALID_OPERATION", () => gl.drawArraysInstanced(gl.TRIANGLES, 0, 3, 7));
  });

  test("a uniform block needs a buffer that is long enough", () => {
    const gl = open();
    const block = "uniform Block { vec4 color[4]; }; out vec4 o; void main() { o = color[3]; }";
    const program = programOf(gl, "void main() { gl_Position = vec4(0, 0, 0, 1); gl_PointSize = 9.0; }", block);
    gl.useProgram(program);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.POINTS, 0, 1));
    gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, gl.createBuffer());
    gl.bufferData(gl.UNIFORM_BUFFER, 60, gl.STATIC_DRAW);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.POINTS, 0, 1));
    gl.bufferData(gl.UNIFORM_BUFFER, new Float32Array(16).fill(1), gl.STATIC_DRAW);
    gives(gl, "NO_ERROR", () => gl.drawArrays(gl.POINTS, 0, 1));
    assert.deepEqual(pixel(gl), [255, 255, 255, 255]);
    gl.uniformBlockBinding(program, 0, 3);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.POINTS, 0, 1));
  });

  test("to a texture that is read is an error", () => {
    const gl = open();
    const fragment = "uniform sampler2D s; out vec4 o; void main() { o = texture(s, vec2(0.5)); }";
    const program = programOf(gl, "void main() { gl_Position = vec4(0, 0, 0, 1); gl_PointSize = 9.0; }", fragment);
    gl.useProgram(program);
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE3);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 2, gl.RGBA8, 4, 4);
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    gives(gl, "NO_ERROR", () => gl.drawArrays(gl.POINTS, 0, 1));
    gl.uniform1i(gl.getUniformLocation(program, "s"), 3);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.POINTS, 0, 1));
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_BASE_LEVEL, 1);
    gives(gl, "NO_ERROR", () => gl.drawArrays(gl.POINTS, 0, 1));
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_BASE_LEVEL, 0);
    gives(gl, "NO_ERROR", () => gl.drawArrays(gl.POINTS, 0, 1));
    gives(gl, "INVALID_VALUE", () => gl.uniform1i(gl.getUniformLocation(program, "s"), 9999));
  });
});

describe("uniforms", () => {
  test("are those of the program in use, as it is linked", () => {
    const { gl, program } = drawing();
    const location = gl.getUniformLocation(program, "color");
    gives(gl, "NO_ERROR", () => gl.uniform4fv(location, [0, 0, 1, 1]));
    gives(gl, "NO_ERROR", () => gl.uniform4fv(null, [0, 0, 1, 1]));
    gives(gl, "INVALID_VALUE", () => gl.uniform4fv(location, [0, 0, 1]));
    gives(gl, "NO_ERROR", () => gl.uniform4fv(location, new Float32Array([9, 0, 0, 1, 1, 9]), 1, 4));
    assert.deepEqual(gl.getUniform(program, location!), new Float32Array([0, 0, 1, 1]));
    gives(gl, "INVALID_OPERATION", () => gl.uniform1f(location, 1));
    gl.linkProgram(program);
    gives(gl, "INVALID_OPERATION", () => gl.uniform4f(location, 1, 1, 1, 1));
    gives(gl, "INVALID_OPERATION", () => gl.getUniform(program, location!));
    gl.useProgram(null);
    gives(gl, "INVALID_OPERATION", () => gl.uniform4f(gl.getUniformLocation(program, "color"), 1, 1, 1, 1));
    assert.equal(gl.getUniformLocation(program, "webgl_color"), null);
    assert.equal(gl.getUniformLocation(program, "other"), null);
  });
});

describe("shaders", () => {
  const log = (gl: WebGL2RenderingContext, source: string) => {
    const shader = gl.createShader(gl.VERTEX_SHADER)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    assert.equal(gl.getShaderSource(shader), source);
    return gl.getShaderParameter(shader, gl.COMPILE_STATUS) ? "" : gl.getShaderInfoLog(shader);
  };

  test("are GLSL ES 1.00 or 3.00", () => {
    const gl = open();
    assert.equal(log(gl, "void main() { gl_Position = vec4(0); }"), "");
    assert.equal(log(gl, "#version 300 es\nvoid main() { gl_Position = vec4(0); } // ü 𝒳"), "");
    assert.match(log(gl, "#version 310 es\nvoid main() { gl_Position = vec4(0); }")!, /'310 es' : WebGL 2 has GLSL ES/);
    assert.match(log(gl, "void main() { float webgl_x; }")!, /0:1: 'webgl_x'/);
    assert.match(log(gl, "void main() { nonsense }")!, /nonsense|syntax/);
    gives(gl, "INVALID_ENUM", () => assert.equal(gl.createShader(0x91b9), null)); // COMPUTE_SHADER
  });
});

describe("state", () => {
  test("has what WebGL has, and no more", () => {
    const gl = open();
    gives(gl, "INVALID_ENUM", () => gl.enable(0x92e0)); // DEBUG_OUTPUT
    gives(gl, "INVALID_ENUM", () => gl.blendEquation(0x9294)); // MULTIPLY
    gives(gl, "INVALID_OPERATION", () => gl.blendFunc(gl.CONSTANT_COLOR, gl.CONSTANT_ALPHA));
    gives(gl, "INVALID_OPERATION", () => gl.depthRange(1, 0));
    gives(gl, "INVALID_VALUE", () => gl.clear(1));
    gives(gl, "INVALID_ENUM", () => gl.getParameter(gl.TEXTURE_WRAP_S));
    gives(gl, "INVALID_VALUE", () => gl.pixelStorei(gl.UNPACK_ALIGNMENT, 3));
    gives(gl, "INVALID_ENUM", () => gl.getParameter(0x84ff)); // MAX_TEXTURE_MAX_ANISOTROPY_EXT, not asked for yet
    if (gl.getExtension("ext_texture_filter_ANISOTROPIC")) assert.ok((gl.getParameter(0x84ff) as number) >= 2);
  });

  test("different references of front and back are errors of drawing", () => {
    const { gl } = drawing();
    gl.stencilFuncSeparate(gl.BACK, gl.ALWAYS, 5, 255);
    gives(gl, "INVALID_OPERATION", () => gl.drawArrays(gl.TRIANGLES, 0, 3));
    gl.stencilFuncSeparate(gl.FRONT, gl.ALWAYS, 5, 255);
    gives(gl, "NO_ERROR", () => gl.drawArrays(gl.TRIANGLES, 0, 3));
  });

  test("parameters have WebGL's types", () => {
    const gl = open();
    const types: [number, unknown][] = [
      [gl.VIEWPORT, new Int32Array([0, 0, SIZE, SIZE])],
      [gl.COLOR_CLEAR_VALUE, new Float32Array(4)],
      [gl.COLOR_WRITEMASK, [true, true, true, true]],
      [gl.DEPTH_RANGE, new Float32Array([0, 1])],
      [gl.BLEND, false],
      [gl.STENCIL_WRITEMASK, 0xffffffff],
      [gl.UNPACK_FLIP_Y_WEBGL, false],
      [gl.CURRENT_PROGRAM, null],
      [gl.COMPRESSED_TEXTURE_FORMATS, new Uint32Array(0)],
      [gl.DRAW_BUFFER0, gl.BACK],
      [gl.SAMPLER_BINDING, null],
    ];
    for (const [name, value] of types) assert.deepEqual(gl.getParameter(name), value, `0x${name.toString(16)}`);
    assert.match(gl.getParameter(gl.VERSION) as string, /^WebGL 2\.0/);
    assert.ok((gl.getParameter(gl.MAX_TEXTURE_SIZE) as number) >= 2048);
    assert.equal(typeof gl.getParameter(gl.MAX_ELEMENT_INDEX), "number");
    assert.ok(gl.getInternalformatParameter(gl.RENDERBUFFER, gl.RGBA8, gl.SAMPLES) instanceof Int32Array);
    const format = gl.getShaderPrecisionFormat(gl.FRAGMENT_SHADER, gl.HIGH_FLOAT)!;
    assert.ok(format.precision >= 23 && format.rangeMin >= 62);
  });
});

describe("reading", () => {
  test("fits the view, and leaves what is outside of the buffer", () => {
    const gl = open();
    gl.clearColor(1, 0.5, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const bytes = new Uint8Array(16).fill(7);
    gives(gl, "INVALID_OPERATION", () => gl.readPixels(0, 0, 2, 3, gl.RGBA, gl.UNSIGNED_BYTE, bytes));
    gives(gl, "INVALID_OPERATION", () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Float32Array(4)));
    gives(gl, "INVALID_OPERATION", () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, 0));
    gives(gl, "NO_ERROR", () => gl.readPixels(-1, 0, 2, 1, gl.RGBA, gl.UNSIGNED_BYTE, bytes));
    assert.deepEqual([...bytes.subarray(0, 8)], [7, 7, 7, 7, 255, 128, 0, 255]);
    gl.readBuffer(gl.NONE);
    gives(gl, "INVALID_OPERATION", () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, bytes));
  });

  test("memory of the driver is never seen: what was not written is zero", () => {
    const gl = open();
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    const renderbuffer = gl.createRenderbuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, renderbuffer);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, SIZE, SIZE);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, renderbuffer);
    assert.deepEqual(pixel(gl), [0, 0, 0, 0]);
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, SIZE, SIZE, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    assert.deepEqual(pixel(gl), [0, 0, 0, 0]);
    assert.equal(gl.getError(), gl.NO_ERROR);
  });
});

describe("images of textures", () => {
  /** The texture that `upload` makes, read back. */
  function uploaded(upload: (gl: WebGL2RenderingContext) => void, width = 2, height = 2): number[] {
    const gl = open();
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    upload(gl);
    assert.equal(gl.getError(), gl.NO_ERROR);
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const bytes = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    return [...bytes];
  }
  const red = [255, 0, 0, 255];
  const faint = [0, 255, 0, 51];
  const pixels = [...red, ...red, ...faint, ...faint];
  const image = { width: 2, height: 2, data: new Uint8ClampedArray(pixels) };

  test("are turned over and multiplied, from memory and from images", () => {
    const upload = (flip: boolean, multiply: boolean, source: object | null) => (gl: WebGL2RenderingContext) => {
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, flip);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, multiply);
      const { TEXTURE_2D, RGBA, UNSIGNED_BYTE } = gl;
      if (source !== null) gl.texImage2D(TEXTURE_2D, 0, RGBA, RGBA, UNSIGNED_BYTE, source);
      else gl.texImage2D(TEXTURE_2D, 0, RGBA, 2, 2, 0, RGBA, UNSIGNED_BYTE, new Uint8Array(pixels));
    };
    for (const source of [null, image]) {
      assert.deepEqual(uploaded(upload(false, false, source)), pixels);
      assert.deepEqual(uploaded(upload(true, false, source)), [...faint, ...faint, ...red, ...red]);
      const multiplied = [0, 51, 0, 51];
      assert.deepEqual(uploaded(upload(false, true, source)), [...red, ...red, ...multiplied, ...multiplied]);
    }
  });

  test("rows may lie apart, and parts be taken of larger images", () => {
    const padded = new Uint8Array([9, 9, 9, 9, ...red, 8, 8, 8, 8, ...faint]);
    const part = (gl: WebGL2RenderingContext) => {
      gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 2);
      gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 1);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1, 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, padded);
    };
    assert.deepEqual(uploaded(part, 1, 2), [...red, ...faint]);
    const flipped = (gl: WebGL2RenderingContext) => {
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
      part(gl);
    };
    assert.deepEqual(uploaded(flipped, 1, 2), [...faint, ...red]);
  });

  test("are converted to formats with fewer bits and components", () => {
    const as = (internal: string, format: string, type: string) =>
      uploaded((gl) => {
        const name = (one: string) => (gl as unknown as Record<string, number>)[one]!;
        gl.texImage2D(gl.TEXTURE_2D, 0, name(internal), name(format), name(type), image);
      }).slice(0, 4);
    assert.deepEqual(as("RGB565", "RGB", "UNSIGNED_SHORT_5_6_5"), red);
    assert.deepEqual(as("RGBA4", "RGBA", "UNSIGNED_SHORT_4_4_4_4"), red);
    assert.deepEqual(as("RGB", "RGB", "UNSIGNED_BYTE"), red);
    assert.deepEqual(as("RG8", "RG", "UNSIGNED_BYTE"), [255, 0, 0, 255]);
  });

  test("have to fit: size, format, type and view", () => {
    const gl = open();
    const { TEXTURE_2D, RGBA, UNSIGNED_BYTE } = gl;
    const give = (internal: number, format: number, type: number, view: ArrayBufferView) => () =>
      gl.texImage2D(TEXTURE_2D, 0, internal, 2, 2, 0, format, type, view);
    gives(gl, "INVALID_OPERATION", give(RGBA, RGBA, UNSIGNED_BYTE, new Uint8Array(16))); // no texture
    gl.bindTexture(TEXTURE_2D, gl.createTexture());
    gives(gl, "NO_ERROR", give(RGBA, RGBA, UNSIGNED_BYTE, new Uint8Array(16)));
    gives(gl, "INVALID_OPERATION", give(RGBA, RGBA, UNSIGNED_BYTE, new Uint8Array(15)));
    gives(gl, "INVALID_OPERATION", give(RGBA, RGBA, UNSIGNED_BYTE, new Float32Array(16)));
    gives(gl, "INVALID_OPERATION", give(gl.RGBA8, gl.RGB, UNSIGNED_BYTE, new Uint8Array(16)));
    gives(gl, "INVALID_ENUM", give(RGBA, 0x80e1, UNSIGNED_BYTE, new Uint8Array(16))); // BGRA
    gives(gl, "INVALID_ENUM", () => gl.compressedTexImage2D(TEXTURE_2D, 0, 0x83f0, 4, 4, 0, new Uint8Array(8)));
    if (gl.getExtension("WEBGL_compressed_texture_s3tc")) {
      gives(gl, "NO_ERROR", () => gl.compressedTexImage2D(TEXTURE_2D, 0, 0x83f0, 4, 4, 0, new Uint8Array(8)));
      gives(gl, "INVALID_VALUE", () => gl.compressedTexImage2D(TEXTURE_2D, 0, 0x83f0, 4, 4, 0, new Uint8Array(9)));
    }
  });
});

test("a transform feedback writes what a program computes, and its buffers are its own meanwhile", () => {
  const gl = open();
  const program = gl.createProgram();
  const sources = {
    VERTEX_SHADER: "out float v; void main() { v = float(gl_VertexID) * 2.0; }",
    FRAGMENT_SHADER: "void main() {}",
  };
  for (const [type, source] of Object.entries(sources)) {
    const shader = gl.createShader(gl[type as "VERTEX_SHADER"])!;
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\n${source}`);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.transformFeedbackVaryings(program, ["v"], gl.INTERLEAVED_ATTRIBS);
  gl.linkProgram(program);
  gl.useProgram(program);
  assert.deepEqual({ ...gl.getTransformFeedbackVarying(program, 0) }, { name: "v", size: 1, type: gl.FLOAT });
  const buffer: WebGLBuffer = gl.createBuffer();
  gl.bindBufferBase(gl.TRANSFORM_FEEDBACK_BUFFER, 0, buffer);
  gl.bufferData(gl.TRANSFORM_FEEDBACK_BUFFER, 16, gl.DYNAMIC_READ);
  gl.enable(gl.RASTERIZER_DISCARD);
  gl.beginTransformFeedback(gl.POINTS);
  gives(gl, "INVALID_OPERATION", () => gl.useProgram(null));
  gives(gl, "INVALID_OPERATION", () => gl.linkProgram(program));
  gives(gl, "INVALID_OPERATION", () => gl.bufferData(gl.TRANSFORM_FEEDBACK_BUFFER, 4, gl.DYNAMIC_READ));
  gives(gl, "NO_ERROR", () => gl.drawArrays(gl.POINTS, 0, 4));
  gl.endTransformFeedback();
  const values = new Float32Array(4);
  gl.getBufferSubData(gl.TRANSFORM_FEEDBACK_BUFFER, 0, values);
  assert.deepEqual([...values], [0, 2, 4, 6]);
});

test("results of queries and fences come when the event loop has gone round", async () => {
  const { gl } = drawing();
  const query = gl.createQuery();
  gl.beginQuery(gl.ANY_SAMPLES_PASSED, query);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  gl.endQuery(gl.ANY_SAMPLES_PASSED);
  const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)!;
  gl.flush();
  assert.equal(gl.getQueryParameter(query, gl.QUERY_RESULT_AVAILABLE), false);
  assert.equal(gl.getSyncParameter(sync, gl.SYNC_STATUS), gl.UNSIGNALED);
  gl.finish();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.equal(gl.getQueryParameter(query, gl.QUERY_RESULT_AVAILABLE), true);
  assert.equal(gl.getQueryParameter(query, gl.QUERY_RESULT), true);
  assert.equal(gl.getSyncParameter(sync, gl.SYNC_STATUS), gl.SIGNALED);
  gives(gl, "INVALID_OPERATION", () => gl.clientWaitSync(sync, 0, 1e12));
});

describe("loss", () => {
  test("a lost context does nothing, and can be restored", async () => {
    const canvas = new Canvas(SIZE, SIZE);
    const gl = canvas.getContext("webgl2", { antialias: false })!;
    const buffer = gl.createBuffer();
    const extension = gl.getExtension("WEBGL_lose_context") as { loseContext(): void; restoreContext(): void };
    const lost = new Promise<Event>((resolve) => {
      canvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault();
        resolve(event);
      });
    });
    extension.loseContext();
    assert.equal(gl.isContextLost(), true);
    assert.equal(gl.getError(), gl.CONTEXT_LOST_WEBGL);
    gives(gl, "NO_ERROR", () => {
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    });
    assert.equal(gl.getParameter(gl.VERSION), null);
    assert.equal(gl.isBuffer(buffer), false);
    assert.equal(gl.checkFramebufferStatus(gl.FRAMEBUFFER), gl.FRAMEBUFFER_UNSUPPORTED);
    assert.ok(gl.createTexture());
    await lost;
    await new Promise((resolve) => setImmediate(resolve));
    const restored = new Promise((resolve) => canvas.addEventListener("webglcontextrestored", resolve));
    extension.restoreContext();
    await restored;
    assert.equal(gl.isContextLost(), false);
    gives(gl, "INVALID_OPERATION", () => gl.bindBuffer(gl.ARRAY_BUFFER, buffer));
    gl.clearColor(0, 0, 1, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    assert.deepEqual(pixel(gl), [0, 0, 255, 255]);
  });

  test("nobody prevents it: then it stays lost", async () => {
    const gl = open();
    const extension = gl.getExtension("WEBGL_lose_context") as { loseContext(): void; restoreContext(): void };
    extension.loseContext();
    gl.getError();
    await new Promise((resolve) => setTimeout(resolve, 5));
    gives(gl, "INVALID_OPERATION", () => extension.restoreContext());
  });
});

describe("the drawing buffer", () => {
  test("has the attributes it says, and the size of its canvas", () => {
    const canvas = new Canvas(20, 10);
    const gl = canvas.getContext("webgl2", { alpha: false, depth: false, stencil: true, antialias: true })!;
    assert.equal(canvas.getContext("webgl2"), gl);
    assert.equal(canvas.getContext("2d"), null);
    const attributes = gl.getContextAttributes()!;
    assert.equal(gl.getParameter(gl.ALPHA_BITS), attributes.alpha ? 8 : 0);
    assert.equal((gl.getParameter(gl.DEPTH_BITS) as number) > 0, attributes.depth);
    assert.equal((gl.getParameter(gl.STENCIL_BITS) as number) > 0, attributes.stencil);
    assert.equal((gl.getParameter(gl.SAMPLES) as number) > 0, attributes.antialias);
    canvas.width = 33;
    assert.deepEqual([gl.drawingBufferWidth, gl.drawingBufferHeight], [33, 10]);
    assert.deepEqual(gl.getParameter(gl.VIEWPORT), new Int32Array([0, 0, 20, 10]));
    gl.clearColor(1, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const { width, height, data } = canvas.pixels()!;
    assert.deepEqual([width, height, [...data.subarray(-4)]], [33, 10, [255, 0, 0, 255]]);
  });

  test("two contexts draw in turn, each to its own", () => {
    const [first, second] = [open(), open()];
    first.clearColor(1, 0, 0, 1);
    second.clearColor(0, 1, 0, 1);
    first.clear(first.COLOR_BUFFER_BIT);
    second.clear(second.COLOR_BUFFER_BIT);
    assert.deepEqual(
      [pixel(first), pixel(second)],
      [
        [255, 0, 0, 255],
        [0, 255, 0, 255],
      ],
    );
  });

  test("errors of WebGL's own rules can be listened to", () => {
    const heard: string[] = [];
    const gl = open({ onError: (name: string, message: string) => heard.push(`${name}: ${message}`) });
    gl.enable(1);
    assert.deepEqual(heard, ["INVALID_ENUM: enable(): no capability of WebGL"]);
  });
});
