/**
 * `ctypes-sqlite/better`: better-sqlite3's API. Nothing but re-exports.
 */

export type { BackupOptions } from "./better/backup.ts";
// `require` gives the class itself, as of better-sqlite3: the manifest says so.
export {
  Database,
  Database as default,
  type DatabaseOptions,
} from "./better/database.ts";
export { SqliteError } from "./better/error.ts";
export type { AggregateOptions, FunctionOptions } from "./better/functions.ts";
export { type BindParameters, type ColumnDefinition, type RunResult, Statement } from "./better/statement.ts";
export type { TableDefinition, TableFactory } from "./better/table.ts";
export type { Transaction } from "./better/transaction.ts";
export type { BackupProgress } from "./core/backup.ts";
