/**
 * Builds the addon, and the V8 part for the Node that runs this. Plain JavaScript whose only dependencies are
 * node-api-headers, and esbuild, which reads the table that C++ shares with TypeScript (src/header.ts): it is written
 * as a header first.
 *
 *     node packages/rawffi/native/build.mjs           prebuilds/<platform>-<arch>-<libc>/rawffi.node and rawffi-v8-<abi>.node
 *     node packages/rawffi/native/build.mjs --asan    build/asan/ the same, with the address and undefined-behaviour sanitizers
 *     node packages/rawffi/native/build.mjs --windows prebuilds/win32-x64/rawffi.node, by mingw's compiler; LIBFFI must name one for it
 *     node packages/rawffi/native/build.mjs --macos-arm64, --macos-x64  the same of prebuilds/darwin-…, by the compiler that CXX names
 *     node packages/rawffi/native/build.mjs --caged   build/caged/ the same as if the runtime refused all buffers over C's memory
 *
 * On Windows the files of native/windows/ stand for those of the same names, and on macOS those of native/macos/. There
 * is no V8 part: on Windows V8 exports its functions by the names of another compiler, and on macOS nobody has looked
 * at its layouts.
 *
 * Only objects older than their source, a header or the flags are compiled. CXX names the compiler. LIBFFI names a
 * folder with include/ffi.h and lib/libffi.a to use instead of the system's. GLIBC names a folder with a libc.so to
 * link instead of the system's, for binaries that load where glibc is older (scripts/setup/glibc.mjs); LIBCXX, one
 * with a stand-in for the C++ library of macOS (scripts/setup/zig.mjs). NODE_HEADERS names the folder of node.h, if it
 * is not ../include/node beside the executable's folder, where Node's archives and packages have it. Without these
 * headers no V8 part is built, and everything works without it.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { MACOS_FLAGS, MACOS_LINKING, OTHER_SYSTEMS } from "./systems.mjs";

const sourceFolder = dirname(fileURLToPath(import.meta.url));
const packageFolder = dirname(sourceFolder);
const tableFile = join(packageFolder, "build", "table.h");

/** Flags for single files, after the common ones. */
const OWN_FLAGS = { "throws.cc": ["-fexceptions", "-frtti"] };

/** Headers of the addon that the V8 part includes. */
const V8_SHARES = ["thread.h", "errors.h"];

const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"];

/** GCC calls functions for atomic bytes on RISC-V. */
const ATOMIC = process.arch === "riscv64" ? ["-l:libatomic.a"] : [];

const isMac = process.platform === "darwin";

class BuildError extends Error {}

try {
  const options = process.argv.slice(2);
  const known = ["--asan", "--caged", ...Object.keys(OTHER_SYSTEMS)];
  const unknown = options.find((option) => !known.includes(option));
  if (unknown !== undefined || options.length > 1)
    throw new BuildError(`expected nothing, or one of ${known.join(", ")}, got ${options.join(" ")}`);
  const other = OTHER_SYSTEMS[options[0]];
  if (other !== undefined) await buildFor(other);
  else await build(options[0]?.slice(2) ?? "release");
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`rawffi: ${error.message}`);
  process.exitCode = 1;
}

/** What is built: `release`, `asan`, `caged`. */
async function build(kind) {
  await writeTable();
  const compiler = once(findCompiler);
  const libffi = once(() => findLibffi(compiler()));
  const isBuilt = [
    await buildBinary({
      name: "rawffi",
      folder: sourceFolder,
      variant: isMac ? join(sourceFolder, "macos") : undefined,
      sharedHeaders: [],
      flags: [...addonFlags(kind), ...(isMac ? MACOS_FLAGS : [])],
      include: () => libffi().include,
      libraries: () => [libffi().library, ...ATOMIC],
      compiler,
      kind,
    }),
  ];
  const headers = isMac ? null : findNodeHeaders();
  if (headers === null) {
    const reason = `there are no headers of Node ${process.version}; NODE_HEADERS can name their folder`;
    console.log(`rawffi: no V8 part: ${isMac ? "there is none for macOS" : reason}`);
  } else {
    isBuilt.push(
      await buildBinary({
        name: `rawffi-v8-${process.versions.modules}`,
        folder: join(packageFolder, "v8"),
        sharedHeaders: [...V8_SHARES.map((name) => join(sourceFolder, name)), join(headers, "node_version.h")],
        flags: v8Flags(kind, headers),
        include: () => [],
        libraries: () => [],
        compiler,
        kind,
      }),
    );
  }
  if (!isBuilt.includes(true)) console.log("rawffi: up to date");
}

