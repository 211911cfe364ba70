/**
 * Rows: one reader for each list of column names and each form of row. It reads a row column by column, and once
 * there have been some, by a function written for what the columns have held (`plan.ts`, `print.ts`).
 */
import { SQLITE_ROW } from "../library/constants.ts";
import { calls, lib } from "../library/library.ts";
import { type RowForm, rowMaker } from "./form.ts";
import { type Family, familiesOf, type Kind, readsTogether } from "./plan.ts";
import { type FirstRow, printFirst, printRows, type RowParts, type RowsCode } from "./print.ts";
import { columnReader, type ReadingRules } from "./reading.ts";
import { Specialiser } from "./specialiser.ts";

/** Makes the rows of a statement. */
export interface RowReader {
  /** The row at which it stands. */
  row(statement: number): unknown;
  /** Adds that row and all that follow to `rows`; gives the status of the last step. */
  rest(statement: number, rows: unknown[]): number;
  /** What gets a first row with parameters of these kinds in one call of C; null where there is no such thing. */
  first?(kinds: readonly Kind[]): FirstRow | null;
}

/** Finds the reader for the columns that a statement has now. */
export type RowMaker = (statement: number) => RowReader;

/** What gives a statement its reader of rows of this form. Where a name occurs twice, the last value stays. */
export function rowsOf(form: RowForm, rules: ReadingRules): RowMaker {
  const known = new Map<string, RowReader>();
  return (statement) => {
    const names = columnNames(statement);
    const key = form === "first" ? "" : form === "array" ? `${names.length}` : JSON.stringify(names);
    let reader = known.get(key);
    if (reader === undefined) {
      // A program that makes column names without end must not fill memory with readers.
      if (known.size >= MOST_READERS) known.clear();
      known.set(key, (reader = new Rows(names, form, rules)));
    }
    return reader;
  };
}

/** A reader of rows that a function makes one by one. */
export function plainReader(row: (statement: number) => unknown): RowReader {
  return {
    row,
    rest(statement, rows) {
      let status: number;
      do {
        rows.push(row(statement));
        status = calls.step(statement);
      } while (status === SQLITE_ROW);
      return status;
    },
  };
}

export function columnNames(statement: number): string[] {
  const count = lib.sqlite3_column_count(statement);
  return Array.from({ length: count }, (_, i) => lib.sqlite3_column_name(statement, i) ?? "");
}

// -- Private ---------------------------------------------------------------------------------------

const MOST_READERS = 1000;
/** Beyond this many columns a loop is as good. */
const MOST_COLUMNS = 200;

class Rows implements RowReader {
  readonly #names: readonly string[];
  readonly #form: RowForm;
  readonly #rules: ReadingRules;
  /** Of the values of a row. */
  readonly #make: (values: unknown[]) => unknown;
  readonly #special = new Specialiser<RowsCode>();
  /** By which columns are read together; null while they are not. */
  #families: readonly Family[] | null = null;
  /** By the kinds of parameters. */
  readonly #firsts = new Map<string, FirstRow | null>();

  constructor(names: readonly string[], form: RowForm, rules: ReadingRules) {
    this.#names = form === "first" ? names.slice(0, 1) : names;
    this.#form = form;
    this.#rules = rules;
    this.#make = rowMaker(names, form);
  }

  row(statement: number): unknown {
    const { made } = this.#special;
    return made === null ? this.#rowByColumns(statement) : made.row(statement);
  }

  rest(statement: number, rows: unknown[]): number {
    let status: number;
    do {
      const { made } = this.#special;
      if (made !== null) status = made.rest(statement, rows);
      else {
        rows.push(this.#rowByColumns(statement));
        status = calls.step(statement);
      }
    } while (status === SQLITE_ROW);
    return status;
  }

  first(kinds: readonly Kind[]): FirstRow | null {
    if (this.#families === null) return null;
    const key = `${kinds}`;
    let first = this.#firsts.get(key);
    if (first === undefined) this.#firsts.set(key, (first = printFirst(kinds, this.#parts(this.#families))));
    return first;
  }

  #rowByColumns(statement: number): unknown {
    const kinds = this.#names.map((_, i) => calls.columnType(statement, i));
    this.#count(kinds);
    const read = columnReader(this.#rules);
    return this.#make(kinds.map((kind, i) => read(statement, i, kind)));
  }

  /** Counts a row with values of these kinds that was read column by column. */
  readonly #count = (kinds: readonly number[]): void => {
    if (kinds.length > MOST_COLUMNS) return;
    this.#special.count((isLast) => {
      const areRead = !isLast && !this.#rules.bigints && readsTogether(kinds.length);
      const families = areRead ? familiesOf(kinds, this.#families) : null;
      const made = printRows(this.#parts(families));
      this.#families = made?.isTogether ? families : null;
      for (const first of this.#firsts.values()) if (first !== null) first.isStale = true;
      this.#firsts.clear();
      return made;
    });
  };

  #parts(families: readonly Family[] | null): RowParts {
    return { names: this.#names, form: this.#form, rules: this.#rules, families, missed: this.#count };
  }
}
