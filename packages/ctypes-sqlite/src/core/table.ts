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
import { addressof, byref, type c_char_p, type c_int64, type c_void_p, memmove, type Pointer } from "ctypes";
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
import type { Connection } from "./connection.ts";
import { pointersAt } from "./functions.ts";
import type { ValueReader } from "./values.ts";

/** A table: its columns, the parameters first, and where its rows come from. */
export interface TableDefinition {
  /** `CREATE TABLE x(…)`, the parameters as HIDDEN columns in front. */
  readonly declaration: string;
  readonly parameters: readonly string[];
  /** A row has a value for each column, those of the parameters too. */
  readonly rows: (...args: unknown[]) => Iterator<readonly unknown[]>;
  readonly isDirectOnly: boolean;
  readonly read: ValueReader;
  /** Gives SQLite a value. @throws for what is none. */
  readonly give: (context: number, value: unknown) => void;
}

/** Makes the definition of a table: of its module, its database, its name, and the arguments of CREATE VIRTUAL TABLE. */
export type TableFactory = (...args: string[]) => TableDefinition;

/**
 * Defines a kind of virtual table. One that is eponymous is there by its name and cannot be created anew.
 */
export function defineTable(connection: Connection, name: string, isEponymous: boolean, factory: TableFactory): void {
  const tables = new Tables(connection, factory);
  const module = tables.module(isEponymous);
  connection.keep(`module ${count++}`, [{ module } as Partial<Disposable>, ...tables.callbacks]);
  const define = () => lib.sqlite3_create_module_v2(connection.handle, name, byref(module), null, null);
  const key = name.toLowerCase();
  if (isEponymous) connection.eponymous.set(key, define);
  else connection.eponymous.delete(key);
  connection.check(define());
}

// -- Private ---------------------------------------------------------------------------------------

// A table of an earlier definition of the same name lives on with that, so that none replaces another.
let count = 0;

interface Table {
  readonly memory: sqlite3_vtab;
  readonly definition: TableDefinition;
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
  readonly #connection: Connection;
  readonly #factory: TableFactory;
  readonly #tables = new Map<number, Table>();
  readonly #scans = new Map<number, Scan>();

  constructor(connection: Connection, factory: TableFactory) {
    this.#connection = connection;
    this.#factory = factory;
  }

  module(isEponymous: boolean): sqlite3_module {
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
    const xDisconnect = kept(
      new TableCallback((table) => {
        this.#tables.delete(table as number);
        return SQLITE_OK;
      }),
    );
    return new sqlite3_module({
      // Without xCreate, or with the same as xConnect, a module is eponymous.
      xCreate: isEponymous ? null : kept(connect()),
      xConnect: kept(connect()),
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
        new FilterRowsCallback((cursor, given, _, argc, argv) =>
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
      message.contents.value = allocateText(`failed to declare virtual table "${args[2]}"`);
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
    let argumentCount = 0;
    for (const { column, constraint } of given) {
      if ((info.idxNum & (1 << column)) !== 0) continue;
      info.idxNum |= 1 << column;
      const usage = info.aConstraintUsage!.at(constraint);
      usage.argvIndex = ++argumentCount;
      usage.omit = 1;
    }
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
    this.#scans.delete(cursor);
    return SQLITE_OK;
  }

  #filter(cursor: number, given: number, argc: number, argv: number): number {
    const scan = this.#scan(cursor);
    const { parameters, read, rows } = scan.table.definition;
    const values = argc === 0 ? null : pointersAt(argv, argc);
    const args: unknown[] = [];
    let next = 0;
    for (let i = 0; i < parameters.length; i++) {
      if ((given & (1 << i)) === 0) args.push(undefined);
      else {
        const value = read(values!.at(next++) as number);
        // Nothing equals NULL: no rows, whatever the generator says.
        if (value === null) {
          scan.isDone = true;
          return SQLITE_OK;
        }
        args.push(value);
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
