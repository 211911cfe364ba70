/**
 * Bundles a package: one CommonJS file an entry, which every Node can require, and beside it the module for `import`,
 * which only re-exports from it. So the package is there once in a process, whichever way it is loaded.
 *
 *     dist/index.js    the code          dist/index.d.ts     its declarations, as tsc writes them
 *     dist/index.mjs   re-exports it     dist/index.d.mts    re-exports them
 *     dist/index.node.mjs   the same for Node
 *     dist/module/index.mjs   the code as a module, where the manifest has it: for bundlers, which would make a module
 *                      of theirs fail at `require`, and can leave out what is not used
 *     dist/better.cjs  an entry whose `require` gives one value, with dist/better.d.cts
 *
 * What several entries need is in one file: that of `index`, where it needs all of this itself, otherwise `shared.js`.
 * The other entries take it from there: what never changes by value, since V8 does not know a property of another file
 * to be constant. What no program needs to begin with is in files of its own, which are loaded late (`chunks.mjs`).
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { constants, linkModules, modulesOf, ownersOf, tableOf } from "./chunks.mjs";

/**
 * Packages whose functions and classes keep their names, also in a program that bundles them again. By default esbuild
 * changes some (`_Cursor` for a class that mentions itself). Not for packages with functions whose source is evaluated
 * anew: the helper for the names would be a free name in it.
 */
const NAMED = new Set(["libclang"]);
/** Packages that begin with every program: names within functions are shortened, which V8 reads a quarter faster. */
const SHORTENED = new Set(["rawffi", "ctypes"]);

/** The entries of a package, from its manifest: name and how they are required. */
export function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.values(exports)
    .filter((entry) => entry.import !== undefined)
    .map((entry) => {
      const name = basename(entry.import.default, ".mjs");
      const source = readFileSync(join(folder, "src", `${name}.ts`), "utf8");
      const module = (entry.module ?? entry.import.module) !== undefined;
      return {
        name,
        module,
        isOneValue: entry.default.default.endsWith(".cjs"),
        preset: presetOf(source),
      };
    });
}

/** What an entry exports as `default`: its name and file. */
function presetOf(source) {
  const [, names = "", file] = /export \{([^}]*\bas default\b[^}]*)\} from "([^"]+)"/.exec(source) ?? [];
  const name = /(\w+) as default/.exec(names)?.[1];
  return name && { name, file, isNamed: new RegExp(`(^|[{,\\s])${name},`).test(names) };
}

/** @param plugins For a build of another kind: ctypes under stress. */
export async function bundle(folder, outdir = join(folder, "dist"), plugins = []) {
  // Imported here, because this file is loaded before the dependencies are installed.
  const { build, transform } = await import("esbuild");
  const source = join(folder, "src");
  const kind = {
    bundle: true,
    absWorkingDir: source,
    format: "cjs",
    // As the sources are, being modules.
    banner: { js: '"use strict";' },
    platform: "node",
    target: "node20",
    packages: "external",
    keepNames: NAMED.has(basename(folder)),
    // Names stay, of functions and classes: messages, stack traces and generated code have them. So do lines: Node
    // prints that of an error that nobody catches, and esbuild's limit of a line's length breaks lines within strings,
    // which a bundler that indents them changes. Source that is evaluated anew must declare its names one by one, so
    // its syntax stays as it is.
    minify: false,
    define: { "import.meta.dirname": "__folder", "import.meta.filename": "__file" },
    inject: [join(import.meta.dirname, "place.js")],
    // `sideEffects` of the manifest is about what is published.
    ignoreAnnotations: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
    logOverride: { "commonjs-variable-in-esm": "silent" },
  };
  const entries = entriesOf(folder);
  const modules = await modulesOf(build, kind, source, entries, plugins);
  const owners = ownersOf(modules, entries, basename(folder));
  const own = { name: "own-packages", setup: (of) => linkPackages(of, folder) };
  const hash = { name: "hash", setup: (of) => fixHash(of, build) };
  const write = async (name, contents, footer = "") => {
    const outfile = join(outdir, `${name}.js`);
    const stdin = { contents, resolveDir: source, sourcefile: `${name}.entry.ts`, loader: "ts" };
    const links = { name: "links", setup: (of) => linkModules(of, source, name, owners, modules) };
    await build({ ...kind, stdin, outfile, footer: { js: footer }, plugins: [...plugins, own, hash, links] });
    if (SHORTENED.has(basename(folder))) await shorten(transform, outfile, footer);
  };
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, "package.json"), '{ "type": "commonjs" }\n');
  for (const entry of entries) {
    const face = faceOf(entry, modules.names.get(`${entry.name}.ts`));
    await write(entry.name, face.text + tableOf(source, entry.name, owners, modules), face.footer);
  }
  const others = new Set(
    [owners.host, ...owners.chunks].filter((name) => !entries.some((entry) => entry.name === name)),
  );
  for (const name of others) await write(name, tableOf(source, name, owners, modules));
  if (entries.some(({ module }) => module)) await bundleModules(build, kind, folder, outdir, entries, plugins);
  for (const entry of entries) writeWrappers(outdir, entry, modules.names.get(`${entry.name}.ts`));
}

