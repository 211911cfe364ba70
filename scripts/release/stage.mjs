/**
 * Writes the packages as they are published, each in a folder of its own: those of packages/, and one for each platform
 * whose binaries are in packages/rawffi/prebuilds.
 *
 * What differs from packages/: rawffi names the platforms' packages as optional dependencies (which npm could not
 * install in the workspace), links of README lead to what is in the package or to an address, and `ctypes-js` has the
 * documentation.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { root, SetupError } from "../setup/step.mjs";
import { stagePlatform } from "./platform.mjs";

const packagesFolder = join(root, "packages");
/** The package with the documentation, in packages/. */
const DOCUMENTED = "ctypes";

/** The platforms whose binaries were built. */
export function builtPlatforms() {
  const folder = join(packagesFolder, "rawffi/prebuilds");
  return existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "rawffi.node"))) : [];
}

/** This machine's, in the words of npm's `os`, `cpu` and `libc`. */
export function ownPlatform() {
  const { platform, arch } = process;
  if (platform !== "linux") return `${platform}-${arch}`;
  const { header } = process.report.getReport();
  return `${platform}-${arch}-${header.glibcVersionRuntime === undefined ? "musl" : "glibc"}`;
}

/** All platforms that rawffi looks for a package of. */
export function knownPlatforms() {
  const source = readFileSync(join(packagesFolder, "rawffi/src/platforms.ts"), "utf8");
  return [...source.matchAll(/require\("rawffi-([^"]+)"\)/g)].map(([, platform]) => platform);
}

/**
 * @param folder Is emptied; each package is a folder in it, by its name.
 * @returns The names, each after those that it depends on.
 * @throws SetupError for binaries of a platform that rawffi does not look for.
 */
export function stage(folder, platforms = builtPlatforms()) {
  rmSync(folder, { recursive: true, force: true });
  const known = knownPlatforms();
  const unknown = platforms.find((platform) => !known.includes(platform));
  if (unknown !== undefined) throw new SetupError(`packages/rawffi/src/platforms.ts does not name ${unknown}`);
  const staged = platforms.map((platform) => stagePlatform(folder, platform));
  const { references } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  for (const { path } of references) staged.push(stagePackage(folder, join(root, path), platforms));
  return staged;
}

function stagePackage(folder, source, platforms) {
  const { private: _, scripts: __, ...manifest } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const target = join(folder, manifest.name);
  mkdirSync(target, { recursive: true });
  const isWanted = (path) => extname(path) !== ".tsbuildinfo";
  for (const name of manifest.files.filter((file) => !file.startsWith("!")))
    cpSync(join(source, name), join(target, name), { recursive: true, filter: isWanted });
  if (manifest.name === "rawffi") {
    const names = platforms.map((platform) => [`rawffi-${platform}`, manifest.version]);
    manifest.optionalDependencies = Object.fromEntries(names);
  }
  if (source === join(packagesFolder, DOCUMENTED)) {
    for (const name of ["docs", "SECURITY.md", "CHANGELOG.md"]) {
      cpSync(join(root, name), join(target, name), { recursive: true });
      manifest.files.push(name);
    }
  }
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const pages = readdirSync(target, { recursive: true }).filter((path) => path.endsWith(".md"));
  for (const page of pages) {
    const text = readFileSync(join(target, page), "utf8");
    const origin = existsSync(join(source, page)) ? source : root;
    writeFileSync(join(target, page), relinked(text, dirname(join(origin, page)), target, page, manifest.version));
  }
  return manifest.name;
}

// -- Links -----------------------------------------------------------------------------------------

/** The links of a page, for where it is now: what is nowhere to be read becomes plain text. */
function relinked(text, from, target, page, version) {
  return text.replace(
    /(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)\s#]*)(#[^)\s]*)?\)/g,
    (_all, mark, title, path, part = "") => {
      const place = relative(root, join(from, path)) || ".";
      const address = addressOf(place, target, page, version);
      if (address === null) return mark ? "" : title;
      return `${mark}[${title}](${address}${part})`;
    },
  );
}

/** @param place The path in the repository. */
function addressOf(place, target, page, version) {
  const isRoot = place === "." || place === "README.md";
  const [, folder = isRoot ? DOCUMENTED : "", inside = ""] = /^packages\/([^/]+)\/?(.*)$/.exec(place) ?? [];
  const name = folder === "" ? basename(target) : manifestOf(folder)?.name;
  const own = folder === "" ? place : inside || "README.md";
  if (name === basename(target) && existsSync(join(target, own)))
    return relative(dirname(join(target, page)), join(target, own));
  if (folder !== "" && (inside === "" || inside === "README.md")) return `https://www.npmjs.com/package/${name}`;
  if (/^(docs\/|SECURITY\.md|CHANGELOG\.md)/.test(place)) return `https://unpkg.com/ctypes-js@${version}/${place}`;
  return null;
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(packagesFolder, folder, "package.json"), "utf8"));
}
