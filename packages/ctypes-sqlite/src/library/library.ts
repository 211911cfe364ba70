/**
 * libsqlite3: its functions, declared by hand, and the C types they speak in.
 *
 * A handle (`sqlite3 *`, `sqlite3_stmt *`, …) is an address, a plain number: it is passed millions of times, and nobody looks inside. Functions that
 * run no JavaScript whatever happens are declared leaves, so that they stay fast while user functions are registered.
 */
import {
  byref,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_int64,
  c_size_t,
  c_ssize_t,
  c_uint,
  c_void_p,
  LibraryError,
} from "ctypes";
import { find_library } from "ctypes/util";
import { SQLITE_CONFIG_MEMSTATUS } from "./constants.ts";

const leaf = { leaf: true } as const;
/** An address that is never NULL. As an integer: a `void *` would also take buffers, and look at each argument for what must be kept alive. */
const handle = c_size_t;

// -- Callbacks -------------------------------------------------------------------------------------

/** `void (*)(sqlite3_context *, int, sqlite3_value **)` */
export class FunctionCallback extends CFUNCTYPE(null, c_void_p, c_int, c_void_p) {}
/** `void (*)(sqlite3_context *)` */
export class FinalCallback extends CFUNCTYPE(null, c_void_p) {}
/** `int (*)(void *, int, const void *, int, const void *)` */
export class CollationCallback extends CFUNCTYPE(c_int, c_void_p, c_int, c_void_p, c_int, c_void_p) {}
/** `int (*)(void *, int, const char *, const char *, const char *, const char *)` */
export class AuthorizerCallback extends CFUNCTYPE(c_int, c_void_p, c_int, c_char_p, c_char_p, c_char_p, c_char_p) {}
/** `int (*)(void *)` */
export class ProgressCallback extends CFUNCTYPE(c_int, c_void_p) {}
/** `int (*)(unsigned, void *, void *, void *)` */
export class TraceCallback extends CFUNCTYPE(c_int, c_uint, c_void_p, c_void_p, c_void_p) {}
/** `int (*)(void *, const char *)` */
export class FilterCallback extends CFUNCTYPE(c_int, c_void_p, c_char_p) {}
/** `int (*)(void *, int, sqlite3_changeset_iter *)` */
export class ConflictCallback extends CFUNCTYPE(c_int, c_void_p, c_int, c_void_p) {}

// -- The library -----------------------------------------------------------------------------------

