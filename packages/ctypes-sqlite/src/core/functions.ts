/**
 * Functions, aggregates and window functions of SQL, written in JavaScript.
 *
 * What such a function throws becomes an error for SQLite and is kept for whoever ran the statement. Nothing of it
 * crosses C.
 */
import { ARRAY, c_void_p } from "ctypes-js";
import { FinalCallback, FunctionCallback } from "../library/declarations.ts";
import { lib } from "../library/library.ts";
import type { CoreConnection } from "./connection.ts";
import { giveError } from "./giving.ts";
import type { ValueReader } from "./reading.ts";

/** What all these functions have. */
export interface FunctionShape {
  readonly name: string;
  /** How many arguments; -1 is any number. */
  readonly arity: number;
  /** SQLITE_UTF8, SQLITE_DETERMINISTIC, … */
  readonly flags: number;
  readonly read: ValueReader;
  /** Gives SQLite the result. @throws for what is no value. */
  readonly give: (context: number, value: unknown) => void;
}

export interface AggregateShape extends FunctionShape {
  readonly start: () => unknown;
  readonly step: (state: unknown, args: unknown[]) => unknown;
  readonly inverse: ((state: unknown, args: unknown[]) => unknown) | null;
  readonly result: (state: unknown) => unknown;
}

type Callback = ConstructorParameters<typeof FunctionCallback>[0] & ((...args: never[]) => void);

export function defineFunction(
  connection: CoreConnection,
  shape: FunctionShape,
  run: (...args: unknown[]) => unknown,
): void {
  const { name, arity, flags, give } = shape;
  const argumentsAt = argumentReader(shape);
  const callback = new FunctionCallback((context: number | null, count: number, values: number | null) => {
    connection.depth++;
    try {
      give(context as number, run(...argumentsAt(values, count)));
    } catch (error) {
      stop(connection, context as number, error);
    } finally {
      connection.depth--;
    }
  });
  const status = lib.sqlite3_create_function_v2(
    connection.handle,
    name,
    arity,
    flags,
    null,
    callback,
    null,
    null,
    null,
  );
  connection.check(status);
  connection.keep(keyOf(shape), [callback]);
}

export function defineAggregate(connection: CoreConnection, shape: AggregateShape): void {
  const { name, arity, flags, start, result, give } = shape;
  const argumentsAt = argumentReader(shape);
  // By the address of the memory that SQLite has for each group.
  const states = new Map<number, unknown>();
  // A window has given its values before it ends: the result at its end is asked for by nobody.
  const windows = new Set<number>();
  const placeOf = (context: number, size: number) => lib.sqlite3_aggregate_context(context, size) ?? 0;

  const changing = (change: (state: unknown, args: unknown[]) => unknown): Callback => {
    return (context: number | null, count: number, values: number | null) => {
      connection.depth++;
      try {
        const place = placeOf(context as number, 8);
        const state = states.has(place) ? states.get(place) : start();
        // Before the step: a group that begins and fails has a state to end.
        states.set(place, state);
        states.set(place, change(state, argumentsAt(values, count)));
      } catch (error) {
        stop(connection, context as number, error);
      } finally {
        connection.depth--;
      }
    };
  };
  const giving = (isLast: boolean) => (context: number | null) => {
    connection.depth++;
    const place = placeOf(context as number, 0);
    try {
      if (!isLast) windows.add(place);
      if (connection.thrown === null && !(isLast && windows.has(place))) {
        const state = states.has(place) ? states.get(place) : start();
        give(context as number, result(state));
      }
    } catch (error) {
      stop(connection, context as number, error);
    } finally {
      if (isLast) {
        states.delete(place);
        windows.delete(place);
      }
      connection.depth--;
    }
  };

  const step = new FunctionCallback(changing(shape.step));
  const final = new FinalCallback(giving(true));
  const inverse = shape.inverse === null ? null : new FunctionCallback(changing(shape.inverse));
  const value = inverse === null ? null : new FinalCallback(giving(false));
  const { handle } = connection;
  const status =
    inverse === null
      ? lib.sqlite3_create_function_v2(handle, name, arity, flags, null, null, step, final, null)
      : lib.sqlite3_create_window_function(handle, name, arity, flags, null, step, final, value, inverse, null);
  connection.check(status);
  connection.keep(
    keyOf(shape),
    [step, final, inverse, value].filter((callback) => callback !== null),
  );
}

/** Takes a function away. */
export function removeFunction(connection: CoreConnection, name: string, arity: number): void {
  const { handle } = connection;
  connection.check(lib.sqlite3_create_function_v2(handle, name, arity, 1, null, null, null, null, null));
  connection.keep(keyOf({ name, arity }), []);
}

/** The pointers to values at an address, which SQLite hands to functions and tables. */
export function pointersAt(address: number, count: number): { at(i: number): number | null } {
  const type = (pointerArrays[count] ??= pointerArray(count));
  return type.from_address(address);
}

// -- Private ---------------------------------------------------------------------------------------

const pointerArrays: ReturnType<typeof pointerArray>[] = [];

function pointerArray(count: number) {
  return ARRAY(c_void_p, count);
}

function argumentReader({ read }: FunctionShape): (values: number | null, count: number) => unknown[] {
  return (values, count) => {
    if (count === 0) return [];
    const pointers = pointersAt(values as number, count);
    const args: unknown[] = [];
    for (let i = 0; i < count; i++) args.push(read(pointers.at(i) as number));
    return args;
  };
}

function stop(connection: CoreConnection, context: number, error: unknown): void {
  connection.keepThrown(error);
  giveError(context, messageOf(error));
}

/** What is thrown may be anything, and so may its message. */
function messageOf(error: unknown): string {
  try {
    const message: unknown = (error as Partial<Error> | null | undefined)?.message;
    if (typeof message === "string") return message;
  } catch {
    // A getter that throws has no message either.
  }
  return "an exception in JavaScript";
}

/** SQLite does not tell `f` from `F`. */
function keyOf({ name, arity }: { name: string; arity: number }): string {
  return `function ${name.toLowerCase()} ${arity}`;
}
