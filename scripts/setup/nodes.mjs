/** Other versions of Node, from npm, which has them as packages with their headers. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { modified, root, SetupError } from "./step.mjs";

/** The versions that are supported, oldest first. */
export const SUPPORTED_NODES = ["20", "22", "24", "26"];

/**
 * The executable of the newest Node of that major version; installed at the first use, and kept. `"current"` is the one
 * that runs this.
 *
 * @throws SetupError when npm has none.
 */
export function nodeOf(version) {
  if (version === "current") return process.execPath;
  const folder = join(root, "node_modules/.cache/nodes", version);
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(folder, "node_modules", name, "bin/node");
  if (modified(node) > 0) return node;
  mkdirSync(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `${name}@${version}`];
  const { status } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new SetupError(`npm has no Node ${version} for this machine`);
  return node;
}
