/**
 * A prepared statement: its columns and parameters as far as they were asked for, and the ways to run it.
 *
 * How an execution happens
 *   1. begin        what is still under way is ended; gives the handle
 *   2. bindValue    each parameter (`bind.ts`)
 *   3. first, all, run, or step by step
 *   4. reset        done by 3, except for steps
 * What every execution needs is found once: which reader makes a row, how many parameters there are. A statement that SQLite prepared anew, because
 * the schema changed, is asked again.
 */
import {
  SQLITE_DONE,
  SQLITE_MISUSE,
  SQLITE_OK,
  SQLITE_ROW,
  SQLITE_STMTSTATUS_REPREPARE,
} from "../library/constants.ts";
import { calls, lib } from "../library/library.ts";
import type { Kind } from "./binding.ts";
import type { Connection } from "./connection.ts";
import { type BoundExecution, boundExecution, execution, type Outcome } from "./execution.ts";
import { APART, FirstRows, STEPPED } from "./first.ts";
import type { FirstReader, RowReader } from "./forms.ts";
import { Parameters } from "./parameters.ts";
import { Prepared } from "./prepared.ts";
import type { RowMaker } from "./rows.ts";
import { takeSlot } from "./slot.ts";

/** What a preparation by us counts beside those by SQLite. */
const RENEWAL = 2 ** 20;

/** The integer of 64 bits with this low word. */
function wide(words: Int32Array, low: number): number {
  return (words[low + 1] as number) * 4294967296 + ((words[low] as number) >>> 0);
}

const MOST = Number.MAX_SAFE_INTEGER;

export class PreparedStatement {
  readonly connection: Connection;
  /** The handle, and what is known of its state. */
  readonly prepared: Prepared;
  readonly parameters: Parameters;
  /** Counts executions: an iterator of an earlier one is invalid. */
  executions = 0;
  #makeRows: RowMaker;
  #rows: RowReader | null = null;
  #preparations = 0;
  #hasColumns: boolean | null = null;
  #firstRows: FirstRows | null = null;
  #execution: BoundExecution | null = null;
  #executionKinds: readonly Kind[] | null = null;

  /** `handle` is what `sql` was prepared to. */
  constructor(connection: Connection, handle: number, sql: string, flags: number, rows: RowMaker) {
    this.connection = connection;
    this.#makeRows = rows;
    this.prepared = new Prepared(this, connection, handle, sql, flags);
    this.parameters = new Parameters(this);
  }

  /** `sqlite3_stmt *`; 0 when it was finalized or its connection closed. @throws SQLite's error when it cannot be prepared again. */
  get handle(): number {
    return this.prepared.handleFor(this);
  }

  /** Whether it is in the middle of an execution: a callback runs below, or a getter that is read for a parameter. */
  get isRunning(): boolean {
    return this.prepared.isRunning;
  }

  /** Reads what an execution is given: what runs meanwhile can end the statement by closing its database, but not run it. */
  reading<T>(read: () => T): T {
    const { prepared } = this;
    prepared.isRunning = true;
    try {
      return read();
    } finally {
      prepared.isRunning = false;
    }
  }

  finalize(): void {
    this.prepared.end();
  }

  // -- Rows ----------------------------------------------------------------------------------------

  setRows(rows: RowMaker): void {
    this.#makeRows = rows;
    this.#rows = null;
    this.#firstRows = null;
  }

  get columnCount(): number {
    return lib.sqlite3_column_count(this.handle);
  }

  /** The reader of the current row, to be asked for after the first step, which may prepare the statement anew. */
  rows(handle: number): RowReader {
    const { renewals } = this.prepared;
    const preparations = calls.statementStatus(handle, SQLITE_STMTSTATUS_REPREPARE, 0) + renewals * RENEWAL;
    if (this.#rows === null || preparations !== this.#preparations) {
      this.#preparations = preparations;
      this.#rows = this.#makeRows(handle);
    }
    return this.#rows;
  }

  // -- Execution -----------------------------------------------------------------------------------

  /** Before all parameters are bound: ends what is under way, an iteration that was left. Gives the handle. @throws SQLITE_MISUSE when it has ended. */
  begin(): number {
    const { prepared } = this;
    const handle = prepared.handleFor(this);
    if (handle === 0) throw this.connection.errorOf(SQLITE_MISUSE);
    this.executions++;
    if (prepared.isUnderWay) this.reset();
    if (prepared.slot !== null) prepared.slot.clear();
    return handle;
  }

