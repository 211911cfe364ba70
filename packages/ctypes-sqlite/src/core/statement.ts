/**
 * A prepared statement: its columns and parameters as far as they were asked for, and the ways to run it.
 *
 * How an execution happens
 *   at once    runAtOnce; or stepAtOnce and takeFirst: one call of C, by a plan (`plan.ts`), once there is one
 *   by calls   begin ends what is under way; each parameter is bound (`parameters.ts`, `giving.ts`); then first, all,
 *              run, or step by step; reset is done by these, except for steps
 * What every execution needs is found once: which reader makes a row, how many parameters there are. A statement
 * that SQLite prepared anew, because the schema changed, is asked again.
 */
import {
  SQLITE_DONE,
  SQLITE_MISUSE,
  SQLITE_OK,
  SQLITE_ROW,
  SQLITE_STMTSTATUS_REPREPARE,
} from "../library/constants.ts";
import { calls, lib } from "../library/library.ts";
import type { CoreConnection } from "./connection.ts";
import { FirstRows } from "./first.ts";
import { Outcome } from "./outcome.ts";
import { Parameters } from "./parameters.ts";
import type { Kind } from "./plan.ts";
import { Prepared } from "./prepared.ts";
import { type FirstRow, printRun, type WholeRun } from "./print.ts";
import type { RowMaker, RowReader } from "./rows.ts";

export class PreparedStatement {
  readonly connection: CoreConnection;
  /** The handle, and what is known of its state. */
  readonly prepared: Prepared;
  readonly parameters: Parameters;
  /** What the last {@link run} changed. */
  readonly outcome = new Outcome();
  /** Counts executions: an iterator of an earlier one is invalid. */
  executions = 0;
  #makeRows: RowMaker;
  #rows: RowReader | null = null;
  #preparations = 0;
  #hasColumns: boolean | null = null;
  #first = new FirstRows();
  #run: WholeRun | null = null;
  #runKinds: readonly Kind[] | null = null;

  /** `handle` is what `sql` was prepared to. */
  constructor(connection: CoreConnection, handle: number, sql: string, flags: number, rows: RowMaker) {
    this.connection = connection;
    this.#makeRows = rows;
    this.prepared = new Prepared(this, connection, handle, sql, flags);
    this.parameters = new Parameters(this);
  }

  /**
   * `sqlite3_stmt *`; 0 when it was finalized or its connection closed.
   *
   * @throws SQLite's error when it cannot be prepared again.
   */
  get handle(): number {
    return this.prepared.handleFor(this);
  }

  /** Whether an execution is under way: a callback runs, or a getter that is read for a parameter. */
  get isRunning(): boolean {
    return this.prepared.isRunning;
  }

