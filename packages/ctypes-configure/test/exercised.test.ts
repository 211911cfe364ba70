/** Modules made of real headers, at work: functions are called, and give what their libraries document. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { ARRAY, byref, c_double, c_int, c_size_t, c_ubyte, c_ushort, string_at } from "ctypes-js";
import { loaded, skipWithoutLibclang } from "./generated.ts";
import { HEADER_SETS, type HeaderSet, skipWithoutHeader } from "./header-sets.ts";
import { isNodesOwn } from "./support.ts";

const noLibclang = skipWithoutLibclang();
const FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
const noFont = existsSync(FONT) ? false : `${FONT} is not installed`;

/** The text that a `char *` or an `unsigned char *` points to. */
function textAt(pointer: unknown): string {
  return Buffer.from(string_at(pointer as never)).toString("utf8");
}

/** A test with the module of a set's headers, of which it has the names that match. */
function exercise(name: string, allow: RegExp, act: (module: any) => void, reason: string | false = false): void {
  const { debian: _, ...options } = HEADER_SETS[name] as HeaderSet;
  const skip = noLibclang || skipWithoutHeader(options) || reason;
  test(name, { skip }, async () => act((await loaded({ ...options, allow: [allow] })).module));
}

describe("compression", () => {
  const text = Buffer.from("the quick brown fox jumps over the lazy dog ".repeat(40));

  exercise("zlib", /^(crc32|adler32|zlibVersion|ZLIB_VERSION)$/, ({ libz, ZLIB_VERSION }) => {
    assert.equal(libz.crc32(0, Buffer.from("123456789"), 9), 0xcbf43926);
    assert.equal(libz.adler32(1, Buffer.from("Wikipedia"), 9), 0x11e60398);
    assert.equal(libz.zlibVersion(), ZLIB_VERSION);
  });

  exercise("lz4", /^LZ4_(compress_default|decompress_safe|compressBound|versionNumber|VERSION_NUMBER)$/, (module) => {
    const { liblz4 } = module;
    assert.equal(liblz4.LZ4_versionNumber(), module.LZ4_VERSION_NUMBER);
    const packed = Buffer.alloc(liblz4.LZ4_compressBound(text.length));
    const size = liblz4.LZ4_compress_default(text, packed, text.length, packed.length);
    assert.ok(size > 0 && size < 200, String(size));
    const back = Buffer.alloc(text.length);
    assert.equal(liblz4.LZ4_decompress_safe(packed, back, size, back.length), text.length);
    assert.deepEqual(back, text);
  });

  exercise("zstd", /^ZSTD_(compress|decompress|compressBound|isError|versionNumber|getErrorName)$/, ({ libzstd }) => {
    assert.ok(libzstd.ZSTD_versionNumber() >= 10000);
    const packed = Buffer.alloc(Number(libzstd.ZSTD_compressBound(text.length)));
    const size = Number(libzstd.ZSTD_compress(packed, packed.length, text, text.length, 3));
    const back = Buffer.alloc(text.length);
    assert.equal(Number(libzstd.ZSTD_decompress(back, back.length, packed, size)), text.length);
    assert.deepEqual(back, text);
    const failed = libzstd.ZSTD_decompress(back, back.length, text, text.length);
    assert.equal(libzstd.ZSTD_isError(failed), 1);
    assert.equal(libzstd.ZSTD_getErrorName(failed), "Unknown frame descriptor");
  });

  exercise(
    "brotli",
    /^Brotli(Encoder|Decoder)(Compress|Decompress|MaxCompressedSize)$|^BROTLI/,
    (module) => {
      const { libbrotlienc, libbrotlidec, BROTLI_DEFAULT_QUALITY, BROTLI_DEFAULT_WINDOW } = module;
      const packed = Buffer.alloc(Number(libbrotlienc.BrotliEncoderMaxCompressedSize(text.length)));
      const size = new c_size_t(packed.length);
      const [quality, window] = [BROTLI_DEFAULT_QUALITY, BROTLI_DEFAULT_WINDOW];
      assert.equal(
        libbrotlienc.BrotliEncoderCompress(quality, window, 0, text.length, text, byref(size), packed),
        module.BROTLI_TRUE ?? 1,
      );
      const back = Buffer.alloc(text.length);
      const length = new c_size_t(back.length);
      libbrotlidec.BrotliDecoderDecompress(size.value, packed, byref(length), back);
      assert.deepEqual(back, text);
    },
    isNodesOwn,
  );
});

