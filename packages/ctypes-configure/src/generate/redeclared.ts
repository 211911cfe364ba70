/**
 * Functions and variables that a header declares several times: each declaration may say something that the others do
 * not.
 */
import { type Cursor, CursorKind } from "ctypes-libclang";
import { constantOf } from "./values.ts";

export class Redeclared {
  /** C has one name space for them in a file. */
  readonly #all = new Map<string, Cursor[]>();

  constructor(cursors: readonly Cursor[]) {
    for (const cursor of cursors) {
      if (cursor.kind !== CursorKind.FUNCTION_DECL && cursor.kind !== CursorKind.VAR_DECL) continue;
      const { spelling } = cursor;
      const known = this.#all.get(spelling);
      if (known === undefined) this.#all.set(spelling, [cursor]);
      else known.push(cursor);
    }
  }

  /** All declarations of what `cursor` declares. */
  of(cursor: Cursor): readonly Cursor[] {
    return this.#all.get(cursor.spelling) ?? [cursor];
  }

  /** The last, which has the type that they make together, and the name of the symbol. */
  last(cursor: Cursor): Cursor {
    return this.of(cursor).at(-1) ?? cursor;
  }

  /** The value of a variable, by the declaration that gives one; null where none does. */
  constantOf(cursor: Cursor): ReturnType<typeof constantOf> {
    return this.of(cursor).reduce((value: ReturnType<typeof constantOf>, one) => value ?? constantOf(one), null);
  }
}
