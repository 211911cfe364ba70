/**
 * The numbers of sqlite3.h that the driver speaks in.
 */

// -- Results ---------------------------------------------------------------------------------------

export const SQLITE_OK = 0;
export const SQLITE_ERROR = 1;
export const SQLITE_ABORT = 4;
export const SQLITE_BUSY = 5;
export const SQLITE_LOCKED = 6;
export const SQLITE_NOMEM = 7;
export const SQLITE_INTERRUPT = 9;
export const SQLITE_TOOBIG = 18;
export const SQLITE_CONSTRAINT = 19;
export const SQLITE_MISUSE = 21;
export const SQLITE_RANGE = 25;
export const SQLITE_ROW = 100;
export const SQLITE_DONE = 101;

// -- Values ----------------------------------------------------------------------------------------

export const SQLITE_INTEGER = 1;
export const SQLITE_FLOAT = 2;
export const SQLITE_TEXT = 3;
export const SQLITE_BLOB = 4;
export const SQLITE_NULL = 5;

/** The destructor that says "it stays where it is". */
export const SQLITE_STATIC = 0;
/** The destructor that says "make a copy of your own". */
export const SQLITE_TRANSIENT = -1;

// -- Opening ---------------------------------------------------------------------------------------

export const SQLITE_OPEN_READONLY = 0x01;
export const SQLITE_OPEN_READWRITE = 0x02;
export const SQLITE_OPEN_CREATE = 0x04;
export const SQLITE_OPEN_URI = 0x40;
/** No mutex around each call: a connection belongs to one JavaScript thread, which is one thread. */
export const SQLITE_OPEN_NOMUTEX = 0x8000;

export const SQLITE_CONFIG_MEMSTATUS = 9;

export const SQLITE_DBCONFIG_ENABLE_FKEY = 1002;
export const SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION = 1005;
export const SQLITE_DBCONFIG_DEFENSIVE = 1010;
export const SQLITE_DBCONFIG_ENABLE_VIEW = 1015;
export const SQLITE_DBCONFIG_DQS_DML = 1013;
export const SQLITE_DBCONFIG_DQS_DDL = 1014;

// -- Functions, tables, memory ---------------------------------------------------------------------

/** The statement will be used many times. */
export const SQLITE_PREPARE_PERSISTENT = 1;

export const SQLITE_UTF8 = 1;
export const SQLITE_DETERMINISTIC = 0x800;
export const SQLITE_DIRECTONLY = 0x80000;
export const SQLITE_INNOCUOUS = 0x200000;

export const SQLITE_VTAB_DIRECTONLY = 3;
export const SQLITE_VTAB_INNOCUOUS = 2;
export const SQLITE_INDEX_CONSTRAINT_EQ = 2;

export const SQLITE_SERIALIZE_NOCOPY = 1;
export const SQLITE_DESERIALIZE_FREEONCLOSE = 1;
export const SQLITE_DESERIALIZE_RESIZEABLE = 2;
export const SQLITE_DESERIALIZE_READONLY = 4;

/** How often a statement was prepared again since the schema had changed. */
export const SQLITE_STMTSTATUS_REPREPARE = 5;

export const SQLITE_TXN_NONE = 0;

export const SQLITE_TRACE_STMT = 1;
export const SQLITE_TRACE_PROFILE = 2;

// -- Access rights ---------------------------------------------------------------------------------

export const SQLITE_DENY = 1;
export const SQLITE_IGNORE = 2;
/** An action that an authorizer is asked for. */
export const SQLITE_ATTACH = 24;

// -- Changesets ------------------------------------------------------------------------------------

export const SQLITE_CHANGESET_ABORT = 2;
