/**
 * Text as C has it: the bytes of a string literal. Clang writes each byte that is no printable character as an escape.
 */
import { isUtf8 } from "node:buffer";
import { type Cursor, CursorKind, TypeKind } from "ctypes-libclang";

/**
 * The text that a variable is initialised with, or its bytes where they are no text to JavaScript: with a NUL in it, or
 * no UTF-8. Null where it is no string literal.
 */
export function textOfVariable(variable: Cursor): string | Uint8Array | { readonly reason: string } | null {
  const type = variable.type.get_canonical();
  if (type.kind === TypeKind.CONSTANTARRAY) return textOfArray(variable, type.get_array_size());
  let cursor = variable;
  for (;;) {
    const [child, ...others] = cursor.get_children();
    if (child === undefined || others.length > 0) return null;
    if (child.kind === CursorKind.STRING_LITERAL) return textOfLiteral(child.spelling);
    // The array that becomes a pointer, and parentheses.
    if (child.kind !== CursorKind.UNEXPOSED_EXPR && child.kind !== CursorKind.PAREN_EXPR) return null;
    cursor = child;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** What `static const char name[] = "text"` is; null where the NUL has no room, or zeros follow that are no text's. */
function textOfArray(variable: Cursor, size: number): ReturnType<typeof textOfVariable> {
  const literal = variable.get_children().find(({ kind }) => kind === CursorKind.STRING_LITERAL);
  if (literal === undefined) return null;
  const text = textOfLiteral(literal.spelling);
  if (typeof text === "string") return Buffer.byteLength(text) < size ? text : null;
  return text instanceof Uint8Array && text.length + 1 !== size ? null : text;
}

/** `"ab\000\377"`, as clang prints it, with the prefix of another kind of characters. */
function textOfLiteral(spelling: string): string | Uint8Array | { readonly reason: string } {
  const literal = /^(u8|[LuU])?"(.*)"$/s.exec(spelling);
  if (literal === null) return { reason: "a text that is not understood" };
  const [, prefix, body] = literal as unknown as [string, string | undefined, string];
  if (prefix !== undefined && prefix !== "u8") return { reason: "a text of wide characters" };
  const bytes = bytesOf(body);
  return bytes.includes(0) || !isUtf8(bytes) ? bytes : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["t", 9],
  ["n", 10],
  ["v", 11],
  ["f", 12],
  ["r", 13],
]);

function bytesOf(body: string): Uint8Array {
  const bytes: number[] = [];
  for (const [piece] of body.matchAll(/\\[0-7]{3}|\\.|[^\\]+/gs)) {
    if (!piece.startsWith("\\")) bytes.push(...Buffer.from(piece));
    else if (piece.length === 4) bytes.push(Number.parseInt(piece.slice(1), 8));
    else bytes.push(ESCAPES.get(piece[1] as string) ?? piece.charCodeAt(1));
  }
  return Uint8Array.from(bytes);
}
