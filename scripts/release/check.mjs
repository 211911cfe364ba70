/** What is looked at in the packages before they are published. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../setup/step.mjs";

/** Bytes that a tarball may have: what grows beyond them is to be looked at, and then written here. */
const LIMITS = {
  "ctypes-sqlite": 400_000,
  "ctypes-js": 700_000,
  "ctypes-configure": 400_000,
  "ctypes-pyglet": 2_500_000,
};
const OTHERS = 300_000;
const BINARIES = 2_000_000;

/** Scripts that npm would run where a package is installed. */
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "prepare"];

/**
 * @param folder Has each package in a folder of its name.
 * @returns Sizes by name, and a sentence for each thing that is wrong.
 */
export function check(folder, names) {
  const problems = [];
  const sizes = new Map();
  const versions = new Map();
  for (const name of names) {
    const place = join(folder, name);
    const manifest = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
    const say = (what) => problems.push(`${name}: ${what}`);
    versions.set(name, manifest.version);
    const { size, files } = packedOf(place);
    sizes.set(name, size);
    const limit = LIMITS[name] ?? (manifest.os === undefined ? OTHERS : BINARIES);
    if (size > limit) say(`the tarball has ${size} bytes, more than ${limit}`);
    if (manifest.license !== "MIT") say(`the license is ${manifest.license}, not MIT`);
    for (const notice of ["LICENSE", "THIRD-PARTY-NOTICES.md"]) {
      if (!files.includes(notice)) say(`${notice} is not packed`);
      else if (textOf(join(place, notice)) !== textOf(join(root, notice)))
        say(`${notice} is not that of the repository`);
    }
    for (const file of ["README.md", ...pathsIn(manifest.main), ...pathsIn(manifest.exports), ...pathsIn(manifest.bin)])
      if (!files.includes(file.replace(/^\.\//, ""))) say(`${file} is not packed`);
    for (const file of files.filter((path) => /(^|\/)(test|binding\.gyp)(\/|$)|\.(test\.\w+|tsbuildinfo)$/.test(path)))
      say(`${file} is packed`);
    for (const script of INSTALL_SCRIPTS.filter((one) => manifest.scripts?.[one] !== undefined))
      say(`has the script ${script}, which most programs do not run`);
  }
  const all = new Set(versions.values());
  if (all.size > 1) problems.push(`versions differ: ${[...versions].map((one) => one.join(" ")).join(", ")}`);
  return { sizes, problems, version: [...all][0] };
}

/** The entry of a version in CHANGELOG, without its heading; null where there is none, or an empty one. */
export function changesOf(version, changelog) {
  const headings = new RegExp(`^## (?:Unreleased \\(${escaped(version)}\\)|${escaped(version)}\\b.*)$`, "m");
  const found = headings.exec(changelog);
  if (found === null) return null;
  const rest = changelog.slice(found.index + found[0].length);
  return rest.split(/^## /m)[0].trim() || null;
}

/** CHANGELOG with the day of its publication in the heading of a version. */
export function dated(version, changelog, day) {
  return changelog.replace(`## Unreleased (${version})`, `## ${version} (${day})`);
}

// -- Private ---------------------------------------------------------------------------------------

function packedOf(place) {
  const answer = JSON.parse(
    run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--silent"], { cwd: place }),
  );
  const [only] = Object.values(answer);
  return { size: only.size, files: only.files.map(({ path }) => path) };
}

function textOf(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function pathsIn(value) {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : Object.values(value).flatMap(pathsIn);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
