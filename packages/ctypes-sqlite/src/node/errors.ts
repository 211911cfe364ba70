/**
 * Errors as node:sqlite has them: a class of JavaScript, and a `code`.
 */
import { lib } from "../library/library.ts";

/** An error of SQLite: `errcode` is the extended result code, `errstr` what it means. */
export interface SqliteError extends Error {
  readonly code: "ERR_SQLITE_ERROR";
  readonly errcode: number;
  readonly errstr: string;
}

export function sqliteError(message: string, errcode: number): SqliteError {
  const errstr = lib.sqlite3_errstr(errcode) ?? "unknown error";
  return Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR" as const, errcode, errstr });
}

export function invalidState(message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_INVALID_STATE" });
}

export function databaseNotOpen(): Error {
  return invalidState("database is not open");
}

export function invalidType(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}

export function invalidValue(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}

export function outOfRange(message: string): RangeError {
  return Object.assign(new RangeError(message), { code: "ERR_OUT_OF_RANGE" });
}

export function illegalConstructor(): Error {
  return Object.assign(new Error("Illegal constructor"), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
}
