/**
 * `Cursor`: runs statements and fetches their rows.
 */
import { bindValue, isInt64 } from "../core/giving.ts";
import { firstWord } from "../core/sqltext.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { refuseClones } from "../core/uncloneable.ts";
import { SQLITE_OK } from "../library/constants.ts";
import { adapted } from "./adapt.ts";
import { InterfaceError, OverflowError, ProgrammingError } from "./errors.ts";
import type { RowFactory, Session } from "./session.ts";

/** Values in order, or by name. */
export type SqlParameters = readonly unknown[] | Readonly<Record<string, unknown>>;
/** A column of a result. Only its name is known. */
export type ColumnDescription = readonly [name: string, ...null[]];

/** Made by `Connection.cursor()`. */
export class Cursor implements Iterable<unknown> {
  /** The connection it belongs to. */
  readonly connection: object;
  /** How many rows `fetchmany()` fetches. */
  arraysize = 1;
  /** Makes each row; null leaves them arrays. */
  row_factory: RowFactory | null;
  readonly #session: Session;
  #description: readonly ColumnDescription[] | null = null;
  #rowcount = -1;
  #lastrowid: number | bigint | null = null;
  #sql = "";
  #statement: PreparedStatement | null = null;
  #execution = 0;
  #isBusy = false;
  #isClosed = false;

  constructor(session: Session) {
    refuseClones(this);
    this.#session = session;
    this.connection = session.owner;
    this.row_factory = session.rowFactory;
  }

  /** The columns of the last result; null when the statement had none. */
  get description(): readonly ColumnDescription[] | null {
    return this.#description;
  }

  /** How many rows the last statement changed; -1 for those that change none. */
  get rowcount(): number {
    return this.#rowcount;
  }

  /**
   * The rowid of the row inserted last on the connection, as it was after the last `execute()`; null before.
   * `executemany()` leaves it as it is.
   */
  get lastrowid(): number | bigint | null {
    return this.#lastrowid;
  }

  /**
   * Runs one statement. Before one that changes rows a transaction begins, unless `isolation_level` is null.
   *
   * @throws the DB-API's errors; ProgrammingError for more than one statement.
   */
  execute(sql: string, parameters: SqlParameters = []): this {
    if (typeof sql !== "string") throw new TypeError(`execute() argument 1 must be a string, not ${typeof sql}`);
    this.#guard(() => this.#run(sql, [parameters], false));
    return this;
  }

  /**
   * Runs one statement that changes rows, once for each of the parameters.
   *
   * @throws ProgrammingError for a statement that changes none.
   */
  executemany(sql: string, parameters: Iterable<SqlParameters>): this {
    if (typeof sql !== "string") throw new TypeError(`executemany() argument 1 must be a string, not ${typeof sql}`);
    this.#guard(() => this.#run(sql, parameters, true));
    return this;
  }

