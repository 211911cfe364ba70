/**
 * The tests as on a runtime that lets no `ArrayBuffer` be C's memory, such as Electron: with a build of the addon for
 * which all such buffers are refused, and without the V8 part, which is for Node only. The contract of rawffi is tested
 * with both.
 *
 *     npm run test:on -- caged                        tests of rawffi, ctypes and ctypes-sqlite, on Node 20 and 26
 *     npm run test:on -- caged --node 22 views        on this one, only the test files whose path has that word
 *     npm run test:on -- caged --v8                   calls go the fastest way that Node has
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeOf } from "../setup/nodes.mjs";
import { root, run, SetupError } from "../setup/step.mjs";

const PARTS = ["packages/rawffi/", "packages/ctypes/", "packages/ctypes-sqlite/"];

const { values, positionals } = parseArgs({
  options: { node: { type: "string", default: "20,26" }, v8: { type: "boolean", default: false } },
  allowPositionals: true,
});

const env = { ...process.env, RAWFFI_ADDON: join(root, "packages/rawffi/build/caged/rawffi.node") };
if (!values.v8) env.RAWFFI_TIER = "frame";

try {
  for (const version of values.node.split(",")) {
    const node = nodeOf(version);
    run(node, [join(root, "packages/rawffi/native/build.mjs"), "--caged"]);
    console.log(`\n== Node ${version}, no ArrayBuffer over C's memory`);
    const words = positionals.length > 0 ? positionals : PARTS;
    const { status } = spawnSync(node, ["scripts/test.mjs", ...words], { cwd: root, stdio: "inherit", env });
    if (status !== 0) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
