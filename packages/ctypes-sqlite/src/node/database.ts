/**
 * `DatabaseSync`: a connection as node:sqlite has it.
 */
import { Connection, closeWith } from "../core/connection.ts";
import { loadExtension } from "../core/extension.ts";
import { defineAggregate, defineFunction } from "../core/functions.ts";
import { setAuthorizer } from "../core/hooks.ts";
import { deserialize, serialize } from "../core/image.ts";
import { applyChangeset, Recording } from "../core/session.ts";
import { PreparedStatement } from "../core/statement.ts";
import {
  SQLITE_ABORT,
  SQLITE_DBCONFIG_DEFENSIVE,
  SQLITE_DBCONFIG_ENABLE_FKEY,
  SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
  SQLITE_DENY,
  SQLITE_DETERMINISTIC,
  SQLITE_DIRECTONLY,
  SQLITE_IGNORE,
  SQLITE_OK,
  SQLITE_OPEN_CREATE,
  SQLITE_OPEN_READONLY,
  SQLITE_OPEN_READWRITE,
  SQLITE_OPEN_URI,
  SQLITE_UTF8,
} from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { invalidState, invalidType, invalidValue, sqliteError } from "./errors.ts";
import { type DatabaseLimits, limitsOf, setLimits } from "./limits.ts";
import {
  booleanOption,
  checkBoolean,
  checkLimit,
  checkPath,
  checkString,
  functionOption,
  integerOption,
  optionsOf,
  stringOption,
} from "./options.ts";
import { giveValue, readValue, readValueBigInt, rowsFor } from "./rules.ts";
import { type Session, sessionOf } from "./session.ts";
import { type StatementOptions, type StatementSync, statementOf } from "./statement.ts";
import { SQLTagStore } from "./tagstore.ts";

export interface DatabaseSyncOptions extends StatementOptions {
  /** Open at once; by default true. */
  open?: boolean | undefined;
  readOnly?: boolean | undefined;
  enableForeignKeyConstraints?: boolean | undefined;
  enableDoubleQuotedStringLiterals?: boolean | undefined;
  allowExtension?: boolean | undefined;
  /** How many milliseconds to wait for a lock. */
  timeout?: number | undefined;
  defensive?: boolean | undefined;
  limits?: Partial<DatabaseLimits> | undefined;
}

export interface FunctionOptions {
  deterministic?: boolean | undefined;
  directOnly?: boolean | undefined;
  useBigIntArguments?: boolean | undefined;
  varargs?: boolean | undefined;
}

export interface AggregateOptions<T = unknown> {
  /** The first state of a group, or a function that makes it. */
  start: T | (() => T);
  step: (state: T, ...args: never[]) => T;
  /** The opposite of `step`: with it the aggregate is a window function. */
  inverse?: ((state: T, ...args: never[]) => T) | undefined;
  result?: ((state: T) => unknown) | undefined;
  deterministic?: boolean | undefined;
  directOnly?: boolean | undefined;
  useBigIntArguments?: boolean | undefined;
  varargs?: boolean | undefined;
}

export interface ChangesetOptions {
  filter?: ((table: string) => boolean) | undefined;
  onConflict?: ((kind: number) => number) | undefined;
}

/** A database. */
class Database {
  readonly #connection = new Connection(sqliteError);
  readonly #path: string;
  readonly #settings: Settings;
  #canLoadExtensions: boolean;
  #limits: DatabaseLimits | null = null;

