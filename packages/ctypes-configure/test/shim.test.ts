/**
 * Shims: a library that is compiled for inline functions and for macros, and bound by the module that is made with it.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check, type GenerateOptions, generate } from "ctypes-configure";
import { ARRAY, CFUNCTYPE, c_int, c_long, string_at } from "ctypes-js";
import { loaded, skipWithoutLibclang, wordsOf } from "./generated.ts";
import { skipWithoutHeader } from "./header-sets.ts";
import { workshop } from "./headers.ts";
import { file, folder, skipWithout } from "./support.ts";

const skip = skipWithoutLibclang() || skipWithout("gcc");

const header = `
struct pair { int first; double second; };
int doubled(int x);
int missing(int x);
static inline int first_of(const struct pair *p) { return p->first; }
static inline void swap(int *a, int *b) { int c = *a; *a = *b; *b = c; }
static inline struct pair made(int first, double second) { struct pair p = { first, second }; return p; }
static inline int four_times(int x) { int y = doubled(x); return doubled(y); }
static inline int through(int (*visit)(int), int x) { int y = x + 1; return visit(y); }
static inline long sum(const long list[4]) { long s = 0; for (int i = 0; i < 4; i++) s += list[i]; return s; }
static inline const char *name_of(int x) { if (x) return "something"; return "nothing"; }
static inline int of_nowhere(int x) { int y = missing(x); return y; }
static inline int any(int count, ...) { int x = count; return x; }
static inline int simple(int x) { return x + 1; }
#define first_of(p) (first_of)(p)
#define LARGER(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define SECOND(p) ((p)->second)
#define SET_FIRST(p, x) do { (p)->first = (x); } while (0)
#define NOT_THERE(x) ((x)->nothing)
#define BOTH(x) ((x) + 1)
`;

function options(name: string, more: Partial<GenerateOptions["shim"]> = {}): GenerateOptions {
  const path = file(`${name}.h`, header);
  const library = join(folder(), `lib${name}.so`);
  const source = file(`${name}-library.c`, "int doubled(int x) { return 2 * x; }\n");
  const { status, stderr } = spawnSync("gcc", ["-shared", "-fPIC", "-o", library, source], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const shim = join(folder(), `${name}-shim.so`);
  return { headers: [path], libraries: [library], shim: { file: shim, url: shim, ...more } };
}

const prototypes = [
  "double SECOND(const struct pair *p)",
  "void SET_FIRST(struct pair *p, int x);",
  "int NOT_THERE(struct pair *p)",
  "long BOTH(long x)",
];

describe("a shim", { skip }, () => {
  test("has the inline functions that are no expressions, with their types", async () => {
    const { module, made } = await loaded(options("inlines"));
    const { libinlines_shim: shim, pair } = module;
    const p = new pair({ first: 3, second: 0.5 });
    assert.equal(shim.first_of(p), 3);
    const [a, b] = [new c_int(1), new c_int(2)];
    shim.swap(a, b);
    assert.deepEqual([a.value, b.value], [2, 1]);
    const other = shim.made(7, 1.25);
    assert.deepEqual([other.first, other.second], [7, 1.25]);
    assert.equal(shim.four_times(5), 20);
    assert.equal(shim.through(new (CFUNCTYPE(c_int, c_int))((x) => x * 10), 4), 50);
    assert.equal(shim.sum(new (ARRAY(c_long, 4))(1, 2, 3, 4)), 10);
    assert.equal(shim.name_of(0), "nothing");
    // An expression needs no library.
    assert.equal(module.simple(41), 42);
    assert.equal(shim.simple, undefined);
    const reasons = wordsOf(made);
    assert.match(reasons.get("of_nowhere") ?? "", /^not in the shim: it calls missing, which no library has$/);
    assert.match(reasons.get("any") ?? "", /^static inline: /);
    assert.match(made.text, /`int first_of\(const struct pair \*p\)`/);
  });

  test("has macros under the prototypes that the user gives them", async () => {
    const { module, made } = await loaded(options("macros", { prototypes }));
    const { libmacros_shim: shim, pair } = module;
    const p = new pair({ first: 3, second: 0.5 });
    assert.equal(shim.SECOND(p), 0.5);
    shim.SET_FIRST(p, 9);
    assert.equal(p.first, 9);
    assert.equal(shim.BOTH(2 ** 40), 2 ** 40 + 1);
    assert.equal(module.BOTH, undefined, "what has a prototype is not translated");
    assert.match(wordsOf(made).get("NOT_THERE") ?? "", /^not in the shim: the compiler: .*nothing/);
    const place = made.skipped.find(({ name }) => name === "NOT_THERE")?.place;
    assert.match(place ?? "", /macros\.h:19$/);
    assert.match(wordsOf(made).get("LARGER") ?? "", /^a function-like macro: /);
  });

  test("check compares its functions with the headers", async () => {
    const { module, made } = await loaded(options("checked", { prototypes }));
    const { differences, unknown } = await check(module, { cache: false });
    assert.deepEqual([differences, unknown], [[], []]);
    const wrong = made.text.replace(
      "<c_int, [p: Pointer<pair>]>(c_int, POINTER(pair))",
      "<c_int, [p: c_int]>(c_int, c_int)",
    );
    assert.notEqual(wrong, made.text);
    const path = join(workshop(), "wrong.ts");
    writeFileSync(path, wrong);
    const found = await check(await import(pathToFileURL(path).href), { cache: false });
    assert.deepEqual(
      found.differences.map(({ name }) => name),
      ["libchecked_shim.first_of"],
    );
  });

  test("leaves its source, and the line that compiles it", () => {
    const { shim } = options("source");
    generate({ ...options("source"), libraries: options("source").libraries as string[] });
    const source = readFileSync(join(folder(), "source-shim.c"), "utf8");
    const recipe = /\n \* {5}(cc .*)\n/.exec(source)?.[1] ?? "";
    assert.match(recipe, /^cc -O2 -fPIC -shared -o source-shim\.so source-shim\.c .*libsource\.so/);
    renameSync(shim?.file ?? "", `${shim?.file}.old`);
    const { status, stderr } = spawnSync(recipe, { shell: true, cwd: folder(), encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(shim?.file ?? ""));
  });

  test("is refused with a sentence where it makes no sense", () => {
    const wrong = { ...options("refused"), shim: { file: join(folder(), "x.so"), prototypes: ["FD_ISSET"] } };
    assert.throws(() => generate(wrong), /shim: expected a prototype such as ".*", got "FD_ISSET"/);
    const compiler = { ...options("refused"), shim: { file: join(folder(), "x.so"), compiler: "no-such-cc" } };
    assert.throws(() => generate(compiler), /the C compiler "no-such-cc" is not there/);
  });

  const selecting = { headers: ["sys/select.h"] };
  test("the command makes one beside the module, which finds it from its own place", {
    skip: skipWithoutHeader(selecting),
  }, async () => {
    const place = workshop();
    mkdirSync(join(place, "native"));
    const cli = join(import.meta.dirname, "../dist/cli.mjs");
    const given = [
      "int FD_ISSET(int fd, fd_set *set)",
      "void FD_SET(int fd, fd_set *set)",
      "void FD_ZERO(fd_set *set)",
    ];
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["--import", "tsx", cli, ...args], { cwd: place, encoding: "utf8" });
    const words = given.flatMap((prototype) => ["--shim-prototype", prototype]);
    const made = run("generate", "sys/select.h", "--out", "select.ts", "--shim", "native/select.so", ...words);
    assert.equal(made.status, 0, made.stderr);
    const text = readFileSync(join(place, "select.ts"), "utf8");
    assert.match(text, /new CDLL\(\(\) => new URL\("\.\/native\/select\.so", import\.meta\.url\), \{/);
    const { libselect: shim, fd_set } = await import(pathToFileURL(join(place, "select.ts")).href);
    const set = new fd_set();
    shim.FD_SET(70, set);
    assert.equal(shim.FD_ISSET(69, set), 0);
    assert.notEqual(shim.FD_ISSET(70, set), 0);
    shim.FD_ZERO(set);
    assert.equal(shim.FD_ISSET(70, set), 0);
    const checked = run("check", "select.ts");
    assert.match(checked.stdout, / 0 differences/, checked.stdout + checked.stderr);
    assert.match(run("generate", "sys/select.h", ...words).stderr, /--shim-prototype needs --shim, a file/);
  });

  const glib = {
    headers: ["glib.h"],
    libraries: ["glib-2.0"],
    includeDirs: ["/usr/include/glib-2.0", "/usr/lib/x86_64-linux-gnu/glib-2.0/include"],
    allow: [/^(g_bit_|g_string_(new|free|append_c)|g_steal)/],
  };
  test("glib.h: inline functions of a real header", { skip: skipWithoutHeader(glib) }, async () => {
    const shim = join(folder(), "glib-shim.so");
    const { module } = await loaded({ ...glib, shim: { file: shim, url: shim } });
    const { libglib_shim: inline, libglib_2_0: g } = module;
    assert.deepEqual([inline.g_bit_storage_impl(255), inline.g_bit_nth_lsf_impl(0b1000, -1)], [8, 3]);
    const text = g.g_string_new("a");
    inline.g_string_append_c_inline(text, "b".charCodeAt(0));
    assert.equal(Buffer.from(string_at(text.contents.str, 2)).toString(), "ab");
    g.g_string_free(text, 1);
    const { differences } = await check(module, { cache: false });
    assert.deepEqual(differences, []);
  });
});
