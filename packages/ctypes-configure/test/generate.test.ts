/** Modules made of headers: what is in them, that they type-check and load, and that they agree with C. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check, type Generated, type GenerateOptions, generate, HeaderError } from "ctypes-configure";
import { alignment, c_char, c_int, c_short, pointer, Structure } from "ctypes-js";
import { Config } from "ctypes-libclang";
import { file, folder } from "./support.ts";

const skip = ((): string | false => {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
})();

const root = join(import.meta.dirname, "../../..");

const header = `
#include <stdint.h>
#include <stdio.h>
#include <stdarg.h>
#include <uchar.h>
#define ANSWER (6 * 7)
#define BIG 0xffffffffffffffffULL
#define HALF 0.5
#define TITLE "a \\"title\\""
#define TWICE(x) ((x) + (x))
#define NAMED(x) #x
#define OPEN {
#define WHICH_COMPILER __GNUC__
struct later;
/** A node of a list.
 *
 *  More about it. */
struct node { struct node *next; struct later *other; int (*visit)(struct node *self, void *data); };
struct later { struct node first; struct later *self; };
typedef struct node *node_p;
typedef enum { RED, GREEN = 5, BLUE = -1 } color;
enum { ALONE = 3 };
typedef int number; typedef number counted;
typedef int (*compare)(const void *left, const void *right);
struct bits { unsigned a : 3, : 4; int b : 9; unsigned long long c : 40; };
struct __attribute__((packed)) packed { char c; double d; };
struct aligned { int i; _Alignas(32) char c; int tail; };
typedef struct { long a, b; } double_wide_t __attribute__((aligned(16)));
struct outer { char kind; union { long l; struct { short x, y; }; }; struct { int a; } named; int color; };
struct flexible { int n; char data[]; };
struct hidden;
typedef struct { int x, y; } point;
union value { int64_t i; double d; char text[20]; };
struct class { int function; };
/** Adds two numbers. */
extern int add(int left, int right);
point move(point p, int by);
int print(const char *format, ...);
int vprint(const char *format, va_list more);
void each(struct hidden *h, int (*visit)(int item), FILE *out);
color next(color c);
long double wide(long double x);
extern int counter;
struct wide_names { char16_t name[8]; char32_t first; char16_t *rest; const char32_t *all; };
int units(const char16_t *text);
int missing(void);
static inline int inlined(int x) { x++; return x; }
`;
const source = `
#include "own.h"
int counter = 7;
int add(int left, int right) { return left + right; }
point move(point p, int by) { p.x += by; p.y += by; return p; }
int print(const char *format, ...) { va_list more; va_start(more, format); int n = vprintf(format, more); va_end(more); return n; }
int vprint(const char *format, va_list more) { return vprintf(format, more); }
void each(struct hidden *h, int (*visit)(int item), FILE *out) { for (int i = 0; i < 3; i++) visit(i); }
color next(color c) { return GREEN; }
long double wide(long double x) { return x; }
int units(const char16_t *text) { int n = 0; while (text[n]) n++; return n; }
`;

describe("a generated module", { skip }, () => {
  let workshop: string;
  let options: GenerateOptions;
  let made: Generated;
  let module: Record<string, any>;

  before(async () => {
    mkdirSync(join(import.meta.dirname, "fixtures/build"), { recursive: true });
    // Below the workspace, to find its packages.
    workshop = mkdtempSync(join(import.meta.dirname, "fixtures/build/generated-"));
    file("own.h", header);
    const library = join(folder(), "libown.so");
    const built = spawnSync("gcc", ["-shared", "-fPIC", "-w", "-o", library, file("own-library.c", source)], {
      encoding: "utf8",
    });
    assert.equal(built.status, 0, built.stderr);
    options = { headers: ["own.h"], includeDirs: [folder()], libraries: [library] };
    made = generate(options);
    writeFileSync(join(workshop, "own.ts"), made.text);
    process.env.CTYPES_DEBUG = "1";
    module = await import(pathToFileURL(join(workshop, "own.ts")).href);
  });
  after(() => rmSync(workshop, { recursive: true, force: true }));

  test("calls functions, also with structures by value, callbacks and variables", () => {
    const { libown, point } = module;
    assert.equal(libown.add(2, 3), 5);
    const moved = libown.move(new point({ x: 1, y: 2 }), 10);
    assert.deepEqual([moved.x, moved.y], [11, 12]);
    const seen: number[] = [];
    const visit = new (libown.each.constructor as any)._argtypes_[1]((item: number) => seen.push(item));
    libown.each(null, visit, null);
    assert.deepEqual(seen, [0, 1, 2]);
    assert.equal(libown.counter.value, 7);
    assert.equal(libown.wide(1.5), 1.5);
    assert.equal(libown.next(module.color.BLUE), module.color.GREEN);
  });

  test("has characters of 16 and 32 bits, and their text", () => {
    const { libown, wide_names } = module;
    assert.equal(libown.units("größe"), 5);
    const names = new wide_names({ name: "ab", first: "é", all: "größe" });
    assert.deepEqual([names.name.value, names.first, names.all, names.rest], ["ab", "é", "größe", null]);
    assert.match(
      made.text,
      /name: ARRAY\(c_char16, 8\),\n\s*first: c_char32,\n\s*rest: POINTER\(c_char16\),\n\s*all: c_char32_p/,
    );
  });

  test("has structures of every kind where C has their members", async () => {
    assert.deepEqual(await check(module, { cache: false }).then(({ differences }) => differences), []);
    const { node, later, outer, bits_ } = module;
    const n = new node();
    n.other = pointer(new later());
    assert.equal(n.next, null);
    const o = new outer();
    o.y = 7;
    assert.equal(o.l, 7 * 65536);
    assert.equal(alignment(module.double_wide_t), 16);
    assert.equal(new bits_({ b: -3, c: 2n ** 39n }).b, -3);
  });

  test("has constants, enumerations and typedefs under their names", () => {
    const { ANSWER, BIG, HALF, TITLE, ALONE, color, counted, class_ } = module;
    assert.deepEqual([ANSWER, BIG, HALF, TITLE, ALONE], [42, 2n ** 64n - 1n, 0.5, 'a "title"', 3]);
    assert.deepEqual({ ...color }, { RED: 0, GREEN: 5, BLUE: -1 });
    assert.equal(new counted(5).value, 5);
    assert.equal(new class_({ function: 1 }).function, 1);
    assert.match(made.text, /export type color = Read<InstanceOf<typeof color>>;/);
    assert.match(made.text, /export const counted = number_?;/);
  });

  test("has parameter names, prototypes and the first paragraph of comments", () => {
    assert.match(made.text, /add: \(\) => CFUNCTYPE<c_int, \[left: c_int, right: c_int\]>\(c_int, c_int, c_int\)/);
    assert.match(made.text, /Adds two numbers\.\n\s+\*\n\s+\* `int add\(int left, int right\)`/);
    assert.match(made.text, /\/\*\* A node of a list\. \*\/\nexport class node extends/);
    assert.match(
      made.text,
      /print: \(\) => CFUNCTYPE<c_int, \[format: c_char_p, more: "\.\.\."\]>\(c_int, c_char_p, "\.\.\."\)/,
    );
    assert.match(generate({ ...options, docs: "full" }).text, /More about it\./);
    assert.doesNotMatch(generate({ ...options, docs: "none" }).text, /A node of a list/);
  });

  test("says what it leaves out, and what no library has", () => {
    const reasons = new Map(made.skipped.map(({ name, reason }) => [name, reason]));
    assert.match(reasons.get("NAMED") ?? "", /function-like macro: it makes a text of its argument/);
    assert.match(reasons.get("inlined") ?? "", /static inline: it is more than one expression/);
    assert.match(reasons.get("OPEN") ?? "", /no constant expression/);
    assert.match(reasons.get("WHICH_COMPILER") ?? "", /one compiler from another/);
    assert.deepEqual(made.absent, ["missing"]);
    assert.match(made.text, /In no library:\n \* missing\./);
  });

  test("is the same every time, formatted, and passes tsc under strict", () => {
    assert.equal(generate(options).text, made.text);
    const formatted = spawnSync(
      process.execPath,
      [join(root, "node_modules/@biomejs/biome/bin/biome"), "format", "--stdin-file-path=own.ts"],
      {
        cwd: root,
        input: made.text,
        encoding: "utf8",
      },
    );
    assert.ok(formatted.stdout === made.text, formatted.stdout);
    passesTsc(workshop);
  });

  test("can be less: by name, by header, without prefixes, opaque or replaced", () => {
    const names = (more: Partial<GenerateOptions>) =>
      generate({ ...options, ...more }).declarations.map(({ name }) => name);
    assert.deepEqual(names({ allow: [/^move$/] }).sort(), ["move", "point"]);
    assert.ok(!names({ block: [/^add$/] }).includes("add"));
    assert.ok(names({ strip: ["ANS"] }).includes("WER"));
    assert.deepEqual(names({ onlyFrom: [/nowhere/] }), []);
    const opaque = generate({ ...options, opaque: [/^flexible$/] }).declarations.find(
      ({ name }) => name === "flexible",
    );
    assert.equal(opaque?.kind, "opaque");
    assert.match(generate({ ...options, replace: { number: "c_long" } }).text, /export const counted = c_long;/);
    assert.match(generate({ ...options, strip: ["ad"] }).text, /get d\(\) \{\n {4}return libown\.add;/);
  });

  test("is made of a header that is named by its path, and checked against it", async () => {
    const path = relative(process.cwd(), join(folder(), "own.h"));
    const named = path.startsWith(".") ? path : `./${path}`;
    const { declarations, text } = generate({ headers: [named], allow: [/^point$/] });
    assert.deepEqual(
      declarations.map(({ name }) => name),
      ["point"],
    );
    assert.match(text, /source: \{ headers: \["\.\.?\/.*own\.h"\], rules: \{ allow: \["\^point\$"\] \} \}/);
    class point extends Structure({ x: c_int, y: c_short }) {}
    const { differences } = await check({ point }, { headers: [named], cache: false });
    assert.deepEqual(
      differences.map(({ name, what }) => `${name} ${what}`),
      ["point.y size"],
    );
  });

  test("that does not fit says so when it is loaded in debug mode", async () => {
    writeFileSync(join(workshop, "wrong.ts"), made.text.replace('"struct flexible", 4', '"struct flexible", 5'));
    await assert.rejects(
      import(pathToFileURL(join(workshop, "wrong.ts")).href),
      /struct flexible: size: expected 5, got 4/,
    );
  });

  test("of a header that does not compile is the compiler's message", () => {
    assert.throws(
      () => generate({ headers: ["no/such/header.h"] }),
      (error: unknown) => {
        return error instanceof HeaderError && /'no\/such\/header\.h' file not found/.test(error.message);
      },
    );
    assert.throws(
      () => generate({ ...options, libraries: ["no-such-library"] }),
      /library no-such-library: there is no lib/,
    );
  });

  test("is made and checked by the command", () => {
    const cli = join(root, "packages/ctypes-configure/dist/cli.mjs");
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["--import", "tsx", cli, ...args], {
        cwd: root,
        encoding: "utf8",
      });
    const out = join(workshop, "zlib.ts");
    const generated = run("generate", "zlib.h", "--library", "z", "--out", out);
    assert.equal(generated.status, 0, generated.stderr);
    assert.match(generated.stderr, /declarations in .*zlib\.ts, \d+ skipped/);
    const checked = run("check", out, "--quiet");
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    assert.match(checked.stdout, /^\d{3} facts compared, 0 differences$/m);
    writeFileSync(out, readFileSync(out, "utf8").replace("Z_BEST_COMPRESSION = 9", "Z_BEST_COMPRESSION = 8"));
    const different = run("check", out, "--quiet");
    assert.equal(different.status, 1);
    assert.match(different.stdout, /zlib\.h:\d+: Z_BEST_COMPRESSION: value: the module has 8, the headers 9$/m);
    assert.equal(run("generate").status, 2);
  });

  test("of the C library's own headers has what stands in their parts, and agrees with the compiler", async () => {
    for (const [header, name, types] of [
      ["math.h", "pow", "(c_double, c_double, c_double)"],
      ["stdio.h", "vprintf", "(c_int, c_char_p, c_void_p)"],
      ["time.h", "time", "(c_time_t, POINTER(c_time_t))"],
      ["sys/stat.h", "umask", "(__mode_t, __mode_t)"],
    ] as const) {
      const { text } = generate({ headers: [header], libraries: ["c", "m"] });
      const declared = new RegExp(`^  ${name}: \\(\\) =>\\s+CFUNCTYPE<[^(]+>(.*),$`, "m").exec(text)?.[1];
      assert.equal(declared, types);
      assert.doesNotMatch(text, /export const (va_list|__HAVE_\w+) /);
      const path = join(workshop, `${name}.ts`);
      writeFileSync(path, text);
      const { differences } = await check(await import(pathToFileURL(path).href), { cache: false });
      assert.deepEqual(differences, [], header);
    }
  });

  test("written by hand is checked against the headers it is said to be of", async () => {
    class point extends Structure({ x: c_int, y: c_int }) {}
    class wrong extends Structure({ i: c_int, c: c_char, tail: c_short }) {}
    const settings = { headers: ["own.h"], includeDirs: [folder()], cache: false } as const;
    const hand = { point, ANSWER: 41, GREEN: 5, own: 3, helper() {} };
    const { differences, unknown } = await check(hand, settings);
    const place = `${join(folder(), "own.h")}:6`;
    assert.deepEqual(differences, [{ name: "ANSWER", what: "value", module: 41, headers: 42, place }]);
    assert.deepEqual(unknown, ["own"]);
    const found = await check({ aligned: wrong }, settings);
    assert.deepEqual(
      found.differences.map(({ name, what, module, headers }) => [name, what, module, headers]),
      [
        ["aligned", "size", 8, 64],
        ["aligned", "alignment", 4, 32],
        ["aligned.c", "offset", 4, 32],
        ["aligned.tail", "offset", 6, 36],
        ["aligned.tail", "size", 2, 4],
      ],
    );
    await assert.rejects(check({ point }), /needs headers to be checked against/);
  });
});

function passesTsc(workshop: string): void {
  const compilerOptions = { noEmit: true };
  writeFileSync(
    join(workshop, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["own.ts"] }),
  );
  const tsc = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", workshop, "--pretty", "false"],
    { cwd: root, encoding: "utf8" },
  );
  assert.equal(tsc.status, 0, tsc.stdout);
}
