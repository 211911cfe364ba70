/**
 * All checks, in this order: lint and format, types (also of the tests), then the tests themselves.
 *
 *     npm test                          everything
 *     npm test -- structure callbacks   only the test files whose path contains one of these words
 *     npm test -- --test-name-pattern=NULL structure    options go to node's test runner
 *     npm test -- --node current,26     the tests on each of these versions of Node, from npm, with a V8 part of its own
 *     npm run long -- nodes             the same on all that are supported
 *     npm run test:asan                 the tests of the packages with the native part under AddressSanitizer
 *     npm run test:stress               the tests of the packages with a collection at every allocation, conversion and callback
 *     npm run test:valgrind             some tests under valgrind, which also sees what was never written
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildUnderStress } from "./setup/build.mjs";
import { nodeOf } from "./setup/nodes.mjs";
import { modified, root, run, whereIs } from "./setup/step.mjs";

const args = process.argv.slice(2);
const nodes = takeValue("--node")?.split(",") ?? ["current"];
const words = args.filter((arg) => !arg.startsWith("-"));
const underAsan = args.includes("--asan");
const isStressed = args.includes("--stress");
const underValgrind = args.includes("--valgrind");
const isPlain = !underAsan && !isStressed && !underValgrind;
const nodeOptions = args.filter((arg) => arg.startsWith("-") && !["--asan", "--stress", "--valgrind"].includes(arg));

const files = testFiles().filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
if (files.length === 0) {
  console.error(
    words.length === 0 ? "test: there are no test files" : `test: no test file has ${words.join(" or ")} in its path`,
  );
  process.exit(1);
}

const failed = [];
if (words.length === 0 && nodeOptions.length === 0 && isPlain) {
  const colors = process.stdout.isTTY ? "--colors=force" : "--colors=off";
  check("lint and format", ["node_modules/@biomejs/biome/bin/biome", "ci", colors, "."]);
  check("types", ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.test.json"]);
}
// Printed before the tests, so that their counts stay the last lines.
if (failed.length > 0) console.log(`\ntest: failed already: ${failed.join(", ")}`);
if (underValgrind) checkUnderValgrind();
else if (isStressed) await checkUnderStress();
else for (const version of nodes) testOn(version);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * The tests on one Node. Tests that start other processes use the executable that runs them, so those use the same one.
 */
function testOn(version) {
  const node = nodeOf(version);
  if (node !== process.execPath) run(node, [join(root, "packages/rawffi/native/build.mjs")]);
  const place = nodes.length === 1 && version === "current" ? "" : ` on Node ${run(node, ["--version"]).trim()}`;
  const title = underAsan ? "tests under AddressSanitizer" : "tests";
  check(title + place, testCommand(), underAsan ? asanEnvironment() : {}, node);
}

/** Uses a build of ctypes that collects garbage, in all processes that the tests start. */
async function checkUnderStress() {
  await buildUnderStress();
  const resolve = `--import=${pathToFileURL(join(root, "scripts/stress-resolve.mjs"))}`;
  const env = { CTYPES_STRESS: "1", NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} ${resolve}` };
  check("tests under stress", testCommand(["--import", "./scripts/stress.mjs"]), env);
}

/** Removes an option and its value from the arguments, and returns the value; undefined when it is absent. */
function takeValue(option) {
  const at = args.indexOf(option);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}

/** Runs node with these arguments under a heading of one line; its output is passed through. */
function check(title, nodeArgs, env = {}, node = process.execPath) {
  console.log(`\n== ${title}`);
  const child = spawnSync(node, nodeArgs, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  if (child.status !== 0) failed.push(title);
}

function testCommand(options = []) {
  const runtime = [
    "--import",
    "tsx",
    "--import",
    "./scripts/pages.mjs",
    "--expose-gc",
    "--enable-source-maps",
    ...options,
  ];
  const runner = ["--test", "--test-concurrency=2", "--test-reporter=./scripts/reporter.mjs"];
  return [...runtime, ...runner, "--test-reporter-destination=stdout", ...nodeOptions, ...files];
}

/**
 * Expands the pattern, since Node 20 does not: every *.test.ts of the packages and, where nothing slows them down, of
 * the workspace.
 */
function testFiles() {
  const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name, "test"));
  const folders = isPlain ? [...packages, "test"] : packages;
  return folders.filter((folder) => modified(join(root, folder)) > 0).flatMap(testFilesIn);
}

function testFilesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((path) => path.endsWith(".test.ts") && !path.includes("node_modules"))
    .map((path) => join(folder, path))
    .sort();
}

/**
 * Files that start few processes of their own, since each runs about fifty times slower. Not the contract: valgrind's
 * long doubles have 64 bits.
 */
function checkUnderValgrind() {
  const wanted =
    words.length > 0
      ? files
      : files.filter((file) => /(handover|sequence|switching|text|structures|unions|pointers|lent)\.test/.test(file));
  const checks = ["--smc-check=all-non-file", "--leak-check=no", "--trace-children=no"];
  // Node's own `delete` appears to valgrind as a `free`.
  const own = ["--show-mismatched-frees=no", `--suppressions=${join(root, "scripts/valgrind.supp")}`];
  const options = ["-q", "--error-exitcode=9", ...checks, ...own];
  const node = ["--import", "tsx", "--expose-gc", "--test-reporter=spec"];
  for (const file of wanted) {
    console.log(`\n== ${file} under valgrind`);
    const child = spawnSync("valgrind", [...options, process.execPath, ...node, file], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (child.error) console.error("valgrind is missing: apt-get install valgrind");
    if (child.status !== 0) failed.push(file);
  }
}

/** Node itself is not instrumented, so the sanitizer must be loaded before it; the native part is the ASAN build. */
function asanEnvironment() {
  return {
    LD_PRELOAD: run("gcc", ["-print-file-name=libasan.so"]).trim(),
    ASAN_OPTIONS: "detect_leaks=1",
    LSAN_OPTIONS: `suppressions=${join(root, "scripts/lsan.supp")}:print_suppressions=0`,
    RAWFFI_ADDON: join(root, "packages/rawffi/build/asan/rawffi.node"),
    PATH: `${toolsWithoutAsan()}:${process.env.PATH}`,
  };
}

/** A folder of wrappers for tools that tests run: these tools leak, and a leak would make them fail. */
function toolsWithoutAsan() {
  const folder = join(root, "node_modules/.cache/asan-tools");
  mkdirSync(folder, { recursive: true });
  const crossTools = ["as", "gcc", "objcopy", "objdump"].map((name) => `aarch64-linux-gnu-${name}`);
  const machines = ["qemu-aarch64-static", ...crossTools, "s390x-linux-gnu-gcc"];
  const tools = ["npm", "cc", "gcc", "c++", "g++", "as", "ld", "objdump", "pkg-config", ...machines];
  for (const name of tools) {
    const path = whereIs(name);
    if (path !== null)
      writeFileSync(join(folder, name), `#!/bin/sh\nunset LD_PRELOAD\nexec ${path} "$@"\n`, { mode: 0o755 });
  }
  return folder;
}
