/**
 * The face of ctypes-sqlite: node:sqlite's API. Nothing but re-exports.
 */
export type { BackupProgress } from "./core/backup.ts";
export type { SqlValue } from "./core/values.ts";
export { type BackupOptions, backup } from "./node/backup.ts";
export type { ChangesetOptions } from "./node/changeset.ts";
export { constants } from "./node/constants.ts";
export { DatabaseSync } from "./node/database.ts";
export type { SqliteError } from "./node/errors.ts";
export type { AggregateOptions, Authorizer, FunctionOptions } from "./node/functions.ts";
export type { DatabaseLimits } from "./node/limits.ts";
export { Session } from "./node/session.ts";
export type { DatabaseSyncOptions } from "./node/settings.ts";
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