  /**
   * Reads values for an execution: what runs meanwhile can end the statement by closing its database, but not
   * run it.
   */
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
    this.#first = new FirstRows();
  }

  get columnCount(): number {
    return lib.sqlite3_column_count(this.handle);
  }

  /** The reader of the current row, for use after the first step, which may prepare the statement anew. */
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

  /**
   * Before all parameters are bound: ends what is under way, an iteration that was left. Gives the handle.
   *
   * @throws SQLITE_MISUSE when the statement has ended.
   */
  begin(): number {
    const { prepared } = this;
    const handle = prepared.handleFor(this);
    if (handle === 0) throw this.connection.errorOf(SQLITE_MISUSE);
    this.executions++;
    if (prepared.isUnderWay) this.reset();
    prepared.clearTexts();
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
   * Binds these values, steps, and reads the columns of the first row, in one call of C. Gives the handle when that
   * was done, for {@link takeFirst}; 0 when {@link first} is to be called with parameters that are bound.
   */
  stepAtOnce(values: readonly unknown[]): number {
    const { connection, parameters, prepared } = this;
    const { plan } = this.#first;
    if (plan === null || plan.isStale || connection.callsBack || values.length !== parameters.count) return 0;
    const handle = this.begin();
    const { texts } = prepared;
    return texts !== null && plan.run(handle, 0, values, texts) ? handle : 0;
  }

  /** The row of {@link stepAtOnce}; undefined when there is none. @throws the error of the step. */
  takeFirst(handle: number): unknown {
    const { words, step, preparations, take } = this.#first.plan as FirstRow;
    let row: unknown;
    try {
      if (words[step] === SQLITE_ROW) {
        // Prepared anew, it may have other columns.
        const isKnown = this.#first.fits((words[preparations] as number) + this.prepared.renewals * RENEWAL);
        row = isKnown ? take(handle) : this.rows(handle).row(handle);
        if (!isKnown) this.#first.plan = null;
      }
    } catch (error) {
      calls.leafReset(handle);
      throw error;
    }
    const status = calls.leafReset(handle);
    if (status !== SQLITE_OK) this.connection.fail(status);
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
        const reader = this.rows(handle);
        row = reader.row(handle);
        this.#first.learn(reader, this.parameters.kinds, this.#preparations);
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
   * Runs for what it does: to the end, or one step, since whatever a statement changes it has changed then. What
   * that was is in {@link outcome} afterwards; whether anything changed only where `compares`, which is always the
   * same for a statement.
   */
  run(handle: number, isOnce: boolean, compares = false): void {
    const { connection } = this;
    const whole = connection.callsBack || (!isOnce && this.#givesRows(handle)) ? null : unboundRun(compares);
    if (whole === null) this.#runByStep(handle, isOnce);
    else {
      whole.run(handle, connection.handle, NO_VALUES, null as never);
      this.#receive(whole);
    }
  }

  /**
   * Binds these values and does what {@link run} does, in one call of C; false when nothing was run, and
   * {@link run} is to be called with parameters that are bound.
   */
  runAtOnce(values: readonly unknown[], isOnce: boolean, compares = false): boolean {
    const { parameters, connection, prepared } = this;
    const { kinds } = parameters;
    if (kinds === null || connection.callsBack || values.length !== parameters.count) return false;
    const handle = this.begin();
    if (!isOnce && this.#givesRows(handle)) return false;
    if (this.#runKinds !== kinds) {
      this.#runKinds = kinds;
      this.#run = printRun(kinds, compares);
    }
    const whole = this.#run;
    const { texts } = prepared;
    if (whole === null || texts === null || !whole.run(handle, connection.handle, values, texts)) return false;
    this.#receive(whole);
    return true;
  }

  // -- Private -------------------------------------------------------------------------------------

  #receive(whole: WholeRun): void {
    const { words } = whole;
    const [status, reset] = [words[whole.step] as number, words[whole.reset] as number];
    if ((status !== SQLITE_DONE && status !== SQLITE_ROW) || reset !== SQLITE_OK) this.#failed(status, reset);
    this.prepared.isUnderWay = false;
    this.outcome.take(whole, this.connection);
  }

  #givesRows(handle: number): boolean {
    this.#hasColumns ??= lib.sqlite3_column_count(handle) > 0;
    return this.#hasColumns;
  }

  #runByStep(handle: number, isOnce: boolean): void {
    const { prepared, connection } = this;
    const before = connection.totalChanges;
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
    this.outcome.ask(connection, before);
  }

  /** Of a statement that is reset: SQLite has returned the error a second time. */
  #failed(status: number, reset: number): never {
    this.executions++;
    this.prepared.isUnderWay = false;
    this.connection.fail(status === SQLITE_DONE || status === SQLITE_ROW ? reset : status);
  }

  #end(handle: number): void {
    const status = this.#resetHandle(handle);
    if (status !== SQLITE_OK || this.connection.thrown !== null) this.connection.check(status);
  }

  /** A profile callback runs within this, at the end of an execution, and cannot begin another one. */
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

// -- Private ---------------------------------------------------------------------------------------

/** What a preparation by the driver counts beside those by SQLite. */
const RENEWAL = 2 ** 20;
const NO_VALUES: readonly unknown[] = [];

const unboundRuns: (WholeRun | null)[] = [];

/** What runs a statement whose parameters are bound. */
function unboundRun(compares: boolean): WholeRun | null {
  const made = unboundRuns[compares ? 1 : 0];
  return made === undefined ? (unboundRuns[compares ? 1 : 0] = printRun([], compares)) : made;
}
