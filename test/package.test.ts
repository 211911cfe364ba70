/**
 * What a user gets: the packages packed, installed in an empty project without a network, the README's first example
 * compiled and run there, and a binding made and checked by the command.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Config } from "ctypes-libclang";
import { programsOf } from "./docs/markdown.ts";

const root = join(import.meta.dirname, "..");
const packages = ["rawffi", "ctypes", "ctypes-sqlite", "pyglet", "libclang", "ctypes-configure"] as const;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let project: string;
const packed = new Map<string, Packed>();

before(() => {
  project = mkdtempSync(join(tmpdir(), "ctypes-package-"));
  for (const name of packages) {
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", project];
    packed.set(name, firstOf(JSON.parse(run("npm", args, join(root, "packages", name)))));
  }
});
after(() => rmSync(project, { recursive: true, force: true }));

describe("each packed package", () => {
  test("these are all packages that are published", () => {
    const published = readdirSync(join(root, "packages")).filter((name) => manifestOf(name).private !== true);
    assert.deepEqual([...packages].sort(), published.sort());
  });

  test("the license is the one that the manifests name, and the notices hold that of libffi", () => {
    assert.match(readFileSync(join(root, "LICENSE"), "utf8"), /^MIT License\n/);
    for (const name of packages) assert.equal(manifestOf(name).license, "MIT");
    const notices = readFileSync(join(root, "THIRD-PARTY-NOTICES.md"), "utf8");
    assert.match(notices, /^libffi - Copyright \(c\) 1996-\d+ {2}Anthony Green, Red Hat, Inc and others\.$/m);
    assert.match(notices, /The above copyright notice and this permission notice shall be\nincluded in all copies/);
  });

  for (const name of packages) {
    test(`${name} holds its code and declarations, no tests and no sources of the native part`, () => {
      const paths = filesOf(name);
      assert.ok(paths.includes("dist/index.js") && paths.includes("dist/index.d.ts"), paths.join("\n"));
      assert.deepEqual(
        paths.filter((path) => /^native\/|(^|\/)(test|binding\.gyp|.*\.test\.\w+|.*\.tsbuildinfo)(\/|$)/.test(path)),
        [],
      );
    });

    test(`${name} holds the license and the notices of what is linked into rawffi, as the repository has them`, () => {
      for (const notice of ["LICENSE", "THIRD-PARTY-NOTICES.md"]) {
        assert.ok(filesOf(name).includes(notice), `${notice} is not packed: add it to "files"`);
        const text = readFileSync(join(root, notice), "utf8");
        const copy = readFileSync(join(root, "packages", name, notice), "utf8");
        assert.equal(copy, text, `packages/${name}/${notice} differs: cp ${notice} packages/${name}/`);
      }
    });

    test(`${name} runs nothing when installed`, () => {
      const manifest = manifestOf(name);
      const hooks = ["preinstall", "install", "postinstall", "prepare"];
      assert.deepEqual(
        hooks.filter((hook) => hook in (manifest.scripts ?? {})),
        [],
      );
      // npm runs node-gyp for a binding.gyp unless this says otherwise.
      assert.ok(!filesOf(name).includes("binding.gyp"));
    });

    test(`${name} exports only files that it holds, says what it is, and names its commands`, () => {
      const manifest = manifestOf(name);
      const targets = [
        ...Object.values<Record<string, string>>(manifest.exports).flatMap((entry) => Object.values(entry)),
        ...Object.values<string>(manifest.bin ?? {}),
        "README.md",
      ];
      assert.deepEqual(
        targets.filter((path) => !filesOf(name).includes(path.replace("./", ""))),
        [],
      );
    });
  }

  const hasPrebuild = process.platform === "linux" && process.arch === "x64";
  const skip = hasPrebuild ? false : "the binary in question is for Linux on x64";
  test("rawffi holds the native part, and the V8 part for this Node", { skip }, () => {
    for (const name of ["rawffi", `rawffi-v8-${process.versions.modules}`]) {
      const path = `prebuilds/linux-x64-glibc/${name}.node`;
      assert.ok(filesOf("rawffi").includes(path), `${path} is not among\n${filesOf("rawffi").join("\n")}`);
    }
  });
});

describe("in an empty project with the packed packages", () => {
  const [example] = programsOf(readFileSync(join(root, "README.md"), "utf8"));
  assert.ok(example, "README.md has no ts block");
  const [sqlite] = programsOf(readFileSync(join(root, "packages/ctypes-sqlite/README.md"), "utf8"));
  assert.ok(sqlite, "the README of ctypes-sqlite has no ts block");

  before(() => {
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
    const tarballs = packages.map((name) => `./${packed.get(name)?.filename}`);
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
    const ours = (["rawffi", "ctypes", "ctypes-sqlite"] as const).map((name) => [manifestOf(name).name, tarball(name)]);
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
    const code = filesOf("ctypes").filter((path) => path.endsWith(".js"));
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

  test("and prints what the README says", () => {
    assert.notEqual(example.output, null, "the README's first ts block needs a text block with its output after it");
    assert.equal(run(process.execPath, ["out/example.js"], project).trimEnd(), example.output);
  });

  test("and that of ctypes-sqlite's README what it says", () => {
    assert.equal(run(process.execPath, ["out/sqlite.js"], project).trimEnd(), sqlite.output);
  });
});

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

// -- Private ---------------------------------------------------------------------------------------

function noLibclang(): string | false {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

function manifestOf(name: string) {
  return JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
}

function filesOf(name: string): string[] {
  return packed.get(name)?.files.map((file) => file.path) ?? [];
}

/**
 * `npm pack --json` answers a list, and from npm 12 on an object by package name; either way there is one package here.
 */
function firstOf(answer: Record<string, Packed>): Packed {
  const [only] = Object.values(answer);
  assert.ok(only, "npm pack answered nothing");
  return only;
}

/** Runs a command and returns its standard output; the error of one that fails holds all that it printed. */
function run(command: string, args: readonly string[], cwd: string): string {
  // Whoever runs these tests by npm has set npm_config_* for this workspace: none of it is for the project in there.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
  delete env.LD_PRELOAD;
  try {
    return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`$ ${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}
