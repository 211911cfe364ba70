/**
 * A whole database as bytes, and back.
 */
import { byref, c_int64, memmove, string_at } from "ctypes-js";
import {
  SQLITE_BUSY,
  SQLITE_DBCONFIG_ENABLE_VIEW,
  SQLITE_DESERIALIZE_FREEONCLOSE,
  SQLITE_DESERIALIZE_READONLY,
  SQLITE_DESERIALIZE_RESIZEABLE,
  SQLITE_NOMEM,
  SQLITE_OK,
  SQLITE_TXN_NONE,
} from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { bytesOf } from "./bytes.ts";
import type { CoreConnection } from "./connection.ts";
import { forgetEponymousTables } from "./eponymous.ts";

/** The bytes of a database of this connection; null when SQLite gives none. */
export function serialize(connection: CoreConnection, database: string): Uint8Array | null {
  const size = new c_int64(-1);
  const address = lib.sqlite3_serialize(connection.handle, database, byref(size), 0);
  // An empty database has no bytes, and is no error.
  if (address === null) return size.value === 0n ? new Uint8Array(0) : null;
  try {
    return string_at(address, Number(size.value));
  } finally {
    lib.sqlite3_free(address);
  }
}

/**
 * Puts a database of these bytes in the place of one of this connection's. Statements end before.
 *
 * @throws SQLITE_BUSY in the middle of a transaction, or a backup: SQLite before 3.53 would take what they work on
 * away.
 */
export function deserialize(connection: CoreConnection, database: string, given: Uint8Array, isReadonly = false): void {
  const bytes = bytesOf(given);
  connection.finalizeStatements();
  if (connection.copies > 0 || isInTransaction(connection, database)) throw connection.errorOf(SQLITE_BUSY);
  if (database.toLowerCase() === "main") forgetEponymousTables(connection);
  const { length } = bytes;
  // SQLite frees the memory, whatever happens.
  const address = lib.sqlite3_malloc64(Math.max(length, 1));
  if (address === null) throw connection.errorOf(SQLITE_NOMEM);
  if (length > 0) memmove(address, bytes, length);
  const flags =
    SQLITE_DESERIALIZE_FREEONCLOSE | (isReadonly ? SQLITE_DESERIALIZE_READONLY : SQLITE_DESERIALIZE_RESIZEABLE);
  const status = lib.sqlite3_deserialize(connection.handle, database, address, length, length, flags);
  if (status !== SQLITE_OK) connection.fail(status);
  expireStatements(connection);
}

// -- Private ---------------------------------------------------------------------------------------

function isInTransaction(connection: CoreConnection, database: string): boolean {
  return lib.sqlite3_txn_state(connection.handle, database) > SQLITE_TXN_NONE;
}

/**
 * An extension's statements are compiled for the database that was there before. Changing a setting has SQLite
 * compile them anew.
 */
function expireStatements(connection: CoreConnection): void {
  const isOn = connection.getConfig(SQLITE_DBCONFIG_ENABLE_VIEW);
  connection.setConfig(SQLITE_DBCONFIG_ENABLE_VIEW, !isOn);
  connection.setConfig(SQLITE_DBCONFIG_ENABLE_VIEW, isOn);
}
