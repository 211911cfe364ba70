/**
 * The functions that free results: which library of the module has each. What none of them has is the C library's, as
 * `free` is.
 */
import type { FunctionDeclaration, SymbolDeclaration, Type } from "./ir.ts";
import { type LibraryUse, type SymbolsByLibrary, symbolsByLibrary } from "./symbols.ts";

/** The same with the libraries of all such functions. @throws Error for one that is nowhere. */
export function withDisposers(found: SymbolsByLibrary): SymbolsByLibrary {
  const wanted = new Set(found.libraries.flatMap(({ symbols }) => symbols.flatMap(disposersOf)));
  if (wanted.size === 0) return found;
  const own = new Map(found.libraries.flatMap(({ name, symbols }) => symbols.map(({ cName }) => [cName, name])));
  const missing = [...wanted].filter((name) => !own.has(name));
  const libraries = missing.length === 0 ? found.libraries : merged(found.libraries, ofTheCLibrary(missing));
  const homes = new Map(libraries.flatMap(({ name, symbols }) => symbols.map(({ cName }) => [cName, name])));
  return {
    ...found,
    libraries: libraries.map((library) => ({
      ...library,
      symbols: library.symbols.map((symbol) => located(symbol, homes)),
    })),
  };
}

/** The names of the functions that free what a function gives. */
export function disposersOf(symbol: SymbolDeclaration): string[] {
  if (symbol.kind !== "function") return [];
  const { result } = symbol.type;
  return result.kind === "disposed" ? [result.by] : [];
}

// -- Private ---------------------------------------------------------------------------------------

function located(symbol: SymbolDeclaration, homes: ReadonlyMap<string, string>): SymbolDeclaration {
  if (symbol.kind !== "function" || symbol.type.result.kind !== "disposed") return symbol;
  const { result } = symbol.type;
  return { ...symbol, type: { ...symbol.type, result: { ...result, library: homes.get(result.by) as string } } };
}

function ofTheCLibrary(names: readonly string[]): LibraryUse {
  const { libraries, absent } = symbolsByLibrary(["c"], names.map(disposer));
  const [first] = absent;
  if (first !== undefined) throw new Error(`disposes: no library has a function ${first.cName}`);
  return libraries[0] as LibraryUse;
}

/** `void free(void *)`. */
function disposer(name: string): FunctionDeclaration {
  const address: Type = { kind: "simple", name: "c_void_p" };
  const parameters = [{ name: "memory", type: address }];
  return {
    kind: "function",
    name,
    cName: name,
    symbol: name,
    comment: null,
    header: "",
    place: "",
    type: { kind: "function", result: { kind: "void" }, parameters, isVariadic: false },
    prototype: `void ${name}(void *memory)`,
    spelled: { result: "void", parameters: ["void *"] },
  };
}

function merged(libraries: readonly LibraryUse[], more: LibraryUse): readonly LibraryUse[] {
  if (!libraries.some(({ file }) => file === more.file)) return [...libraries, more];
  return libraries.map((library) =>
    library.file === more.file ? { ...library, symbols: [...library.symbols, ...more.symbols] } : library,
  );
}
