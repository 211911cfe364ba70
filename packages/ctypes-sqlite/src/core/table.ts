/**
 * Virtual tables: a generator of JavaScript as a table of SQL.
 *
 * How a query of such a table happens
 *   1. xConnect     asks the factory for the table's definition, once for each table
 *   2. xBestIndex   while the statement is prepared: says which parameters, which are hidden columns, the query gives
 *   3. xFilter      starts the generator with these values
 *   4. xNext, xEof, xColumn, xRowid   for each row
 * SQLite's structures for the table (xConnect) and the scan (xOpen) are ours and are found again by their address.
 */
import { addressof, byref, type c_char_p, type c_int64, type c_void_p, memmove, type Pointer } from "ctypes-js";
import {
  SQLITE_CONSTRAINT,
  SQLITE_ERROR,
  SQLITE_INDEX_CONSTRAINT_EQ,
  SQLITE_OK,
  SQLITE_VTAB_DIRECTONLY,
} from "../library/constants.ts";
import { lib } from "../library/library.ts";
import {
  BestIndexCallback,
  ColumnCallback,
  ConnectCallback,
  FilterRowsCallback,
  OpenCallback,
  RowidCallback,
  type sqlite3_index_info,
  sqlite3_module,
  sqlite3_vtab,
  sqlite3_vtab_cursor,
  TableCallback,
} from "../library/tables.ts";
import type { CoreConnection } from "./connection.ts";
import { pointersAt } from "./functions.ts";
import { textUpToNul } from "./hooks.ts";
import type { ValueReader } from "./reading.ts";

/** A table: its columns, the parameters first, and where its rows come from. */
export interface TableShape {
  /** `CREATE TABLE x(…)`, the parameters as HIDDEN columns in front. */
  readonly declaration: string;
  readonly parameters: readonly string[];
  /**
   * Whether rows are wanted for a parameter that is NULL, too. Nothing equals NULL, so that by itself there are
   * none.
   */
  readonly takesNull?: boolean;
  /** What SQLite says of a declaration that it does not take; by default its own words. */
  readonly fault?: (table: string) => string;
  /**
   * A row has a value for each column, those of the parameters too. What has a `return` is told when a scan ends
   * early.
   */
  readonly rows: (...args: unknown[]) => Iterator<readonly unknown[]>;
  readonly isDirectOnly: boolean;
  readonly read: ValueReader;
  /** Gives SQLite a value. @throws for what is none. */
  readonly give: (context: number, value: unknown) => void;
}

/**
 * Makes the definition of a table: of its module, its database, its name, and the arguments of CREATE VIRTUAL
 * TABLE.
 */
export type TableShapeFactory = (...args: string[]) => TableShape;

/**
 * Whether a module's table is there by the name of the module: not at all, as the only one, or others may be
 * created as well.
 */
export type Eponymous = "not" | "only" | "also";

/** Defines a kind of virtual table. */
export function defineTable(
  connection: CoreConnection,
  name: string,
  eponymous: Eponymous,
  factory: TableShapeFactory,
): void {
  const tables = new Tables(connection, factory);
  const module = tables.module(eponymous);
  connection.keep(`module ${count++}`, [{ module } as Partial<Disposable>, ...tables.callbacks]);
  const define = () => lib.sqlite3_create_module_v2(connection.handle, name, byref(module), null, null);
  const key = name.toLowerCase();
  if (eponymous !== "not") connection.eponymous.set(key, define);
  else connection.eponymous.delete(key);
  connection.check(define());
}

// -- Private ---------------------------------------------------------------------------------------

// A table of an earlier definition of the same name lives on with that, so that none replaces another.
let count = 0;

interface Table {
  readonly memory: sqlite3_vtab;
  readonly definition: TableShape;
}

interface Scan {
  readonly memory: sqlite3_vtab_cursor;
  readonly table: Table;
  rows: Iterator<readonly unknown[]> | null;
  row: readonly unknown[];
  rowid: bigint;
  isDone: boolean;
}

class Tables {
  readonly callbacks: Disposable[] = [];
  readonly #connection: CoreConnection;
  readonly #factory: TableShapeFactory;
  readonly #tables = new Map<number, Table>();
  readonly #scans = new Map<number, Scan>();

  constructor(connection: CoreConnection, factory: TableShapeFactory) {
    this.#connection = connection;
    this.#factory = factory;
  }

