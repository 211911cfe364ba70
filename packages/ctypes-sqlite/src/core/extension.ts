/**
 * Extensions of SQLite: libraries that define functions, tables and whatever else in a connection.
 */
import { byref, c_void_p } from "ctypes-js";
import { SQLITE_OK } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import type { CoreConnection } from "./connection.ts";
import { textUpToNul } from "./hooks.ts";

/** Loads an extension; gives null, or what the loader said and SQLite's status. */
export function loadExtension(
  connection: CoreConnection,
  path: string,
  entryPoint: string | null,
): { message: string; status: number } | null {
  const message = new c_void_p();
  // What it defines may be anything.
  connection.callsBack = true;
  const status = lib.sqlite3_load_extension(connection.handle, path, entryPoint, byref(message));
  if (status === SQLITE_OK) return null;
  const text = message.value === null ? "the extension could not be loaded" : textUpToNul(message.value);
  lib.sqlite3_free(message.value);
  return { message: text, status };
}
