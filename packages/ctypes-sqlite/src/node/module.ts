/**
 * `Database.prototype.createModule()`: virtual tables whose rows a function of JavaScript gives.
 *
 * A table is there by the name of its module, and CREATE VIRTUAL TABLE makes others. Hidden columns are the
 * parameters of the function, as of a table-valued function of SQL; a row has a value for each of the other
 * columns.
 */
import { isPromise } from "node:util/types";
import type { CoreConnection } from "../core/connection.ts";
import { includes } from "../core/lists.ts";
import { defineTable, type TableShape } from "../core/table.ts";
import { SQLITE_ERROR } from "../library/constants.ts";
import { invalidType, invalidValue, sqliteError } from "./errors.ts";
import { booleanOption, checkName, isObject, upToNul } from "./options.ts";
import { giveValue, readValue, readValueBigInt } from "./rules.ts";

export interface ModuleColumn {
  name: string;
  type: "INTEGER" | "TEXT" | "REAL" | "BLOB" | "ANY";
  /** Whether it is a parameter of `rows`, and no part of `SELECT *`. */
  hidden?: boolean | undefined;
}

export interface ModuleOptions {
  columns: readonly ModuleColumn[];
  /** The rows, as arrays, for these values of the hidden columns; null for those that the query does not give. */
  rows: (...parameters: never[]) => Iterable<readonly unknown[]>;
  /** Whether views and triggers must not use it. */
  directOnly?: boolean | undefined;
  useBigIntArguments?: boolean | undefined;
}

/** What {@link defineModule} is given, read and checked. */
export type ModuleSettings = ReturnType<typeof moduleSettings>;

/** @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for options that are none. */
export function moduleSettings(name: unknown, options: unknown) {
  const moduleName = checkName(name, "name");
  if (!isObject(options)) throw invalidType('The "options" argument must be an object.');
  const given = options as unknown as Readonly<Record<string, unknown>>;
  const columns = columnsOf(given.columns);
  const { rows } = given;
  if (typeof rows !== "function") throw invalidType('The "options.rows" argument must be a function.');
  const isDirectOnly = booleanOption(given, "directOnly", false);
  const usesBigInts = booleanOption(given, "useBigIntArguments", false);
  return { name: moduleName, columns, rows: rows as RowsFunction, isDirectOnly, usesBigInts };
}

export function defineModule(connection: CoreConnection, settings: ModuleSettings): void {
  const { name, columns, rows, isDirectOnly, usesBigInts } = settings;
  const hidden = columns.filter((column) => column.isHidden);
  const visible = columns.filter((column) => !column.isHidden);
  const declared = [...hidden, ...visible].map((column) => column.declaration);
  const definition: TableShape = {
    declaration: upToNul(`CREATE TABLE x(${declared.join(", ")})`),
    parameters: hidden.map((column) => column.name),
    rows: (...args) => new Rows(rows, args, visible.length),
    takesNull: true,
    isDirectOnly,
    read: usesBigInts ? readValueBigInt : readValue,
    give: giveValue,
  };
  defineTable(connection, name, "also", () => definition);
}

// -- Columns ---------------------------------------------------------------------------------------

const TYPES = ["INTEGER", "TEXT", "REAL", "BLOB", "ANY"];

function columnsOf(value: unknown) {
  if (!Array.isArray(value)) throw invalidType('The "options.columns" argument must be an array.');
  if (value.length === 0) throw invalidValue('The "options.columns" array must not be empty.');
  const columns: ReturnType<typeof columnOf>[] = [];
  for (let i = 0; i < value.length; i++) columns.push(columnOf(value[i]));
  return columns;
}

function columnOf(value: unknown) {
  if (!isObject(value)) throw invalidType('Each column in "options.columns" must be an object.');
  const { name, type, hidden } = value as unknown as Readonly<Record<string, unknown>>;
  if (typeof name !== "string") throw invalidType('The column "name" property must be a string.');
  if (typeof type !== "string") throw invalidType('The column "type" property must be a string.');
  if (!includes(TYPES, type)) {
    const types = "'INTEGER', 'TEXT', 'REAL', 'BLOB', or 'ANY'";
    throw invalidValue(`The column "type" property must be one of ${types}.`);
  }
  if (hidden !== undefined && typeof hidden !== "boolean") {
    throw invalidType('The column "hidden" property must be a boolean.');
  }
  const isHidden = hidden === true;
  const parts = [`"${name.replaceAll('"', '""')}"`, ...(type === "ANY" ? [] : [type]), ...(isHidden ? ["HIDDEN"] : [])];
  return { name, isHidden, declaration: parts.join(" ") };
}

// -- Rows ------------------------------------------------------------------------------------------

type RowsFunction = (...args: unknown[]) => unknown;

/** The rows of one scan: the values of the hidden columns, then those of a row. */
class Rows implements Iterator<readonly unknown[]> {
  readonly #hidden: readonly unknown[];
  readonly #count: number;
  readonly #iterator: { readonly next: unknown; readonly return?: unknown };
  readonly #next: () => unknown;

  constructor(rows: RowsFunction, args: readonly unknown[], count: number) {
    this.#hidden = args.map((value) => (value === undefined ? null : value));
    this.#count = count;
    const given = rows(...this.#hidden);
    if (!isObject(given)) throw fault("function must return an iterable object");
    const makeIterator = (given as { [Symbol.iterator]?: unknown })[Symbol.iterator];
    // What is no iterable may be an iterator itself.
    const iterator = typeof makeIterator === "function" ? makeIterator.call(given) : given;
    if (!isObject(iterator)) throw fault("iterable's Symbol.iterator method must return an object");
    this.#iterator = iterator as { next: unknown };
    const { next } = this.#iterator;
    if (typeof next !== "function") throw fault("iterator must have a next() method");
    this.#next = next as () => unknown;
  }

  next(): IteratorResult<readonly unknown[]> {
    const result = this.#next.call(this.#iterator);
    if (!isObject(result)) throw fault("iterator's next() method must return an object");
    // An asynchronous iterator would never end.
    if (isPromise(result)) throw fault("iterator's next() method must return an object, not a promise");
    const { done, value } = result as { done?: unknown; value?: unknown };
    return done ? { done: true, value: undefined } : { done: false, value: this.#fullRow(value) };
  }

  return(): IteratorResult<readonly unknown[]> {
    const end = this.#iterator.return;
    if (typeof end === "function") end.call(this.#iterator);
    return { done: true, value: undefined };
  }

  #fullRow(value: unknown): readonly unknown[] {
    const row = [...this.#hidden];
    const given: readonly unknown[] = Array.isArray(value) ? value : [];
    for (let i = 0; i < this.#count; i++) row.push(given[i]);
    return row;
  }
}

function fault(what: string): Error {
  return sqliteError(`The "options.rows" ${what}`, SQLITE_ERROR);
}
