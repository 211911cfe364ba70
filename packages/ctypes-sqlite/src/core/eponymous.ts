/**
 * Tables that have the name of their module and are there by themselves: `json_each`, `pragma_table_info`, those of
 * `table()`.
 *
 * SQLite makes such a table at its first use, as one of the main database, and before 3.54 it keeps that when
 * another database takes that one's place: the next use of the table looks for a schema that was freed
 * (`sqlite3SchemaToIndex()`), and reads past the end of memory. A module that is defined again begins without its
 * table. SQLite's own modules are no part of its interface, but the builds that need this mostly export what
 * defines them.
 */
import { CFUNCTYPE, c_int, c_size_t, LibraryError } from "ctypes-js";
import { SQLITE_OPEN_CREATE, SQLITE_OPEN_READWRITE, SQLITE_ROW } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { CoreConnection } from "./connection.ts";
import { SqlText } from "./sqltext.ts";

/** Has modules forget the tables that they have in the main database. To be called before that database goes. */
export function forgetEponymousTables(connection: CoreConnection): void {
  if (!connection.hasPrepared || lib.sqlite3_libversion_number() >= FORGETS_BY_ITSELF) return;
  const { handle } = connection;
  for (const name of [...OWN_MODULES.keys(), ...pragmaModules()]) {
    lib.sqlite3_create_module_v2(handle, name, null, null, null);
  }
  for (const define of new Set(OWN_MODULES.values())) definition(define)?.(handle);
  for (const define of connection.eponymous.values()) define();
}

// -- Private ---------------------------------------------------------------------------------------

const FORGETS_BY_ITSELF = 3_054_000;

/** SQLite's modules of this kind, and the functions that define them. */
const OWN_MODULES: ReadonlyMap<string, string> = new Map([
  ["json_each", "sqlite3JsonTableFunctions"],
  ["json_tree", "sqlite3JsonTableFunctions"],
  ["dbstat", "sqlite3DbstatRegister"],
  ["sqlite_dbpage", "sqlite3DbpageRegister"],
  ["sqlite_stmt", "sqlite3StmtVtabInit"],
  ["bytecode", "sqlite3VdbeBytecodeVtabInit"],
  ["tables_used", "sqlite3VdbeBytecodeVtabInit"],
]);

const messageError = (message: string) => new Error(message);

let pragmas: readonly string[] | undefined;

/**
 * The modules that SQLite defines by itself when they are used. A connection of our own is asked: an authorizer may
 * have its say on a program's.
 */
function pragmaModules(): readonly string[] {
  if (pragmas !== undefined) return pragmas;
  const names: string[] = [];
  const connection = new CoreConnection(messageError, () => messageError("closed"));
  connection.open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  try {
    const handle = connection.prepare(new SqlText("PRAGMA pragma_list"));
    while (lib.sqlite3_step(handle) === SQLITE_ROW) names.push(`pragma_${lib.sqlite3_column_text(handle, 0)}`);
    lib.sqlite3_finalize(handle);
  } finally {
    connection.close();
  }
  return (pragmas = names);
}

const Define = CFUNCTYPE(c_int, c_size_t);
const definitions = new Map<string, ((handle: number) => number) | null>();

/** A function of this build of SQLite; null where it is not exported. */
function definition(name: string): ((handle: number) => number) | null {
  let known = definitions.get(name);
  if (known === undefined) {
    try {
      known = new Define([name, lib]) as unknown as (handle: number) => number;
    } catch (error) {
      if (!(error instanceof LibraryError)) throw error;
      known = null;
    }
    definitions.set(name, known);
  }
  return known;
}
