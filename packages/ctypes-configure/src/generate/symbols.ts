/**
 * Which library has which symbol: asked of the libraries themselves.
 */
import { CDLL, c_int } from "ctypes";
import { find_library } from "ctypes/util";
import type { SymbolDeclaration } from "./ir.ts";
import { safeName } from "./names.ts";

/** A library as the module opens it. */
export interface LibraryUse {
  /** In the module: `libsqlite3`. */
  readonly name: string;
  /** What `CDLL` is given: `libsqlite3.so.0`. */
  readonly file: string;
  readonly symbols: readonly SymbolDeclaration[];
}

export interface SymbolsByLibrary {
  readonly libraries: readonly LibraryUse[];
  /** What no library has. */
  readonly absent: readonly SymbolDeclaration[];
}

/** @throws Error when there is no such library, LibraryError when it cannot be opened. */
export function symbolsByLibrary(
  wanted: readonly string[],
  declarations: readonly SymbolDeclaration[],
): SymbolsByLibrary {
  const opened = wanted.map((name) => {
    const file = fileOf(name);
    return { name: variableOf(name), file, library: new CDLL(file) };
  });
  const bySymbol = declarations.map((declaration) => ({
    declaration,
    owner: opened.find(({ library }) => has(library, declaration.symbol)),
  }));
  const libraries = opened.map(({ name, file }, i) => ({
    name,
    file,
    symbols: bySymbol.flatMap(({ declaration, owner }) => (owner === opened[i] ? [declaration] : [])),
  }));
  for (const { library } of opened) library.close();
  return {
    libraries,
    absent: bySymbol.flatMap(({ declaration, owner }) => (owner === undefined ? [declaration] : [])),
  };
}

// -- Private ---------------------------------------------------------------------------------------

function fileOf(name: string): string {
  if (name.includes("/") || /\.(so|dylib|dll)(\.|$)/.test(name)) return name;
  const found = find_library(name);
  if (found !== null) return found;
  throw new Error(`library ${name}: there is no lib${name} that could be opened`);
}

/** `libsqlite3` of "sqlite3", "libsqlite3.so.0" and "/usr/lib/libsqlite3.so". */
function variableOf(name: string): string {
  const stem = (name.split("/").at(-1) as string).replace(/^lib/, "").replace(/\.(so|dylib|dll)(\..*)?$/, "");
  return safeName(`lib${stem.replace(/[^A-Za-z0-9_]/g, "_")}`);
}

// Not by the property: `close` is a method of every library.
function has(library: object, symbol: string): boolean {
  try {
    c_int.in_dll(library as never, symbol);
    return true;
  } catch {
    return false;
  }
}
