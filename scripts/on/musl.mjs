/**
 * The packages on Linux with musl, on x86-64: both binaries are built by Debian's g++ with musl's headers, and the
 * tests run on a Node for musl, with Debian's musl as the C library. Installs the tools from Debian; all else is kept
 * in node_modules/.cache/musl.
 *
 *     npm run test:on -- musl                  tests of rawffi, ctypes and ctypes-sqlite
 *     npm run test:on -- musl contract         only the test files whose path has that word
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { musl } from "../setup/musl.mjs";
import { root, run, SetupError } from "../setup/step.mjs";
import { copyWorkspace } from "../setup/workspace.mjs";

const PARTS = ["packages/rawffi/test", "packages/ctypes/test", "packages/ctypes-sqlite/test"];

const words = process.argv.slice(2);

try {
  const { node, env } = musl();
  const place = join(root, "node_modules/.cache/musl/x64/workspace");
  copyWorkspace(place);
  console.log(run(node, ["packages/rawffi/native/build.mjs"], { cwd: place, env }).trim());
  const compile = 'import("./scripts/setup/build.mjs").then((build) => build.buildFixtures())';
  run(process.execPath, ["-e", compile], { cwd: place, env });
  const tests = ["scripts/test.mjs", ...(words.length > 0 ? words : PARTS)];
  process.exitCode = spawnSync(node, tests, { cwd: place, env, stdio: "inherit" }).status ?? 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