const declarations = {
  sqlite3_config: CFUNCTYPE(c_int, c_int, "..."),
  sqlite3_libversion: CFUNCTYPE(c_char_p),
  sqlite3_libversion_number: CFUNCTYPE(c_int),
  sqlite3_errstr: CFUNCTYPE(c_char_p, c_int, leaf),
  sqlite3_malloc64: CFUNCTYPE(c_void_p, c_int64, leaf),
  sqlite3_free: CFUNCTYPE(null, c_void_p, leaf),
  sqlite3_complete: CFUNCTYPE(c_int, c_char_p, leaf),

  // Connections
  sqlite3_open_v2: CFUNCTYPE(c_int, c_char_p, c_void_p, c_int, c_char_p),
  sqlite3_close: CFUNCTYPE(c_int, handle),
  sqlite3_close_v2: CFUNCTYPE(c_int, handle),
  sqlite3_exec: CFUNCTYPE(c_int, handle, c_char_p, c_void_p, c_void_p, c_void_p),
  sqlite3_errmsg: CFUNCTYPE(c_char_p, handle, leaf),
  sqlite3_errcode: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_extended_errcode: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_extended_result_codes: CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_busy_timeout: CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_txn_state: CFUNCTYPE(c_int, handle, c_char_p, leaf),
  sqlite3_get_autocommit: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_changes: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_total_changes: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_changes64: CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_total_changes64: CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_last_insert_rowid: CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_db_config: CFUNCTYPE(c_int, handle, c_int, "..."),
  sqlite3_db_filename: CFUNCTYPE(c_char_p, handle, c_char_p, leaf),
  sqlite3_db_readonly: CFUNCTYPE(c_int, handle, c_char_p, leaf),
  sqlite3_limit: CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_next_stmt: CFUNCTYPE(c_void_p, handle, c_void_p, leaf),
  sqlite3_interrupt: CFUNCTYPE(null, handle, leaf),
  sqlite3_enable_load_extension: CFUNCTYPE(c_int, handle, c_int),
  sqlite3_load_extension: CFUNCTYPE(c_int, handle, c_char_p, c_char_p, c_void_p),
  sqlite3_serialize: CFUNCTYPE(c_void_p, handle, c_char_p, c_void_p, c_uint),
  sqlite3_deserialize: CFUNCTYPE(c_int, handle, c_char_p, c_void_p, c_int64, c_int64, c_uint),
  sqlite3_wal_checkpoint_v2: CFUNCTYPE(c_int, handle, c_char_p, c_int, c_void_p, c_void_p),

  // Statements
  sqlite3_prepare_v3: CFUNCTYPE(c_int, handle, c_void_p, c_int, c_uint, c_void_p, c_void_p),
  sqlite3_step: CFUNCTYPE(c_int, handle),
  sqlite3_reset: CFUNCTYPE(c_int, handle),
  sqlite3_finalize: CFUNCTYPE(c_int, handle),
  sqlite3_clear_bindings: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_sql: CFUNCTYPE(c_char_p, handle, leaf),
  sqlite3_expanded_sql: CFUNCTYPE(c_void_p, handle, leaf),
  sqlite3_stmt_readonly: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_stmt_isexplain: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_stmt_status: CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_bind_parameter_count: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_bind_parameter_name: CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_bind_null: CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_bind_int: CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_bind_int64: CFUNCTYPE(c_int, handle, c_int, c_int64, leaf),
  sqlite3_bind_double: CFUNCTYPE(c_int, handle, c_int, c_double, leaf),
  sqlite3_bind_text: CFUNCTYPE(c_int, handle, c_int, c_char_p, c_int, c_void_p, leaf),
  sqlite3_bind_blob: CFUNCTYPE(c_int, handle, c_int, c_void_p, c_int, c_void_p, leaf),
  sqlite3_bind_zeroblob: CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_column_count: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_column_name: CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_decltype: CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_origin_name: CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_table_name: CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_database_name: CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_type: CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_column_int64: CFUNCTYPE(c_ssize_t, handle, c_int, leaf),
  sqlite3_column_double: CFUNCTYPE(c_double, handle, c_int, leaf),
  sqlite3_column_text: CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_blob: CFUNCTYPE(c_void_p, handle, c_int, leaf),
  sqlite3_column_bytes: CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_column_value: CFUNCTYPE(handle, handle, c_int, leaf),

  // Functions, and what they are given and give
  sqlite3_create_function_v2: CFUNCTYPE(
    c_int,
    c_void_p,
    c_char_p,
    c_int,
    c_int,
    c_void_p,
    FunctionCallback,
    FunctionCallback,
    FinalCallback,
    c_void_p,
  ),
  sqlite3_create_window_function: CFUNCTYPE(
    c_int,
    c_void_p,
    c_char_p,
    c_int,
    c_int,
    c_void_p,
    FunctionCallback,
    FinalCallback,
    FinalCallback,
    FunctionCallback,
    c_void_p,
  ),
  sqlite3_create_collation_v2: CFUNCTYPE(c_int, handle, c_char_p, c_int, c_void_p, CollationCallback, c_void_p),
  sqlite3_aggregate_context: CFUNCTYPE(c_void_p, handle, c_int, leaf),
  sqlite3_value_type: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_value_int64: CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_value_double: CFUNCTYPE(c_double, handle, leaf),
  sqlite3_value_text: CFUNCTYPE(c_char_p, handle, leaf),
  sqlite3_value_blob: CFUNCTYPE(c_void_p, handle, leaf),
  sqlite3_value_bytes: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_result_null: CFUNCTYPE(null, handle, leaf),
  sqlite3_result_int: CFUNCTYPE(null, handle, c_int, leaf),
  sqlite3_result_int64: CFUNCTYPE(null, handle, c_int64, leaf),
  sqlite3_result_double: CFUNCTYPE(null, handle, c_double, leaf),
  sqlite3_result_text: CFUNCTYPE(null, handle, c_char_p, c_int, c_void_p, leaf),
  sqlite3_result_blob: CFUNCTYPE(null, handle, c_void_p, c_int, c_void_p, leaf),
  sqlite3_result_zeroblob: CFUNCTYPE(null, handle, c_int, leaf),
  sqlite3_result_error_toobig: CFUNCTYPE(null, handle, leaf),
  sqlite3_result_error: CFUNCTYPE(null, handle, c_char_p, c_int, leaf),

  // Hooks
  sqlite3_set_authorizer: CFUNCTYPE(c_int, handle, AuthorizerCallback, c_void_p),
  sqlite3_progress_handler: CFUNCTYPE(null, handle, c_int, ProgressCallback, c_void_p),
  sqlite3_trace_v2: CFUNCTYPE(c_int, handle, c_uint, TraceCallback, c_void_p),

  // Virtual tables
  sqlite3_create_module_v2: CFUNCTYPE(c_int, handle, c_char_p, c_void_p, c_void_p, c_void_p),
  sqlite3_declare_vtab: CFUNCTYPE(c_int, handle, c_char_p),
  sqlite3_vtab_config: CFUNCTYPE(c_int, handle, c_int, "..."),

  // Backups
  sqlite3_backup_init: CFUNCTYPE(c_void_p, handle, c_char_p, c_void_p, c_char_p),
  sqlite3_backup_step: CFUNCTYPE(c_int, handle, c_int),
  sqlite3_backup_finish: CFUNCTYPE(c_int, handle),
  sqlite3_backup_remaining: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_backup_pagecount: CFUNCTYPE(c_int, handle, leaf),

  // Values in place
  sqlite3_blob_open: CFUNCTYPE(c_int, handle, c_char_p, c_char_p, c_char_p, c_int64, c_int, c_void_p),
  sqlite3_blob_bytes: CFUNCTYPE(c_int, handle, leaf),
  sqlite3_blob_read: CFUNCTYPE(c_int, handle, c_void_p, c_int, c_int),
  sqlite3_blob_write: CFUNCTYPE(c_int, handle, c_void_p, c_int, c_int),
  sqlite3_blob_close: CFUNCTYPE(c_int, handle),

  // Sessions
  sqlite3session_create: CFUNCTYPE(c_int, handle, c_char_p, c_void_p),
  sqlite3session_attach: CFUNCTYPE(c_int, handle, c_char_p),
  sqlite3session_changeset: CFUNCTYPE(c_int, handle, c_void_p, c_void_p),
  sqlite3session_patchset: CFUNCTYPE(c_int, handle, c_void_p, c_void_p),
  sqlite3session_delete: CFUNCTYPE(null, handle),
  sqlite3changeset_apply: CFUNCTYPE(c_int, handle, c_int, c_void_p, FilterCallback, ConflictCallback, c_void_p),
} as const;

