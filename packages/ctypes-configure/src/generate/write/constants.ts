/**
 * Constants written down, each as a binding of its own: who imports the module gets a literal type, and a bundler the
 * number. One declaration has them all, which V8 compiles in two thirds of the time.
 */
import type { ConstantDeclaration } from "../ir.ts";
import { WIDTH } from "../print.ts";
import { commentOf, literal } from "./spelling.ts";

export function constantsText(constants: readonly ConstantDeclaration[]): string {
  if (constants.length === 0) return "";
  const parts = constants.map(({ name, value, comment }, i) => {
    const isFirst = i === 0;
    const lead = isFirst ? "export const " : "  ";
    const indent = isFirst && constants.length === 1 ? 0 : 2;
    const text =
      value instanceof Uint8Array
        ? bytesText(lead, name, value, indent)
        : constantText(lead, name, literal(value), indent);
    return commentOf(comment, isFirst ? 0 : 2) + text;
  });
  return `${parts.join(",\n")};\n`;
}

// -- Private ---------------------------------------------------------------------------------------

/** A text that does not fit after its name has a line of its own. */
function constantText(lead: string, name: string, value: string, indent: number): string {
  const line = `${lead}${name} = ${value}`;
  const isText = /^["']/.test(value);
  return line.length + 1 > WIDTH && isText ? `${lead}${name} =\n${" ".repeat(indent + 2)}${value}` : line;
}

/** With the NUL that C has after them, which is not counted: a function that looks for it finds it. */
function bytesText(lead: string, name: string, bytes: Uint8Array, indent: number): string {
  const items = [...bytes, 0].map(String);
  const [open, close] = [`${lead}${name} = new Uint8Array([`, `]).subarray(0, ${bytes.length})`];
  const line = open + items.join(", ") + close;
  if (line.length + 1 <= WIDTH) return line;
  const margin = " ".repeat(indent);
  return `${open}\n${filled(items, `${margin}  `)}${margin}${close}`;
}

/** As many on a line as fit. */
function filled(items: readonly string[], margin: string): string {
  const lines = [""];
  for (const item of items) {
    const line = lines.at(-1) as string;
    if (`${margin}${line} ${item},`.length > WIDTH) lines.push(`${item},`);
    else lines[lines.length - 1] = line === "" ? `${item},` : `${line} ${item},`;
  }
  return lines.map((line) => `${margin}${line}\n`).join("");
}
