/**
 * The functions of libsqlite3, declared by hand, and the C types they speak in.
 *
 * A handle (`sqlite3 *`, `sqlite3_stmt *`, …) is an address, a plain number: it is passed millions of times, and
 * nobody looks inside. Functions that run no JavaScript whatever happens are declared leaves, so that they stay
 * fast while user functions are registered.
 */
import { CFUNCTYPE, c_char_p, c_double, c_int, c_int64, c_size_t, c_ssize_t, c_uint, c_void_p } from "ctypes-js";

export const leaf = { leaf: true } as const;
/**
 * An address that is never NULL. As an integer: a `void *` would also take buffers, and look at each argument for
 * what must be kept alive.
 */
export const handle = c_size_t;

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

// -- Functions -------------------------------------------------------------------------------------

export const declarations = {
  sqlite3_config: () => CFUNCTYPE(c_int, c_int, "..."),
  sqlite3_libversion: () => CFUNCTYPE(c_char_p),
  sqlite3_libversion_number: () => CFUNCTYPE(c_int),
  sqlite3_errstr: () => CFUNCTYPE(c_char_p, c_int, leaf),
  sqlite3_malloc64: () => CFUNCTYPE(c_void_p, c_int64, leaf),
  sqlite3_free: () => CFUNCTYPE(null, c_void_p, leaf),
  sqlite3_complete: () => CFUNCTYPE(c_int, c_char_p, leaf),

  // Connections
  sqlite3_open_v2: () => CFUNCTYPE(c_int, c_char_p, c_void_p, c_int, c_char_p),
  sqlite3_close: () => CFUNCTYPE(c_int, handle),
  sqlite3_close_v2: () => CFUNCTYPE(c_int, handle),
  sqlite3_exec: () => CFUNCTYPE(c_int, handle, c_char_p, c_void_p, c_void_p, c_void_p),
  sqlite3_errmsg: () => CFUNCTYPE(c_char_p, handle, leaf),
  sqlite3_errcode: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_extended_errcode: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_extended_result_codes: () => CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_busy_timeout: () => CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_txn_state: () => CFUNCTYPE(c_int, handle, c_char_p, leaf),
  sqlite3_get_autocommit: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_changes: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_total_changes: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_changes64: () => CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_total_changes64: () => CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_last_insert_rowid: () => CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_db_config: () => CFUNCTYPE(c_int, handle, c_int, "..."),
  sqlite3_db_filename: () => CFUNCTYPE(c_char_p, handle, c_char_p, leaf),
  sqlite3_db_readonly: () => CFUNCTYPE(c_int, handle, c_char_p, leaf),
  sqlite3_limit: () => CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_next_stmt: () => CFUNCTYPE(c_void_p, handle, c_void_p, leaf),
  sqlite3_interrupt: () => CFUNCTYPE(null, handle, leaf),
  sqlite3_enable_load_extension: () => CFUNCTYPE(c_int, handle, c_int),
  sqlite3_load_extension: () => CFUNCTYPE(c_int, handle, c_char_p, c_char_p, c_void_p),
  sqlite3_serialize: () => CFUNCTYPE(c_void_p, handle, c_char_p, c_void_p, c_uint),
  sqlite3_deserialize: () => CFUNCTYPE(c_int, handle, c_char_p, c_void_p, c_int64, c_int64, c_uint),
  sqlite3_wal_checkpoint_v2: () => CFUNCTYPE(c_int, handle, c_char_p, c_int, c_void_p, c_void_p),

  // Statements
  sqlite3_prepare_v3: () => CFUNCTYPE(c_int, handle, c_void_p, c_int, c_uint, c_void_p, c_void_p),
  sqlite3_step: () => CFUNCTYPE(c_int, handle),
  sqlite3_reset: () => CFUNCTYPE(c_int, handle),
  sqlite3_finalize: () => CFUNCTYPE(c_int, handle),
  sqlite3_clear_bindings: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_sql: () => CFUNCTYPE(c_char_p, handle, leaf),
  sqlite3_expanded_sql: () => CFUNCTYPE(c_void_p, handle, leaf),
  sqlite3_stmt_readonly: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_stmt_isexplain: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_stmt_status: () => CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_bind_parameter_count: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_bind_parameter_name: () => CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_bind_null: () => CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_bind_int: () => CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_bind_int64: () => CFUNCTYPE(c_int, handle, c_int, c_int64, leaf),
  sqlite3_bind_double: () => CFUNCTYPE(c_int, handle, c_int, c_double, leaf),
  sqlite3_bind_text: () => CFUNCTYPE(c_int, handle, c_int, c_char_p, c_int, c_void_p, leaf),
  sqlite3_bind_blob: () => CFUNCTYPE(c_int, handle, c_int, c_void_p, c_int, c_void_p, leaf),
  sqlite3_bind_zeroblob: () => CFUNCTYPE(c_int, handle, c_int, c_int, leaf),
  sqlite3_column_count: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_column_name: () => CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_decltype: () => CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_origin_name: () => CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_table_name: () => CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_database_name: () => CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_type: () => CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_column_int64: () => CFUNCTYPE(c_ssize_t, handle, c_int, leaf),
  sqlite3_column_double: () => CFUNCTYPE(c_double, handle, c_int, leaf),
  sqlite3_column_text: () => CFUNCTYPE(c_char_p, handle, c_int, leaf),
  sqlite3_column_blob: () => CFUNCTYPE(c_void_p, handle, c_int, leaf),
  sqlite3_column_bytes: () => CFUNCTYPE(c_int, handle, c_int, leaf),
  sqlite3_column_value: () => CFUNCTYPE(handle, handle, c_int, leaf),

  // Functions, and what they are given and give
  sqlite3_create_function_v2: () =>
    CFUNCTYPE(
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
  sqlite3_create_window_function: () =>
    CFUNCTYPE(
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
  sqlite3_create_collation_v2: () => CFUNCTYPE(c_int, handle, c_char_p, c_int, c_void_p, CollationCallback, c_void_p),
  sqlite3_aggregate_context: () => CFUNCTYPE(c_void_p, handle, c_int, leaf),
  sqlite3_value_type: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_value_int64: () => CFUNCTYPE(c_ssize_t, handle, leaf),
  sqlite3_value_double: () => CFUNCTYPE(c_double, handle, leaf),
  sqlite3_value_text: () => CFUNCTYPE(c_char_p, handle, leaf),
  sqlite3_value_blob: () => CFUNCTYPE(c_void_p, handle, leaf),
  sqlite3_value_bytes: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_result_null: () => CFUNCTYPE(null, handle, leaf),
  sqlite3_result_int: () => CFUNCTYPE(null, handle, c_int, leaf),
  sqlite3_result_int64: () => CFUNCTYPE(null, handle, c_int64, leaf),
  sqlite3_result_double: () => CFUNCTYPE(null, handle, c_double, leaf),
  sqlite3_result_text: () => CFUNCTYPE(null, handle, c_char_p, c_int, c_void_p, leaf),
  sqlite3_result_blob: () => CFUNCTYPE(null, handle, c_void_p, c_int, c_void_p, leaf),
  sqlite3_result_zeroblob: () => CFUNCTYPE(null, handle, c_int, leaf),
  sqlite3_result_error_toobig: () => CFUNCTYPE(null, handle, leaf),
  sqlite3_result_error: () => CFUNCTYPE(null, handle, c_char_p, c_int, leaf),

  // Hooks
  sqlite3_set_authorizer: () => CFUNCTYPE(c_int, handle, AuthorizerCallback, c_void_p),
  sqlite3_progress_handler: () => CFUNCTYPE(null, handle, c_int, ProgressCallback, c_void_p),
  sqlite3_trace_v2: () => CFUNCTYPE(c_int, handle, c_uint, TraceCallback, c_void_p),

  // Virtual tables
  sqlite3_create_module_v2: () => CFUNCTYPE(c_int, handle, c_char_p, c_void_p, c_void_p, c_void_p),
  sqlite3_declare_vtab: () => CFUNCTYPE(c_int, handle, c_char_p),
  sqlite3_vtab_config: () => CFUNCTYPE(c_int, handle, c_int, "..."),

  // Backups
  sqlite3_backup_init: () => CFUNCTYPE(c_void_p, handle, c_char_p, c_void_p, c_char_p),
  sqlite3_backup_step: () => CFUNCTYPE(c_int, handle, c_int),
  sqlite3_backup_finish: () => CFUNCTYPE(c_int, handle),
  sqlite3_backup_remaining: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_backup_pagecount: () => CFUNCTYPE(c_int, handle, leaf),

  // Values in place
  sqlite3_blob_open: () => CFUNCTYPE(c_int, handle, c_char_p, c_char_p, c_char_p, c_int64, c_int, c_void_p),
  sqlite3_blob_bytes: () => CFUNCTYPE(c_int, handle, leaf),
  sqlite3_blob_read: () => CFUNCTYPE(c_int, handle, c_void_p, c_int, c_int),
  sqlite3_blob_write: () => CFUNCTYPE(c_int, handle, c_void_p, c_int, c_int),
  sqlite3_blob_close: () => CFUNCTYPE(c_int, handle),

  // Sessions
  sqlite3session_create: () => CFUNCTYPE(c_int, handle, c_char_p, c_void_p),
  sqlite3session_attach: () => CFUNCTYPE(c_int, handle, c_char_p),
  sqlite3session_changeset: () => CFUNCTYPE(c_int, handle, c_void_p, c_void_p),
  sqlite3session_patchset: () => CFUNCTYPE(c_int, handle, c_void_p, c_void_p),
  sqlite3session_delete: () => CFUNCTYPE(null, handle),
  sqlite3changeset_apply: () => CFUNCTYPE(c_int, handle, c_int, c_void_p, FilterCallback, ConflictCallback, c_void_p),
} as const;
