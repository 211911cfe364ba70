/**
 * The house keeps its floors: reads all imports and fails when a file imports from above itself, when files form a
 * circle, or when anything reaches into a package past its public entry points. The rules are in docs/architecture.md.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PLATFORMS } from "../packages/rawffi/src/platforms.ts";
import { breachesOf, breachesOfStrangers, type PackageRules, type Sources } from "./structure/house.ts";
import { importsOf } from "./structure/imports.ts";

const root = join(import.meta.dirname, "..");

const ctypes: PackageRules = {
  name: "ctypes-js",
  folder: "ctypes",
  floors: [
    ["index.ts", "arithmetic.ts", "sequence.ts", "util.ts", "wintypes.ts"],
    ["libraries/"],
    ["calls/"],
    ["types/"],
    ["memory/"],
  ],
  faces: ["index.ts", "arithmetic.ts", "sequence.ts", "util.ts", "wintypes.ts"],
  alone: ["memory/layout.ts", "memory/keep.ts", "types/inference.ts"],
  packages: ["rawffi"],
};

const rawffi: PackageRules = {
  name: "rawffi",
  folder: "rawffi",
  floors: [
    ["index.ts"],
    ["node-api.ts"],
    ["preparing.ts"],
    ["chain.ts", "signatures.ts"],
    ["load.ts", "plan.ts", "faults.ts", "switching.ts"],
    ["uncloneable.ts", "platforms.ts", "assets.ts"],
    ["addon.ts"],
    ["stubs/"],
    ["header.ts"],
    ["interface.ts"],
    ["table.ts", "access.ts"],
    ["prepared.ts", "types.ts", "frame.ts", "errors.ts", "own.ts", "resizable.ts", "transfer.ts"],
    ["environment.ts"],
  ],
  faces: ["index.ts"],
  alone: [],
  packages: PLATFORMS.map((platform) => `rawffi-${platform}`),
};

const sqlite: PackageRules = {
  name: "ctypes-sqlite",
  folder: "ctypes-sqlite",
  floors: [["index.ts", "better.ts", "dbapi.ts"], ["node/", "better/", "dbapi/"], ["core/"], ["library/"]],
  faces: ["index.ts", "better.ts", "dbapi.ts"],
  alone: ["library/constants.ts"],
  packages: ["ctypes-js", "ctypes-js/sequence", "ctypes-js/util"],
};

const pyglet: PackageRules = {
  name: "ctypes-pyglet",
  folder: "pyglet",
  floors: [
    ["index.ts", "media.ts", "webgl.ts"],
    ["webgl/"],
    ["window/"],
    ["display/"],
    ["platform/platform.ts"],
    ["platform/x11/"],
    ["platform/interface.ts"],
    ["app/"],
    ["media/"],
    ["text/"],
    ["font/"],
    ["clock/"],
    ["gl/"],
    ["event/", "input/", "options.ts"],
    ["native/"],
  ],
  faces: ["index.ts", "media.ts", "webgl.ts"],
  headers: ["native/media/generated/", "native/text/generated/"],
  alone: ["event/dispatcher.ts", "clock/clock.ts", "input/keynames.ts", "input/mouse.ts"],
  packages: ["ctypes-js", "ctypes-js/arithmetic"],
};

const configure: PackageRules = {
  name: "ctypes-configure",
  folder: "ctypes-configure",
  floors: [
    ["index.ts", "cli.ts", "hooks.ts"],
    ["check/"],
    ["generate/", "configure/"],
    ["layout/"],
    ["measure/", "load/"],
  ],
  faces: ["index.ts", "cli.ts", "hooks.ts"],
  alone: ["measure/facts.ts", "generate/print.ts"],
  packages: ["ctypes-js", "ctypes-js/arithmetic", "ctypes-js/util", "ctypes-libclang"],
  computed: ["load/load.ts", "load/transpile.ts"], // they import the module that the user names, and what transpiles it
};

const libclang: PackageRules = {
  name: "ctypes-libclang",
  folder: "libclang",
  floors: [
    ["index.ts"],
    ["translation-unit.ts", "version.ts"],
    ["cursor.ts", "completion.ts", "database.ts"],
    ["token.ts", "diagnostic.ts"],
    ["location.ts", "type.ts"],
    ["kinds.ts", "unit.ts", "visit.ts", "evaluate.ts"],
    ["config.ts"],
    ["functions.ts"],
    ["structures.ts", "cursor-kinds.ts", "tables.ts", "path.ts"],
  ],
  faces: ["index.ts"],
  alone: ["cursor-kinds.ts", "tables.ts"],
  packages: ["ctypes-js", "ctypes-js/util"],
};

/** Modules that a program has written. */
const GENERATED = /\/generated\//;