describe("data", () => {
  exercise("sqlite3", /^(sqlite3_libversion(_number)?|SQLITE_VERSION(_NUMBER)?)$/, (module) => {
    assert.equal(module.libsqlite3.sqlite3_libversion_number(), module.SQLITE_VERSION_NUMBER);
    assert.equal(module.libsqlite3.sqlite3_libversion(), module.SQLITE_VERSION);
  });

  exercise(
    "jansson",
    /^json_(loads|object_get|integer_value|string_value|delete|error_t|t)$/,
    ({ libjansson, ...m }) => {
      const error = new m.json_error_t();
      const root = libjansson.json_loads('{"answer": 42, "word": "grün"}', 0, byref(error));
      assert.equal(Number(libjansson.json_integer_value(libjansson.json_object_get(root, "answer"))), 42);
      assert.equal(libjansson.json_string_value(libjansson.json_object_get(root, "word")), "grün");
      libjansson.json_delete(root);
      assert.equal(libjansson.json_loads("[1,", 0, byref(error)), null);
      assert.equal(error.line, 1);
    },
  );

  exercise("expat", /^XML_/, ({ libexpat, ...m }) => {
    const seen: string[] = [];
    const parser = libexpat.XML_ParserCreate(null);
    const start = new m.XML_StartElementHandler((_: unknown, name: string, attributes: { [index: number]: string }) => {
      seen.push(`<${name} ${attributes[0]}=${attributes[1]}>`);
    });
    const end = new m.XML_EndElementHandler((_: unknown, name: string) => void seen.push(`</${name}>`));
    libexpat.XML_SetElementHandler(parser, start, end);
    const text = '<a x="1"><b y="2"/></a>';
    assert.equal(libexpat.XML_Parse(parser, text, text.length, 1), 1);
    assert.deepEqual(seen, ["<a x=1>", "<b y=2>", "</b>", "</a>"]);
    libexpat.XML_ParserFree(parser);
  });

  exercise("libxml", /^xml(ReadMemory|DocGetRootElement|FreeDoc|ChildElementCount|GetProp)$/, ({ libxml2 }) => {
    const text = '<list kind="short"><item/><item/></list>';
    const document = libxml2.xmlReadMemory(text, text.length, "none", null, 0);
    const root = libxml2.xmlDocGetRootElement(document);
    assert.equal(textAt(root.contents.name), "list");
    assert.equal(Number(libxml2.xmlChildElementCount(root)), 2);
    libxml2.xmlFreeDoc(document);
  });

  exercise("uuid", /^uuid_(parse|unparse_lower|compare)$/, ({ libuuid }) => {
    const bytes = new (ARRAY(c_ubyte, 16))();
    const text = "00112233-4455-6677-8899-aabbccddeeff";
    assert.equal(libuuid.uuid_parse(text, bytes), 0);
    assert.deepEqual([bytes[0], bytes[1], bytes[15]], [0x00, 0x11, 0xff]);
    const out = Buffer.alloc(37);
    libuuid.uuid_unparse_lower(bytes, out);
    assert.equal(out.toString("latin1", 0, 36), text);
  });

  exercise("glib", /^g_(hash_table_(new|insert|lookup|size|destroy)|ascii_strup|free|strsplit)$/, (module) => {
    const glib = module.libglib_2_0;
    const table = glib.g_hash_table_new(null, null);
    glib.g_hash_table_insert(table, 7, 49);
    glib.g_hash_table_insert(table, 8, 64);
    assert.deepEqual([glib.g_hash_table_size(table), Number(glib.g_hash_table_lookup(table, 8))], [2, 64]);
    assert.equal(glib.g_hash_table_lookup(table, 9), null);
    glib.g_hash_table_destroy(table);
  });
});

describe("text", () => {
  exercise("pcre2", /^pcre2_|^PCRE2_/, (module) => {
    const pcre = module.libpcre2_8;
    const [error, offset] = [new c_int(), new c_size_t()];
    const pattern = Buffer.from("(\\d+)-(\\d+)");
    const code = pcre.pcre2_compile_8(pattern, pattern.length, 0, byref(error), byref(offset), null);
    assert.notEqual(code, null);
    const data = pcre.pcre2_match_data_create_from_pattern_8(code, null);
    const subject = Buffer.from("call 555-1234 now");
    assert.equal(pcre.pcre2_match_8(code, subject, subject.length, 0, 0, data, null), 3);
    const places = pcre.pcre2_get_ovector_pointer_8(data);
    assert.deepEqual(
      [0, 1, 2, 3].map((i) => Number(places[i])),
      [5, 13, 5, 8],
    );
    const none = Buffer.from("none");
    assert.equal(pcre.pcre2_match_8(code, none, 4, 0, 0, data, null), module.PCRE2_ERROR_NOMATCH);
    pcre.pcre2_match_data_free_8(data);
    pcre.pcre2_code_free_8(code);
  });

  exercise("icu", /^u_str(ToUpper|Len)(_\d+)?$|^UErrorCode$/, ({ libicuuc, UErrorCode }) => {
    const status = new UErrorCode(0);
    const units = (text: string) => Array.from(text, (one) => one.charCodeAt(0));
    const source = new (ARRAY(c_ushort, 7))(...(units("straße\0") as never[]));
    const out = new (ARRAY(c_ushort, 32))();
    assert.equal(libicuuc.u_strToUpper(out, 32, source, -1, "de", byref(status)), 7);
    assert.deepEqual([Number(status.value), [...out].slice(0, 8)], [0, units("STRASSE\0")]);
  });

  exercise("lua", /^luaL?_/, (module) => {
    const lua = module.liblua5_4;
    const state = lua.luaL_newstate();
    lua.luaL_openlibs(state);
    assert.equal(lua.luaL_loadstring(state, "return 6 * 7, string.upper('lua')"), 0);
    assert.equal(lua.lua_pcallk(state, 0, 2, 0, 0, null), 0);
    assert.equal(lua.lua_tonumberx(state, -2, null), 42);
    assert.equal(lua.lua_tolstring(state, -1, null), "LUA");
    lua.lua_close(state);
  });
});

