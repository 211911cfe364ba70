/**
 * Values for parameters, as a method of better-sqlite3's statements takes them: for all of them, in order, in
 * arrays, or by name in one plain object.
 */
import { bindValue, isInt64, TOO_LARGE, UNSUPPORTED } from "../core/giving.ts";
import { every } from "../core/lists.ts";
import { type InOrder, inOrder, type NamedPlace } from "../core/named.ts";
import { Specialiser } from "../core/specialiser.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { SQLITE_NOMEM, SQLITE_OK, SQLITE_RANGE, SQLITE_TOOBIG } from "../library/constants.ts";
import { databaseNotOpen } from "./state.ts";

/** The values of all parameters in their order; null where they are not known to be just these. */
export function valuesInOrder(statement: PreparedStatement, args: readonly unknown[]): readonly unknown[] | null {
  const { parameters } = statement;
  parameters.look();
  if (parameters.areUnnamed) return args;
  const values = args[0];
  if (!parameters.areNamed || args.length !== 1 || typeof values !== "object" || values === null) return null;
  // What inherits of something else is no plain object, or has a prototype of another context.
  const prototype = Object.getPrototypeOf(values);
  if (prototype !== Object.prototype && prototype !== null) return null;
  const { named, names } = parametersOf(statement);
  if (named === null) return null;
  if (named.made === null) named.count(() => inOrder(names));
  return named.made === null ? null : named.made(values as Readonly<Record<string, unknown>>);
}

/**
 * Binds all parameters; `values` are the same in order, where they are known. Gives the handle.
 *
 * @throws for too few, too many, missing names, and what SQLite has no value for.
 */
export function bindValues(
  statement: PreparedStatement,
  args: readonly unknown[],
  values: readonly unknown[] | null,
): number {
  const handle = statement.begin();
  if (values !== null && statement.parameters.bindAll(handle, values, statement.prepared)) return handle;
  try {
    const all =
      values === null || statement.parameters.areUnnamed
        ? readValues(statement, args)
        : checked(statement, values, args[0] as object);
    // Getters and iterators may have closed the database.
    if (statement.handle !== handle) throw databaseNotOpen();
    for (let i = 0; i < all.length; i++) {
      const status = bindValue(handle, i + 1, all[i], statement.prepared);
      if (status !== SQLITE_OK) throw bindError(status);
    }
  } catch (error) {
    statement.parameters.clear();
    throw error;
  }
  return handle;
}

/** Values by name that were read in order. */
function checked(statement: PreparedStatement, values: readonly unknown[], given: object): readonly unknown[] {
  const { names } = parametersOf(statement);
  return values.map((value, i) => {
    const { name } = names[i] as Parameter;
    if (value === undefined && !Object.hasOwn(given, name)) throw missing(name);
    return bindable(value);
  });
}

/** All values, by the places of the parameters. */
function readValues(statement: PreparedStatement, args: readonly unknown[]): readonly unknown[] {
  const { count, names, places } = parametersOf(statement);
  const all: unknown[] = new Array(count);
  let bound = 0;
  let place = 0;
  let hasObject = false;
  const put = (value: unknown) => {
    const index = places[place++];
    const checked = bindable(value);
    if (index === undefined) throw bindError(SQLITE_RANGE);
    all[index - 1] = checked;
    bound++;
  };
  for (const arg of args) {
    if (typeof arg !== "object" || arg === null || ArrayBuffer.isView(arg)) put(arg);
    else if (Array.isArray(arg)) for (let i = 0; i < arg.length; i++) put(arg[i]);
    else if (isPlainObject(arg)) {
      if (hasObject) throw new TypeError("You cannot specify named parameters in two different objects");
      hasObject = true;
      readNames(all, names, arg as Readonly<Record<string, unknown>>);
      bound += names.length;
    } else put(arg);
  }
  if (bound === count) return all;
  if (!hasObject && names.length > 0) throw new TypeError("Missing named parameters");
  throw new RangeError("Too few parameter values were provided");
}

// -- Private ---------------------------------------------------------------------------------------

interface Parameter extends NamedPlace {
  /** Whether every object inherits something of that name. */
  readonly isInherited: boolean;
}

interface StatementParameters {
  readonly count: number;
  readonly names: readonly Parameter[];
  /** Indices of parameters without a name. */
  readonly places: readonly number[];
  /**
   * Reads the values of an object; one that is not there reads as undefined. Null where an object inherits one of
   * the names.
   */
  readonly named: Specialiser<InOrder> | null;
}

const known = new WeakMap<PreparedStatement, StatementParameters>();

function parametersOf(statement: PreparedStatement): StatementParameters {
  let parameters = known.get(statement);
  if (parameters === undefined) {
    const all = statement.parameters.names;
    const names = all.flatMap((full, i): Parameter[] => {
      if (full === null) return [];
      const name = full.slice(1);
      return [{ name, index: i + 1, isInherited: name in Object.prototype }];
    });
    const canBeRead = names.length === all.length && every(names, ({ isInherited }) => !isInherited);
    parameters = {
      count: all.length,
      names,
      places: all.flatMap((full, i) => (full === null ? [i + 1] : [])),
      named: canBeRead ? new Specialiser() : null,
    };
    known.set(statement, parameters);
  }
  return parameters;
}

function readNames(all: unknown[], names: readonly Parameter[], values: Readonly<Record<string, unknown>>): void {
  for (const { name, index, isInherited } of names) {
    const value = values[name];
    if ((value === undefined || isInherited) && !Object.hasOwn(values, name)) {
      throw missing(name);
    }
    all[index - 1] = bindable(value);
  }
}

function missing(name: string): RangeError {
  return new RangeError(`Missing named parameter "${name}"`);
}

/** @throws TypeError, RangeError for what SQLite has no value for. */
function bindable(value: unknown): unknown {
  const type = typeof value;
  if (type === "bigint" && !isInt64(value as bigint)) throw bindError(TOO_LARGE);
  if (type === "number" || type === "string" || type === "bigint" || value === null) return value;
  if (value === undefined) return null;
  if (ArrayBuffer.isView(value)) return value;
  throw bindError(UNSUPPORTED);
}

function bindError(status: number): Error {
  switch (status) {
    case UNSUPPORTED:
      return new TypeError("SQLite3 can only bind numbers, strings, bigints, buffers, and null");
    case TOO_LARGE:
    case SQLITE_TOOBIG:
      return new RangeError("The bound string, buffer, or bigint is too big");
    case SQLITE_RANGE:
      return new RangeError("Too many parameter values were provided");
    case SQLITE_NOMEM:
      return new Error("Out of memory");
    default:
      return new Error("An unexpected error occured while trying to bind parameters");
  }
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignObjectPrototype(prototype as object);
}

/** Object.prototype of another context, as of `vm`. */
function isForeignObjectPrototype(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}
