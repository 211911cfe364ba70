/** The command `measure`, and the module that a specification comes to. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check } from "ctypes-configure";
import { alignment, field, offsetof, sizeof } from "ctypes-js";
import { typeErrors, workshop } from "./headers.ts";
import { skipWithout } from "./support.ts";

const root = join(import.meta.dirname, "../../..");

const specification = `
import { ARRAY, bits, c_char, c_char_p, c_double, c_int, c_short, c_uint, POINTER } from "ctypes-js";
import * as ask from "ctypes-configure";

const text = \`
  struct bits { unsigned a : 3, : 4; int b : 9; double d; const char *text; int *numbers; int grid[3][2]; };
  struct inner { char c; short list[27]; };
  union either { int i; char text[9]; };
  enum color { RED = -1, BLUE = 7 };
  #define TITLE "it's a \\\\"title\\\\""
\`;
export const settings = { headers: ["stdio.h", "sys/stat.h"], defines: { LARGE: "2147483648L", FLAG: true }, after: text, cache: false };

const inner = ask.Struct("struct inner", { list: ARRAY(c_short, 1) });
export const bits_ = ask.Struct("struct bits", {
  a: c_int, b: bits(c_uint, 1), d: c_double, text: c_char_p, numbers: POINTER(c_int), grid: ARRAY(ARRAY(c_int, 2), 1),
});
export const stat = ask.Struct("struct stat", { st_size: c_int, st_mtim: ask.Struct("struct timespec", { tv_nsec: c_int }) });
export const list = ask.Struct("struct inner", { c: c_char, list: ARRAY(c_short, 1) });
export const either = ask.Union("union either", { i: c_int, text: ARRAY(c_char, 1) });
export const FILE = ask.Struct("FILE", {});
export const ushort = ask.SimpleType("unsigned short");
export const off_t = ask.SimpleType("off_t");
export const color = ask.Enum("enum color", ["RED", "BLUE"]);
export const BUFSIZ = ask.ConstantInteger("BUFSIZ");
export const large = ask.DefinedConstantInteger("LARGE");
export const everything = ask.ConstantInteger("~0ULL");
export const title = ask.DefinedConstantString("TITLE");
export const half = ask.ConstantInteger("1 / 2");
export const nothing = ask.DefinedConstantString("NOTHING");
export const undef = ask.Defined("really_undefined");
export const has = ask.Has("printf");
export const size = ask.SizeOf("struct bits");
export const helper = () => inner;
`;

describe("ctypes-configure measure", () => {
  let folder: string;
  let spec: string;
  before(() => {
    folder = workshop();
    spec = join(folder, "spec.ts");
    writeFileSync(spec, specification);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const cli = join(root, "packages/ctypes-configure/dist/cli.mjs");
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", cli, ...args], {
      cwd: root,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  test("prints the facts of what a specification exports, as JSON", () => {
    const { status, stdout, stderr } = run("measure", spec);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /compiling \d+ questions of \d+ entries/);
    const facts = JSON.parse(stdout);
    assert.deepEqual(facts.stat.members.st_size, { offset: 48, size: 8, code: "l" });
    assert.deepEqual(facts.color.values, { RED: -1, BLUE: 7 });
    assert.deepEqual(
      [facts.everything, facts.nothing, facts.undef, facts.has, facts.title],
      ["18446744073709551615", null, false, true, 'it\'s a "title"'],
    );
    assert.equal("helper" in facts || "settings" in facts, false);
  });

  test("takes more defines and folders from the command line", () => {
    const { stdout, stderr } = run("measure", spec, "--quiet", "--define", "really_undefined=1", "--define", "LARGE=7");
    assert.equal(stderr, "");
    assert.deepEqual([JSON.parse(stdout).undef, JSON.parse(stdout).large], [true, 7]);
  });

  const other = "aarch64-linux-gnu-gcc";
  test("asks a compiler for another machine, and runs nothing", { skip: skipWithout(other) }, () => {
    const { stdout, stderr } = run("measure", spec, "--quiet", "--compiler", other, "--object");
    assert.equal(stderr, "");
    assert.equal(JSON.parse(stdout).stat.size, 128);
    const out = join(folder, "other.ts");
    const { status, stderr: said } = run("measure", spec, "--quiet", "--compiler", other, "--object", "--out", out);
    assert.equal(status, 1);
    assert.match(said, /may be for another machine, and types are for this one/);
  });

  test("writes a module that type-checks, is formatted, loads, and agrees with C", async () => {
    const out = join(folder, "made.ts");
    const { status, stderr } = run("measure", spec, "--out", out);
    assert.equal(status, 0, stderr);
    process.env.CTYPES_DEBUG = "1";
    const made = await import(pathToFileURL(out).href);
    assert.deepEqual([made.BUFSIZ, made.large, made.everything, made.half], [8192, 2147483648, 2n ** 64n - 1n, 0]);
    assert.deepEqual([made.title, made.nothing, made.undef, made.has], ['it\'s a "title"', null, false, true]);
    assert.deepEqual([made.ushort.name, made.off_t.name, made.color.BLUE], ["c_ushort", "c_long", 7]);
    assert.deepEqual([sizeof(made.bits_), made.size, alignment(made.FILE)], [56, 56, 8]);
    const { numbers, grid, text } = made.bits_._fields_;
    assert.deepEqual(
      [numbers._type_.name, text.name, grid._length_, grid._type_._length_],
      ["c_int", "c_char_p", 3, 2],
    );
    assert.deepEqual([field(made.bits_ as never, "b" as never).bit_size, made.list._fields_.list._length_], [9, 27]);
    assert.equal(made.stat._fields_.st_mtim, made.stat_st_mtim);
    assert.equal(offsetof(made.stat, "st_mtim" as never), 88);
    assert.equal(new made.either({ text: "abc" }).i, 0x636261);

    const { differences, compared } = await check(made, { cache: false });
    assert.deepEqual(differences, []);
    assert.ok(compared > 30, `${compared} facts`);

    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const input = readFileSync(out, "utf8");
    const formatted = spawnSync(process.execPath, [biome, "format", "--stdin-file-path=made.ts"], {
      cwd: root,
      input,
      encoding: "utf8",
    });
    assert.ok(formatted.stdout === input, formatted.stdout);
    rmSync(join(folder, "other.ts"), { force: true });
    assert.equal(typeErrors(folder), "");
  });

  test("says what is wrong: with the compiler's words, and with the command line", () => {
    const wrong = join(folder, "wrong.ts");
    writeFileSync(wrong, 'import { SizeOf } from "ctypes-configure";\n\nexport const x = SizeOf("struct nowhere");\n');
    const { status, stderr } = run("measure", wrong);
    assert.equal(status, 1);
    assert.match(stderr, /wrong\.ts:3: SizeOf\("struct nowhere"\): .*incomplete type/);
    writeFileSync(wrong, "export const x = 5;\n");
    assert.match(run("measure", wrong).stderr, /it exports no entries/);
    assert.equal(run("measure").status, 2);
    assert.match(run("generat").stderr, /there is no command "generat"; there are generate, check and measure/);
    rmSync(wrong);
  });
});
