/**
 * Who is measured: one row a contender, with the command that runs its cases. Where one cannot run, the row says why
 * instead.
 *
 * The file of each in contenders/ does the cases in the way that is the quickest of those its documentation recommends.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bunPath, denoPath, ffiRsPath, peersFolder, python3, pythonWithCffi } from "../scripts/setup/peers.mjs";
import { root, whereIs } from "../scripts/setup/step.mjs";

/** The Node of this measurement. */
export interface Place {
  readonly node: string;
  /** The major version. */
  readonly major: number;
  /** Where what was compiled lies. */
  readonly build: string;
}

/** Why a contender is not measured. One that cannot exist for this Node is not amiss; one that is not installed is. */
export interface Missing {
  readonly missing: string;
  readonly cannotExist?: true;
}

export interface Contender {
  readonly name: string;
  /** Whether it runs in Node; what does not is measured once, and stands beside every Node's figures. */
  readonly inNode: boolean;
  /** Which groups of cases it has; all when it is not said. */
  readonly groups?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program that prints the milliseconds of the processor that importing it takes. */
  importing?(place: Place): readonly string[];
  command(place: Place): readonly string[] | Missing;
}

const CALLS = ["numbers", "text", "structures"];
/** A build for which the runtime refuses all buffers over C's memory, as Electron does. */
const CAGED = { RAWFFI_ADDON: join(root, "packages/rawffi/build/caged/rawffi.node") };

export const CONTENDERS: readonly Contender[] = [
  { name: "ctypes", inNode: true, command: script("ctypes"), importing: importing("ctypes-js") },
  {
    name: "ctypes, a callback alive",
    inNode: true,
    groups: CALLS,
    env: { BENCH_LIVE: "1" },
    command: script("ctypes"),
  },
  {
    name: "ctypes, no V8 part",
    inNode: true,
    groups: [...CALLS, "callbacks"],
    env: { RAWFFI_TIER: "frame" },
    command: script("ctypes"),
  },
  {
    name: "ctypes, caged",
    inNode: true,
    groups: [...CALLS, "callbacks", "memory", "arrays"],
    env: CAGED,
    command: script("ctypes"),
  },
  {
    name: "ctypes, caged, no V8 part",
    inNode: true,
    groups: [...CALLS, "callbacks", "memory", "arrays"],
    env: { ...CAGED, RAWFFI_TIER: "frame" },
    command: script("ctypes"),
  },
  { name: "koffi", inNode: true, command: script("koffi"), importing: importing("koffi") },
  {
    name: "node:ffi",
    inNode: true,
    command: (place) =>
      place.major < 26
        ? { missing: "it came with Node 26", cannotExist: true }
        : [place.node, "--no-warnings", join(place.build, "node-ffi.mjs")],
    importing: importing("node:ffi"),
  },
  {
    name: "ffi-rs",
    inNode: true,
    command: (place) => (ffiRsPath() === null ? NOT_INSTALLED : script("ffi-rs")(place)),
    importing: ({ node }) => [
      node,
      "--input-type=module",
      "-e",
      timed(`import(${JSON.stringify(`${ffiRsPath()}/index.js`)})`),
    ],
  },
  { name: "addon", inNode: true, command: script("addon") },
  { name: "ctypes-sqlite", inNode: true, groups: ["import"], command: none, importing: importing("ctypes-sqlite") },
  { name: "ctypes-pyglet", inNode: true, groups: ["import"], command: none, importing: importing("ctypes-pyglet") },
  { name: "DataView", inNode: true, groups: ["memory", "arrays"], command: script("dataview") },
  {
    name: "Deno",
    inNode: false,
    command: ({ build }) =>
      executable(denoPath(), "run", "--allow-all", "--no-config", "--no-lock", join(build, "deno.mjs")),
  },
  { name: "Bun", inNode: false, command: ({ build }) => executable(bunPath(), join(build, "bun.mjs")) },
  {
    name: "CPython",
    inNode: false,
    command: () => executable(python3(), source("python_ctypes.py")),
    importing: () => pythonImport(python3(), "ctypes"),
  },
  {
    name: "PyPy",
    inNode: false,
    command: () => executable(whereIs("pypy3"), source("python_ctypes.py")),
    importing: () => pythonImport(whereIs("pypy3"), "ctypes"),
  },
  {
    name: "cffi",
    inNode: false,
    command: () => executable(pythonWithCffi(), source("python_cffi.py")),
    importing: () => pythonImport(pythonWithCffi(), "cffi"),
  },
  { name: "LuaJIT", inNode: false, command: () => executable(whereIs("luajit"), source("luajit.lua")) },
  { name: "C", inNode: false, command: ({ build }) => executable(join(build, "c")) },
];

/** What every contender's process is told, beside the cases. */
export function environment(build: string): Readonly<Record<string, string>> {
  return {
    BENCH_LIBRARY: join(build, "bench.so"),
    BENCH_ADDON: join(build, "addon.node"),
    BENCH_PEERS: join(peersFolder, "package.json"),
  };
}

// -- Private ---------------------------------------------------------------------------------------

const NOT_INSTALLED: Missing = { missing: "it is not installed: npm run bench -- --install" };

function script(name: string): (place: Place) => readonly string[] {
  return ({ node, build }) => [node, join(build, `${name}.mjs`)];
}

/** For who is only imported. */
function none(): readonly string[] {
  return [];
}

function source(name: string): string {
  return join(import.meta.dirname, "contenders", name);
}

function executable(path: string | null, ...args: readonly string[]): readonly string[] | Missing {
  return path === null || !existsSync(path) ? NOT_INSTALLED : [path, ...args];
}

function importing(name: string): (place: Place) => readonly string[] {
  return ({ node }) => [node, "--no-warnings", "--input-type=module", "-e", timed(`import("${name}")`)];
}

function timed(act: string): string {
  const begin = "const start = process.cpuUsage();";
  return `${begin} await ${act}; const { user, system } = process.cpuUsage(start); console.log((user + system) / 1e3);`;
}

function pythonImport(python: string | null, name: string): readonly string[] {
  const program = `import time; start = time.process_time(); import ${name}; print((time.process_time() - start) * 1e3)`;
  return [python as string, "-c", program];
}
