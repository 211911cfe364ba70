/**
 * Rows: one reader for each list of column names and each form of row. It reads column by column at first, and all columns together once there have
 * been some rows (`together.ts`).
 */

import { compile } from "ctypes/sequence";
import { SQLITE_ROW } from "../library/constants.ts";
import { calls, lib } from "../library/library.ts";
import { type Kind, keyOf } from "./binding.ts";
import { firstReader } from "./first.ts";
import { type FirstReader, making, type RowForm, type RowReader } from "./forms.ts";
import { type Family, familiesOf, kindsOf, readsTogether, type TogetherScope, togetherReader } from "./together.ts";
import { type ColumnReader, columnCode, columnReader, type ReadingRules } from "./values.ts";

/** Finds the reader for the columns that a statement has now. */
export type RowMaker = (statement: number) => RowReader;

const readers = new WeakMap<ReadingRules, Map<string, RowReader>>();

/** The reader of rows with these columns. Where a name occurs twice, the last value stays. */
function rowReader(names: readonly string[], form: RowForm, rules: ReadingRules): RowReader {
  const known = mapOf(rules);
  const key = `${form}${form === "first" ? "" : form === "array" ? names.length : JSON.stringify(names)}`;
  let reader = known.get(key);
  if (reader === undefined) {
    // A program that makes column names without end must not fill memory with readers.
    if (known.size >= MOST_READERS) known.clear();
    known.set(key, (reader = makeReader(names, form, rules)));
  }
  return reader;
}

/** What gives a statement its reader of rows of this form. */
export function rowsOf(form: RowForm, rules: ReadingRules): RowMaker {
  return (statement) => rowReader(columnNames(statement), form, rules);
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

function mapOf(rules: ReadingRules): Map<string, RowReader> {
  let map = readers.get(rules);
  if (map === undefined) readers.set(rules, (map = new Map()));
  return map;
}

function makeReader(names: readonly string[], form: RowForm, rules: ReadingRules): RowReader {
  const columns = form === "first" ? names.slice(0, 1) : names;
  const compiled = columns.length <= MOST_COLUMNS ? compiledReader(columns, form, rules) : null;
  if (compiled === null) return plainReader(plainRow(columns, form, columnReader(rules)));
  return readsTogether(columns.length, rules) ? new AdaptiveReader(columns, form, rules, compiled) : compiled;
}

/** So many rows are read column by column before it is worth while to read them together. */
const ROWS_BEFORE = 50;
/** How often a reader may find that columns hold values of other kinds than before, until it reads them one by one again. */
const MOST_CHANGES = 10;

/** Goes over to reading columns together, by the kinds of values that they hold. */
class AdaptiveReader implements RowReader {
  readonly #names: readonly string[];
  readonly #form: RowForm;
  readonly #rules: ReadingRules;
  readonly #single: RowReader;
  #reader: RowReader;
  #families: readonly Family[] | null = null;
  /** By the kinds of parameters. */
  readonly #firsts = new Map<string, FirstReader | null>();
  #rows = 0;
  #changes = 0;

  constructor(names: readonly string[], form: RowForm, rules: ReadingRules, single: RowReader) {
    this.#names = names;
    this.#form = form;
    this.#rules = rules;
    this.#single = single;
    this.#reader = single;
  }

  row(statement: number): unknown {
    if (this.#families === null && ++this.#rows > ROWS_BEFORE) this.#adapt(kindsOf(statement, this.#names.length));
    return this.#reader.row(statement);
  }

  rest(statement: number, rows: unknown[]): number {
    if (this.#families !== null) return this.#reader.rest(statement, rows);
    let status: number;
    do {
      if (++this.#rows > ROWS_BEFORE) {
        this.#adapt(kindsOf(statement, this.#names.length));
        return this.#reader.rest(statement, rows);
      }
      rows.push(this.#single.row(statement));
      status = calls.step(statement);
    } while (status === SQLITE_ROW);
    return status;
  }

  first(kinds: readonly Kind[]): FirstReader | null {
    if (this.#families === null || this.#reader === this.#single) return null;
    const key = keyOf(kinds);
    const known = this.#firsts.get(key);
    if (known !== undefined) return known;
    const made = firstReader(kinds, {
      names: this.#names,
      form: this.#form,
      rules: this.#rules,
      families: this.#families,
    });
    this.#firsts.set(key, made);
    return made;
  }

  /** Chooses the reader for what the columns hold now and have held. */
  #adapt(kinds: readonly number[]): void {
    this.#families = familiesOf(kinds, this.#families);
    this.#firsts.clear();
    const scope: TogetherScope = {
      missed: (others) => {
        if (this.#changes++ < MOST_CHANGES) this.#adapt(others);
        else this.#reader = this.#single;
      },
      again: (statement, rows) => this.#reader.rest(statement, rows),
    };
    this.#reader = togetherReader(this.#names, this.#form, this.#rules, this.#families, scope) ?? this.#single;
  }
}

function plainRow(names: readonly string[], form: RowForm, read: ColumnReader): (statement: number) => unknown {
  if (form === "first") return (statement) => read(statement, 0);
  if (form === "array") return (statement) => names.map((_, i) => read(statement, i));
  return (statement) => {
    const row = form === "bare" ? Object.create(null) : {};
    names.forEach((name, i) => {
      const value = read(statement, i);
      Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
    });
    return row;
  };
}

// All that happens for a row stands in one loop, where the optimising compiler sees it together.
function compiledReader(names: readonly string[], form: RowForm, rules: ReadingRules): RowReader | null {
  const { scope, read } = columnCode(rules);
  const values = names.map((_, i) => `v${i}`);
  const reading = `${values.length > 0 ? `let ${values.join(", ")};` : ""} ${names.map((_, i) => read(`v${i}`, i)).join(" ")}`;
  const { template, make } = making(names, form, values);
  const source = `{
    row: function (s) { ${reading} ${make} return row; },
    rest: function (s, rows) {
      let status;
      do { ${reading} ${make} rows.push(row); status = step(s); } while (status === ${SQLITE_ROW});
      return status;
    },
  }`;
  return compile<RowReader>(source, { ...scope, step: calls.step, template });
}
