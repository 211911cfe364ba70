/**
 * Rows: one compiled function for each list of column names and each form of row.
 *
 * A literal with its names in place is the fastest object there is. A row without a prototype is made as a copy of a template: V8 makes
 * `{ __proto__: null, … }` a dictionary (180 ns), and `{ ...template, __proto__: null }` an ordinary object (17 ns).
 */
import { lib } from "../library/library.ts";
import { compile } from "./compile.ts";
import type { ColumnReader } from "./values.ts";

/** Makes the current row of a statement. */
export type RowReader = (statement: number) => unknown;

/** Finds the reader for the columns that a statement has now. */
export type RowMaker = (statement: number) => RowReader;

/** The forms of a row: an object with or without a prototype, an array, the first value alone. */
export type RowForm = "object" | "bare" | "array" | "first";

const readers = new WeakMap<ColumnReader, Map<string, RowReader>>();

/** The reader of rows with these columns. Where a name occurs twice, the last value stays. */
export function rowReader(names: readonly string[], form: RowForm, read: ColumnReader): RowReader {
  const known = mapOf(read);
  const key = `${form}${form === "first" ? "" : form === "array" ? names.length : JSON.stringify(names)}`;
  let reader = known.get(key);
  if (reader === undefined) {
    // A program that makes column names without end must not fill memory with readers.
    if (known.size >= MOST_READERS) known.clear();
    known.set(key, (reader = makeReader(names, form, read)));
  }
  return reader;
}

/** What gives a statement its reader of rows of this form. */
export function rowsOf(form: RowForm, read: ColumnReader): RowMaker {
  return (statement) => rowReader(columnNames(statement), form, read);
}

export function columnNames(statement: number): string[] {
  const count = lib.sqlite3_column_count(statement);
  return Array.from({ length: count }, (_, i) => lib.sqlite3_column_name(statement, i) ?? "");
}

// -- Private ---------------------------------------------------------------------------------------

const MOST_READERS = 1000;
/** Beyond this many columns a loop is as good. */
const MOST_COLUMNS = 200;

function mapOf(read: ColumnReader): Map<string, RowReader> {
  let map = readers.get(read);
  if (map === undefined) readers.set(read, (map = new Map()));
  return map;
}

function makeReader(names: readonly string[], form: RowForm, read: ColumnReader): RowReader {
  if (form === "first") return (statement) => read(statement, 0);
  const compiled = names.length <= MOST_COLUMNS ? compiledReader(names, form, read) : null;
  if (compiled !== null) return compiled;
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

function compiledReader(names: readonly string[], form: RowForm, read: ColumnReader): RowReader | null {
  const values = names.map((_, i) => `read(statement, ${i})`);
  if (form === "array") return compile<RowReader>(`function (statement) { return [${values.join(", ")}]; }`, { read });
  if (form === "object" || names.includes("__proto__")) {
    const members = names.map((name, i) => `[${JSON.stringify(name)}]: ${values[i]}`);
    const literal = form === "object" ? `{ ${members.join(", ")} }` : `{ __proto__: null, ${members.join(", ")} }`;
    return compile<RowReader>(`function (statement) { return ${literal}; }`, { read });
  }
  const template = templateOf(names);
  const assignments = names.map((name, i) => `row[${JSON.stringify(name)}] = ${values[i]};`);
  const body = `const row = { ...template, __proto__: null }; ${assignments.join(" ")} return row;`;
  return compile<RowReader>(`function (statement) { ${body} }`, { read, template });
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
