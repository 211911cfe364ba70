/** Packages of npm that are programs, each in a folder of its own below node_modules/.cache. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { modified, root } from "./step.mjs";

/**
 * The file at `path` in npm's package `name`, installed at the first use, and kept in `folder`; null when npm has
 * none. `more` are further options of npm.
 *
 * Several processes may ask at once, as test files do on a fresh clone: each installs elsewhere, and one of them puts
 * the folder in its place.
 */
export function programOf(name, version, path, folder, more = []) {
  const place = join(root, "node_modules/.cache", folder);
  const inFolder = join("node_modules", name, path);
  const program = join(place, inFolder);
  if (modified(program) > 0) return program;
  const making = `${place}-${process.pid}`;
  try {
    mkdirSync(making, { recursive: true });
    const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", ...more];
    const args = ["install", "--prefix", making, ...options, `${name}@${version}`];
    if (spawnSync("npm", args, { cwd: root, stdio: "inherit" }).status !== 0) return null;
    chmodSync(join(making, inFolder), 0o755);
    mkdirSync(dirname(place), { recursive: true });
    moveTo(place, making, program);
    return program;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Another process may have been first: then what it has made is as good. */
function moveTo(place, made, program) {
  try {
    renameSync(made, place);
  } catch (error) {
    if (modified(program) > 0) return;
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    // What lies there is no whole installation.
    rmSync(place, { recursive: true, force: true });
    renameSync(made, place);
  }
}
