/**
 * C text in tokens, as the preprocessor sees it. libclang has tokens, too, but each costs several calls, and a header
 * has thousands of macros.
 */
import { readFileSync } from "node:fs";
import type { Cursor } from "ctypes-libclang";

export interface Token {
  /** A `parameter` is one of the macro that is being translated: no macro of that name is meant. */
  readonly kind: "word" | "number" | "text" | "letter" | "sign" | "parameter";
  readonly text: string;
  /** The macros whose expansion it came from: it does not name them again (C11 6.10.3.4). */
  readonly hidden: ReadonlySet<string>;
}

export interface Definition {
  readonly name: string;
  /** Null where it takes no arguments. */
  readonly parameters: readonly string[] | null;
  readonly isVariadic: boolean;
  readonly body: readonly Token[];
  /** `#define A(x) …`, in one line. */
  readonly text: string;
}

/** The text of a declaration, or of a macro without its `#define`; "" where it stands in no file. */
export function sourceOf(cursor: Cursor): string {
  const { start, end } = cursor.extent;
  return fileOf(start.file?.name).toString("utf8", start.offset, end.offset);
}

/**
 * The text of a function with its body, which its extent lacks where bodies are not parsed; "" for one that has none.
 */
export function functionSourceOf(cursor: Cursor): string {
  const { start } = cursor.extent;
  const text = fileOf(start.file?.name).toString("utf8", start.offset);
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === ";" && depth === 0) return "";
    if (token === "{") depth++;
    if (token === "}" && --depth === 0) return text.slice(0, index + 1);
  }
  return "";
}
export function tokensOf(text: string): Token[] {
  const spliced = text.replace(/\\\r?\n/g, "");
  return [...spliced.matchAll(TOKEN)].flatMap((match): Token[] => {
    const { blank, literal, letter, number, word } = match.groups as Record<string, string | undefined>;
    if (blank !== undefined) return [];
    const kind = literal ? "text" : letter ? "letter" : number ? "number" : word ? "word" : "sign";
    return [{ kind, text: match[0], hidden: NONE }];
  });
}

/** What a macro's text defines; null where there is none. */
export function definitionOf(text: string): Definition | null {
  const spliced = text.replace(/\\\r?\n/g, " ");
  const head = /^([A-Za-z_]\w*)(\(([^)]*)\))?/.exec(spliced);
  if (head === null) return null;
  const [whole, name, list, inner = ""] = head as unknown as [string, string, string | undefined, string | undefined];
  const names = inner
    .replace(/\/\*.*?\*\//gs, "")
    .split(",")
    .map((word) => word.trim());
  const last = names.at(-1) ?? "";
  const isVariadic = list !== undefined && last.endsWith("...");
  const parameters = names.map((word) => (word === "..." ? "__VA_ARGS__" : word.replace(/\s*\.\.\.$/, "")));
  return {
    name,
    parameters: list === undefined ? null : parameters.length === 1 && parameters[0] === "" ? [] : parameters,
    isVariadic,
    body: tokensOf(spliced.slice(whole.length)),
    text: `#define ${spliced
      .replace(/\/\*.*?\*\//gs, " ")
      .replace(/\s+/g, " ")
      .trim()}`,
  };
}

/** As C text again. */
export function textOfTokens(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(" ");
}

// -- Private ---------------------------------------------------------------------------------------

const MOST_FILES = 200;
const files = new Map<string, Buffer>();

/** Empty for what is in no file, and for files of ours, which are only in memory. */
function fileOf(name: string | undefined): Buffer {
  let file = files.get(name ?? "");
  if (file === undefined) {
    try {
      file = readFileSync(name ?? "");
    } catch {
      file = Buffer.alloc(0);
    }
    if (files.size >= MOST_FILES) files.clear();
    files.set(name ?? "", file);
  }
  return file;
}

const NONE: ReadonlySet<string> = new Set();

const TOKEN = new RegExp(
  [
    /(?<blank>\s+|\/\*.*?\*\/|\/\/[^\n]*)/,
    /(?<literal>(?:u8|[LuU])?"(?:\\.|[^"\\])*")/,
    /(?<letter>[LuU]?'(?:\\.|[^'\\])+')/,
    /(?<number>\.?\d(?:[eEpP][+-]|[\w.])*)/,
    /(?<word>[A-Za-z_$][\w$]*)/,
    /<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||##|[-+*/%&|^]=|./,
  ]
    .map((part) => part.source)
    .join("|"),
  "gs",
);
