/**
 * Values of JavaScript given to SQLite: bound to parameters, and returned by user functions.
 *
 * Both give a status: SQLite's own, or one of those below for what no value of SQLite is. The faces put it into
 * their words.
 */
import { SQLITE_OK, SQLITE_STATIC, SQLITE_TOOBIG, SQLITE_TRANSIENT } from "../library/constants.ts";
import { calls, lib } from "../library/library.ts";
import { bytesOf } from "./bytes.ts";
import type { Prepared } from "./prepared.ts";

/** The value is of no kind that SQLite has. */
export const UNSUPPORTED = -1;
/** The bigint has more than 64 bits. */
export const TOO_LARGE = -2;

/**
 * Binds parameter `index`, which counts from 1. Numbers are reals, as in node:sqlite and better-sqlite3; a column's
 * affinity makes them integers.
 */
export function bindValue(statement: number, index: number, value: unknown, prepared: Prepared): number {
  switch (typeof value) {
    case "number":
      return calls.bindDouble(statement, index, value);
    case "string":
      return bindText(statement, index, value, prepared);
    case "bigint":
      return isInt64(value) ? calls.bindInteger(statement, index, value) : TOO_LARGE;
    case "object":
      if (value === null) return calls.bindNull(statement, index);
      return ArrayBuffer.isView(value) ? bindBytes(statement, index, value) : UNSUPPORTED;
    default:
      return UNSUPPORTED;
  }
}

/** Gives `value` as the result of the user function that runs in `context`. */
export function giveResult(context: number, value: unknown): number {
  switch (typeof value) {
    case "number":
      calls.resultDouble(context, value);
      return SQLITE_OK;
    case "string":
      resultText(context, value);
      return SQLITE_OK;
    case "bigint":
      if (!isInt64(value)) return TOO_LARGE;
      calls.resultInteger(context, value);
      return SQLITE_OK;
    case "undefined":
      calls.resultNull(context);
      return SQLITE_OK;
    case "object":
      if (value === null) calls.resultNull(context);
      else if (ArrayBuffer.isView(value)) resultBytes(context, value);
      else return UNSUPPORTED;
      return SQLITE_OK;
    default:
      return UNSUPPORTED;
  }
}

/** Ends the user function that runs in `context` with an error of SQLite. */
export function giveError(context: number, message: string): void {
  lib.sqlite3_result_error(context, message.replaceAll("\0", "\ufffd"), -1);
}

export function isInt64(value: bigint): boolean {
  return value >= -0x8000000000000000n && value <= 0x7fffffffffffffffn;
}

// -- Private ---------------------------------------------------------------------------------------

/** A length is an `int` in C. */
const MOST_BYTES = 0x7fffffff;

// A string with a NUL inside is refused as `char *`, which would end there; SQLite takes it with its length.
function bindText(statement: number, index: number, text: string, prepared: Prepared): number {
  const address = prepared.texts?.place(text) ?? 0;
  if (address !== 0) return calls.bindPlacedText(statement, index, address, text.length, SQLITE_STATIC);
  try {
    return calls.bindText(statement, index, text, -1, SQLITE_TRANSIENT);
  } catch (error) {
    if (!text.includes("\0")) throw error;
    const bytes = Buffer.from(text);
    return calls.bindText(statement, index, bytes, bytes.length, SQLITE_TRANSIENT);
  }
}

function resultText(context: number, text: string): void {
  try {
    calls.resultText(context, text, -1, SQLITE_TRANSIENT);
  } catch (error) {
    if (!text.includes("\0")) throw error;
    const bytes = Buffer.from(text);
    calls.resultText(context, bytes, bytes.length, SQLITE_TRANSIENT);
  }
}

function bindBytes(statement: number, index: number, view: ArrayBufferView): number {
  const bytes = bytesOf(view);
  if (bytes.length === 0) return calls.bindZeroBlob(statement, index, 0);
  if (bytes.length > MOST_BYTES) return SQLITE_TOOBIG;
  return calls.bindBlob(statement, index, bytes as never, bytes.length, SQLITE_TRANSIENT);
}

function resultBytes(context: number, view: ArrayBufferView): void {
  const bytes = bytesOf(view);
  if (bytes.length === 0) calls.resultZeroBlob(context, 0);
  else if (bytes.length > MOST_BYTES) lib.sqlite3_result_error_toobig(context);
  else calls.resultBlob(context, bytes as never, bytes.length, SQLITE_TRANSIENT);
}
