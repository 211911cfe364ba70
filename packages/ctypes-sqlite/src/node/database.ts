/**
 * `DatabaseSync`: a connection as node:sqlite has it.
 */
import { types } from "node:util";
import { bytesOf } from "../core/bytes.ts";
import { CoreConnection, closeWith } from "../core/connection.ts";
import { loadExtension } from "../core/extension.ts";
import type { Authorizer } from "../core/hooks.ts";
import { deserialize, serialize } from "../core/image.ts";
import { Recording } from "../core/session.ts";
import { SqlText } from "../core/sqltext.ts";
import { PreparedStatement } from "../core/statement.ts";
import { refuseClones } from "../core/uncloneable.ts";
import { SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { applyTo, type ChangesetOptions } from "./changeset.ts";
import { databaseNotOpen, invalidState, invalidType, invalidValue, sqliteError } from "./errors.ts";
import {
  type AggregateOptions,
  defineSqlAggregate,
  defineSqlFunction,
  type FunctionOptions,
  setCheckedAuthorizer,
} from "./functions.ts";
import { type DatabaseLimits, limitsOf } from "./limits.ts";
import { defineModule, type ModuleOptions, moduleSettings } from "./module.ts";
import { accessor, nodeClass } from "./native.ts";
import { booleanOption, checkBoolean, checkName, checkPath, checkString, optionsOf, stringOption } from "./options.ts";
import { queries, tellQueries } from "./queries.ts";
import { rowsFor } from "./rules.ts";
import { type Session, sessionOf } from "./session.ts";
import { type DatabaseSyncOptions, openWith, type Settings, settingsOf } from "./settings.ts";
import { type Statement, type StatementOptions, statementOf } from "./statement.ts";
import { type SQLTagStore, tagStoreOf } from "./tagstore.ts";

/** A database. */
class NodeDatabase {
  declare readonly isOpen: boolean;
  declare readonly isTransaction: boolean;
  /** What SQLite lets a statement use; setting a member changes it. */
  declare readonly limits: DatabaseLimits;
  readonly #connection = new CoreConnection(sqliteError, databaseNotOpen);
  readonly #path: string;
  readonly #settings: Settings;
  #canLoadExtensions: boolean;
  #limits: ReturnType<typeof limitsOf> | null = null;

  /**
   * @throws ERR_INVALID_ARG_TYPE for a path or an option of another kind, ERR_SQLITE_ERROR when the database cannot
   * be opened.
   */
  constructor(path: string | Uint8Array | URL, options?: DatabaseSyncOptions) {
    refuseClones(this);
    Object.defineProperties(this, OWN);
    this.#path = checkPath(path);
    this.#settings = settingsOf(options);
    this.#canLoadExtensions = this.#settings.allowExtension;
    closeWith(this, this.#connection);
    if (this.#settings.open) this.open();
  }

  /** @throws ERR_INVALID_STATE when it is open. */
  open(): void {
    const connection = this.#connection;
    if (connection.isOpen) throw invalidState("database is already open");
    openWith(connection, this.#path, this.#settings);
  }

  /**
   * Ends all statements and sessions, and the connection.
   *
   * @throws ERR_INVALID_STATE when it is not open, or in a callback.
   */
  close(): void {
    const connection = this.#connection;
    if (connection.isOpen && connection.depth > 0) throw invalidState("database cannot be closed while in a callback");
    this.#ready().close();
  }

  [Symbol.dispose](): void {
    if (this.#connection.isOpen && this.#connection.depth === 0) this.close();
  }

  /** Runs all statements of `sql`. */
  exec(sql: string): void {
    const connection = this.#ready();
    connection.exec(checkString(sql, "sql"));
  }

  /** The first statement of `sql`, ready to run. */
  prepare(sql: string, options?: StatementOptions): Statement {
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
    const text = new SqlText(sql);
    const handle = connection.prepare(text);
    if (handle === 0) throw invalidValue("The SQL query contains no statements.");
    const statement = new PreparedStatement(
      connection,
      handle,
      text.head,
      0,
      rowsFor(parts.readBigInts, parts.returnArrays),
    );
    return statementOf({ statement, ...parts });
  }

  /**
   * Statements kept by their SQL, for tagged templates; the least recently used go when there are more than
   * `maxSize`.
   */
  createTagStore(maxSize = 1000): SQLTagStore {
    this.#ready();
    return tagStoreOf(this, maxSize);
  }

  /** The file of a database; null when it has none. */
  location(dbName = "main"): string | null {
    const connection = this.#ready();
    return lib.sqlite3_db_filename(connection.handle, checkName(dbName, "dbName")) || null;
  }

  // -- Functions of SQL ----------------------------------------------------------------------------

  /** Defines a function of SQL. What it throws is thrown by whatever ran the SQL. */
  function(name: string, func: (...args: never[]) => unknown): void;
  function(name: string, options: FunctionOptions, func: (...args: never[]) => unknown): void;
  function(name: string, ...rest: unknown[]): void {
    defineSqlFunction(this.#ready(), name, rest);
  }

  /** Defines an aggregate; with `inverse` it is a window function too. */
  aggregate<T = unknown>(name: string, options: AggregateOptions<T>): void {
    defineSqlAggregate(this.#ready(), name, options);
  }

  /** Defines a kind of virtual tables, and one of that name. */
  createModule(name: string, options: ModuleOptions): void {
    this.#ready();
    const settings = moduleSettings(name, options);
    defineModule(this.#ready(), settings);
  }

  /** Asks `callback` about everything that statements would do; null asks nobody. */
  setAuthorizer(callback: Authorizer | null): void {
    setCheckedAuthorizer(this.#ready(), callback);
  }

  // -- Changes, and whole databases ----------------------------------------------------------------

  /** Records the changes of a table, or of all. */
  createSession(options?: { table?: string | undefined; db?: string | undefined }): Session {
    const connection = this.#ready();
    const given = optionsOf(options);
    const table = stringOption(given, "table") ?? null;
    const db = stringOption(given, "db") ?? "main";
    const recording = new Recording(connection, db, table);
    return sessionOf(this, connection, recording);
  }

  /** Applies a changeset; false when a conflict stopped it. */
  applyChangeset(changeset: Uint8Array, options?: ChangesetOptions): boolean {
    return applyTo(this.#ready(), changeset, options);
  }

  /** A database of this connection as bytes. */
  serialize(dbName = "main"): Uint8Array {
    const connection = this.#ready();
    const bytes = serialize(connection, checkName(dbName, "dbName"));
    if (bytes === null) throw connection.error();
    return bytes;
  }

  /**
   * Puts the database of these bytes in the place of one of this connection's, in memory. Its statements have ended
   * then.
   */
  deserialize(buffer: Uint8Array, options?: { dbName?: string | undefined }): void {
    const connection = this.#connection;
    if (connection.depth === 0) this.#ready();
    if (!types.isUint8Array(buffer)) throw invalidType('The "buffer" argument must be a Uint8Array.');
    const dbName = stringOption(optionsOf(options), "dbName") ?? "main";
    // Reading the options may have taken the bytes away.
    const bytes = bytesOf(buffer);
    if (bytes.length === 0) throw invalidValue('The "buffer" argument must not be empty.');
    if (connection.depth > 0) throw invalidState("database cannot be deserialized while in a callback");
    deserialize(connection, dbName, bytes);
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

  /** For the properties of objects. */
  static limitsOf(database: NodeDatabase): DatabaseLimits {
    database.#limits ??= limitsOf(() => database.#ready());
    return database.#limits();
  }

  static isOpen(database: NodeDatabase): boolean {
    return database.#connection.isOpen;
  }

  static readyOf(database: NodeDatabase): CoreConnection {
    return database.#ready();
  }

  /** For `backup()`. */
  static connectionOf(database: unknown): CoreConnection | null {
    return typeof database === "object" && database !== null && #connection in database ? database.#connection : null;
  }

  #ready(): CoreConnection {
    if (!this.#connection.isOpen) throw databaseNotOpen();
    this.#connection.requireUsable();
    if (queries.hasSubscribers !== this.#connection.isProfiled) tellQueries(this.#connection, new WeakRef(this));
    return this.#connection;
  }
}

/** The connection of a `Database`; null of anything else. */
export const connectionOf: (database: unknown) => CoreConnection | null = NodeDatabase.connectionOf;

const OWN: PropertyDescriptorMap = {
  isOpen: accessor(NodeDatabase.isOpen),
  isTransaction: accessor((database: NodeDatabase) => NodeDatabase.readyOf(database).isInTransaction),
  limits: accessor(NodeDatabase.limitsOf),
  [Symbol.for("sqlite-type")]: { value: "node:sqlite", writable: true, enumerable: true, configurable: true },
};

/** A database. Without `new` its error has the code that node:sqlite gives it. */
export const Database = nodeClass(NodeDatabase, "Database", (args, target) => {
  if (target !== undefined) return Reflect.construct(NodeDatabase, args, target);
  const error = new TypeError("Cannot call constructor without `new`");
  throw Object.assign(error, { code: "ERR_CONSTRUCT_CALL_REQUIRED" });
});
export type Database = NodeDatabase;

/** The name that `Database` had before Node 26. */
export const DatabaseSync = Database;
export type DatabaseSync = NodeDatabase;
