/**
 * A module for each header, as C sees headers: it has what the header declares, and what the headers that it includes
 * do.
 *
 *     avcodec.ts        what a user imports: passes on all of these
 *     ├ avcodec.types.ts    types, constants and macros of the header
 *     ├ packet.ts, …        what it includes
 *     └ libraries.ts        one object for each library, over the types of all headers
 *
 * Modules of types import types only, and form no circle; what passes on may, since it needs nothing when it is loaded.
 */
import { join } from "node:path";
import { type Generated, moduleText, namedIn, type Read, read, shortened, titleOf } from "./generate.ts";
import { closureOf, type Includes } from "./imported.ts";
import { type Declaration, type ExpressionDeclaration, exportedNames, isType, namesNeeded } from "./ir.ts";
import type { GenerateOptions } from "./options.ts";
import { type Part, partsOf } from "./parts.ts";
import { MAIN } from "./selection.ts";
import type { LibraryUse } from "./symbols.ts";
import { faceText } from "./write/face.ts";
import { shortNamesOf } from "./write/libraries.ts";

/** A module for each header that declares something. */
export interface GeneratedModules extends Omit<Generated, "text"> {
  readonly modules: readonly GeneratedModule[];
}

export interface GeneratedModule {
  /** The path of the header; "" for the libraries. */
  readonly header: string;
  /** A name for the module's file: the modules import each other by these. */
  readonly file: string;
  readonly text: string;
}

/**
 * The same as `generate` in a module for each header, of those that the named ones include as well; `onlyFrom` says
 * which are meant.
 *
 * A module passes on what its header includes. The libraries have a module of their own, which all share. Types of
 * headers that need each other stand in one module, and the others pass them on.
 *
 * @throws as `generate` does.
 */
export function generatePerHeader(given: GenerateOptions): GeneratedModules {
  // The modules stand in the folder that is given, and keep that they were made together.
  const place = given.out !== undefined && { out: join(given.out, "module.ts") };
  const options = { ...given, ...place, perHeader: true };
  const all = read(options);
  const { declarations, skipped, found, includes } = all;
  const named = (includes.get(MAIN) ?? []).filter((header) => {
    const below = closureOf(header, includes);
    return declarations.some((one) => below.has(one.header));
  });
  const headers = [...declarations.map(({ header }) => header), ...named];
  const parts = partsOf(
    declarations.filter((one) => !isSymbol(one)),
    headers,
  );
  const faces = new Map(parts.map(({ header, face }) => [header, face]));
  const libraries = librariesOf(options, all, parts);
  const modules = parts.flatMap((part): GeneratedModule[] => {
    const { header, face, file } = part;
    const isHere = (one: { readonly header: string }) => one.header === header;
    const [calling, others] = calls(part.declarations);
    const types = { ...all, declarations: others, skipped: [], found: NONE };
    const own = found.libraries
      .map((library) => ({ ...library, symbols: library.symbols.filter(isHere) }))
      .filter(hasSymbols);
    const count = types.declarations.length + calling.length;
    const here = { libraries: own, absent: found.absent.filter(isHere) };
    const included = includedBy(header, includes, faces, all.covered);
    // Other modules may have libraries of the same names: those that are meant are ours.
    const named = included.some((one) => one.isForeign) ? found.libraries.filter(hasSymbols) : own;
    const text = faceText({
      title: titleOf(options, shortened(header), skipped.filter(isHere), here, count),
      types: file,
      includes: included.map(({ specifier }) => specifier),
      libraries: named.flatMap((library) => {
        const whole = found.libraries.find(({ name }) => name === library.name) ?? library;
        return [library.name, ...(shortNamesOf(whole, options.strip ?? []) ?? [])];
      }),
      file: libraries?.file ?? "",
      expressions: calling,
      all: found.libraries,
    });
    const foreign = namedIn(types.declarations, all.foreign);
    const typesText = moduleText(options, `the types of ${shortened(header)}`, { ...types, foreign }, part);
    return [
      { header, file: face, text },
      { header, file, text: typesText },
    ];
  });
  const absent = found.absent.map((symbol) => symbol.cName);
  return { modules: libraries === null ? modules : [...modules, libraries], declarations, skipped, absent };
}

// -- Private ---------------------------------------------------------------------------------------

const NONE = { libraries: [], absent: [] };

function isSymbol({ kind }: Declaration): boolean {
  return kind === "function" || kind === "variable";
}

/** The expressions that call a library's function, and everything else. */
function calls(declarations: readonly Declaration[]): [ExpressionDeclaration[], Declaration[]] {
  const isCalling = (one: Declaration): one is ExpressionDeclaration => one.kind === "expression" && one.calls !== null;
  return [declarations.filter(isCalling), declarations.filter((one) => !isCalling(one))];
}

/** The module of the libraries; null where there is none. */
function librariesOf(options: GenerateOptions, all: Read, parts: readonly Part[]): GeneratedModule | null {
  const libraries = all.found.libraries.filter(hasSymbols);
  if (libraries.length === 0) return null;
  const symbols = libraries.flatMap((library) => library.symbols);
  const needed = new Set(symbols.flatMap(namesNeeded));
  const foreign = new Map<string, string[]>();
  for (const { file, declarations } of parts) {
    const names = declarations.filter(isType).flatMap((one) => exportedNames(one).filter((name) => needed.has(name)));
    if (names.length > 0) foreign.set(file, names);
  }
  const taken = new Set(parts.map(({ face }) => face));
  const file = taken.has("libraries.ts") ? "libraries_.ts" : "libraries.ts";
  const read = { ...all, declarations: symbols, skipped: [], found: { libraries, absent: [] } };
  const part = { foreign: new Map([...foreign].sort(([a], [b]) => (a < b ? -1 : 1))), passedOn: [] };
  const text = moduleText(options, "the libraries", { ...read, foreign: namedIn(symbols, all.foreign) }, part);
  return { header: "", file, text };
}

/** A module that another passes on. */
interface Included {
  readonly specifier: string;
  /** Whether it is none of ours. */
  readonly isForeign: boolean;
}

/** The modules of what a header includes; through headers that have none, those of what these include. */
function includedBy(
  header: string,
  includes: Includes,
  faces: ReadonlyMap<string, string>,
  covered: ReadonlyMap<string, string>,
): Included[] {
  const found = new Map<string, Included>();
  const seen = new Set([header]);
  for (const one of seen) {
    const face = one === header ? undefined : faces.get(one);
    const foreign = covered.get(one);
    const specifier = foreign ?? (face && `./${face}`);
    if (specifier !== undefined) found.set(specifier, { specifier, isForeign: foreign !== undefined });
    else for (const included of includes.get(one) ?? []) seen.add(included);
  }
  return [...found.values()];
}

function hasSymbols({ symbols }: LibraryUse): boolean {
  return symbols.length > 0;
}
