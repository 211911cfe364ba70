/**
 * What importing a package does, and leaves for later: which of our files it reads, which of Node's modules it loads,
 * and whether it evaluates code.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, test } from "node:test";

const root = join(import.meta.dirname, "..");

interface Loaded {
  /** Of our packages, below `packages/`, without the wrapper for `import`. */
  readonly files: readonly string[];
  /** Of Node, those that the import has loaded. */
  readonly modules: readonly string[];
  readonly evaluations: number;
}

/** What is loaded after a program, which begins with nothing. */
function loadedBy(program: string): Loaded {
  const source = `
    import { createRequire } from "node:module";
    let evaluations = 0;
    const { eval: evaluate } = globalThis;
    globalThis.eval = (source) => (evaluations++, evaluate(source));
    const before = new Set(process.moduleLoadList);
    ${program}
    const modules = process.moduleLoadList.filter((name) => !before.has(name));
    const files = Object.keys(createRequire(import.meta.url).cache);
    console.log(JSON.stringify({ files, modules, evaluations }));`;
  const args = ["--input-type=module", "-e", source];
  const loaded = JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })) as Loaded;
  const files = loaded.files
    .map((file) => relative(join(root, "packages"), file))
    .filter((file) => file.endsWith(".js"));
  return { ...loaded, files: files.sort() };
}

const IMPORTED = ["ctypes/dist/index.js", "rawffi/dist/index.js"];

describe("importing ctypes-js", () => {
  const { files, modules, evaluations } = loadedBy('await import("ctypes-js");');

  test("reads one file of each package", () => assert.deepEqual(files, IMPORTED));
  test("evaluates no code", () => assert.equal(evaluations, 0));
  test("loads no streams and no workers", () => {
    assert.deepEqual(
      modules.filter((name) => /stream|worker/.test(name)),
      [],
    );
  });
});

test("what is left is loaded by its first use", () => {
  const begin = 'const c = await import("ctypes-js");';
  const call = loadedBy(`${begin} new c.CDLL(null, { abs: c.CFUNCTYPE(c.c_int, c.c_int) }).abs(-1);`);
  assert.deepEqual(
    call.files,
    ["ctypes/dist/calls.js", "ctypes/dist/instances.js", ...IMPORTED, "rawffi/dist/preparing.js"].sort(),
  );
  const structure = loadedBy(`${begin} new (class extends c.Structure({ x: c.c_int }) {})({ x: 1 });`);
  assert.deepEqual(structure.files, ["ctypes/dist/instances.js", "ctypes/dist/types.js", ...IMPORTED].sort());
  const text = loadedBy(`${begin} c.create_string_buffer("text");`);
  assert.ok(text.files.includes("ctypes/dist/tools.js"));
});

test("each file of a package is loaded by something", () => {
  const all = loadedBy(`
    const c = await import("ctypes-js");
    for (const name of ["arithmetic", "sequence", "util", "wintypes"]) await import("ctypes-js/" + name);
    c.create_string_buffer("text");
    new c.CDLL(null, { abs: c.CFUNCTYPE(c.c_int, c.c_int) }).abs(-1);`);
  for (const name of ["ctypes", "rawffi"]) {
    const written = readdirSync(join(root, "packages", name, "dist")).filter((file) => file.endsWith(".js"));
    const expected = written.map((file) => `${name}/dist/${file}`).sort();
    assert.deepEqual(
      all.files.filter((file) => file.startsWith(`${name}/`)),
      expected,
    );
  }
});

test("importing ctypes-sqlite opens nothing, and reads what every database needs", () => {
  const maps = 'import { readFileSync } from "node:fs"; const maps = readFileSync("/proc/self/maps", "utf8");';
  const check = 'if (maps.includes("libsqlite3")) throw new Error("SQLite is open");';
  const isLinux = process.platform === "linux";
  const { files, evaluations } = loadedBy(`await import("ctypes-sqlite"); ${isLinux ? `${maps} ${check}` : ""}`);
  const expected = ["index.js", "runs.js", "sequence.js", "util.js"].map((name) => `ctypes/dist/${name}`);
  const own = ["ctypes-sqlite/dist/index.js", "ctypes-sqlite/dist/shared.js"];
  assert.deepEqual(files, [...own, ...expected, "rawffi/dist/index.js"].sort());
  assert.equal(evaluations, 0);
});

describe("importing ctypes-pyglet", () => {
  const begin = 'const { gl } = await import("ctypes-pyglet");';
  const filesOf = ({ files }: Loaded) => files.filter((file) => file.startsWith("pyglet/"));

  test("reads no declarations of OpenGL and X11", () => {
    assert.deepEqual(filesOf(loadedBy(begin)), ["pyglet/dist/index.js"]);
  });

  test("the first use of `gl` does, whichever it is", () => {
    for (const use of ["gl.GL_TRIANGLES !== 4", '!("glClear" in gl)', "!enumerated(gl).includes('glClear')"]) {
      const enumerated =
        "const enumerated = (of) => { const names = []; for (const name in of) names.push(name); return names; };";
      const loaded = loadedBy(`${enumerated} ${begin} if (${use}) throw new Error("gl is empty");`);
      assert.deepEqual(filesOf(loaded), ["pyglet/dist/index.js", "pyglet/dist/native.js"]);
    }
  });
});
