/**
 * The command as a user types it: where headers are found, what is said without a library, and modules checked on every
 * Node.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { skipWithoutLibclang } from "./generated.ts";
import { skipWithoutHeader } from "./header-sets.ts";
import { workshop } from "./headers.ts";

const root = join(import.meta.dirname, "../../..");
const command = join(root, "packages/ctypes-configure/bin/ctypes-configure.mjs");
const zlib = { headers: ["zlib.h"] };

describe("ctypes-configure", { skip: skipWithoutLibclang() }, () => {
  let folder: string;
  const run = (args: readonly string[], cwd = folder) => {
    // Without what runs these tests: `--import tsx` would run TypeScript for it.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd, env, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  before(() => {
    folder = workshop();
    mkdirSync(join(folder, "h"));
    writeFileSync(join(folder, "h/a.h"), '#include "b.h"\nstruct a { struct b b; };\nint a_first(void);\n');
    writeFileSync(join(folder, "h/b.h"), "struct b { int x; };\nint b_first(void), b_second(void), b_third(void);\n");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("says which option or command a misspelt one may be", () => {
    const one = run(["generate", "zlib.h", "--librari", "z"]);
    assert.equal(one.status, 2);
    assert.match(one.stderr, /Unknown option '--librari'.*\nDid you mean --library\?\n$/);
    assert.match(run(["generat"]).stderr, /there is no command "generat".*\nDid you mean generate\?\n$/);
    assert.match(run(["generate", "zlib.h", "--wholly-other"]).stderr, /Unknown option[\s\S]*\nUsage:\n/);
  });

  test("is there in a clone that was never built, and builds it first", () => {
    const clone = mkdtempSync(join(tmpdir(), "ctypes-clone-"));
    try {
      const bin = join(clone, "packages/ctypes-configure/bin");
      cpSync(join(root, "packages/ctypes-configure/bin"), bin, { recursive: true });
      mkdirSync(join(clone, "scripts"));
      const built = JSON.stringify(join(clone, "packages/ctypes-configure/dist"));
      const setup = `import { mkdirSync, writeFileSync } from "node:fs";
console.log("setup: building");
mkdirSync(${built});
writeFileSync(${built} + "/cli.mjs", "console.log('argument: ' + process.argv[2])");
`;
      writeFileSync(join(clone, "scripts/setup.mjs"), setup);
      const call = () => spawnSync(join(bin, "ctypes-configure.mjs"), ["--help"], { encoding: "utf8" });
      const { stdout, stderr } = call();
      assert.deepEqual([stdout, stderr], ["argument: --help\n", "setup: building\n"]);
      assert.equal(call().stderr, "");
    } finally {
      rmSync(clone, { recursive: true });
    }
  });

  test("finds headers by paths from the current folder", () => {
    for (const [header, cwd] of [
      ["h/a.h", folder],
      ["./h/a.h", folder],
      ["a.h", join(folder, "h")],
      [join(folder, "h/a.h"), tmpdir()],
    ] as const) {
      const { status, stdout, stderr } = run(["generate", header], cwd);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /export class a extends Structure\(\{ b: b \}\)/, header);
      writeFileSync(join(folder, "a.ts"), stdout);
      assert.match(run(["check", join(folder, "a.ts")], cwd).stdout, /^\d+ facts compared, 0 differences$/m);
    }
    const advice =
      "name its folder (--include-dir, includeDirs), or the package that knows it (--package, packages): " +
      "pkg-config --list-all shows them";
    assert.ok(run(["generate", "a.h"]).stderr.endsWith(`\nctypes-configure: 'a.h' file not found; ${advice}\n`));
    writeFileSync(join(folder, "h/c.h"), "#include <nowhere.h>\n");
    const nested = run(["generate", "h/c.h"]).stderr;
    assert.match(nested, /h\/c\.h:1:10: fatal error: 'nowhere\.h' file not found; name its folder/);
  });

  test("finds a library by a path from the module, wherever the program runs", () => {
    mkdirSync(join(folder, "lib"));
    writeFileSync(join(folder, "h/beside.h"), "int beside(void);\n");
    writeFileSync(join(folder, "lib/beside.c"), "int beside(void) { return 42; }\n");
    const library = join(folder, "lib/libbeside.so");
    execFileSync("cc", ["-shared", "-o", library, join(folder, "lib/beside.c")]);
    const program = (module: string) => {
      const code = `import { libbeside } from ${JSON.stringify(join(folder, module))}; console.log(libbeside.beside());`;
      return execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code], {
        cwd: root,
        encoding: "utf8",
      });
    };
    for (const words of [
      ["--out", "src/beside.ts"],
      ["--per-header", "--out", "src"],
    ]) {
      const { status, stderr } = run(["generate", "h/beside.h", "--library", "./lib/libbeside.so", ...words]);
      assert.equal(status, 0, stderr);
      assert.equal(program("src/beside.ts"), "42\n");
      rmSync(join(folder, "src"), { recursive: true });
    }
  });

  test("takes folders with spaces, also those of packages, and makes the folder of a module", () => {
    const spaced = join(folder, "own library");
    mkdirSync(spaced);
    writeFileSync(join(spaced, "spaced.h"), "struct spaced { int x; };\n");
    const pc = `Name: spaced\nDescription: spaced\nVersion: 1\nCflags: -I@ -DA=1\n`;
    writeFileSync(join(spaced, "spaced.pc"), pc.replace("@", spaced.replaceAll(" ", "\\ ")));
    const { PKG_CONFIG_PATH } = process.env;
    process.env.PKG_CONFIG_PATH = spaced;
    try {
      const out = join("made here", "deeper", "spaced.ts");
      for (const where of [
        ["--package", "spaced"],
        ["--include-dir", spaced],
      ]) {
        const { status, stderr } = run(["generate", "spaced.h", ...where, "--out", out]);
        assert.equal(status, 0, stderr);
        assert.match(run(["check", out]).stdout, /^[1-9]\d* facts compared, 0 differences$/m);
      }
    } finally {
      if (PKG_CONFIG_PATH === undefined) delete process.env.PKG_CONFIG_PATH;
      else process.env.PKG_CONFIG_PATH = PKG_CONFIG_PATH;
    }
  });

  test("says what is left out where no library is named, and what to add", () => {
    const { stderr, stdout } = run(["generate", "h/a.h"]);
    const what = "4 functions and variables are left out (b_first, b_second, b_third, …), since no library was named";
    assert.ok(stderr.includes(`${what}: add --library <name>, as in -l<name>, or its file\n`), stderr);
    assert.match(stdout, /Left out, since no library was named:\n \* b_first, b_second, b_third, a_first\./);
  });

  test("names a module that is not there", () => {
    assert.equal(run(["check", "gone.ts"]).stderr, "ctypes-configure: gone.ts: there is no such file\n");
  });

  test("calls a check that compares nothing a failure", () => {
    writeFileSync(join(folder, "nothing.ts"), "export const neither = 5;\n");
    const { status, stdout, stderr } = run(["check", "nothing.ts", "--header", "h/a.h"]);
    assert.equal(status, 1);
    assert.match(stdout, /not in the headers: neither\n0 facts compared, 0 differences/);
    assert.match(stderr, /nothing\.ts: nothing was compared: it exports nothing that the headers declare/);
  });

  test("checks a module that was written by hand", { skip: skipWithoutHeader(zlib) }, () => {
    const mine = `import { CDLL, CFUNCTYPE, c_char_p, c_int, c_uint, c_ulong, c_void_p, Structure, type Pointer } from "ctypes-js";
import { level } from "./level.ts";
export class z_stream extends Structure({ next_in: c_void_p, avail_in: c_uint, total_in: c_uint }) {}
export const Z_BEST_COMPRESSION: number = level;
export type Nothing = Pointer<z_stream> | null;
export const libz = new CDLL("libz.so.1", { zlibVersion: CFUNCTYPE(c_char_p), crc32: CFUNCTYPE(c_ulong, c_ulong, c_void_p, c_int) });
`;
    writeFileSync(join(folder, "level.ts"), "export const level = 8 as number;\n");
    writeFileSync(join(folder, "mine.ts"), mine);
    const { status, stdout, stderr } = run(["check", "mine.ts", "--header", "zlib.h"]);
    assert.equal(status, 1, stderr);
    assert.match(stdout, /^\/usr\/include\/zlib\.h:\d+: z_stream: size: the module has 16, the headers 112$/m);
    assert.match(
      stdout,
      /^\/usr\/include\/zlib\.h:\d+: z_stream\.total_in: offset: the module has 12, the headers 16$/m,
    );
    assert.match(stdout, /^\/usr\/include\/zlib\.h:\d+: Z_BEST_COMPRESSION: value: the module has 8, the headers 9$/m);
    assert.match(stdout, /^\/usr\/include\/zlib\.h:\d+: libz\.crc32: parameter 3 \(len\): the module has c_int, /m);
  });

  const isStripped = Boolean((process.features as { typescript?: unknown }).typescript);
  const skip = isStripped && "this Node runs TypeScript itself";
  test("loads TypeScript by what the project has, and says what to install where it has nothing", { skip }, () => {
    // An empty project elsewhere: nothing of the workspace's node_modules is found from there, but our own packages.
    const project = mkdtempSync(join(tmpdir(), "ctypes-configure-"));
    try {
      mkdirSync(join(project, "node_modules"));
      const link = (name: string) => symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
      for (const name of ["ctypes-js", "rawffi"]) link(name);
      cpSync(join(folder, "h"), join(project, "h"), { recursive: true });
      assert.equal(run(["generate", "h/a.h", "--out", "a.ts"], project).status, 0);
      const without = run(["check", "a.ts"], project);
      assert.equal(without.status, 1);
      assert.match(without.stderr, /a\.ts: Node 2\d\.\S+ does not run TypeScript: npm install --save-dev tsx/);
      for (const name of ["esbuild", "tsx", "typescript"]) {
        link(name);
        const { status, stdout, stderr } = run(["check", "a.ts"], project);
        assert.equal(status, 0, `${name}: ${stderr}`);
        assert.match(stdout, /facts compared, 0 differences/);
        rmSync(join(project, "node_modules", name));
      }
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
