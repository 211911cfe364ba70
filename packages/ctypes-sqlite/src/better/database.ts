/**
 * `Database`, as better-sqlite3 has it.
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { inspect } from "node:util";
import { CoreConnection, closeWith } from "../core/connection.ts";
import { loadExtension } from "../core/extension.ts";
import { expandedSql } from "../core/hooks.ts";
import { deserialize, serialize } from "../core/image.ts";
import { nativeClass } from "../core/native.ts";
import { SqlText } from "../core/sqltext.ts";
import { PreparedStatement } from "../core/statement.ts";
import { refuseClones } from "../core/uncloneable.ts";
import {
  SQLITE_DBCONFIG_DEFENSIVE,
  SQLITE_DBCONFIG_ENABLE_FKEY,
  SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
  SQLITE_OPEN_CREATE,
  SQLITE_OPEN_READONLY,
  SQLITE_OPEN_READWRITE,
  SQLITE_PREPARE_PERSISTENT,
} from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { type BackupOptions, backup } from "./backup.ts";
import { SqliteError, sqliteError } from "./error.ts";
import { type AggregateOptions, aggregate, type FunctionOptions, scalar } from "./functions.ts";
import { booleanOption, optionsOf } from "./options.ts";
import { rowsFor } from "./rules.ts";
import { databaseNotOpen, State } from "./state.ts";
import { type Statement, statementOf } from "./statement.ts";
import { type TableDefinition, type TableFactory, table } from "./table.ts";
import { type Transaction, transaction } from "./transaction.ts";

export interface DatabaseOptions {
  readonly?: boolean;
  fileMustExist?: boolean;
  /** How many milliseconds to wait for a lock; by default 5000. */
  timeout?: number;
  /** Told the SQL of each statement that runs. */
  verbose?: ((message?: unknown, ...more: unknown[]) => void) | null;
  /** Taken and not used: there is no native part. */
  nativeBinding?: unknown;
}

/** A database. */
class BetterDatabase {
  declare static readonly SqliteError: typeof SqliteError;
  declare readonly name: string;
  declare readonly open: boolean;
  declare readonly inTransaction: boolean;
  declare readonly readonly: boolean;
  declare readonly memory: boolean;
  readonly #connection = new CoreConnection(sqliteError, databaseNotOpen);
  readonly #state: State;

  /** @throws TypeError for arguments of another kind, SqliteError when the database cannot be opened. */
  constructor(filename?: string | Buffer | null, options?: DatabaseOptions) {
    refuseClones(this);
    const image = Buffer.isBuffer(filename) ? filename : null;
    const given = image === null ? (filename ?? "") : ":memory:";
    const settings = settingsOf(given, options, image !== null);
    const connection = this.#connection;
    this.#state = new State(connection, this, settings.verbose);
    const access = settings.isReadonly
      ? SQLITE_OPEN_READONLY
      : settings.mustExist
        ? SQLITE_OPEN_READWRITE
        : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    connection.open(settings.file, access);
    closeWith(this, connection);
    try {
      setUp(connection, settings, image);
    } catch (error) {
      connection.close();
      throw error;
    }
    Object.defineProperties(this, {
      name: { get: () => given, enumerable: true },
      open: { get: () => connection.isOpen, enumerable: true },
      inTransaction: { get: () => connection.isOpen && connection.isInTransaction, enumerable: true },
      readonly: { get: () => settings.isReadonly, enumerable: true },
      memory: { get: () => settings.isMemory, enumerable: true },
    });
  }

  /** A statement, ready to run. @throws RangeError when `sql` has none, or more than one. */
  prepare(sql: string): Statement {
    return this.#prepare(sql, false);
  }

  /** A function that runs `fn` in a transaction: committed when it returns, rolled back when it throws. */
  transaction<F extends (...args: never[]) => unknown>(fn: F): Transaction<F> {
    if (typeof fn !== "function") throw new TypeError("Expected first argument to be a function");
    return transaction(this, fn);
  }

  /** Runs a PRAGMA: its rows, or with `simple` its first value. */
  pragma(source: string, options?: { simple?: boolean }): unknown {
    const given = options ?? {};
    if (typeof source !== "string") throw new TypeError("Expected first argument to be a string");
    if (typeof given !== "object") throw new TypeError("Expected second argument to be an options object");
    const isSimple = booleanOption(given as Readonly<Record<string, unknown>>, "simple");
    const statement = this.#prepare(`PRAGMA ${source}`, true);
    return isSimple ? statement.pluck().get() : statement.all();
  }

