/**
 * A module written down: imports, libraries, types in an order that works, constants, and the layouts that it asserts
 * when it is loaded with `CTYPES_DEBUG` set.
 *
 * What has most names in it comes first, and variables last: to narrow its type, TypeScript takes each name back over
 * all variables between its use and the start of the file, and thousands of constants and typedefs on the way of
 * thousands of functions would take minutes.
 */
import { Imports } from "./expressions.ts";
import { exportedNames } from "./ir.ts";
import { group, print } from "./print.ts";
import { constantsText } from "./write/constants.ts";
import { layoutsText } from "./write/layouts.ts";
import { libraryText, shortNamesText } from "./write/libraries.ts";
import type { ModuleText } from "./write/module.ts";
import { arithmeticImport, expressionsText } from "./write/translated.ts";
import { type FunctionNames, typeText } from "./write/types.ts";

/** The text of a module. */
export function moduleOf(text: ModuleText): string {
  const imports = new Imports();
  const functions: FunctionNames = new Map();
  const body = [
    ...text.libraries.map((library) => libraryText(library, imports)),
    ...text.libraries.map((library) => shortNamesText(library, text.strip)),
    expressionsText(text.expressions, text.libraries),
    ...text.types.map((ordered) => typeText(ordered, functions, imports)),
    constantsText(text.constants),
    layoutsText(text, imports),
  ].filter((part) => part !== "");
  const passedOn = (text.passedOn ?? []).flatMap(exportedNames).sort(byName);
  if (passedOn.length > 0) body.unshift(`${print([group("export {", passedOn, "}"), ";"])}\n`);
  const title = `/**\n${text.title.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`;
  const foreign = [...text.foreign].map(
    ([file, names]) => `${print([group("import {", [...names].sort(byName), `} from "${file}"`), ";"])}\n`,
  );
  const arithmetic = arithmeticImport(text.expressions);
  return `${title}${importText(imports)}${arithmetic}${foreign.join("")}\n${body.join("\n")}`;
}

// -- Private ---------------------------------------------------------------------------------------

function importText(imports: Imports): string {
  const types = [...imports.types].filter((name) => !imports.values.has(name));
  const all = [...imports.values, ...types.map((name) => `type ${name}`)];
  const sorted = all.sort(byName);
  return sorted.length === 0 ? "" : `${print([group("import {", sorted, '} from "ctypes-js"'), ";"])}\n`;
}

/** As a formatter would: a type by its name, letter by letter, capitals before small ones, numbers by their values. */
function byName(a: string, b: string): number {
  const partsOf = (name: string): string[] => name.replace(/^type /, "").match(/\d+|\D/g) ?? [];
  const [left, right] = [partsOf(a), partsOf(b)];
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    const difference = /\d/.test(part) && /\d/.test(other) ? Number(part) - Number(other) : 0;
    if (difference !== 0) return difference;
    const [one, two] = [part.toLowerCase(), other.toLowerCase()];
    return one < two || (one === two && part < other) ? -1 : 1;
  }
  return left.length - right.length;
}
