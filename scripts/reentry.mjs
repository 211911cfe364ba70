/**
 * `npm run test:reentry`: a long run of test/reentry/program.mjs on every supported Node, each with a V8 part of its
 * own.
 *
 *     npm run test:reentry                          Node 20, 22, 24 and 26 from npm, 100,000 rounds a case
 *     npm run test:reentry -- --node 26 --rounds 1000
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeOf, SUPPORTED_NODES } from "./setup/nodes.mjs";
import { root } from "./setup/step.mjs";

const { values } = parseArgs({
  options: {
    node: { type: "string", default: SUPPORTED_NODES.join() },
    rounds: { type: "string", default: "100000" },
  },
});

const library = join(root, "test/fixtures/build/reentry.so");
const program = join(root, "test/reentry/program.mjs");
const failed = values.node.split(",").filter((version) => {
  const node = nodeOf(version);
  console.log(`\n== Node ${version}`);
  return !(
    succeeds(node, [join(root, "packages/rawffi/native/build.mjs")]) &&
    succeeds(node, ["--expose-gc", "--allow-natives-syntax", program, library, values.rounds], { RAWFFI_TIER: "fast" })
  );
});
if (failed.length > 0) console.error(`\ntest:reentry: failed on Node ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function succeeds(command, args, env = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status === 0) return true;
  console.error(`${command} ended with ${error?.message ?? signal ?? status}`);
  return false;
}