/** libsqlite3. A function that this build of it lacks is an error where it is first used, not before. */
export type Library = ReturnType<typeof load>;

/** The library; what is taken out of it while modules are loaded is taken by {@link whenOpened}. */
export let lib = {} as Library;

/** Whether SQLite counts changes with 64 bits, and what counts them. */
export let countsFar = false;
export let changesOf: Library["sqlite3_changes"] | Library["sqlite3_changes64"];
export let totalChangesOf: typeof changesOf;

/** `sqlite3_column_int64` and its kin once more, with results that are always bigints. */
export let columnBigInt: ReturnType<typeof otherCalls>["columnBigInt"];
export let valueBigInt: ReturnType<typeof otherCalls>["valueBigInt"];
export let lastInsertRowidBigInt: ReturnType<typeof otherCalls>["lastInsertRowidBigInt"];

/** `sqlite3_step` and `sqlite3_reset` of a statement whose connection runs no JavaScript. */
export let leafStep: ReturnType<typeof otherCalls>["leafStep"];
export let leafReset: ReturnType<typeof otherCalls>["leafReset"];

/** `sqlite3_bind_text` of text that is in memory already. */
export let bindPlacedText: ReturnType<typeof otherCalls>["bindPlacedText"];

// -- Opening it ------------------------------------------------------------------------------------

