/** SQLite: a prepared insert of 10,000 rows in one transaction, and SQL that calls a function of JavaScript. */
import assert from "node:assert/strict";
import {
  byref,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_int64,
  c_void_p,
  Opaque,
  POINTER,
  type Pointer,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";

class sqlite3 extends Opaque("sqlite3") {}
class sqlite3_stmt extends Opaque("sqlite3_stmt") {}
class sqlite3_context extends Opaque("sqlite3_context") {}
class sqlite3_value extends Opaque("sqlite3_value") {}

const SqlFunction = CFUNCTYPE(null, POINTER(sqlite3_context), c_int, POINTER(POINTER(sqlite3_value)));

const lib = new CDLL(find_library("sqlite3"), {
  sqlite3_libversion: CFUNCTYPE(c_char_p),
  sqlite3_open: CFUNCTYPE(c_int, c_char_p, POINTER(POINTER(sqlite3))),
  sqlite3_close: CFUNCTYPE(c_int, POINTER(sqlite3)),
  sqlite3_errmsg: CFUNCTYPE(c_char_p, POINTER(sqlite3)),
  sqlite3_exec: CFUNCTYPE(c_int, POINTER(sqlite3), c_char_p, c_void_p, c_void_p, c_void_p),
  sqlite3_prepare_v2: CFUNCTYPE(c_int, POINTER(sqlite3), c_char_p, c_int, POINTER(POINTER(sqlite3_stmt)), c_void_p),
  sqlite3_bind_int64: CFUNCTYPE(c_int, POINTER(sqlite3_stmt), c_int, c_int64),
  sqlite3_bind_double: CFUNCTYPE(c_int, POINTER(sqlite3_stmt), c_int, c_double),
  sqlite3_bind_text: CFUNCTYPE(c_int, POINTER(sqlite3_stmt), c_int, c_char_p, c_int, c_void_p),
  sqlite3_step: CFUNCTYPE(c_int, POINTER(sqlite3_stmt)),
  sqlite3_reset: CFUNCTYPE(c_int, POINTER(sqlite3_stmt)),
  sqlite3_finalize: CFUNCTYPE(c_int, POINTER(sqlite3_stmt)),
  sqlite3_column_int64: CFUNCTYPE(c_int64, POINTER(sqlite3_stmt), c_int),
  sqlite3_column_double: CFUNCTYPE(c_double, POINTER(sqlite3_stmt), c_int),
  sqlite3_column_text: CFUNCTYPE(c_char_p, POINTER(sqlite3_stmt), c_int),
  sqlite3_create_function: CFUNCTYPE(
    c_int,
    POINTER(sqlite3),
    c_char_p,
    c_int,
    c_int,
    c_void_p,
    SqlFunction,
    SqlFunction,
    CFUNCTYPE(null, POINTER(sqlite3_context)),
  ),
  sqlite3_value_text: CFUNCTYPE(c_char_p, POINTER(sqlite3_value)),
  sqlite3_result_int: CFUNCTYPE(null, POINTER(sqlite3_context), c_int),
  sqlite3_result_error: CFUNCTYPE(null, POINTER(sqlite3_context), c_char_p, c_int),
});

const SQLITE_OK = 0;
const SQLITE_ROW = 100;
const SQLITE_DONE = 101;
const SQLITE_UTF8_DETERMINISTIC = 0x801;
const SQLITE_TRANSIENT = -1; // SQLite makes its own copy of the text

// A handle is a pointer that C fills in.
const db = new (POINTER(sqlite3))();

function check(status: number): void {
  if (![SQLITE_OK, SQLITE_ROW, SQLITE_DONE].includes(status)) throw new Error(`SQLite: ${lib.sqlite3_errmsg(db)}`);
}

function exec(sql: string): void {
  check(lib.sqlite3_exec(db, sql, null, null, null));
}

/** Prepares a statement, gives it to `use`, and finalizes it however that ends. */
function prepared<T>(sql: string, use: (statement: Pointer<sqlite3_stmt>) => T): T {
  const statement = new (POINTER(sqlite3_stmt))();
  check(lib.sqlite3_prepare_v2(db, sql, -1, byref(statement), null));
  try {
    return use(statement);
  } finally {
    lib.sqlite3_finalize(statement);
  }
}

/** Calls `row` for each row of the result. */
function each(statement: Pointer<sqlite3_stmt>, row: () => void): void {
  for (;;) {
    const status = lib.sqlite3_step(statement);
    check(status);
    if (status !== SQLITE_ROW) return;
    row();
  }
}

check(lib.sqlite3_open(":memory:", byref(db)));
console.log(`SQLite ${lib.sqlite3_libversion()}: opened :memory:`);

// -- 10,000 rows -----------------------------------------------------------------------------------

const people = Array.from({ length: 10_000 }, (_, i) => ({
  id: 2n ** 40n + BigInt(i),
  name: `${["Zoë", "Ödön", "Ada", "小林"][i % 4]} ${i}`,
  height: 1.5 + (i % 50) / 100,
}));

exec("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL, height REAL NOT NULL)");
exec("BEGIN");
prepared("INSERT INTO person VALUES (?, ?, ?)", (insert) => {
  for (const { id, name, height } of people) {
    check(lib.sqlite3_bind_int64(insert, 1, id));
    check(lib.sqlite3_bind_text(insert, 2, name, -1, SQLITE_TRANSIENT));
    check(lib.sqlite3_bind_double(insert, 3, height));
    check(lib.sqlite3_step(insert));
    check(lib.sqlite3_reset(insert));
  }
});
exec("COMMIT");

const [count, sum] = prepared("SELECT count(*), sum(height) FROM person", (select) => {
  check(lib.sqlite3_step(select));
  return [lib.sqlite3_column_int64(select, 0), lib.sqlite3_column_double(select, 1)];
});
assert.equal(count, 10_000n);
assert.ok(Math.abs(sum - people.reduce((total, { height }) => total + height, 0)) < 1e-6);
console.log(`inserted ${count} rows in one transaction, mean height ${(sum / Number(count)).toFixed(3)}`);

// -- A SQL function in JavaScript ------------------------------------------------------------------

// SQLite parses `text REGEXP pattern` but leaves regexp(pattern, text) to the program.
let calls = 0;
const regexp = new SqlFunction((context, _count, values) => {
  calls++;
  const pattern = lib.sqlite3_value_text(values!.at(0)) ?? "";
  const text = lib.sqlite3_value_text(values!.at(1)) ?? "";
  try {
    lib.sqlite3_result_int(context, new RegExp(pattern, "u").test(text) ? 1 : 0);
  } catch (error) {
    lib.sqlite3_result_error(context, (error as Error).message, -1);
  }
});
check(lib.sqlite3_create_function(db, "regexp", 2, SQLITE_UTF8_DETERMINISTIC, null, regexp, null, null));

const pattern = "^\\p{Lu}.*ö.* 9+$|^小林 .*99$";
const found = prepared("SELECT id, name FROM person WHERE name REGEXP ? ORDER BY id", (select) => {
  check(lib.sqlite3_bind_text(select, 1, pattern, -1, SQLITE_TRANSIENT));
  const rows: { id: bigint; name: string | null }[] = [];
  each(select, () => rows.push({ id: lib.sqlite3_column_int64(select, 0), name: lib.sqlite3_column_text(select, 1) }));
  return rows;
});
const matching = people.filter(({ name }) => new RegExp(pattern, "u").test(name));
assert.deepEqual(
  found,
  matching.map(({ id, name }) => ({ id, name })),
);
assert.equal(calls, people.length);
console.log(
  `REGEXP in JavaScript saw ${calls} names and matched ${found.length}: ${found[0]?.name}, …, ${found.at(-1)?.name}`,
);

// -- Errors, and the end ---------------------------------------------------------------------------

assert.throws(() => exec("INSERT INTO nowhere VALUES (1)"), /SQLite: no such table: nowhere/);
assert.throws(() => exec("SELECT 'text' REGEXP '('"), /SQLite: Invalid regular expression/);
console.log("errors arrive: no such table, and the SyntaxError of a bad pattern through SQL");

assert.equal(lib.sqlite3_close(db), SQLITE_OK); // SQLITE_BUSY, if a statement had been left open
regexp[Symbol.dispose](); // SQLite had to find it alive until here
console.log("closed, no statement left open");
