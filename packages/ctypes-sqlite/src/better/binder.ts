/**
 * Binding as better-sqlite3 does it: all parameters each time, in order, in arrays, or by name in one plain object.
 */
import { bindValue, type TextPlace, TOO_LARGE, UNSUPPORTED } from "../core/bind.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { SQLITE_NOMEM, SQLITE_OK, SQLITE_RANGE, SQLITE_TOOBIG } from "../library/constants.ts";

/** Binds all parameters; gives the handle. @throws for too few, too many, missing names, and what SQLite has no value for. */
export function bindParameters(statement: PreparedStatement, args: readonly unknown[]): number {
  const handle = statement.begin();
  if (statement.parameters.bindAll(handle, args, statement.prepared)) return handle;
  const { count, names, places } = parametersOf(statement);
  const { prepared } = statement;
  let bound = 0;
  let place = 0;
  let hasObject = false;
  const next = () => places[place++] ?? count + 1;
  try {
    for (const arg of args) {
      if (typeof arg === "object" && arg !== null) {
        if (Array.isArray(arg)) {
          for (const value of arg) bindOne(handle, next(), value, prepared);
          bound += arg.length;
          continue;
        }
        if (!ArrayBuffer.isView(arg) && isPlainObject(arg)) {
          if (hasObject) throw new TypeError("You cannot specify named parameters in two different objects");
          hasObject = true;
          bindNames(handle, prepared, names, arg as Readonly<Record<string, unknown>>);
          bound += names.length;
          continue;
        }
      }
      bindOne(handle, next(), arg, prepared);
      bound++;
    }
    if (bound < count) {
      if (!hasObject && names.length > 0) throw new TypeError("Missing named parameters");
      throw new RangeError("Too few parameter values were provided");
    }
    if (bound > count) throw new RangeError("Too many parameter values were provided");
  } catch (error) {
    statement.parameters.clear();
    throw error;
  }
  return handle;
}

// -- Private ---------------------------------------------------------------------------------------

interface Parameter {
  /** Without prefix. */
  readonly name: string;
  readonly index: number;
  /** Whether every object inherits something of that name. */
  readonly isInherited: boolean;
}

interface StatementParameters {
  readonly count: number;
  readonly names: readonly Parameter[];
  /** Indices of parameters without a name. */
  readonly places: readonly number[];
}

const known = new WeakMap<PreparedStatement, StatementParameters>();

function parametersOf(statement: PreparedStatement): StatementParameters {
  let parameters = known.get(statement);
  if (parameters === undefined) {
    const all = statement.parameters.names;
    parameters = {
      count: all.length,
      names: all.flatMap((full, i) => {
        if (full === null) return [];
        const name = full.slice(1);
        return [{ name, index: i + 1, isInherited: name in Object.prototype }];
      }),
      places: all.flatMap((full, i) => (full === null ? [i + 1] : [])),
    };
    known.set(statement, parameters);
  }
  return parameters;
}

function bindNames(
  handle: number,
  place: TextPlace,
  names: readonly Parameter[],
  values: Readonly<Record<string, unknown>>,
): void {
  for (let i = 0; i < names.length; i++) {
    const { name, index, isInherited } = names[i] as Parameter;
    const value = values[name];
    if ((value === undefined || isInherited) && !Object.hasOwn(values, name)) {
      throw new RangeError(`Missing named parameter "${name}"`);
    }
    bindOne(handle, index, value, place);
  }
}

function bindOne(handle: number, index: number, value: unknown, place: TextPlace): void {
  const status = bindValue(handle, index, value === undefined ? null : value, place);
  if (status !== SQLITE_OK) throw bindError(status);
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
