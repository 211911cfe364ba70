/**
 * Which file of a package's `dist` has which module, and how files reach what others have.
 *
 *     index.js ◀── what it has ── calls.js        a chunk: loaded when one of the functions of its doors is first called
 *        │                           ▲
 *        └── stands for the doors ───┘
 *
 * A *chunk* has the modules that are only reached through its *doors*, and a program that never enters it never reads
 * it. Outside, each function of a door is a short one that loads the chunk: so a door exports functions only, and
 * nobody calls one while the package is loaded. What two chunks need, and no file has from the start, the host has.
 */
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** The doors of the chunks, by package. Where a door has functions that programs call all the time, it is none. */
const DOORS = {
  rawffi: { preparing: ["preparing.ts"] },
  ctypes: {
    // Libraries, calls and callbacks.
    calls: [
      "libraries/open.ts",
      "calls/async.ts",
      "calls/call.ts",
      "calls/callback.ts",
      "calls/declaration.ts",
      "calls/functionobject.ts",
      "calls/guess.ts",
      "calls/later.ts",
      "calls/method.ts",
      "calls/paramflags.ts",
      "calls/variadic.ts",
      "types/quick.ts",
    ],
    // Memory and objects, seen otherwise.
    tools: [
      "calls/disposed.ts",
      "libraries/com.ts",
      "memory/longdouble.ts",
      "memory/peeked.ts",
      "types/cast.ts",
      "types/format.ts",
      "types/raw.ts",
      "types/resize.ts",
      "types/slices.ts",
      "types/views.ts",
    ],
    // Sequences of calls.
    runs: ["calls/run.ts"],
    // What is made for each type.
    instances: ["memory/compile.ts", "types/construct.ts"],
    // Types that are made of others.
    types: [
      "memory/layout.ts",
      "types/aggregate.ts",
      "types/characters.ts",
      "types/dereference.ts",
      "types/enumeration.ts",
      "types/items.ts",
      "types/memberlist.ts",
      "types/members.ts",
      "types/passpointer.ts",
    ],
  },
  "ctypes-sqlite": {
    // What is defined for a connection, and done with all of it.
    definitions: ["core/extension.ts", "core/functions.ts", "core/hooks.ts", "core/image.ts", "core/table.ts"],
    // What is made for a statement that runs often.
    printing: ["core/print.ts"],
  },
  // OpenGL and X11: a megabyte of declarations.
  pyglet: { native: ["gl/chain.ts", "platform/platform.ts"] },
};

/** The member of a file's exports that has its modules for other files: functions that give each module's exports. */
const INTERNAL = "$internal";

/** Which modules a module imports, who imports it, and what it exports. Paths are relative to `src`. */
export async function modulesOf(build, kind, source, entries, plugins) {
  const options = { ...kind, format: "esm", metafile: true, write: false, sourcemap: false, inject: [], define: {} };
  const pathOf = (path) => relative(source, resolve(source, path));
  const entryPoints = entries.map(({ name }) => `${name}.ts`);
  const outdir = join(source, "..", "nowhere");
  const whole = await build({ ...options, entryPoints, outdir, plugins, logLevel: "error" });
  const imports = new Map();
  const users = new Map();
  for (const [path, input] of Object.entries(whole.metafile.inputs)) {
    const targets = input.imports.filter(({ external }) => !external).map((used) => pathOf(used.path));
    imports.set(pathOf(path), targets);
    for (const target of targets) users.set(target, [...(users.get(target) ?? []), pathOf(path)]);
  }
  const each = await build({ ...options, bundle: true, entryPoints: [...imports.keys()], outdir, outbase: source });
  const names = new Map();
  for (const { entryPoint, exports } of Object.values(each.metafile.outputs)) names.set(pathOf(entryPoint), exports);
  return { imports, users, names };
}

