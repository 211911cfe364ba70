/**
 * Finds libraries by their short names, by ctypes' own algorithm: in the loader's cache, then by what the compiler
 * would link, then by what the linker would link. macOS' is in dyld.ts.
 */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { environmentVariable, hasOthersRights, optionToRun, rawffi } from "rawffi";
import { describe } from "../memory/errors.ts";
import { findByDyld } from "./dyld.ts";

/**
 * The file name, for `CDLL`, of the library that `-lname` would link; null when there is none.
 *
 *     find_library("c");               // "libc.so.6"
 *     find_library("no-such-thing");   // null
 *
 * Check the result before passing it to `CDLL`, to which null means the program itself.
 *
 * It runs programs (`ldconfig`, then `cc` or `ld` where they are installed) and takes milliseconds: call it once. The
 * name never reaches a shell. On Windows it looks along PATH, on macOS where the loader does, also for frameworks.
 *
 * @throws TypeError for a value that is not a string.
 * @throws Error when the process may not run `ldconfig`: Node with --permission, Deno without --allow-run.
 */
export function find_library(name: string): string | null {
  if (typeof name !== "string") throw new TypeError(`find_library(): expected a string, got ${describe(name)}`);
  if (name === "" || name.includes("\0")) return null;
  if (rawffi.platform.os === "win32") return findOnPath(name);
  if (rawffi.platform.os === "darwin") return findByDyld(name);
  const option = optionToRun(LDCONFIG);
  if (option !== null) {
    throw new Error(
      `find_library(): it runs ${LDCONFIG}, which needs ${option}. The file's name, as "libz.so.1", needs no search`,
    );
  }
  return _findSoname_ldconfig(name) ?? _get_soname(_findLib_gcc(name)) ?? _get_soname(_findLib_ld(name));
}

/**
 * The files of all libraries that are currently loaded, in load order; the program itself is `""`.
 *
 *     dllist().some((file) => file.includes("libc.so"));   // true
 */
export function dllist(): string[] {
  return rawffi.loaded();
}

/**
 * On Windows: the C runtime that most libraries use. (Python names none there.) @throws TypeError elsewhere.
 */
export function find_msvcrt(): string {
  if (rawffi.platform.os === "win32") return "ucrtbase.dll";
  throw new TypeError(`find_msvcrt(): only Windows has it, and this is ${process.platform}`);
}

/** On Windows: the file in the folders of PATH, `.dll` added where it is missing. */
function findOnPath(name: string): string | null {
  if (name === "c" || name === "m") return find_msvcrt();
  for (const folder of (environmentVariable("PATH") ?? "").split(delimiter).filter((one) => one !== "")) {
    for (const file of [name, ...(name.toLowerCase().endsWith(".dll") ? [] : [`${name}.dll`])]) {
      const path = join(folder, file);
      if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
    }
  }
  return null;
}

// -- The steps, by ctypes' own names ---------------------------------------------------------------

const LDCONFIG = "/sbin/ldconfig";

/** How `ldconfig -p` marks libraries of this architecture. */
const ABI: Readonly<Record<string, string>> = {
  x64: "libc6,x86-64",
  arm64: "libc6,AArch64",
  ppc64: "libc6,64bit",
  s390x: "libc6,64bit",
};

/** Step 1: the loader's cache. */
export function _findSoname_ldconfig(name: string): string | null {
  const abi = ABI[rawffi.platform.arch] ?? "libc6";
  const listed = run(LDCONFIG, ["-p"]) ?? run("ldconfig", ["-p"]) ?? "";
  const entry = new RegExp(`^\\s+(lib${escaped(name)}\\.[^\\s]+) \\(${escaped(abi)}`, "m");
  return entry.exec(listed)?.[1] ?? null;
}

/** Step 2: the file the compiler would link. */
export function _findLib_gcc(name: string): string | null {
  const compilers = ["gcc", "cc"].filter((compiler) => optionToRun(compiler) === null);
  if (compilers.length === 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "ctypes-"));
  try {
    const traced = compilers.map((compiler) => run(compiler, ["-Wl,-t", "-o", join(folder, "out"), `-l${name}`]));
    return firstLibrary(name, traced.find((output) => output !== null) ?? "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Step 3: the file the linker would link, also from LD_LIBRARY_PATH. */
export function _findLib_ld(name: string): string | null {
  const folders = (environmentVariable("LD_LIBRARY_PATH") ?? "").split(":").filter((folder) => folder !== "");
  const traced = run("ld", ["-t", ...folders.flatMap((folder) => ["-L", folder]), "-o", "/dev/null", `-l${name}`]);
  return firstLibrary(name, traced ?? "");
}

// -- Private ---------------------------------------------------------------------------------------

function firstLibrary(name: string, trace: string): string | null {
  const files = trace.match(new RegExp(`[^()\\s]*lib${escaped(name)}\\.[^()\\s]*`, "g")) ?? [];
  // A development file may be a linker script, which is text.
  return files.find(_is_elf) ?? null;
}

/** The soname in a library's file. */
export function _get_soname(file: string | null): string | null {
  if (file === null) return null;
  const headers = run("objdump", ["-p", "-j", ".dynamic", realpathSync(file)]) ?? "";
  return /\sSONAME\s+(\S+)/.exec(headers)?.[1] ?? null;
}

export function _is_elf(file: string): boolean {
  try {
    const descriptor = openSync(file, "r");
    const magic = Buffer.alloc(4);
    readSync(descriptor, magic, 0, 4, 0);
    closeSync(descriptor);
    return magic.toString("latin1") === "\x7fELF";
  } catch {
    return false;
  }
}

/** For a process with raised privileges, which must not run programs that its environment chooses. */
const SYSTEM_FOLDERS = "/usr/sbin:/usr/bin:/sbin:/bin";

// The program's output, even if it failed (`ld` finds no start symbol); null when it could or may not be started.
function run(program: string, args: string[]): string | null {
  if (optionToRun(program) !== null) return null;
  const env = { ...(hasOthersRights() ? { PATH: SYSTEM_FOLDERS } : process.env), LC_ALL: "C", LANG: "C" };
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: string; stdout?: string; stderr?: string };
    return code === "ENOENT" || code === "EACCES" ? null : `${stdout ?? ""}${stderr ?? ""}`;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
