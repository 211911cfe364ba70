/**
 * The channel `sqlite.db.query` of node:diagnostics_channel: what ran, on which database, and for how long, for
 * each statement that ends while somebody subscribes.
 */
import { type Channel, channel } from "node:diagnostics_channel";
import type { CoreConnection } from "../core/connection.ts";
import { setProfile } from "../core/hooks.ts";

/** Looked at before each use of a database, and a use of SQLite that nobody subscribes to costs no more than that. */
export const queries: Channel = channel("sqlite.db.query");

/**
 * Tells subscribers of this connection's statements from now on, or nobody any more. The connection does not keep
 * the database alive.
 */
export function tellQueries(connection: CoreConnection, database: WeakRef<object>): void {
  const isTold = queries.hasSubscribers;
  connection.isProfiled = isTold;
  setProfile(
    connection,
    isTold ? (sql, duration) => queries.publish({ __proto__: null, sql, database: database.deref(), duration }) : null,
  );
}