/** The file that has what others share, the chunks, and who owns a module: nobody one that a single file needs. */
export function ownersOf({ imports }, entries, packageName) {
  const given = Object.entries(DOORS[packageName] ?? {});
  const doors = new Map(given.flatMap(([chunk, paths]) => paths.map((path) => [path, chunk])));
  const reached = (starts, chunk) => {
    const found = new Set();
    const visit = (path) => {
      if (found.has(path) || (doors.has(path) && doors.get(path) !== chunk)) return;
      found.add(path);
      for (const target of imports.get(path) ?? []) visit(target);
    };
    for (const path of starts) visit(path);
    return found;
  };
  const ofEntries = entries.map(({ name }) => reached([`${name}.ts`]));
  const ofChunks = given.map(([chunk, paths]) => ({ chunk, modules: reached(paths, chunk) }));
  const isInChunk = (path) => ofChunks.some(({ modules }) => modules.has(path));
  const shared = [...imports.keys()].filter((path) => ofEntries.filter((set) => set.has(path)).length > 1);
  const ofIndex = ofEntries[entries.findIndex(({ name }) => name === "index")];
  const host = shared.every((path) => ofIndex.has(path) || isInChunk(path)) ? "index" : "shared";
  const owner = new Map([...(host === "index" ? ofIndex : shared)].map((path) => [path, host]));
  for (const { chunk, modules } of ofChunks) {
    for (const path of modules) {
      if (owner.get(path) !== host) owner.set(path, owner.has(path) ? host : chunk);
    }
  }
  const isShared = [...owner.values()].includes("shared");
  return { host: host === "index" || isShared ? host : "index", chunks: given.map(([chunk]) => chunk), doors, owner };
}

/** The end of a file: its modules for others. */
export function tableOf(source, file, { owner }, { users, names }) {
  const linked = [...owner.keys()].filter(
    (path) => owner.get(path) === file && (users.get(path) ?? []).some((user) => owner.get(user) !== file),
  );
  if (linked.length === 0) return "";
  const imports = linked.map((path, m) => {
    const members = names.get(path).map((name, at) => `${name} as m${m}_${at}`);
    return `import { ${members.join(", ")} } from "./${path}";\n`;
  });
  const rows = linked.map((path, m) => {
    const changes = mayChange(source, path);
    const members = names.get(path).map((name, at) => {
      return changes ? `get ${name}() { return m${m}_${at}; }` : `${name}: m${m}_${at}`;
    });
    return `${JSON.stringify(path)}: () => ({ ${members.join(", ")} })`;
  });
  return `${imports.join("")}Object.defineProperty(module.exports, "${INTERNAL}", { value: { ${rows.join(", ")} } });\n`;
}

/** In a file: modules that another has are taken from it, at once or late. */
export function linkModules(of, source, file, { doors, owner }, { names }) {
  of.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, namespace }) => {
    if (namespace === "link" || namespace === "late") return { path, external: true };
    const module = relative(source, resolve(resolveDir, path));
    const by = owner.get(module);
    if (by === undefined || by === file) return null;
    return { path: module, namespace: doors.has(module) ? "late" : "link" };
  });
  of.onLoad({ filter: /.*/, namespace: "link" }, ({ path }) => {
    const module = moduleIn(owner.get(path), path);
    const contents = mayChange(source, path) ? `module.exports = ${module};` : constants(names.get(path), module);
    return { contents, resolveDir: source };
  });
  of.onLoad({ filter: /.*/, namespace: "late" }, ({ path }) => {
    if (/^export (?!(async )?function\b|type\b|interface\b)/m.test(readFileSync(join(source, path), "utf8")))
      throw new Error(`${path} is a door, and exports something that is no function`);
    const functions = names.get(path).map((name) => {
      return `export function ${name}(...args) { return chunk().${name}(...args); }\n`;
    });
    const chunk = `let found;\nconst chunk = () => (found ??= ${moduleIn(owner.get(path), path)});\n`;
    return { contents: chunk + functions.join(""), resolveDir: source };
  });
}

/** The statement that takes these names from a value. */
export function constants(names, value) {
  return `const module = ${value};\nexport const { ${names.filter((name) => name !== "default").join(", ")} } = module;\n`;
}

// -- Private ---------------------------------------------------------------------------------------

function moduleIn(file, path) {
  return `require("./${file}.js").${INTERNAL}[${JSON.stringify(path)}]()`;
}

function mayChange(source, path) {
  return /^export let /m.test(readFileSync(join(source, path), "utf8"));
}
