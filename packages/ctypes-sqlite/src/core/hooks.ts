/**
 * JavaScript that SQLite asks while it works: who may do what, how text is ordered, whether to go on.
 */
import { c_int64, string_at } from "ctypes-js";
import {
  SQLITE_ATTACH,
  SQLITE_DENY,
  SQLITE_IGNORE,
  SQLITE_OK,
  SQLITE_TRACE_PROFILE,
  SQLITE_TRACE_STMT,
} from "../library/constants.ts";
import { AuthorizerCallback, CollationCallback, ProgressCallback, TraceCallback } from "../library/declarations.ts";
import { lib } from "../library/library.ts";
import type { CoreConnection } from "./connection.ts";
import { textAt } from "./reading.ts";

/** Asked for each thing a statement would do, while it is prepared. */
export type Authorizer = (action: number, ...details: (string | null)[]) => number;

/** Sets or takes away the authorizer. What it throws denies. */
export function setAuthorizer(connection: CoreConnection, authorizer: Authorizer | null): void {
  const callback =
    authorizer === null
      ? null
      : new AuthorizerCallback((_, action, a, b, c, d) =>
          connection.asked(() => answerOf(authorizer(action, a, b, c, d), action, a), SQLITE_DENY),
        );
  connection.check(lib.sqlite3_set_authorizer(connection.handle, callback, null));
  connection.keep("authorizer", callback === null ? [] : [callback]);
}

/** Defines or takes away a collation. What it throws makes two texts equal, and reaches who ran the statement. */
export function setCollation(
  connection: CoreConnection,
  name: string,
  compare: ((a: string, b: string) => number) | null,
): void {
  const callback =
    compare === null
      ? null
      : new CollationCallback((_, aLength, a, bLength, b) =>
          connection.asked(() => signOf(compare(textAt(a ?? 0, aLength), textAt(b ?? 0, bLength)), name), 0),
        );
  connection.check(lib.sqlite3_create_collation_v2(connection.handle, name, 1, null, callback, null));
  connection.keep(`collation ${name.toLowerCase()}`, callback === null ? [] : [callback]);
}

/** Asks `isEnough` every `steps` instructions; when it says so, or throws, the statement is interrupted. */
export function setProgressHandler(connection: CoreConnection, isEnough: (() => boolean) | null, steps: number): void {
  const callback =
    isEnough === null ? null : new ProgressCallback(() => connection.asked(() => (isEnough() ? 1 : 0), 1));
  lib.sqlite3_progress_handler(connection.handle, callback === null ? 0 : steps, callback, null);
  connection.keep("progress", callback === null ? [] : [callback]);
}

/** Tells `see` the SQL of each statement that begins. */
export function setTrace(connection: CoreConnection, see: ((sql: string) => void) | null): void {
  const callback =
    see === null
      ? null
      : new TraceCallback((_event, _context, statement) => connection.guarded(() => traced(statement, see), SQLITE_OK));
  connection.check(lib.sqlite3_trace_v2(connection.handle, callback === null ? 0 : SQLITE_TRACE_STMT, callback, null));
  connection.keep("trace", callback === null ? [] : [callback]);
}

/** Tells `see` the SQL of each statement that ends, its values filled in, and how many nanoseconds it took. */
export function setProfile(connection: CoreConnection, see: ((sql: string, duration: number) => void) | null): void {
  const callback =
    see === null
      ? null
      : new TraceCallback((_event, _context, statement, duration) => {
          const tell = () => {
            const sql = expandedSql(statement as number) ?? lib.sqlite3_sql(statement as number) ?? "";
            see(sql, Number(c_int64.from_address(duration as number).value));
            return SQLITE_OK;
          };
          // A session runs statements in the middle of a change, and does not survive another one then.
          return connection.recordings > 0 ? connection.asked(tell, SQLITE_OK) : connection.guarded(tell, SQLITE_OK);
        });
  const events = callback === null ? 0 : SQLITE_TRACE_PROFILE;
  connection.check(lib.sqlite3_trace_v2(connection.handle, events, callback, null));
  connection.keep("profile", callback === null ? [] : [callback]);
}

// -- Private ---------------------------------------------------------------------------------------

/**
 * What a comparison said. It is looked at while the connection is in the callback: the value may be an object that
 * acts when it becomes a number.
 */
function signOf(order: unknown, name: string): number {
  if (typeof order !== "number" && typeof order !== "bigint") {
    throw new TypeError(`collation '${name}': expected a number of the comparison, got ${typeof order}`);
  }
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/**
 * What an authorizer said; anything but an integer denies, as in CPython. VACUUM attaches a database without a
 * name, and goes on as if that were so (`vacuum.c`): ignored, it would be the end of the process.
 */
function answerOf(answer: unknown, action: number, file: string | null): number {
  if (typeof answer !== "number" || !Number.isInteger(answer)) return SQLITE_DENY;
  return answer === SQLITE_IGNORE && action === SQLITE_ATTACH && file === "" ? SQLITE_DENY : answer;
}

function traced(statement: number | null, see: (sql: string) => void): number {
  see(expandedSql(statement as number) ?? "");
  return SQLITE_OK;
}

/** The text of a statement with its parameters filled in; null where that is too long. */
export function expandedSql(statement: number): string | null {
  const address = lib.sqlite3_expanded_sql(statement);
  if (address === null) return null;
  const text = textUpToNul(address);
  lib.sqlite3_free(address);
  return text;
}

/** The text at an address of C's. */
export function textUpToNul(address: number): string {
  return Buffer.from(string_at(address)).toString("utf8");
}
