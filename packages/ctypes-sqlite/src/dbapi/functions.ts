/**
 * Functions, aggregates and window functions of SQL, as Python's sqlite3 takes them.
 */

import type { CoreConnection } from "../core/connection.ts";
import { defineAggregate, defineFunction, removeFunction } from "../core/functions.ts";
import { giveError, giveResult, TOO_LARGE, UNSUPPORTED } from "../core/giving.ts";
import { valueReader } from "../core/reading.ts";
import { SQLITE_DETERMINISTIC, SQLITE_UTF8 } from "../library/constants.ts";
import { adapted } from "./adapt.ts";
import { DataError, OperationalError, ProgrammingError } from "./errors.ts";
import { rules } from "./session.ts";

/** An aggregate: an object of it for each group. */
export type AggregateClass = new () => {
  step(...args: never[]): void;
  finalize(): unknown;
};
/** An aggregate that is a window function too. */
export type WindowClass = new () => {
  step(...args: never[]): void;
  inverse(...args: never[]): void;
  value(): unknown;
  finalize(): unknown;
};

type Scalar = (...args: never[]) => unknown;

/** Null takes the function away. */
export function createFunction(
  connection: CoreConnection,
  name: string,
  narg: number,
  func: Scalar | null,
  isDeterministic: boolean,
): void {
  creating(OperationalError, "function", () => {
    if (func === null) removeFunction(connection, name, narg);
    else defineFunction(connection, shapeOf(name, narg, isDeterministic), func as never);
  });
}

export function createAggregate(
  connection: CoreConnection,
  name: string,
  narg: number,
  type: AggregateClass | null,
): void {
  creating(OperationalError, "aggregate", () => {
    if (type === null) removeFunction(connection, name, narg);
    else {
      defineAggregate(connection, {
        ...shapeOf(name, narg, false),
        start: () => new type(),
        step: (state, args) => call(state, "step", args),
        inverse: null,
        result: (state) => (state as InstanceType<AggregateClass>).finalize(),
      });
    }
  });
}

export function createWindow(connection: CoreConnection, name: string, narg: number, type: WindowClass | null): void {
  creating(ProgrammingError, "window function", () => {
    if (type === null) removeFunction(connection, name, narg);
    else {
      defineAggregate(connection, {
        ...shapeOf(name, narg, false),
        start: () => new type(),
        step: (state, args) => call(state, "step", args),
        inverse: (state, args) => call(state, "inverse", args),
        result: (state) => (state as InstanceType<WindowClass>).value(),
      });
    }
  });
}

// -- Private ---------------------------------------------------------------------------------------

const read = valueReader(rules);

/**
 * What SQLite refuses, for a name that is too long or a wrong number of arguments, is an error of this class, as in
 * CPython.
 */
function creating(type: new (message: string, options: ErrorOptions) => Error, what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as { sqlite_errorcode?: number }).sqlite_errorcode === undefined) throw error;
    throw new type(`Error creating ${what}`, { cause: error });
  }
}

function shapeOf(name: string, arity: number, isDeterministic: boolean) {
  const flags = SQLITE_UTF8 | (isDeterministic ? SQLITE_DETERMINISTIC : 0);
  return { name, arity, flags, read, give };
}

function give(context: number, value: unknown): void {
  const status = giveResult(context, adapted(value));
  if (status === TOO_LARGE) throw new DataError("user-defined function returned an integer of more than 64 bits");
  if (status === UNSUPPORTED) giveError(context, "user-defined function returned a value that is none of SQLite's");
}

function call(state: unknown, method: string, args: unknown[]): unknown {
  (state as Record<string, (...args: unknown[]) => void>)[method]?.(...args);
  return state;
}
