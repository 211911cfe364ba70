/** HTML in pieces: tags and the text between them. Comments and declarations are left out. */
import { unescapeText } from "./entities.ts";

export type TagAttributes = ReadonlyMap<string, string>;

export type Token =
  | { readonly kind: "start"; readonly tag: string; readonly attributes: TagAttributes; readonly isEmpty: boolean }
  | { readonly kind: "end"; readonly tag: string }
  | { readonly kind: "text"; readonly text: string };

const START = /<([a-zA-Z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/uy;
const END = /<\/([a-zA-Z][^\s/>]*)[^>]*>/uy;
const NO_TEXT = /<!--[\s\S]*?(?:-->|$)|<[!?][^>]*>|<\/[^a-zA-Z>][^>]*>|<\/>/uy;
const ATTRIBUTE = /([^\s/=>][^\s/=>]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?/gu;
/** What these have is for programs; no reader sees it. */
const RAW = /^(?:script|style)$/u;

/** The pieces of a text, in their order. What begins as a tag and is none is text. */
export function* tokensOf(html: string): Generator<Token> {
  let text = "";
  for (let at = 0; at < html.length; ) {
    const next = html.indexOf("<", at);
    text += html.slice(at, next < 0 ? html.length : next);
    if (next < 0) break;
    const token = matchAt(START, html, next) ?? matchAt(END, html, next) ?? matchAt(NO_TEXT, html, next);
    if (token === null) {
      text += "<";
      at = next + 1;
      continue;
    }
    if (text !== "") yield { kind: "text", text: unescapeText(text) };
    text = "";
    at = next + token[0].length;
    if (token[1] === undefined) continue;
    const tag = token[1].toLowerCase();
    if (token[2] === undefined) yield { kind: "end", tag };
    else if (RAW.test(tag)) at = endOf(tag, html, at);
    else yield { kind: "start", tag, attributes: attributesOf(token[2]), isEmpty: token[2].endsWith("/") };
  }
  if (text !== "") yield { kind: "text", text: unescapeText(text) };
}

// -- Private ---------------------------------------------------------------------------------------

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function attributesOf(text: string): TagAttributes {
  const attributes = new Map<string, string>();
  for (const [, name = "", double, single, bare] of text.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, unescapeText(double ?? single ?? bare ?? ""));
  }
  return attributes;
}

/** Where what follows an element of raw text begins. */
function endOf(tag: string, html: string, at: number): number {
  const end = new RegExp(`</${tag}[^>]*>`, "giu");
  end.lastIndex = at;
  return end.exec(html) === null ? html.length : end.lastIndex;
}
