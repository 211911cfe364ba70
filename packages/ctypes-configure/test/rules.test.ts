/** What a user says of single functions, parameters, results and members of a generated module. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check, generate, generatePerHeader } from "ctypes-configure";
import { ARRAY, c_ubyte, c_void_p, get_errno, pointer } from "ctypes-js";
import { complaintsAbout, libraryOf, loaded, skipWithoutLibclang } from "./generated.ts";
import { isUnderAsan } from "./support.ts";

const skip = skipWithoutLibclang();

const header = `
typedef unsigned long handle_t;
typedef void (*done_t)(int what);
struct entry { char *name; char *bytes; const char *title; handle_t handle; void (*closed)(int why); };
int count_letters(char *text, char *skipped);
int count_all(char **texts, int count);
void shout(char *text, char *out);
char *copy_of(const char *text);
char *part_of(char *text, int from);
int entry_size(struct entry *entry);
void *opened(handle_t handle);
void stop_device(void (*called)(int), int times);
void later(done_t done);
int fails(int code);
int quick(int a, int b);
void keep(char *text);
int kept(void);
typedef char letter;
typedef letter *word;
letter *letters_of(const letter *text);
word word_of(word text, word *also);
int with_a_comma_in_column_121(int name_of_as_many_columns_as_the_line_want, int *b);
`;
const source = `
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
int count_letters(char *text, char *skipped) { int n = 0; for (; *text; text++) n += strchr(skipped, *text) == 0; return n; }
int count_all(char **texts, int count) { int n = 0; while (count--) n += strlen(*texts++); return n; }
void shout(char *text, char *out) { while (*text) *out++ = *text++ - 32; *out = 0; }
static int living;
char *copy_of(const char *text) { living++; return strdup(text); }
char *part_of(char *text, int from) { return text + from; }
int entry_size(struct entry *entry) { return strlen(entry->name) + strlen(entry->bytes); }
void *opened(handle_t handle) { return (void *)handle; }
static void (*callback)(int);
static int count;
static void *device(void *unused) { for (int i = 0; i < count; i++) callback(i); return 0; }
void stop_device(void (*called)(int), int times) {
  pthread_t thread; callback = called; count = times;
  pthread_create(&thread, 0, device, 0);
  pthread_join(thread, 0);
}
static void *call(void *done) { ((done_t)done)(5); return 0; }
void later(done_t done) { pthread_t thread; pthread_create(&thread, 0, call, (void *)done); pthread_join(thread, 0); }
int fails(int code) { errno = code; return -1; }
int quick(int a, int b) { return a + b; }
void keep(char *text) { living--; memset(text, '!', strlen(text)); free(text); }
int kept(void) { return living; }
char *letters_of(const char *text) { living++; return strdup(text); }
char *word_of(char *text, char **also) { *also = text; return text; }
int with_a_comma_in_column_121(int a, int *b) { return a + *b; }
`;
const library = skip === false ? libraryOf("ruled", header, source, "-pthread") : { headers: [] };

describe("rules", { skip }, () => {
  test("say which `char *` is text", async () => {
    const { module, made } = await loaded({
      ...library,
      text: [/^count_/, /^shout\.text$/, /^part_of\.|^entry\.name$/],
    });
    const { libruled, entry } = module;
    assert.equal(libruled.count_letters("hello", "l"), 3);
    assert.equal(libruled.count_all(["one", "three"], 2), 8);
    const out = Buffer.alloc(8);
    libruled.shout("text", out);
    assert.equal(out.toString("latin1", 0, 5), "TEXT\0");
    assert.match(made.text, /part_of: \(\) => CFUNCTYPE<c_char_p, \[text: c_char_p, from: c_int\]>/);
    const one = new entry({ name: "four" });
    assert.equal(one.name, "four");
    assert.equal(one.bytes, null);
    assert.match(made.text, /bytes: POINTER\(c_char\)/);
    assert.deepEqual((await check(module, { cache: false })).differences, []);
  });

  test("put an expression of ctypes in the place of a type, a parameter, a result or a member", async () => {
    const replace = {
      handle_t: "c_void_p",
      "opened.result": "POINTER(entry)",
      "part_of.text": "c_char_p",
      "entry.bytes": "POINTER(ARRAY(c_ubyte, 4))",
      "later.done": "CFUNCTYPE(null, c_uint)",
    };
    const { module, made } = await loaded({ ...library, replace });
    const { libruled, entry, handle_t } = module;
    assert.equal(handle_t, c_void_p);
    const bytes = ARRAY(c_ubyte, 4);
    const one = new entry({ name: Buffer.from("abc\0"), bytes: pointer(new bytes(9, 8, 7, 6)), handle: null });
    assert.equal(one.bytes.contents[1], 8);
    assert.equal(libruled.opened(pointer(one)).contents.title, null);
    assert.equal(complaintsAbout(made), "");
    const { differences } = await check(module, { cache: false });
    assert.deepEqual(differences, []);
  });

  test("that cannot be followed say where", () => {
    const wrong = (replace: Record<string, string>) => () => generate({ ...library, replace });
    assert.throws(wrong({ "entry.name": "c_int" }), {
      message: "replace: entry.name: it has 8 bytes in C, the type given 4",
    });
    assert.throws(wrong({ "opened.result": "POINTER(nowhere)" }), {
      message: "replace: opened.result: the module has no type nowhere",
    });
    assert.throws(wrong({ "opened.result": "POINTER(entry" }), {
      message: "POINTER(entry: expected ) in a type of ctypes",
    });
    assert.throws(wrong({ "opened.result": "ARRAY(c_int, x)" }), {
      message: "ARRAY(c_int, x): expected a length, got x",
    });
    assert.throws(() => generate({ ...library, pumped: [/^quick$/], leaf: [/quick/] }), {
      message: "quick: CFUNCTYPE(): options pumped and leaf exclude each other: a leaf function has no callbacks",
    });
    assert.throws(() => generate({ ...library, nowait: [/^quick$/] }), {
      message: /^quick: CFUNCTYPE\(\): option nowait:/,
    });
    assert.throws(() => generate({ ...library, disposes: { keep: /^quick$/ } }), {
      message: /^disposes: quick: its result is no text/,
    });
    assert.throws(() => generate({ ...library, disposes: { nothing: /^copy_of$/ } }), {
      message: "disposes: no library has a function nothing",
    });
    const said: string[] = [];
    generate({ ...library, leaf: [/^nothing$/], replace: { "a.b": "c_int" }, progress: (line) => said.push(line) });
    assert.deepEqual(said.slice(1, 3), ["leaf: nothing matches /^nothing$/", "replace: no a.b"]);
  });

  test("say who frees a text", async (t) => {
    const { module, made } = await loaded({ ...library, disposes: { keep: /^copy_of$/ } });
    assert.equal(module.libruled.copy_of("text"), "text");
    assert.equal(module.libruled.kept(), 0);
    assert.equal(
      complaintsAbout(
        made,
        'import { libruled } from "./module.ts";\nexport const text: string | null = libruled.copy_of("a");',
      ),
      "",
    );
    assert.deepEqual((await check(module, { cache: false })).differences, []);
    const other = await loaded({ ...library, disposes: { free: /^copy_of$/ } });
    const asan = isUnderAsan && "the sanitizer allocates, and libc's own free is called";
    await t.test("as the C library does", { skip: asan }, () => {
      assert.equal(other.module.libruled.copy_of("text"), "text");
      assert.equal(other.module.libruled.kept(), 2 - 1);
    });
    assert.match(other.made.text, /export const libc = new CDLL\(\(\) => "libc\.so\.6", \{/);
    assert.equal(complaintsAbout(other.made), "");
    const { modules } = generatePerHeader({ ...library, disposes: { keep: /^copy_of$/ } });
    const own = modules.find((one) => one.file === "libraries.ts");
    assert.match(own?.text ?? "", /disposed\(c_char_p, \(\): Disposer => libruled\.keep\)/);
  });

  test("see the `char` in a typedef, also in one of another module", async () => {
    const { module, made } = await loaded({ ...library, disposes: { keep: /^letters_of$/ }, text: [/^word_of\b/] });
    assert.equal(module.libruled.letters_of("text"), "text");
    assert.match(made.text, /word_of: \(\) =>\s+CFUNCTYPE<c_char_p, \[text: c_char_p, also: Pointer<c_char_p>\]>/);
    assert.equal(complaintsAbout(made), "");
    assert.deepEqual((await check(module, { cache: false })).differences, []);
    const [folder] = library.includeDirs ?? [];
    const base = join(folder as string, "ruled_base.ts");
    writeFileSync(join(folder as string, "ruled_base.h"), "typedef char letter;\nstruct pair { int a, b; };\n");
    writeFileSync(base, generate({ headers: ["ruled_base.h"], includeDirs: [folder as string] }).text);
    writeFileSync(
      join(folder as string, "ruled_more.h"),
      '#include "ruled_base.h"\nletter *letters_of(const letter *text);\nvoid *opened(unsigned long handle);\n',
    );
    const { text } = generate({
      ...library,
      headers: ["ruled_more.h"],
      imports: { "ruled_base.h": base },
      out: join(folder as string, "ruled_more.ts"),
      disposes: { free: /^letters_of$/ },
      replace: { "opened.result": "POINTER(pair)" },
    });
    assert.match(
      text,
      /CFUNCTYPE<c_char_p, \[text: c_char_p\]>\(\s+disposed\(c_char_p, \(\): Disposer => libc\.free\)/,
    );
    assert.match(text, /^import \{ pair \} from "\.\/ruled_base\.ts";$/m);
  });

  test("say how calls are made", async () => {
    const options = {
      ...library,
      pumped: [/^stop_device$/, /^later$/],
      errno: [/^fails$/],
      leaf: [/^quick$/],
      throws: [/^kept$/],
      nowait: [/^done_t$/, /^entry\.closed$/],
    };
    const { module, made } = await loaded(options);
    const { libruled, done_t } = module;
    const seen: number[] = [];
    const [Called] = (libruled.stop_device.constructor as unknown as { _argtypes_: any[] })._argtypes_;
    const called = new Called((n: number) => seen.push(n));
    libruled.stop_device(called, 3);
    assert.deepEqual(seen, [0, 1, 2]);
    const done = new done_t((what: number) => seen.push(what));
    libruled.later(done);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(seen, [0, 1, 2, 5]);
    libruled.fails(17);
    assert.equal(get_errno(), 17);
    assert.equal(libruled.quick(2, 3), 5);
    assert.match(
      made.text,
      /quick: \(\) => CFUNCTYPE<c_int, \[a: c_int, b: c_int\]>\(c_int, c_int, c_int, \{ leaf: true \}\)/,
    );
    assert.match(made.text, /fails: .*\{ use_errno: true \}/);
    assert.match(made.text, /kept: .*\{ throws: true \}/);
    assert.match(made.text, /closed: CFUNCTYPE\(null, c_int, \{ nowait: true \}\)/);
    assert.match(made.text, /stop_device: \(\) =>[^}]*\{ pumped: true \}/);
    assert.equal(complaintsAbout(made), "");
    assert.deepEqual((await check(module, { cache: false })).differences, []);
    for (const each of [called, done]) each.dispose();
  });
});

describe("rules in a file", { skip }, () => {
  const root = join(import.meta.dirname, "../../..");
  const cli = join(root, "packages/ctypes-configure/dist/cli.mjs");
  const run = (cwd: string, ...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], { cwd, encoding: "utf8" });

  test("make a module, and it again", async () => {
    const place = mkdtempSync(join(import.meta.dirname, "fixtures/build/config-"));
    process.on("exit", () => rmSync(place, { recursive: true, force: true }));
    const [includeDir] = library.includeDirs ?? [];
    const config = {
      headers: ["ruled.h"],
      includeDirs: [relative(place, includeDir as string)],
      libraries: library.libraries,
      out: "made.ts",
      pumped: ["^stop_device$"],
      disposes: { keep: "^copy_of$" },
      replace: { "part_of.text": "c_char_p" },
      text: ["/^COUNT_/i"],
    };
    writeFileSync(join(place, "ctypes-configure.json"), JSON.stringify(config));
    const first = run(place, "generate");
    assert.equal(first.status, 0, first.stderr);
    const path = join(place, "made.ts");
    const text = readFileSync(path, "utf8");
    const { __configure__, libruled } = await import(pathToFileURL(path).href);
    assert.equal(libruled.copy_of("again"), "again");
    const { out: _, headers, includeDirs, ...rules } = config;
    assert.deepEqual(__configure__.source, { headers, includeDirs, rules });
    // From elsewhere, by its own word, and by a configuration in TypeScript.
    rmSync(join(place, "ctypes-configure.json"));
    writeFileSync(path, `${text}// changed\n`);
    const again = run(root, "generate", "--config", relative(root, path), "--quiet");
    assert.equal(again.status, 0, again.stderr);
    assert.equal(readFileSync(path, "utf8"), text);
    const written = JSON.stringify(config).replace('"^stop_device$"', "/^stop_device$/");
    writeFileSync(join(place, "ctypes-configure.ts"), `export default [${written}];\n`);
    writeFileSync(path, "");
    const byTypeScript = run(place, "generate", "--quiet");
    assert.equal(byTypeScript.status, 0, byTypeScript.stderr);
    assert.equal(readFileSync(path, "utf8"), text);
    assert.equal(run(place, "check", "made.ts").status, 0);
  });

  test("say what is wrong with them", () => {
    const place = mkdtempSync(join(import.meta.dirname, "fixtures/build/config-"));
    process.on("exit", () => rmSync(place, { recursive: true, force: true }));
    const file = join(place, "ctypes-configure.json");
    const said = (config: unknown) => {
      writeFileSync(file, JSON.stringify(config));
      const { status, stderr } = run(place, "generate");
      assert.equal(status, 1);
      return stderr.split("\n")[0];
    };
    const start = "ctypes-configure: ctypes-configure.json";
    assert.match(
      said({ headers: ["a.h"], leafs: [] }) ?? "",
      /json: leafs: there is no such option; did you mean leaf\?$/m,
    );
    assert.equal(said({ headers: [] }), `${start}: headers: expected the names of headers, got none`);
    assert.equal(said([{ headers: ["a.h"], leaf: "x" }]), `${start}[0]: leaf: expected an array`);
    assert.match(said({ headers: ["a.h"], leaf: ["("] }) ?? "", /leaf: Invalid regular expression/);
    assert.match(said("a.h") ?? "", /it has no default export/);
    writeFileSync(file, '{ "headers": ["a.h" }');
    assert.match(run(place, "generate").stderr, /^ctypes-configure: ctypes-configure\.json: .*JSON at position \d+/);
    rmSync(file);
    assert.match(run(place, "generate").stderr, /expected the name of a header, got none/);
  });
});

test("the parameters of a callback are places of rules, by its typedef, its parameter or its member", {
  skip,
}, async () => {
  const options = libraryOf(
    "visits",
    `typedef int (*visit_t)(char *name, char *bytes);
typedef char *(*made_t)(int n);
int visit_all(visit_t visit);
int visit_each(int (*visit)(char *name), int times);
struct visitor { int (*visit)(char *, int n); made_t made; };
`,
    `int visit_all(visit_t visit) { return visit("one", "two"); }
int visit_each(int (*visit)(char *name), int times) { int sum = 0; while (times--) sum += visit("each"); return sum; }
`,
  );
  const { module, made } = await loaded({
    ...options,
    text: [/^visit_t\.name$/, /^made_t\.result$/, /^visit_each\.visit\.name$/, /^visitor\.visit\.1$/],
  });
  assert.match(made.text, /visit_t: FunctionType<c_int, \[name: c_char_p, bytes: Pointer<c_char>\]>/);
  assert.match(made.text, /made_t: FunctionType<c_char_p, \[/);
  assert.match(made.text, /visit: CFUNCTYPE\(c_int, c_char_p, c_int\)/);
  const { libvisits, visit_t } = module;
  const seen: unknown[] = [];
  const visit = new visit_t((name: string, bytes: { at(index: number): number }) => seen.push(name, bytes.at(0)));
  assert.equal(libvisits.visit_all(visit), 2);
  assert.equal(seen[0], "one");
  assert.equal(complaintsAbout(made), "");
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});
