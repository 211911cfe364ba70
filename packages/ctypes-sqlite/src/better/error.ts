/**
 * `SqliteError`: an error of SQLite as better-sqlite3 has it, its code the name of SQLite's extended result code.
 */
export interface SqliteError extends Error {
  readonly code: string;
}

export interface SqliteErrorConstructor {
  new (message: unknown, code: string): SqliteError;
  (message: unknown, code: string): SqliteError;
  readonly prototype: SqliteError;
}

/** An error of SQLite; a function, so that it can be called without `new`. @throws TypeError for a code that is no string. */
export const SqliteError = function SqliteError(message: unknown, code: unknown): SqliteError {
  if (typeof code !== "string") throw new TypeError("Expected second argument to be a string");
  const error = Object.create(SqliteError.prototype);
  const hidden = { writable: true, enumerable: false, configurable: true };
  Object.defineProperty(error, "message", { ...hidden, value: `${message}` });
  Object.defineProperty(error, "code", { ...hidden, value: code });
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

/** The name of an extended result code: `SQLITE_CONSTRAINT_UNIQUE`. */
export function codeName(code: number): string {
  const primary = PRIMARY[code & 0xff];
  if (primary === undefined) return `UNKNOWN_SQLITE_ERROR_${code}`;
  const extension = code >> 8;
  if (extension === 0) return `SQLITE_${primary}`;
  const extended = EXTENDED[primary]?.split(" ")[extension - 1];
  return extended === undefined || extended === "-" ? `UNKNOWN_SQLITE_ERROR_${code}` : `SQLITE_${primary}_${extended}`;
}

// -- Private ---------------------------------------------------------------------------------------

const PRIMARY: Readonly<Record<number, string>> = {
  ...(
    "OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA " +
    "TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB NOTICE WARNING"
  ).split(" "),
  100: "ROW",
  101: "DONE",
};

/** In the order of their numbers from 1; `-` where there is none. */
const EXTENDED: Readonly<Record<string, string>> = {
  OK: "LOAD_PERMANENTLY SYMLINK",
  ERROR: "MISSING_COLLSEQ RETRY SNAPSHOT",
  ABORT: "- ROLLBACK",
  BUSY: "RECOVERY SNAPSHOT TIMEOUT",
  LOCKED: "SHAREDCACHE VTAB",
  READONLY: "RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY",
  IOERR:
    "READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED NOMEM ACCESS CHECKRESERVEDLOCK LOCK CLOSE " +
    "DIR_CLOSE SHMOPEN SHMSIZE SHMLOCK SHMMAP SEEK DELETE_NOENT MMAP GETTEMPPATH CONVPATH VNODE AUTH BEGIN_ATOMIC COMMIT_ATOMIC " +
    "ROLLBACK_ATOMIC DATA CORRUPTFS IN_PAGE",
  CORRUPT: "VTAB SEQUENCE INDEX",
  CANTOPEN: "NOTEMPDIR ISDIR FULLPATH CONVPATH DIRTYWAL SYMLINK",
  CONSTRAINT: "CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB ROWID PINNED DATATYPE",
  AUTH: "USER",
  NOTICE: "RECOVER_WAL RECOVER_ROLLBACK",
  WARNING: "AUTOINDEX",
};