/** Shortens the names that are not those of the file itself, which esbuild leaves alone in what is no module. */
async function shorten(transform, file, footer) {
  const map = readFileSync(`${file}.map`, "base64");
  const text = readFileSync(file, "utf8").replace(/\/\/# sourceMappingURL=.*\s*$/, "");
  const source = `${text}//# sourceMappingURL=data:application/json;base64,${map}\n`;
  const options = { minifyIdentifiers: true, target: "node20", sourcemap: "external", sourcesContent: false };
  const shortened = await transform(source, { ...options, footer, sourcefile: basename(file) });
  writeFileSync(file, `${shortened.code}//# sourceMappingURL=${basename(file)}.map\n`);
  writeFileSync(`${file}.map`, shortened.map);
}

/** The entries as modules, with what they share in files of its own. */
async function bundleModules(build, kind, folder, outdir, entries, plugins) {
  const entryPoints = entries.map(({ name }) => join(folder, "src", `${name}.ts`));
  const shape = { format: "esm", splitting: true, outExtension: { ".js": ".mjs" }, chunkNames: "shared-[hash]" };
  await build({ ...kind, ...shape, entryPoints, outdir: join(outdir, "module"), sourcemap: false, plugins });
}

/**
 * An entry's exports: plain members, as getters would be called for each name that is imported. The footer tells Node's
 * `import` their names, and is never run.
 */
function faceOf({ name, preset }, exported) {
  const names = preset && !preset.isNamed ? [...exported, preset.name] : exported;
  const imports = exported.map((one, at) => `${one} as f${at}`).join(", ");
  const members = names.map((one) => {
    const at = exported.includes(one) ? exported.indexOf(one) : exported.indexOf("default");
    return `  ${one}: f${at},\n`;
  });
  const text = [
    // Of an entry without exports TypeScript would leave out the other.
    `import "./${name}.ts";\n`,
    `import { ${imports} } from "./${name}.ts";\n`,
    `module.exports = {\n${members.join("")}};\n`,
    'Object.defineProperty(module.exports, "__esModule", { value: true });\n',
  ];
  const own = names.filter((one) => one !== "default");
  return { text: text.join(""), footer: `0 && (module.exports = {\n${own.map((one) => `  ${one},\n`).join("")}});` };
}

/** Of the table that TypeScript and C++ share (`rawffi/src/header.ts`) the hash is compared, and computed here. */
function fixHash(of, build) {
  of.onLoad({ filter: /\/rawffi\/src\/header\.ts$/ }, async ({ path }) => {
    const options = { entryPoints: [path], bundle: true, format: "esm", platform: "node", write: false };
    const { outputFiles } = await build(options);
    const module = Buffer.from(outputFiles[0].contents).toString("base64");
    const { TABLE_HASH } = await import(`data:text/javascript;base64,${module}`);
    return { contents: `export const TABLE_HASH = ${TABLE_HASH};` };
  });
}

// -- Other packages ---------------------------------------------------------------------------------

/** Our other packages, whose exports never change. */
function linkPackages(of, folder) {
  const packages = dirname(folder);
  of.onResolve({ filter: /^(rawffi|ctypes-[a-z]+)(\/\w+)?$/ }, ({ path, kind, namespace }) => {
    if (kind === "require-call" || namespace === "package" || /^rawffi-/.test(path)) return { path, external: true };
    return { path, namespace: "package" };
  });
  of.onLoad({ filter: /.*/, namespace: "package" }, async ({ path }) => {
    const [name, entry = "index"] = path.split("/");
    const folders = { "ctypes-js": "ctypes", "ctypes-libclang": "libclang" };
    const wrapper = join(packages, folders[name] ?? name, "dist", `${entry}.mjs`);
    const text = readFileSync(wrapper, "utf8");
    const exported = /export \{ (.*) \} from/
      .exec(text)[1]
      .split(", ")
      .filter((part) => !part.includes(" as "));
    return { contents: constants(exported, `require(${JSON.stringify(path)})`), resolveDir: folder };
  });
}

// -- The module for import --------------------------------------------------------------------------

function writeWrappers(outdir, { name, isOneValue, preset }, exported) {
  const names = exported.filter((one) => one !== "default").sort();
  const all = [...names, ...(preset ? [`${preset.name} as default`] : [])].join(", ");
  writeFileSync(join(outdir, `${name}.mjs`), `export { ${all} } from "./${name}.js";\n`);
  writeFileSync(
    join(outdir, `${name}.node.mjs`),
    forNode(name, preset?.isNamed === false ? [...names, preset.name] : names, all),
  );
  const file = preset?.file.replace(/\.ts$/, ".js");
  const types = `export * from "./${name}.js";\n${preset ? `export { ${preset.name} as default } from "${file}";\n` : ""}`;
  writeFileSync(join(outdir, `${name}.d.mts`), types);
  if (!isOneValue) return;
  writeFileSync(join(outdir, `${name}.cjs`), `module.exports = require("./${name}.js").${preset.name};\n`);
  const alone = `import { ${preset.name} as It } from "./${name}.js";\n\ndeclare const ${preset.name}: typeof It;\n`;
  writeFileSync(join(outdir, `${name}.d.cts`), `${alone}type ${preset.name} = It;\nexport = ${preset.name};\n`);
}

/** The same for Node, which reads a CommonJS module twice when it is imported: to find its exports, and to run it. */
function forNode(name, names, all) {
  const load = `createRequire(import.meta.url)("./${name}.js")`;
  return `import { createRequire } from "node:module";\nconst { ${names.join(", ")} } = ${load};\nexport { ${all} };\n`;
}

/** Files of `dist` that are written here, besides those of the entries: `removeOrphans` asks. */
export function isWritten(folder, path) {
  const wrapper = entriesOf(folder).some(({ name }) =>
    [`${name}.mjs`, `${name}.node.mjs`, `${name}.d.mts`].includes(path),
  );
  return wrapper || path === "package.json" || /\.(cjs|d\.cts)$/.test(path);
}
