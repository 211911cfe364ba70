/**
 * The face of ctypes-sqlite: node:sqlite's API. Nothing but re-exports.
 */
export type { BackupProgress } from "./core/backup.ts";
export type { SqlValue } from "./core/values.ts";
export { type BackupOptions, backup } from "./node/backup.ts";
export { constants } from "./node/constants.ts";
export {
  type AggregateOptions,
  type ChangesetOptions,
  DatabaseSync,
  type DatabaseSyncOptions,
  type FunctionOptions,
} from "./node/database.ts";
export type { SqliteError } from "./node/errors.ts";
export type { DatabaseLimits } from "./node/limits.ts";
export { Session } from "./node/session.ts";
export {
  type Changes,
  type ColumnMetadata,
  type NamedParameters,
  type Parameters,
  type StatementOptions,
  StatementSync,
  type SupportedValue,
} from "./node/statement.ts";
export type { SQLTagStore } from "./node/tagstore.ts";
