/**
 * `Statement` and its iterator, as better-sqlite3 has them.
 */
import { expandedSql } from "../core/hooks.ts";
import { nativeClass } from "../core/native.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { refuseClones } from "../core/uncloneable.ts";
import { lib } from "../library/library.ts";
import { type RowMode, rowsFor } from "./rules.ts";
import type { State } from "./state.ts";
import { bindValues, valuesInOrder } from "./values.ts";

/** What an execution changed. */
export interface RunResult {
  changes: number;
  lastInsertRowid: number | bigint;
}

/** Where a column of the result comes from; null for what comes from no column of a table. */
export interface ColumnDefinition {
  name: string;
  column: string | null;
  table: string | null;
  database: string | null;
  type: string | null;
}

/** Values in the order of the parameters, in arrays, or by name in one object. */
export type BindParameters = readonly unknown[];

/** Own properties of statements show in a log. One function for all: each statement is of the same shape. */
const BUSY: PropertyDescriptor = {
  get(this: BetterStatement) {
    return BetterStatement.isBusy(this);
  },
  enumerable: true,
};

/** Made by `Database.prototype.prepare()`. */
class BetterStatement {
  /** The database it was made by. */
  declare readonly database: object;
  /** Whether it returns data. */
  declare readonly reader: boolean;
  /** Whether it leaves the database as it is. */
  declare readonly readonly: boolean;
  /** The SQL it was made from. */
  declare readonly source: string;
  /** Whether an iterator of it is under way. */
  declare readonly busy: boolean;
  readonly #prepared: PreparedStatement;
  readonly #state: State;
  readonly #isReader: boolean;
  #mode: RowMode = "flat";
  #areSafe: boolean;
  /** Whether an iterator is under way. */
  #isLocked = false;

