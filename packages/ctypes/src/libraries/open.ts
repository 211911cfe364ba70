/**
 * What a library is loaded by, and how.
 */
import { fileURLToPath } from "node:url";
import { own, rawffi } from "rawffi";
import { describe, LibraryError } from "../memory/errors.ts";

/** Symbols are visible to this library only. */
export const RTLD_LOCAL = rawffi.modes.RTLD_LOCAL;
/** Symbols are visible to libraries loaded later. */
export const RTLD_GLOBAL = rawffi.modes.RTLD_GLOBAL;
/** All symbols are resolved when the library is loaded. */
export const RTLD_NOW = rawffi.modes.RTLD_NOW;
/** Functions are resolved when they are first called. */
export const RTLD_LAZY = rawffi.modes.RTLD_LAZY;
/** The library's own symbols win over those of the executable; 0 where there is no such mode. */
export const RTLD_DEEPBIND = rawffi.modes.RTLD_DEEPBIND;
/** What a library is opened with unless `mode` says otherwise. */
export const DEFAULT_MODE = RTLD_LOCAL;

export interface LibraryOptions {
  /** `RTLD_*` flags, or-ed; `RTLD_NOW` unless `RTLD_LAZY` is among them. */
  readonly mode?: number;
  /**
   * Whether the library's own dependencies win over symbols of the same name in the Node executable, which carries its
   * own OpenSSL, zlib and others. The default is yes where the platform can, no for the program itself (`null`) and
   * under a sanitizer or a replaced `malloc`.
   */
  readonly deepbind?: boolean;
  /**
   * An open library's handle (`_handle`): nothing is loaded then, and `close()` gives that handle back. -1 is
   * `RTLD_NEXT`, 0 `RTLD_DEFAULT`, which cannot be closed.
   */
  readonly handle?: number | bigint;
  /** Swap `errno` with ctypes' copy around each call: see `get_errno`. */
  readonly use_errno?: boolean;
  /**
   * Look at addresses before they are used: foreign memory that is not there is a `MemoryFaultError`, a pointer to
   * nowhere is refused before C sees it, and the use of memory of a collected object is noticed. It is slow, and for
   * finding faults. Arguments and results are checked in calls of this library, memory in this thread of JavaScript
   * until the library is closed or collected. `CTYPES_CHECKED=1` in the environment turns it on for everything.
   */
  readonly checked?: boolean;
}

const OPTIONS = ["mode", "deepbind", "use_errno", "handle", "checked"];

/** The options given, read once. @throws TypeError for what is no option, or another kind of value. */
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

/** An integer that 64 bits hold, with or without a sign. */
function isWord(value: unknown): boolean {
  return typeof value === "bigint" && value >= -(2n ** 63n) && value < 2n ** 64n;
}

/** The path that the first argument is; null is the program. @throws TypeError */
export function toPath(name: unknown): string | null {
  if (name === null || typeof name === "string") {
    if (name?.includes("\0")) throw new TypeError("CDLL(): argument 1: expected a name without NUL characters");
    return name;
  }
  if (name instanceof URL) return fileURLToPath(name);
  throw new TypeError(`CDLL(): argument 1: expected the name of a library, a file URL or null, got ${describe(name)}`);
}

/** The handle of a library that was loaded. @throws LibraryError with the loader's reason. */
export function open(path: string | null, options: LibraryOptions): number {
  let mode = options.mode ?? DEFAULT_MODE;
  if ((mode & RTLD_LAZY) === 0) mode |= RTLD_NOW;
  if (options.deepbind ?? (path !== null && deepbindIsSafe())) mode |= RTLD_DEEPBIND;
  try {
    return rawffi.open(path, mode);
  } catch (error) {
    if (!isOfLoader(error)) throw error;
    throw new LibraryError(error.message, { cause: error });
  }
}

/**
 * Whether the loader or rawffi refused something; else it is what a callback threw that a library's own code called.
 */
export function isOfLoader(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === "ERR_LOADER" || error.message.startsWith("rawffi.");
}

// A sanitizer's runtime or a malloc put in front would be passed over for a library that prefers its own symbols: two
// heaps, one crash.
let isSafe: boolean | undefined;
function deepbindIsSafe(): boolean {
  return (isSafe ??= !rawffi
    .loaded()
    .some((file) => /lib(asan|tsan|msan|ubsan|lsan|jemalloc|tcmalloc|mimalloc|dmalloc)/.test(file)));
}
