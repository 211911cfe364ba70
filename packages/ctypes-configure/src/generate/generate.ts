/**
 * From headers to modules: parse, look the symbols up, order, write.
 */
import { dirname, resolve } from "node:path";
import { asSeenFrom } from "../measure/paths.ts";
import { withDisposers } from "./disposers.ts";
import { type Own, withoutImported } from "./imported.ts";
import type {
  ConstantDeclaration,
  Declaration,
  ExpressionDeclaration,
  Skipped,
  SymbolDeclaration,
  TypeDeclaration,
} from "./ir.ts";
import { namesNeeded } from "./ir.ts";
import { ARITHMETIC } from "./names.ts";
import type { GenerateOptions } from "./options.ts";
import { ordered } from "./order.ts";
import { parse } from "./parse.ts";
import type { Part } from "./parts.ts";
import { flat } from "./print.ts";
import { ruled } from "./rules.ts";
import { serialised } from "./serialised.ts";
import { buildShim, isShimmed, type Shimmed } from "./shim/build.ts";
import { type SymbolsByLibrary, symbolsByLibrary } from "./symbols.ts";
import { moduleOf } from "./write.ts";

export interface Generated {
  /** The text of the module. */
  readonly text: string;
  readonly declarations: readonly Declaration[];
  /** What is left out, and why. */
  readonly skipped: readonly Skipped[];
  /** Functions and variables that no library has; all of them where no library is named. */
  readonly absent: readonly string[];
}

/**
 * The typed module of a library's headers.
 *
 * @throws HeaderError with the compiler's message, LibclangError when there is no libclang, Error when there is no such
 * library.
 */
export function generate(options: GenerateOptions): Generated {
  const all = read(options);
  const { declarations, skipped, found } = all;
  const { headers } = asSeenFrom(options.out, options);
  const text = moduleText(options, headers.join(", "), all);
  return { text, declarations, skipped, absent: found.absent.map((symbol) => symbol.cName) };
}

// -- Private ---------------------------------------------------------------------------------------

export interface Read extends Own {
  readonly found: SymbolsByLibrary;
}

/** The rules come first: they ask typedefs, and give types, that another module may have. */
function own(options: GenerateOptions): Own {
  const { declarations, skipped, includes } = parse(options);
  return withoutImported(options, ruled(declarations, options), skipped, includes);
}

export function read(options: GenerateOptions): Read {
  options.progress?.(`parsing ${options.headers.join(", ")}`);
  const { declarations, ...others } = own(options);
  const { symbols } = sorted(declarations);
  const shimmed = symbols.filter(isShimmed);
  const looked = symbols.filter((symbol) => !isShimmed(symbol));
  options.progress?.(`looking up ${looked.length} symbols`);
  const whole = { declarations, ...others, found: withDisposers(symbolsOf(options, looked)) };
  return withoutUncallable(shimmed.length === 0 ? whole : withShim(options, whole, shimmed), "no library has");
}

/** With the library that is compiled for them. */
function withShim(options: GenerateOptions, read: Read, shimmed: readonly Shimmed[]): Read {
  const { declarations, skipped, found } = read;
  options.progress?.(`compiling ${shimmed.length} functions of ${options.shim?.file}`);
  const { library, refused } = buildShim(
    options,
    shimmed,
    found.libraries.map(({ file, isBeside }) => (isBeside ? resolve(dirname(options.out ?? ""), file) : file)),
  );
  const gone = new Set<Declaration>(refused.map(({ declaration }) => declaration));
  const more = refused.map(({ declaration: { cName, header, shim }, reason }): Skipped => {
    return { name: cName, reason: `not in the shim: ${reason}`, header, place: shim.place };
  });
  return {
    ...read,
    declarations: declarations.filter((declaration) => !gone.has(declaration)),
    skipped: [...skipped, ...more],
    found: { ...found, libraries: [...found.libraries, library] },
  };
}

/** Without the macros that call what is not there, or cannot be called so. */
function withoutUncallable({ declarations, skipped, found, ...others }: Read, why: string): Read {
  const symbols = found.libraries.flatMap((library) => library.symbols);
  const callable = new Map(symbols.map((symbol) => [symbol.cName, symbol]));
  const more: Skipped[] = [];
  const kept = declarations.filter((one) => {
    if (one.kind !== "expression" || one.calls === null) return true;
    const called = callable.get(one.calls);
    if (called !== undefined && !passesBareNumber(one, called)) return true;
    const reason = called === undefined ? `calls a function that ${why}` : "passes a plain number for '...'";
    more.push({ name: one.cName, reason: `a function-like macro: it ${reason}`, header: one.header, place: one.place });
    return false;
  });
  return { declarations: kept, skipped: [...skipped, ...more], found, ...others };
}

