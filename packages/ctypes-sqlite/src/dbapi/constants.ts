/**
 * The numbers of sqlite3.h that Python's module has by name.
 */

// -- What the driver knows, too ---------------------------------------------------------------------

export {
  SQLITE_ABORT,
  SQLITE_ATTACH,
  SQLITE_BUSY,
  SQLITE_CONSTRAINT,
  SQLITE_DBCONFIG_DEFENSIVE,
  SQLITE_DBCONFIG_DQS_DDL,
  SQLITE_DBCONFIG_DQS_DML,
  SQLITE_DBCONFIG_ENABLE_FKEY,
  SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
  SQLITE_DBCONFIG_ENABLE_VIEW,
  SQLITE_DENY,
  SQLITE_DONE,
  SQLITE_ERROR,
  SQLITE_IGNORE,
  SQLITE_INTERRUPT,
  SQLITE_LOCKED,
  SQLITE_MISUSE,
  SQLITE_NOMEM,
  SQLITE_OK,
  SQLITE_RANGE,
  SQLITE_ROW,
  SQLITE_TOOBIG,
} from "../library/constants.ts";

// -- What an authorizer is asked about, and answers ------------------------------------------------

export const SQLITE_CREATE_INDEX = 1;
export const SQLITE_CREATE_TABLE = 2;
export const SQLITE_CREATE_TEMP_INDEX = 3;
export const SQLITE_CREATE_TEMP_TABLE = 4;
export const SQLITE_CREATE_TEMP_TRIGGER = 5;
export const SQLITE_CREATE_TEMP_VIEW = 6;
export const SQLITE_CREATE_TRIGGER = 7;
export const SQLITE_CREATE_VIEW = 8;
export const SQLITE_DELETE = 9;
export const SQLITE_DROP_INDEX = 10;
export const SQLITE_DROP_TABLE = 11;
export const SQLITE_DROP_TEMP_INDEX = 12;
export const SQLITE_DROP_TEMP_TABLE = 13;
export const SQLITE_DROP_TEMP_TRIGGER = 14;
export const SQLITE_DROP_TEMP_VIEW = 15;
export const SQLITE_DROP_TRIGGER = 16;
export const SQLITE_DROP_VIEW = 17;
export const SQLITE_INSERT = 18;
export const SQLITE_PRAGMA = 19;
export const SQLITE_READ = 20;
export const SQLITE_SELECT = 21;
export const SQLITE_TRANSACTION = 22;
export const SQLITE_UPDATE = 23;
export const SQLITE_DETACH = 25;
export const SQLITE_ALTER_TABLE = 26;
export const SQLITE_REINDEX = 27;
export const SQLITE_ANALYZE = 28;
export const SQLITE_CREATE_VTABLE = 29;
export const SQLITE_DROP_VTABLE = 30;
export const SQLITE_FUNCTION = 31;
export const SQLITE_SAVEPOINT = 32;
export const SQLITE_RECURSIVE = 33;

// -- Categories of limits: `getlimit()`, `setlimit()` -----------------------------------------------

export const SQLITE_LIMIT_LENGTH = 0;
export const SQLITE_LIMIT_SQL_LENGTH = 1;
export const SQLITE_LIMIT_COLUMN = 2;
export const SQLITE_LIMIT_EXPR_DEPTH = 3;
export const SQLITE_LIMIT_COMPOUND_SELECT = 4;
export const SQLITE_LIMIT_VDBE_OP = 5;
export const SQLITE_LIMIT_FUNCTION_ARG = 6;
export const SQLITE_LIMIT_ATTACHED = 7;
export const SQLITE_LIMIT_LIKE_PATTERN_LENGTH = 8;
export const SQLITE_LIMIT_VARIABLE_NUMBER = 9;
export const SQLITE_LIMIT_TRIGGER_DEPTH = 10;
export const SQLITE_LIMIT_WORKER_THREADS = 11;

// -- Options of a connection: `getconfig()`, `setconfig()` ------------------------------------------

export const SQLITE_DBCONFIG_ENABLE_TRIGGER = 1003;
export const SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER = 1004;
export const SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE = 1006;
export const SQLITE_DBCONFIG_ENABLE_QPSG = 1007;
export const SQLITE_DBCONFIG_TRIGGER_EQP = 1008;
export const SQLITE_DBCONFIG_RESET_DATABASE = 1009;
export const SQLITE_DBCONFIG_WRITABLE_SCHEMA = 1011;
export const SQLITE_DBCONFIG_LEGACY_ALTER_TABLE = 1012;
export const SQLITE_DBCONFIG_LEGACY_FILE_FORMAT = 1016;
export const SQLITE_DBCONFIG_TRUSTED_SCHEMA = 1017;

// -- Result codes: `sqlite_errorcode` --------------------------------------------------------------

