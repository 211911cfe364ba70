/**
 * Translated macros and inline functions written down: exported functions with the text of C in their comments.
 */
import type { ExpressionDeclaration, Parameter } from "../ir.ts";
import { ARITHMETIC } from "../names.ts";
import { type Doc, flat, group, print, WIDTH } from "../print.ts";
import type { LibraryUse } from "../symbols.ts";
import { commentOf } from "./spelling.ts";

/** The functions; what calls a library's function finds it in one of these libraries. */
export function expressionsText(
  expressions: readonly ExpressionDeclaration[],
  libraries: readonly LibraryUse[],
): string {
  return expressions.map((expression) => functionText(expression, libraries)).join("\n");
}

/** The import that they need; "" where none does. */
export function arithmeticImport(expressions: readonly ExpressionDeclaration[]): string {
  const isNeeded = expressions.some(
    ({ body, calls }) => calls === null || body.map(flat).join().includes(`${ARITHMETIC}.`),
  );
  return isNeeded ? `import * as ${ARITHMETIC} from "ctypes-js/arithmetic";\n` : "";
}

// -- Private ---------------------------------------------------------------------------------------

function functionText(expression: ExpressionDeclaration, libraries: readonly LibraryUse[]): string {
  const { name, parameters, result, body, calls, comment, text } = expression;
  const library = libraries.find(({ symbols }) => symbols.some(({ cName }) => cName === calls));
  const called = `${library?.name}.${calls}`;
  const given = parameters.map(({ name, type }) => {
    return `${name}: ${typeof type === "number" ? `Parameters<typeof ${called}>[${type}]` : type}`;
  });
  const type = calls === null ? result : `ReturnType<typeof ${called}>`;
  const head = print([group(`export function ${name}(`, given, `): ${type} {`)]);
  const value: Doc =
    calls === null
      ? group(`return ${ARITHMETIC}.result${result === "number" ? "" : `<${result}>`}(`, body, ")")
      : group(
          `return ${called}(`,
          body.map((doc, i) => argumentDoc(doc, called, i, parametersOf(library, calls)[i])),
          ")",
        );
  return `${commentOf(commentFor(comment, text), 0)}${head}\n  ${print([value, ";\n"], 2)}}\n`;
}

function parametersOf(library: LibraryUse | undefined, calls: string): readonly Parameter[] {
  const symbol = library?.symbols.find(({ cName }) => cName === calls);
  return symbol?.kind === "function" ? symbol.type.parameters : [];
}

/** A number is none of an enumeration's own values where it is several flags at once. */
function argumentDoc(doc: Doc, called: string, index: number, parameter: Parameter | undefined): Doc {
  const isFlags = parameter?.type.kind === "enum" && /^-?\d/.test(flat(doc));
  return isFlags ? `${flat(doc)} as Parameters<typeof ${called}>[${index}]` : doc;
}

function commentFor(comment: string | null, text: string): string {
  const shown = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)} …` : text;
  const lines = wrapped(shown.replaceAll("*/", "* /").replaceAll("`", "'"));
  return `${comment === null ? "" : `${comment}\n\n`}\`${lines}\``;
}

const MOST_TEXT = 1000;

/** In lines, broken between words. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH - 10) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
