/**
 * `SqliteError`: an error of SQLite as better-sqlite3 has it, its code the name of SQLite's extended result code.
 */
import { codeName } from "../library/codes.ts";

export interface SqliteError extends Error {
  readonly code: string;
}

export interface SqliteErrorConstructor {
  new (message: unknown, code: string): SqliteError;
  (message: unknown, code: string): SqliteError;
  readonly prototype: SqliteError;
}

/**
 * An error of SQLite; a function, so that it can be called without `new`.
 *
 * @throws TypeError for a code that is no string.
 */
export const SqliteError = function SqliteError(message: unknown, code: unknown): SqliteError {
  if (typeof code !== "string") throw new TypeError("Expected second argument to be a string");
  // With `new`, of the class that was asked for; a real error, which logs and clones know as one.
  const error = Reflect.construct(Error, [`${message}`], new.target ?? SqliteError) as SqliteError & { code: string };
  // Programs copy errors by their enumerable properties.
  error.code = code;
  Error.captureStackTrace(error, SqliteError);
  return error;
} as unknown as SqliteErrorConstructor;
// Bundlers rename what is declared twice.
Object.defineProperty(SqliteError, "name", { value: "SqliteError" });
Object.setPrototypeOf(SqliteError, Error);
Object.setPrototypeOf(SqliteError.prototype, Error.prototype);
Object.defineProperty(SqliteError.prototype, "name", { value: "SqliteError", writable: true, configurable: true });

export function sqliteError(message: string, code: number): SqliteError {
  return new SqliteError(message, codeName(code));
}