export const SQLITE_OK_LOAD_PERMANENTLY = 256;
export const SQLITE_OK_SYMLINK = 512;
export const SQLITE_ERROR_MISSING_COLLSEQ = 257;
export const SQLITE_ERROR_RETRY = 513;
export const SQLITE_ERROR_SNAPSHOT = 769;
export const SQLITE_INTERNAL = 2;
export const SQLITE_PERM = 3;
export const SQLITE_ABORT_ROLLBACK = 516;
export const SQLITE_BUSY_RECOVERY = 261;
export const SQLITE_BUSY_SNAPSHOT = 517;
export const SQLITE_BUSY_TIMEOUT = 773;
export const SQLITE_LOCKED_SHAREDCACHE = 262;
export const SQLITE_LOCKED_VTAB = 518;
export const SQLITE_READONLY = 8;
export const SQLITE_READONLY_RECOVERY = 264;
export const SQLITE_READONLY_CANTLOCK = 520;
export const SQLITE_READONLY_ROLLBACK = 776;
export const SQLITE_READONLY_DBMOVED = 1032;
export const SQLITE_READONLY_CANTINIT = 1288;
export const SQLITE_READONLY_DIRECTORY = 1544;
export const SQLITE_IOERR = 10;
export const SQLITE_IOERR_READ = 266;
export const SQLITE_IOERR_SHORT_READ = 522;
export const SQLITE_IOERR_WRITE = 778;
export const SQLITE_IOERR_FSYNC = 1034;
export const SQLITE_IOERR_DIR_FSYNC = 1290;
export const SQLITE_IOERR_TRUNCATE = 1546;
export const SQLITE_IOERR_FSTAT = 1802;
export const SQLITE_IOERR_UNLOCK = 2058;
export const SQLITE_IOERR_RDLOCK = 2314;
export const SQLITE_IOERR_DELETE = 2570;
export const SQLITE_IOERR_BLOCKED = 2826;
export const SQLITE_IOERR_NOMEM = 3082;
export const SQLITE_IOERR_ACCESS = 3338;
export const SQLITE_IOERR_CHECKRESERVEDLOCK = 3594;
export const SQLITE_IOERR_LOCK = 3850;
export const SQLITE_IOERR_CLOSE = 4106;
export const SQLITE_IOERR_DIR_CLOSE = 4362;
export const SQLITE_IOERR_SHMOPEN = 4618;
export const SQLITE_IOERR_SHMSIZE = 4874;
export const SQLITE_IOERR_SHMLOCK = 5130;
export const SQLITE_IOERR_SHMMAP = 5386;
export const SQLITE_IOERR_SEEK = 5642;
export const SQLITE_IOERR_DELETE_NOENT = 5898;
export const SQLITE_IOERR_MMAP = 6154;
export const SQLITE_IOERR_GETTEMPPATH = 6410;
export const SQLITE_IOERR_CONVPATH = 6666;
export const SQLITE_IOERR_VNODE = 6922;
export const SQLITE_IOERR_AUTH = 7178;
export const SQLITE_IOERR_BEGIN_ATOMIC = 7434;
export const SQLITE_IOERR_COMMIT_ATOMIC = 7690;
export const SQLITE_IOERR_ROLLBACK_ATOMIC = 7946;
export const SQLITE_IOERR_DATA = 8202;
export const SQLITE_IOERR_CORRUPTFS = 8458;
export const SQLITE_CORRUPT = 11;
export const SQLITE_CORRUPT_VTAB = 267;
export const SQLITE_CORRUPT_SEQUENCE = 523;
export const SQLITE_CORRUPT_INDEX = 779;
export const SQLITE_NOTFOUND = 12;
export const SQLITE_FULL = 13;
export const SQLITE_CANTOPEN = 14;
export const SQLITE_CANTOPEN_NOTEMPDIR = 270;
export const SQLITE_CANTOPEN_ISDIR = 526;
export const SQLITE_CANTOPEN_FULLPATH = 782;
export const SQLITE_CANTOPEN_CONVPATH = 1038;
export const SQLITE_CANTOPEN_DIRTYWAL = 1294;
export const SQLITE_CANTOPEN_SYMLINK = 1550;
export const SQLITE_PROTOCOL = 15;
export const SQLITE_EMPTY = 16;
export const SQLITE_SCHEMA = 17;
export const SQLITE_CONSTRAINT_CHECK = 275;
export const SQLITE_CONSTRAINT_COMMITHOOK = 531;
export const SQLITE_CONSTRAINT_FOREIGNKEY = 787;
export const SQLITE_CONSTRAINT_FUNCTION = 1043;
export const SQLITE_CONSTRAINT_NOTNULL = 1299;
export const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
export const SQLITE_CONSTRAINT_TRIGGER = 1811;
export const SQLITE_CONSTRAINT_UNIQUE = 2067;
export const SQLITE_CONSTRAINT_VTAB = 2323;
export const SQLITE_CONSTRAINT_ROWID = 2579;
export const SQLITE_CONSTRAINT_PINNED = 2835;
export const SQLITE_MISMATCH = 20;
export const SQLITE_NOLFS = 22;
export const SQLITE_AUTH = 23;
export const SQLITE_AUTH_USER = 279;
export const SQLITE_FORMAT = 24;
export const SQLITE_NOTADB = 26;
export const SQLITE_NOTICE = 27;
export const SQLITE_NOTICE_RECOVER_WAL = 283;
export const SQLITE_NOTICE_RECOVER_ROLLBACK = 539;
export const SQLITE_WARNING = 28;
export const SQLITE_WARNING_AUTOINDEX = 284;
