/**
 * What the benchmark measures beside ctypes, and where it is. Nothing else needs these, so only the benchmark installs
 * them, on request: those from npm in a folder of their own below node_modules/.cache, those from Debian where this
 * user may install packages.
 *
 * koffi is not among them: it is a development dependency.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { modified, root, whereIs } from "./step.mjs";
import { installDebianPackages } from "./system.mjs";

/** The folder whose node_modules has the peers from npm. */
export const peersFolder = join(root, "node_modules/.cache/peers");

/**
 * Exact versions, without which a figure means nothing. Deno and Bun are the packages for this machine, which contain
 * only the executable.
 */
const npmPeers = {
  "@deno/linux-x64-glibc": "2.9.6",
  "@oven/bun-linux-x64": "1.4.5",
  "ffi-rs": "1.3.7",
};

const debianPeers = [
  { debian: "python3", isThere: () => python3() !== null },
  { debian: "python3-cffi", isThere: () => pythonWithCffi() !== null },
  { debian: "pypy3", isThere: () => whereIs("pypy3") !== null },
  { debian: "luajit", isThere: () => whereIs("luajit") !== null },
];

/** Installs what is missing, as far as possible here; the benchmark reports what stays missing. */
export function installPeers() {
  const failed = [installNpmPeers(), installDebianPeers()].filter((word) => word !== null);
  return failed.length === 0 ? "present" : failed.join("; ");
}

export const denoPath = () => existing(join(peersFolder, "node_modules/@deno/linux-x64-glibc/deno"));
export const bunPath = () => existing(join(peersFolder, "node_modules/@oven/bun-linux-x64/bin/bun"));
export const ffiRsPath = () => existing(join(peersFolder, "node_modules/ffi-rs"));
export const python3 = () => whereIs("python3");

/** The first Python that has cffi: Debian installs it for its own Python, which need not be the first in the path. */
export function pythonWithCffi() {
  const candidates = [whereIs("python3"), "/usr/bin/python3"].filter((path) => path !== null && modified(path) > 0);
  return candidates.find((path) => spawnSync(path, ["-c", "import cffi"], { stdio: "ignore" }).status === 0) ?? null;
}

// -- Private ---------------------------------------------------------------------------------------

function installNpmPeers() {
  if (process.platform !== "linux" || process.arch !== "x64") return "those of npm are named for Linux on x64 only";
  if (Object.keys(npmPeers).every((name) => modified(join(peersFolder, "node_modules", name)) > 0)) return null;
  mkdirSync(peersFolder, { recursive: true });
  const packages = Object.entries(npmPeers).map(([name, version]) => `${name}@${version}`);
  const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", ["install", "--prefix", peersFolder, ...flags, ...packages], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return status === 0 ? null : "npm could not install its own";
}

function installDebianPeers() {
  const missing = debianPeers.filter(({ isThere }) => !isThere()).map(({ debian }) => debian);
  if (missing.length === 0) return null;
  try {
    installDebianPackages(missing);
    return null;
  } catch (error) {
    return `apt-get could not install ${missing.join(" ")}: ${error.message.trim().split("\n").at(-1)}`;
  }
}

function existing(path) {
  return modified(path) > 0 ? path : null;
}
