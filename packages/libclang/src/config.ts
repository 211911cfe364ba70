/** Finds libclang, and opens it at the first use. Its wrappers say how long the results of its functions are valid. */
import { existsSync, readdirSync } from "node:fs";
import { CDLL, type Library } from "ctypes-js";
import { environmentVariable, find_library } from "ctypes-js/util";
import { functions } from "./functions.ts";
import type { CXString } from "./structures.ts";

/** There is no libclang, or it does not have what was requested. */
export class LibclangError extends Error {
  override readonly name = "LibclangError";
  readonly code = "ERR_LIBCLANG";
}

let file: string | undefined;
let folder: string | undefined;
let opened: Library<typeof functions> | undefined;

/** Where to look for the library; must be set before the first use. */
export const Config = {
  /** The library's file. @throws LibclangError when it is open already. */
  set_library_file(path: string): void {
    refuseLate();
    file = path;
  },
  /** A folder that contains it. @throws LibclangError when it is open already. */
  set_library_path(path: string): void {
    refuseLate();
    folder = path;
  },
  get loaded(): boolean {
    return opened !== undefined;
  },
  /** Whether the library has a function; older ones lack some. */
  function_exists(name: string): boolean {
    try {
      return (lib() as unknown as Record<string, unknown>)[name] !== undefined;
    } catch {
      return false;
    }
  },
  /** The file that is or would be opened. @throws LibclangError when there is none. */
  get_filename(): string {
    if (file !== undefined) return file;
    const found = folder === undefined ? findLibclang() : newestIn(folder);
    if (found !== null) return found;
    throw new LibclangError(
      `there is no libclang${folder === undefined ? "" : ` in ${folder}`}: install it (on Debian: apt-get install libclang1-14 libclang-common-14-dev), or name it by Config.set_library_file()`,
    );
  },
};

/** The functions of the library. @throws LibclangError when it cannot be opened. */
export function lib(): Library<typeof functions> {
  if (opened !== undefined) return opened;
  const path = Config.get_filename();
  try {
    opened = new CDLL(path, functions);
  } catch (error) {
    throw new LibclangError(`${path}: ${(error as Error).message}`, { cause: error });
  }
  return opened;
}

/** The text of a string that a function returned; frees the string. */
export function text(string: CXString): string {
  return textOrNull(string) ?? "";
}

/** The same, with null where there is no text. */
export function textOrNull(string: CXString): string | null {
  const { clang_getCString, clang_disposeString } = lib();
  try {
    return clang_getCString(string);
  } finally {
    clang_disposeString(string);
  }
}

// -- Private ---------------------------------------------------------------------------------------

function refuseLate(): void {
  if (opened !== undefined) throw new LibclangError("the library is already open; set its path before the first use");
}

function findLibclang(): string | null {
  const named = environmentVariable("LIBCLANG");
  if (named !== undefined && named !== "") return named;
  const places = installed();
  // The compiler's own headers are in a separate package; without them hardly anything can be parsed.
  const place = places.find(hasHeaders) ?? places[0];
  return (place && newestIn(`${place}/lib`)) ?? find_library("clang");
}

/**
 * The folders of installed LLVM versions (Debian's `/usr/lib/llvm-14`, Alpine's `/usr/lib/llvm14`), the newest first.
 */
function installed(): string[] {
  const names = existsSync("/usr/lib") ? readdirSync("/usr/lib").filter((name) => /^llvm-?\d+$/.test(name)) : [];
  const versionOf = (name: string) => Number(name.replace(/\D/g, ""));
  return names
    .sort((a, b) => versionOf(b) - versionOf(a))
    .map((name) => `/usr/lib/${name}`)
    .filter((place) => newestIn(`${place}/lib`) !== null);
}

function hasHeaders(place: string): boolean {
  const folder = `${place}/lib/clang`;
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(`${folder}/${name}/include/stddef.h`));
}

function newestIn(place: string): string | null {
  if (!existsSync(place)) return null;
  const name = readdirSync(place)
    .filter((entry) => /^libclang(-\d+)?\.(so|dylib)(\.\d+)*$/.test(entry))
    .sort()
    .at(-1);
  return name === undefined ? null : `${place}/${name}`;
}
