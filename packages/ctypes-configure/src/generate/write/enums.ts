/**
 * Enumerations written down: `const color = Enumeration("color", c_uint, { RED: 0 })`, and the type of its values. One
 * whose integer is not known is an object of constants.
 */
import type { Imports } from "../expressions.ts";
import type { EnumDeclaration } from "../ir.ts";
import { group, print, WIDTH } from "../print.ts";
import { commentOf, keyOf, literal } from "./spelling.ts";

export function enumText({ name, integer, values, aliases }: EnumDeclaration, imports: Imports): string {
  const parts = values.map(
    ({ name: key, value, comment }) => `${commentOf(comment, 2, true)}${keyOf(key)}: ${literal(value)}`,
  );
  const object = group("{", parts, "}", { isBroken: true });
  const others = aliases.map((alias) => `export const ${alias} = ${name};\nexport type ${alias} = ${name};\n`);
  if (integer === null) {
    const type = `(typeof ${name})[keyof typeof ${name}]`;
    return print([`export const ${name} = `, object, " as const;\n"]) + typeText(name, type) + others.join("");
  }
  const opening = `${imports.value("Enumeration")}("${name}", ${imports.value(integer)}, `;
  const type = `${imports.type("Read")}<${imports.type("InstanceOf")}<typeof ${name}>>`;
  return print([`export const ${name} = ${opening}`, object, ");\n"]) + typeText(name, type) + others.join("");
}

// -- Private ---------------------------------------------------------------------------------------

function typeText(name: string, type: string): string {
  const line = `export type ${name} = ${type};\n`;
  return line.length - 1 <= WIDTH ? line : line.replace(" = ", " =\n  ");
}
