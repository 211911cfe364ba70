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
import { Sequence, type Step } from "ctypes";
import { SQLITE_DONE, SQLITE_OK, SQLITE_ROW, SQLITE_STMTSTATUS_REPREPARE } from "../library/constants.ts";
import { lastInsertRowidBigInt, leafReset, leafStep, lib } from "../library/library.ts";
import { Binder } from "./binding.ts";
import type { Connection } from "./connection.ts";
import type { RowReader } from "./forms.ts";
import { Prepared } from "./prepared.ts";
import type { RowMaker } from "./rows.ts";

const { sqlite3_step, sqlite3_reset, sqlite3_stmt_status, sqlite3_clear_bindings } = lib;
const { sqlite3_total_changes } = lib;

// All of an execution that runs no JavaScript: of a statement, on a connection. The second also counts all changes before and after.
const [statement, database] = [Sequence.argument(0), Sequence.argument(1)];
const steps: Step[] = [
  [leafStep, statement],
  [leafReset, statement],
  [lib.sqlite3_changes, database],
  [lib.sqlite3_last_insert_rowid, database],
];
const execution = new Sequence(...steps);
const counted = new Sequence(...steps, [lib.sqlite3_total_changes, database]);
const [STEP, RESET, CHANGES, ROWID] = [0, 1, 2, 3].map((step) => 2 * execution.slot(step)) as Four;
const TOTAL = 2 * counted.slot(4);
type Four = [number, number, number, number];

export class PreparedStatement {
  readonly connection: Connection;
  /** The handle, and what is known of its state. */
  readonly prepared: Prepared;
  /** Counts executions: an iterator of an earlier one is invalid. */
  executions = 0;
  #makeRows: RowMaker;
  #rows: RowReader | null = null;
  #preparations = 0;
  #hasColumns: boolean | null = null;
  #names: readonly (string | null)[] | null = null;
  #positions: readonly number[] | null = null;
  #binder: Binder | null | undefined = undefined;
  #parameterCount = 0;

  /** `handle` is what `sql` was prepared to. */
  constructor(connection: Connection, handle: number, sql: string, flags: number, rows: RowMaker) {
    this.connection = connection;
    this.#makeRows = rows;
    this.prepared = new Prepared(this, connection, handle, sql, flags);
  }

  /** `sqlite3_stmt *`; 0 when it was finalized or its connection closed. @throws SQLite's error when it cannot be prepared again. */
  get handle(): number {
    return this.prepared.handleFor(this);
  }

  /** Whether it is in the middle of a step: a callback runs below. */
  get isRunning(): boolean {
    return this.prepared.isRunning;
  }

  finalize(): void {
    this.prepared.finalize();
  }

  // -- Rows ----------------------------------------------------------------------------------------

  setRows(rows: RowMaker): void {
    this.#makeRows = rows;
    this.#rows = null;
  }

  get columnCount(): number {
    return lib.sqlite3_column_count(this.handle);
  }

