/**
 * Values of SQLite read as values of JavaScript: of columns, and of the arguments of user functions.
 *
 * A value is asked for its kind, then read by the one function for that kind. Text takes two calls: its characters
 * up to a NUL, and its length in bytes, which says whether there was a NUL inside.
 */
import { string_at } from "ctypes-js";
import { anew } from "ctypes-js/sequence";
import { SQLITE_BLOB, SQLITE_FLOAT, SQLITE_INTEGER, SQLITE_TEXT } from "../library/constants.ts";
import { type Calls, calls, lib } from "../library/library.ts";

export type SqlValue = null | number | bigint | string | Uint8Array;

/** How integers and blobs read: what the faces differ in. */
export interface ReadingRules {
  /** A 64-bit integer as read: a number where that is exact, else a bigint. */
  readonly integer: (value: number | bigint) => unknown;
  /** Integers are bigints always, and `integer` is not asked. */
  readonly bigints?: boolean;
  readonly blob: (bytes: Uint8Array) => unknown;
  /**
   * Throws for text whose bytes are no UTF-8, of the column of this name, or of an argument; absent where U+FFFD
   * stands for such bytes.
   */
  readonly invalidText?: (bytes: Uint8Array, column: string | null) => never;
}

/** Reads column `i` of the current row of a statement, whose value is of this kind before anything converts it. */
export type ColumnReader = (statement: number, i: number, kind: number) => unknown;
/** Reads an argument of a user function. */
export type ValueReader = (value: number) => unknown;

/** The reader of columns by these rules: one function for each rules. */
export function columnReader(rules: ReadingRules): ColumnReader {
  let reader = readers.get(rules);
  if (reader === undefined) {
    const checked = rules.invalidText && checkedColumnText;
    const parts = { calls, kinds: KINDS, rules, exactText, checkedText: checked, bytesOf };
    readers.set(rules, (reader = anew(makeReader, parts)));
  }
  return reader;
}

/** The text of column `i`, of which `text` is what comes before a NUL. */
export function exactText(statement: number, i: number, text: string | null): string {
  return exact(text, calls.columnBlob(statement, i), calls.columnBytes(statement, i));
}

export function valueReader({ integer, blob, bigints, invalidText }: ReadingRules): ValueReader {
  return (value) => {
    switch (calls.valueType(value)) {
      case SQLITE_INTEGER:
        return bigints ? calls.valueBigInt(value) : integer(calls.valueInteger(value));
      case SQLITE_FLOAT:
        return calls.valueDouble(value);
      case SQLITE_TEXT: {
        const text = calls.valueText(value);
        const length = calls.valueBytes(value);
        const all = text !== null && text.length === length ? text : exact(text, calls.valueBlob(value), length);
        if (invalidText === undefined || !all.includes("\ufffd")) return all;
        return checkedText(copy(calls.valueBlob(value), length), (bytes) => invalidText(bytes, null));
      }
      case SQLITE_BLOB:
        return blob(copy(calls.valueBlob(value), calls.valueBytes(value)));
      default:
        return null;
    }
  };
}

/** `length` bytes of UTF-8 at an address, also with NULs among them. */
export function textAt(address: number, length: number): string {
  if (length === 0) return "";
  const bytes = string_at(address, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("utf8");
}

// -- Private ---------------------------------------------------------------------------------------

const readers = new WeakMap<ReadingRules, ColumnReader>();

const KINDS = { INTEGER: SQLITE_INTEGER, FLOAT: SQLITE_FLOAT, TEXT: SQLITE_TEXT, BLOB: SQLITE_BLOB };

interface ReaderParts {
  readonly calls: Calls;
  readonly kinds: typeof KINDS;
  readonly rules: ReadingRules;
  readonly exactText: typeof exactText;
  readonly checkedText: typeof checkedColumnText | undefined;
  readonly bytesOf: typeof bytesOf;
}

// Evaluated anew for each rules, and so made of nothing but its parts.
function makeReader({ calls, kinds, rules, exactText, checkedText, bytesOf }: ReaderParts): ColumnReader {
  const { columnInteger, columnBigInt, columnDouble, columnText, columnBytes } = calls;
  const { INTEGER, FLOAT, TEXT, BLOB } = kinds;
  const { integer, bigints, blob } = rules;
  return (statement, i, kind) => {
    if (kind === TEXT) {
      let text = columnText(statement, i);
      if (text === null || columnBytes(statement, i) !== text.length) text = exactText(statement, i, text);
      return checkedText !== undefined && text.includes("\ufffd") ? checkedText(statement, i, rules) : text;
    }
    if (kind === INTEGER) {
      if (bigints) return columnBigInt(statement, i);
      const value = columnInteger(statement, i);
      const isSafe = typeof value === "number" && value <= 9007199254740991 && value >= -9007199254740991;
      return isSafe ? value : integer(value);
    }
    if (kind === FLOAT) return columnDouble(statement, i);
    return kind === BLOB ? blob(bytesOf(statement, i)) : null;
  };
}

/** The bytes of column `i`. */
function bytesOf(statement: number, i: number): Uint8Array {
  return copy(calls.columnBlob(statement, i), calls.columnBytes(statement, i));
}

function checkedColumnText(statement: number, i: number, { invalidText }: ReadingRules): string {
  const name = lib.sqlite3_column_name(statement, i);
  return checkedText(bytesOf(statement, i), (bytes) => invalidText?.(bytes, name));
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of these bytes. `refuse` throws where they are no UTF-8. */
function checkedText(bytes: Uint8Array, refuse: (bytes: Uint8Array) => void): string {
  try {
    return strictDecoder.decode(bytes);
  } catch (error) {
    refuse(bytes);
    throw error;
  }
}

/**
 * `text` if it is all of these bytes: not so when there is a NUL inside, or U+FFFD stands for bytes that are no
 * UTF-8.
 */
function exact(text: string | null, address: number | null, length: number): string {
  if (text === null) throw new RangeError("SQLite is out of memory");
  if (Buffer.byteLength(text) === length && !text.includes("\ufffd")) return text;
  return address === null ? "" : textAt(address, length);
}

/** SQLite gives NULL for an empty blob. */
function copy(address: number | null, length: number): Uint8Array {
  return address === null || length === 0 ? new Uint8Array(0) : string_at(address, length);
}
