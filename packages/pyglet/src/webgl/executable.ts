/** What the linker made of a program: uniforms, samplers, attributes and uniform blocks. */
import * as GL from "../native/gles/generated/gl3.ts";
import type { Executable, Uniform } from "./objects.ts";
import { ints, text, uints } from "./scratch.ts";

const { libGLESv2: gl } = GL;

/** How the values of a uniform are read: of which kind, and how many. */
export interface UniformKind {
  kind: "float" | "int" | "uint" | "bool" | "sampler";
  components: number;
}

function kinds(): Map<number, UniformKind> {
  const table = new Map<number, UniformKind>();
  const add = (kind: UniformKind["kind"], types: number[], components: number[]) => {
    for (const [at, type] of types.entries()) table.set(type, { kind, components: components[at] ?? 1 });
  };
  const vectors = [1, 2, 3, 4];
  add("float", [GL.GL_FLOAT, GL.GL_FLOAT_VEC2, GL.GL_FLOAT_VEC3, GL.GL_FLOAT_VEC4], vectors);
  add("int", [GL.GL_INT, GL.GL_INT_VEC2, GL.GL_INT_VEC3, GL.GL_INT_VEC4], vectors);
  add("bool", [GL.GL_BOOL, GL.GL_BOOL_VEC2, GL.GL_BOOL_VEC3, GL.GL_BOOL_VEC4], vectors);
  const unsigned = [GL.GL_UNSIGNED_INT, GL.GL_UNSIGNED_INT_VEC2, GL.GL_UNSIGNED_INT_VEC3, GL.GL_UNSIGNED_INT_VEC4];
  add("uint", unsigned, vectors);
  add("float", [GL.GL_FLOAT_MAT2, GL.GL_FLOAT_MAT3, GL.GL_FLOAT_MAT4], [4, 9, 16]);
  add("float", [GL.GL_FLOAT_MAT2x3, GL.GL_FLOAT_MAT2x4, GL.GL_FLOAT_MAT3x2], [6, 8, 6]);
  add("float", [GL.GL_FLOAT_MAT3x4, GL.GL_FLOAT_MAT4x2, GL.GL_FLOAT_MAT4x3], [12, 8, 12]);
  add("sampler", [...SAMPLERS.keys()], []);
  return table;
}

/** Which target of textures each type of sampler reads. */
export const SAMPLERS: ReadonlyMap<number, number> = new Map([
  [GL.GL_SAMPLER_2D, GL.GL_TEXTURE_2D],
  [GL.GL_SAMPLER_2D_SHADOW, GL.GL_TEXTURE_2D],
  [GL.GL_INT_SAMPLER_2D, GL.GL_TEXTURE_2D],
  [GL.GL_UNSIGNED_INT_SAMPLER_2D, GL.GL_TEXTURE_2D],
  [GL.GL_SAMPLER_CUBE, GL.GL_TEXTURE_CUBE_MAP],
  [GL.GL_SAMPLER_CUBE_SHADOW, GL.GL_TEXTURE_CUBE_MAP],
  [GL.GL_INT_SAMPLER_CUBE, GL.GL_TEXTURE_CUBE_MAP],
  [GL.GL_UNSIGNED_INT_SAMPLER_CUBE, GL.GL_TEXTURE_CUBE_MAP],
  [GL.GL_SAMPLER_3D, GL.GL_TEXTURE_3D],
  [GL.GL_INT_SAMPLER_3D, GL.GL_TEXTURE_3D],
  [GL.GL_UNSIGNED_INT_SAMPLER_3D, GL.GL_TEXTURE_3D],
  [GL.GL_SAMPLER_2D_ARRAY, GL.GL_TEXTURE_2D_ARRAY],
  [GL.GL_SAMPLER_2D_ARRAY_SHADOW, GL.GL_TEXTURE_2D_ARRAY],
  [GL.GL_INT_SAMPLER_2D_ARRAY, GL.GL_TEXTURE_2D_ARRAY],
  [GL.GL_UNSIGNED_INT_SAMPLER_2D_ARRAY, GL.GL_TEXTURE_2D_ARRAY],
]);

