/** What a library has under another name than C does, and what only the compiler has a value for. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { check, generate } from "ctypes-configure";
import { ARRAY, c_ushort, create_string_buffer } from "ctypes-js";
import { complaintsAbout, loaded, skipWithoutLibclang } from "./generated.ts";
import { HEADER_SETS, type HeaderSet, skipWithoutHeader } from "./header-sets.ts";
import { file, folder } from "./support.ts";

const skip = skipWithoutLibclang();

const header = `
int doubled(int x) __asm__("own_doubled_v2");
extern int level __asm__("own_level");
int plain(int x);
int shortened_72(int x);
#define shortened shortened_72
#define also (plain)
#define ENTRY(x) x ## _72
#define by_pasting ENTRY(shortened)
static const int LIMIT = 42;
static const double RATIO = -1.5;
static const char *const TITLE = "title";
static const char VERSION[] = "1.2.13";
static const char ROOMY[16] = "roomy";
static const char FULL[4] = "full";
static const char MAGIC[] = "\\x89PNG\\0";
static char buffer[] = "changed";
const unsigned long long LARGEST = 0xffffffffffffffff;
static const int computed[2] = { 1, 2 };
static int changing = 3;
enum shade { DARK = 4, LIGHT };
#define DARK DARK
#define LIGHT LIGHT
#define PALE LIGHT
int __proto__(int x);
int close(int fd);
`;

test("symbols, constants and names of functions are what C makes of them", { skip }, async () => {
  file("named.h", header);
  const library = join(folder(), "libnamed.so");
  const source = file(
    "named.c",
    '#include "named.h"\nint level = 9;\nint doubled(int x) { return 2 * x; }\nint plain(int x) { return x; }\nint shortened_72(int x) { return x + 72; }\nint __proto__(int x) { return x + 1; }\n',
  );
  const built = spawnSync("gcc", ["-shared", "-fPIC", "-w", "-o", library, source], { encoding: "utf8" });
  assert.equal(built.status, 0, built.stderr);
  const { module, made } = await loaded({ headers: ["named.h"], includeDirs: [folder()], libraries: [library] });
  const { libnamed } = module;
  // A library object has a close() of its own; the library has none.
  assert.deepEqual(made.absent, ["close"]);
  // biome-ignore lint/suspicious/noProto: it is the function of the library
  assert.equal(libnamed.__proto__(4), 5);
  assert.deepEqual([libnamed.doubled(4), libnamed.level.value, libnamed.plain(1)], [8, 9, 1]);
  assert.deepEqual([libnamed.shortened(1), libnamed.also(2), libnamed.by_pasting(3)], [73, 2, 75]);
  assert.match(
    made.text,
    /doubled: \(\) => symbol\("own_doubled_v2", CFUNCTYPE<c_int, \[x: c_int\]>\(c_int, c_int\)\)/,
  );
  assert.deepEqual([module.LIMIT, module.RATIO, module.TITLE, module.LARGEST], [42, -1.5, "title", 2n ** 64n - 1n]);
  assert.deepEqual([module.VERSION, module.ROOMY, [...module.MAGIC]], ["1.2.13", "roomy", [0x89, 80, 78, 71, 0]]);
  // An array that has no room for the NUL is no text; others change.
  assert.deepEqual([module.FULL, module.buffer], [undefined, undefined]);
  assert.deepEqual([module.computed, module.changing], [undefined, undefined]);
  assert.deepEqual([{ ...module.shade }, module.PALE], [{ DARK: 4, LIGHT: 5 }, 5]);
  assert.deepEqual([module.DARK, module.DARK_2, module.LIGHT_2], [undefined, undefined, undefined]);
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});

test("a variable that holds a function is called through what it holds", { skip }, async () => {
  file(
    "held.h",
    `typedef int (*step_fn)(int);
extern step_fn step;
extern void (*drop)(void *) __asm__("held_drop");
extern int (*const table[1])(int);
void choose(step_fn other);
char *made(void);
int dropped(void);
`,
  );
  const library = join(folder(), "libheld.so");
  const source = file(
    "held.c",
    `#include "held.h"
#include <stdlib.h>
#include <string.h>
static int count;
static int one_more(int x) { return x + 1; }
static void drop_it(void *memory) { count++; free(memory); }
step_fn step = one_more;
void (*drop)(void *) = drop_it;
int (*const table[1])(int) = { one_more };
void choose(step_fn other) { step = other; }
char *made(void) { return strdup("made"); }
int dropped(void) { return count; }
`,
  );
  // glibc has a function step, too, which would be found first where RTLD_DEEPBIND is off: under a sanitizer.
  const flags = ["-shared", "-fPIC", "-Wl,-Bsymbolic"];
  const built = spawnSync("gcc", [...flags, "-o", library, source], { encoding: "utf8" });
  assert.equal(built.status, 0, built.stderr);
  const options = { headers: ["held.h"], includeDirs: [folder()], libraries: [library], disposes: { drop: /^made$/ } };
  const { module, made } = await loaded(options);
  const { libheld } = module;
  assert.equal(libheld.step(4), 5);
  assert.equal(libheld.table.at(0)(4), 5);
  assert.deepEqual([libheld.made(), libheld.dropped()], ["made", 1]);
  libheld.choose(new module.step_fn((x: number) => x * 10));
  assert.equal(libheld.step(4), 40);
  assert.match(made.text, / {2}step: \(\) => symbol\("step", step_fn, \{ variable: true \}\),/);
  assert.equal(
    complaintsAbout(made, 'import { libheld } from "./module.ts";\nexport const n: number = libheld.step(4);'),
    "",
  );
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});

test("glibc's strerror_r is the one that its header declares", { skip }, async () => {
  const { module } = await loaded({ headers: ["string.h"], libraries: ["libc.so.6"], allow: [/^strerror_r$/] });
  const text = create_string_buffer(100);
  assert.equal(module.libc.strerror_r(2, text, 100), 0);
  assert.equal(text.value, "No such file or directory");
});

test("large files have the functions of large files", { skip }, () => {
  const { text } = generate({
    headers: ["stdio.h"],
    defines: { _FILE_OFFSET_BITS: "64" },
    allow: [/^fseeko$/],
    libraries: ["libc.so.6"],
  });
  assert.match(text, /fseeko: \(\) =>\s*symbol\(\s*"fseeko64"/);
});

test("each symbol is that of the library whose file has it, whatever others depend on it", { skip }, async () => {
  const header = file(
    "layers.h",
    "int lower(int x);\nint upper(int x);\nextern int level_of_lower;\nint under(int x);\n",
  );
  const built = (name: string, text: string, ...needed: string[]) => {
    const library = join(folder(), `lib${name}.so`);
    const args = [
      "-shared",
      "-fPIC",
      "-o",
      library,
      file(`${name}.c`, text),
      "-Wl,--no-as-needed",
      ...needed,
      `-Wl,-rpath,${folder()}`,
    ];
    const gcc = spawnSync("gcc", args, { encoding: "utf8" });
    assert.equal(gcc.status, 0, gcc.stderr);
    return library;
  };
  const under = built("under", "int under(int x) { return x - 1; }");
  const lower = built("lower", "int level_of_lower = 3;\nint lower(int x) { return x + 1; }", under);
  const upper = built("upper", "int lower(int);\nint upper(int x) { return 2 * lower(x); }", lower);
  const { module, made } = await loaded({ headers: [header], libraries: [upper, lower] });
  assert.deepEqual(made.absent, []);
  // Nobody named the library of under(): it is reached through the first that depends on it.
  assert.deepEqual(Object.keys(module.libupper).sort(), ["under", "upper"]);
  assert.deepEqual(Object.keys(module.liblower).sort(), ["level_of_lower", "lower"]);
  assert.deepEqual([module.libupper.upper(4), module.liblower.lower(4), module.libupper.under(4)], [10, 5, 3]);
});

const avcodec = HEADER_SETS.avcodec as HeaderSet;
test("libavcodec and libavutil have each its own", { skip: skip || skipWithoutHeader(avcodec) }, () => {
  const { declarations, text, absent } = generate(avcodec);
  assert.deepEqual(absent, []);
  const libraries = text.split(/(?=export const lib)/).slice(1);
  for (const [library, prefix] of [
    ["libavcodec", "libavutil/"],
    ["libavutil", "libavcodec/"],
  ] as const) {
    const wrong = declarations.filter(
      ({ kind, name, header }) =>
        kind === "function" &&
        header.includes(prefix) &&
        libraries.some((own) => own.startsWith(`export const ${library} `) && own.includes(`\n  ${name}: `)),
    );
    assert.deepEqual(
      wrong.map(({ name }) => name),
      [],
      library,
    );
  }
});

const ustring = { headers: ["unicode/ustring.h"], libraries: ["icuuc"] };
test("ICU's functions have their documented names", { skip: skip || skipWithoutHeader(ustring) }, async () => {
  const { module, made } = await loaded({ ...ustring, allow: [/^u_(strToUpper|strlen)(_\d+)?$/] });
  const { libicuuc } = module;
  const status = new module.UErrorCode(module.UErrorCode.U_ZERO_ERROR);
  const upper = new (ARRAY(c_ushort, 20))();
  const source = ARRAY(c_ushort, 7).from_buffer_copy(new Uint16Array([..."stra\u00dfe\0"].map((c) => c.charCodeAt(0))));
  assert.equal(libicuuc.u_strlen(source), 6);
  assert.equal(libicuuc.u_strToUpper(upper, 20, source, -1, "de", status), 7);
  assert.deepEqual([String.fromCharCode(...[...upper].slice(0, 7)), status.value], ["STRASSE", 0]);
  assert.match(made.text, /u_strToUpper: \(\) =>\s+symbol\(\s*"u_strToUpper_\d+"/);
});
