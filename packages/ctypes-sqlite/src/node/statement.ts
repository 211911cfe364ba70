/**
 * `StatementSync`: a prepared statement as node:sqlite has it.
 */
import { expandedSql } from "../core/hooks.ts";
import type { SqlValue } from "../core/reading.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { refuseClones } from "../core/uncloneable.ts";
import { lib } from "../library/library.ts";
import { invalidState, invalidType, invalidValue, sqliteError } from "./errors.ts";
import { StatementIterator } from "./iteration.ts";
import { accessor, nodeClass } from "./native.ts";
import { checkBoolean } from "./options.ts";
import { queries, tellQueries } from "./queries.ts";
import { exactNumber, rowsFor } from "./rules.ts";
import { ParameterValues } from "./values.ts";

/** What can be bound: `undefined` is NULL, a boolean 1 or 0. */
export type SupportedValue = SqlValue | undefined | boolean | ArrayBufferView | ArrayBuffer;
/** Values by the names of parameters, with their prefix or, unless that was forbidden, without. */
export type NamedParameters = Readonly<Record<string, SupportedValue>>;
export type SupportedValues = readonly SupportedValue[] | readonly [NamedParameters, ...SupportedValue[]];

/** What an execution changed. */
export interface Changes {
  changes: number | bigint;
  lastInsertRowid: number | bigint;
}

/** Where a column of the result comes from; null for what comes from no column of a table. */
export interface ColumnMetadata {
  column: string | null;
  database: string | null;
  name: string;
  table: string | null;
  type: string | null;
}

export interface StatementOptions {
  readBigInts?: boolean | undefined;
  returnArrays?: boolean | undefined;
  allowBareNamedParameters?: boolean | undefined;
  allowUnknownNamedParameters?: boolean | undefined;
}

/** What the statement is made of; nobody outside has one. */
export interface StatementParts {
  readonly statement: PreparedStatement;
  /** Keeps the database from the collector. */
  readonly owner: object;
  readonly readBigInts: boolean;
  readonly returnArrays: boolean;
  readonly allowBareNamedParameters: boolean;
  readonly allowUnknownNamedParameters: boolean;
}

/** Made by `Database.prototype.prepare()`. */
class NodeStatement {
  /** The SQL it was prepared from. */
  declare readonly sourceSQL: string;
  /** The same with the values bound last. */
  declare readonly expandedSQL: string;
  readonly #statement: PreparedStatement;
  readonly #owner: object;
  #readBigInts: boolean;
  #returnArrays: boolean;
  readonly #values: ParameterValues;