export const UNIFORM_KINDS: ReadonlyMap<number, UniformKind> = kinds();

/** How many attributes a matrix takes, by its components: one a column. */
const COLUMNS: Record<number, number> = {
  [GL.GL_FLOAT_MAT2]: 2,
  [GL.GL_FLOAT_MAT2x3]: 2,
  [GL.GL_FLOAT_MAT2x4]: 2,
  [GL.GL_FLOAT_MAT3]: 3,
  [GL.GL_FLOAT_MAT3x2]: 3,
  [GL.GL_FLOAT_MAT3x4]: 3,
  [GL.GL_FLOAT_MAT4]: 4,
  [GL.GL_FLOAT_MAT4x2]: 4,
  [GL.GL_FLOAT_MAT4x3]: 4,
};

/** Null if the program did not link. */
export function executableOf(program: number): Executable | null {
  if (parameter(program, GL.GL_LINK_STATUS) === 0) return null;
  const uniforms = uniformsOf(program);
  return {
    uniforms,
    samplers: [...uniforms.values()].filter(({ units }) => units !== null),
    attributes: attributesOf(program),
    blocks: blocksOf(program),
  };
}

function parameter(program: number, name: number): number {
  gl.glGetProgramiv(program, name, ints);
  return ints[0]!;
}

function uniformsOf(program: number): Map<string, Uniform> {
  const uniforms = new Map<string, Uniform>();
  const count = parameter(program, GL.GL_ACTIVE_UNIFORMS);
  for (let index = 0; index < count; index++) {
    uints[0] = index;
    gl.glGetActiveUniformsiv(program, 1, uints, GL.GL_UNIFORM_BLOCK_INDEX, ints.subarray(1));
    if (ints[1] !== -1) continue;
    const full = text(4096, (room) =>
      gl.glGetActiveUniform(program, index, room.length, null, ints, uints.subarray(1), room),
    );
    const [size, type, name] = [ints[0]!, uints[1]!, full.replace(/\[0\]$/, "")];
    uniforms.set(name, { name, type, size, units: SAMPLERS.has(type) ? new Int32Array(size) : null });
  }
  return uniforms;
}

function attributesOf(program: number): Executable["attributes"] {
  const attributes: { index: number; count: number; kind: number }[] = [];
  const count = parameter(program, GL.GL_ACTIVE_ATTRIBUTES);
  for (let at = 0; at < count; at++) {
    const name = text(4096, (room) =>
      gl.glGetActiveAttrib(program, at, room.length, null, ints, uints.subarray(1), room),
    );
    const type = uints[1]!;
    const size = ints[0]!;
    const index = gl.glGetAttribLocation(program, name);
    // gl_VertexID and gl_InstanceID are at no location.
    if (index >= 0) attributes.push({ index, count: (COLUMNS[type] ?? 1) * size, kind: attributeKind(type) });
  }
  return attributes;
}

function attributeKind(type: number): number {
  const kind = UNIFORM_KINDS.get(type)?.kind;
  return kind === "int" ? GL.GL_INT : kind === "uint" ? GL.GL_UNSIGNED_INT : GL.GL_FLOAT;
}

function blocksOf(program: number): Executable["blocks"] {
  const blocks: { byteLength: number; binding: number }[] = [];
  const count = parameter(program, GL.GL_ACTIVE_UNIFORM_BLOCKS);
  for (let index = 0; index < count; index++) {
    gl.glGetActiveUniformBlockiv(program, index, GL.GL_UNIFORM_BLOCK_DATA_SIZE, ints);
    gl.glGetActiveUniformBlockiv(program, index, GL.GL_UNIFORM_BLOCK_BINDING, ints.subarray(1));
    blocks.push({ byteLength: ints[0]!, binding: ints[1]! });
  }
  return blocks;
}
