/**
 * Function-like macros and inline functions as functions of the module: they are worth what they are worth to gcc, or
 * they are left out.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check, type GenerateOptions, generate } from "ctypes-configure";
import { complaintsAbout, libraryOf, loaded, skipWithoutLibclang, wordsOf } from "./generated.ts";
import { skipWithoutHeader } from "./header-sets.ts";
import { file, isNodesOwn, skipWithout } from "./support.ts";
import { type Calls, gcc, lists } from "./translated.ts";

const skip = skipWithoutLibclang() || skipWithout("gcc");

/** Compares `count` calls of each with gcc; gives how many of each had a result. */
function compareCalls(
  module: Record<string, any>,
  names: readonly string[],
  headers: string,
  flags: readonly string[] = [],
  count = 300,
): Record<string, number> {
  const ours = names.map((name, i) => {
    assert.equal(typeof module[name], "function", `${name} was not translated`);
    const all = lists(module[name].length, count, i + 1);
    const results = all.flatMap((list) => {
      try {
        return [{ list, value: module[name](...list) as unknown }];
      } catch (error) {
        assert.ok(
          error instanceof RangeError && /C leaves the result undefined/.test(error.message),
          `${name}(${list}): ${error}`,
        );
        return [];
      }
    });
    return { name, results };
  });
  const calls = ours.map(({ name, results }): Calls => ({ name, lists: results.map(({ list }) => list) }));
  const theirs = gcc(headers, calls, flags);
  for (const [i, { name, results }] of ours.entries()) {
    for (const [j, { list, value }] of results.entries()) {
      const expected = theirs[i]?.[j];
      const shown = typeof expected === "bigint" && typeof value !== "bigint" ? BigInt(value as number) : value;
      assert.equal(shown, expected, `${name}(${list.join(", ")})`);
    }
  }
  return Object.fromEntries(ours.map(({ name, results }) => [name, results.length]));
}

