/**
 * `ctypes-sqlite/dbapi`: Python's DB-API 2.0, as its module sqlite3 has it. Re-exports, and the module's own few facts.
 */
import { lib } from "./library/library.ts";

export { adapt, type Converter, PrepareProtocol, register_adapter, register_converter } from "./dbapi/adapt.ts";
export { Blob, type BlobOptions } from "./dbapi/blob.ts";
export {
  type AggregateClass,
  type BackupOptions,
  Connection,
  type ConnectOptions,
  connect,
  type IsolationLevel,
  type WindowClass,
} from "./dbapi/connection.ts";
export { type ColumnDescription, Cursor, type SqlParameters } from "./dbapi/cursor.ts";
export {
  DatabaseError,
  DataError,
  Error,
  IntegrityError,
  InterfaceError,
  InternalError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  Warning,
} from "./dbapi/errors.ts";
export { Row } from "./dbapi/row.ts";
export { PARSE_COLNAMES, PARSE_DECLTYPES, type RowFactory, type TextFactory } from "./dbapi/session.ts";

export const apilevel = "2.0";
export const paramstyle = "qmark";
/** Connections are not shared between threads. */
export const threadsafety = 1;
/** The version of SQLite. */
export const sqlite_version: string = lib.sqlite3_libversion() ?? "";
export const sqlite_version_info: readonly number[] = sqlite_version.split(".").map(Number);

export const SQLITE_OK = 0;
export const SQLITE_DENY = 1;
export const SQLITE_IGNORE = 2;

/** Whether `sql` ends with a complete statement. */
export function complete_statement(sql: string): boolean {
  return lib.sqlite3_complete(sql) !== 0;
}