  /** Runs to the next row or the end. @throws the error; the statement is then reset. */
  step(): boolean {
    const { prepared } = this;
    const handle = prepared.handleFor(this);
    if (handle === 0) throw this.connection.errorOf(SQLITE_MISUSE);
    prepared.isRunning = true;
    prepared.isUnderWay = true;
    let status = 0;
    try {
      status = calls.step(handle);
    } finally {
      prepared.isRunning = false;
    }
    const { thrown } = this.connection;
    if (status === SQLITE_ROW && thrown === null) return true;
    if (status !== SQLITE_DONE || thrown !== null) this.#fail(handle, status);
    return false;
  }

  /** The row at which it stands. @throws SQLITE_MISUSE when it has ended. */
  row(): unknown {
    const { handle } = this;
    if (handle === 0) throw this.connection.errorOf(SQLITE_MISUSE);
    return this.rows(handle).row(handle);
  }

  /** Back to the start. @throws what ending the execution failed with. */
  reset(): void {
    this.executions++;
    this.#end(this.prepared.handleFor(this));
  }

  /**
   * The first row for these parameters, undefined when there is none, in one call of C; {@link APART} when nothing was done, and they are to be bound before
   * {@link first}.
   */
  firstAtOnce(values: readonly unknown[]): unknown {
    const rows = this.#firstRows;
    if (rows === null || rows.reader === null || this.connection.callsBack) return APART;
    const handle = this.begin();
    const { prepared } = this;
    prepared.slot ??= takeSlot();
    // Prepared again, it may have other columns: there must be another reader.
    if (rows.renewals !== prepared.renewals) rows.leave();
    const { reader } = rows;
    if (reader === null || values.length !== this.parameters.count || prepared.slot === null) return APART;
    let row: unknown;
    try {
      row = reader.get(handle, values, prepared.slot, rows.preparations);
      if (row === STEPPED) row = this.#firstStepped(handle, rows, reader);
      else if (row === APART) rows.leave();
    } catch (error) {
      calls.leafReset(handle);
      throw error;
    }
    const status = calls.leafReset(handle);
    if (status !== SQLITE_OK && row !== APART) this.connection.fail(status);
    return row;
  }

