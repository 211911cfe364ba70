/** Opening libraries: file names and options. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { own, rawffi } from "rawffi";
import { describe, LibraryError } from "../memory/errors.ts";
import { DEFAULT_MODE, RTLD_DEEPBIND, RTLD_LAZY, RTLD_NOW } from "./modes.ts";

export interface LibraryOptions {
  /**
   * `RTLD_*` flags, or-ed; `RTLD_NOW` unless `RTLD_LAZY` is among them. On Windows the flags of `LoadLibraryEx`; the
   * default is Python's: the system's folder, the program's, those that were added, and that of a library with a path.
   */
  readonly mode?: number;
  /**
   * Whether the library's own dependencies take precedence over symbols of the same name in the Node executable, which
   * contains OpenSSL, zlib and others. The default is true where the platform supports it, and false for the program
   * itself (`null`) and under a sanitizer or a replaced `malloc`.
   */
  readonly deepbind?: boolean;
  /**
   * An open library's handle (`_handle`): nothing is loaded then, and `close()` closes that handle. -1 is `RTLD_NEXT`,
   * 0 `RTLD_DEFAULT`, which cannot be closed.
   */
  readonly handle?: number | bigint;
  /** Swaps `errno` with ctypes' copy around each call: see `get_errno`. */
  readonly use_errno?: boolean;
  /** On Windows: the same for the last-error code, see `get_last_error`. Both are swapped where either is asked for. */
  readonly use_last_error?: boolean;
  /**
   * Checks addresses before they are used: access to foreign memory that is not there throws a `MemoryFaultError`, a
   * pointer to no memory is refused before C gets it, and the use of a collected object's memory is detected. It is
   * slow, and meant for finding faults. Arguments and results are checked in calls of this library; memory is checked
   * in this JavaScript thread until the library is closed or collected. `CTYPES_CHECKED=1` in the environment turns it
   * on for everything.
   */
  readonly checked?: boolean;
}

const OPTIONS = ["mode", "deepbind", "use_errno", "use_last_error", "handle", "checked"];

/** The given options, each read once. @throws TypeError for an unknown option, or a value of the wrong type. */
export function checkLibraryOptions(given: LibraryOptions): LibraryOptions {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`CDLL(): argument 3: expected an object of options, got ${describe(given)}`);
  }
  const options = own(given);
  for (const [key, value] of Object.entries(options)) {
    if (!OPTIONS.includes(key)) {
      const near = OPTIONS.find((option) => option.replace("_", "") === key.replace("_", "").toLowerCase());
      throw new TypeError(
        `CDLL(): there is no option "${key}"${near === undefined ? `; there are ${OPTIONS.join(", ")}` : `; it is "${near}"`}`,
      );
    }
    const isInteger = key === "mode" || key === "handle";
    const isRight =
      value === undefined ||
      (isInteger ? Number.isSafeInteger(value) : typeof value === "boolean") ||
      (key === "handle" && isWord(value));
    if (!isRight) {
      const kind = isInteger ? "an integer" : "a boolean";
      throw new TypeError(`CDLL(): option ${key}: expected ${kind}, got ${describe(value)}`);
    }
  }
  return options;
}

/** Whether it is an integer that fits in 64 bits, signed or unsigned. */
function isWord(value: unknown): boolean {
  return typeof value === "bigint" && value >= -(2n ** 63n) && value < 2n ** 64n;
}

/** The path in the first argument; null for the program. @throws TypeError */
export function toPath(name: unknown): string | null {
  if (name === null || typeof name === "string") {
    if (name?.includes("\0")) throw new TypeError("CDLL(): argument 1: expected a name without NUL characters");
    return name;
  }
  if (name instanceof URL) return fileURLToPath(name);
  throw new TypeError(`CDLL(): argument 1: expected the name of a library, a file URL or null, got ${describe(name)}`);
}

/** Loads a library and returns its handle. @throws LibraryError with the loader's reason. */
export function open(path: string | null, options: LibraryOptions): number {
  if (rawffi.platform.os === "win32") return openOnWindows(path, options.mode);
  let mode = options.mode ?? DEFAULT_MODE;
  if ((mode & RTLD_LAZY) === 0) mode |= RTLD_NOW;
  if (options.deepbind ?? (path !== null && deepbindIsSafe())) mode |= RTLD_DEEPBIND;
  return load(path, mode);
}

// LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR: never the working folder.
const DEFAULT_FOLDERS = 0x1000;
const LIBRARYS_FOLDER = 0x100;

/** On Windows. */
function openOnWindows(path: string | null, mode: number | undefined): number {
  const hasFolder = path !== null && /[\\/]/.test(path);
  const folders = hasFolder ? DEFAULT_FOLDERS | LIBRARYS_FOLDER : DEFAULT_FOLDERS;
  return load(hasFolder ? resolve(path) : path, mode ?? folders);
}

function load(path: string | null, mode: number): number {
  try {
    return rawffi.open(path, mode);
  } catch (error) {
    if (!isOfLoader(error)) throw error;
    throw new LibraryError(error.message + adviceOn(path, error.message), { cause: error });
  }
}

/** The loader's words for a file that is not there, of glibc, musl and macOS; and for one that is no library. */
const MISSING = /No such file or directory|\(no such file\)/;
const NO_LIBRARY = /invalid ELF header|file too short|Exec format error/;

/** What to write instead of a name for the linker (`-lm`, `libm.so`), where the loader wants a file's; "" otherwise. */
function adviceOn(path: string | null, reason: string): string {
  const isScript = NO_LIBRARY.test(reason);
  const pattern = isScript ? /(?:^|\/)lib([^/]+)\.so$/ : /^(?:lib)?([^/.\s]+)$/;
  const name = isScript || MISSING.test(reason) ? pattern.exec(path ?? "")?.[1] : undefined;
  if (name === undefined) return "";
  const why = isScript ? "this may be a script for the linker" : "the loader takes the name of a file";
  return `; ${why}: write new CDLL(find_library("${name}")) with find_library of "ctypes-js/util"`;
}

/** Whether the error comes from the loader or rawffi. Otherwise a callback threw it, called by a library's own code. */
export function isOfLoader(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === "ERR_LOADER" || error.message.startsWith("rawffi.");
}

// A library that prefers its own symbols would bypass a sanitizer's runtime or a preloaded malloc: two heaps, one
// crash.
let isSafe: boolean | undefined;
function deepbindIsSafe(): boolean {
  return (isSafe ??= !rawffi
    .loaded()
    .some((file) => /lib(asan|tsan|msan|ubsan|lsan|jemalloc|tcmalloc|mimalloc|dmalloc)/.test(file)));
}
