/**
 * `DatabaseSync.prototype.limits`: what SQLite lets a statement use.
 */
import { inspect } from "node:util";
import type { CoreConnection } from "../core/connection.ts";
import { includes } from "../core/lists.ts";
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

type Name = (typeof NAMES)[number];
export type DatabaseLimits = Record<Name, number>;

/** More than SQLite was built for is what it was built for. */
const HIGHEST = 0x7fffffff;

/**
 * What gives an object whose members are the limits of a connection. They show as plain values, as V8's
 * interceptors do: a proxy, and the values beneath it for a log, which looks there.
 */
export function limitsOf(connection: () => CoreConnection): () => DatabaseLimits {
  const read = (name: string) => lib.sqlite3_limit(connection().handle, NAMES.indexOf(name as Name), -1);
  const shown = Object.create(logged) as DatabaseLimits;
  for (const name of NAMES) Object.defineProperty(shown, name, { value: 0, writable: true, enumerable: true });
  const isName = (key: unknown): key is Name => includes(NAMES, key as Name);
  const limits = new Proxy(shown, {
    get: (target, key, receiver) => (isName(key) ? read(key) : Reflect.get(target, key, receiver)),
    getOwnPropertyDescriptor: (target, key) => {
      if (isName(key)) target[key] = read(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    set: (target, key, value: unknown) => {
      if (!isName(key)) return Reflect.set(target, key, value);
      const limit = checkedLimit(value);
      lib.sqlite3_limit(connection().handle, NAMES.indexOf(key), limit);
      return true;
    },
  });
  return () => {
    try {
      for (const name of NAMES) shown[name] = read(name);
    } catch {
      // The database is closed: reading a member says so.
    }
    return limits;
  };
}

export function setLimits(connection: CoreConnection, limits: ReadonlyMap<string, number>): void {
  NAMES.forEach((name, id) => {
    const limit = limits.get(name);
    if (limit !== undefined) lib.sqlite3_limit(connection.handle, id, limit);
  });
}

// -- Private ---------------------------------------------------------------------------------------

/** What limits inherit: a log shows their values, and no proxy. */
const logged = Object.defineProperty({}, inspect.custom, {
  value(this: object) {
    return { ...this };
  },
});

function checkedLimit(value: unknown): number {
  if (value === Infinity) return HIGHEST;
  if (!isInt32(value)) throw invalidType("Limit value must be a non-negative integer or Infinity.");
  if (value < 0) throw outOfRange("Limit value must be non-negative.");
  return value;
}
