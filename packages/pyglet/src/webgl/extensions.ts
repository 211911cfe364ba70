/** What extensions of WebGL are made of: their constants, and which of OpenGL ES they need. */
import type { Block } from "./formats.ts";

export interface Extension {
  /** Extensions of OpenGL ES; all must be there. */
  needs: readonly string[];
  constants: Readonly<Record<string, number>>;
  /** Compressed formats, if it is about these. */
  blocks?: ReadonlyMap<number, Block>;
}

function blocks(constants: Record<string, number>, bytesOf: (name: string) => number, isWhole: boolean) {
  const sizes = Object.entries(constants).map(([name, format]): [number, Block] => {
    const [, width, height] = /_(\d+)x(\d+)_/.exec(name) ?? [null, "4", "4"];
    return [format, { width: Number(width), height: Number(height), bytes: bytesOf(name), isWhole }];
  });
  return new Map(sizes);
}

const S3TC = {
  COMPRESSED_RGB_S3TC_DXT1_EXT: 0x83f0,
  COMPRESSED_RGBA_S3TC_DXT1_EXT: 0x83f1,
  COMPRESSED_RGBA_S3TC_DXT3_EXT: 0x83f2,
  COMPRESSED_RGBA_S3TC_DXT5_EXT: 0x83f3,
};
const S3TC_SRGB = {
  COMPRESSED_SRGB_S3TC_DXT1_EXT: 0x8c4c,
  COMPRESSED_SRGB_ALPHA_S3TC_DXT1_EXT: 0x8c4d,
  COMPRESSED_SRGB_ALPHA_S3TC_DXT3_EXT: 0x8c4e,
  COMPRESSED_SRGB_ALPHA_S3TC_DXT5_EXT: 0x8c4f,
};
const RGTC = {
  COMPRESSED_RED_RGTC1_EXT: 0x8dbb,
  COMPRESSED_SIGNED_RED_RGTC1_EXT: 0x8dbc,
  COMPRESSED_RED_GREEN_RGTC2_EXT: 0x8dbd,
  COMPRESSED_SIGNED_RED_GREEN_RGTC2_EXT: 0x8dbe,
};
const BPTC = {
  COMPRESSED_RGBA_BPTC_UNORM_EXT: 0x8e8c,
  COMPRESSED_SRGB_ALPHA_BPTC_UNORM_EXT: 0x8e8d,
  COMPRESSED_RGB_BPTC_SIGNED_FLOAT_EXT: 0x8e8e,
  COMPRESSED_RGB_BPTC_UNSIGNED_FLOAT_EXT: 0x8e8f,
};
const ETC = {
  COMPRESSED_R11_EAC: 0x9270,
  COMPRESSED_SIGNED_R11_EAC: 0x9271,
  COMPRESSED_RG11_EAC: 0x9272,
  COMPRESSED_SIGNED_RG11_EAC: 0x9273,
  COMPRESSED_RGB8_ETC2: 0x9274,
  COMPRESSED_SRGB8_ETC2: 0x9275,
  COMPRESSED_RGB8_PUNCHTHROUGH_ALPHA1_ETC2: 0x9276,
  COMPRESSED_SRGB8_PUNCHTHROUGH_ALPHA1_ETC2: 0x9277,
  COMPRESSED_RGBA8_ETC2_EAC: 0x9278,
  COMPRESSED_SRGB8_ALPHA8_ETC2_EAC: 0x9279,
};
const ETC1 = { COMPRESSED_RGB_ETC1_WEBGL: 0x8d64 };

function astc(): Record<string, number> {
  const sizes = "4x4 5x4 5x5 6x5 6x6 8x5 8x6 8x8 10x5 10x6 10x8 10x10 12x10 12x12".split(" ");
  const constants: Record<string, number> = {};
  for (const [index, size] of sizes.entries()) {
    constants[`COMPRESSED_RGBA_ASTC_${size}_KHR`] = 0x93b0 + index;
    constants[`COMPRESSED_SRGB8_ALPHA8_ASTC_${size}_KHR`] = 0x93d0 + index;
  }
  return constants;
}
const ASTC = astc();

