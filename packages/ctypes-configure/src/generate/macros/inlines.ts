/**
 * `static inline` functions of headers that are one `return` of an expression. They have types, unlike macros.
 */
import { type Cursor, CursorKind, StorageClass } from "ctypes-libclang";
import { expanded, type Find, Untranslated } from "./expand.ts";
import { parsed } from "./grammar.ts";
import type { Inline, NamesInScope } from "./syntax.ts";
import { functionSourceOf, type Token, tokensOf } from "./tokens.ts";
import { codeOf } from "./words.ts";

export class Inlines {
  readonly #cursors: ReadonlyMap<string, Cursor>;
  readonly #find: Find;
  readonly #open = new Set<string>();

  constructor(all: readonly Cursor[], find: Find) {
    this.#cursors = new Map(
      all.flatMap((cursor) =>
        cursor.kind === CursorKind.FUNCTION_DECL && isInline(cursor) ? [[cursor.spelling, cursor] as const] : [],
      ),
    );
    this.#find = find;
  }

  has(name: string): boolean {
    return this.#cursors.has(name);
  }

  /** Null where there is no such function. @throws Untranslated where there is one, and it is no expression. */
  get(name: string, names: NamesInScope): Inline | null {
    return this.has(name) ? this.described(name, names) : null;
  }

  /** @throws Untranslated */
  described(name: string, names: NamesInScope): Inline {
    if (this.#open.has(name)) throw new Untranslated(`${name} calls itself`);
    this.#open.add(name);
    try {
      const cursor = this.#cursor(name);
      const parameters = cursor.get_arguments().map((argument) => {
        const code = codeOf(argument.type);
        if (code === null) throw new Untranslated("it takes a pointer, or a structure");
        return { name: argument.spelling, code };
      });
      const own = codeOf(cursor.result_type);
      if (own === null) throw new Untranslated("it gives no number");
      return { name, parameters, result: own, body: parsed(this.tokensOf(name), names) };
    } finally {
      this.#open.delete(name);
    }
  }

  /** The expression that it returns, expanded. @throws Untranslated */
  tokensOf(name: string): readonly Token[] {
    const cursor = this.#cursor(name);
    const all = tokensOf(functionSourceOf(cursor));
    const start = all.findIndex(({ text }) => text === "{");
    const body = all.slice(start + 1, -1);
    const [first, ...rest] = body;
    const end = rest.findIndex(({ text }) => text === ";");
    if (start < 0 || first?.text !== "return" || end < 0 || end !== rest.length - 1)
      throw new Untranslated("it is more than one expression");
    const words = new Set(cursor.get_arguments().map((argument) => argument.spelling));
    const tokens = rest.slice(0, end).map((token): Token => {
      return token.kind === "word" && words.has(token.text) ? { ...token, kind: "parameter" } : token;
    });
    return expanded(tokens, this.#find);
  }

  /** The function as the header has it, in one line. */
  textOf(name: string): string {
    return functionSourceOf(this.#cursor(name))
      .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, " ")
      .replace(/\s+/g, " ")
      .trim();
  }

  #cursor(name: string): Cursor {
    const cursor = this.#cursors.get(name);
    if (cursor === undefined) throw new Untranslated(`${name} has no body`);
    return cursor;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function isInline(cursor: Cursor): boolean {
  return cursor.storage_class === StorageClass.STATIC && functionSourceOf(cursor) !== "";
}