  module(eponymous: Eponymous): sqlite3_module {
    const connection = this.#connection;
    const guarded = (act: () => number) => connection.guarded(act, SQLITE_ERROR);
    const kept = <C extends Disposable>(callback: C): C => {
      this.callbacks.push(callback);
      return callback;
    };
    const connect = () =>
      new ConnectCallback((db, _, argc, argv, out, message) =>
        guarded(() => this.#connect(db as number, argc, argv, out as Out, message as Out)),
      );
    const xConnect = kept(connect());
    const xDisconnect = kept(
      new TableCallback((table) => {
        this.#tables.delete(table as number);
        return SQLITE_OK;
      }),
    );
    return new sqlite3_module({
      // Without xCreate, or with the same as xConnect, a module is eponymous.
      xCreate: eponymous === "only" ? null : eponymous === "also" ? xConnect : kept(connect()),
      xConnect,
      xBestIndex: kept(
        new BestIndexCallback((table, info) =>
          guarded(() => this.#bestIndex(table as number, (info as Pointer<sqlite3_index_info>).contents)),
        ),
      ),
      xDisconnect,
      xDestroy: xDisconnect,
      xOpen: kept(new OpenCallback((table, out) => guarded(() => this.#open(table as number, out as Out)))),
      xClose: kept(new TableCallback((cursor) => guarded(() => this.#close(cursor as number)))),
      xFilter: kept(
        new FilterRowsCallback((cursor, _, given, argc, argv) =>
          guarded(() => this.#filter(cursor as number, given, argc, argv as number)),
        ),
      ),
      xNext: kept(new TableCallback((cursor) => guarded(() => advance(this.#scan(cursor))))),
      xEof: kept(new TableCallback((cursor) => (this.#scan(cursor).isDone ? 1 : 0))),
      xColumn: kept(
        new ColumnCallback((cursor, context, column) =>
          guarded(() => {
            const { table, row } = this.#scan(cursor);
            table.definition.give(context as number, row[column]);
            return SQLITE_OK;
          }),
        ),
      ),
      xRowid: kept(
        new RowidCallback((cursor, out) => {
          (out as Pointer<c_int64>).contents.value = this.#scan(cursor).rowid;
          return SQLITE_OK;
        }),
      ),
    });
  }

  #connect(db: number, argc: number, argv: Pointer<c_char_p> | null, out: Out, message: Out): number {
    const args = Array.from({ length: argc }, (_, i) => argv?.at(i) ?? "");
    const definition = this.#factory(...args);
    let failed = lib.sqlite3_declare_vtab(db, definition.declaration) !== SQLITE_OK;
    if (!failed && definition.isDirectOnly) failed = lib.sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY) !== SQLITE_OK;
    if (failed) {
      message.contents.value = allocateText(definition.fault?.(args[2] as string) ?? lib.sqlite3_errmsg(db) ?? "");
      return SQLITE_ERROR;
    }
    const memory = new sqlite3_vtab();
    this.#tables.set(addressof(memory), { memory, definition });
    out.contents.value = addressof(memory);
    return SQLITE_OK;
  }

  #bestIndex(address: number, info: sqlite3_index_info): number {
    const { memory, definition } = this.#tables.get(address) as Table;
    const { parameters } = definition;
    const given: { column: number; constraint: number }[] = [];
    for (let i = 0; i < info.nConstraint; i++) {
      const { iColumn, op, usable } = info.aConstraint!.at(i);
      if (iColumn < 0 || iColumn >= parameters.length) continue;
      if (op !== SQLITE_INDEX_CONSTRAINT_EQ) {
        // Where NULL is a value, the parameter has one, and SQLite compares that.
        if (definition.takesNull === true) continue;
        lib.sqlite3_free(memory.zErrMsg);
        memory.zErrMsg = allocateText(
          `virtual table parameter "${parameters[iColumn]}" can only be constrained by the '=' operator`,
        );
        return SQLITE_ERROR;
      }
      // A plan without this argument would give the generator undefined where the query has a value.
      if (usable === 0) return SQLITE_CONSTRAINT;
      given.push({ column: iColumn, constraint: i });
    }
    given.sort((a, b) => a.column - b.column || a.constraint - b.constraint);
    const columns: number[] = [];
    for (const { column, constraint } of given) {
      if (columns.at(-1) === column) continue;
      const usage = info.aConstraintUsage!.at(constraint);
      usage.argvIndex = columns.push(column);
      usage.omit = 1;
    }
    // What xFilter is told: which parameters its arguments are of.
    info.idxStr = columns.length === 0 ? null : allocateText(columns.join());
    info.needToFreeIdxStr = 1;
    const argumentCount = columns.length;
    // So high that SQLite runs the generator inside a loop only where it must.
    info.estimatedCost = 1e9 / (argumentCount + 1);
    info.estimatedRows = BigInt(Math.floor(1e9 / (argumentCount + 1)));
    return SQLITE_OK;
  }

  #open(table: number, out: Out): number {
    const memory = new sqlite3_vtab_cursor();
    const scan = { memory, table: this.#tables.get(table) as Table, rows: null, row: [], rowid: 0n, isDone: true };
    this.#scans.set(addressof(memory), scan);
    out.contents.value = addressof(memory);
    return SQLITE_OK;
  }

  #close(cursor: number): number {
    const scan = this.#scan(cursor);
    this.#scans.delete(cursor);
    this.#endRows(scan);
    return SQLITE_OK;
  }

  /** Tells rows that nobody wants the rest. */
  #endRows(scan: Scan): void {
    const { rows } = scan;
    scan.rows = null;
    if (rows !== null && !scan.isDone) rows.return?.();
  }

  #filter(cursor: number, given: number | null, argc: number, argv: number): number {
    const scan = this.#scan(cursor);
    const { parameters, read, rows, takesNull } = scan.table.definition;
    const args = parameters.map((): unknown => undefined);
    this.#endRows(scan);
    if (given !== null && argc > 0) {
      const values = pointersAt(argv, argc);
      const columns = textUpToNul(given).split(",");
      for (let i = 0; i < argc; i++) {
        const value = read(values.at(i) as number);
        // Nothing equals NULL: no rows, whatever the generator says.
        if (value === null && takesNull !== true) {
          scan.isDone = true;
          return SQLITE_OK;
        }
        args[Number(columns[i])] = value;
      }
    }
    scan.rows = rows(...args);
    scan.rowid = 0n;
    return advance(scan);
  }

  #scan(cursor: number | null): Scan {
    return this.#scans.get(cursor as number) as Scan;
  }
}

type Out = Pointer<c_void_p>;

function advance(scan: Scan): number {
  const { done, value } = (scan.rows as Iterator<readonly unknown[]>).next();
  scan.isDone = done === true;
  if (!scan.isDone) scan.row = value;
  scan.rowid++;
  return SQLITE_OK;
}

/** Text that SQLite frees. */
function allocateText(text: string): number | null {
  const bytes = Buffer.from(`${text}\0`);
  const address = lib.sqlite3_malloc64(bytes.length);
  if (address !== null) memmove(address, bytes, bytes.length);
  return address;
}
