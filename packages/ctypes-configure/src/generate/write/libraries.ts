/**
 * Libraries written down. Nothing of one is made before it is used: its file is opened with the first symbol, and a
 * type is made with its own. So they may use types that the module declares further down.
 */
import { expressionOf, type Imports, instanceOf, parametersOf } from "../expressions.ts";
import type { SymbolDeclaration, Type } from "../ir.ts";
import { type Doc, flat, type Group, group, print } from "../print.ts";
import type { LibraryUse } from "../symbols.ts";
import { commentOf, keyOf } from "./spelling.ts";

export function libraryText({ name, file, isBeside, symbols }: LibraryUse, imports: Imports): string {
  const place = isBeside ? `new URL(${JSON.stringify(file)}, import.meta.url)` : JSON.stringify(file);
  return print([
    `export const ${name} = new ${imports.value("CDLL")}(() => ${place}, `,
    group(
      "{",
      symbols.map((symbol) => symbolDoc(symbol, imports)),
      "}",
      { isBroken: true },
    ),
    ");\n",
  ]);
}

/** An object of the functions without their prefixes; each is looked up when it is first used. */
export function shortNamesText({ name, symbols }: LibraryUse, strip: readonly string[]): string {
  const parts = symbols.flatMap(({ kind, cName }) => {
    const prefix = strip.find((wanted) => cName.startsWith(wanted) && /^[A-Za-z_]/.test(cName.slice(wanted.length)));
    if (kind !== "function" || prefix === undefined) return [];
    return [`  get ${cName.slice(prefix.length)}() {\n    return ${name}.${cName};\n  },\n`];
  });
  if (parts.length === 0) return "";
  const short = shortName(name);
  const what = `/** The functions of {@link ${name}} without their prefix. */\n`;
  return `${what}export const ${short} = {\n${parts.join("")}};\n`;
}

/** The name of that object; null where there is none. */
export function shortNamesOf(library: LibraryUse, strip: readonly string[]): [string] | null {
  return shortNamesText(library, strip) === "" ? null : [shortName(library.name)];
}

// -- Private ---------------------------------------------------------------------------------------

function shortName(library: string): string {
  return `${library.replace(/^lib/, "")}Functions`;
}

/** `deflate: () => CFUNCTYPE<c_int, [strm: z_streamp, flush: c_int]>(c_int, z_streamp, c_int)`. */
function symbolDoc(symbol: SymbolDeclaration, imports: Imports): Doc {
  const prototype = symbol.kind === "function" ? `\`${symbol.prototype}\`` : null;
  const text = [symbol.comment, prototype].filter((part) => part !== null).join("\n\n");
  const lead = `${commentOf(text === "" ? null : text, 2, true)}${keyOf(symbol.cName)}:`;
  const docs = typeDocs(symbol.type, imports);
  const later = (parts: readonly Doc[]) => group(`${lead} () =>`, parts, "", { isArrow: true });
  // A function type would declare a function.
  const isCallable = symbol.kind === "variable" && symbol.isCallable;
  if (symbol.symbol !== symbol.cName || isCallable) {
    const named = [JSON.stringify(symbol.symbol), joined(docs), ...(isCallable ? ["{ variable: true }"] : [])];
    return later([group(`${imports.value("symbol")}(`, named, ")")]);
  }
  return symbol.type.kind === "simple" ? `${lead} ${docs.join("")}` : later(docs);
}

/**
 * A type; of a function with names for its parameters, given as what the values are: nothing has to be inferred then.
 */
function typeDocs(type: Type, imports: Imports): readonly Doc[] {
  if (type.kind !== "function" || type.parameters.every(({ name }) => name === ""))
    return [expressionOf(type, imports)];
  const call = expressionOf(type, imports) as Group;
  const name = imports.value("CFUNCTYPE");
  const types = group("<", [instanceOf(type.result, imports), parametersOf(type, imports)], ">", { trailing: "" });
  return [name, types, { ...call, open: call.open.slice(name.length) }];
}

/** As one: what is in front of the last stays on its line. */
function joined(docs: readonly Doc[]): Doc {
  const last = docs.at(-1) as Doc;
  const front = docs.slice(0, -1).map(flat).join("");
  return typeof last === "string" ? front + last : { ...last, open: front + last.open };
}
