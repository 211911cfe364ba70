/**
 * `npm run test:reentry`: test/reentry/program.mjs, at length, on every Node that is supported, each with a V8 part of its own.
 *
 *     npm run test:reentry                          Node 20, 22, 24 and 26 from npm, 100,000 rounds a case
 *     npm run test:reentry -- --node 26 --rounds 1000
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { modified, root } from "./setup/step.mjs";

const { values } = parseArgs({
  options: { node: { type: "string", default: "20,22,24,26" }, rounds: { type: "string", default: "100000" } },
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

/** The newest Node of that major version, from npm, which brings its headers along. */
function nodeOf(version) {
  const folder = join(root, "node_modules/.cache/nodes", version);
  const node = join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin/node");
  if (modified(node) > 0) return node;
  mkdirSync(folder, { recursive: true });
  const name = `node-${process.platform}-${process.arch}@${version}`;
  if (!succeeds("npm", ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", name])) process.exit(1);
  return node;
}

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
