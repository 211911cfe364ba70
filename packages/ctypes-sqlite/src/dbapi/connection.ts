/**
 * `connect()` and `Connection`, as Python's sqlite3 has them.
 */
import { Copying } from "../core/backup.ts";
import { OpenBlob } from "../core/blob.ts";
import { CoreConnection, closeWith } from "../core/connection.ts";
import { loadExtension } from "../core/extension.ts";
import { type Authorizer, setAuthorizer, setCollation, setProgressHandler, setTrace } from "../core/hooks.ts";
import { deserialize, serialize } from "../core/image.ts";
import { refuseClones } from "../core/uncloneable.ts";
import {
  SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
  SQLITE_OPEN_CREATE,
  SQLITE_OPEN_READWRITE,
  SQLITE_OPEN_URI,
} from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { checkBytes, checkCallable, checkInt, checkInt64, checkSeconds, checkText } from "./arguments.ts";
import { Blob, type BlobOptions } from "./blob.ts";
import { Cursor, type SqlParameters } from "./cursor.ts";
import { dump } from "./dump.ts";
import { databaseClosed, databaseError, exceptions, OperationalError, ProgrammingError } from "./errors.ts";
import { type AggregateClass, createAggregate, createFunction, createWindow, type WindowClass } from "./functions.ts";
import { type BackupOptions, beginFor, type ConnectOptions, type IsolationLevel } from "./options.ts";
import { type RowFactory, Session, type TextFactory } from "./session.ts";

/** Opens a database. @throws OperationalError when it cannot be opened. */
export function connect(database: string | URL, options: ConnectOptions = {}): Connection {
  return new Connection(database, options);
}

/** A connection to a database. */
export class Connection {
  // Bundlers rename a class that mentions itself.
  static readonly name = "Connection";
  declare readonly Warning: typeof exceptions.Warning;
  declare readonly Error: typeof exceptions.Error;
  declare readonly InterfaceError: typeof exceptions.InterfaceError;
  declare readonly DatabaseError: typeof exceptions.DatabaseError;
  declare readonly InternalError: typeof exceptions.InternalError;
  declare readonly OperationalError: typeof exceptions.OperationalError;
  declare readonly ProgrammingError: typeof exceptions.ProgrammingError;
  declare readonly IntegrityError: typeof exceptions.IntegrityError;
  declare readonly DataError: typeof exceptions.DataError;
  declare readonly NotSupportedError: typeof exceptions.NotSupportedError;
  readonly #core = new CoreConnection(databaseError, databaseClosed);
  readonly #session: Session;

  constructor(database: string | URL, options: ConnectOptions = {}) {
    refuseClones(this);
    const { timeout = 5, detect_types = 0, cached_statements = 128, uri = false, isolation_level } = options;
    const name: unknown = database instanceof URL ? database.href : database;
    if (typeof name !== "string") throw new TypeError("connect() argument 1 must be a string or a URL");
    const wait = Math.round(checkSeconds("connect(): option timeout", timeout) * 1000);
    this.#session = new Session(
      this.#core,
      this,
      checkInt("connect(): option detect_types", detect_types),
      checkInt("connect(): option cached_statements", cached_statements),
    );
    if (isolation_level !== undefined) this.#session.begin = beginFor(isolation_level);
    const isUri = uri || database instanceof URL;
    this.#core.open(name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | (isUri ? SQLITE_OPEN_URI : 0));
    closeWith(this, this.#core);
    // Some builds of SQLite begin with it on.
    this.enable_load_extension(false);
    this.#core.check(lib.sqlite3_busy_timeout(this.#core.handle, Math.max(0, Math.min(0x7fffffff, wait))));
  }

  // -- Statements ----------------------------------------------------------------------------------