  /** Commits, then runs all statements of `sql`. */
  executescript(sql: string): this {
    if (typeof sql !== "string") throw new TypeError(`executescript() argument must be a string, not ${typeof sql}`);
    if (sql.includes("\0")) throw new ProgrammingError("the query contains a null character");
    this.#guard(() => {
      this.#finish();
      const { connection } = this.#session;
      if (connection.isInTransaction) connection.exec("COMMIT");
      connection.exec(sql);
    });
    return this;
  }

  /** The next row; null when there is none. */
  fetchone(): unknown {
    return this.#guard(() => this.#next() ?? null);
  }

  /** The next rows, at most `size`. */
  fetchmany(size = this.arraysize): unknown[] {
    const rows: unknown[] = [];
    while (rows.length < size) {
      const row = this.fetchone();
      if (row === null) break;
      rows.push(row);
    }
    return rows;
  }

  /** All rows that are left. */
  fetchall(): unknown[] {
    return this.fetchmany(Infinity);
  }

  *[Symbol.iterator](): Generator<unknown> {
    for (let row = this.fetchone(); row !== null; row = this.fetchone()) yield row;
  }

  /** DB-API asks for it; nothing needs it. */
  setinputsizes(_sizes: unknown): void {}
  setoutputsize(_size: unknown, _column?: unknown): void {}

  close(): void {
    if (this.#isBusy) throw new ProgrammingError("Recursive use of cursors not allowed.");
    this.#finish();
    this.#isClosed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // -- Private -------------------------------------------------------------------------------------

  #guard<T>(act: () => T): T {
    if (this.#isClosed) throw new ProgrammingError("Cannot operate on a closed cursor.");
    this.#session.requireOpen();
    if (this.#isBusy) throw new ProgrammingError("Recursive use of cursors not allowed.");
    this.#isBusy = true;
    try {
      return act();
    } finally {
      this.#isBusy = false;
    }
  }

  #run(sql: string, sets: Iterable<SqlParameters>, isMany: boolean): void {
    this.#finish();
    this.#description = null;
    this.#rowcount = -1;
    const session = this.#session;
    const statement = session.take(sql);
    const changesRows = CHANGES_ROWS.has(firstWord(sql));
    if (isMany && !changesRows) {
      if (statement !== null) session.giveBack(sql, statement);
      throw new ProgrammingError("executemany() can only execute DML statements.");
    }
    if (statement === null) return;
    this.#sql = sql;
    this.#statement = statement;
    try {
      if (changesRows) {
        this.#rowcount = 0;
        if (session.begin !== null && !session.connection.isInTransaction) session.connection.exec(session.begin);
      }
      let hasRow = false;
      for (const parameters of sets) {
        // What gives the parameters, getters and adapters may have closed it.
        const values = valuesOf(statement, parameters);
        session.requireOpen();
        bind(statement, values);
        this.#execution = statement.executions;
        hasRow = statement.step();
        if (isMany) while (hasRow) hasRow = statement.step();
        // What a statement changes it has changed at its first row; how much, it says at its end.
        if (changesRows && !hasRow) this.#rowcount += statement.connection.changes;
      }
      if (!isMany) this.#lastrowid = session.lastInsertRowid;
      if (statement.columnCount > 0) {
        const blank = [null, null, null, null, null, null];
        this.#description = session.namesOf(statement.handle).map((name) => [name, ...blank] as ColumnDescription);
      }
      if (!hasRow) this.#finish();
    } catch (error) {
      this.#rowcount = -1;
      this.#finish();
      throw error;
    }
  }

  /** The row at which the statement stands, and a step on. */
  #next(): unknown {
    const statement = this.#statement;
    if (statement === null) return undefined;
    if (statement.executions !== this.#execution)
      throw new InterfaceError("The statement of this cursor was run again.");
    let row: unknown[];
    try {
      row = statement.row() as unknown[];
      // Converters may have closed it.
      this.#session.requireOpen();
      if (!statement.step()) {
        if (this.#rowcount >= 0) this.#rowcount += statement.connection.changes;
        this.#finish();
      }
    } catch (error) {
      this.#finish();
      throw error;
    }
    const factory = this.row_factory as RowMakerFunction | null;
    if (factory === null) return row;
    return isClass(factory) ? Reflect.construct(factory, [this, row]) : factory(this, row);
  }

  #finish(): void {
    const statement = this.#statement;
    this.#statement = null;
    if (statement === null || statement.handle === 0) return;
    statement.begin();
    this.#session.giveBack(this.#sql, statement);
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** What statements begin with that change rows. */
const CHANGES_ROWS: ReadonlySet<string> = new Set(["INSERT", "UPDATE", "DELETE", "REPLACE"]);

type RowMakerFunction = (cursor: Cursor, row: unknown[]) => unknown;

function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** The values of all parameters, adapted. */
function valuesOf(statement: PreparedStatement, parameters: SqlParameters): unknown[] {
  const names = statement.parameters.names;
  if (Array.isArray(parameters)) {
    const values = Array.from(parameters as readonly unknown[]);
    if (values.length !== names.length) {
      const counts = `The current statement uses ${names.length}, and there are ${values.length} supplied.`;
      throw new ProgrammingError(`Incorrect number of bindings supplied. ${counts}`);
    }
    return values.map((value, i) => bindable(value, `${i + 1}`));
  }
  if (typeof parameters !== "object" || parameters === null) {
    throw new ProgrammingError("parameters are of unsupported type");
  }
  const given = parameters as Readonly<Record<string, unknown>>;
  return names.map((full, i) => {
    if (full === null) {
      throw new ProgrammingError(`Binding ${i + 1} has no name, but you supplied a dictionary (which has only names).`);
    }
    const name = full.slice(1);
    if (!(name in given)) throw new ProgrammingError(`You did not supply a value for binding parameter :${name}.`);
    return bindable(given[name], `:${name}`);
  });
}

function bindable(value: unknown, which: string): unknown {
  const known = adapted(value);
  switch (typeof known) {
    case "bigint":
      if (isInt64(known)) return known;
      throw new OverflowError(`Error binding parameter ${which}: integer too large to convert to SQLite INTEGER`);
    case "number":
    case "string":
      return known;
    case "object":
      if (known === null || ArrayBuffer.isView(known)) return known;
  }
  const kind = typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;
  throw new ProgrammingError(`Error binding parameter ${which}: type '${kind}' is not supported`);
}

function bind(statement: PreparedStatement, values: readonly unknown[]): void {
  const handle = statement.begin();
  for (let i = 0; i < values.length; i++) {
    const status = bindValue(handle, i + 1, values[i], statement.prepared);
    if (status !== SQLITE_OK) throw statement.connection.errorOf(status);
  }
}
