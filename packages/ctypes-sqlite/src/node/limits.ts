/**
 * `DatabaseSync.prototype.limits`: what SQLite lets a statement use.
 */
import type { Connection } from "../core/connection.ts";
import { lib } from "../library/library.ts";
import { invalidType, outOfRange } from "./errors.ts";
import { isInt32 } from "./options.ts";

/** In the order of sqlite3.h's SQLITE_LIMIT_… */
const NAMES = [
  "length",
  "sqlLength",
  "column",
  "exprDepth",
  "compoundSelect",
  "vdbeOp",
  "functionArg",
  "attach",
  "likePatternLength",
  "variableNumber",
  "triggerDepth",
] as const;

export type DatabaseLimits = Record<(typeof NAMES)[number], number>;

/** More than SQLite was built for is what it was built for. */
const HIGHEST = 0x7fffffff;

/** An object whose members are the limits of a connection. */
export function limitsOf(connection: () => Connection): DatabaseLimits {
  const limits = {};
  NAMES.forEach((name, id) => {
    Object.defineProperty(limits, name, {
      enumerable: true,
      get: () => lib.sqlite3_limit(connection().handle, id, -1),
      set: (value: unknown) => {
        const limit = checkedLimit(value);
        lib.sqlite3_limit(connection().handle, id, limit);
      },
    });
  });
  return limits as DatabaseLimits;
}

export function setLimits(connection: Connection, limits: ReadonlyMap<string, number>): void {
  NAMES.forEach((name, id) => {
    const limit = limits.get(name);
    if (limit !== undefined) lib.sqlite3_limit(connection.handle, id, limit);
  });
}

// -- Private ---------------------------------------------------------------------------------------

function checkedLimit(value: unknown): number {
  if (value === Infinity) return HIGHEST;
  if (!isInt32(value)) throw invalidType("Limit value must be a non-negative integer or Infinity.");
  if (value < 0) throw outOfRange("Limit value must be non-negative.");
  return value;
}
