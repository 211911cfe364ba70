/**
 * `Database.prototype.function()` and `.aggregate()`.
 */
import { defineAggregate, defineFunction } from "../core/functions.ts";
import { SQLITE_DETERMINISTIC, SQLITE_DIRECTONLY, SQLITE_UTF8 } from "../library/constants.ts";
import { booleanOption } from "./options.ts";
import { giveValue, valuesFor } from "./rules.ts";
import type { State } from "./state.ts";

export interface FunctionOptions {
  varargs?: boolean;
  deterministic?: boolean;
  directOnly?: boolean;
  safeIntegers?: boolean;
}

export interface AggregateOptions extends FunctionOptions {
  /** The first state of a group, or a function that makes it; by default null. */
  start?: unknown;
  /** Returns the next state; undefined leaves it as it is. */
  step: (state: never, ...args: never[]) => unknown;
  /** The opposite of `step`: with it the aggregate is a window function. */
  inverse?: ((state: never, ...args: never[]) => unknown) | null;
  result?: ((state: never) => unknown) | null;
}

type Options = Readonly<Record<string, unknown>>;
type Anything = (...args: unknown[]) => unknown;

export function scalar(state: State, name: unknown, options: unknown, fn: unknown): void {
  checkName(name, "first");
  if (typeof fn !== "function") throw new TypeError("Expected last argument to be a function");
  if (typeof options !== "object") throw new TypeError("Expected second argument to be an options object");
  if (name === "") throw new TypeError("User-defined function name cannot be an empty string");
  const { flags, hasVarargs, areSafe } = settingsOf(options as Options, state);
  const arity = hasVarargs ? -1 : checkArity(lengthOf(fn));
  state.requireIdle();
  const who = `User-defined function ${name}() returned`;
  const give = (context: number, value: unknown) => giveValue(context, value, who);
  defineFunction(state.connection, { name, arity, flags, read: valuesFor(areSafe), give }, fn as Anything);
}

export function aggregate(state: State, name: unknown, options: unknown): void {
  checkName(name, "first");
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Expected second argument to be an options object");
  }
  if (name === "") throw new TypeError("User-defined function name cannot be an empty string");
  const given = options as Options;
  const start = "start" in given ? given.start : null;
  const step = functionOption(given, "step");
  if (step === null) throw new TypeError('Missing required option "step"');
  const inverse = functionOption(given, "inverse");
  const result = functionOption(given, "result");
  const { flags, hasVarargs, areSafe } = settingsOf(given, state);
  let arity = -1;
  if (!hasVarargs) {
    arity = Math.max(lengthOf(step), inverse === null ? 0 : lengthOf(inverse));
    arity = checkArity(Math.max(arity - 1, 0));
  }
  state.requireIdle();
  const who = `User-defined function ${name}() returned`;
  defineAggregate(state.connection, {
    name,
    arity,
    flags,
    read: valuesFor(areSafe),
    give: (context, value) => giveValue(context, value, who),
    start: typeof start === "function" ? (start as Anything) : () => start,
    step: changing(step),
    inverse: inverse === null ? null : changing(inverse),
    result: result ?? ((value) => value),
  });
}

// -- Private ---------------------------------------------------------------------------------------

function changing(change: Anything): (state: unknown, args: unknown[]) => unknown {
  return (state, args) => {
    const next = change(state, ...args);
    return next === undefined ? state : next;
  };
}

function settingsOf(options: Options, state: State) {
  const areSafe = "safeIntegers" in options ? booleanOption(options, "safeIntegers") : state.areSafe;
  let flags = SQLITE_UTF8;
  if (booleanOption(options, "deterministic")) flags |= SQLITE_DETERMINISTIC;
  if (booleanOption(options, "directOnly")) flags |= SQLITE_DIRECTONLY;
  return { flags, areSafe, hasVarargs: booleanOption(options, "varargs") };
}

function functionOption(options: Options, name: string): Anything | null {
  const value = name in options ? options[name] : null;
  if (typeof value === "function") return value as Anything;
  if (value !== null && value !== undefined) throw new TypeError(`Expected the "${name}" option to be a function`);
  return null;
}

/** @throws TypeError for what is no name. */
export function checkName(name: unknown, which: string): asserts name is string {
  if (typeof name !== "string") throw new TypeError(`Expected ${which} argument to be a string`);
}

/** How many parameters a function says it has. */
export function lengthOf({ length }: { readonly length: unknown }): number {
  if (typeof length === "number" && Number.isInteger(length) && length >= 0) return length;
  throw new TypeError("Expected function.length to be a positive integer");
}

function checkArity(arity: number): number {
  if (arity > 100) throw new RangeError("User-defined functions cannot have more than 100 arguments");
  return arity;
}
