/**
 * The face of ctypes-sqlite: node:sqlite's API. Re-exports, and the same as one object.
 */

export type { BackupProgress } from "./core/backup.ts";
export type { Authorizer } from "./core/hooks.ts";
export type { SqlValue } from "./core/reading.ts";
export { type BackupOptions, backup } from "./node/backup.ts";
export type { ChangesetOptions } from "./node/changeset.ts";
export { constants } from "./node/constants.ts";
export { Database, DatabaseSync } from "./node/database.ts";
export type { SqliteError } from "./node/errors.ts";
export type { AggregateOptions, FunctionOptions } from "./node/functions.ts";
export type { DatabaseLimits } from "./node/limits.ts";
export type { ModuleColumn, ModuleOptions } from "./node/module.ts";
export { Session } from "./node/session.ts";
export type { DatabaseSyncOptions } from "./node/settings.ts";
export { sqlite as default } from "./node/sqlite.ts";
export {
  type Changes,
  type ColumnMetadata,
  type NamedParameters,
  Statement,
  type StatementOptions,
  StatementSync,
  type SupportedValue,
  type SupportedValues,
} from "./node/statement.ts";
export type { SQLTagStore } from "./node/tagstore.ts";
