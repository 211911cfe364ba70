/** A copy of this workspace for tests on another platform, beside which the workspace stays as it is. */
import { cpSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "./step.mjs";

/** Where packages keep the binaries of all platforms. */
const BINARIES = "packages/rawffi/prebuilds";

/**
 * Copies the workspace to `place` without what was compiled for this machine; what was compiled there before stays.
 *
 * - `binaries`: the platform whose binaries, built here, are copied, too
 * - `linksDependencies`: whether its dependencies are those here, by links, and its packages its own; else node_modules
 *   is left empty, to be mounted
 */
export function copyWorkspace(place, { binaries = null, linksDependencies = true } = {}) {
  mkdirSync(join(place, "node_modules"), { recursive: true });
  const isWanted = (path) => !/\/(node_modules|\.git)$|\/fixtures\/build$|\/rawffi\/(build|prebuilds)$/.test(path);
  const options = { recursive: true, force: true, verbatimSymlinks: true, preserveTimestamps: true, filter: isWanted };
  for (const name of readdirSync(root).filter((name) => isWanted(`/${name}`))) {
    removeMissing(join(root, name), join(place, name), isWanted);
    cpSync(join(root, name), join(place, name), options);
  }
  if (binaries !== null) {
    rmSync(join(place, BINARIES), { recursive: true, force: true });
    cpSync(join(root, BINARIES, binaries), join(place, BINARIES, binaries), { recursive: true });
  }
  if (linksDependencies) linkDependencies(place);
}

function linkDependencies(place) {
  for (const entry of readdirSync(join(root, "node_modules"), { withFileTypes: true })) {
    if (entry.name === ".cache") continue;
    const link = join(place, "node_modules", entry.name);
    rmSync(link, { force: true });
    const target = join(root, "node_modules", entry.name);
    symlinkSync(entry.isSymbolicLink() ? readlinkSync(target) : target, link);
  }
}

/** Removes what an earlier copy has and the workspace no longer does. */
function removeMissing(from, to, isWanted) {
  if (!statSync(to, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const { name } of readdirSync(to, { withFileTypes: true })) {
    const path = join(to, name);
    if (!isWanted(path)) continue;
    if (lstatSync(join(from, name), { throwIfNoEntry: false }) === undefined) rmSync(path, { recursive: true });
    else if (!lstatSync(path).isSymbolicLink()) removeMissing(join(from, name), path, isWanted);
  }
}
