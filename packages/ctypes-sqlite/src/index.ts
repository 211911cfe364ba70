/**
 * The face of ctypes-sqlite: node:sqlite's API. Re-exports, and the same as one object, which is what `require` gives.
 */
import { backup } from "./node/backup.ts";
import { constants } from "./node/constants.ts";
import { Database, DatabaseSync } from "./node/database.ts";
import { Session } from "./node/session.ts";
import { Statement, StatementSync } from "./node/statement.ts";

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

/** The module as one object. */
interface Sqlite {
  Database: typeof Database;
  DatabaseSync: typeof DatabaseSync;
  Statement: typeof Statement;
  StatementSync: typeof StatementSync;
  Session: typeof Session;
  constants: typeof constants;
  backup: typeof backup;
}

const sqlite: Sqlite = { Database, DatabaseSync, Statement, StatementSync, Session, constants, backup };

export { sqlite as default, sqlite as "module.exports" };
