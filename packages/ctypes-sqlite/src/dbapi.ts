/**
 * `ctypes-sqlite/dbapi`: Python's DB-API 2.0, as its module sqlite3 has it. Re-exports, and the module's own few facts.
 */
import { lib, openLibrary } from "./library/library.ts";

export {
  adapt,
  adapters,
  type Converter,
  converters,
  PrepareProtocol,
  register_adapter,
  register_converter,
} from "./dbapi/adapt.ts";
export { Blob, type BlobOptions } from "./dbapi/blob.ts";
export { Connection, connect } from "./dbapi/connection.ts";
export * from "./dbapi/constants.ts";
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
  OverflowError,
  ProgrammingError,
  Warning,
} from "./dbapi/errors.ts";
export type { AggregateClass, WindowClass } from "./dbapi/functions.ts";
export type { BackupOptions, ConnectOptions, IsolationLevel } from "./dbapi/options.ts";
export { Row } from "./dbapi/row.ts";
export { PARSE_COLNAMES, PARSE_DECLTYPES, type RowFactory, type TextFactory } from "./dbapi/session.ts";

export const apilevel = "2.0";
export const paramstyle = "qmark";
/** Connections are not shared between threads. */
export const threadsafety = 1;
// A program may look at the version before it connects.
openLibrary();
/** The version of SQLite. */
export const sqlite_version: string = lib.sqlite3_libversion() ?? "";
export const sqlite_version_info: readonly number[] = sqlite_version.split(".").map(Number);

/** Bytes as they are bound. */
export function Binary(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** Whether `sql` ends with a complete statement. */
export function complete_statement(sql: string): boolean {
  return lib.sqlite3_complete(sql) !== 0;
}
