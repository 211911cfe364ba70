/**
 * A connection: an open database, what was made on it, and how its errors are told.
 *
 * The faces' objects hold it, it does not hold them: when the program lets go of such an object, the collector
 * closes the connection. What C keeps of ours while it is open (callbacks, module structures) is given to
 * {@link CoreConnection.keep}.
 */
import { byref, c_int, c_void_p } from "ctypes-js";
import {
  SQLITE_DBCONFIG_DQS_DDL,
  SQLITE_DBCONFIG_DQS_DML,
  SQLITE_MISUSE,
  SQLITE_OK,
  SQLITE_OPEN_NOMUTEX,
} from "../library/constants.ts";
import { calls, lib, openLibrary, withOut } from "../library/library.ts";
import { leave, takeBack } from "./ending.ts";
import type { SqlText } from "./sqltext.ts";

/** Makes the error of a face: SQLite's message and its extended result code. */
export type ErrorMaker = (message: string, code: number) => Error;

/** What must end before its connection does. */
export interface Dependent {
  end(): void;
  /** Whether it reads a database of the connection, and so must end before another one takes that one's place. */
  readonly readsDatabase?: boolean;
}

export class CoreConnection {
  /** `sqlite3 *`; 0 while closed. */
  #handle = 0;
  /** Where it is left to the end of the thread (`ending.ts`). */
  #place = 0;
  /** Counts how often it was closed: what was made before has no handle any more. */
  generation = 0;
  /** Whether a statement may run JavaScript: a function, an authorizer, an extension that may do anything. */
  callsBack = false;
  /** Whether somebody is told of each statement that ends. */
  isProfiled = false;
  /** How many callbacks of this connection are running. */
  depth = 0;
  /** How many of them are of a kind that must leave the connection alone: {@link CoreConnection.asked}. */
  questions = 0;
  /** What a callback threw: the caller of SQLite gets it in the place of SQLite's error. */
  thrown: { readonly error: unknown } | null = null;
  /** What C holds of ours, by what it is for. */
  readonly #kept = new Map<string, readonly Partial<Disposable>[]>();
  /**
   * Statements of ours that have a handle, the oldest first. Others are a virtual table's or an extension's, and
   * theirs to end.
   */
  readonly prepared = new Set<Dependent>();
  /** How many sessions record its changes. */
  recordings = 0;
  /** How many backups read it or write to it. */
  copies = 0;
  /** What must end before the connection does: sessions, backups. */
  readonly dependents = new Set<Dependent>();
  /** Whether a statement was prepared: only then SQLite knows more than the file. */
  hasPrepared = false;
  /** What defines modules of ours anew whose tables are there by their name (`eponymous.ts`). */
  readonly eponymous = new Map<string, () => void>();
  readonly #makeError: ErrorMaker;
  readonly #makeClosed: () => Error;

  /** `makeClosed` makes the error of a connection that is not open. */
  constructor(makeError: ErrorMaker, makeClosed: () => Error) {
    this.#makeError = makeError;
    this.#makeClosed = makeClosed;
  }

