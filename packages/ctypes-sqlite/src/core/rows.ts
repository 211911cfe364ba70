/**
 * Rows: one compiled function for each list of column names and each form of row.
 *
 * A literal with its names in place is the fastest object there is. A row without a prototype is made as a copy of a template: V8 makes
 * `{ __proto__: null, … }` a dictionary (180 ns), and `{ ...template, __proto__: null }` an ordinary object (17 ns).
 */
import { SQLITE_ROW } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { compile } from "./compile.ts";
import { type ColumnReader, columnCode, columnReader, type ReadingRules } from "./values.ts";

/** Makes the rows of a statement. */
export interface RowReader {
  /** The row at which it stands. */
  row(statement: number): unknown;
  /** Adds that row and all that follow to `rows`; gives the status of the last step. */
  rest(statement: number, rows: unknown[]): number;
}

/** Finds the reader for the columns that a statement has now. */
export type RowMaker = (statement: number) => RowReader;

/** The forms of a row: an object with or without a prototype, an array, the first value alone. */
export type RowForm = "object" | "bare" | "array" | "first";

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
        status = sqlite3_step(statement);
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

const { sqlite3_step } = lib;

const MOST_READERS = 1000;
/** Beyond this many columns a loop is as good. */
const MOST_COLUMNS = 200;

function mapOf(rules: ReadingRules): Map<string, RowReader> {
  let map = readers.get(rules);
  if (map === undefined) readers.set(rules, (map = new Map()));
  return map;
}

function makeReader(names: readonly string[], form: RowForm, rules: ReadingRules): RowReader {
  const compiled = names.length <= MOST_COLUMNS ? compiledReader(names, form, rules) : null;
  return compiled ?? plainReader(plainRow(names, form, columnReader(rules)));
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
  const columns = form === "first" ? names.slice(0, 1) : names;
  const values = columns.map((_, i) => `v${i}`);
  const reading = `${values.length > 0 ? `let ${values.join(", ")};` : ""} ${columns.map((_, i) => read(`v${i}`, i)).join(" ")}`;
  const { template, make } = making(columns, form, values);
  const source = `{
    row: function (s) { ${reading} ${make} return row; },
    rest: function (s, rows) {
      let status;
      do { ${reading} ${make} rows.push(row); status = step(s); } while (status === ${SQLITE_ROW});
      return status;
    },
  }`;
  return compile<RowReader>(source, { ...scope, step: sqlite3_step, template });
}

/** Source that makes `row` of these values. */
function making(
  names: readonly string[],
  form: RowForm,
  values: readonly string[],
): { template?: object; make: string } {
  if (form === "first") return { make: `const row = ${values[0] ?? "null"};` };
  if (form === "array") return { make: `const row = [${values.join(", ")}];` };
  if (form === "bare" && !names.includes("__proto__")) {
    const assignments = names.map((name, i) => `row[${JSON.stringify(name)}] = ${values[i]};`);
    return {
      template: templateOf(names),
      make: `const row = { ...template, __proto__: null }; ${assignments.join(" ")}`,
    };
  }
  const members = names.map((name, i) => `[${JSON.stringify(name)}]: ${values[i]}`);
  const prototype = form === "bare" ? ["__proto__: null"] : [];
  return { make: `const row = { ${[...prototype, ...members].join(", ")} };` };
}

/** An object without a prototype, with these names, whose fields have held values of all kinds: V8 then keeps one map for all rows. */
function templateOf(names: readonly string[]): object {
  const template: Record<string, unknown> = {};
  for (const name of names) template[name] = "";
  Object.setPrototypeOf(template, null);
  for (const value of [0, 0.5, "", {}, null]) {
    for (const name of names) template[name] = value;
  }
  return template;
}
