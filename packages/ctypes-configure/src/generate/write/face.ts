/**
 * The module that passes on what a header declares and includes.
 */
import type { ExpressionDeclaration } from "../ir.ts";
import { group, print } from "../print.ts";
import type { LibraryUse } from "../symbols.ts";
import { arithmeticImport, expressionsText } from "./translated.ts";

export interface Face {
  readonly title: readonly string[];
  /** The file of the header's own types. */
  readonly types: string;
  /** The modules of what it includes. */
  readonly includes: readonly string[];
  /** What it has of the module of the libraries, and that module's file. */
  readonly libraries: readonly string[];
  readonly file: string;
  /** Macros that call functions. */
  readonly expressions: readonly ExpressionDeclaration[];
  readonly all: readonly LibraryUse[];
}

export function faceText({ title, types, includes, libraries, file, expressions, all }: Face): string {
  const used = all
    .filter(({ symbols }) => symbols.some(({ cName }) => expressions.some(({ calls }) => calls === cName)))
    .map(({ name }) => name)
    .sort();
  const importText = used.length === 0 ? "" : line("import {", used, file);
  const lines = [
    ...[`./${types}`, ...includes].map((one) => `export * from "${one}";\n`),
    // All of them have one: here it is the header's own.
    line("export {", ["__configure__"], types),
    libraries.length === 0 ? "" : line("export {", libraries, file),
  ];
  const body = expressions.length === 0 ? "" : `\n${expressionsText(expressions, all)}`;
  const head = `/**\n${title.map((text) => ` * ${text}`.trimEnd()).join("\n")}\n */\n`;
  return `${head}${arithmeticImport(expressions)}${importText}${lines.join("")}${body}`;
}

// -- Private ---------------------------------------------------------------------------------------

function line(opening: string, names: readonly string[], file: string): string {
  return `${print([group(opening, names, `} from "./${file}"`), ";"])}\n`;
}