function clipDistances(): Record<string, number> {
  const constants: Record<string, number> = {
    MAX_CLIP_DISTANCES_WEBGL: 0x0d32,
    MAX_CULL_DISTANCES_WEBGL: 0x82f9,
    MAX_COMBINED_CLIP_AND_CULL_DISTANCES_WEBGL: 0x82fa,
  };
  for (let index = 0; index < 8; index++) constants[`CLIP_DISTANCE${index}_WEBGL`] = 0x3000 + index;
  return constants;
}

/** By their names in WebGL. An extension that does something beyond this has it in `context/extensions.ts`. */
export const EXTENSIONS: Readonly<Record<string, Extension>> = {
  EXT_clip_control: {
    needs: ["EXT_clip_control"],
    constants: {
      LOWER_LEFT_EXT: 0x8ca1,
      UPPER_LEFT_EXT: 0x8ca2,
      NEGATIVE_ONE_TO_ONE_EXT: 0x935e,
      ZERO_TO_ONE_EXT: 0x935f,
      CLIP_ORIGIN_EXT: 0x935c,
      CLIP_DEPTH_MODE_EXT: 0x935d,
    },
  },
  EXT_color_buffer_float: { needs: ["EXT_color_buffer_float"], constants: {} },
  EXT_color_buffer_half_float: {
    needs: ["EXT_color_buffer_half_float"],
    constants: {
      RGBA16F_EXT: 0x881a,
      RGB16F_EXT: 0x881b,
      FRAMEBUFFER_ATTACHMENT_COMPONENT_TYPE_EXT: 0x8211,
      UNSIGNED_NORMALIZED_EXT: 0x8c17,
    },
  },
  EXT_conservative_depth: { needs: ["EXT_conservative_depth"], constants: {} },
  EXT_depth_clamp: { needs: ["EXT_depth_clamp"], constants: { DEPTH_CLAMP_EXT: 0x864f } },
  EXT_disjoint_timer_query_webgl2: {
    needs: ["EXT_disjoint_timer_query"],
    constants: {
      QUERY_COUNTER_BITS_EXT: 0x8864,
      TIME_ELAPSED_EXT: 0x88bf,
      TIMESTAMP_EXT: 0x8e28,
      GPU_DISJOINT_EXT: 0x8fbb,
    },
  },
  EXT_float_blend: { needs: ["EXT_float_blend"], constants: {} },
  EXT_polygon_offset_clamp: {
    needs: ["EXT_polygon_offset_clamp"],
    constants: { POLYGON_OFFSET_CLAMP_EXT: 0x8e1b },
  },
  EXT_render_snorm: { needs: ["EXT_render_snorm"], constants: {} },
  EXT_texture_compression_bptc: {
    needs: ["EXT_texture_compression_bptc"],
    constants: BPTC,
    blocks: blocks(BPTC, () => 16, true),
  },
  EXT_texture_compression_rgtc: {
    needs: ["EXT_texture_compression_rgtc"],
    constants: RGTC,
    blocks: blocks(RGTC, (name) => (name.includes("GREEN") ? 16 : 8), true),
  },
  EXT_texture_filter_anisotropic: {
    needs: ["EXT_texture_filter_anisotropic"],
    constants: { TEXTURE_MAX_ANISOTROPY_EXT: 0x84fe, MAX_TEXTURE_MAX_ANISOTROPY_EXT: 0x84ff },
  },
  EXT_texture_mirror_clamp_to_edge: {
    needs: ["EXT_texture_mirror_clamp_to_edge"],
    constants: { MIRROR_CLAMP_TO_EDGE_EXT: 0x8743 },
  },
  EXT_texture_norm16: {
    needs: ["EXT_texture_norm16"],
    constants: {
      R16_EXT: 0x822a,
      RG16_EXT: 0x822c,
      RGB16_EXT: 0x8054,
      RGBA16_EXT: 0x805b,
      R16_SNORM_EXT: 0x8f98,
      RG16_SNORM_EXT: 0x8f99,
      RGB16_SNORM_EXT: 0x8f9a,
      RGBA16_SNORM_EXT: 0x8f9b,
    },
  },
  KHR_parallel_shader_compile: {
    needs: ["KHR_parallel_shader_compile"],
    constants: { COMPLETION_STATUS_KHR: 0x91b1 },
  },
  NV_shader_noperspective_interpolation: { needs: ["NV_shader_noperspective_interpolation"], constants: {} },
  OES_draw_buffers_indexed: { needs: ["OES_draw_buffers_indexed"], constants: {} },
  OES_sample_variables: { needs: ["OES_sample_variables"], constants: {} },
  OES_shader_multisample_interpolation: {
    needs: ["OES_shader_multisample_interpolation"],
    constants: {
      MIN_FRAGMENT_INTERPOLATION_OFFSET_OES: 0x8e5b,
      MAX_FRAGMENT_INTERPOLATION_OFFSET_OES: 0x8e5c,
      FRAGMENT_INTERPOLATION_OFFSET_BITS_OES: 0x8e5d,
    },
  },
  OES_texture_float_linear: { needs: ["OES_texture_float_linear"], constants: {} },
  WEBGL_blend_func_extended: {
    needs: ["EXT_blend_func_extended"],
    constants: {
      SRC1_COLOR_WEBGL: 0x88f9,
      SRC1_ALPHA_WEBGL: 0x8589,
      ONE_MINUS_SRC1_COLOR_WEBGL: 0x88fa,
      ONE_MINUS_SRC1_ALPHA_WEBGL: 0x88fb,
      MAX_DUAL_SOURCE_DRAW_BUFFERS_WEBGL: 0x88fc,
    },
  },
  WEBGL_clip_cull_distance: { needs: ["EXT_clip_cull_distance"], constants: clipDistances() },
  WEBGL_compressed_texture_astc: {
    needs: ["KHR_texture_compression_astc_ldr"],
    constants: ASTC,
    blocks: blocks(ASTC, () => 16, false),
  },
  WEBGL_compressed_texture_etc: {
    needs: [],
    constants: ETC,
    blocks: blocks(ETC, (name) => (/RG11|RGBA8|ALPHA8/.test(name) ? 16 : 8), false),
  },
  WEBGL_compressed_texture_etc1: {
    needs: ["OES_compressed_ETC1_RGB8_texture"],
    constants: ETC1,
    blocks: blocks(ETC1, () => 8, false),
  },
  WEBGL_compressed_texture_s3tc: {
    needs: ["EXT_texture_compression_s3tc"],
    constants: S3TC,
    blocks: blocks(S3TC, (name) => (name.includes("DXT1") ? 8 : 16), true),
  },
  WEBGL_compressed_texture_s3tc_srgb: {
    needs: ["EXT_texture_compression_s3tc_srgb"],
    constants: S3TC_SRGB,
    blocks: blocks(S3TC_SRGB, (name) => (name.includes("DXT1") ? 8 : 16), true),
  },
  WEBGL_debug_renderer_info: {
    needs: [],
    constants: { UNMASKED_VENDOR_WEBGL: 0x9245, UNMASKED_RENDERER_WEBGL: 0x9246 },
  },
  WEBGL_debug_shaders: { needs: [], constants: {} },
  WEBGL_lose_context: { needs: [], constants: {} },
  WEBGL_stencil_texturing: {
    needs: ["ANDROID_extension_pack_es31a"],
    constants: { DEPTH_STENCIL_TEXTURE_MODE_WEBGL: 0x90ea, STENCIL_INDEX_WEBGL: 0x1901 },
  },
};
