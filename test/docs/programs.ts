/**
 * Programs made of the documentation, one for each block of a page and one for each source file with examples.
 *
 * Every line of code stands in its program on the line it has in the document, so that messages of the compiler and
 * stack traces need no translation.
 */
import { checked } from "./claims.ts";
import type { Example } from "./docstrings.ts";
import type { Program } from "./markdown.ts";

/** What the examples in doc comments may use without importing it. */
export interface Names {
  /** Modules and the names of their values. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Modules and the names that are types only. */
  readonly types: Readonly<Record<string, readonly string[]>>;
}

const helpers =
  'import { example as __example, prints as __prints, shows as __shows, throws as __throws } from "../docs/check.ts";';

export function programOfBlock(file: string, block: Program): string {
  const lines = checked(block.code.split("\n"), (index) => `${file}:${block.line + index}`);
  return `${[helpers, ...Array<string>(block.line - 2).fill(""), ...lines].join("\n")}\n`;
}

export function programOfExamples(file: string, examples: readonly Example[], names: Names): string {
  const lines = [`${helpers} ${importsOf(names)} ${preamble}`];
  const put = (line: number, code: string) => {
    while (lines.length < line) lines.push("");
    lines[line - 1] += code;
  };
  for (const example of examples) {
    const where = `${file}:${example.line}`;
    const code = checked(example.lines, (index) => `${file}:${example.line + index}`);
    put(example.line - 1, `await __example(${JSON.stringify(where)}, async () => {`);
    for (const [index, line] of code.entries()) put(example.line + index, withoutImport(line));
    put(example.line + code.length, "});");
  }
  return `${lines.join("\n")}\n`;
}

const preamble = [
  "class Point extends Structure({ x: c_int, y: c_int }) {}",
  "const libc = new CDLL(null);",
  'const libm = new CDLL(find_library("m"));',
].join(" ");

function importsOf(names: Names): string {
  const lines = (imports: Names["values"], keyword: string) =>
    Object.entries(imports).map(([module, list]) => `${keyword} { ${list.join(", ")} } from "${module}";`);
  return [...lines(names.values, "import"), ...lines(names.types, "import type")].join(" ");
}

/** Our own names are in scope anyway; others are imported where the example stands, inside a function. */
function withoutImport(line: string): string {
  const [, what, module] = /^\s*import (\{.*\}|\w+) from "(.*)";?/.exec(line) ?? [];
  if (what === undefined || module === undefined) return line;
  if (/^ctypes\b/.test(module)) return "";
  return `const ${what.startsWith("{") ? what : `{ default: ${what} }`} = await import("${module}");`;
}