/** Builds the addon for another system than this. */
async function buildFor({ target, variant, flags, linking, libraries, compiler: usual }) {
  await writeTable();
  const compiler = process.env.CXX || usual;
  if (compiler === null) throw new BuildError(`CXX must name a C++ compiler for ${target}`);
  if (!process.env.LIBFFI) throw new BuildError(`LIBFFI must name a folder with a libffi for ${target}`);
  const libffi = findLibffi(compiler);
  const isBuilt = await buildBinary({
    name: "rawffi",
    folder: sourceFolder,
    variant: join(sourceFolder, variant),
    sharedHeaders: [],
    flags: [...addonFlags("release"), ...flags],
    include: () => libffi.include,
    libraries: () => [libffi.library, ...libraries],
    compiler: () => compiler,
    kind: "release",
    linking,
    target,
  });
  if (!isBuilt) console.log("rawffi: up to date");
}

/** Compiles the stale sources in `folder` and links all to `<name>.node`; false when there was nothing to do. */
async function buildBinary(binary) {
  const { name, folder, variant, sharedHeaders, flags, include, libraries, compiler, kind } = binary;
  const buildFolder = join(packageFolder, "build", binary.target ?? kind, name);
  const target =
    kind === "release"
      ? join(packageFolder, "prebuilds", binary.target ?? platformFolder(), `${name}.node`)
      : join(packageFolder, "build", kind, `${name}.node`);
  mkdirSync(buildFolder, { recursive: true });
  mkdirSync(dirname(target), { recursive: true });

  const linking = binary.linking ?? linkFlags(kind);
  const stamp = join(buildFolder, "flags.txt");
  const { CXX = null, LIBFFI = null } = process.env;
  const wanted = JSON.stringify([CXX, LIBFFI, flags, linking]);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) writeFileSync(stamp, wanted);

  const files = variant === undefined ? filesIn(folder) : withVariant(filesIn(folder), filesIn(variant));
  const shared = newest([...files.filter((file) => file.endsWith(".h")), ...sharedHeaders, tableFile, stamp]);
  const ofOldGlibc = process.env.GLIBC ? filesIn(join(packageFolder, "glibc")) : [];
  const units = [...files, ...ofOldGlibc]
    .filter((file) => file.endsWith(".cc"))
    .map((source) => ({ source, object: join(buildFolder, `${basename(source, ".cc")}.o`) }));
  const stale = units.filter(({ source, object }) => modified(object) < Math.max(shared, modified(source)));
  const objects = units.map((unit) => unit.object);
  if (stale.length === 0 && modified(target) >= newest(objects)) return false;

  await inParallel(stale, ({ source, object }) =>
    run(compiler(), [...flags, ...(OWN_FLAGS[basename(source)] ?? []), ...include(), "-c", source, "-o", object]),
  );
  // Put in place by renaming, so that a process that has loaded the old file keeps it intact; two builds may do so at
  // once.
  const linked = join(buildFolder, `${name}.node.${process.pid}`);
  await run(compiler(), [...linking, ...objects, ...libraries(), "-o", linked]);
  renameSync(linked, target);
  console.log(`rawffi: built ${relative(process.cwd(), target)}`);
  return true;
}

/** Writes build/table.h if it has changed. */
async function writeTable() {
  const { build } = await import("esbuild");
  const entryPoints = [join(packageFolder, "src", "header.ts")];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", platform: "node", write: false });
  const module = Buffer.from(outputFiles[0].contents).toString("base64");
  const text = (await import(`data:text/javascript;base64,${module}`)).headerText();
  mkdirSync(dirname(tableFile), { recursive: true });
  if (!existsSync(tableFile) || readFileSync(tableFile, "utf8") !== text) writeFileSync(tableFile, text);
}

/** The files of a folder, of which some are replaced by those of the same name. */
function withVariant(files, variants) {
  const names = new Set(variants.map((file) => basename(file)));
  return [...files.filter((file) => file.endsWith(".h") || !names.has(basename(file))), ...variants];
}

// -- Flags -----------------------------------------------------------------------------------------

function addonFlags(kind) {
  const headers = createRequire(import.meta.url).resolve("node-api-headers/package.json");
  return ["-std=c++17", ...compileFlags(kind), "-DNAPI_VERSION=8", ...["-isystem", join(dirname(headers), "include")]];
}

/** V8's headers require C++20 from Node 24 on, and accept it before. */
function v8Flags(kind, headers) {
  return ["-std=c++20", ...compileFlags(kind), "-isystem", headers];
}

