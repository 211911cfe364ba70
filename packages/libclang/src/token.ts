/**
 * The tokens of a source: what the preprocessor sees.
 */
import { ARRAY, addressof, byref, c_uint, memmove, POINTER, sizeof } from "ctypes-js";
import { lib, text } from "./config.ts";
import { type Kind, TokenKind } from "./kinds.ts";
import { SourceLocation, SourceRange } from "./location.ts";
import { CXCursor, CXToken } from "./structures.ts";
import type { Unit } from "./unit.ts";

/**
 * A word, literal, punctuation mark or comment. `C` is the type of cursors: cursor.ts imports this file, so this file
 * cannot import it.
 */
export class Token<C = unknown> {
  readonly raw: CXToken;
  readonly #unit: Unit;
  readonly #toCursor: (raw: CXCursor) => C;

  constructor(raw: CXToken, unit: Unit, toCursor: (raw: CXCursor) => C) {
    this.raw = raw;
    this.#unit = unit;
    this.#toCursor = toCursor;
  }

  get kind(): Kind {
    return TokenKind.from_id(lib().clang_getTokenKind(this.raw));
  }
  get spelling(): string {
    return text(lib().clang_getTokenSpelling(this.#unit.pointer, this.raw));
  }
  get location(): SourceLocation {
    return new SourceLocation(lib().clang_getTokenLocation(this.#unit.pointer, this.raw), this.#unit);
  }
  get extent(): SourceRange {
    return new SourceRange(lib().clang_getTokenExtent(this.#unit.pointer, this.raw), this.#unit);
  }
  /** The cursor that the token belongs to. */
  get cursor(): C {
    const cursor = new CXCursor();
    lib().clang_annotateTokens(this.#unit.pointer, byref(this.raw), 1, byref(cursor));
    return this.#toCursor(cursor);
  }
}

const TokenLists = ARRAY(POINTER(CXToken), 1);

/** The tokens of a range, copied, so that libclang's own list is freed at once. */
export function tokensIn<C>(unit: Unit, range: SourceRange, toCursor: (raw: CXCursor) => C): Token<C>[] {
  const list = new TokenLists();
  const count = new c_uint();
  lib().clang_tokenize(unit.pointer, range.raw, list, byref(count));
  const start = list.at(0);
  if (start === null) return [];
  try {
    const first = addressof(start.contents);
    return Array.from({ length: count.value }, (_, i) => {
      const token = new CXToken();
      memmove(byref(token), first + i * sizeof(CXToken), sizeof(CXToken));
      return new Token(token, unit, toCursor);
    });
  } finally {
    lib().clang_disposeTokens(unit.pointer, start, count.value);
  }
}
