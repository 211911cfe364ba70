/**
 * The commands of `npm run`, for `npm run help` and `npm run long -- --help`. A test fails for a script of package.json
 * without a line here.
 */

/** The scripts of package.json that are not long runs. */
export const COMMANDS = {
  "To begin with": {
    demo: "a tour over libc, libm, zlib, SQLite and glib; each step is a file in examples/, runnable alone",
    test: "lint, types, all tests; -- callbacks runs the test files with that word in their path, -- --node 26 another Node",
    bench: "ctypes and every installed peer, in nanoseconds; -- --check compares with what is required",
    help: "this list",
    long: "the long runs, see below",
    "test:on": "the tests on other platforms, see below",
  },
  "While working": {
    setup: "installs and builds what is missing or stale; demo, test, bench and the long runs begin with it",
    lint: "Biome alone; npm test has it, too",
    typecheck: "tsc alone; npm test has it, too",
    format: "formats and sorts imports, in place",
    "bench:sqlite": "the SQLite driver beside better-sqlite3 and node:sqlite",
    "bench:modules": "large generated modules: generation, type check, import; -- --only gl runs one",
    pyglet: "-- bindings makes the modules of its C libraries again from the headers",
    "sqlite-shell": "a small command line for SQLite: -- people.db",
    release: "builds and checks what is published, and publishes it; -- --dry-run does all but that",
    "build:release": "the native part as a published package carries it: all supported versions of Node, pinned libffi",
  },
};

const SUPPORTED = "20,22,24,26";

/**
 * The long runs. `npm test` has a short slice of most of them.
 *
 * - `what`: one line of help
 * - `program`: what Node runs; its leading comment is the help of the run
 * - `node`, `args`: options of Node, and arguments before the caller's
 * - `setup`: options of scripts/setup.mjs
 * - `alias`: its name in package.json, where it has one
 */
export const RUNS = {
  nodes: {
    what: "all tests on Node 20, 22, 24 and 26, from npm",
    program: "scripts/test.mjs",
    args: ["--node", SUPPORTED],
    setup: ["--test"],
  },
  asan: {
    what: "the tests of the packages with the native part under AddressSanitizer",
    program: "scripts/test.mjs",
    args: ["--asan"],
    setup: ["--test", "--asan"],
    alias: "test:asan",
  },
  stress: {
    what: "the tests of the packages with a collection at every allocation, conversion and callback",
    program: "scripts/test.mjs",
    args: ["--stress"],
    setup: ["--test"],
    alias: "test:stress",
  },
  valgrind: {
    what: "some tests under valgrind, which also sees what was never written",
    program: "scripts/test.mjs",
    args: ["--valgrind"],
    setup: ["--test"],
    alias: "test:valgrind",
  },
  installs: {
    what: "all packages published to a registry on loopback, and installed by npm, pnpm, Yarn, Bun and Deno",
    program: "test/registry/run.ts",
  },
  soak: {
    what: "millions of calls, callbacks and errors: memory must stay as it is",
    program: "test/soak/run.ts",
    node: ["--expose-gc", "--max-semi-space-size=2"],
    setup: ["--test"],
    alias: "soak",
  },
  abi: {
    what: "random structures and signatures, compared with gcc and CPython",
    program: "test/abi/run.ts",
    alias: "abi",
  },
  conformance: {
    what: "CPython's ctypes tests, row by row, in our own words",
    program: "test/conformance/run.ts",
    setup: ["--test"],
    alias: "conformance",
  },
  headers: {
    what: "modules made from the headers of ninety sets of libraries: type-checked, loaded, compared with the C compiler",
    program: "packages/ctypes-configure/test/headers.ts",
    setup: ["--test"],
    alias: "test:headers",
  },
  faults: {
    what: "everything that can go wrong, each in a process of its own, on Node 20 to 26, Bun and Deno",
    program: "test/faults/run.ts",
    setup: ["--test"],
    alias: "faults",
  },
  fuzz: {
    what: "misuse at random; what crashes is shrunk to a few lines",
    program: "test/fuzz/run.ts",
    setup: ["--test"],
    alias: "fuzz",
  },
  "fuzz:sqlite": {
    what: "the same of the SQLite driver",
    program: "test/fuzz/sqlite-run.ts",
    setup: ["--test"],
    alias: "fuzz:sqlite",
  },
  tidy: {
    what: "clang-tidy over the C++ of rawffi",
    program: "scripts/tidy.mjs",
    setup: ["--test"],
  },
  reentry: {
    what: "callbacks in the middle of hot calls that do whatever they like, on Node 20, 22, 24 and 26",
    program: "scripts/reentry.mjs",
    setup: ["--test"],
    alias: "test:reentry",
  },
};

/** The tests on other platforms, `npm run test:on -- PLATFORM`: as the long runs; docs/platforms.md has results. */
export const PLATFORMS = {
  "old-glibc": {
    what: "the binaries of a release on a system as old as they are made for; needs root",
    program: "scripts/on/old-glibc.mjs",
  },

  arm64: {
    what: "the binaries of a release on Linux for AArch64, in an emulator",
    program: "scripts/on/arm64.mjs",
  },
  musl: {
    what: "Linux with musl, as Alpine, on x86-64: on a Node for musl, with Debian's musl",
    program: "scripts/on/musl.mjs",
  },
  windows: {
    what: "the tests on Windows x64, in Wine; needs root",
    program: "scripts/on/windows.mjs",
  },
  macos: {
    what: "builds the addon for macOS on AArch64 and x86-64, and looks at it; nothing runs there",
    program: "scripts/on/macos.mjs",
  },
  caged: {
    what: "a runtime that lets no ArrayBuffer be C's memory, as Electron: a build of the addon that refuses them all",
    program: "scripts/on/caged.mjs",
  },
  riscv64: {
    what: "Linux for RISC-V, where every call goes through libffi, in an emulator",
    program: "scripts/on/emulated.mjs",
    args: ["riscv64"],
  },
  ppc64le: {
    what: "the same on little-endian POWER",
    program: "scripts/on/emulated.mjs",
    args: ["ppc64"],
  },
  "arm64-stubs": {
    what: "the machine code of calls on AArch64, in an emulator; says what it needs",
    program: "scripts/on/arm64-stubs.mjs",
  },
};

/** Long runs, or platforms, with their other names. */
export function runsTable(runs) {
  return table(
    Object.entries(runs).map(([name, { what, alias }]) => [
      name,
      alias === undefined ? what : `${what} (npm run ${alias})`,
    ]),
  );
}

/** Rows of two columns. */
export function table(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`).join("\n");
}
