/**
 * libsqlite3, opened with the first database: importing the driver opens nothing.
 */
import { byref, CDLL, CFUNCTYPE, c_int, c_int64, c_ssize_t, c_void_p, LibraryError } from "ctypes-js";
import { environmentVariable, find_library } from "ctypes-js/util";
import { SQLITE_CONFIG_MEMSTATUS } from "./constants.ts";
import { declarations, handle, leaf } from "./declarations.ts";

/** The functions of libsqlite3. One that this build of it lacks is an error where it is first used, not before. */
export type Library = ReturnType<typeof load>;
export type Calls = ReturnType<typeof callsOf>;

/** The library; empty until it is opened. */
export let lib = {} as Library;
/**
 * What is called for each value and each row, in a table that is filled when the library is opened: V8 finds a
 * function there at once, and looks each of the library up by its name.
 */
export let calls = {} as Calls;

let isOpened = false;

/** Opens the library, the first time. @throws LibraryError where there is none. */
export function openLibrary(): void {
  if (isOpened) return;
  lib = load();
  // SQLite counts the memory it uses, with a mutex at each malloc: 15 % of an insert. Where a database is open
  // already, it goes on.
  lib.sqlite3_config(SQLITE_CONFIG_MEMSTATUS, new c_int(0));
  calls = callsOf(lib);
  isOpened = true;
}

// -- Out-parameters --------------------------------------------------------------------------------

/**
 * One place for each call that is under way: C may call JavaScript back before it fills the place, or after, and
 * that may come here again.
 */
const places: { readonly pointer: c_void_p; readonly reference: ReturnType<typeof byref<c_void_p>> }[] = [];
let underWay = 0;

/**
 * Calls `act` with the place of a pointer that C fills in, and gives what it filled in (0 for NULL, and when it did
 * not) with the status.
 */
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

// -- Private ---------------------------------------------------------------------------------------

function load() {
  return new CDLL(fileName(), declarations);
}

function callsOf(library: Library) {
  // Since SQLite 3.37.
  const countsFar = library.sqlite3_libversion_number() >= 3_037_000;
  const toBigInt = CFUNCTYPE(c_int64, handle, leaf);
  const toStatus = CFUNCTYPE(c_int, handle, leaf);
  const placedText = CFUNCTYPE(c_int, handle, c_int, handle, c_int, c_ssize_t, leaf);
  return {
    step: library.sqlite3_step,
    reset: library.sqlite3_reset,
    /** The same for a statement whose connection runs no JavaScript. */
    leafStep: new toStatus(["sqlite3_step", library]),
    leafReset: new toStatus(["sqlite3_reset", library]),
    statementStatus: library.sqlite3_stmt_status,
    clearBindings: library.sqlite3_clear_bindings,

    bindNull: library.sqlite3_bind_null,
    bindInteger: library.sqlite3_bind_int64,
    bindDouble: library.sqlite3_bind_double,
    bindText: library.sqlite3_bind_text,
    /** `sqlite3_bind_text` of text that is in memory already. */
    bindPlacedText: new placedText(["sqlite3_bind_text", library]),
    bindBlob: library.sqlite3_bind_blob,
    bindZeroBlob: library.sqlite3_bind_zeroblob,

    columnValue: library.sqlite3_column_value,
    columnType: library.sqlite3_column_type,
    columnInteger: library.sqlite3_column_int64,
    /** As a bigint always; so are the others below. */
    columnBigInt: new (CFUNCTYPE(c_int64, handle, c_int, leaf))(["sqlite3_column_int64", library]),
    columnDouble: library.sqlite3_column_double,
    columnText: library.sqlite3_column_text,
    columnBlob: library.sqlite3_column_blob,
    columnBytes: library.sqlite3_column_bytes,

    valueType: library.sqlite3_value_type,
    valueInteger: library.sqlite3_value_int64,
    valueBigInt: new toBigInt(["sqlite3_value_int64", library]),
    valueDouble: library.sqlite3_value_double,
    valueText: library.sqlite3_value_text,
    valueBlob: library.sqlite3_value_blob,
    valueBytes: library.sqlite3_value_bytes,

    resultNull: library.sqlite3_result_null,
    resultInteger: library.sqlite3_result_int64,
    resultDouble: library.sqlite3_result_double,
    resultText: library.sqlite3_result_text,
    resultBlob: library.sqlite3_result_blob,
    resultZeroBlob: library.sqlite3_result_zeroblob,

    /** Whether these two count with 64 bits. */
    countsFar,
    changes: countsFar ? library.sqlite3_changes64 : library.sqlite3_changes,
    totalChanges: countsFar ? library.sqlite3_total_changes64 : library.sqlite3_total_changes,
    lastInsertRowid: library.sqlite3_last_insert_rowid,
    lastInsertRowidBigInt: new toBigInt(["sqlite3_last_insert_rowid", library]),
  };
}

/**
 * The name of the library: `CTYPES_SQLITE_LIBRARY`, or the first of the usual ones that loads. (find_library() asks
 * programs, which takes long.)
 */
function fileName(): string {
  const given = environmentVariable("CTYPES_SQLITE_LIBRARY");
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
