/**
 * Values of SQLite read as values of JavaScript: of columns, and of the arguments of user functions.
 *
 * A value is asked for its kind, then read by the one function for that kind. Text takes two calls: its characters up to a NUL, and its length in
 * bytes, which says whether there was a NUL inside.
 */
import { string_at } from "ctypes";
import { compile } from "ctypes/sequence";
import { SQLITE_BLOB, SQLITE_FLOAT, SQLITE_INTEGER, SQLITE_TEXT } from "../library/constants.ts";
import { calls, lib } from "../library/library.ts";

export type SqlValue = null | number | bigint | string | Uint8Array;

/** How integers and blobs read: what the faces differ in. */
export interface ReadingRules {
  /** A 64-bit integer as read: a number where that is exact, else a bigint. */
  readonly integer: (value: number | bigint) => unknown;
  /** Integers are bigints always, and `integer` is not asked. */
  readonly bigints?: boolean;
  readonly blob: (bytes: Uint8Array) => unknown;
  /** Throws for text whose bytes are no UTF-8, of the column of this name, or of an argument; absent where U+FFFD stands for such bytes. */
  readonly invalidText?: (bytes: Uint8Array, column: string | null) => never;
}

/** Reads column `i` of the current row of a statement. */
export type ColumnReader = (statement: number, i: number) => unknown;
/** Reads an argument of a user function. */
export type ValueReader = (value: number) => unknown;

/** Reads column `i` of the current row of a statement: one compiled function for each rules. */
export function columnReader(rules: ReadingRules): ColumnReader {
  const { scope, read } = columnCode(rules);
  const compiled = compile<ColumnReader>(`function (s, i) { let v; ${read("v", "i")} return v; }`, scope);
  return compiled ?? ((statement, i) => plainColumn(statement, i, rules));
}

/**
 * How a column is read, as source to be compiled: `read` gives statements that read column `i` of statement `s` into a variable. Its kind is asked for,
 * unless it is known.
 */
export interface ColumnCode {
  readonly scope: Readonly<Record<string, unknown>>;
  readonly read: (into: string, i: number | string, kind?: string) => string;
}

export function columnCode(rules: ReadingRules): ColumnCode {
  const { integer, blob, bigints } = rules;
  const accept = (v: string) =>
    bigints
      ? ""
      : `if (!(typeof ${v} === "number" && ${v} <= 9007199254740991 && ${v} >= -9007199254740991)) ${v} = integer(${v});`;
  return {
    scope: {
      type: calls.columnType,
      readInteger: bigints ? calls.columnBigInt : calls.columnInteger,
      integer,
      double: calls.columnDouble,
      text: calls.columnText,
      bytes: calls.columnBytes,
      exact: exactColumnText,
      blob,
      columnBytes,
      checked: (s: number, i: number) => checkedColumnText(s, i, rules),
    },
    read: (v, i, kind = `type(s, ${i})`) => `
      switch (${kind}) {
        case ${SQLITE_INTEGER}: ${v} = readInteger(s, ${i}); ${accept(v)} break;
        case ${SQLITE_FLOAT}: ${v} = double(s, ${i}); break;
        case ${SQLITE_TEXT}: ${v} = text(s, ${i}); if (${v} === null || bytes(s, ${i}) !== ${v}.length) ${v} = exact(s, ${i}, ${v}); ${textCheck(v, i, rules)} break;
        case ${SQLITE_BLOB}: ${v} = blob(columnBytes(s, ${i})); break;
        default: ${v} = null;
      }`,
  };
}

/** Source that looks at text that was read into a variable, where the rules want its bytes to be UTF-8. */
export function textCheck(v: string, i: number | string, { invalidText }: ReadingRules): string {
  return invalidText === undefined ? "" : `if (${v}.includes("\\ufffd")) ${v} = checked(s, ${i});`;
}

/** Reads column `i` as a value of the kind that it was asked for before anything may have converted it. */
export type KindReader = (statement: number, i: number, kind: number) => unknown;

export function kindReader(rules: ReadingRules): KindReader | null {
  const { scope, read } = columnCode(rules);
  return compile<KindReader>(`function (s, i, kind) { let v; ${read("v", "i", "kind")} return v; }`, scope);
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

function plainColumn(statement: number, i: number, rules: ReadingRules): unknown {
  const { integer, blob, bigints, invalidText } = rules;
  switch (calls.columnType(statement, i)) {
    case SQLITE_INTEGER: {
      if (bigints) return calls.columnBigInt(statement, i);
      const value = calls.columnInteger(statement, i);
      return Number.isSafeInteger(value) ? value : integer(value);
    }
    case SQLITE_FLOAT:
      return calls.columnDouble(statement, i);
    case SQLITE_TEXT: {
      const text = calls.columnText(statement, i);
      const isAll = text !== null && calls.columnBytes(statement, i) === text.length;
      const all = isAll ? text : exactColumnText(statement, i, text);
      return invalidText !== undefined && all.includes("\ufffd") ? checkedColumnText(statement, i, rules) : all;
    }
    case SQLITE_BLOB:
      return blob(columnBytes(statement, i));
    default:
      return null;
  }
}

function columnBytes(statement: number, i: number): Uint8Array {
  return copy(calls.columnBlob(statement, i), calls.columnBytes(statement, i));
}

function exactColumnText(statement: number, i: number, text: string | null): string {
  return exact(text, calls.columnBlob(statement, i), calls.columnBytes(statement, i));
}

function checkedColumnText(statement: number, i: number, { invalidText }: ReadingRules): string {
  const name = lib.sqlite3_column_name(statement, i);
  return checkedText(columnBytes(statement, i), (bytes) => invalidText?.(bytes, name));
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

/** `text` if it is all of these bytes: not so when there is a NUL inside, or U+FFFD stands for bytes that are no UTF-8. */
function exact(text: string | null, address: number | null, length: number): string {
  if (text === null) throw new RangeError("SQLite is out of memory");
  if (Buffer.byteLength(text) === length && !text.includes("\ufffd")) return text;
  return address === null ? "" : textAt(address, length);
}

/** SQLite gives NULL for an empty blob. */
function copy(address: number | null, length: number): Uint8Array {
  return address === null || length === 0 ? new Uint8Array(0) : string_at(address, length);
}