describe("numbers", () => {
  exercise("gmp", /^(__)?gmp|^mpz_|^mp_/, ({ libgmp, ...m }) => {
    const number = new m.__mpz_struct();
    libgmp.__gmpz_init(byref(number));
    libgmp.__gmpz_ui_pow_ui(byref(number), 2, 100);
    const out = Buffer.alloc(64);
    libgmp.__gmpz_get_str(out, 10, byref(number));
    assert.equal(out.toString("latin1", 0, 31), String(2n ** 100n));
    libgmp.__gmpz_clear(byref(number));
  });

  exercise(
    "mpfr",
    /^mpfr_(init2|set_d|sqrt|get_d|clear|get_version|t)$|^MPFR_(RNDN|VERSION_STRING)|^mpfr_rnd_t$/,
    (module) => {
      const { libmpfr } = module;
      assert.equal(libmpfr.mpfr_get_version(), module.MPFR_VERSION_STRING);
      const number = new module.__mpfr_struct();
      libmpfr.mpfr_init2(byref(number), 200);
      libmpfr.mpfr_set_d(byref(number), 2, 0);
      libmpfr.mpfr_sqrt(byref(number), byref(number), 0);
      assert.equal(libmpfr.mpfr_get_d(byref(number), 0), Math.SQRT2);
      libmpfr.mpfr_clear(byref(number));
    },
  );

  exercise("fftw3", /^fftw_(plan_dft_1d|execute|destroy_plan|complex|plan)$|^FFTW_(FORWARD|ESTIMATE)$/, (module) => {
    const { libfftw3, fftw_complex, FFTW_FORWARD, FFTW_ESTIMATE } = module;
    const [input, output] = [new (ARRAY(fftw_complex, 4))(), new (ARRAY(fftw_complex, 4))()];
    const plan = libfftw3.fftw_plan_dft_1d(4, input, output, FFTW_FORWARD, FFTW_ESTIMATE);
    for (let i = 0; i < 4; i++) (input as any)[i][0] = i;
    libfftw3.fftw_execute(plan);
    const found = [0, 1, 2, 3].map((i) => [(output as any)[i][0], (output as any)[i][1]]);
    assert.deepEqual(found, [
      [6, 0],
      [-2, 2],
      [-2, 0],
      [-2, -2],
    ]);
    libfftw3.fftw_destroy_plan(plan);
  });

  exercise("cblas", /^cblas_(ddot|dnrm2)$/, ({ libopenblas }) => {
    const doubles = (values: number[]) => new (ARRAY(c_double, values.length))(...(values as never[]));
    assert.equal(libopenblas.cblas_ddot(3, doubles([1, 2, 3]), 1, doubles([4, 5, 6]), 1), 32);
    assert.equal(libopenblas.cblas_dnrm2(2, doubles([3, 4]), 1), 5);
  });
});

describe("hashes and the network", () => {
  const abc = Buffer.from("abc");
  const sha256 = createHash("sha256").update(abc).digest();

  exercise("sodium", /^(crypto_hash_sha256|sodium_init|crypto_hash_sha256_BYTES)$/, ({ libsodium, ...m }) => {
    assert.ok(libsodium.sodium_init() >= 0);
    const out = Buffer.alloc(m.crypto_hash_sha256_BYTES);
    libsodium.crypto_hash_sha256(out, abc, abc.length);
    assert.deepEqual(out, sha256);
  });

  exercise("evp", /^EVP_(Digest|sha256|MD_get_size)$/, ({ libcrypto }) => {
    const type = libcrypto.EVP_sha256();
    const out = Buffer.alloc(libcrypto.EVP_MD_get_size(type));
    assert.equal(libcrypto.EVP_Digest(abc, abc.length, out, null, type, null), 1);
    assert.deepEqual(out, sha256);
  });

  exercise("curl", /^curl_(version|easy_escape|free|getdate)$/, ({ libcurl }) => {
    assert.match(textAt(libcurl.curl_version()), /^libcurl\/\d/);
    assert.equal(Number(libcurl.curl_getdate("Thu, 01 Jan 1970 00:01:00 GMT", null)), 60);
  });
});

