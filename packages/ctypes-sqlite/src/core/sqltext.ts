/**
 * SQL as SQLite reads it: one statement after the other.
 *
 * Where a statement ends is SQLite's to say (the tail of `sqlite3_prepare`). What is looked at here is only whether
 * anything but white space and comments follows; preparing that to find out would run PRAGMAs, some of which act
 * while they are prepared. Each byte is looked at once.
 */
import { c_void_p, cast } from "ctypes-js";

export class SqlText {
  /** UTF-8 up to a NUL. */
  readonly #bytes: Buffer;
  readonly #address: number;
  /** Where the statement that was prepared last begins, and where SQLite found its end. */
  #start = 0;
  #end = 0;

  constructor(sql: string) {
    this.#bytes = Buffer.from(`${sql}\0`);
    this.#address = cast(this.#bytes, c_void_p).value as number;
  }

  /** The address of what is to be prepared next. */
  get next(): number {
    return this.#address + this.#end;
  }

  /** How many bytes are left from there, with the NUL: SQLite copies SQL whose NUL it is not told of. */
  get byteLength(): number {
    return this.#bytes.length - this.#end;
  }

  /** Takes note of the tail that SQLite gave for the statement at {@link next}. */
  advanceTo(tail: number): void {
    this.#start = this.#end;
    this.#end = tail - this.#address;
  }

  /** The SQL of the statement that was prepared last. */
  get head(): string {
    return this.#bytes.toString("utf8", this.#start, this.#end);
  }

  /** Whether all has been prepared. */
  get isAtEnd(): boolean {
    return this.#bytes[this.#end] === 0;
  }

  /** Whether anything but white space and comments follows; semicolons are nothing either where `semicolons`. */
  hasMore(semicolons: boolean): boolean {
    return this.#bytes[skipBlank(this.#bytes, this.#end, semicolons)] !== 0;
  }
}

/** The first word of SQL, in capitals: what follows white space and comments. */
export function firstWord(sql: string): string {
  const bytes = Buffer.from(`${sql}\0`);
  const start = skipBlank(bytes, 0, false);
  let end = start;
  while (isLetter(bytes[end] as number)) end++;
  return bytes.toString("latin1", start, end).toUpperCase();
}

// -- Private ---------------------------------------------------------------------------------------

const NUL = 0;
const [NEWLINE, SPACE, STAR, MINUS, SLASH, SEMICOLON] = [..."\n *-/;"].map((c) => c.charCodeAt(0));

/**
 * The place of the first byte from `at` on that is neither white space nor in a comment; of the NUL when there is
 * none.
 */
function skipBlank(bytes: Uint8Array, at: number, semicolons: boolean): number {
  let i = at;
  for (;;) {
    const byte = bytes[i] as number;
    if (byte === SPACE || (byte >= 9 && byte <= 13) || (semicolons && byte === SEMICOLON)) i++;
    else if (byte === MINUS && bytes[i + 1] === MINUS) i = endOfLine(bytes, i + 2);
    else if (byte === SLASH && bytes[i + 1] === STAR) i = endOfComment(bytes, i + 2);
    else return i;
  }
}

function endOfLine(bytes: Uint8Array, at: number): number {
  let i = at;
  while (bytes[i] !== NUL && bytes[i] !== NEWLINE) i++;
  return i;
}

/** A comment that is not closed goes on to the end. */
function endOfComment(bytes: Uint8Array, at: number): number {
  let i = at;
  while (bytes[i] !== NUL && !(bytes[i] === STAR && bytes[i + 1] === SLASH)) i++;
  return bytes[i] === NUL ? i : i + 2;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 97 && lower <= 122;
}
