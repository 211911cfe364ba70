/**
 * The exceptions of Python's DB-API: the tree of PEP 249, and which of them each result code of SQLite is.
 */
import { includes } from "../core/lists.ts";
import { codeName } from "../library/codes.ts";

/** Something important that is no error. PEP 249 wants it; nothing throws it. */
export class Warning extends globalThis.Error {
  override readonly name: string = "Warning";
}

/** What all errors are. Those of SQLite say which of its codes they are. */
class DbError extends globalThis.Error {
  static override readonly name: string = "Error";
  override readonly name: string = "Error";
  /** SQLite's extended result code. */
  sqlite_errorcode?: number;
  /** Its name: `SQLITE_CONSTRAINT_UNIQUE`. */
  sqlite_errorname?: string;
}

export { DbError as Error };

/** The interface was used in a wrong way. */
export class InterfaceError extends DbError {
  override readonly name: string = "InterfaceError";
}

/** The database had a problem. */
export class DatabaseError extends DbError {
  override readonly name: string = "DatabaseError";
}

/** SQLite is in a state that should not be. */
export class InternalError extends DatabaseError {
  override readonly name: string = "InternalError";
}

/** The database's operation failed, not always by the program's fault. */
export class OperationalError extends DatabaseError {
  override readonly name: string = "OperationalError";
}

/** The program did what it may not. */
export class ProgrammingError extends DatabaseError {
  override readonly name: string = "ProgrammingError";
}

/** A constraint was violated. */
export class IntegrityError extends DatabaseError {
  override readonly name: string = "IntegrityError";
}

/** A value is too large, or of no kind that fits. */
export class DataError extends DatabaseError {
  override readonly name: string = "DataError";
}

/** SQLite has no such thing. */
export class NotSupportedError extends DatabaseError {
  override readonly name: string = "NotSupportedError";
}

/** All of them by name. */
export const exceptions = {
  Warning,
  Error: DbError,
  InterfaceError,
  DatabaseError,
  InternalError,
  OperationalError,
  ProgrammingError,
  IntegrityError,
  DataError,
  NotSupportedError,
} as const;

/**
 * Python's built-in error for an integer of more than 64 bits. The nearest that JavaScript has is a RangeError, so
 * it is one of those.
 */
export class OverflowError extends RangeError {
  override readonly name: string = "OverflowError";
}

export function databaseClosed(): ProgrammingError {
  return new ProgrammingError("Cannot operate on a closed database.");
}

/** SQLite's error as the exception of the DB-API. */
export function databaseError(message: string, code: number): DbError {
  const error = new (classOf(code & 0xff))(message);
  error.sqlite_errorcode = code;
  error.sqlite_errorname = codeName(code);
  return error;
}

// -- Private ---------------------------------------------------------------------------------------

/** sqlite3.h: the primary result codes. */
const CLASSES: ReadonlyMap<typeof DbError, readonly number[]> = new Map<typeof DbError, readonly number[]>([
  [InternalError, [2, 12]],
  [OperationalError, [1, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17]],
  [DataError, [18]],
  [IntegrityError, [19, 20]],
  [InterfaceError, [21, 25]],
]);

function classOf(code: number): typeof DbError {
  for (const [type, codes] of CLASSES) if (includes(codes, code)) return type;
  return DatabaseError;
}