  constructor(state: State, prepared: PreparedStatement, source: string, isPragma: boolean) {
    refuseClones(this);
    this.#state = state;
    this.#prepared = prepared;
    this.#areSafe = state.areSafe;
    const { handle } = prepared;
    this.#isReader = isPragma || lib.sqlite3_column_count(handle) > 0;
    const isReadonly = lib.sqlite3_stmt_readonly(handle) !== 0;
    Object.defineProperties(this, {
      reader: { value: this.#isReader, enumerable: true },
      readonly: { value: isReadonly, enumerable: true },
      source: { value: source, enumerable: true },
      database: { value: state.database, enumerable: true },
      busy: BUSY,
    });
  }

  /** Runs the statement for what it does. */
  run(...parameters: BindParameters): RunResult {
    const values = this.#inOrder(parameters);
    const state = this.#state;
    state.requireOpen();
    state.requireNotBusy();
    state.requireNoIteratorsUnlessUnsafe();
    const prepared = this.#prepared;
    const isPlain = state.verbose === null && values !== null;
    if (!isPlain || !prepared.runAtOnce(values, true, true)) this.#runBound(this.#bind(parameters, values));
    const { hasChanged, changes, lastInsertRowid } = prepared.outcome;
    return {
      changes: hasChanged ? changes : 0,
      lastInsertRowid: this.#areSafe ? prepared.connection.lastInsertRowidBigInt : Number(lastInsertRowid),
    };
  }

  /** The first row; undefined when there is none. */
  get(...parameters: BindParameters): unknown {
    const values = this.#inOrder(parameters);
    const state = this.#ready();
    const prepared = this.#prepared;
    const stepped = state.verbose !== null || values === null ? 0 : prepared.stepAtOnce(values);
    if (stepped !== 0) return prepared.takeFirst(stepped);
    const handle = this.#bind(parameters, values);
    state.isBusy = true;
    try {
      if (state.verbose !== null) this.#log();
      return prepared.first(handle);
    } finally {
      state.isBusy = false;
    }
  }

  /** All rows. */
  all(...parameters: BindParameters): unknown[] {
    const values = this.#inOrder(parameters);
    const state = this.#ready();
    const handle = this.#bind(parameters, values);
    state.isBusy = true;
    try {
      if (state.verbose !== null) this.#log();
      return this.#prepared.all(handle);
    } finally {
      state.isBusy = false;
    }
  }

  /** The rows one by one. The database cannot be changed meanwhile. */
  iterate(...parameters: BindParameters): IterableIterator<unknown> {
    const values = this.#inOrder(parameters);
    const state = this.#ready();
    this.#bind(parameters, values);
    const prepared = this.#prepared;
    this.#isLocked = true;
    state.iterators++;
    const log = state.verbose === null ? null : () => this.#log();
    return new BetterStatementIterator(this, prepared, state, log, () => {
      this.#isLocked = false;
      state.iterators--;
    });
  }

  /** Binds parameters for good. @throws TypeError when that was done before. */
  bind(...parameters: BindParameters): this {
    if (this.#prepared.prepared.isBound) {
      throw new TypeError("The bind() method can only be invoked once per statement object");
    }
    this.#state.requireOpen();
    this.#state.requireNotBusy();
    this.#requireNotLocked();
    bindValues(this.#prepared, parameters, null);
    this.#prepared.prepared.isBound = true;
    return this;
  }

  /** The SQL; once parameters have been bound for good, with their values in it, as long as the database is open. */
  toString(): string {
    const { prepared } = this.#prepared;
    const isAlive = prepared.isBound && this.#state.connection.isOpen;
    return (isAlive ? expandedSql(this.#prepared.handle) : null) ?? this.source;
  }

  /** Rows are their first value. */
  pluck(isOn = true): this {
    return this.#setMode("pluck", isOn);
  }

  /** Rows are objects by table. */
  expand(isOn = true): this {
    return this.#setMode("expand", isOn);
  }

  /** Rows are arrays. */
  raw(isOn = true): this {
    return this.#setMode("raw", isOn);
  }

  /** Integers are bigints. */
  safeIntegers(isOn = true): this {
    this.#state.requireNotBusy();
    this.#requireNotLocked();
    if (typeof isOn !== "boolean") throw new TypeError("Expected first argument to be a boolean");
    this.#areSafe = isOn;
    this.#prepared.setRows(rowsFor(this.#mode, isOn));
    return this;
  }

  columns(): ColumnDefinition[] {
    if (!this.#isReader) throw new TypeError("The columns() method is only for statements that return data");
    this.#state.requireOpen();
    this.#state.requireNotBusy();
    const { handle } = this.#prepared;
    return Array.from({ length: lib.sqlite3_column_count(handle) }, (_, i) => ({
      name: lib.sqlite3_column_name(handle, i) ?? "",
      column: lib.sqlite3_column_origin_name(handle, i),
      table: lib.sqlite3_column_table_name(handle, i),
      database: lib.sqlite3_column_database_name(handle, i),
      type: lib.sqlite3_column_decltype(handle, i),
    }));
  }

  // -- Private -------------------------------------------------------------------------------------

  /** For `busy`. */
  static isBusy(statement: BetterStatement): boolean {
    return statement.#isLocked && statement.#state.connection.isOpen;
  }

  #runBound(handle: number): void {
    const state = this.#state;
    state.isBusy = true;
    try {
      if (state.verbose !== null) this.#log();
      this.#prepared.run(handle, true, true);
    } finally {
      state.isBusy = false;
    }
  }

  /** For reading. */
  #ready(): State {
    if (!this.#isReader) throw new TypeError("This statement does not return data. Use run() instead");
    const state = this.#state;
    state.requireOpen();
    state.requireNotBusy();
    this.#requireNotLocked();
    return state;
  }

  /**
   * The values to be bound, in their order; null where that is not known, or they are bound for good. Getters may
   * close the database meanwhile.
   */
  #inOrder(parameters: BindParameters): readonly unknown[] | null {
    const statement = this.#prepared;
    return statement.prepared.isBound ? null : valuesInOrder(statement, parameters);
  }

  /** Binds parameters for an execution of this handle; `values` are the same in order, where they are known. */
  #bind(parameters: BindParameters, values: readonly unknown[] | null): number {
    const statement = this.#prepared;
    if (!statement.prepared.isBound) return bindValues(statement, parameters, values);
    if (parameters.length > 0) throw new TypeError("This statement already has bound parameters");
    return statement.handle;
  }

  #log(): void {
    const { handle } = this.#prepared;
    const { verbose } = this.#state;
    verbose?.(expandedSql(handle) ?? lib.sqlite3_sql(handle) ?? "");
  }

  #requireNotLocked(): void {
    if (this.#isLocked) throw new TypeError("This statement is busy executing a query");
  }

  #setMode(mode: RowMode, isOn: boolean): this {
    if (!this.#isReader) throw new TypeError(`The ${mode}() method is only for statements that return data`);
    this.#state.requireNotBusy();
    this.#requireNotLocked();
    if (typeof isOn !== "boolean") throw new TypeError("Expected first argument to be a boolean");
    if (isOn) this.#mode = mode;
    else if (this.#mode === mode) this.#mode = "flat";
    this.#prepared.setRows(rowsFor(this.#mode, this.#areSafe));
    return this;
  }
}

/** Statements; one is made by a database. */
export const Statement = nativeClass(BetterStatement, "Statement", 0, () => {
  throw new TypeError("Statements can only be constructed by the db.prepare() method");
});
export type Statement = BetterStatement;

/** A `Statement` of this handle. */
export function statementOf(state: State, prepared: PreparedStatement, source: string, isPragma: boolean): Statement {
  return new BetterStatement(state, prepared, source, isPragma);
}

// -- Iteration -------------------------------------------------------------------------------------

class BetterStatementIterator implements IterableIterator<unknown> {
  declare readonly statement: Statement;
  readonly #prepared: PreparedStatement;
  readonly #state: State;
  readonly #release: () => void;
  #log: (() => void) | null;
  #isAlive = true;

  constructor(
    statement: Statement,
    prepared: PreparedStatement,
    state: State,
    log: (() => void) | null,
    release: () => void,
  ) {
    Object.defineProperty(this, "statement", { value: statement, enumerable: true });
    this.#prepared = prepared;
    this.#state = state;
    this.#log = log;
    this.#release = release;
  }

  next(): IteratorResult<unknown> {
    const state = this.#state;
    state.requireNotBusy();
    if (!this.#isAlive) return { value: undefined, done: true };
    const prepared = this.#prepared;
    let hasRow = false;
    state.isBusy = true;
    try {
      if (this.#log !== null) {
        this.#log();
        this.#log = null;
      }
      hasRow = prepared.step();
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      state.isBusy = false;
    }
    if (hasRow) return { value: prepared.row(), done: false };
    this.#end();
    prepared.reset();
    return { value: undefined, done: true };
  }

  return(): IteratorResult<unknown> {
    this.#state.requireNotBusy();
    if (this.#isAlive) {
      this.#end();
      this.#prepared.reset();
    }
    return { value: undefined, done: true };
  }

  [Symbol.iterator](): this {
    return this;
  }

  #end(): void {
    this.#isAlive = false;
    this.#release();
  }
}

nativeClass(BetterStatementIterator, "StatementIterator", 0, () => {
  throw new TypeError("Disabled constructor");
});