  /**
   * @throws ERR_INVALID_ARG_TYPE for a path or an option of another kind, ERR_SQLITE_ERROR when the database cannot be opened.
   */
  constructor(path: string | Uint8Array | URL, options?: DatabaseSyncOptions) {
    this.#path = checkPath(path);
    this.#settings = settingsOf(options);
    this.#canLoadExtensions = this.#settings.allowExtension;
    closeWith(this, this.#connection);
    if (this.#settings.open) this.open();
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  get isTransaction(): boolean {
    return this.#ready().isInTransaction;
  }

  /** What SQLite lets a statement use; setting a member changes it. */
  get limits(): DatabaseLimits {
    this.#limits ??= limitsOf(() => this.#ready());
    return this.#limits;
  }

  /** @throws ERR_INVALID_STATE when it is open. */
  open(): void {
    const connection = this.#connection;
    if (connection.isOpen) throw invalidState("database is already open");
    const settings = this.#settings;
    const access = settings.readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    connection.open(this.#path, access | SQLITE_OPEN_URI);
    try {
      connection.setConfig(SQLITE_DBCONFIG_ENABLE_FKEY, settings.enableForeignKeyConstraints);
      connection.setDoubleQuotedStrings(settings.enableDoubleQuotedStringLiterals);
      connection.setConfig(SQLITE_DBCONFIG_DEFENSIVE, settings.defensive);
      connection.setConfig(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, settings.allowExtension);
      connection.check(lib.sqlite3_busy_timeout(connection.handle, settings.timeout));
      setLimits(connection, settings.limits);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Ends all statements and sessions, and the connection. @throws ERR_INVALID_STATE when it is not open, or in a callback. */
  close(): void {
    const connection = this.#ready();
    if (connection.depth > 0) throw invalidState("database cannot be closed while in a callback");
    connection.close();
  }

  [Symbol.dispose](): void {
    if (this.#connection.isOpen) this.close();
  }

  /** Runs all statements of `sql`. */
  exec(sql: string): void {
    const connection = this.#ready();
    connection.exec(checkString(sql, "sql"));
  }

  /** The first statement of `sql`, ready to run. */
  prepare(sql: string, options?: StatementOptions): StatementSync {
    const connection = this.#ready();
    checkString(sql, "sql");
    const given = optionsOf(options);
    const settings = this.#settings;
    const parts = {
      owner: this,
      readBigInts: booleanOption(given, "readBigInts", settings.readBigInts),
      returnArrays: booleanOption(given, "returnArrays", settings.returnArrays),
      allowBareNamedParameters: booleanOption(given, "allowBareNamedParameters", settings.allowBareNamedParameters),
      allowUnknownNamedParameters: booleanOption(
        given,
        "allowUnknownNamedParameters",
        settings.allowUnknownNamedParameters,
      ),
    };
    const { handle, head } = connection.prepare(sql);
    if (handle === 0) throw invalidValue("The SQL query contains no statements.");
    const statement = new PreparedStatement(
      connection,
      handle,
      head(),
      0,
      rowsFor(parts.readBigInts, parts.returnArrays),
    );
    return statementOf({ statement, ...parts });
  }

  /** Statements kept by their SQL, for tagged templates; the least recently used go when there are more than `maxSize`. */
  createTagStore(maxSize = 1000): SQLTagStore {
    this.#ready();
    return new SQLTagStore(this as unknown as DatabaseSync, maxSize);
  }

  /** The file of a database; null when it has none. */
  location(dbName = "main"): string | null {
    const connection = this.#ready();
    return lib.sqlite3_db_filename(connection.handle, checkString(dbName, "dbName")) || null;
  }

  // -- Functions of SQL ----------------------------------------------------------------------------

  /** Defines a function of SQL. What it throws is thrown by whatever ran the SQL. */
  function(name: string, func: (...args: never[]) => unknown): void;
  function(name: string, options: FunctionOptions, func: (...args: never[]) => unknown): void;
  function(name: string, ...rest: unknown[]): void {
    const connection = this.#ready();
    checkString(name, "name");
    const func = rest.length > 1 ? rest[1] : rest[0];
    const options = rest.length > 1 ? rest[0] : {};
    if (typeof options !== "object" || options === null) {
      throw invalidType('The "options" argument must be an object.');
    }
    const { flags, hasVarargs, read } = functionSettings(options as FunctionOptions);
    if (typeof func !== "function") throw invalidType('The "function" argument must be a function.');
    const arity = hasVarargs ? -1 : func.length;
    defineFunction(connection, { name, arity, flags, read, give: giveValue }, func as never);
  }

  /** Defines an aggregate; with `inverse` it is a window function too. */
  aggregate<T = unknown>(name: string, options: AggregateOptions<T>): void {
    const connection = this.#ready();
    checkString(name, "name");
    const { start, step, inverse, result } = options;
    if (start === undefined) {
      throw invalidType('The "options.start" argument must be a function or a primitive value.');
    }
    const { flags, hasVarargs, read } = functionSettings(options);
    if (typeof step !== "function") throw invalidType('The "options.step" argument must be a function.');
    const opposite = functionOption<NonNullable<typeof inverse>>(options as never, "inverse");
    const arity = hasVarargs ? -1 : Math.max(step.length, opposite?.length ?? 0, 1) - 1;
    const run = (change: (state: T, ...args: never[]) => T) => (state: unknown, args: unknown[]) =>
      change(state as T, ...(args as never[]));
    defineAggregate(connection, {
      name,
      arity,
      flags,
      read,
      give: giveValue,
      start: typeof start === "function" ? (start as () => unknown) : () => start,
      step: run(step),
      inverse: opposite === undefined ? null : run(opposite),
      result: typeof result === "function" ? (result as (state: unknown) => unknown) : (state) => state,
    });
  }

  /** Asks `callback` about everything that statements would do; null asks nobody. */
  setAuthorizer(callback: ((action: number, ...details: (string | null)[]) => number) | null): void {
    const connection = this.#ready();
    if (callback === null) {
      setAuthorizer(connection, null);
      return;
    }
    if (typeof callback !== "function") throw invalidType('The "callback" argument must be a function or null.');
    setAuthorizer(connection, (action, ...details) => {
      const answer: unknown = callback(action, ...details);
      if (!Number.isInteger(answer)) {
        throw new TypeError("Authorizer callback must return an integer authorization code");
      }
      if (answer !== SQLITE_OK && answer !== SQLITE_DENY && answer !== SQLITE_IGNORE) {
        throw new RangeError("Authorizer callback returned a invalid authorization code");
      }
      return answer;
    });
  }

  // -- Changes, and whole databases ----------------------------------------------------------------

  /** Records the changes of a table, or of all. */
  createSession(options?: { table?: string | undefined; db?: string | undefined }): Session {
    const connection = this.#ready();
    const given = optionsOf(options);
    const table = stringOption(given, "table") ?? null;
    const recording = new Recording(connection, stringOption(given, "db") ?? "main", table);
    return sessionOf(this, connection, recording);
  }

  /** Applies a changeset; false when a conflict stopped it. */
  applyChangeset(changeset: Uint8Array, options?: ChangesetOptions): boolean {
    const connection = this.#ready();
    if (!(changeset instanceof Uint8Array)) throw invalidType('The "changeset" argument must be a Uint8Array.');
    const given = optionsOf(options);
    const onConflict = functionOption<(kind: number) => number>(given, "onConflict") ?? null;
    const filter = functionOption<(table: string) => boolean>(given, "filter") ?? null;
    const resolve = onConflict && ((kind: number) => changesetAnswer(onConflict(kind)));
    const status = applyChangeset(connection, changeset, filter, resolve);
    if (status === SQLITE_OK) return true;
    if (status === SQLITE_ABORT) return false;
    throw connection.errorOf(status);
  }

  /** A database of this connection as bytes. */
  serialize(dbName = "main"): Uint8Array {
    const connection = this.#ready();
    const bytes = serialize(connection, checkString(dbName, "dbName"));
    if (bytes === null) throw connection.error();
    return bytes;
  }

  /** Puts the database of these bytes in the place of one of this connection's, in memory. Its statements have ended then. */
  deserialize(buffer: Uint8Array, options?: { dbName?: string | undefined }): void {
    const connection = this.#ready();
    if (!(buffer instanceof Uint8Array)) throw invalidType('The "buffer" argument must be a Uint8Array.');
    if (buffer.length === 0) throw invalidValue('The "buffer" argument must not be empty.');
    const dbName = stringOption(optionsOf(options), "dbName") ?? "main";
    if (connection.depth > 0) throw invalidState("database cannot be deserialized while in a callback");
    deserialize(connection, dbName, buffer);
  }

  // -- Safety --------------------------------------------------------------------------------------

  /** Whether SQL that could damage the file is refused. */
  enableDefensive(active: boolean): void {
    const connection = this.#ready();
    connection.setConfig(SQLITE_DBCONFIG_DEFENSIVE, checkBoolean(active, "active"));
  }

  enableLoadExtension(allow: boolean): void {
    const connection = this.#ready();
    checkBoolean(allow, "allow");
    if (allow && !this.#settings.allowExtension) {
      throw invalidState("Cannot enable extension loading because it was disabled at database creation.");
    }
    this.#canLoadExtensions = allow;
    connection.setConfig(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, allow);
  }

  /** Loads an extension of SQLite. @throws ERR_LOAD_SQLITE_EXTENSION with the loader's reason. */
  loadExtension(path: string, entryPoint?: string): void {
    const connection = this.#ready();
    if (!this.#canLoadExtensions) throw invalidState("extension loading is not allowed");
    checkString(path, "path");
    if (entryPoint !== undefined) checkString(entryPoint, "entryPoint");
    const fault = loadExtension(connection, path, entryPoint ?? null);
    if (fault !== null) throw Object.assign(new Error(fault.message), { code: "ERR_LOAD_SQLITE_EXTENSION" });
  }

  /** For `backup()`. */
  static connectionOf(database: unknown): Connection | null {
    return typeof database === "object" && database !== null && #connection in database ? database.#connection : null;
  }

  #ready(): Connection {
    if (!this.#connection.isOpen) throw invalidState("database is not open");
    return this.#connection;
  }
}
Object.defineProperty(Database, "name", { value: "DatabaseSync" });
Object.defineProperty(Database.prototype, Symbol.for("sqlite-type"), { value: "node:sqlite" });

/** The connection of a `DatabaseSync`; null of anything else. */
export const connectionOf: (database: unknown) => Connection | null = Database.connectionOf;
delete (Database as { connectionOf?: unknown }).connectionOf;

/** A database. A class; without `new` its error has the code that node:sqlite gives it. */
export const DatabaseSync = new Proxy(Database, {
  apply(): never {
    const error = new TypeError("Cannot call constructor without `new`");
    throw Object.assign(error, { code: "ERR_CONSTRUCT_CALL_REQUIRED" });
  },
});
Object.defineProperty(Database.prototype, "constructor", { value: DatabaseSync, writable: true, configurable: true });
export type DatabaseSync = Database;

// -- Private ---------------------------------------------------------------------------------------

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(options: unknown) {
  const given = optionsOf(options);
  const timeout = integerOption(given, "timeout", 0);
  return {
    open: booleanOption(given, "open", true),
    readOnly: booleanOption(given, "readOnly", false),
    enableForeignKeyConstraints: booleanOption(given, "enableForeignKeyConstraints", true),
    enableDoubleQuotedStringLiterals: booleanOption(given, "enableDoubleQuotedStringLiterals", false),
    allowExtension: booleanOption(given, "allowExtension", false),
    readBigInts: booleanOption(given, "readBigInts", false),
    returnArrays: booleanOption(given, "returnArrays", false),
    allowBareNamedParameters: booleanOption(given, "allowBareNamedParameters", true),
    allowUnknownNamedParameters: booleanOption(given, "allowUnknownNamedParameters", false),
    defensive: booleanOption(given, "defensive", true),
    timeout,
    limits: limitSettings(given.limits),
  };
}

function limitSettings(limits: unknown): ReadonlyMap<string, number> {
  if (limits === undefined) return new Map();
  if (typeof limits !== "object" || limits === null) {
    throw invalidType('The "options.limits" argument must be an object.');
  }
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return new Map(given.map(([name, value]) => [name, checkLimit(value, name)]));
}

function functionSettings(options: FunctionOptions) {
  const given = options as Readonly<Record<string, unknown>>;
  const usesBigInts = booleanOption(given, "useBigIntArguments", false);
  const hasVarargs = booleanOption(given, "varargs", false);
  let flags = SQLITE_UTF8;
  if (booleanOption(given, "deterministic", false)) flags |= SQLITE_DETERMINISTIC;
  if (booleanOption(given, "directOnly", false)) flags |= SQLITE_DIRECTONLY;
  return { flags, hasVarargs, read: usesBigInts ? readValueBigInt : readValue };
}

/** What is no number means something that SQLite refuses. */
function changesetAnswer(answer: unknown): number {
  return typeof answer === "number" ? answer : -1;
}