/** Whether a macro passes a plain number where the function has `...`: ctypes takes objects of C types there. */
function passesBareNumber({ body }: ExpressionDeclaration, called: SymbolDeclaration): boolean {
  if (called.kind !== "function") return false;
  const further = body.slice(called.type.parameters.length).map(flat);
  return further.some((argument) => /^-?\d/.test(argument) || argument.startsWith(`${ARITHMETIC}.`));
}

export function moduleText(
  options: GenerateOptions,
  title: string,
  { declarations, skipped, found, foreign }: Omit<Read, "includes">,
  part?: Pick<Part, "foreign" | "passedOn">,
): string {
  const { types, constants } = sorted(declarations);
  const expressions = declarations.filter((one): one is ExpressionDeclaration => one.kind === "expression");
  return moduleOf({
    title: titleOf(options, title, skipped, found, types.length + constants.length + expressions.length),
    types: ordered(types),
    constants,
    libraries: found.libraries,
    expressions,
    strip: options.strip ?? [],
    foreign: new Map([...foreign, ...[...(part?.foreign ?? [])].map(([file, names]) => [`./${file}`, names] as const)]),
    passedOn: part?.passedOn ?? [],
    source: serialised(options),
  });
}

/** What declarations name of that. */
export function namedIn(declarations: readonly Declaration[], foreign: Own["foreign"]): Own["foreign"] {
  const needed = new Set(declarations.flatMap(namesNeeded));
  const here = [...foreign].map(([file, names]) => [
    file,
    names.filter((name) => needed.has(name.replace(/^.* as /, ""))),
  ]);
  return new Map(here as [string, string[]][]);
}

/** A path as one would include it; of a header that stands elsewhere, its folder and its name. */
export function shortened(header: string): string {
  return /\/include\/(?:\w+-linux-\w+\/)?(.+)$/.exec(header)?.[1] ?? header.split("/").slice(-2).join("/");
}

interface Sorted {
  readonly types: readonly TypeDeclaration[];
  readonly constants: readonly ConstantDeclaration[];
  readonly symbols: readonly SymbolDeclaration[];
}

function sorted(declarations: readonly Declaration[]): Sorted {
  const types = declarations.filter((one): one is TypeDeclaration =>
    ["record", "opaque", "enum", "typedef"].includes(one.kind),
  );
  const constants = declarations.filter((one): one is ConstantDeclaration => one.kind === "constant");
  const symbols = declarations.filter(
    (one): one is SymbolDeclaration => one.kind === "function" || one.kind === "variable",
  );
  return { types, constants, symbols };
}

function symbolsOf(options: GenerateOptions, symbols: readonly SymbolDeclaration[]): SymbolsByLibrary {
  const libraries = options.libraries ?? [];
  return libraries.length === 0
    ? { libraries: [], absent: symbols }
    : symbolsByLibrary(libraries, symbols, options.out);
}

export function titleOf(
  options: GenerateOptions,
  title: string,
  skipped: readonly Skipped[],
  found: SymbolsByLibrary,
  count: number,
): string[] {
  const functions = found.libraries.map(({ file, symbols }) => `${symbols.length} symbols of ${file}`);
  const lines = [
    `${title}: ${[`${count} types and constants`, ...functions].join(", ")}.`,
    "",
    "Generated by ctypes-configure; changes made here are lost.",
  ];
  const why = options.libraries?.length ? "In no library:" : "Left out, since no library was named:";
  if (found.absent.length > 0) lines.push("", `${why} ${wrapped(found.absent.map((symbol) => symbol.cName))}`);
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  for (const [reason, names] of reasons) lines.push("", `Skipped, ${reason}: ${wrapped(names)}`);
  return lines.flatMap((line) => line.split("\n"));
}

function wrapped(names: readonly string[]): string {
  let line = "";
  let text = "";
  for (const [i, name] of names.entries()) {
    const word = `${name}${i < names.length - 1 ? "," : "."}`;
    if (line.length + word.length > 110) {
      text += `${line}\n`;
      line = "";
    }
    line += `${line === "" && text === "" ? "" : line === "" ? "" : " "}${word}`;
  }
  return `\n${text}${line}`;
}
