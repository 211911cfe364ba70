/**
 * JavaScript that SQL calls: functions, aggregates, the authorizer; what node:sqlite checks of them.
 */
import type { CoreConnection } from "../core/connection.ts";
import { defineAggregate, defineFunction } from "../core/functions.ts";
import { type Authorizer, setAuthorizer } from "../core/hooks.ts";
import {
  SQLITE_DENY,
  SQLITE_DETERMINISTIC,
  SQLITE_DIRECTONLY,
  SQLITE_IGNORE,
  SQLITE_OK,
  SQLITE_UTF8,
} from "../library/constants.ts";
import { invalidType } from "./errors.ts";
import { booleanOption, checkName, functionOption, isInt32, isObject } from "./options.ts";
import { giveValue, readValue, readValueBigInt } from "./rules.ts";

export interface FunctionOptions {
  deterministic?: boolean | undefined;
  directOnly?: boolean | undefined;
  useBigIntArguments?: boolean | undefined;
  varargs?: boolean | undefined;
}

export interface AggregateOptions<T = unknown> {
  /** The first state of a group, or a function that makes it. */
  start: T | (() => T);
  step: (state: T, ...args: never[]) => T;
  /** The opposite of `step`: with it the aggregate is a window function. */
  inverse?: ((state: T, ...args: never[]) => T) | undefined;
  result?: ((state: T) => unknown) | undefined;
  directOnly?: boolean | undefined;
  useBigIntArguments?: boolean | undefined;
  varargs?: boolean | undefined;
}

/** `rest` is a function, or its options and the function. */
export function defineSqlFunction(connection: CoreConnection, given: string, rest: readonly unknown[]): void {
  const name = checkName(given, "name");
  const func = rest.length > 1 ? rest[1] : rest[0];
  const options = rest.length > 1 ? rest[0] : {};
  if (!isObject(options)) throw invalidType('The "options" argument must be an object.');
  const { flags, hasVarargs, read } = functionSettings(options as FunctionOptions);
  if (typeof func !== "function") throw invalidType('The "function" argument must be a function.');
  const arity = hasVarargs ? -1 : lengthOf(func);
  defineFunction(connection, { name, arity, flags, read, give: giveValue }, func as never);
}

export function defineSqlAggregate<T>(connection: CoreConnection, given: string, options: AggregateOptions<T>): void {
  const name = checkName(given, "name");
  if (!isObject(options)) throw invalidType('The "options" argument must be an object.');
  const { start, step, result } = options;
  if (start === undefined) {
    throw invalidType('The "options.start" argument must be a function or a primitive value.');
  }
  // As in Node, nobody asks whether an aggregate is deterministic.
  const { flags, hasVarargs, read } = functionSettings(options, false);
  if (typeof step !== "function") throw invalidType('The "options.step" argument must be a function.');
  const opposite = functionOption<NonNullable<AggregateOptions<T>["inverse"]>>(options as never, "inverse");
  const lengths = hasVarargs ? [0] : [step, ...(opposite === undefined ? [] : [opposite])].map(lengthOf);
  const arity = hasVarargs ? -1 : Math.max(...lengths, 1) - 1;
  const run = (change: (state: T, ...args: never[]) => T) => (state: unknown, args: unknown[]) =>
    change(state as T, ...(args as never[]));
  defineAggregate(connection, {
    name,
    arity,
    flags,
    read,
    give: giveValue,
    start: typeof start === "function" ? (start as () => unknown) : () => start,
    step: run(step),
    inverse: opposite === undefined ? null : run(opposite),
    result: typeof result === "function" ? (result as (state: unknown) => unknown) : (state) => state,
  });
}

export function setCheckedAuthorizer(connection: CoreConnection, callback: Authorizer | null): void {
  if (callback === null) {
    setAuthorizer(connection, null);
    return;
  }
  if (typeof callback !== "function") throw invalidType('The "callback" argument must be a function or null.');
  setAuthorizer(connection, (action, ...details) => {
    const answer: unknown = callback(action, ...details);
    if (!Number.isInteger(answer)) {
      throw new TypeError("Authorizer callback must return an integer authorization code");
    }
    if (answer !== SQLITE_OK && answer !== SQLITE_DENY && answer !== SQLITE_IGNORE) {
      throw new RangeError("Authorizer callback returned a invalid authorization code");
    }
    return answer;
  });
}

// -- Private ---------------------------------------------------------------------------------------

/** How many parameters a function says it has, which may be anything. */
function lengthOf({ length }: { readonly length: unknown }): number {
  if (isInt32(length)) return length;
  throw invalidType('The "length" of the function must be an integer.');
}

function functionSettings(options: FunctionOptions, mayBeDeterministic = true) {
  const given = options as Readonly<Record<string, unknown>>;
  const usesBigInts = booleanOption(given, "useBigIntArguments", false);
  const hasVarargs = booleanOption(given, "varargs", false);
  let flags = SQLITE_UTF8;
  if (mayBeDeterministic && booleanOption(given, "deterministic", false)) flags |= SQLITE_DETERMINISTIC;
  if (booleanOption(given, "directOnly", false)) flags |= SQLITE_DIRECTONLY;
  return { flags, hasVarargs, read: usesBigInts ? readValueBigInt : readValue };
}
