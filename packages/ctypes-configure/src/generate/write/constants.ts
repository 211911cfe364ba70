/**
 * Constants written down, each as a binding of its own: who imports the module gets a literal type, and a bundler the
 * number.
 */
import type { ConstantDeclaration } from "../ir.ts";
import { WIDTH } from "../print.ts";
import { commentOf, literal } from "./spelling.ts";

export function constantsText(constants: readonly ConstantDeclaration[]): string {
  return constants
    .map(({ name, value, comment }) => {
      const text = value instanceof Uint8Array ? bytesText(name, value) : constantText(name, literal(value));
      return commentOf(comment, 0) + text;
    })
    .join("");
}

// -- Private ---------------------------------------------------------------------------------------

/** A text that does not fit behind its name has a line of its own. */
function constantText(name: string, value: string): string {
  const line = `export const ${name} = ${value};\n`;
  return line.length - 1 > WIDTH && /^["']/.test(value) ? line.replace(" = ", " =\n  ") : line;
}

/** With the NUL that C has after them, which is not counted: a function that looks for it finds it. */
function bytesText(name: string, bytes: Uint8Array): string {
  const items = [...bytes, 0].map(String);
  const [open, close] = [`export const ${name} = new Uint8Array([`, `]).subarray(0, ${bytes.length});\n`];
  const line = open + items.join(", ") + close;
  return line.length - 1 <= WIDTH ? line : `${open}\n${filled(items)}${close}`;
}

/** As many on a line as fit. */
function filled(items: readonly string[]): string {
  const lines = [""];
  for (const item of items) {
    const line = lines.at(-1) as string;
    if (`  ${line} ${item},`.length > WIDTH) lines.push(`${item},`);
    else lines[lines.length - 1] = line === "" ? `${item},` : `${line} ${item},`;
  }
  return lines.map((line) => `  ${line}\n`).join("");
}
