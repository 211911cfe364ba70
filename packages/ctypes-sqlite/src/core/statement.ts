/**
 * A prepared statement: its columns and parameters as far as they were asked for, and the ways to run it.
 *
 * What every execution needs is found once: which reader makes a row, how many parameters there are. A statement that SQLite prepared anew, because
 * the schema changed, is asked again.
 */
import { SQLITE_DONE, SQLITE_OK, SQLITE_ROW, SQLITE_STMTSTATUS_REPREPARE } from "../library/constants.ts";
import { lastInsertRowidBigInt, lib } from "../library/library.ts";
import type { Connection } from "./connection.ts";
import { Prepared } from "./prepared.ts";
import type { RowMaker, RowReader } from "./rows.ts";

const { sqlite3_step, sqlite3_reset, sqlite3_stmt_status, sqlite3_clear_bindings } = lib;
const { sqlite3_changes, sqlite3_last_insert_rowid } = lib;

export class PreparedStatement {
  readonly connection: Connection;
  /** Counts executions: an iterator of an earlier one is invalid. */
  executions = 0;
  /** How rows are made; changed by {@link setRows}. */
  #makeRows: RowMaker;
  #rows: RowReader | null = null;
  #preparations = 0;
  #names: readonly (string | null)[] | null = null;
  #positions: readonly number[] | null = null;
  readonly #prepared: Prepared;

  /** `handle` is what `sql` was prepared to. */
  constructor(connection: Connection, handle: number, sql: string, flags: number, rows: RowMaker) {
    this.connection = connection;
    this.#makeRows = rows;
    this.#prepared = new Prepared(this, connection, handle, sql, flags);
  }

  /** `sqlite3_stmt *`; 0 when it was finalized or its connection closed. @throws SQLite's error when it cannot be prepared again. */
  get handle(): number {
    return this.#prepared.handleFor(this);
  }

  /** Whether it is in the middle of a step: a callback runs below. */
  get isRunning(): boolean {
    return this.#prepared.isRunning;
  }

  /** Whether values were bound to stay. */
  get isBound(): boolean {
    return this.#prepared.isBound;
  }

  keepBindings(): void {
    this.#prepared.isBound = true;
  }

  finalize(): void {
    this.#prepared.finalize();
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
  rows(): RowReader {
    const { handle } = this;
    const preparations =
      sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0) + this.#prepared.renewals * 2 ** 32;
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

  clearBindings(): void {
    sqlite3_clear_bindings(this.handle);
  }

  // -- Execution -----------------------------------------------------------------------------------

  /** Runs to the next row or the end. @throws the error; the statement is then reset. */
  step(): boolean {
    const { handle } = this;
    this.#prepared.isRunning = true;
    let status = 0;
    try {
      status = sqlite3_step(handle);
    } finally {
      this.#prepared.isRunning = false;
    }
    this.#prepared.isUnderWay = true;
    if (status === SQLITE_ROW) return true;
    if (status !== SQLITE_DONE || this.connection.hasThrown) this.#fail(status);
    return false;
  }

  /** Before an execution: ends what is under way, an iteration that was left. */
  rewind(): void {
    this.executions++;
    if (this.#prepared.isUnderWay) this.reset();
  }

  /** Back to the start. @throws what ending the execution failed with. */
  reset(): void {
    this.executions++;
    this.#prepared.isUnderWay = false;
    const status = sqlite3_reset(this.handle);
    if (status !== SQLITE_OK || this.connection.hasThrown) this.connection.check(status);
  }

  /** The first row; undefined when there is none. */
  first(): unknown {
    let row: unknown;
    try {
      if (this.step()) row = this.rows()(this.handle);
    } catch (error) {
      sqlite3_reset(this.handle);
      throw error;
    }
    this.reset();
    return row;
  }

  all(): unknown[] {
    const { handle } = this;
    const rows: unknown[] = [];
    this.#prepared.isRunning = true;
    let status = 0;
    try {
      status = sqlite3_step(handle);
      if (status === SQLITE_ROW) {
        const read = this.rows();
        do {
          rows.push(read(handle));
          status = sqlite3_step(handle);
        } while (status === SQLITE_ROW);
      }
    } catch (error) {
      sqlite3_reset(handle);
      throw error;
    } finally {
      this.#prepared.isRunning = false;
    }
    if (status !== SQLITE_DONE || this.connection.hasThrown) this.#fail(status);
    this.reset();
    return rows;
  }

  /** Runs one step, for what it does: whatever a statement changes it has changed then. */
  runOnce(): void {
    const { handle } = this;
    this.#prepared.isRunning = true;
    let status = 0;
    try {
      status = sqlite3_step(handle);
    } finally {
      this.#prepared.isRunning = false;
    }
    if ((status !== SQLITE_DONE && status !== SQLITE_ROW) || this.connection.hasThrown) this.#fail(status);
    this.reset();
  }

  /** Runs to the end, for what it does. */
  run(): void {
    const { handle } = this;
    this.#prepared.isRunning = true;
    let status = 0;
    try {
      do status = sqlite3_step(handle);
      while (status === SQLITE_ROW);
    } finally {
      this.#prepared.isRunning = false;
    }
    if (status !== SQLITE_DONE || this.connection.hasThrown) this.#fail(status);
    this.reset();
  }

  /** How many rows the last execution of any statement changed. */
  get changes(): number {
    return sqlite3_changes(this.connection.handle);
  }

  get lastInsertRowid(): number {
    return Number(sqlite3_last_insert_rowid(this.connection.handle));
  }

  get lastInsertRowidBigInt(): bigint {
    return lastInsertRowidBigInt(this.connection.handle);
  }

  // SQLite's message must be read before the statement is reset.
  #fail(status: number): never {
    try {
      this.connection.fail(status);
    } finally {
      this.#prepared.isUnderWay = false;
      sqlite3_reset(this.handle);
    }
  }
}
