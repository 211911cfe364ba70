/**
 * `StatementSync`: a prepared statement as node:sqlite has it.
 */
import { bindValue, TOO_LARGE } from "../core/bind.ts";
import type { Connection } from "../core/connection.ts";
import { APART } from "../core/first.ts";
import { expandedSql } from "../core/hooks.ts";
import type { PreparedStatement } from "../core/statement.ts";
import type { SqlValue } from "../core/values.ts";
import { SQLITE_OK } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { illegalConstructor, invalidState, invalidType, invalidValue, sqliteError } from "./errors.ts";
import { StatementSyncIterator } from "./iteration.ts";
import { checkBoolean } from "./options.ts";
import { rowsFor } from "./rules.ts";

/** What can be bound: `undefined` is NULL, a boolean 1 or 0. */
export type SupportedValue = SqlValue | undefined | boolean | ArrayBufferView | ArrayBuffer;
/** Values by the names of parameters, with their prefix or, unless that was forbidden, without. */
export type NamedParameters = Readonly<Record<string, SupportedValue>>;
export type Parameters = readonly SupportedValue[] | readonly [NamedParameters, ...SupportedValue[]];

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

const secret = Symbol("StatementSync");

/** Made by `DatabaseSync.prototype.prepare()`. */
export class StatementSync {
  readonly #statement: PreparedStatement;
  readonly #connection: Connection;
  readonly #owner: object;
  #readBigInts: boolean;
  #returnArrays: boolean;
  #allowsBareNames: boolean;
  #allowsUnknownNames: boolean;
  /** Indices of parameters by name without prefix; null until asked for. */
  #bareNames: Map<string, number> | null = null;

  /** @throws ERR_ILLEGAL_CONSTRUCTOR */
  constructor(key?: unknown, parts?: StatementParts) {
    if (key !== secret || parts === undefined) throw illegalConstructor();
    this.#statement = parts.statement;
    this.#connection = parts.statement.connection;
    this.#owner = parts.owner;
    this.#readBigInts = parts.readBigInts;
    this.#returnArrays = parts.returnArrays;
    this.#allowsBareNames = parts.allowBareNamedParameters;
    this.#allowsUnknownNames = parts.allowUnknownNamedParameters;
  }