describe("pictures and fonts", () => {
  exercise("png", /^png_(access_version_number|get_libpng_ver)$|^PNG_LIBPNG_VER(_STRING)?$/, ({ libpng16, ...m }) => {
    assert.equal(libpng16.png_access_version_number(), m.PNG_LIBPNG_VER);
    assert.equal(libpng16.png_get_libpng_ver(null), m.PNG_LIBPNG_VER_STRING);
  });

  exercise("cairo", /^cairo_|^CAIRO_FORMAT/, ({ libcairo }) => {
    const surface = libcairo.cairo_image_surface_create(0, 2, 1); // CAIRO_FORMAT_ARGB32
    const context = libcairo.cairo_create(surface);
    libcairo.cairo_set_source_rgb(context, 1, 0.5, 0);
    libcairo.cairo_rectangle(context, 0, 0, 1, 1);
    libcairo.cairo_fill(context);
    libcairo.cairo_surface_flush(surface);
    const pixels = libcairo.cairo_image_surface_get_data(surface);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((i) => pixels[i]),
      [0, 0x80, 0xff, 0xff, 0],
    );
    libcairo.cairo_destroy(context);
    libcairo.cairo_surface_destroy(surface);
  });

  exercise(
    "freetype",
    /^FT_(Init_FreeType|New_Face|Set_Pixel_Sizes|Get_Char_Index|Load_Glyph|LOAD_RENDER|Done_\w+|Library|Face)$/,
    ({ libfreetype, FT_Library, FT_Face, FT_LOAD_RENDER }) => {
      const [library, face] = [new FT_Library(), new FT_Face()];
      assert.equal(libfreetype.FT_Init_FreeType(byref(library)), 0);
      assert.equal(libfreetype.FT_New_Face(library, FONT, 0, byref(face)), 0);
      assert.equal(textAt(face.contents.family_name), "DejaVu Sans");
      assert.equal(libfreetype.FT_Set_Pixel_Sizes(face, 0, 20), 0);
      const index = libfreetype.FT_Get_Char_Index(face, "I".charCodeAt(0));
      assert.equal(libfreetype.FT_Load_Glyph(face, index, FT_LOAD_RENDER), 0);
      const { rows, width } = face.contents.glyph.contents.bitmap;
      assert.ok(rows > width && rows >= 14 && rows <= 16, `${rows} × ${width}`);
      libfreetype.FT_Done_Face(face);
      libfreetype.FT_Done_FreeType(library);
    },
    noFont,
  );

  exercise(
    "harfbuzz",
    /^hb_/,
    ({ libharfbuzz }) => {
      const blob = libharfbuzz.hb_blob_create_from_file(FONT);
      const face = libharfbuzz.hb_face_create(blob, 0);
      const font = libharfbuzz.hb_font_create(face);
      const buffer = libharfbuzz.hb_buffer_create();
      libharfbuzz.hb_buffer_add_utf8(buffer, "ffi", -1, 0, -1);
      libharfbuzz.hb_buffer_guess_segment_properties(buffer);
      libharfbuzz.hb_shape(font, buffer, null, 0);
      assert.equal(libharfbuzz.hb_buffer_get_length(buffer), 1); // a ligature
      const glyphs = libharfbuzz.hb_buffer_get_glyph_infos(buffer, null);
      assert.ok(glyphs[0].codepoint > 0);
      libharfbuzz.hb_buffer_destroy(buffer);
      libharfbuzz.hb_font_destroy(font);
    },
    noFont,
  );

  exercise(
    "fontconfig",
    /^Fc(NameParse|PatternGetInteger|PatternDestroy|GetVersion)$|^FC_(WEIGHT\w*|VERSION)$/,
    (module) => {
      const { libfontconfig } = module;
      assert.equal(libfontconfig.FcGetVersion(), module.FC_VERSION);
      const pattern = libfontconfig.FcNameParse(Buffer.from("Sans:bold\0"));
      const weight = new c_int();
      assert.equal(libfontconfig.FcPatternGetInteger(pattern, module.FC_WEIGHT, 0, byref(weight)), 0);
      assert.equal(weight.value, module.FC_WEIGHT_BOLD);
      libfontconfig.FcPatternDestroy(pattern);
    },
  );
});
