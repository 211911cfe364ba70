/**
 * The library of a shim: its source written, compiled, and what the compiler refuses left out.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { CompilationError, findCompiler } from "../../measure/compiler.ts";
import { asSeenFrom } from "../../measure/paths.ts";
import { flagsOf, preambleOf, type Settings } from "../../measure/settings.ts";
import type { FunctionDeclaration } from "../ir.ts";
import type { GenerateOptions } from "../options.ts";
import { type LibraryUse, variableOf } from "../symbols.ts";
import { PREFIX, type ShimOptions } from "./functions.ts";

/** A function of a shim, and its C text. */
export type Shimmed = FunctionDeclaration & { readonly shim: NonNullable<FunctionDeclaration["shim"]> };

export interface Shim {
  readonly library: LibraryUse;
  /** What could not be compiled, and why. */
  readonly refused: readonly { readonly declaration: Shimmed; readonly reason: string }[];
}

/**
 * Compiles the functions, linked with the libraries that they call.
 *
 * @throws CompilationError where the headers themselves do not compile, NoCompilerError.
 */
export function buildShim(options: GenerateOptions, functions: readonly Shimmed[], libraries: readonly string[]): Shim {
  const { file, url } = options.shim as ShimOptions;
  const refused: { declaration: Shimmed; reason: string }[] = [];
  let left = functions;
  for (;;) {
    const problems = compiled(options, left, libraries);
    if (problems.size === 0) break;
    for (const [declaration, reason] of problems) refused.push({ declaration, reason });
    left = left.filter((declaration) => !problems.has(declaration));
  }
  const place = url ?? `./${basename(file)}`;
  return { library: { name: variableOf(basename(file)), file: place, isBeside: true, symbols: left }, refused };
}

/** Whether a function is one of a shim. */
export function isShimmed(declaration: {
  readonly kind: string;
  readonly shim?: FunctionDeclaration["shim"];
}): declaration is Shimmed {
  return declaration.kind === "function" && declaration.shim !== undefined;
}

// -- Private ---------------------------------------------------------------------------------------

/** The functions that the compiler refuses, with what it says of the first thing that is wrong with each. */
function compiled(
  options: GenerateOptions,
  functions: readonly Shimmed[],
  libraries: readonly string[],
): ReadonlyMap<Shimmed, string> {
  const shim = options.shim as ShimOptions;
  const file = resolve(shim.file);
  const source = join(dirname(file), `${basename(file).replace(/\.(so|dylib|dll)$/, "")}.c`);
  const compiler = findCompiler(shim.compiler);
  const { compile, link } = flagsOf({ ...(options as Settings), libraries: [] });
  const flags = ["-O2", "-fPIC", "-shared", ...compile];
  const linked = [
    ...libraries.flatMap((library) => linkFlags(library, file)),
    ...link,
    ...(process.platform === "linux" ? ["-Wl,-z,defs"] : []),
  ];
  const names = [basename(file), basename(source)];
  const recipe = [basename(compiler), ...flags, "-o", ...names, ...linked].map(quoted).join(" ");
  const head = `${headOf(options, recipe)}\n`;
  writeFileSync(source, `${head}${functions.map((one) => `${one.shim.text}\n`).join("")}`);
  const { status, stderr } = spawnSync(compiler, ["-w", ...flags, "-o", file, source, ...linked], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C", LANGUAGE: "C" },
  });
  if (status === 0) return new Map();
  const problems = problemsIn(stderr, functions, source, head.split("\n").length);
  if (problems.size > 0) return problems;
  throw new CompilationError(`${shim.file}: ${compiler} cannot make it:\n${stderr.trimEnd()}`, stderr, null);
}

/** Each function is one line; of what is elsewhere, and of what the linker misses, the function is named in front. */
function problemsIn(
  output: string,
  functions: readonly Shimmed[],
  source: string,
  first: number,
): ReadonlyMap<Shimmed, string> {
  const problems = new Map<Shimmed, string>();
  const note = (declaration: Shimmed | undefined, reason: string) => {
    if (declaration !== undefined && !problems.has(declaration)) problems.set(declaration, reason);
  };
  let current: Shimmed | undefined;
  for (const line of output.split("\n")) {
    const wrong = /^(.*?):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$/.exec(line);
    if (wrong !== null) {
      const own = wrong[1] === source ? functions[Number(wrong[2]) - first] : current; // in a macro of a header
      note(own, `the compiler: ${wrong[3]}`);
    }
    const inside = new RegExp(`[iI]n function [\`'‘]${PREFIX}(\\w+)['’]`).exec(line);
    if (inside !== null) current = functions.find(({ symbol }) => symbol === `${PREFIX}${inside[1]}`);
    const missing = /undefined reference to [`'‘]([^'’]+)['’]/.exec(line);
    if (missing !== null) note(current, `it calls ${missing[1]}, which no library has`);
  }
  return problems;
}

/** The library of that name or file, as the module opens it; a file is looked for from where the shim is. */
function linkFlags(library: string, shim: string): string[] {
  const name = basename(library);
  const flag = /\.so(\.|$)/.test(name) ? `-l:${name}` : `-l${name}`;
  if (!library.includes("/")) return [flag];
  if (process.platform !== "linux") return [resolve(library)];
  const folder = dirname(resolve(library));
  return [`-L${folder}`, flag, `-Wl,-rpath,$ORIGIN/${relative(dirname(shim), folder)}`];
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function headOf(options: GenerateOptions, recipe: string): string {
  const { headers } = asSeenFrom(options.out, options);
  return `/*
 * Functions for inline functions and macros of ${headers.join(", ")}, which no library has.
 *
 * Generated by ctypes-configure; changes made here are lost. It is compiled by
 *
 *     ${recipe}
 */
${preambleOf(options as Settings)}

#ifdef _WIN32
#define CTYPES_SHIM __declspec(dllexport)
#else
#define CTYPES_SHIM __attribute__((visibility("default")))
#endif
`;
}
