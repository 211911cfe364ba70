/**
 * What a user gets: the packages installed in an empty project without a network, the README's first example compiled
 * and run there, and a binding made and checked by the command.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, type TestContext, test } from "node:test";
import { Config } from "ctypes-libclang";
import { nodeOf } from "../scripts/setup/nodes.mjs";
import { runtimeOf } from "../scripts/setup/runtimes.mjs";
import { SetupError } from "../scripts/setup/step.mjs";
import { programsOf } from "./docs/markdown.ts";
import { binaries, filesOf, pack, packed, project, root, run } from "./packed/packed.ts";

pack();

describe("in an empty project with the packed packages", () => {
  const [example] = programsOf(readFileSync(join(root, "README.md"), "utf8"));
  assert.ok(example, "README.md has no ts block");
  const [sqlite] = programsOf(readFileSync(join(root, "packages/ctypes-sqlite/README.md"), "utf8"));
  assert.ok(sqlite, "the README of ctypes-sqlite has no ts block");

  before(() => {
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
    const tarballs = [...packed.values()].map(({ filename }) => `./${filename}`);
    run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", ...tarballs], project);
    mkdirSync(join(project, "src"));
    writeFileSync(join(project, "src/example.ts"), `${example.code}\n`);
    writeFileSync(join(project, "src/sqlite.ts"), `${sqlite.code}\n`);
  });

  test("the first examples of the READMEs pass tsc --strict", () => {
    const compilerOptions = {
      strict: true,
      target: "es2022",
      module: "nodenext",
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      rootDir: "src",
      outDir: "out",
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], project);
  });

  test("the types of ctypes need no types of Node, and no newer library than its target has", () => {
    mkdirSync(join(project, "plain"));
    const program = 'import { c_int } from "ctypes-js";\nexport const size = new c_int(5);\n';
    writeFileSync(join(project, "plain/plain.ts"), program);
    const compilerOptions = { strict: true, target: "es2022", module: "nodenext", types: [], noEmit: true };
    writeFileSync(join(project, "plain/tsconfig.json"), JSON.stringify({ compilerOptions, include: ["plain.ts"] }));
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "plain"], project);
  });

  test("the better face is a class to require and to import, and has its types in both", () => {
    const body = `
const db = new Database(":memory:");
const five: unknown = db.prepare("SELECT 5").pluck().get();
const open: boolean = db.open;
// @ts-expect-error SQL is text
db.prepare.bind(db, 5);
console.log(five, open, Database.SqliteError.name, typeof Database);
`;
    writeFileSync(join(project, "src/required.cts"), `import Database = require("ctypes-sqlite/better");${body}`);
    writeFileSync(join(project, "src/imported.mts"), `import Database from "ctypes-sqlite/better";${body}`);
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], project);
    for (const file of ["out/required.cjs", "out/imported.mjs"]) {
      assert.equal(run(process.execPath, [file], project), "5 true SqliteError function\n");
    }
  });

  test("an override puts the better face in the place of better-sqlite3, for a package that requires it", () => {
    const write = (path: string, manifest: object, code: string) => {
      mkdirSync(join(project, path), { recursive: true });
      writeFileSync(join(project, path, "package.json"), JSON.stringify(manifest));
      writeFileSync(join(project, path, "index.js"), code);
    };
    const tarball = (name: string) => `file:../${packed.get(name)?.filename}`;
    write("overridden/orm", { name: "orm", version: "1.0.0", dependencies: { "better-sqlite3": "^13.0.0" } }, ormCode);
    write(
      "overridden/driver",
      { name: "better-sqlite3", version: "13.0.0", dependencies: { "ctypes-sqlite": "*" } },
      'module.exports = require("ctypes-sqlite/better");',
    );
    const dependencies = { orm: "file:./orm", "better-sqlite3": "file:./driver" };
    const ours = [binaries, "rawffi", "ctypes-js", "ctypes-sqlite"].map((name) => [name, tarball(name)]);
    write(
      "overridden",
      {
        name: "overridden",
        private: true,
        dependencies: { ...dependencies, ...Object.fromEntries(ours) },
        overrides: { "better-sqlite3": "$better-sqlite3" },
      },
      'console.log(require("orm").sum([1, 2, 39]));',
    );
    const folder = join(project, "overridden");
    run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
    assert.equal(run(process.execPath, ["index.js"], folder), "42\n");
  });

  test("importing the packages and calling C defines no global, and nothing of the stress tests is packed", () => {
    const program = `
      const before = Reflect.ownKeys(globalThis);
      const { CDLL, CFUNCTYPE, Structure, c_int } = await import("ctypes-js");
      for (const name of ["ctypes-js/arithmetic", "ctypes-js/sequence", "ctypes-js/util", "ctypes-js/wintypes", "ctypes-sqlite", "ctypes-sqlite/better", "ctypes-sqlite/dbapi", "ctypes-pyglet", "ctypes-libclang"])
        await import(name);
      class P extends Structure({ x: c_int }) {}
      new P({ x: new CDLL(null, { abs: CFUNCTYPE(c_int, c_int) }).abs(-5) });
      const lists = Object.entries(Object.prototype).length + Object.entries(Array.prototype).length;
      console.log(lists, Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)));`;
    assert.equal(run(process.execPath, ["--input-type=module", "--eval", program], project), "0 []\n");
    const code = filesOf("ctypes-js").filter((path) => path.endsWith(".js"));
    for (const path of code) {
      const text = readFileSync(join(project, "node_modules/ctypes-js", path), "utf8");
      assert.doesNotMatch(text, /CTYPES_STRESS|ctypesStress|globalThis\.gc/, path);
    }
  });

  test("a header becomes a module by the packed command, which also checks it", { skip: noLibclang() }, () => {
    const command = join(project, "node_modules/.bin/ctypes-configure");
    run(command, ["generate", "zlib.h", "--library", "z", "--out", "src/zlib.ts"], project);
    writeFileSync(
      join(project, "src/use.ts"),
      'import { libz, Z_BEST_COMPRESSION } from "./zlib.js";\nconst sum: number = libz.crc32(0, new Uint8Array([1, 2]), 2);\nconsole.log(sum, Z_BEST_COMPRESSION);\n',
    );
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], project);
    assert.equal(run(process.execPath, ["out/use.js"], project), "3066839698 9\n");
    assert.match(run(command, ["check", "out/zlib.js", "--quiet"], project), /^\d{3} facts compared, 0 differences$/m);
    writeFileSync(
      join(project, "spec.mjs"),
      'import { SizeOf } from "ctypes-configure";\nexport const long = SizeOf("long");\n',
    );
    assert.equal(run(command, ["measure", "spec.mjs", "--quiet"], project), '{\n  "long": 8\n}\n');
    assert.match(run(command, ["--help"], project), /ctypes-configure generate <header…>/);
  });

  test("each is there once, whichever way it is loaded, and so are its types", () => {
    const required = [...EXPORTED].map((name) => `  [${JSON.stringify(name)}, require(${JSON.stringify(name)})],`);
    const program = `
const assert = require("node:assert/strict");
const all = [\n${required.join("\n")}\n];
(async () => {
  for (const [name, required] of all) {
    const { default: preset, ...imported } = await import(name);
    const isClass = typeof required === "function";
    if (isClass) assert.equal(required, preset);
    else for (const key of Object.keys(imported)) assert.equal(imported[key], required[key], name + " " + key);
    const more = isClass ? [] : Object.keys(required).filter((key) => !(key in imported));
    for (const key of more) assert.equal(required[key], preset, key + " is the default export");
  }
  console.log(all.length);
})();`;
    writeFileSync(join(project, "both.cjs"), program);
    assert.equal(run(process.execPath, ["both.cjs"], project), `${EXPORTED.size}\n`);
    for (const [file, code] of [
      ["src/one.cts", 'import { c_int } from "ctypes-js";\nexport const made = new c_int(5);\n'],
      [
        "src/two.mts",
        'import { c_int } from "ctypes-js";\nimport { made } from "./one.cjs";\nexport const same: c_int = made;\n',
      ],
    ] as const)
      writeFileSync(join(project, file), code);
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], project);
  });

  test("the first Node 20, which cannot require modules, requires all of them", (context) => {
    const node = installed(context, () => nodeOf("20.0.0"));
    if (node === null) return;
    const required = [...EXPORTED].map((name) => `require(${JSON.stringify(name)});`).join("\n");
    const call = "console.log(new CDLL(null, { abs: CFUNCTYPE(c_int, c_int) }).abs(-5), process.version);";
    writeFileSync(
      join(project, "old.cjs"),
      `${required}\nconst { CDLL, CFUNCTYPE, c_int } = require("ctypes-js");\n${call}\n`,
    );
    assert.equal(run(node, ["old.cjs"], project), "5 v20.0.0\n");
  });

  test("Deno needs --allow-ffi alone", (context) => {
    const deno = installed(context, () => runtimeOf("deno"));
    if (deno === null) return;
    const call = `
const libc = new CDLL(null, { abs: CFUNCTYPE(c_int, c_int) });
class P extends Structure({ x: c_int }) {}
const five = new DatabaseSync(":memory:").prepare("SELECT 5 AS five").get().five;
console.log(new P({ x: libc.abs(-5) }).x, five);`;
    const names = "{ CDLL, CFUNCTYPE, Structure, c_int }";
    const imported = `import ${names} from "ctypes-js";\nimport { DatabaseSync } from "ctypes-sqlite";\n`;
    const required = `const ${names} = require("ctypes-js");\nconst { DatabaseSync } = require("ctypes-sqlite");\n`;
    writeFileSync(join(project, "imported.mjs"), imported + call);
    writeFileSync(join(project, "required.cjs"), required + call);
    for (const file of ["imported.mjs", "required.cjs"])
      assert.equal(run(deno, ["run", "--no-prompt", "--allow-ffi", file], project), "5 5\n", file);

    const find = 'try { console.log(find_library("z")); } catch (error) { console.log(error.message); }';
    writeFileSync(join(project, "find.mjs"), `import { find_library } from "ctypes-js/util";\n${find}`);
    const found = (...options: string[]) =>
      run(deno, ["run", "--no-prompt", "--allow-ffi", ...options, "find.mjs"], project);
    assert.match(found(), /which needs --allow-run=\/sbin\/ldconfig\./);
    assert.match(found("--allow-run=/sbin/ldconfig"), /which needs --allow-env\./);
    assert.match(found("--allow-run=/sbin/ldconfig", "--allow-env"), /^libz\.so/);
  });

  test("what is missing is an error that names the platform and the package", () => {
    const folder = join(project, "node_modules", binaries);
    renameSync(folder, `${folder}-aside`);
    try {
      const platform = binaries.replace("rawffi-", "");
      assert.match(
        failure('require("ctypes-js")'),
        new RegExp(`no binary for ${platform}: the package ${binaries} is not`),
      );
      const other = 'Object.defineProperty(process, "arch", { value: "sparc64" }); require("ctypes-js")';
      assert.match(
        failure(other),
        /rawffi: there is no binary for \S+sparc64\S*; there are binaries for linux-x64-glibc, /,
      );
    } finally {
      renameSync(`${folder}-aside`, folder);
    }
  });

  test("and prints what the README says", () => {
    assert.notEqual(example.output, null, "the README's first ts block needs a text block with its output after it");
    assert.equal(run(process.execPath, ["out/example.js"], project).trimEnd(), example.output);
  });

  test("and that of ctypes-sqlite's README what it says", () => {
    assert.equal(run(process.execPath, ["out/sqlite.js"], project).trimEnd(), sqlite.output);
  });
});

/** What may be required and imported. */
const EXPORTED = new Set([
  "rawffi",
  ...["", "/arithmetic", "/sequence", "/util", "/wintypes"].map((entry) => `ctypes-js${entry}`),
  ...["", "/better", "/dbapi"].map((entry) => `ctypes-sqlite${entry}`),
  "ctypes-pyglet",
  "ctypes-libclang",
  "ctypes-configure",
]);

/** Another runtime, from npm; null where it cannot be had, and then the test is skipped. */
function installed(context: TestContext, find: () => string): string | null {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    context.skip(error.message);
    return null;
  }
}

/** What a program that fails there says. */
function failure(program: string): string {
  try {
    run(process.execPath, ["--input-type=commonjs", "--eval", program], project);
  } catch (error) {
    return (error as Error).message;
  }
  assert.fail("it does not fail");
}

/** A package over better-sqlite3: it calls the class that `require` gives, with and without `new`. */
const ormCode = `
const Database = require("better-sqlite3");
exports.sum = (values) => {
  const db = Database(":memory:");
  if (!(db instanceof Database)) throw new Error("another class");
  db.exec("CREATE TABLE t (a)");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  db.transaction(() => { for (const value of values) insert.run(value); })();
  try { db.exec("nonsense"); } catch (error) {
    if (!(error instanceof Database.SqliteError) || { ...error }.code !== "SQLITE_ERROR") throw error;
  }
  return db.prepare("SELECT sum(a) FROM t").pluck().get();
};
`;
function noLibclang(): string | false {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}
