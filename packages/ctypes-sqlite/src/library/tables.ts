/**
 * The structures and callbacks of virtual tables, as sqlite3.h has them. What we use of them; C's are longer.
 */
import { CFUNCTYPE, c_char_p, c_double, c_int, c_int64, c_ubyte, c_void_p, POINTER, Structure } from "ctypes-js";

/** One per virtual table. SQLite fills it, but for the message, which it frees. */
export class sqlite3_vtab extends Structure({ pModule: c_void_p, nRef: c_int, zErrMsg: c_void_p }) {}

/** One per scan of a virtual table. */
export class sqlite3_vtab_cursor extends Structure({ pVtab: c_void_p }) {}

export class sqlite3_index_constraint extends Structure({
  iColumn: c_int,
  op: c_ubyte,
  usable: c_ubyte,
  iTermOffset: c_int,
}) {}

export class sqlite3_index_orderby extends Structure({ iColumn: c_int, desc: c_ubyte }) {}

export class sqlite3_index_constraint_usage extends Structure({ argvIndex: c_int, omit: c_ubyte }) {}

/** What SQLite asks about a query, and our answer. */
export class sqlite3_index_info extends Structure({
  nConstraint: c_int,
  aConstraint: POINTER(sqlite3_index_constraint),
  nOrderBy: c_int,
  aOrderBy: POINTER(sqlite3_index_orderby),
  aConstraintUsage: POINTER(sqlite3_index_constraint_usage),
  idxNum: c_int,
  idxStr: c_void_p,
  needToFreeIdxStr: c_int,
  orderByConsumed: c_int,
  estimatedCost: c_double,
  estimatedRows: c_int64,
}) {}

export class ConnectCallback extends CFUNCTYPE(
  c_int,
  c_void_p,
  c_void_p,
  c_int,
  POINTER(c_char_p),
  POINTER(c_void_p),
  POINTER(c_void_p),
) {}
export class BestIndexCallback extends CFUNCTYPE(c_int, c_void_p, POINTER(sqlite3_index_info)) {}
export class TableCallback extends CFUNCTYPE(c_int, c_void_p) {}
export class OpenCallback extends CFUNCTYPE(c_int, c_void_p, POINTER(c_void_p)) {}
export class FilterRowsCallback extends CFUNCTYPE(c_int, c_void_p, c_int, c_void_p, c_int, c_void_p) {}
export class ColumnCallback extends CFUNCTYPE(c_int, c_void_p, c_void_p, c_int) {}
export class RowidCallback extends CFUNCTYPE(c_int, c_void_p, POINTER(c_int64)) {}

/** A kind of virtual table. The functions that are missing here are NULL: such tables cannot be written to. */
export class sqlite3_module extends Structure({
  iVersion: c_int,
  xCreate: ConnectCallback,
  xConnect: ConnectCallback,
  xBestIndex: BestIndexCallback,
  xDisconnect: TableCallback,
  xDestroy: TableCallback,
  xOpen: OpenCallback,
  xClose: TableCallback,
  xFilter: FilterRowsCallback,
  xNext: TableCallback,
  xEof: TableCallback,
  xColumn: ColumnCallback,
  xRowid: RowidCallback,
  xUpdate: c_void_p,
  xBegin: c_void_p,
  xSync: c_void_p,
  xCommit: c_void_p,
  xRollback: c_void_p,
  xFindFunction: c_void_p,
  xRename: c_void_p,
  xSavepoint: c_void_p,
  xRelease: c_void_p,
  xRollbackTo: c_void_p,
  xShadowName: c_void_p,
  xIntegrity: c_void_p,
}) {}