let isOpened = false;
const waiting: ((library: Library) => void)[] = [];

/** Runs `take` when the library has been opened, or at once if it is. Importing the driver opens nothing. */
export function whenOpened(take: (library: Library) => void): void {
  if (isOpened) take(lib);
  else waiting.push(take);
}

/** Opens the library, the first time. @throws LibraryError where there is none. */
export function openLibrary(): void {
  if (isOpened) return;
  lib = load();
  // SQLite counts the memory it uses, behind a mutex at each malloc: 15 % of an insert. Where somebody has opened a database already, it stays so.
  lib.sqlite3_config(SQLITE_CONFIG_MEMSTATUS, new c_int(0));
  countsFar = lib.sqlite3_libversion_number() >= 3_037_000;
  changesOf = countsFar ? lib.sqlite3_changes64 : lib.sqlite3_changes;
  totalChangesOf = countsFar ? lib.sqlite3_total_changes64 : lib.sqlite3_total_changes;
  ({ columnBigInt, valueBigInt, lastInsertRowidBigInt, leafStep, leafReset, bindPlacedText } = otherCalls(lib));
  isOpened = true;
  for (const take of waiting.splice(0)) take(lib);
}

// -- Private ---------------------------------------------------------------------------------------

function load() {
  return new CDLL(fileName(), declarations);
}

/** Functions that are declared in another way, too. */
function otherCalls(library: Library) {
  const toBigInt = CFUNCTYPE(c_int64, handle, leaf);
  const toStatus = CFUNCTYPE(c_int, handle, leaf);
  return {
    columnBigInt: new (CFUNCTYPE(c_int64, handle, c_int, leaf))(["sqlite3_column_int64", library]),
    valueBigInt: new toBigInt(["sqlite3_value_int64", library]),
    lastInsertRowidBigInt: new toBigInt(["sqlite3_last_insert_rowid", library]),
    leafStep: new toStatus(["sqlite3_step", library]),
    leafReset: new toStatus(["sqlite3_reset", library]),
    bindPlacedText: new (CFUNCTYPE(c_int, handle, c_int, handle, c_int, c_ssize_t, leaf))([
      "sqlite3_bind_text",
      library,
    ]),
  };
}

/** The name of the library: `CTYPES_SQLITE_LIBRARY`, or the first of the usual ones that loads. (find_library() asks programs, which takes long.) */
function fileName(): string {
  const given = process.env.CTYPES_SQLITE_LIBRARY;
  if (given) return given;
  const usual = { darwin: ["libsqlite3.dylib"], win32: ["sqlite3.dll", "winsqlite3.dll"] }[process.platform as string];
  for (const name of usual ?? ["libsqlite3.so.0", "libsqlite3.so"]) {
    try {
      new CDLL(name, { sqlite3_libversion: declarations.sqlite3_libversion });
      return name;
    } catch (error) {
      if (!(error instanceof LibraryError)) throw error;
    }
  }
  const found = find_library("sqlite3");
  if (found === null) {
    throw new LibraryError(
      "libsqlite3 was not found: install it (on Debian: libsqlite3-0), or name its file in CTYPES_SQLITE_LIBRARY",
    );
  }
  return found;
}

// -- Out-parameters --------------------------------------------------------------------------------

/** One place for each call that is under way: C may call JavaScript back before it fills the place, or after, and that may come here again. */
const places: { readonly pointer: c_void_p; readonly reference: ReturnType<typeof byref<c_void_p>> }[] = [];
let underWay = 0;

/** Calls `act` with the place of a pointer that C fills in, and gives what it filled in (0 for NULL, and when it did not) with the status. */
export function withOut(act: (out: ReturnType<typeof byref<c_void_p>>) => number): { status: number; value: number } {
  if (underWay === places.length) {
    const pointer = new c_void_p();
    places.push({ pointer, reference: byref(pointer) });
  }
  const { pointer, reference } = places[underWay++] as (typeof places)[number];
  try {
    pointer.value = null;
    const status = act(reference);
    return { status, value: pointer.value ?? 0 };
  } finally {
    underWay--;
  }
}
