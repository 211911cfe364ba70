/** Compiles our TypeScript, the native part (by its own build command) and the C fixtures of the tests. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { bundle, isWritten } from "./bundle.mjs";
import { modified, root, run } from "./step.mjs";

const packagesFolder = join(root, "packages");
const packageNames = readdirSync(packagesFolder).filter(
  (name) => modified(join(packagesFolder, name, "tsconfig.json")) > 0,
);

// -- TypeScript ------------------------------------------------------------------------------------

export async function buildTypeScript() {
  const stamp = join(root, "node_modules/.cache/setup/typescript");
  const outputIsThere = packageNames.every((name) => modified(join(packagesFolder, name, "dist/index.js")) > 0);
  if (outputIsThere && modified(stamp) > newestSource()) return "up to date";

  const start = new Date();
  // First: a package's declarations refer to the modules for import of those below it.
  for (const name of inOrder()) {
    removeOrphans(join(packagesFolder, name));
    await bundle(join(packagesFolder, name));
  }
  // tsc -b trusts its .tsbuildinfo: it would not rewrite a deleted dist unless forced.
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", ...(outputIsThere ? [] : ["--force"])]);

  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, "");
  utimesSync(stamp, start, start); // what is edited during the build is newer than the stamp
}

/**
 * Builds ctypes with the hooks of `npm run test:stress` into `build/stress/` of the package, where
 * `scripts/stress-resolve.mjs` finds it. It must not be published.
 */
export async function buildUnderStress() {
  const folder = join(packagesFolder, "ctypes");
  const hooks = join(folder, "test/stress/hooks.ts");
  const plugin = {
    name: "stress",
    setup: (build) => build.onResolve({ filter: /\/stress\.ts$/ }, () => ({ path: hooks })),
  };
  await bundle(folder, join(folder, "build/stress"), [plugin]);
}

function newestSource() {
  const settings = [
    import.meta.filename,
    join(import.meta.dirname, "bundle.mjs"),
    join(import.meta.dirname, "chunks.mjs"),
    join(root, "tsconfig.json"),
    join(root, "tsconfig.base.json"),
  ];
  for (const name of packageNames) {
    const folder = join(packagesFolder, name);
    settings.push(join(folder, "tsconfig.json"), join(folder, "package.json"));
    settings.push(join(folder, "src"), ...filesBelow(join(folder, "src"), true));
  }
  return Math.max(...settings.map(modified));
}

/** Each after those that it imports. */
function inOrder() {
  const { references } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  return references.map(({ path }) => basename(path));
}

/** Deletes files of earlier builds that this one does not write: they would still be importable, and packed. */
function removeOrphans(folder) {
  const dist = join(folder, "dist");
  for (const path of filesBelow(dist)) {
    const stem = relative(dist, path).replace(/\.d\.ts(\.map)?$/, "");
    const isDeclaration = /\.d\.ts(\.map)?$/.test(path) && modified(join(folder, "src", `${stem}.ts`)) > 0;
    const isOurs = isWritten(folder, relative(dist, path));
    if (extname(path) !== ".tsbuildinfo" && !isDeclaration && !isOurs) rmSync(path);
  }
}

// -- The native part -------------------------------------------------------------------------------

export function buildNative(options) {
  // No compiler that Windows has builds it: `npm run test:on -- windows` does, on Linux.
  if (process.platform === "win32") return "built elsewhere";
  const output = run(process.execPath, [join(packagesFolder, "rawffi/native/build.mjs"), ...options]);
  return output.includes("up to date") ? "up to date" : undefined;
}

// -- Fixtures of the tests -------------------------------------------------------------------------

/**
 * Compiles each test/fixtures/NAME.c or .cc, of the workspace and of the packages, to fixtures/build/NAME.so beside it.
 */
export function buildFixtures() {
  const folders = [root, ...packageNames.map((name) => join(packagesFolder, name))].map((folder) =>
    join(folder, "test/fixtures"),
  );
  const built = folders.filter((folder) => modified(folder) > 0).flatMap(buildFixturesIn);
  return built.length === 0 ? "up to date" : undefined;
}

function buildFixturesIn(folder) {
  const names = readdirSync(folder);
  const newestHeader = Math.max(
    0,
    ...names.filter((name) => extname(name) === ".h").map((name) => modified(join(folder, name))),
  );
  const stale = names.filter((name) => {
    const compiled = modified(join(folder, "build", `${basename(name, extname(name))}.so`));
    return compilers[extname(name)] && compiled <= Math.max(modified(join(folder, name)), newestHeader);
  });
  if (stale.length > 0) mkdirSync(join(folder, "build"), { recursive: true });
  for (const name of stale) compileFixture(folder, name);
  return stale;
}

const compilers = { ".c": "gcc", ".cc": "g++" };

/** By platform. The fixtures are written for Linux; where one does not compile, the others still do. */
const LIBRARIES = {
  linux: ["-Wl,--as-needed", "-lm", "-lpthread"],
  darwin: ["-Wl,-undefined,dynamic_lookup"],
  win32: ["-static-libgcc", "-lpthread"],
};

function compileFixture(folder, name) {
  const target = join(folder, "build", `${basename(name, extname(name))}.so`);
  const flags = ["-shared", "-fPIC", "-O1", "-g", "-Wall", `-I${folder}`];
  const libraries = LIBRARIES[process.platform] ?? LIBRARIES.linux;
  // Written to another name and renamed, because a running process may have the old library mapped.
  const fresh = `${target}.${process.pid}`;
  try {
    run(compilers[extname(name)], [...flags, "-o", fresh, join(folder, name), ...libraries]);
  } catch (error) {
    if (process.platform === "linux") throw error;
    console.warn(`setup: ${name} is not for this platform, and its tests will fail:\n${error.message}`);
    return;
  }
  renameSync(fresh, target);
}

// -- Private ---------------------------------------------------------------------------------------

/** All files below a folder; with `foldersToo` also the folders, whose time changes when a file in them is deleted. */
function filesBelow(folder, foldersToo = false) {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => foldersToo || entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
