/**
 * Which library has which symbol: asked of the libraries themselves.
 */
import { realpathSync } from "node:fs";
import { basename, isAbsolute } from "node:path";
import {
  addressof,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_int,
  c_void_p,
  type DynamicLibrary,
  type FunctionType,
  type Library,
  POINTER,
  type Pointer,
  Structure,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { pathFrom } from "../measure/paths.ts";
import type { SymbolDeclaration } from "./ir.ts";
import { safeName } from "./names.ts";

/** A library as the module opens it. */
export interface LibraryUse {
  /** In the module: `libsqlite3`. */
  readonly name: string;
  /** What `CDLL` is given: `libsqlite3.so.0`. */
  readonly file: string;
  /** Whether the file is named as seen from the module. */
  readonly isBeside?: boolean;
  readonly symbols: readonly SymbolDeclaration[];
}

export interface SymbolsByLibrary {
  readonly libraries: readonly LibraryUse[];
  /** What no library has. */
  readonly absent: readonly SymbolDeclaration[];
}

/**
 * Gives each symbol to the library whose own file has it; failing that, to the first that brings a library which has
 * it.
 *
 * The loader looks into what a library depends on as well: libavcodec has all of libavutil's symbols for it.
 *
 * @param module The file of the module: it names a library that is given by a relative path as seen from there.
 * @throws Error when there is no such library, LibraryError when it cannot be opened.
 */
export function symbolsByLibrary(
  wanted: readonly string[],
  declarations: readonly SymbolDeclaration[],
  module?: string,
): SymbolsByLibrary {
  const opened = wanted.map(openedLibrary);
  const bySymbol = declarations.map((declaration) => ({
    declaration,
    owner: ownerOf(declaration.symbol, opened),
  }));
  const libraries = opened.map(({ name, file }, i) => ({
    name,
    ...placeOf(file, module),
    symbols: bySymbol.flatMap(({ declaration, owner }) => (owner === opened[i] ? [declaration] : [])),
  }));
  for (const { library } of opened) library.close();
  return {
    libraries,
    absent: bySymbol.flatMap(({ declaration, owner }) => (owner === undefined ? [declaration] : [])),
  };
}

// -- Private ---------------------------------------------------------------------------------------

interface Opened {
  readonly name: string;
  readonly file: string;
  readonly library: DynamicLibrary;
}

function openedLibrary(wanted: string): Opened {
  const file = fileOf(wanted);
  return { name: variableOf(wanted), file, library: new CDLL(file) };
}

/** A relative path is one as seen from the current folder, in which a program with the module need not run. */
function placeOf(file: string, module: string | undefined): Pick<LibraryUse, "file" | "isBeside"> {
  if (module === undefined || !file.includes("/") || isAbsolute(file)) return { file };
  return { file: pathFrom(module, file), isBeside: true };
}

function ownerOf(symbol: string, opened: readonly Opened[]): Opened | undefined {
  const having = opened.flatMap((one) => {
    const address = addressOf(one.library, symbol);
    return address === null ? [] : [{ one, address }];
  });
  if (having.length < 2) return having[0]?.one;
  return (having.find(({ one, address }) => isSameFile(one.file, fileAt(address))) ?? having[0])?.one;
}

function fileOf(name: string): string {
  if (name.includes("/") || /\.(so|dylib|dll)(\.|$)/.test(name)) return name;
  const found = find_library(name);
  if (found !== null) return found;
  throw new Error(`library ${name}: there is no lib${name} that could be opened`);
}

/** `libsqlite3` of "sqlite3", "libsqlite3.so.0" and "/usr/lib/libsqlite3.so". */
export function variableOf(name: string): string {
  const stem = (name.split("/").at(-1) as string).replace(/^lib/, "").replace(/\.(so|dylib|dll)(\..*)?$/, "");
  return safeName(`lib${stem.replace(/[^A-Za-z0-9_]/g, "_")}`);
}

// Not by the property: `close` is a method of every library.
function addressOf(library: DynamicLibrary, symbol: string): number | null {
  try {
    return addressof(c_int.in_dll(library as never, symbol));
  } catch {
    return null;
  }
}

// Dl_info of dladdr(3).
class DlInfo extends Structure({ file: c_char_p, base: c_void_p, name: c_char_p, address: c_void_p }) {}

/** The file whose memory an address is in, as the loader opened it; null where it does not say. */
function fileAt(address: number): string | null {
  const info = new DlInfo();
  return dladdr(address, info) === 0 ? null : info.file;
}

function dladdr(address: number, info: DlInfo): number {
  program ??= new CDLL(null, { dladdr: CFUNCTYPE(c_int, c_void_p, POINTER(DlInfo)) });
  return program.dladdr(address, info);
}

let program: Library<{ dladdr: FunctionType<c_int, [c_void_p, Pointer<DlInfo>]> }> | undefined;

/**
 * Whether the loader's name of a file is that of a library which was opened as `wanted`: a path, or a name to look for.
 */
function isSameFile(wanted: string, loaded: string | null): boolean {
  if (loaded === null) return false;
  if (!wanted.includes("/")) return basename(loaded) === wanted;
  return realpathSync(loaded) === realpathSync(wanted);
}