// -- The packages ----------------------------------------------------------------------------------

for (const rules of [ctypes, rawffi, sqlite, pyglet, libclang, configure]) {
  describe(`the house of ${rules.name}`, () => {
    const sources = sourcesIn(`packages/${rules.folder}/src`);

    test("files import only what stands below them, and form no circle", () => {
      assert.ok(sources.size > 0, "no sources found");
      const breaches = breachesOf(sources, rules);
      assert.ok(breaches.length === 0, `in packages/${rules.folder}/src\n${list(breaches)}`);
    });

    test("no file is over 350 lines: such a file has two subjects", () => {
      const written = [...sources].filter(([file]) => !GENERATED.test(file));
      const long = written.filter(([, text]) => text.split("\n").length > 351).map(([file]) => file);
      assert.deepEqual(long, []);
    });

    test("the files said to import nothing exist", () => {
      assert.deepEqual(
        rules.alone.filter((file) => !sources.has(file)),
        [],
      );
    });

    test("no dependency at run time beyond our own packages", () => {
      const manifest = manifestOf(`packages/${rules.folder}`);
      const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
      assert.deepEqual(
        Object.keys(dependencies).filter((name) => !rules.packages.includes(name)),
        [],
      );
    });
  });
}

test("no file of native code is over 350 lines", () => {
  const folder = join(root, "packages/rawffi/native");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.(cc|h|S)$/.test(file));
  assert.ok(files.length > 0, "no sources found");
  const long = files.filter((file) => readFileSync(join(folder, file), "utf8").split("\n").length > 351);
  assert.deepEqual(long, []);
});

describe("strangers to the inside", () => {
  const publicEntries = readdirSync(join(root, "packages")).flatMap((name) => {
    const manifest = manifestOf(`packages/${name}`);
    return Object.keys(manifest.exports ?? {}).map((entry) => manifest.name + entry.slice(1));
  });
  const apps = existsSync(join(root, "apps")) ? readdirSync(join(root, "apps")) : [];
  const folders = ["examples", ...apps.map((name) => `apps/${name}`)];

  for (const folder of folders) {
    test(`${folder}/ imports only public entry points`, () => {
      const breaches = breachesOfStrangers(sourcesIn(folder), publicEntries);
      assert.ok(breaches.length === 0, `in ${folder}\n${list(breaches)}`);
    });
  }
});

// -- The checker itself, on made-up sources --------------------------------------------------------

describe("imports are found", () => {
  const specifiers = (source: string) => importsOf(source).map((found) => found.specifier);

  test("in every form a module can be named", () => {
    const source = `
      import "./side.ts";
      import a from "./default.ts";
      import * as b from './star.ts';
      import { c, type D } from "./names.ts";
      import type { E } from "./types.ts";
      import f, {
        g as h,
      } from "./mixed.ts";
      export * from "./re-star.ts";
      export * as i from "./re-named-star.ts";
      export { j } from "./re-names.ts";
      export type { K } from "./re-types.ts";
      const l = await import("./dynamic.ts");
      type M = import("./in-a-type.ts").M;
      const n = require("./required.cjs");
    `;
    assert.deepEqual(specifiers(source), [
      "./side.ts",
      "./default.ts",
      "./star.ts",
      "./names.ts",
      "./types.ts",
      "./mixed.ts",
      "./re-star.ts",
      "./re-named-star.ts",
      "./re-names.ts",
      "./re-types.ts",
      "./dynamic.ts",
      "./in-a-type.ts",
      "./required.cjs",
    ]);
  });

  test("but not in comments, strings, templates and regular expressions", () => {
    const source = `
      // import "./line.ts";
      /** import "./block.ts"; \`unclosed */
      const text = 'import "./string.ts"';
      const template = \`import "./template.ts" \${{ a: "}" }.a} import "./tail.ts"\`;
      const expression = /"import ".test[/"]/;
      const divided = 4 / 2; const string = "/"; import "./real.ts";
    `;
    assert.deepEqual(specifiers(source), ["./real.ts"]);
  });

  test("and not where import or export is another thing", () => {
    const source = `
      const here = import.meta.url;
      object.import("./method.ts");
      const record = { import: "./value.ts", from: "x" };
      export const a = "./constant.ts";
      export { a as b };
      export class From { from = "./member.ts" }
      export type { A };
      export type T = { from: "./type.ts" };
    `;
    assert.deepEqual(specifiers(source), []);
  });

  test("inside the expressions of a template", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    assert.deepEqual(specifiers("const a = `${await import('./inside.ts')} ${`${import('./deeper.ts')}`}`;"), [
      "./inside.ts",
      "./deeper.ts",
    ]);
  });

  test("with their lines", () => {
    assert.deepEqual(importsOf('/* one\n two */\nimport {\n a } from "./a.ts";\nconst b = `\n`; import("./b.ts")'), [
      { specifier: "./a.ts", line: 3 },
      { specifier: "./b.ts", line: 6 },
    ]);
  });

  test("computed ones as null", () => {
    assert.deepEqual(specifiers("import(path)"), [null]);
  });
});

