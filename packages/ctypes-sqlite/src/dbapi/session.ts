/**
 * What a connection and its cursors share: the handle, how values read, which transaction is to be begun.
 */
import { string_at } from "ctypes-js";
import type { CoreConnection } from "../core/connection.ts";
import { every } from "../core/lists.ts";
import { columnReader, type ReadingRules } from "../core/reading.ts";
import { columnNames, plainReader, type RowMaker, rowsOf } from "../core/rows.ts";
import { SqlText } from "../core/sqltext.ts";
import { PreparedStatement } from "../core/statement.ts";
import { SQLITE_NULL, SQLITE_TEXT } from "../library/constants.ts";
import { calls, lib } from "../library/library.ts";
import { type Converter, converterOfDeclaration, converterOfName } from "./adapt.ts";
import { databaseClosed, OperationalError, ProgrammingError } from "./errors.ts";

/** Convert by the type that a column was declared with. */
export const PARSE_DECLTYPES = 1;
/** Convert by the type in the name of a column: `created [timestamp]`. */
export const PARSE_COLNAMES = 2;

export type TextFactory = (bytes: Uint8Array) => unknown;
export type RowFactory =
  | ((cursor: never, row: unknown[]) => unknown)
  | (new (
      cursor: never,
      row: unknown[],
    ) => unknown);

/** Integers are numbers where those are exact. Text has to be UTF-8: whoever has other bytes sets a `text_factory`. */
export const rules: ReadingRules = {
  integer: (value) => value,
  blob: (bytes) => bytes,
  invalidText: (bytes, column) => {
    const where = column === null ? "an argument" : `column '${column}'`;
    throw new OperationalError(`Could not decode to UTF-8 ${where} with text '${Buffer.from(bytes)}'`);
  },
};
const plainRows = rowsOf("array", rules);

export class Session {
  readonly connection: CoreConnection;
  /** The user's connection: cursors keep it from the collector. */
  readonly owner: object;
  readonly detectTypes: number;
  /** Begins transactions: `BEGIN IMMEDIATE`; null leaves them to the program. */
  begin: string | null = "BEGIN ";
  textFactory: TextFactory | null = null;
  rowFactory: RowFactory | null = null;
  readonly #cacheSize: number;
  /** Statements nobody uses just now, the least recently used first. */
  readonly #idle = new Map<string, PreparedStatement>();

  constructor(connection: CoreConnection, owner: object, detectTypes: number, cacheSize: number) {
    this.connection = connection;
    this.owner = owner;
    this.detectTypes = detectTypes;
    this.#cacheSize = cacheSize;
  }

  /** The rowid inserted last on the connection; a bigint where no number is exact. */
  get lastInsertRowid(): number | bigint {
    return this.connection.lastInsertRowid;
  }

  requireOpen(): void {
    if (!this.connection.isOpen) throw databaseClosed();
    this.connection.requireUsable();
  }

  /** A statement of this SQL; null when there is none in it. @throws ProgrammingError when there is more than one. */
  take(sql: string): PreparedStatement | null {
    const idle = this.#idle.get(sql);
    this.#idle.delete(sql);
    if (idle !== undefined && idle.handle !== 0) {
      idle.setRows(this.#rows);
      return idle;
    }
    if (sql.includes("\0")) throw new ProgrammingError("the query contains a null character");
    const text = new SqlText(sql);
    const handle = this.connection.prepare(text);
    if (text.hasMore(false)) {
      if (handle !== 0) lib.sqlite3_finalize(handle);
      throw new ProgrammingError("You can only execute one statement at a time.");
    }
    if (handle === 0) return null;
    return new PreparedStatement(this.connection, handle, text.head, 0, this.#rows);
  }

  /** Gives a statement back, to be used again. */
  giveBack(sql: string, statement: PreparedStatement): void {
    if (statement.handle === 0) return;
    this.#idle.set(sql, statement);
    if (this.#idle.size <= this.#cacheSize) return;
    const [oldest, first] = this.#idle.entries().next().value as [string, PreparedStatement];
    this.#idle.delete(oldest);
    first.finalize();
  }

  /** Names of columns, without the type that `PARSE_COLNAMES` finds in them. */
  namesOf(statement: number): string[] {
    const names = columnNames(statement);
    if ((this.detectTypes & PARSE_COLNAMES) === 0) return names;
    return names.map(withoutType);
  }

  readonly #rows: RowMaker = (statement) => {
    const converters = columnNames(statement).map((name, i) => this.#converterOf(statement, name, i));
    const { textFactory } = this;
    if (textFactory === null && every(converters, (converter) => converter === undefined)) return plainRows(statement);
    const read = columnReader(rules);
    return plainReader((handle) => {
      // All columns are read before any is converted: a converter may close the connection.
      const kinds = converters.map((_, i) => calls.columnType(handle, i));
      const makers = converters.map((converter, i): TextFactory | null => {
        const kind = kinds[i];
        if (converter !== undefined) return kind === SQLITE_NULL ? null : converter;
        return kind === SQLITE_TEXT ? textFactory : null;
      });
      const values = makers.map((make, i) =>
        make === null ? read(handle, i, kinds[i] as number) : bytesOf(handle, i),
      );
      return values.map((value, i) => {
        const make = makers[i];
        return make === null || make === undefined ? value : make(value as Uint8Array);
      });
    });
  };

  #converterOf(statement: number, name: string, i: number): Converter | undefined {
    const byName = (this.detectTypes & PARSE_COLNAMES) !== 0 ? converterOfName(name) : undefined;
    if (byName !== undefined || (this.detectTypes & PARSE_DECLTYPES) === 0) return byName;
    return converterOfDeclaration(lib.sqlite3_column_decltype(statement, i));
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** `created [timestamp]` is `created`, as CPython has it: without one space in front of the bracket. */
function withoutType(name: string): string {
  const bracket = name.indexOf("[");
  if (bracket < 0) return name;
  return name.slice(0, bracket > 0 && name[bracket - 1] === " " ? bracket - 1 : bracket);
}

function bytesOf(statement: number, i: number): Uint8Array {
  const address = lib.sqlite3_column_blob(statement, i);
  return address === null ? new Uint8Array(0) : string_at(address, lib.sqlite3_column_bytes(statement, i));
}
