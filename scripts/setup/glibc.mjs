/**
 * The GNU C library that a release is made for: an old one, so that it loads on old systems, though it is built on a
 * new one. A build for development is linked with the system's.
 *
 * The linker takes that version of a symbol which the C library has for new programs. So it is given a stand-in for
 * this system's C library: the same symbols without code, each with the newest version that the old library had. What
 * the old one did not have at all is missing there; packages/rawffi/glibc/ defines it.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLibrary } from "./elf.mjs";
import { root, run, SetupError } from "./step.mjs";

/** What Node 20 itself needs: Debian 10, Ubuntu 20.04, RHEL 8, Amazon Linux 2023 and everything newer. */
export const GLIBC = "2.28";

/**
 * A folder with the stand-in, `libc.so`, for `native/build.mjs`; made anew each time, in a second. Null on a system
 * with another C library.
 *
 * @throws SetupError when the compiler has no C library.
 */
export function glibcOfRelease(arch = process.arch) {
  if (process.platform !== "linux" || !process.report.getReport().header.glibcVersionRuntime) return null;
  const folder = join(root, "node_modules/.cache/glibc", `${GLIBC}-${arch}`);
  const work = `${folder}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const script = readFileSync(placeOf("libc.so"), "utf8");
  const library = /\S*\/libc\.so\.\d+/.exec(script)?.[0];
  if (library === undefined) throw new SetupError(`${placeOf("libc.so")} does not name the C library`);

  const symbols = oldSymbols(readLibrary(library).symbols);
  writeFileSync(join(work, "libc.s"), assembly(symbols));
  writeFileSync(join(work, "versions.txt"), versionScript(symbols));
  const name = library.slice(library.lastIndexOf("/") + 1);
  const flags = ["-shared", "-nostdlib", `-Wl,-soname,${name}`, `-Wl,--version-script=${join(work, "versions.txt")}`];
  run(compiler(), [...flags, join(work, "libc.s"), "-o", join(work, name)]);
  writeFileSync(join(work, "libc.so"), script.replace(library, join(folder, name)));
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  return folder;
}

/**
 * Reads what a binary wants.
 *
 * @param host What loads it: the symbols that it defines need no version.
 * @throws SetupError when it cannot be loaded with that glibc, with each symbol that it should not want.
 */
export function checkSymbols(path, host) {
  const { symbols, needs } = readLibrary(path);
  const given = new Set(readLibrary(host).symbols.flatMap(({ name, isDefined }) => (isDefined ? [name] : [])));
  const wanted = symbols.filter(({ isDefined }) => !isDefined);
  const found = [];
  for (const { library, version } of needs) {
    if (isOldEnough(version)) continue;
    const names = wanted.filter((symbol) => symbol.version === version && symbol.from === library);
    found.push(...(names.length > 0 ? names.map(({ name }) => `${name}@${version}`) : [version]));
  }
  const isNowhere = ({ name, version, isWeak }) => version === null && !isWeak && !given.has(name);
  const said = ({ name }) => `${name}, which neither glibc ${GLIBC} nor the program has`;
  found.push(...wanted.filter(isNowhere).map(said));
  if (found.length === 0) return;
  throw new SetupError(
    [`${path} does not load with glibc ${GLIBC}. It needs:`, ...found.map((name) => `  - ${name}`)].join("\n"),
  );
}

// -- Versions --------------------------------------------------------------------------------------

/** Of a C library's symbols, those that the old one had, each once, with the newest version there was. */
function oldSymbols(symbols) {
  const chosen = new Map();
  for (const symbol of symbols) {
    const { name, version, isDefined, kind } = symbol;
    // A version is itself a symbol.
    if (!isDefined || !["function", "object"].includes(kind) || version === name || !isOldEnough(version)) continue;
    const other = chosen.get(name);
    if (other === undefined || compare(other.version, version) < 0) chosen.set(name, symbol);
  }
  return [...chosen.values()];
}

/** Whether the old one had that version; libgcc_s has those like GCC_3.0. */
function isOldEnough(version) {
  if (/^GCC_[34]\.\d+(\.\d+)?$/.test(version)) return true;
  return /^GLIBC_\d+(\.\d+)+$/.test(version ?? "") && compare(version, `GLIBC_${GLIBC}`) <= 0;
}

function compare(left, right) {
  const [one, other] = [left, right].map((version) => version.replace("GLIBC_", "").split(".").map(Number));
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// -- The stand-in ----------------------------------------------------------------------------------

function assembly(symbols) {
  const define = ({ name, kind, byteLength }) => {
    const section = kind === "function" ? ".text" : ".bss";
    const size = kind === "function" ? 1 : byteLength;
    return `${section}\n.globl ${name}\n.type ${name}, %${kind}\n.size ${name}, ${size}\n${name}: .skip ${size}\n`;
  };
  return `${symbols.map(define).join("")}.section .note.GNU-stack,"",%progbits\n`;
}

function versionScript(symbols) {
  const versions = [...new Set(symbols.map(({ version }) => version))].sort(compare);
  const names = (version) => symbols.filter((symbol) => symbol.version === version).map(({ name }) => `${name};`);
  return versions.map((version) => `${version} { global: ${names(version).join(" ")} };\n`).join("");
}

// -- The compiler ----------------------------------------------------------------------------------

function compiler() {
  return process.env.CXX || "g++";
}

/** The path of a file among the compiler's libraries. */
function placeOf(name) {
  const path = run(compiler(), [`-print-file-name=${name}`]).trim();
  if (!path.includes("/")) throw new SetupError(`${compiler()} has no ${name}`);
  return path;
}