  constructor(parts: StatementParts) {
    refuseClones(this);
    Object.defineProperties(this, OWN);
    this.#statement = parts.statement;
    this.#owner = parts.owner;
    this.#readBigInts = parts.readBigInts;
    this.#returnArrays = parts.returnArrays;
    this.#values = new ParameterValues(
      parts.statement,
      parts.allowBareNamedParameters,
      parts.allowUnknownNamedParameters,
    );
  }

  /** All rows. */
  all(...parameters: SupportedValues): unknown[] {
    const values = this.#values.inOrder(parameters);
    return this.#ready().all(this.#values.bind(parameters, values));
  }

  /** The first row; undefined when there is none. */
  get(...parameters: SupportedValues): unknown {
    const values = this.#values.inOrder(parameters);
    const statement = this.#ready();
    const handle = values === null ? 0 : statement.stepAtOnce(values);
    return handle === 0 ? statement.first(this.#values.bind(parameters, values)) : statement.takeFirst(handle);
  }

  /** Runs the statement for what it does. */
  run(...parameters: SupportedValues): Changes {
    const values = this.#values.inOrder(parameters);
    const statement = this.#ready();
    if (values === null || !statement.runAtOnce(values, false)) {
      statement.run(this.#values.bind(parameters, values), false);
    }
    const { outcome, connection } = statement;
    if (this.#readBigInts) {
      return { changes: BigInt(outcome.changes), lastInsertRowid: connection.lastInsertRowidBigInt };
    }
    return { changes: outcome.changes, lastInsertRowid: exactNumber(outcome.lastInsertRowid) };
  }

  /** The rows one by one. Another execution of the statement ends the iterator. */
  iterate(...parameters: SupportedValues): IterableIterator<unknown> {
    const values = this.#values.inOrder(parameters);
    const statement = this.#ready();
    this.#values.bind(parameters, values);
    return new StatementIterator(statement, () => this.#ready());
  }

  /** Where each column of the result comes from. */
  columns(): ColumnMetadata[] {
    const { handle } = this.#alive();
    return Array.from({ length: lib.sqlite3_column_count(handle) }, (_, i) => ({
      __proto__: null,
      column: lib.sqlite3_column_origin_name(handle, i),
      database: lib.sqlite3_column_database_name(handle, i),
      name: lib.sqlite3_column_name(handle, i) ?? "",
      table: lib.sqlite3_column_table_name(handle, i),
      type: lib.sqlite3_column_decltype(handle, i),
    }));
  }

  /** One of SQLite's counters of this statement. @throws ERR_INVALID_ARG_VALUE for an unknown name. */
  stat(counter: string): number {
    const { handle } = this.#alive();
    if (typeof counter !== "string") throw invalidType('The "counter" argument must be a string.');
    const number = COUNTERS.get(counter);
    if (number === undefined) throw invalidValue('The "counter" argument is not a valid statistic name.');
    return lib.sqlite3_stmt_status(handle, number, 0);
  }

  resetStats(): void {
    const { handle } = this.#alive();
    for (const number of COUNTERS.values()) lib.sqlite3_stmt_status(handle, number, 1);
    this.#setRows();
  }

  /** Whether integers read as bigints, also those of `run()`. */
  setReadBigInts(enabled: boolean): void {
    this.#alive();
    this.#readBigInts = checkBoolean(enabled, "readBigInts");
    this.#setRows();
  }

  /** Whether rows are arrays. */
  setReturnArrays(enabled: boolean): void {
    this.#alive();
    this.#returnArrays = checkBoolean(enabled, "returnArrays");
    this.#setRows();
  }

  /** Whether `{ a: 1 }` may mean `$a`, `:a` or `@a`. */
  setAllowBareNamedParameters(enabled: boolean): void {
    this.#alive();
    this.#values.allow(checkBoolean(enabled, "allowBareNamedParameters"), null);
  }

  /** Whether names that are no parameters are passed over. */
  setAllowUnknownNamedParameters(enabled: boolean): void {
    this.#alive();
    this.#values.allow(null, checkBoolean(enabled, "enabled"));
  }

  /** Ends the statement. @throws ERR_INVALID_STATE when it has ended. */
  close(): void {
    this.#ready().finalize();
  }

  [Symbol.dispose](): void {
    if (this.#statement.handle !== 0) this.close();
  }

  // -- Private -------------------------------------------------------------------------------------

  /** For the properties of objects. */
  static aliveOf(statement: NodeStatement): PreparedStatement {
    return statement.#alive();
  }

  /** For an execution. */
  #ready(): PreparedStatement {
    const statement = this.#alive();
    if (statement.isRunning) throw invalidState("statement is already being executed");
    return statement;
  }

  #alive(): PreparedStatement {
    const statement = this.#statement;
    if (statement.handle === 0) throw invalidState("statement has been finalized");
    const { connection } = statement;
    if (queries.hasSubscribers !== connection.isProfiled) tellQueries(connection, new WeakRef(this.#owner));
    return statement;
  }

  #setRows(): void {
    this.#statement.setRows(rowsFor(this.#readBigInts, this.#returnArrays));
  }
}

const OWN: PropertyDescriptorMap = {
  sourceSQL: accessor((statement: NodeStatement) => lib.sqlite3_sql(NodeStatement.aliveOf(statement).handle) ?? ""),
  expandedSQL: accessor((statement: NodeStatement) => {
    const text = expandedSql(NodeStatement.aliveOf(statement).handle);
    if (text === null) throw sqliteError("Expanded SQL text would exceed configured limits", 0);
    return text;
  }),
};

/** Statements; one is made by a database. */
export const Statement = nodeClass(NodeStatement, "Statement");
export type Statement = NodeStatement;

/** The name that `Statement` had before Node 26. */
export const StatementSync = Statement;
export type StatementSync = NodeStatement;

/** A `Statement` of these parts. */
export function statementOf(parts: StatementParts): Statement {
  return new NodeStatement(parts);
}

// -- Private ---------------------------------------------------------------------------------------

/** sqlite3.h: SQLITE_STMTSTATUS_… */
const COUNTERS: ReadonlyMap<string, number> = new Map([
  ["fullscanStep", 1],
  ["sort", 2],
  ["autoindex", 3],
  ["vmStep", 4],
  ["reprepare", 5],
  ["run", 6],
  ["filterMiss", 7],
  ["filterHit", 8],
  ["memused", 99],
]);
