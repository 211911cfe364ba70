/**
 * Types that other modules have: which headers those cover, what they export, and what a module takes from them.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { isFile, pathFrom } from "../measure/paths.ts";
import { type Declaration, exportedNames, isType, namesNeeded, type Skipped } from "./ir.ts";
import type { GenerateOptions } from "./options.ts";

/** What headers include, by their paths. */
export type Includes = ReadonlyMap<string, readonly string[]>;

/**
 * What is left for a module to declare, and the names that it takes from others: specifier → names, `theirs as ours`
 * where they differ.
 */
export interface Own {
  readonly declarations: readonly Declaration[];
  readonly skipped: readonly Skipped[];
  readonly foreign: ReadonlyMap<string, readonly string[]>;
  /** The headers that other modules have: path → specifier. */
  readonly covered: ReadonlyMap<string, string>;
  readonly includes: Includes;
}

/** @throws Error when there is no such module, or no header that it is said to be of. */
export function withoutImported(
  options: GenerateOptions,
  declarations: readonly Declaration[],
  skipped: readonly Skipped[],
  includes: Includes,
): Own {
  const modules = Object.entries(options.imports ?? {}).map(([header, file]) =>
    moduleOf(header, file, options.out, includes),
  );
  if (modules.length === 0) return { declarations, skipped, foreign: new Map(), covered: new Map(), includes };
  const coversOf = ({ header }: { readonly header: string }) => modules.filter(({ headers }) => headers.has(header));
  const isCovered = (one: { readonly header: string }) => coversOf(one).length > 0;
  const covered = new Map(
    declarations.filter((one) => isType(one) && isCovered(one)).flatMap((one) => namesOf(one, one)),
  );
  const kept = new Set(declarations.filter((one) => !isCovered(one)));
  const foreign = new Map<string, string[]>();
  const seen = new Set<string>();
  const names = [...kept].flatMap(namesNeeded);
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const declaration = covered.get(name);
    if (declaration === undefined || seen.has(name)) continue;
    seen.add(name);
    const inC = name === declaration.name ? plain(declaration.cName || name) : name;
    // Of several modules whose headers include one, one has made it, and the others took it from that.
    const home = coversOf(declaration).find(({ exports }) => exports.has(inC));
    if (home !== undefined) {
      const { specifier } = home;
      const theirs = home.exports.get(inC) as string;
      foreign.set(specifier, [...(foreign.get(specifier) ?? []), theirs === name ? name : `${theirs} as ${name}`]);
    } else if (!kept.has(declaration)) {
      // The other module was made without it.
      kept.add(declaration);
      names.push(...namesNeeded(declaration));
    }
  }
  return {
    declarations: declarations.filter((one) => kept.has(one)),
    skipped: skipped.filter((one) => !isCovered(one)),
    foreign,
    covered: new Map(modules.flatMap(({ specifier, headers }) => [...headers].map((header) => [header, specifier]))),
    includes,
  };
}

/** All that a header includes, directly or not, and the header itself. */
export function closureOf(header: string, includes: Includes): Set<string> {
  const found = new Set([header]);
  for (const one of found) for (const included of includes.get(one) ?? []) found.add(included);
  return found;
}

// -- Private ---------------------------------------------------------------------------------------

interface Module {
  /** As it is imported: `./x11.ts`. */
  readonly specifier: string;
  /** The paths of the headers whose declarations it has. */
  readonly headers: ReadonlySet<string>;
  /** What it exports, by the names of C. */
  readonly exports: ReadonlyMap<string, string>;
}

function namesOf(one: Declaration, value: Declaration): [string, Declaration][] {
  return isType(one) ? exportedNames(one).map((name) => [name, value]) : [];
}

function moduleOf(header: string, file: string, out: string | undefined, includes: Includes): Module {
  const all = new Set([...includes].flatMap(([from, to]) => [from, ...to]));
  const path = [...all].find((one) => one === resolve(header) || one.endsWith(`/${header}`));
  if (path === undefined) throw new Error(`imports: ${header}: none of the headers includes it`);
  const place = resolve(out ?? "module.ts");
  const text = isFile(file) ? resolve(file) : packageFile(file, place);
  const specifier = isFile(file) ? pathFrom(place, file) : file;
  return { specifier, headers: closureOf(path, includes), exports: exportsOf(text) };
}

function packageFile(name: string, from: string): string {
  try {
    return createRequire(from).resolve(name);
  } catch (error) {
    throw new Error(`imports: ${name}: there is no such file, and no such package`, { cause: error });
  }
}

/** What a module exports, by the names of C: read from its text, for to run it would need its libraries. */
function exportsOf(file: string, seen = new Set<string>()): Map<string, string> {
  if (seen.has(file)) return new Map();
  seen.add(file);
  const text = readFileSync(file, "utf8");
  const found = new Map<string, string>();
  for (const [, path = ""] of text.matchAll(/^export \* from "(\.[^"]+)"/gm)) {
    for (const [cName, name] of exportsOf(resolve(dirname(file), path), seen)) found.set(cName, name);
  }
  // Types are meant: of constants, which share one declaration, only the first is found.
  const declared = [...text.matchAll(/^export (?:class|const|type|enum|interface) ([\w$]+)/gm)].map(([, name]) => name);
  const listed = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
    names.split(",").flatMap((one) => one.trim().split(" as ").at(-1) || []),
  );
  const cNames = cNamesIn(text);
  for (const name of [...declared, ...listed] as string[]) found.set(cNames.get(name) ?? name, name);
  return found;
}

/** The C names that a generated module gives for its own. */
function cNamesIn(text: string): Map<string, string> {
  const data = /^export const __configure__[^=]*= (\{[\s\S]*?^\});/m.exec(text)?.[1];
  if (data === undefined) return new Map();
  // The getter's type is TypeScript's, and only modules have places.
  const plainData = data
    .replace(/^( {2}get layouts\(\)): .* \{$/m, "$1 {")
    .replace(/^ {2}url: import\.meta\.url,$/m, "");
  const { names, layouts } = runInNewContext(`(${plainData})`) as {
    readonly names: Record<string, string>;
    readonly layouts: Record<string, readonly [cName: string, ...unknown[]]>;
  };
  const records = Object.entries(layouts).map(([name, [cName]]): [string, string] => [name, plain(cName) || name]);
  return new Map([
    ...records,
    ...Object.entries(names).map(([name, cName]): [string, string] => [name, plain(cName) || name]),
  ]);
}

function plain(cName: string): string {
  return cName.replace(/^(struct|union|enum) /, "");
}