  /** The program that SQLite made of a statement, or its `QUERY PLAN`; parameters need no values. */
  explain(source: string): unknown[] {
    if (typeof source !== "string") throw new TypeError("Expected first argument to be a string");
    return this.#prepare(`EXPLAIN ${source}`, false, true).all();
  }

  /** What `console.log` shows. */
  [inspect.custom](): object {
    return Object.assign(new Inspected(), this);
  }

  /** Copies the database to a file while it is in use; the promise is of how many pages that were. */
  backup(destination: string, options?: BackupOptions): Promise<{ totalPages: number; remainingPages: number }> {
    return backup(this.#state, destination, options);
  }

  /** A database of this connection as bytes. */
  serialize(options?: { attached?: string }): Buffer {
    const given = options ?? {};
    if (typeof given !== "object") throw new TypeError("Expected first argument to be an options object");
    const attached = "attached" in given ? given.attached : "main";
    if (typeof attached !== "string") throw new TypeError('Expected the "attached" option to be a string');
    if (attached === "") throw new TypeError('The "attached" option cannot be an empty string');
    this.#state.requireIdle();
    const bytes = serialize(this.#connection, attached);
    if (bytes === null) throw new Error("Out of memory");
    return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Defines a function of SQL. */
  function(name: string, fn: (...args: never[]) => unknown): this;
  function(name: string, options: FunctionOptions, fn: (...args: never[]) => unknown): this;
  function(name: string, ...rest: unknown[]): this {
    const [options, fn] = typeof rest[0] === "function" ? [{}, rest[0]] : [rest[0] ?? {}, rest[1]];
    scalar(this.#state, name, options, fn);
    return this;
  }

  /** Defines an aggregate; with `inverse` it is a window function too. */
  aggregate(name: string, options: AggregateOptions): this {
    aggregate(this.#state, name, options);
    return this;
  }

  /** Defines a virtual table, or with a function a kind of virtual tables. */
  table(name: string, definition: TableDefinition | TableFactory): this {
    table(this.#state, name, definition);
    return this;
  }

  /** Loads an extension of SQLite. */
  loadExtension(path: string, entryPoint?: string): this {
    if (typeof path !== "string") throw new TypeError("Expected first argument to be a string");
    if (entryPoint !== undefined && typeof entryPoint !== "string") {
      throw new TypeError("Expected second argument to be a string");
    }
    this.#state.requireIdle();
    const fault = loadExtension(this.#connection, path, entryPoint ?? null);
    if (fault !== null) throw sqliteError(fault.message, fault.status);
    return this;
  }

  /** Runs all statements of `sql`. */
  exec(sql: string): this {
    if (typeof sql !== "string") throw new TypeError("Expected first argument to be a string");
    const state = this.#state;
    state.requireOpen();
    state.requireNotBusy();
    state.requireNoIteratorsUnlessUnsafe();
    state.isBusy = true;
    try {
      if (state.verbose === null) this.#connection.exec(sql);
      else this.#execAloud(sql, state.verbose);
    } finally {
      state.isBusy = false;
    }
    return this;
  }

  /** Ends all statements, and the connection. */
  close(): this {
    if (this.#connection.isOpen) {
      this.#state.requireNotBusy();
      this.#state.requireNoIterators();
      this.#connection.close();
    }
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Whether integers are bigints, for statements and functions made from now on. */
  defaultSafeIntegers(isOn = true): this {
    if (typeof isOn !== "boolean") throw new TypeError("Expected first argument to be a boolean");
    this.#state.areSafe = isOn;
    return this;
  }

  /** Allows changes while rows are iterated over, and SQL that could damage the file. */
  unsafeMode(isOn = true): this {
    if (typeof isOn !== "boolean") throw new TypeError("Expected first argument to be a boolean");
    this.#state.requireOpen();
    this.#state.isUnsafe = isOn;
    this.#connection.setConfig(SQLITE_DBCONFIG_DEFENSIVE, !isOn);
    return this;
  }

  // -- Private -------------------------------------------------------------------------------------

  #prepare(sql: string, isPragma: boolean, isExplained = false): Statement {
    if (typeof sql !== "string") throw new TypeError("Expected first argument to be a string");
    const state = this.#state;
    state.requireOpen();
    state.requireNotBusy();
    if (isPragma) state.requireNoIteratorsUnlessUnsafe();
    const flags = isPragma || isExplained ? 0 : SQLITE_PREPARE_PERSISTENT;
    state.isBusy = true;
    try {
      const text = new SqlText(sql);
      const handle = this.#connection.prepare(text, flags);
      if (handle === 0) throw new RangeError("The supplied SQL string contains no statements");
      if (text.hasMore(true)) {
        lib.sqlite3_finalize(handle);
        throw new RangeError("The supplied SQL string contains more than one statement");
      }
      const prepared = new PreparedStatement(
        this.#connection,
        handle,
        text.head,
        flags,
        rowsFor("flat", state.areSafe),
      );
      // An explained statement does not run: parameters that were given nothing are as good as bound.
      prepared.prepared.isBound = isExplained;
      return statementOf(state, prepared, sql, isPragma);
    } finally {
      state.isBusy = false;
    }
  }

  #execAloud(sql: string, verbose: (sql: string) => void): void {
    const connection = this.#connection;
    for (const text = new SqlText(sql); !text.isAtEnd; ) {
      const handle = connection.prepare(text);
      if (handle === 0) continue;
      const prepared = new PreparedStatement(connection, handle, text.head, 0, rowsFor("flat", false));
      try {
        verbose(expandedSql(handle) ?? text.head);
        prepared.run(handle, false);
      } finally {
        prepared.finalize();
      }
    }
  }
}
/** A database; with or without `new`. */
export const Database = nativeClass(BetterDatabase, "Database", 2, (args, target) =>
  Reflect.construct(BetterDatabase, args, target ?? Database),
) as typeof BetterDatabase & ((filename?: string | Buffer | null, options?: DatabaseOptions) => BetterDatabase);
Object.defineProperties(Database, {
  SqliteError: { value: SqliteError, writable: true, enumerable: true, configurable: true },
  // For who asked `require` for the default export.
  default: { value: Database, writable: true, configurable: true },
});
export type Database = BetterDatabase;

// -- Private ---------------------------------------------------------------------------------------

/** A database in a log: its properties, not how they are read. */
class Inspected {}
Object.defineProperty(Inspected, "name", { value: "Database" });

function setUp(connection: CoreConnection, settings: ReturnType<typeof settingsOf>, image: Buffer | null): void {
  connection.check(lib.sqlite3_busy_timeout(connection.handle, settings.timeout));
  connection.setConfig(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, true);
  connection.setConfig(SQLITE_DBCONFIG_DEFENSIVE, true);
  // As better-sqlite3 builds SQLite.
  connection.setConfig(SQLITE_DBCONFIG_ENABLE_FKEY, true);
  connection.setDoubleQuotedStrings(false);
  if (image !== null) deserialize(connection, "main", image, settings.isReadonly);
  setCacheSize(connection);
}

/**
 * 16 MB of pages, as better-sqlite3 builds SQLite. This reads the file; one that cannot be read is an error where
 * it is first used.
 */
function setCacheSize(connection: CoreConnection): void {
  try {
    connection.exec("PRAGMA cache_size = -16000");
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
  }
}

function settingsOf(given: unknown, options: unknown, isImage: boolean) {
  const known = optionsOf(options);
  if (typeof given !== "string") throw new TypeError("Expected first argument to be a string");
  if ("readOnly" in known) throw new TypeError('Misspelled option "readOnly" should be "readonly"');
  if ("memory" in known) {
    throw new TypeError('Option "memory" was removed in v7.0.0 (use ":memory:" filename instead)');
  }
  const file = given.trim();
  const isMemory = file === "" || file === ":memory:";
  const isReadonly = booleanOption(known, "readonly");
  const mustExist = booleanOption(known, "fileMustExist");
  const timeout = "timeout" in known ? known.timeout : 5000;
  const verbose = "verbose" in known ? known.verbose : null;
  if (isReadonly && isMemory && !isImage) throw new TypeError("In-memory/temporary databases cannot be readonly");
  if (typeof timeout !== "number" || !Number.isInteger(timeout) || timeout < 0) {
    throw new TypeError('Expected the "timeout" option to be a positive integer');
  }
  if (timeout > 0x7fffffff) throw new RangeError('Option "timeout" cannot be greater than 2147483647');
  if (verbose !== null && verbose !== undefined && typeof verbose !== "function") {
    throw new TypeError('Expected the "verbose" option to be a function');
  }
  if (!isMemory && !file.startsWith("file:") && !existsSync(dirname(file))) {
    throw new TypeError("Cannot open database because the directory does not exist");
  }
  return {
    file,
    isMemory,
    isReadonly,
    mustExist,
    timeout,
    verbose: (verbose ?? null) as ((sql: string) => void) | null,
  };
}