  /** All rows. */
  all(...parameters: Parameters): unknown[] {
    const statement = this.#ready();
    return statement.all(this.#bind(statement, parameters));
  }

  /** The first row; undefined when there is none. */
  get(...parameters: Parameters): unknown {
    const statement = this.#ready();
    const row = statement.firstAtOnce(parameters);
    return row === APART ? statement.first(this.#bind(statement, parameters)) : row;
  }

  /** Runs the statement for what it does. */
  run(...parameters: Parameters): Changes {
    const statement = this.#ready();
    if (!statement.runAtOnce(parameters, false)) statement.run(this.#bind(statement, parameters), false);
    if (this.#readBigInts) {
      return { changes: BigInt(statement.changes), lastInsertRowid: statement.lastInsertRowidBigInt };
    }
    return { changes: statement.changes, lastInsertRowid: statement.lastInsertRowid };
  }

  /** The rows one by one. Another execution of the statement ends the iterator. */
  iterate(...parameters: Parameters): IterableIterator<unknown> {
    const statement = this.#ready();
    this.#bind(statement, parameters);
    return new StatementSyncIterator(statement, () => this.#ready());
  }

  /** Where each column of the result comes from. */
  columns(): ColumnMetadata[] {
    const { handle } = this.#ready();
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
    const { handle } = this.#ready();
    if (typeof counter !== "string") throw invalidType('The "counter" argument must be a string.');
    const number = COUNTERS.get(counter);
    if (number === undefined) throw invalidValue('The "counter" argument is not a valid statistic name.');
    return lib.sqlite3_stmt_status(handle, number, 0);
  }

  resetStats(): void {
    const { handle } = this.#ready();
    for (const number of COUNTERS.values()) lib.sqlite3_stmt_status(handle, number, 1);
    this.#setRows();
  }

  /** The SQL it was prepared from. */
  get sourceSQL(): string {
    return lib.sqlite3_sql(this.#ready().handle) ?? "";
  }

  /** The same with the values bound last. */
  get expandedSQL(): string {
    const text = expandedSql(this.#ready().handle);
    if (text === null) throw sqliteError("Expanded SQL text would exceed configured limits", 0);
    return text;
  }

  /** Whether integers read as bigints, also those of `run()`. */
  setReadBigInts(enabled: boolean): void {
    this.#ready();
    this.#readBigInts = checkBoolean(enabled, "readBigInts");
    this.#setRows();
  }

  /** Whether rows are arrays. */
  setReturnArrays(enabled: boolean): void {
    this.#ready();
    this.#returnArrays = checkBoolean(enabled, "returnArrays");
    this.#setRows();
  }

  /** Whether `{ a: 1 }` may mean `$a`, `:a` or `@a`. */
  setAllowBareNamedParameters(enabled: boolean): void {
    this.#ready();
    this.#allowsBareNames = checkBoolean(enabled, "allowBareNamedParameters");
  }

  /** Whether names that are no parameters are passed over. */
  setAllowUnknownNamedParameters(enabled: boolean): void {
    this.#ready();
    this.#allowsUnknownNames = checkBoolean(enabled, "enabled");
  }

  /** Ends the statement. @throws ERR_INVALID_STATE when it has ended. */
  close(): void {
    this.#ready().finalize();
  }

  [Symbol.dispose](): void {
    if (this.#statement.handle !== 0 && !this.#statement.isRunning) this.#statement.finalize();
  }

  // -- Private -------------------------------------------------------------------------------------

  #ready(): PreparedStatement {
    const statement = this.#statement;
    if (statement.handle === 0) throw invalidState("statement has been finalized");
    if (statement.isRunning) throw invalidState("statement is already being executed");
    void this.#owner;
    return statement;
  }

  #setRows(): void {
    this.#statement.setRows(rowsFor(this.#readBigInts, this.#returnArrays));
  }

  /** Binds parameters for an execution of this handle. */
  #bind(statement: PreparedStatement, parameters: readonly unknown[]): number {
    const handle = statement.begin();
    if (statement.parameters.bindAll(handle, parameters, statement.prepared)) return handle;
    const { positions, names } = statement.parameters;
    const { length } = parameters;
    const first = parameters[0];
    let start = 0;
    if (length > 0 && isRecord(first)) {
      start = 1;
      if (names.length > 0) statement.parameters.clear();
      this.#bindNames(statement, handle, first);
    } else if (length < names.length) statement.parameters.clear();
    for (let i = start; i < length; i++) {
      const place = i - start;
      const index = place < positions.length ? (positions[place] as number) : names.length + 1;
      const status = bindValue(handle, index, parameters[i], statement.prepared);
      if (status !== SQLITE_OK) this.#bindOther(statement, handle, index, parameters[i], status);
    }
    return handle;
  }

  #bindNames(statement: PreparedStatement, handle: number, values: Readonly<Record<string, unknown>>): void {
    for (const name of Object.keys(values)) {
      const index = this.#indexOf(statement, name);
      if (index > 0) {
        const status = bindValue(handle, index, values[name], statement.prepared);
        if (status !== SQLITE_OK) this.#bindOther(statement, handle, index, values[name], status);
      } else if (!this.#allowsUnknownNames) throw invalidState(`Unknown named parameter '${name}'`);
    }
  }

  /** The index of a parameter by its name; 0 when there is none. */
  #indexOf(statement: PreparedStatement, name: string): number {
    const index = statement.parameters.names.indexOf(name) + 1;
    return index > 0 || !this.#allowsBareNames ? index : this.#bareName(statement, name);
  }

  #bareName(statement: PreparedStatement, name: string): number {
    if (this.#bareNames === null) {
      const names = new Map<string, number>();
      statement.parameters.names.forEach((full, i) => {
        if (full === null) return;
        const bare = full.slice(1);
        const other = names.get(bare);
        if (other !== undefined) {
          const both = `'${statement.parameters.names[other - 1]}' and '${full}'`;
          throw invalidState(`Cannot create bare named parameter '${bare}' because of conflicting names ${both}.`);
        }
        names.set(bare, i + 1);
      });
      this.#bareNames = names;
    }
    return this.#bareNames.get(name) ?? 0;
  }

  // What node:sqlite takes besides, and what goes wrong.
  #bindOther(statement: PreparedStatement, handle: number, index: number, value: unknown, status: number): void {
    if (status > 0) this.#connection.fail(status);
    if (status === TOO_LARGE) throw invalidValue("BigInt value is too large to bind.");
    const other = otherValue(value);
    if (other === undefined) throw invalidType(`Provided value cannot be bound to SQLite parameter ${index}.`);
    if (typeof other === "boolean") this.#connection.check(lib.sqlite3_bind_int(handle, index, +other));
    else this.#connection.check(bindValue(handle, index, other, statement.prepared));
  }
}

/** A `StatementSync` of these parts. */
export function statementOf(parts: StatementParts): StatementSync {
  return new StatementSync(secret, parts);
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

/** What a value that is none of SQLite's stands for; undefined when for none. */
function otherValue(value: unknown): null | boolean | Uint8Array | undefined {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value;
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer ? new Uint8Array(value) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  return !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer) && !(value instanceof SharedArrayBuffer);
}
