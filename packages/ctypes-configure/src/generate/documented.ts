/**
 * The documentation of declarations: the comment in front, the one after on the same line, or what the comment of the
 * whole says of a part.
 */
import { readFileSync } from "node:fs";
import { type Cursor, CursorKind } from "ctypes-libclang";
import { documentation, documentationOfItems } from "./comments.ts";
import { identityOf } from "./identity.ts";

export class Documented {
  readonly #docs: "brief" | "full" | "none";
  readonly #texts = new Map<string, Buffer>();
  readonly #items = new Map<string, ReadonlyMap<string, string>>();

  constructor(docs: "brief" | "full" | "none") {
    this.#docs = docs;
  }

  commentOf(cursor: Cursor): string | null {
    if (this.#docs === "none") return null;
    const raw = cursor.raw_comment ?? this.#after(cursor);
    return raw === null ? this.#ofWhole(cursor) : documentation(raw, this.#docs);
  }

  /** `int f(int); /**< What it does. *\/`: libclang has these of members and enumerators only. */
  #after(cursor: Cursor): string | null {
    if (cursor.kind !== CursorKind.FUNCTION_DECL && cursor.kind !== CursorKind.TYPEDEF_DECL) return null;
    const { file, offset } = cursor.extent.end;
    if (file === null) return null;
    const text = this.#textOf(file.name);
    // Offsets count bytes.
    const rest = text.toString("utf8", offset, offset + MOST_BYTES);
    return /^[^\n;]*;[ \t]*(\/\*[*!]<[\s\S]*?\*\/|\/\/[/!]<[^\n]*(?:\n[ \t]*\/\/[/!]<[^\n]*)*)/.exec(rest)?.[1] ?? null;
  }

  #ofWhole(cursor: Cursor): string | null {
    if (cursor.kind !== CursorKind.FIELD_DECL && cursor.kind !== CursorKind.ENUM_CONSTANT_DECL) return null;
    const whole = cursor.semantic_parent;
    if (whole === null) return null;
    const identity = identityOf(whole);
    let items = this.#items.get(identity);
    if (items === undefined) this.#items.set(identity, (items = documentationOfItems(whole.raw_comment, this.#docs)));
    return items.get(cursor.spelling) ?? null;
  }

  #textOf(name: string): Buffer {
    let text = this.#texts.get(name);
    if (text === undefined) this.#texts.set(name, (text = bytesOf(name)));
    return text;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** A comment after a declaration is short. */
const MOST_BYTES = 2000;

/** A file of ours is not on the disk. */
function bytesOf(name: string): Buffer {
  try {
    return readFileSync(name);
  } catch {
    return Buffer.alloc(0);
  }
}
