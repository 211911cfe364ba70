/**
 * Constants written down, each as a binding of its own: who imports the module gets a literal type, and a bundler the number.
 */
import type { ConstantDeclaration } from "../ir.ts";
import { WIDTH } from "../print.ts";
import { commentOf, literal } from "./spelling.ts";

export function constantsText(constants: readonly ConstantDeclaration[]): string {
  return constants
    .map(({ name, value, comment }) => commentOf(comment, 0) + constantText(name, literal(value)))
    .join("");
}

// -- Private ---------------------------------------------------------------------------------------

/** A text that does not fit behind its name has a line of its own. */
function constantText(name: string, value: string): string {
  const line = `export const ${name} = ${value};\n`;
  return line.length - 1 > WIDTH && /^["']/.test(value) ? line.replace(" = ", " =\n  ") : line;
}
