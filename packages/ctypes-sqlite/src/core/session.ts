/**
 * Sessions record the changes of a database; changesets apply them to another.
 */
import { byref, c_int, memmove, string_at } from "ctypes-js";
import { SQLITE_CHANGESET_ABORT, SQLITE_NOMEM, SQLITE_OK, SQLITE_TOOBIG } from "../library/constants.ts";
import { ConflictCallback, FilterCallback } from "../library/declarations.ts";
import { lib, withOut } from "../library/library.ts";
import { bytesOf } from "./bytes.ts";
import type { CoreConnection } from "./connection.ts";
import { leave, takeBack } from "./ending.ts";

/** A recording; it ends with its connection. */
export class Recording {
  /** `sqlite3_session *`; 0 when it has ended. */
  #handle = 0;
  #place = 0;
  isOpen = false;
  readonly #connection: CoreConnection;

  constructor(connection: CoreConnection, database: string, table: string | null) {
    this.#connection = connection;
    const { status, value } = withOut((out) => lib.sqlite3session_create(connection.handle, database, out));
    this.#handle = value;
    connection.check(status);
    this.#place = leave("session", value);
    this.isOpen = true;
    connection.dependents.add(this);
    connection.recordings++;
    const attached = lib.sqlite3session_attach(value, table);
    if (attached !== SQLITE_OK) this.end();
    connection.check(attached);
  }

  read(kind: "changeset" | "patchset"): Uint8Array {
    this.#connection.requireUsable();
    const size = new c_int();
    const ask = kind === "changeset" ? lib.sqlite3session_changeset : lib.sqlite3session_patchset;
    const { status, value } = withOut((out) => ask(this.#handle, byref(size), out));
    if (status !== SQLITE_OK) this.#connection.fail(status);
    const bytes = value === 0 ? new Uint8Array(0) : string_at(value, size.value);
    lib.sqlite3_free(value);
    return bytes;
  }

  end(): void {
    this.isOpen = false;
    const handle = this.#handle;
    if (handle === 0) return;
    if (this.#connection.depth > 0) {
      // What has called back may be the session itself, which goes on then.
      setImmediate(() => this.end());
      return;
    }
    this.#handle = 0;
    this.#connection.dependents.delete(this);
    this.#connection.recordings--;
    takeBack("session", this.#place);
    lib.sqlite3session_delete(handle);
  }
}

/**
 * Applies a changeset and gives SQLite's status. `filter` says which tables take part, `onConflict` what to do
 * about each conflict; what they throw aborts, and is thrown here.
 */
export function applyChangeset(
  connection: CoreConnection,
  given: Uint8Array,
  filter: ((table: string) => boolean) | null,
  onConflict: ((kind: number) => number) | null,
): number {
  const changeset = bytesOf(given);
  // Its length is an `int` in C.
  if (changeset.length > 0x7fffffff) return SQLITE_TOOBIG;
  const memory = lib.sqlite3_malloc64(changeset.length + 1);
  if (memory === null) return SQLITE_NOMEM;
  const filtering =
    filter === null
      ? null
      : new FilterCallback((_, table) =>
          connection.thrown !== null ? 0 : connection.guarded(() => (filter(table ?? "") ? 1 : 0), 0),
        );
  const resolving = new ConflictCallback((_, kind) =>
    onConflict === null ? SQLITE_CHANGESET_ABORT : connection.guarded(() => onConflict(kind), SQLITE_CHANGESET_ABORT),
  );
  try {
    if (changeset.length > 0) memmove(memory, changeset, changeset.length);
    const status = lib.sqlite3changeset_apply(connection.handle, changeset.length, memory, filtering, resolving, null);
    if (connection.thrown !== null) connection.fail(status);
    return status;
  } finally {
    lib.sqlite3_free(memory);
    filtering?.dispose();
    resolving.dispose();
  }
}