/** Each operator, each kind of literal, and what types do to them. */
const macros: Readonly<Record<string, string>> = {
  "NEGATED(a)": "(-(a))",
  "INVERTED(a)": "(~(a))",
  "NOT(a)": "(!(a))",
  "PLUS_SIGN(a)": "(+(a))",
  "SUM(a, b)": "((a) + (b))",
  "DIFFERENCE(a, b)": "((a) - (b))",
  "PRODUCT(a, b)": "((a) * (b))",
  "QUOTIENT(a, b)": "((a) / (b))",
  "REMAINDER(a, b)": "((a) % (b))",
  "SHIFTED_LEFT(a, b)": "((a) << (b))",
  "SHIFTED_RIGHT(a, b)": "((a) >> (b))",
  "BOTH_BITS(a, b)": "((a) & (b))",
  "EITHER_BIT(a, b)": "((a) | (b))",
  "OTHER_BITS(a, b)": "((a) ^ (b))",
  "LESS(a, b)": "((a) < (b))",
  "GREATER(a, b)": "((a) > (b))",
  "AT_MOST(a, b)": "((a) <= (b))",
  "AT_LEAST(a, b)": "((a) >= (b))",
  "EQUAL(a, b)": "((a) == (b))",
  "UNEQUAL(a, b)": "((a) != (b))",
  "LOGICAL_AND(a, b)": "((a) && (b))",
  "LOGICAL_OR(a, b)": "((a) || (b))",
  "SAFE_QUOTIENT(a, b)": "((b) ? (a) / (b) : 0)",
  "GUARDED(a, b)": "((b) != 0 && (a) / (b) > 3)",
  "LARGER(a, b)": "((a) > (b) ? (a) : (b))",
  "MIXED_CHOICE(a)": "((a) ? -1 : 1u)",
  "NESTED(a, b, c)": "((a) ? (b) ? 1 : 2 : (c) ? 3 : 4)",
  "PRECEDENCE(a, b, c)": "(a) + (b) * 2 << 1 & 0xff | (c) == 3 ^ 1",
  "AS_BYTE(a)": "((unsigned char)(a))",
  "AS_SIGNED_BYTE(a)": "((signed char)(a))",
  "AS_SHORT(a)": "((short)(a))",
  "AS_UNSIGNED(a)": "((unsigned)(a))",
  "AS_UINT32(a)": "((uint32_t)(a) << 4)",
  "AS_LONG(a)": "((long)(a) * 2)",
  "AS_LONG_LONG(a)": "((unsigned long long)(a))",
  "AS_BOOL(a)": "((_Bool)(a))",
  "AS_FLOAT(a)": "((float)(a))",
  "AS_DOUBLE(a)": "((double)(a) / 3)",
  "FLOAT_SUM(a)": "((a) + 0.1f)",
  "DOUBLE_SUM(a)": "((a) + 1.5e3)",
  "WITH_SIGN(a)": "((a) - 1u < 5)",
  "WITH_LONG(a)": "((a) * 3L)",
  "WITH_OCTAL(a)": "((a) & 0777)",
  "WITH_LETTER(a)": "((a) == 'x' ? '\\n' : '\\377')",
  "WITH_SIZE(a)": "((a) * sizeof(struct pair) + sizeof(int))",
  "WITH_PLACE(a)": "((a) + offsetof(struct pair, second))",
  "WITH_ENUM(a)": "((a) + GREEN)",
  "WITH_CONSTANT(a)": "((a) | FLAG)",
  "WITH_MACRO(a)": "WITH_CONSTANT(NEGATED(a))",
  "PASTED(a)": "((a) + FL ## AG)",
  "ANY_FOURCC(a, b, c, d)": "((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)",
  "NAME_OF(a)": '((a) == 1 ? "one" : (a) == 2 ? "two" : "more" " than two")',
  "CALLS_INLINE(a)": "(mixed(a, 7) + 1)",
};
const functions = `
static inline int mixed(unsigned char a, long b) { return a * 2 - b; }
static inline unsigned short narrowed(int a) { return (a << 3) | 5; /* cut to 16 bits */ }
static inline double halved(float a) { return a / 2; }
static inline _Bool is_large(long long a) { return a > LARGE; }
static inline int of_both(int a, unsigned b) { return mixed(a, b) + narrowed(b); }
`;
const header = () =>
  file(
    "translated.h",
    `#include <stdint.h>\n#include <stddef.h>\nstruct pair { char first; double second; };\nenum colour { RED, GREEN = 5 };\n` +
      `#define FLAG 0x80\n#define LARGE 1000000\n${Object.entries(macros)
        .map(([head, body]) => `#define ${head} ${body}\n`)
        .join("")}${functions}`,
  );

describe("a translated macro", { skip }, () => {
  test("is worth what gcc says, whatever its arguments", async () => {
    const path = header();
    const { module } = await loaded({ headers: [path] });
    const names = Object.keys(macros).map((head) => head.replace(/\(.*/, ""));
    const counts = compareCalls(module, names, `#include "${path}"`);
    for (const [name, count] of Object.entries(counts))
      assert.ok(count > 30, `${name}: ${count} of 300 calls had a result`);
  });

  test("inline functions have the types that C gives them", async () => {
    const path = header();
    const { module } = await loaded({ headers: [path] });
    compareCalls(module, ["mixed", "narrowed", "halved", "is_large", "of_both"], `#include "${path}"`);
    assert.deepEqual([module.mixed(258, 1n), module.is_large(2 ** 40), module.halved(3)], [3, true, 1.5]);
  });

  test("fractions are doubles, and a bit operator does not take them", async () => {
    const { module } = await loaded({ headers: [header()] });
    assert.deepEqual([module.LARGER(0.5, 2), module.SUM(0.5, 1), module.QUOTIENT(7, 2)], [2, 1.5, 3]);
    assert.throws(() => module.BOTH_BITS(0.5, 1), /C's & takes integers, got 0.5/);
    assert.throws(() => module.SUM("1", 1), /a text is no number/);
    assert.throws(() => module.SUM(undefined, 1), /expected a number, a bigint or a boolean, got undefined/);
  });

  test("what C leaves undefined is an error, and only where it is evaluated", async () => {
    const { module } = await loaded({ headers: [header()] });
    assert.throws(() => module.QUOTIENT(1, 0), /a division by zero: C leaves the result undefined/);
    assert.throws(() => module.SHIFTED_LEFT(1, 32), /a shift by 32 of 32 bits/);
    assert.throws(() => module.SUM(2 ** 31 - 1, 1), /2147483648 in 32 signed bits/);
    assert.throws(() => module.REMAINDER(-(2 ** 31), -1), RangeError);
    assert.equal(module.SAFE_QUOTIENT(1, 0), 0);
    assert.equal(module.GUARDED(1, 0), 0);
  });

  test("is documented with the text of C, and typed by the type of its result", () => {
    const { text } = generate({ headers: [header()] });
    assert.match(
      text,
      /\/\*\* `#define AS_BYTE\(a\) \(\(unsigned char\)\(a\)\)` \*\/\nexport function AS_BYTE\(a: number \| bigint\): number \{/,
    );
    assert.match(text, /function AS_LONG_LONG\(a: number \| bigint\): bigint \{/);
    assert.match(text, /function NAME_OF\(a: number \| bigint\): string \{/);
    assert.match(text, /`static inline _Bool is_large\(long long a\) \{ return a > LARGE; \}`/);
    assert.match(text, /function is_large\(a: number \| bigint\): boolean \{/);
  });

  test("check calls it, and finds one that is wrong", async () => {
    const path = header();
    const { module } = await loaded({ headers: [path] });
    const { differences, unknown } = await check(module, { cache: false });
    assert.deepEqual([differences, unknown], [[], []]);
    const wrong = { SUM: (a: number, b: number) => a - b, NOT: (a: number) => (a ? 0 : 1), helper: (a: number) => a };
    const found = await check(wrong, { headers: [path], cache: false });
    assert.ok(found.differences.length > 5);
    assert.deepEqual([...new Set(found.differences.map(({ name }) => name))], ["SUM"]);
    assert.equal(found.compared > 40, true);
  });
});

const refused: Readonly<Record<string, [c: string, reason: RegExp]>> = {
  "TEXT_OF(a)": ["#a", /makes a text of its argument/],
  "NAME_WITH(a)": ["prefix_ ## a", /makes a name of its argument/],
  "MEMBER(a)": ["((a)->first)", /reads a member of a structure/],
  "ITEM(a)": ["((a)[0])", /reads an item of an array/],
  "TARGET(a)": ["(*(a))", /what a pointer points to/],
  "ASSIGNS(a)": ["((a) = 1)", /assigns/],
  "STATEMENT(a)": ["do { (void)(a); } while (0)", /a statement/],
  "BLOCK(a)": ["({ int x = (a); x; })", /a statement/],
  "ANY(...)": ["(0, __VA_ARGS__)", /any number of arguments/],
  "LISTED(a)": ["(a), 1", /a list/],
  "POINTER_TO(a)": ["((char *)(a))", /casts to a pointer/],
  "SIZE_OF(a)": ["sizeof(a)", /the size of an argument/],
  "OF_TYPE(a)": ["((a)1)", /no expression/],
  "UNKNOWN(a)": ["((a) + there_is_none)", /there_is_none, which is no constant/],
  "OF_COMPILER(a)": ["((a) + __GNUC__)", /one compiler from another/],
  "VARIABLE(a)": ["((a) + variable)", /variable is no constant|variable, which/],
  "SAME(a)": ["7", /the same for all arguments/],
  "ITSELF(a)": ["(a)", /its argument, and nothing else/],
  "CALL(a)": ["missing(a)", /no library has/],
  "AMONG(a)": ["(missing(a) + 1)", /calls missing among other things/],
};

test("what is no expression over its parameters is left out, with the reason and the place", { skip }, () => {
  const lines = Object.entries(refused).map(([head, [body]]) => `#define ${head} ${body}\n`);
  const path = file(
    "refused.h",
    `extern int variable;\nint missing(int);\nstruct s { int first; };\n${lines.join("")}` +
      "static inline int member(struct s *s) { return s->first; }\n" +
      "static inline int two(int a) { a++; return a; }\n",
  );
  const made = generate({ headers: [path] });
  const reasons = wordsOf(made);
  for (const [head, [, reason]] of Object.entries(refused)) {
    assert.match(reasons.get(head.replace(/\(.*/, "")) ?? "", reason, head);
  }
  assert.match(reasons.get("member") ?? "", /^static inline: it reads a member|^static inline: it takes a pointer/);
  assert.match(reasons.get("two") ?? "", /^static inline: it is more than one expression/);
  const places = new Map(made.skipped.map(({ name, place }) => [name, place]));
  assert.equal(places.get("TEXT_OF"), `${path}:4`);
});

/** Macros of real headers; `more` compiles them for gcc. */
const real: readonly (GenerateOptions & { readonly names: string; readonly flags?: readonly string[] })[] = [
  {
    headers: ["sys/wait.h"],
    names: "WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG WIFSTOPPED WSTOPSIG WIFCONTINUED WCOREDUMP W_EXITCODE",
  },
  { headers: ["sys/stat.h"], names: "S_ISDIR S_ISREG S_ISLNK S_ISCHR S_ISBLK S_ISFIFO S_ISSOCK" },
  { headers: ["endian.h"], names: "htobe16 htole16 htobe32 be32toh htobe64 le64toh" },
  {
    headers: ["netinet/in.h", "sys/socket.h"],
    names: "IN_CLASSA IN_CLASSD IN_MULTICAST IN_BADCLASS CMSG_ALIGN CMSG_LEN CMSG_SPACE",
  },
  {
    headers: ["libavutil/error.h", "libavutil/avutil.h"],
    names: "AVERROR AVUNERROR FFERRTAG FFMAX FFMIN FFABS FFSIGN MKTAG AV_VERSION_INT AV_VERSION_MAJOR",
  },
  {
    headers: ["SDL2/SDL.h"],
    names:
      "SDL_BUTTON SDL_FOURCC SDL_min SDL_clamp SDL_PIXELTYPE SDL_BYTESPERPIXEL SDL_ISPIXELFORMAT_ALPHA SDL_Swap16 SDL_Swap32 SDL_SCANCODE_TO_KEYCODE SDL_VERSIONNUM SDL_AUDIO_ISSIGNED SDL_WINDOWPOS_CENTERED_DISPLAY",
  },
  {
    headers: ["vulkan/vulkan.h"],
    names:
      "VK_MAKE_API_VERSION VK_API_VERSION_VARIANT VK_API_VERSION_MAJOR VK_API_VERSION_MINOR VK_API_VERSION_PATCH VK_MAKE_VERSION",
  },
  {
    headers: ["png.h"],
    names: "PNG_PASS_ROWS PNG_PASS_COLS PNG_ROW_IN_INTERLACE_PASS PNG_IMAGE_SAMPLE_CHANNELS PNG_IMAGE_PIXEL_SIZE",
  },
  {
    headers: ["glib.h"],
    includeDirs: [
      "/usr/include/glib-2.0",
      "/usr/lib/x86_64-linux-gnu/glib-2.0/include",
      "/usr/lib/aarch64-linux-gnu/glib-2.0/include",
    ],
    names:
      "MAX MIN ABS CLAMP GLIB_CHECK_VERSION GUINT16_SWAP_LE_BE GUINT32_SWAP_LE_BE g_htonl GUINT64_TO_BE G_IS_DIR_SEPARATOR",
  },
];

describe("macros of real headers", () => {
  for (const { names, ...options } of real) {
    test(options.headers.join(", "), { skip: skip || skipWithoutHeader(options) }, async () => {
      const { module } = await loaded(options);
      const includes = options.headers.map((header) => `#include <${header}>`).join("\n");
      const flags = (options.includeDirs ?? []).map((place) => `-I${place}`);
      const counts = compareCalls(module, names.split(" "), includes, flags, 200);
      for (const [name, count] of Object.entries(counts)) assert.ok(count > 9, `${name}: ${count} calls had a result`);
    });
  }

  test("zlib.h: a macro that calls a function passes its arguments on", {
    skip: skip || skipWithoutHeader({ headers: ["zlib.h"] }) || isNodesOwn,
  }, async () => {
    const { module, made } = await loaded({ headers: ["zlib.h"], libraries: ["z"] });
    assert.match(made.text, /export function deflateInit\(\n? *strm: Parameters<typeof libz\.deflateInit_>\[0\]/);
    const stream = new module.z_stream();
    assert.equal(module.deflateInit(stream, 9), module.Z_OK);
    const text = Buffer.from("the same, the same, the same, the same");
    const out = Buffer.alloc(100);
    stream.next_in = text;
    stream.avail_in = text.length;
    stream.next_out = out;
    stream.avail_out = out.length;
    assert.equal(module.libz.deflate(stream, module.Z_FINISH), module.Z_STREAM_END);
    assert.equal(module.libz.deflateEnd(stream), module.Z_OK);
    const { inflateSync } = await import("node:zlib");
    assert.deepEqual(inflateSync(out), text);
  });
});

test("a macro that passes a plain number for '...' is left out with the reason", { skip }, () => {
  const header = "int given(const char *how, ...);\n";
  const macros = '#define NUMBER(x) given("n", (long)(x))\n#define TEXT(x) given("t", "a", (x))\n';
  const made = generate(libraryOf("variadic", header + macros, "int given(const char *how, ...) { return 1; }"));
  assert.deepEqual(
    made.skipped.map(({ name, reason }) => `${name}: ${reason}`),
    ["NUMBER: a function-like macro: it passes a plain number for '...'"],
  );
  assert.match(made.text, /export function TEXT\(/);
});

test("a macro that calls a function with several flags at once type-checks, and passes them", { skip }, async () => {
  const header = "enum flags { FIRST = 1, SECOND = 2 };\nint given(int x, enum flags flags);\n";
  const macro = "#define BOTH(x) given((x), FIRST | SECOND)\n";
  const options = libraryOf("flags", header + macro, "int given(int x, enum flags flags) { return 10 * x + flags; }");
  const { module, made } = await loaded(options);
  assert.equal(module.BOTH(4), 43);
  assert.equal(complaintsAbout(made), "");
});