  /** The first row; undefined when there is none. */
  first(handle: number): unknown {
    const { prepared } = this;
    let row: unknown;
    let status = 0;
    prepared.isRunning = true;
    try {
      status = calls.step(handle);
      if (status === SQLITE_ROW) {
        row = this.rows(handle).row(handle);
        this.#firstRows ??= new FirstRows();
        if (this.#firstRows.isDue()) this.#takeFirstReader(handle, this.#firstRows);
      }
    } catch (error) {
      this.#resetHandle(handle);
      throw error;
    } finally {
      prepared.isRunning = false;
    }
    if ((status !== SQLITE_ROW && status !== SQLITE_DONE) || this.connection.thrown !== null) {
      this.#fail(handle, status);
    }
    this.#end(handle);
    return row;
  }

  all(handle: number): unknown[] {
    const { prepared } = this;
    const rows: unknown[] = [];
    let status = 0;
    prepared.isRunning = true;
    try {
      status = calls.step(handle);
      if (status === SQLITE_ROW) status = this.rows(handle).rest(handle, rows);
    } catch (error) {
      this.#resetHandle(handle);
      throw error;
    } finally {
      prepared.isRunning = false;
    }
    if (status !== SQLITE_DONE || this.connection.thrown !== null) this.#fail(handle, status);
    this.#end(handle);
    return rows;
  }

  /**
   * Runs for what it does: to the end, or one step, since whatever a statement changes it has changed then. What that was is in {@link changes} and
   * {@link lastInsertRowid} afterwards; {@link hasChanged} too, where `countsChanges`, which is always the same for a statement.
   */
  run(handle: number, isOnce: boolean, countsChanges = false): void {
    const { connection } = this;
    const made = execution(countsChanges);
    if (connection.callsBack || !made.isOneCall || (!isOnce && this.#givesRows(handle))) {
      this.#runByStep(handle, isOnce);
      return;
    }
    made.run(handle, connection.handle);
    this.#receive(made);
  }

  /** Binds these values and does what {@link run} does, in one call of C; false when nothing was run, and they are to be bound before. */
  runAtOnce(values: readonly unknown[], isOnce: boolean, countsChanges = false): boolean {
    const { parameters, connection, prepared } = this;
    const { togetherKinds } = parameters;
    if (togetherKinds === null || connection.callsBack || values.length !== parameters.count) return false;
    const handle = this.begin();
    if (!isOnce && this.#givesRows(handle)) return false;
    if (this.#executionKinds !== togetherKinds) {
      this.#executionKinds = togetherKinds;
      this.#execution = boundExecution(togetherKinds, countsChanges);
    }
    prepared.slot ??= takeSlot();
    const made = this.#execution;
    if (made === null || prepared.slot === null) return false;
    if (!made.run(handle, connection.handle, values, prepared.slot)) return false;
    this.#receive(made);
    return true;
  }

  // -- What it changed -----------------------------------------------------------------------------

  /** How many rows the last run changed; of a statement that changes none, how many the one before it did. */
  changes = 0;
  /** The rowid inserted last on the connection; a bigint where a number would not be exact. */
  lastInsertRowid: number | bigint = 0;
  /** Whether the last run changed anything. */
  hasChanged = false;

  get lastInsertRowidBigInt(): bigint {
    return calls.lastInsertRowidBigInt(this.connection.handle);
  }

  // -- Private -------------------------------------------------------------------------------------

  #takeFirstReader(handle: number, rows: FirstRows): void {
    const { kinds } = this.parameters;
    if (kinds === null) return;
    rows.reader = this.rows(handle).first?.(kinds) ?? null;
    rows.preparations = this.#preparations % RENEWAL;
    rows.renewals = this.prepared.renewals;
  }

  /** What there is when no row was read, or the parameters could not be bound. */
  #firstStepped(handle: number, rows: FirstRows, reader: FirstReader): unknown {
    const isBound = reader.isBound();
    // There is none, or an error, which resetting the statement gives.
    if (isBound && reader.status() !== SQLITE_ROW) return undefined;
    rows.leave();
    return isBound ? this.rows(handle).row(handle) : APART;
  }

  #receive({ words, step, reset, changes, rowid, before, after }: Outcome): void {
    const status = words[step] as number;
    if ((status !== SQLITE_DONE && status !== SQLITE_ROW) || words[reset] !== SQLITE_OK)
      this.#failed(status, words[reset] as number);
    this.prepared.isUnderWay = false;
    this.changes = calls.countsFar ? wide(words, changes) : (words[changes] as number);
    const last = wide(words, rowid);
    this.lastInsertRowid = last <= MOST && last >= -MOST ? last : this.lastInsertRowidBigInt;
    this.hasChanged = words[before] !== words[after];
  }

  #givesRows(handle: number): boolean {
    this.#hasColumns ??= lib.sqlite3_column_count(handle) > 0;
    return this.#hasColumns;
  }

  #runByStep(handle: number, isOnce: boolean): void {
    const { prepared, connection } = this;
    const before = calls.totalChanges(connection.handle);
    let status = 0;
    prepared.isRunning = true;
    try {
      status = calls.step(handle);
      if (!isOnce) while (status === SQLITE_ROW) status = calls.step(handle);
    } finally {
      prepared.isRunning = false;
    }
    if ((status !== SQLITE_DONE && status !== SQLITE_ROW) || connection.thrown !== null) this.#fail(handle, status);
    this.#end(handle);
    this.changes = connection.changes;
    this.lastInsertRowid = connection.lastInsertRowid;
    this.hasChanged = calls.totalChanges(connection.handle) !== before;
  }

  /** The statement is reset; SQLite tells its error again then. */
  #failed(status: number, reset: number): never {
    this.executions++;
    this.prepared.isUnderWay = false;
    this.connection.fail(status === SQLITE_DONE || status === SQLITE_ROW ? reset : status);
  }

  #end(handle: number): void {
    const status = this.#resetHandle(handle);
    if (status !== SQLITE_OK || this.connection.thrown !== null) this.connection.check(status);
  }

  /** Who is told of the end of an execution (`setProfile`) is told within this, and cannot begin another one. */
  #resetHandle(handle: number): number {
    const { prepared } = this;
    prepared.isUnderWay = false;
    prepared.isRunning = true;
    try {
      return calls.reset(handle);
    } finally {
      prepared.isRunning = false;
    }
  }

  // SQLite's message must be read before the statement is reset.
  #fail(handle: number, status: number): never {
    try {
      this.connection.fail(status);
    } finally {
      this.executions++;
      this.#resetHandle(handle);
    }
  }
}
