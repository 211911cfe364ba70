/**
 * The options of a database: what they are, and what they do to a connection.
 */
import type { CoreConnection } from "../core/connection.ts";
import {
  SQLITE_DBCONFIG_DEFENSIVE,
  SQLITE_DBCONFIG_ENABLE_FKEY,
  SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
  SQLITE_OPEN_CREATE,
  SQLITE_OPEN_READONLY,
  SQLITE_OPEN_READWRITE,
  SQLITE_OPEN_URI,
} from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { invalidType } from "./errors.ts";
import { type DatabaseLimits, setLimits } from "./limits.ts";
import { booleanOption, checkLimit, integerOption, optionsOf } from "./options.ts";
import type { StatementOptions } from "./statement.ts";

export interface DatabaseSyncOptions extends StatementOptions {
  /** Open at once; by default true. */
  open?: boolean | undefined;
  readOnly?: boolean | undefined;
  enableForeignKeyConstraints?: boolean | undefined;
  enableDoubleQuotedStringLiterals?: boolean | undefined;
  allowExtension?: boolean | undefined;
  /** How many milliseconds to wait for a lock. */
  timeout?: number | undefined;
  defensive?: boolean | undefined;
  limits?: Partial<DatabaseLimits> | undefined;
}

/** All options, those not given as they are by themselves. */
export type Settings = ReturnType<typeof settingsOf>;

/** @throws ERR_INVALID_ARG_TYPE for an option of another kind. */
export function settingsOf(options: unknown) {
  const given = optionsOf(options);
  const timeout = integerOption(given, "timeout", 0);
  return {
    open: booleanOption(given, "open", true),
    readOnly: booleanOption(given, "readOnly", false),
    enableForeignKeyConstraints: booleanOption(given, "enableForeignKeyConstraints", true),
    enableDoubleQuotedStringLiterals: booleanOption(given, "enableDoubleQuotedStringLiterals", false),
    allowExtension: booleanOption(given, "allowExtension", false),
    readBigInts: booleanOption(given, "readBigInts", false),
    returnArrays: booleanOption(given, "returnArrays", false),
    allowBareNamedParameters: booleanOption(given, "allowBareNamedParameters", true),
    allowUnknownNamedParameters: booleanOption(given, "allowUnknownNamedParameters", false),
    defensive: booleanOption(given, "defensive", true),
    timeout,
    limits: limitSettings(given.limits),
  };
}

/** Opens `connection` as the settings say; it is closed when one of them cannot be had. */
export function openWith(connection: CoreConnection, path: string, settings: Settings): void {
  const access = settings.readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  connection.open(path, access | SQLITE_OPEN_URI);
  try {
    connection.setConfig(SQLITE_DBCONFIG_ENABLE_FKEY, settings.enableForeignKeyConstraints);
    connection.setDoubleQuotedStrings(settings.enableDoubleQuotedStringLiterals);
    connection.setConfig(SQLITE_DBCONFIG_DEFENSIVE, settings.defensive);
    connection.setConfig(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, settings.allowExtension);
    connection.check(lib.sqlite3_busy_timeout(connection.handle, settings.timeout));
    setLimits(connection, settings.limits);
  } catch (error) {
    connection.close();
    throw error;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function limitSettings(limits: unknown): ReadonlyMap<string, number> {
  if (limits === undefined) return new Map();
  if (typeof limits !== "object" || limits === null) {
    throw invalidType('The "options.limits" argument must be an object.');
  }
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return new Map(given.map(([name, value]) => [name, checkLimit(value, name)]));
}
