/** Checks Node, and installs exactly what package-lock.json lists, without running any package's install script. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
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
  keepingCache(() => run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]));
}

/**
 * `npm ci` empties node_modules. The cache in it has other versions of Node and build products, none of which is in the
 * lock file.
 */
function keepingCache(install) {
  const cache = join(root, "node_modules/.cache");
  const aside = join(root, ".cache-aside");
  if (existsSync(cache)) {
    rmSync(aside, { recursive: true, force: true });
    renameSync(cache, aside);
  }
  try {
    install();
  } finally {
    if (existsSync(aside)) {
      mkdirSync(join(root, "node_modules"), { recursive: true });
      renameSync(aside, cache);
    }
  }
}

/** Whether node_modules has a link to each of our own packages, by the names in their manifests. */
function workspacesAreLinked() {
  return readdirSync(join(root, "packages")).every((folder) => {
    const { name } = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
    return existsSync(join(root, "node_modules", name, "package.json"));
  });
}
