/**
 * What a specification says besides its entries: the headers, and how to compile and link with them.
 */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { isHeaderFile } from "./paths.ts";

export interface Settings {
  /**
   * What is included, in this order: a file, as seen from the current folder, or else what an include folder has:
   * `"zlib.h"`.
   */
  readonly headers?: readonly string[];
  readonly includeDirs?: readonly string[];
  /** `{ _GNU_SOURCE: true, VERSION: 3, OLD: false }`: defined, defined as 3, and undefined. */
  readonly defines?: Readonly<Record<string, string | number | boolean>>;
  /** What `-l` takes: `"m"`. */
  readonly libraries?: readonly string[];
  readonly libraryDirs?: readonly string[];
  /** Names that pkg-config knows: their flags are added. */
  readonly packages?: readonly string[];
  /** C text in front of the headers, and after them. */
  readonly before?: string;
  readonly after?: string;
  /** Further flags, as the compiler takes them. */
  readonly compileFlags?: readonly string[];
  readonly linkFlags?: readonly string[];
  /** The C compiler; else `$CC`, else the first of `cc`, `gcc` and `clang` that is there. */
  readonly compiler?: string;
  /**
   * `"run"` compiles and runs one program. `"object"` runs nothing: the answers are read from the object file, which
   * may be for another machine.
   */
  readonly mode?: "run" | "object";
  /**
   * Where answers are kept between runs: a folder, or false for nowhere. By default it is below the user's cache
   * folder.
   */
  readonly cache?: string | false;
  /** Hears of long work. */
  readonly progress?: (message: string) => void;
}

/** The flags that settings come to. */
export interface Flags {
  readonly compile: readonly string[];
  readonly link: readonly string[];
}

/** @throws Error when pkg-config does not know a package, or is not there. */
export function flagsOf(settings: Settings): Flags {
  const packages = settings.packages ?? [];
  const ask = (what: string) => (packages.length === 0 ? [] : pkgConfig([what, ...packages]));
  const defines = Object.entries(settings.defines ?? {}).map(([name, value]) =>
    value === false ? `-U${name}` : value === true ? `-D${name}` : `-D${name}=${value}`,
  );
  return {
    compile: [
      ...(settings.includeDirs ?? []).map((folder) => `-I${resolve(folder)}`),
      ...defines,
      ...ask("--cflags"),
      ...(settings.compileFlags ?? []),
    ],
    link: [
      ...(settings.libraryDirs ?? []).flatMap((folder) => [`-L${resolve(folder)}`, `-Wl,-rpath,${resolve(folder)}`]),
      ...(settings.libraries ?? []).map((name) => `-l${name}`),
      ...ask("--libs"),
      ...(settings.linkFlags ?? []),
    ],
  };
}

/** The C text that includes the headers. */
export function preambleOf(settings: Settings): string {
  return [settings.before ?? "", ...(settings.headers ?? []).map(includeOf), settings.after ?? ""]
    .filter((part) => part !== "")
    .join("\n");
}

// -- Private ---------------------------------------------------------------------------------------

function pkgConfig(args: readonly string[]): string[] {
  try {
    const output = execFileSync("pkg-config", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    // As for a shell: a space in a path has a backslash in front of it.
    return (output.match(/(?:\\.|\S)+/gs) ?? []).map((word) => word.replace(/\\(.)/gs, "$1"));
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const names = args.slice(1).join(" ");
    if (code === "ENOENT") throw new Error(`packages: ${names}: pkg-config is not installed`, { cause: error });
    throw new Error(`packages: ${names}: ${stderr?.trim() ?? (error as Error).message}`, { cause: error });
  }
}

/** The line that includes a header: a file is read from where it is, and others are looked for. */
function includeOf(header: string): string {
  return isHeaderFile(header) ? `#include ${JSON.stringify(resolve(header))}` : `#include <${header}>`;
}