  /** A cursor, or what `factory` makes: a class derived from `Cursor`. */
  cursor(): Cursor;
  cursor<C extends Cursor>(factory: new (session: never) => C): C;
  cursor(factory: new (session: never) => Cursor = Cursor as never): Cursor {
    this.#session.requireOpen();
    const cursor = new factory(this.#session as never);
    if (!(cursor instanceof Cursor)) throw new TypeError("factory must return a cursor");
    return cursor;
  }

  /** A new cursor that has run this statement. */
  execute(sql: string, parameters?: SqlParameters): Cursor {
    return this.cursor().execute(sql, parameters);
  }

  executemany(sql: string, parameters: Iterable<SqlParameters>): Cursor {
    return this.cursor().executemany(sql, parameters);
  }

  executescript(sql: string): Cursor {
    return this.cursor().executescript(sql);
  }

  /** The bytes in a column of the row with this rowid, as a file. @throws OperationalError when there are none. */
  blobopen(table: string, column: string, row: number | bigint, options: BlobOptions = {}): Blob {
    const { readonly = false, name = "main" } = options;
    checkText("blobopen() argument 1", table);
    checkText("blobopen() argument 2", column);
    const rowid = checkInt64("blobopen() argument 3", row);
    checkText("blobopen(): option name", name);
    return new Blob(new OpenBlob(this.#ready(), name, table, column, rowid, !readonly), this);
  }

  /** Makes each row of cursors made from now on; null leaves them arrays. */
  get row_factory(): RowFactory | null {
    return this.#session.rowFactory;
  }
  set row_factory(factory: RowFactory | null) {
    this.#session.rowFactory = factory;
  }

  /** Makes text of its bytes; null makes strings. */
  get text_factory(): TextFactory | null {
    return this.#session.textFactory;
  }
  set text_factory(factory: TextFactory | null) {
    this.#session.textFactory = factory;
  }

  // -- Transactions --------------------------------------------------------------------------------

  /** How a transaction begins before a statement that changes rows; null leaves transactions to the program. */
  get isolation_level(): IsolationLevel | null {
    this.#ready();
    const { begin } = this.#session;
    return begin === null ? null : (begin.slice("BEGIN ".length) as IsolationLevel);
  }
  set isolation_level(level: IsolationLevel | null) {
    this.#ready();
    this.#session.begin = beginFor(level);
    // As in Python: what was begun is not left open when nobody is to commit it.
    if (level === null && this.#core.isInTransaction) this.commit();
  }

  get in_transaction(): boolean {
    return this.#ready().isInTransaction;
  }

  /** How many rows were changed since the connection was opened. */
  get total_changes(): number {
    return this.#ready().totalChanges;
  }

  commit(): void {
    const core = this.#ready();
    if (core.isInTransaction) core.exec("COMMIT");
  }

  rollback(): void {
    const core = this.#ready();
    if (core.isInTransaction) core.exec("ROLLBACK");
  }

  /** Python's `with connection:`. Commits when `act` returns, rolls back when it throws. */
  with<T>(act: (connection: this) => T): T {
    this.#ready();
    let result: T;
    try {
      result = act(this);
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.commit();
    return result;
  }

  /** Ends the connection. What was not committed is lost. */
  close(): void {
    if (this.#core.depth > 0) throw new ProgrammingError("Cannot close a database in one of its own callbacks.");
    this.#core.close();
  }

  /** Python closes no connection at the end of `with`; `using` does, as the collector would. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Has the statement that is running end with an OperationalError: for callbacks. */
  interrupt(): void {
    if (!this.#core.isOpen) throw databaseClosed();
    this.#core.interrupt();
  }

  // -- Limits and settings -------------------------------------------------------------------------

  /**
   * A limit of SQLite's: `connection.getlimit(SQLITE_LIMIT_SQL_LENGTH)`.
   *
   * @throws ProgrammingError for a category that is none.
   */
  getlimit(category: number): number {
    return this.setlimit(category, -1);
  }

  /**
   * Sets a limit and gives what it was. One that is negative is left; one above what SQLite was built for is set to
   * that.
   */
  setlimit(category: number, limit: number): number {
    checkInt("setlimit() argument 2", limit);
    const { handle } = this.#ready();
    const before = (category | 0) === category ? lib.sqlite3_limit(handle, category, limit) : -1;
    if (before < 0) throw new ProgrammingError("'category' is out of bounds");
    return before;
  }

  /**
   * Whether an option is on: `connection.getconfig(SQLITE_DBCONFIG_ENABLE_FKEY)`.
   *
   * @throws OperationalError for one that SQLite does not know.
   */
  getconfig(op: number): boolean {
    checkInt("getconfig() argument 1", op);
    return this.#ready().getConfig(op);
  }

  /** Turns an option on or off. */
  setconfig(op: number, enable = true): void {
    checkInt("setconfig() argument 1", op);
    this.#ready().setConfig(op, enable);
  }

  /** Allows SQLite to load extensions, by {@link load_extension} alone. */
  enable_load_extension(enabled: boolean): void {
    this.#ready().setConfig(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, enabled);
  }

  /** Loads an extension. @throws OperationalError with the loader's reason. */
  load_extension(path: string, options: { entrypoint?: string | null } = {}): void {
    const entrypoint = options.entrypoint ?? null;
    checkText("load_extension() argument 1", path);
    if (entrypoint !== null) checkText("load_extension(): option entrypoint", entrypoint);
    const fault = loadExtension(this.#ready(), path, entrypoint);
    if (fault !== null) throw new OperationalError(fault.message);
  }

  // -- Functions of SQL ----------------------------------------------------------------------------

  /** Defines a function of `narg` arguments (-1 is any number); null takes it away. */
  create_function(
    name: string,
    narg: number,
    func: ((...args: never[]) => unknown) | null,
    options: { deterministic?: boolean } = {},
  ): void {
    const isDeterministic = options.deterministic === true;
    checkDefinition("create_function", name, narg, func);
    createFunction(this.#ready(), name, narg, func, isDeterministic);
  }

  create_aggregate(name: string, narg: number, aggregate: AggregateClass | null): void {
    checkDefinition("create_aggregate", name, narg, aggregate);
    createAggregate(this.#ready(), name, narg, aggregate);
  }

  create_window_function(name: string, narg: number, aggregate: WindowClass | null): void {
    checkDefinition("create_window_function", name, narg, aggregate);
    createWindow(this.#ready(), name, narg, aggregate);
  }

  /** Defines how text is ordered; null takes it away. */
  create_collation(name: string, compare: ((a: string, b: string) => number) | null): void {
    checkText("create_collation() argument 1", name);
    checkCallable("create_collation() argument 2", compare);
    setCollation(this.#ready(), name, compare);
  }

  /** Asks `authorizer` about everything that statements would do. */
  set_authorizer(authorizer: Authorizer | null): void {
    setAuthorizer(this.#ready(), checkCallable("set_authorizer() argument 1", authorizer));
  }

  /** Asks `handler` every `n` instructions of SQLite's; a true answer ends the statement. */
  set_progress_handler(handler: (() => unknown) | null, n: number): void {
    checkCallable("set_progress_handler() argument 1", handler);
    checkInt("set_progress_handler() argument 2", n);
    setProgressHandler(this.#ready(), handler === null ? null : () => Boolean(handler()), n);
  }

  /** Tells `callback` the SQL of each statement that begins. */
  set_trace_callback(callback: ((sql: string) => void) | null): void {
    setTrace(this.#ready(), checkCallable("set_trace_callback() argument 1", callback));
  }

  // -- Whole databases -----------------------------------------------------------------------------

  /** The SQL that makes the database anew, statement by statement. */
  iterdump(): Generator<string> {
    this.#ready();
    return dump(() => this.cursor());
  }

  /** Copies the database into another connection's. */
  backup(target: Connection, options: BackupOptions = {}): void {
    const { pages = -1, progress = null, name = "main" } = options;
    const count = checkInt("backup(): option pages", pages);
    checkCallable("backup(): option progress", progress);
    checkText("backup(): option name", name);
    if (!(target instanceof Connection)) throw new TypeError("backup() argument 1 must be a Connection");
    if (target === this) throw new TypeError("target cannot be the same connection instance");
    const copying = new Copying(this.#ready(), name, target.#ready(), "main");
    try {
      for (let isDone = false; !isDone; ) {
        // What `progress` closes ends the copying.
        if (copying.hasEnded) throw databaseClosed();
        isDone = copying.step(count === 0 ? -1 : count);
        const { remainingPages, totalPages } = copying.progress;
        if (progress === null) continue;
        // SQLite may not survive another use of the target before the end (sqlite3.h, at `sqlite3_backup_finish`);
        // it can be closed.
        target.#core.lend(() => progress(isDone ? 101 : 0, remainingPages, totalPages));
      }
    } finally {
      copying.end();
    }
  }

  serialize(name = "main"): Uint8Array {
    checkText("serialize() argument 1", name);
    const bytes = serialize(this.#ready(), name);
    if (bytes === null) throw databaseError(`unknown database ${name}`, 1);
    return bytes;
  }

  /** Puts the database of these bytes in the place of one of this connection's. */
  deserialize(data: Uint8Array, name = "main"): void {
    checkBytes("deserialize() argument 1", data);
    checkText("deserialize() argument 2", name);
    deserialize(this.#ready(), name, data);
  }

  #ready(): CoreConnection {
    this.#session.requireOpen();
    return this.#core;
  }
}

// PEP 249: the exceptions are there by every connection, too.
Object.assign(Connection.prototype, exceptions);

// -- Private ---------------------------------------------------------------------------------------

function checkDefinition(method: string, name: unknown, narg: unknown, made: unknown): void {
  checkText(`${method}() argument 1`, name);
  checkInt(`${method}() argument 2`, narg);
  checkCallable(`${method}() argument 3`, made);
}