describe("breaches are named with file and line", () => {
  const breaches = (files: Record<string, string>) => breachesOf(new Map(Object.entries(files)), ctypes);

  test("none in a good house", () => {
    const files = {
      "index.ts": 'export { CDLL } from "./libraries/cdll.ts";',
      "libraries/cdll.ts": 'import { call } from "../calls/function.ts";\nimport fs from "node:fs";',
      "calls/function.ts": 'import type { Pointer } from "../types/pointer.ts";\nimport "./signature.ts";',
      "calls/signature.ts": 'import { open } from "rawffi";\nimport "../memory/layout.ts";',
      "types/pointer.ts": 'import "../memory/layout.ts";',
      "memory/layout.ts": "",
    };
    assert.deepEqual(breaches(files), []);
  });

  test("an import from above", () => {
    const files = { "types/array.ts": '\nimport "../calls/function.ts";', "calls/function.ts": "" };
    assert.match(list(breaches(files)), /types\/array\.ts:2: imports calls\/function\.ts, which stands above it/);
  });

  test("an import of the face", () => {
    const files = { "index.ts": "", "util.ts": 'import "./index.ts";', "types/array.ts": 'import "ctypes-js";' };
    assert.match(list(breaches(files)), /util\.ts:1: imports the face index\.ts/);
    assert.match(list(breaches(files)), /types\/array\.ts:1: imports its own package by name/);
  });

  test("a circle, also of types only", () => {
    const files = {
      "types/a.ts": 'import type { B } from "./b.ts";',
      "types/b.ts": 'import { c } from "./c.ts";',
      "types/c.ts": '\nexport type { A } from "./a.ts";',
    };
    assert.deepEqual(breaches(files), [
      "types/c.ts:2: closes a circle: types/a.ts → types/b.ts → types/c.ts → types/a.ts",
    ]);
    assert.deepEqual(breachesOf(new Map(Object.entries(files)), { ...ctypes, headers: ["types/"] }), []);
  });

  test("an import in a file that imports nothing", () => {
    assert.match(list(breaches({ "memory/keep.ts": 'import "node:fs";' })), /memory\/keep\.ts:1: .*imports nothing/);
  });

  test("another package by path, by an inner path, or a foreign one", () => {
    const files = {
      "memory/window.ts": 'import "../../../rawffi/src/index.ts";\nimport "rawffi/double";\nimport "lodash";',
    };
    assert.equal(breaches(files).length, 3);
    assert.match(list(breaches(files)), /window\.ts:1: leaves the package/);
    assert.match(list(breaches(files)), /window\.ts:2: imports "rawffi\/double"/);
    assert.match(list(breaches(files)), /window\.ts:3: imports "lodash"/);
  });

  test("a file on no floor, and an import of no file", () => {
    const files = { "helpers.ts": "", "types/a.ts": 'import "./gone.ts";' };
    assert.match(list(breaches(files)), /helpers\.ts: stands on no floor/);
    assert.match(list(breaches(files)), /types\/a\.ts:1: imports \.\/gone\.ts, and there is no types\/gone\.ts/);
  });

  test("a stranger who reaches inside", () => {
    const files = new Map([
      [
        "tour.ts",
        'import "ctypes-js";\nimport "./show.ts";\nimport "ctypes-js/dist/types.js";\nimport "../packages/ctypes/src/x.ts";',
      ],
    ]);
    const found = breachesOfStrangers(files, ["ctypes-js", "ctypes-js/util"]);
    assert.equal(found.length, 2);
    assert.match(list(found), /tour\.ts:3: imports "ctypes-js\/dist\/types\.js", which is no public entry point/);
    assert.match(list(found), /tour\.ts:4: .*outside its folder/);
  });
});

// -- Private ---------------------------------------------------------------------------------------

interface Manifest {
  readonly name: string;
  readonly exports?: Record<string, unknown>;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

function sourcesIn(folder: string): Sources {
  if (!existsSync(join(root, folder))) return new Map();
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && !file.includes("node_modules"));
  return new Map(sources.sort().map((file) => [file, readFileSync(join(root, folder, file), "utf8")]));
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}
