/**
 * WebGL's constants: those of OpenGL ES 3.0 that WebGL has, without the prefix, and its own six.
 *
 * They are properties of the context and of its class.
 */
import * as gles from "../native/gles/generated/gl3.types.ts";

/** What WebGL's specification defines itself. */
const OWN = {
  UNPACK_FLIP_Y_WEBGL: 0x9240,
  UNPACK_PREMULTIPLY_ALPHA_WEBGL: 0x9241,
  CONTEXT_LOST_WEBGL: 0x9242,
  UNPACK_COLORSPACE_CONVERSION_WEBGL: 0x9243,
  BROWSER_DEFAULT_WEBGL: 0x9244,
  MAX_CLIENT_WAIT_TIMEOUT_WEBGL: 0x9247,
} as const;

export const {
  UNPACK_FLIP_Y_WEBGL,
  UNPACK_PREMULTIPLY_ALPHA_WEBGL,
  CONTEXT_LOST_WEBGL,
  UNPACK_COLORSPACE_CONVERSION_WEBGL,
  BROWSER_DEFAULT_WEBGL,
  MAX_CLIENT_WAIT_TIMEOUT_WEBGL,
} = OWN;

/** What OpenGL ES 3.0 has and WebGL does not. */
const ONLY_IN_GLES = [
  "GLES_PROTOTYPES",
  "ES_VERSION_2_0",
  "FALSE",
  "TRUE",
  "NUM_COMPRESSED_TEXTURE_FORMATS",
  "FIXED",
  "ACTIVE_UNIFORM_MAX_LENGTH",
  "ACTIVE_ATTRIBUTE_MAX_LENGTH",
  "EXTENSIONS",
  "INFO_LOG_LENGTH",
  "SHADER_SOURCE_LENGTH",
  "SHADER_COMPILER",
  "SHADER_BINARY_FORMATS",
  "NUM_SHADER_BINARY_FORMATS",
  "ES_VERSION_3_0",
  "BUFFER_MAPPED",
  "BUFFER_MAP_POINTER",
  "MAJOR_VERSION",
  "MINOR_VERSION",
  "NUM_EXTENSIONS",
  "TRANSFORM_FEEDBACK_VARYING_MAX_LENGTH",
  "BUFFER_ACCESS_FLAGS",
  "BUFFER_MAP_LENGTH",
  "BUFFER_MAP_OFFSET",
  "FRAMEBUFFER_UNDEFINED",
  "COLOR_ATTACHMENT16",
  "COLOR_ATTACHMENT17",
  "COLOR_ATTACHMENT18",
  "COLOR_ATTACHMENT19",
  "COLOR_ATTACHMENT20",
  "COLOR_ATTACHMENT21",
  "COLOR_ATTACHMENT22",
  "COLOR_ATTACHMENT23",
  "COLOR_ATTACHMENT24",
  "COLOR_ATTACHMENT25",
  "COLOR_ATTACHMENT26",
  "COLOR_ATTACHMENT27",
  "COLOR_ATTACHMENT28",
  "COLOR_ATTACHMENT29",
  "COLOR_ATTACHMENT30",
  "COLOR_ATTACHMENT31",
  "MAP_READ_BIT",
  "MAP_WRITE_BIT",
  "MAP_INVALIDATE_RANGE_BIT",
  "MAP_INVALIDATE_BUFFER_BIT",
  "MAP_FLUSH_EXPLICIT_BIT",
  "MAP_UNSYNCHRONIZED_BIT",
  "PRIMITIVE_RESTART_FIXED_INDEX",
  "ACTIVE_UNIFORM_BLOCK_MAX_NAME_LENGTH",
  "UNIFORM_NAME_LENGTH",
  "UNIFORM_BLOCK_NAME_LENGTH",
  "TEXTURE_SWIZZLE_R",
  "TEXTURE_SWIZZLE_G",
  "TEXTURE_SWIZZLE_B",
  "TEXTURE_SWIZZLE_A",
  "GREEN",
  "BLUE",
  "PROGRAM_BINARY_RETRIEVABLE_HINT",
  "PROGRAM_BINARY_LENGTH",
  "NUM_PROGRAM_BINARY_FORMATS",
  "PROGRAM_BINARY_FORMATS",
  "COMPRESSED_R11_EAC",
  "COMPRESSED_SIGNED_R11_EAC",
  "COMPRESSED_RG11_EAC",
  "COMPRESSED_SIGNED_RG11_EAC",
  "COMPRESSED_RGB8_ETC2",
  "COMPRESSED_SRGB8_ETC2",
  "COMPRESSED_RGB8_PUNCHTHROUGH_ALPHA1_ETC2",
  "COMPRESSED_SRGB8_PUNCHTHROUGH_ALPHA1_ETC2",
  "COMPRESSED_RGBA8_ETC2_EAC",
  "COMPRESSED_SRGB8_ALPHA8_ETC2_EAC",
  "NUM_SAMPLE_COUNTS",
] as const;

type NameIn<Key> = Key extends `GL_${infer Name}` ? Exclude<Name, (typeof ONLY_IN_GLES)[number]> : never;

/** The constants, by their names in WebGL. */
export type Constants = { readonly [Name in NameIn<keyof typeof gles> | keyof typeof OWN]: number };

function constantsOf(): Constants {
  const constants: Record<string, number> = {};
  const others = new Set<string>(ONLY_IN_GLES.map((name) => `GL_${name}`));
  for (const [name, value] of Object.entries(gles)) {
    if (!name.startsWith("GL_") || others.has(name)) continue;
    if (typeof value === "number" || typeof value === "bigint") constants[name.slice(3)] = Number(value);
  }
  // A GLint64 in WebGL's interface, of the bits of GL's unsigned one.
  return { ...constants, TIMEOUT_IGNORED: -1, ...OWN } as unknown as Constants;
}

export const CONSTANTS: Constants = constantsOf();
