/**
 * The packages on Linux for AArch64, in a user-mode emulator: the binaries are cross-compiled as a release has them,
 * with its libffi and for its glibc, and the tests run on that processor's Node. Installs the compiler and the emulator
 * from Debian; Node and that system's libraries are kept in node_modules/.cache. The emulator is some thirty times
 * slower than the machine.
 *
 *     npm run test:on -- arm64                        tests of rawffi and ctypes, on Node 20 and 26
 *     npm run test:on -- arm64 --node 22 contract     on this one, only the test files whose path has that word
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { emulated } from "../setup/emulator.mjs";
import { checkSymbols, glibcOfRelease } from "../setup/glibc.mjs";
import { nodeOf } from "../setup/nodes.mjs";
import { root, run, SetupError } from "../setup/step.mjs";
import { copyWorkspace } from "../setup/workspace.mjs";

const ARCH = "arm64";
const PARTS = ["packages/rawffi/test", "packages/ctypes/test"];

const { values, positionals } = parseArgs({
  options: { node: { type: "string", default: "20,26" } },
  allowPositionals: true,
});

try {
  const { node, compiler, libffi, env } = emulated(ARCH);
  process.env.CXX = compiler; // for the stand-in of the C library, too
  const building = { ...env, CXX: compiler, LIBFFI: libffi, GLIBC: glibcOfRelease(ARCH) ?? "" };
  const place = join(root, "node_modules/.cache/emulated", ARCH, "workspace");
  copyWorkspace(place);
  const versions = values.node.split(",");
  const words = positionals.length > 0 ? positionals : PARTS;
  for (const version of versions) {
    const output = run(node(version), [join(place, "packages/rawffi/native/build.mjs")], { cwd: place, env: building });
    console.log(`Node ${version}: ${output.trim()}`);
    checkBinaries(place, node(version), nodeOf(version, ARCH));
  }
  const compile = 'import("./scripts/setup/build.mjs").then((build) => build.buildFixtures())';
  run(process.execPath, ["-e", compile], { cwd: place, env });
  for (const version of versions) {
    console.log(`\n== Node ${version} on AArch64`);
    const { status } = spawnSync(node(version), ["scripts/test.mjs", ...words], { cwd: place, env, stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Both binaries that this Node loads, whose own file is `host`. */
function checkBinaries(place, node, host) {
  const folder = join(place, "packages/rawffi/prebuilds", `linux-${ARCH}-glibc`);
  const abi = run(node, ["-p", "process.versions.modules"]).trim();
  for (const name of ["rawffi", `rawffi-v8-${abi}`]) checkSymbols(join(folder, `${name}.node`), host);
}