  /**
   * `sqlite3 *`, for a call of C that follows at once. What runs JavaScript of the program's (getters, `valueOf`,
   * iterators) comes before: it may close the connection, and it is here that this is noticed, whatever the entry.
   *
   * @throws the face's error when it is not open, SQLITE_MISUSE in a callback that must leave the connection alone.
   */
  get handle(): number {
    if (this.#handle === 0 || this.questions > 0) this.#refuse();
    return this.#handle;
  }

  get isOpen(): boolean {
    return this.#handle !== 0;
  }

  open(path: string, flags: number): void {
    openLibrary();
    closeAtExit();
    // Also a connection that failed to open has a handle, which knows why.
    const { status, value } = withOut((out) =>
      lib.sqlite3_open_v2(path, out as never, flags | SQLITE_OPEN_NOMUTEX, null),
    );
    this.#handle = value;
    if (value !== 0) this.#place = leave("connection", value);
    if (status !== SQLITE_OK) {
      const error = value === 0 ? this.errorOf(status) : this.error();
      this.close();
      throw error;
    }
    lib.sqlite3_extended_result_codes(value, 1);
    openConnections.add(this);
  }

  /** Ends what we made on the connection, and the connection. */
  close(): void {
    const handle = this.#handle;
    if (handle === 0) return;
    this.#requireNoCallback();
    this.#endAll(this.dependents);
    this.finalizeStatements();
    this.#handle = 0;
    openConnections.delete(this);
    takeBack("connection", this.#place);
    if (lib.sqlite3_close(handle) !== SQLITE_OK) {
      // An extension has a statement open. The connection lives on until that ends, with all that C holds of ours.
      lib.sqlite3_close_v2(handle);
      leftOpen.push([...this.#kept.values()]);
      this.#kept.clear();
    }
    for (const key of [...this.#kept.keys()]) this.keep(key, []);
    this.hasPrepared = false;
    this.isProfiled = false;
    this.eponymous.clear();
  }

  /** Ends our statements, and what reads a database of the connection: they are as after {@link close}. */
  finalizeStatements(): void {
    this.#requireNoCallback();
    for (const dependent of this.dependents) if (dependent.readsDatabase) dependent.end();
    this.#endAll(this.prepared);
    this.generation++;
  }

  exec(sql: string): void {
    this.hasPrepared = true;
    const end = sql.indexOf("\0");
    this.check(lib.sqlite3_exec(this.handle, end < 0 ? sql : sql.slice(0, end), null, null, null));
  }

  /** Prepares the next statement of `text`; gives its handle, 0 when there is none. */
  prepare(text: SqlText, flags = 0): number {
    this.hasPrepared = true;
    const end = new c_void_p();
    const { status, value } = withOut((out) =>
      lib.sqlite3_prepare_v3(this.handle, text.next, text.byteLength, flags, out, byref(end)),
    );
    if (status !== SQLITE_OK || this.thrown !== null) {
      if (value !== 0) lib.sqlite3_finalize(value);
      this.fail(status);
    }
    text.advanceTo(end.value as number);
    return value;
  }

  /** Keeps what C has been given for `key` alive, and ends what it had before. */
  keep(key: string, given: readonly Partial<Disposable>[]): void {
    for (const before of this.#kept.get(key) ?? []) before[Symbol.dispose]?.();
    if (given.length === 0) this.#kept.delete(key);
    else {
      this.callsBack = true;
      this.#kept.set(key, given);
    }
  }

  setConfig(option: number, isOn: boolean): void {
    this.check(lib.sqlite3_db_config(this.handle, option, new c_int(isOn ? 1 : 0), null));
  }

  getConfig(option: number): boolean {
    const value = new c_int();
    this.check(lib.sqlite3_db_config(this.handle, option, new c_int(-1), byref(value)));
    return value.value !== 0;
  }

  /** Whether `"x"` may be a string when it is no name. */
  setDoubleQuotedStrings(areAllowed: boolean): void {
    this.setConfig(SQLITE_DBCONFIG_DQS_DML, areAllowed);
    this.setConfig(SQLITE_DBCONFIG_DQS_DDL, areAllowed);
  }

  /** Runs `act`, which cannot use the connection meanwhile, but close it. */
  lend(act: () => void): void {
    this.questions++;
    try {
      act();
    } finally {
      this.questions--;
    }
  }

  /** Has the statement that is running end: of any callback, and of no use while it is closed. */
  interrupt(): void {
    if (this.#handle !== 0) lib.sqlite3_interrupt(this.#handle);
  }

  get isInTransaction(): boolean {
    return lib.sqlite3_get_autocommit(this.handle) === 0;
  }

  /** How many rows the statement that ended last has changed. */
  get changes(): number {
    return Number(calls.changes(this.handle));
  }

  /** How many rows were changed since it was opened. */
  get totalChanges(): number {
    return Number(calls.totalChanges(this.handle));
  }

  /** The rowid inserted last; a bigint where a number would not be exact. */
  get lastInsertRowid(): number | bigint {
    return calls.lastInsertRowid(this.handle);
  }

  get lastInsertRowidBigInt(): bigint {
    return calls.lastInsertRowidBigInt(this.handle);
  }

  // -- Errors --------------------------------------------------------------------------------------

  /** @throws what `fail` throws, unless all went well. */
  check(status: number): void {
    if (status !== SQLITE_OK || this.thrown !== null) this.fail(status);
  }

  /** @throws what a callback threw, or else SQLite's error. */
  fail(status: number): never {
    const thrown = this.thrown;
    this.thrown = null;
    if (thrown !== null) throw thrown.error;
    throw this.error(status);
  }

  /** SQLite's last error on this connection. */
  error(status?: number): Error {
    if (this.#handle === 0) return this.#makeClosed();
    const code = lib.sqlite3_extended_errcode(this.#handle);
    // Some functions fail without a word to the connection.
    if (status !== undefined && (code & 0xff) !== (status & 0xff)) return this.errorOf(status);
    return this.#makeError(lib.sqlite3_errmsg(this.#handle) ?? "", code);
  }

  errorOf(status: number): Error {
    return this.#makeError(lib.sqlite3_errstr(status) ?? "unknown error", status);
  }

  /** @throws SQLITE_MISUSE in a callback that must leave the connection alone. */
  requireUsable(): void {
    if (this.questions > 0) this.#refuse();
  }

  // An aggregate that was left in the middle gives its result to nobody now; that must make nothing new, and what
  // it throws is nobody's.
  #endAll(made: ReadonlySet<Dependent>): void {
    this.questions++;
    try {
      for (const one of made) one.end();
    } finally {
      this.questions--;
      this.thrown = null;
    }
  }

  #refuse(): never {
    if (this.#handle === 0) throw this.#makeClosed();
    throw this.#makeError("the connection cannot be used in this callback", SQLITE_MISUSE);
  }

  // What SQLite goes on with then would be gone. The faces have words of their own for it.
  #requireNoCallback(): void {
    if (this.depth > 0) throw this.#makeError("the connection is in the middle of a callback", SQLITE_MISUSE);
  }

  /** Keeps what a callback threw until its call of SQLite has returned. The first stays: the others follow from it. */
  keepThrown(error: unknown): void {
    this.thrown ??= { error };
  }

  /** Runs a callback; `otherwise` is its result when it throws. */
  guarded<T>(act: () => T, otherwise: T): T {
    this.depth++;
    try {
      return act();
    } catch (error) {
      this.keepThrown(error);
      return otherwise;
    } finally {
      this.depth--;
    }
  }

  /**
   * The same for a callback that is asked in the middle of something: of what is being prepared, or looked for in a
   * tree. SQLite forbids it to use the connection (sqlite3.h, at `sqlite3_set_authorizer` and
   * `sqlite3_progress_handler`), and does not survive it.
   */
  asked<T>(act: () => T, otherwise: T): T {
    this.questions++;
    try {
      return this.guarded(act, otherwise);
    } finally {
      this.questions--;
    }
  }
}

/** Closes `connection` when `owner` has been collected. */
export function closeWith(owner: object, connection: CoreConnection): void {
  connections.register(owner, connection);
}

/** What C holds of connections that an extension keeps open: nobody can tell until when. */
const leftOpen: unknown[] = [];

const connections = new FinalizationRegistry((connection: CoreConnection) => connection.close());

// -- The end of the process ------------------------------------------------------------------------

// A process that ends in order leaves no journal behind. One that ends in the middle of a callback has a statement
// running.
const openConnections = new Set<CoreConnection>();
let closesAtExit = false;

function closeAtExit(): void {
  if (closesAtExit) return;
  closesAtExit = true;
  process.on("exit", () => {
    for (const connection of openConnections) {
      if (connection.depth === 0) connection.close();
    }
  });
}
