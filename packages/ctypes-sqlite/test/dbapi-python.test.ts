/** ctypes-sqlite/dbapi beside CPython's sqlite3: its names and numbers, and where errors have their place. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import * as sqlite from "ctypes-sqlite/dbapi";
import { codeName } from "../src/library/codes.ts";

const memory = (options?: sqlite.ConnectOptions) => sqlite.connect(":memory:", options);

describe("names and numbers", () => {
  const program = `
import json, sqlite3
connection = sqlite3.connect(":memory:")
public = lambda thing: [name for name in dir(thing) if not name.startswith("_")]
numbers = {name: getattr(sqlite3, name) for name in public(sqlite3) if name.startswith("SQLITE_")}
print(json.dumps([numbers, public(sqlite3), public(connection), public(connection.cursor()), public(sqlite3.Blob)]))`;
  const { stdout, status } = spawnSync("python3", ["-W", "ignore", "-c", program], { encoding: "utf8" });
  const skip = status === 0 ? false : "no python3 with sqlite3 is here";
  const theirs = status === 0 ? (JSON.parse(stdout) as [Record<string, number>, ...string[][]]) : null;
  const [numbers, ...names] = theirs ?? [{}, [], [], [], []];
  const [ofModule, ofConnection, ofCursor, ofBlob] = names as [string[], string[], string[], string[]];

  test("every constant is what it is in CPython", { skip }, () => {
    for (const [name, value] of Object.entries(numbers)) {
      assert.equal((sqlite as unknown as Record<string, unknown>)[name], value, name);
    }
  });

  test("the module, connections, cursors and blobs have what CPython's have", { skip }, () => {
    // Python's own modules; classes and makers of dates, which JavaScript has as Date; what Python has given up, or
    // has for threads and tracebacks.
    const absent = new Set(
      (
        "collections datetime dbapi2 time Date Time Timestamp DateFromTicks TimeFromTicks TimestampFromTicks " +
        "version version_info enable_shared_cache enable_callback_tracebacks"
      ).split(" "),
    );
    const lacks = (thing: object, wanted: string[]) => wanted.filter((name) => !(name in thing) && !absent.has(name));
    const connection = memory();
    connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (x'00')");
    assert.deepEqual(lacks(sqlite, ofModule), []);
    assert.deepEqual(lacks(connection, ofConnection), []);
    assert.deepEqual(lacks(connection.cursor(), ofCursor), []);
    assert.deepEqual(lacks(connection.blobopen("t", "a", 1), ofBlob), []);
    connection.close();
  });

  test("result codes have the names that errors say", () => {
    const connection = memory();
    const error = (() => {
      try {
        connection.execute("nonsense");
      } catch (caught) {
        return caught as InstanceType<typeof sqlite.OperationalError>;
      }
    })();
    assert.equal(error?.sqlite_errorcode, sqlite.SQLITE_ERROR);
    assert.equal(error?.sqlite_errorname, codeName(sqlite.SQLITE_ERROR));
    assert.equal(codeName(sqlite.SQLITE_CONSTRAINT_UNIQUE), "SQLITE_CONSTRAINT_UNIQUE");
    assert.equal(codeName(sqlite.SQLITE_IOERR_CORRUPTFS), "SQLITE_IOERR_CORRUPTFS");
    connection.close();
  });

  test("exceptions are found by a connection", () => {
    const connection = memory();
    assert.throws(() => connection.execute("nonsense"), connection.OperationalError);
    assert.equal(connection.Error, sqlite.Error);
    connection.close();
  });
});

describe("values that SQLite or JavaScript cannot hold", () => {
  test("an integer beyond 64 bits is an OverflowError, which is a RangeError", () => {
    const connection = memory();
    for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 200n]) {
      for (const [sql, parameters] of [
        ["SELECT ?", [value]],
        ["SELECT :a", { a: value }],
      ] as const) {
        assert.throws(() => connection.execute(sql, parameters), sqlite.OverflowError);
        assert.throws(() => connection.execute(sql, parameters), RangeError);
      }
    }
    const extremes = [2n ** 63n - 1n, -(2n ** 63n)];
    assert.deepEqual(connection.execute("SELECT ?, ?", extremes).fetchone(), extremes);
    connection.create_function("huge", 0, () => 2n ** 63n);
    assert.throws(() => connection.execute("SELECT huge()"), sqlite.DataError);
    connection.close();
  });

  test("bytes that are no UTF-8 are an OperationalError where they are read as text", () => {
    const connection = memory();
    const invalid = ["ff", "61ff", "c0af", "eda080", "f0808080", "e28228", "6100ff", "efbbbfff"];
    for (const hex of invalid) {
      const cursor = connection.execute(`SELECT 1, CAST(x'${hex}' AS TEXT) AS z`);
      assert.throws(() => cursor.fetchone(), {
        name: "OperationalError",
        message: /Could not decode to UTF-8 column 'z'/,
      });
      assert.equal(cursor.fetchone(), null);
    }
    // U+FFFD itself, a byte order mark, a NUL.
    assert.deepEqual(
      connection
        .execute("SELECT CAST(x'efbfbd' AS TEXT), CAST(x'efbbbf61' AS TEXT), CAST(x'610062' AS TEXT)")
        .fetchone(),
      ["\ufffd", "\ufeffa", "a\0b"],
    );
    connection.text_factory = (bytes) => bytes.length;
    assert.deepEqual(connection.execute("SELECT CAST(x'61ff' AS TEXT)").fetchone(), [2]);
    connection.close();
  });

  test("also after many rows, when columns are read together, and as a function's argument", () => {
    const connection = memory();
    connection.execute("CREATE TABLE t (a TEXT)");
    connection.executemany(
      "INSERT INTO t VALUES (?)",
      Array.from({ length: 300 }, (_, i) => [`row ${i} \ufffd`]),
    );
    connection.execute("INSERT INTO t VALUES (CAST(x'ff' AS TEXT))");
    const cursor = connection.execute("SELECT a FROM t ORDER BY rowid");
    for (let i = 0; i < 299; i++) assert.deepEqual(cursor.fetchone(), [`row ${i} \ufffd`]);
    assert.throws(() => cursor.fetchall(), sqlite.OperationalError);
    assert.throws(() => connection.execute("SELECT a FROM t ORDER BY rowid DESC").fetchall(), sqlite.OperationalError);
    connection.create_function("same", 1, (text: unknown) => text);
    assert.throws(() => connection.execute("SELECT same(CAST(x'ff' AS TEXT))"), sqlite.OperationalError);
    assert.deepEqual(connection.execute("SELECT same(CAST(x'efbfbd' AS TEXT))").fetchone(), ["\ufffd"]);
    connection.close();
  });
});

describe("limits and settings", () => {
  test("a limit is read and set, and holds", () => {
    const connection = memory();
    const before = connection.getlimit(sqlite.SQLITE_LIMIT_SQL_LENGTH);
    assert.equal(connection.setlimit(sqlite.SQLITE_LIMIT_SQL_LENGTH, 20), before);
    assert.equal(connection.getlimit(sqlite.SQLITE_LIMIT_SQL_LENGTH), 20);
    assert.throws(() => connection.execute(`SELECT ${"1".repeat(30)}`), sqlite.DataError);
    assert.throws(() => connection.executescript(`SELECT ${"1".repeat(30)}`), sqlite.DataError);
    assert.equal(connection.setlimit(sqlite.SQLITE_LIMIT_SQL_LENGTH, -5), 20);
    connection.setlimit(sqlite.SQLITE_LIMIT_SQL_LENGTH, before);
    connection.setlimit(sqlite.SQLITE_LIMIT_LENGTH, 40);
    assert.throws(() => connection.execute("SELECT ?", ["x".repeat(50)]), sqlite.DataError);
    assert.throws(() => connection.execute("SELECT ?", [new Uint8Array(50)]), sqlite.DataError);
    connection.close();
    assert.throws(() => connection.getlimit(0), sqlite.ProgrammingError);
  });

  test("a category that is none is a ProgrammingError", () => {
    const connection = memory();
    for (const category of [-1, 12, 99, 1.5, Number.NaN]) {
      assert.throws(() => connection.getlimit(category), {
        name: "ProgrammingError",
        message: "'category' is out of bounds",
      });
      assert.throws(() => connection.setlimit(category, 1), sqlite.ProgrammingError);
    }
    connection.close();
  });

  test("an option is read and set", () => {
    const connection = memory();
    assert.equal(connection.getconfig(sqlite.SQLITE_DBCONFIG_ENABLE_FKEY), false);
    connection.setconfig(sqlite.SQLITE_DBCONFIG_ENABLE_FKEY);
    assert.equal(connection.getconfig(sqlite.SQLITE_DBCONFIG_ENABLE_FKEY), true);
    assert.deepEqual(connection.execute("PRAGMA foreign_keys").fetchone(), [1]);
    connection.setconfig(sqlite.SQLITE_DBCONFIG_ENABLE_FKEY, false);
    assert.equal(connection.getconfig(sqlite.SQLITE_DBCONFIG_ENABLE_FKEY), false);
    assert.throws(() => connection.getconfig(-1), sqlite.OperationalError);
    connection.close();
  });

  test("extensions are loaded only where that was allowed", () => {
    const connection = memory();
    assert.throws(() => connection.load_extension("/nonexistent"), {
      name: "OperationalError",
      message: "not authorized",
    });
    connection.enable_load_extension(true);
    assert.throws(() => connection.load_extension("/nonexistent"), {
      name: "OperationalError",
      message: /nonexistent/,
    });
    connection.close();
  });
});

describe("errors are of CPython's classes", () => {
  test("of functions that cannot be defined", () => {
    const connection = memory();
    const of = (name: string, what: string) => ({ name, message: `Error creating ${what}` });
    class Nothing {
      step(): void {}
      inverse(): void {}
      value(): void {}
      finalize(): void {}
    }
    for (const narg of [-2, 200]) {
      assert.throws(() => connection.create_function("f", narg, () => 1), of("OperationalError", "function"));
      assert.throws(() => connection.create_aggregate("f", narg, Nothing), of("OperationalError", "aggregate"));
      assert.throws(
        () => connection.create_window_function("f", narg, Nothing),
        of("ProgrammingError", "window function"),
      );
    }
    connection.close();
  });

  test("of executemany() with nothing in it, and of a closed connection's settings", () => {
    const connection = memory();
    assert.throws(() => connection.executemany("", [[1]]), sqlite.ProgrammingError);
    assert.throws(() => connection.executemany("-- INSERT\nSELECT ?", [[1]]), sqlite.ProgrammingError);
    connection.close();
    assert.throws(() => connection.isolation_level, sqlite.ProgrammingError);
    assert.throws(() => {
      connection.isolation_level = null;
    }, sqlite.ProgrammingError);
  });

  test("adapt() has an alternative, and Binary() gives bytes", () => {
    assert.equal(sqlite.adapt(new Map(), sqlite.PrepareProtocol, "other"), "other");
    assert.throws(() => sqlite.adapt(new Map()), sqlite.ProgrammingError);
    assert.ok(sqlite.adapters.has(Date) && sqlite.converters.has("TIMESTAMP"));
    assert.deepEqual(sqlite.Binary(new Uint16Array([513]).buffer), Uint8Array.of(1, 2));
    assert.deepEqual(sqlite.Binary(new DataView(new ArrayBuffer(4), 1, 2)), new Uint8Array(2));
  });
});