function compileFlags(kind) {
  const asan = kind === "asan";
  const optimisation = asan ? ["-O1", "-g", "-fno-omit-frame-pointer", ...SANITIZERS] : ["-O2"];
  const language = ["-fPIC", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-fno-exceptions", "-fno-rtti"];
  if (kind === "caged") language.push("-DRAWFFI_CAGED");
  return [...language, ...optimisation, "-Wall", "-Wextra", "-Werror", "-I", dirname(tableFile)];
}

function linkFlags(kind) {
  if (isMac) return [...MACOS_LINKING, ...(kind === "asan" ? SANITIZERS : [])];
  // nodelete: Node closes addons when a worker ends, but C may still hold callbacks, whose code is in here.
  const loading = ["-Wl,--exclude-libs,ALL", "-Wl,-z,now", "-Wl,-z,nodelete", "-Wl,-z,noexecstack"];
  return kind === "asan"
    ? ["-shared", ...SANITIZERS, ...loading]
    : ["-shared", "-s", ...linkCxx(), "-Wl,--gc-sections", ...loading, ...linkOldGlibc()];
}

/** What has Node with musl has the library of C++, too, for Node is linked with it; with glibc, it may be too old. */
function linkCxx() {
  return process.platform === "linux" && isMusl() ? [] : ["-static-libstdc++", "-static-libgcc"];
}

/** Much of it was in libraries of its own before 2.34. */
function linkOldGlibc() {
  const folder = process.env.GLIBC;
  const others = ["-Wl,--push-state,--no-as-needed", "-l:libpthread.so.0", "-l:libdl.so.2", "-Wl,--pop-state"];
  return folder ? ["-L", folder, ...others] : [];
}

/** The folder of this machine's binary, named by npm's `os`, `cpu` and `libc`; src/load.ts looks there. */
function platformFolder() {
  const { platform, arch } = process;
  if (platform !== "linux") return `${platform}-${arch}`;
  return `${platform}-${arch}-${isMusl() ? "musl" : "glibc"}`;
}

/** The program interpreter stands near the beginning of an ELF executable; src/load.ts looks for it exactly. */
function isMusl() {
  const beginnings = [process.execPath, "/proc/self/exe"].map((path) => {
    const beginning = Buffer.alloc(65_536);
    const file = openSync(path, "r");
    readSync(file, beginning);
    closeSync(file);
    return beginning;
  });
  return beginnings.find((bytes) => bytes.includes("\x7fELF"))?.includes("/ld-musl-") ?? false;
}

// -- What has to be installed ----------------------------------------------------------------------

function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX] : ["g++", "c++", "clang++"];
  const found = candidates.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
  if (found !== undefined) return found;
  if (process.env.CXX) throw new BuildError(`the C++ compiler that CXX names does not run: ${process.env.CXX}`);
  throw new BuildError("no C++ compiler: apt-get install g++");
}

/** The headers of the Node that runs this; null when there are none. */
function findNodeHeaders() {
  const isNode = process.release.name === "node" && !process.versions.bun && !process.versions.deno;
  const folder = process.env.NODE_HEADERS || join(dirname(dirname(realpathSync(process.execPath))), "include", "node");
  const version = join(folder, "node_version.h");
  if (!isNode || !existsSync(version)) return null;
  const abi = /#define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(version, "utf8"))?.[1];
  return abi === process.versions.modules ? folder : null;
}

function findLibffi(compiler) {
  if (process.env.LIBFFI) {
    const library = join(process.env.LIBFFI, "lib", "libffi.a");
    if (!existsSync(library)) throw new BuildError(`LIBFFI names a folder without lib/libffi.a: ${process.env.LIBFFI}`);
    return { include: ["-isystem", join(process.env.LIBFFI, "include")], library };
  }
  const hasHeader =
    spawnSync(compiler, ["-E", "-x", "c++", "-include", "ffi.h", "/dev/null"], { stdio: "ignore" }).status === 0;
  // First Debian's name for the archive of position-independent code; elsewhere libffi.a contains that.
  const library = ["libffi_pic.a", "libffi.a"]
    .map((name) => spawnSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).stdout.trim())
    .find((path) => path.includes("/"));
  if (!hasHeader || library === undefined)
    throw new BuildError("no libffi headers or static library: apt-get install libffi-dev");
  return { include: [], library };
}

// -- Running ---------------------------------------------------------------------------------------

function once(make) {
  let made;
  return () => (made ??= make());
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", (error) => reject(new BuildError(`${command} does not run: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(new BuildError(`${command} failed (${code}): ${args.find((arg) => arg.endsWith(".cc")) ?? "linking"}`));
    });
  });
}

async function inParallel(items, act) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

function filesIn(folder) {
  return readdirSync(folder).map((file) => join(folder, file));
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(files) {
  return Math.max(...files.map(modified));
}