  /** The reader of the current row, to be asked for after the first step, which may prepare the statement anew. */
  rows(handle: number): RowReader {
    const { renewals } = this.prepared;
    const preparations = sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0) + renewals * 2 ** 20;
    if (this.#rows === null || preparations !== this.#preparations) {
      this.#preparations = preparations;
      this.#rows = this.#makeRows(handle);
    }
    return this.#rows;
  }

  // -- Parameters ----------------------------------------------------------------------------------

  /** The names of the parameters, with their prefix; null for `?`. */
  get parameterNames(): readonly (string | null)[] {
    if (this.#names === null) {
      const { handle } = this;
      const count = lib.sqlite3_bind_parameter_count(handle);
      this.#names = Array.from({ length: count }, (_, i) => lib.sqlite3_bind_parameter_name(handle, i + 1));
    }
    return this.#names;
  }

  /** The indices of the parameters that values without a name go to: `?` and `?5`. */
  get positions(): readonly number[] {
    this.#positions ??= this.parameterNames.flatMap((name, i) => (name === null || name[0] === "?" ? i + 1 : []));
    return this.#positions;
  }

  /** Binds all parameters together, if all are `?` and there are so many values; false when they are to be bound one by one. */
  bindAll(handle: number, values: readonly unknown[]): boolean {
    if (this.#binder === undefined) {
      const { parameterNames } = this;
      this.#binder = parameterNames.length > 0 && parameterNames.every((name) => name === null) ? new Binder() : null;
      this.#parameterCount = parameterNames.length;
    }
    if (this.#binder === null || values.length !== this.#parameterCount) return false;
    return this.#binder.bind(handle, values, this.prepared);
  }

  clearBindings(): void {
    sqlite3_clear_bindings(this.handle);
  }

  // -- Execution -----------------------------------------------------------------------------------

  /** Before all parameters are bound: ends what is under way, an iteration that was left. Gives the handle. */
  begin(): number {
    const { prepared } = this;
    const handle = prepared.handleFor(this);
    this.executions++;
    if (prepared.isUnderWay) this.reset();
    if (prepared.slot !== null) prepared.slot.clear();
    return handle;
  }

  /** Runs to the next row or the end. @throws the error; the statement is then reset. */
  step(): boolean {
    const { prepared } = this;
    const handle = prepared.handleFor(this);
    prepared.isRunning = true;
    prepared.isUnderWay = true;
    let status = 0;
    try {
      status = sqlite3_step(handle);
    } finally {
      prepared.isRunning = false;
    }
    if (status === SQLITE_ROW) return true;
    if (status !== SQLITE_DONE || this.connection.thrown !== null) this.#fail(handle, status);
    return false;
  }

  /** The row at which it stands. */
  row(): unknown {
    const { handle } = this;
    return this.rows(handle).row(handle);
  }

  /** Back to the start. @throws what ending the execution failed with. */
  reset(): void {
    this.executions++;
    this.#end(this.prepared.handleFor(this));
  }

  /** The first row; undefined when there is none. */
  first(handle: number): unknown {
    const { prepared } = this;
    let row: unknown;
    let status = 0;
    prepared.isRunning = true;
    try {
      status = sqlite3_step(handle);
      if (status === SQLITE_ROW) row = this.rows(handle).row(handle);
    } catch (error) {
      sqlite3_reset(handle);
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
      status = sqlite3_step(handle);
      if (status === SQLITE_ROW) status = this.rows(handle).rest(handle, rows);
    } catch (error) {
      sqlite3_reset(handle);
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
   * {@link lastInsertRowid} afterwards; {@link hasChanged} too, where that is asked for.
   */
  run(handle: number, isOnce: boolean, countsChanges = false): void {
    const { connection } = this;
    if (connection.callsBack || !execution.isOneCall || (!isOnce && this.#givesRows(handle))) {
      this.#runByStep(handle, isOnce);
      return;
    }
    const before = countsChanges ? sqlite3_total_changes(connection.handle) : 0;
    const { run, words } = countsChanges ? counted : execution;
    run(handle, connection.handle);
    const status = words[STEP] as number;
    if ((status !== SQLITE_DONE && status !== SQLITE_ROW) || words[RESET] !== SQLITE_OK)
      this.#failed(status, words[RESET] as number);
    this.prepared.isUnderWay = false;
    this.changes = words[CHANGES] as number;
    this.lastInsertRowid = (words[ROWID + 1] as number) * 4294967296 + ((words[ROWID] as number) >>> 0);
    if (countsChanges) this.hasChanged = words[TOTAL] !== before;
  }

  // -- What it changed -----------------------------------------------------------------------------

  /** How many rows the last run changed; of a statement that changes none, how many the one before it did. */
  changes = 0;
  /** The rowid inserted last on the connection, if a number can be. */
  lastInsertRowid = 0;
  /** Whether the last run changed anything. */
  hasChanged = false;

  get lastInsertRowidBigInt(): bigint {
    return lastInsertRowidBigInt(this.connection.handle);
  }

  // -- Private -------------------------------------------------------------------------------------

  #givesRows(handle: number): boolean {
    this.#hasColumns ??= lib.sqlite3_column_count(handle) > 0;
    return this.#hasColumns;
  }

  #runByStep(handle: number, isOnce: boolean): void {
    const { prepared, connection } = this;
    const before = sqlite3_total_changes(connection.handle);
    let status = 0;
    prepared.isRunning = true;
    try {
      status = sqlite3_step(handle);
      if (!isOnce) while (status === SQLITE_ROW) status = sqlite3_step(handle);
    } finally {
      prepared.isRunning = false;
    }
    if ((status !== SQLITE_DONE && status !== SQLITE_ROW) || connection.thrown !== null) this.#fail(handle, status);
    this.#end(handle);
    this.changes = connection.changes;
    this.lastInsertRowid = connection.lastInsertRowid;
    this.hasChanged = sqlite3_total_changes(connection.handle) !== before;
  }

  /** The statement is reset; SQLite tells its error again then. */
  #failed(status: number, reset: number): never {
    this.executions++;
    this.prepared.isUnderWay = false;
    this.connection.fail(status === SQLITE_DONE || status === SQLITE_ROW ? reset : status);
  }

  #end(handle: number): void {
    this.prepared.isUnderWay = false;
    const status = sqlite3_reset(handle);
    if (status !== SQLITE_OK || this.connection.thrown !== null) this.connection.check(status);
  }

  // SQLite's message must be read before the statement is reset.
  #fail(handle: number, status: number): never {
    try {
      this.connection.fail(status);
    } finally {
      this.executions++;
      this.prepared.isUnderWay = false;
      sqlite3_reset(handle);
    }
  }
}
