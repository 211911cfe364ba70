/** Node itself, and what npm installs: exactly what package-lock.json says, without running any package's install script. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { modified, root, run, SetupError, whereIs } from "./step.mjs";

const oldestNode = 20;

export function checkNode() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < oldestNode) throw new SetupError(`Node ${oldestNode} or newer is needed, this is ${process.version}.`);
  return process.version;
}

export function installNpmDependencies() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules/.package-lock.json");
  if (modified(installed) > 0 && modified(installed) >= modified(lock) && workspacesAreLinked()) return "up to date";

  if (whereIs("npm") === null) throw new SetupError("npm is missing: install it (it comes with Node).");
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
}

/** node_modules holds a link to each of our own packages. */
function workspacesAreLinked() {
  return readdirSync(join(root, "packages")).every((name) =>
    existsSync(join(root, "node_modules", name, "package.json")),
  );
}
