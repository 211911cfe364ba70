/**
 * `Database.prototype.table()`: virtual tables as better-sqlite3 describes them.
 */
import { every, includes } from "../core/lists.ts";
import { defineTable, type TableShape } from "../core/table.ts";
import { checkName, lengthOf } from "./functions.ts";
import { giveValue, valuesFor } from "./rules.ts";
import type { State } from "./state.ts";

export interface TableDefinition {
  /** Yields the rows, as arrays or as objects by column. */
  rows: (...parameters: never[]) => Generator<unknown>;
  columns: readonly string[];
  /** Names of the hidden columns that are the generator's parameters; by default `$1`, `$2`, … */
  parameters?: readonly string[];
  safeIntegers?: boolean;
  directOnly?: boolean;
}

/** Makes the definition of each table that CREATE VIRTUAL TABLE makes. */
export type TableFactory = (
  this: { readonly module: string; readonly database: string; readonly table: string },
  ...args: string[]
) => TableDefinition;

export function table(state: State, name: unknown, definition: unknown): void {
  checkName(name, "first");
  if (name === "") throw new TypeError("Virtual table module name cannot be an empty string");
  const isEponymous = typeof definition === "object" && definition !== null;
  if (!isEponymous && typeof definition !== "function") {
    throw new TypeError("Expected second argument to be a function or a table definition object");
  }
  const parsed = isEponymous ? parse(definition as object, "used", name, state) : null;
  state.requireIdle();
  state.isBusy = true;
  try {
    defineTable(
      state.connection,
      name,
      isEponymous ? "only" : "not",
      (moduleName, databaseName, tableName, ...args) => {
        if (parsed !== null) return parsed;
        const self = { module: moduleName, database: databaseName, table: tableName };
        const made: unknown = (definition as (...args: unknown[]) => unknown).apply(self, args);
        if (typeof made !== "object" || made === null) {
          throw new TypeError(`Virtual table module "${moduleName}" did not return a table definition object`);
        }
        return parse(made, "returned", moduleName as string, state);
      },
    );
  } finally {
    state.isBusy = false;
  }
}

// -- The definition --------------------------------------------------------------------------------

const GeneratorPrototype: unknown = Object.getPrototypeOf(function* () {});
/** As in better-sqlite3. */
const MOST_PARAMETERS = 32;

function parse(definition: object, verb: string, name: string, state: State): TableShape {
  const module = `Virtual table module "${name}"`;
  const fault = (what: string) => `${module} ${verb} a table definition ${what}`;
  const given = definition as Readonly<Record<string, unknown>>;
  for (const key of ["rows", "columns"]) {
    if (!Object.hasOwn(given, key)) throw new TypeError(fault(`without a "${key}" property`));
  }
  const { rows } = given;
  if (typeof rows !== "function" || Object.getPrototypeOf(rows) !== GeneratorPrototype) {
    throw new TypeError(fault('with an invalid "rows" property (should be a generator function)'));
  }
  const columns = names(given.columns, fault('with an invalid "columns" property (should be an array of strings)'));
  if (columns.length !== new Set(columns).size) throw new TypeError(fault("with duplicate column names"));
  if (columns.length === 0) throw new RangeError(fault("with zero columns"));
  const parameters = Object.hasOwn(given, "parameters")
    ? names(given.parameters, fault('with an invalid "parameters" property (should be an array of strings)'))
    : Array.from({ length: lengthOf(rows) }, (_, i) => `$${i + 1}`);
  if (parameters.length !== new Set(parameters).size) throw new TypeError(fault("with duplicate parameter names"));
  if (parameters.length > MOST_PARAMETERS) {
    throw new RangeError(fault(`with more than the maximum number of ${MOST_PARAMETERS} parameters`));
  }
  for (const parameter of parameters) {
    if (!includes(columns, parameter)) continue;
    throw new TypeError(
      fault(`with column "${parameter}" which was ambiguously defined as both a column and parameter`),
    );
  }
  const areSafe = flag(given, "safeIntegers", fault) ?? state.areSafe;
  const isDirectOnly = flag(given, "directOnly", fault) ?? false;
  const declared = [...parameters.map((parameter) => `${quoted(parameter)} HIDDEN`), ...columns.map(quoted)];
  const who = `${module} yielded`;
  return {
    declaration: `CREATE TABLE x(${declared.join(", ")});`,
    fault: (table) => `failed to declare virtual table "${table}"`,
    parameters,
    rows: rowsOf(rows as (...args: unknown[]) => Iterable<unknown>, columns, who),
    isDirectOnly,
    read: valuesFor(areSafe),
    give: (context, value) => giveValue(context, value, who),
  };
}

function names(value: unknown, message: string): string[] {
  const copied: unknown[] | null = Array.isArray(value) ? [...value] : null;
  if (copied !== null && every(copied, (item) => typeof item === "string")) return copied as string[];
  throw new TypeError(message);
}

function flag(given: Readonly<Record<string, unknown>>, key: string, fault: (what: string) => string) {
  if (!Object.hasOwn(given, key)) return undefined;
  const value = given[key];
  if (typeof value === "boolean") return value;
  throw new TypeError(fault(`with an invalid "${key}" property (should be a boolean)`));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

// -- The rows --------------------------------------------------------------------------------------

/** Rows as SQLite sees them: the parameters' values, then the columns'. */
function rowsOf(generator: (...args: unknown[]) => Iterable<unknown>, columns: readonly string[], who: string) {
  const places = new Map(columns.map((name, i) => [name, i]));
  return function* virtualTable(...args: unknown[]): Generator<readonly unknown[]> {
    // The generator may write to a buffer that it was given, and the hidden column must still be what the query said.
    const hidden = args.map((value) => (Buffer.isBuffer(value) ? Buffer.from(value) : value));
    for (const row of generator(...args)) {
      if (Array.isArray(row)) {
        if (row.length !== columns.length) throw new TypeError(`${who} a row with an incorrect number of columns`);
        yield [...hidden, ...row];
      } else if (typeof row === "object" && row !== null) {
        yield [...hidden, ...valuesOf(row as Readonly<Record<string, unknown>>, places, who)];
      } else throw new TypeError(`${who} something that isn't a valid row object`);
    }
  };
}

function valuesOf(row: Readonly<Record<string, unknown>>, places: ReadonlyMap<string, number>, who: string): unknown[] {
  const values: unknown[] = Array.from({ length: places.size });
  let count = 0;
  for (const key of Object.keys(row)) {
    const place = places.get(key);
    if (place === undefined) throw new TypeError(`${who} a row with an undeclared column "${key}"`);
    values[place] = row[key];
    count++;
  }
  if (count !== places.size) throw new TypeError(`${who} a row with missing columns`);
  return values;
}
