/**
 * ctypes-sqlite/dbapi behaves as Python's sqlite3: what pysqlite's tests ask for, by their topics.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as sqlite from "ctypes-sqlite/dbapi";

function memory(options: sqlite.ConnectOptions = {}): sqlite.Connection {
  return sqlite.connect(":memory:", options);
}

function people(options: sqlite.ConnectOptions = {}): sqlite.Connection {
  const db = memory(options);
  db.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, income REAL)");
  db.executemany("INSERT INTO people (name, income) VALUES (?, ?)", [
    ["Ada", 1.5],
    ["Zoë", 2],
    ["Bob", null],
  ]);
  db.commit();
  return db;
}

describe("the module", () => {
  test("says what PEP 249 asks", () => {
    assert.deepEqual([sqlite.apilevel, sqlite.paramstyle, sqlite.threadsafety], ["2.0", "qmark", 1]);
    assert.equal(sqlite.sqlite_version_info.length, 3);
    assert.equal(sqlite.sqlite_version, sqlite.sqlite_version_info.join("."));
  });

  test("has the exceptions in their tree", () => {
    const { DatabaseError, InternalError, OperationalError, ProgrammingError } = sqlite;
    assert.ok(sqlite.InterfaceError.prototype instanceof sqlite.Error);
    assert.ok(DatabaseError.prototype instanceof sqlite.Error);
    const { IntegrityError, DataError, NotSupportedError } = sqlite;
    const leaves = [InternalError, OperationalError, ProgrammingError, IntegrityError, DataError, NotSupportedError];
    for (const type of leaves) assert.ok(type.prototype instanceof DatabaseError, type.name);
    assert.ok(!(sqlite.Warning.prototype instanceof sqlite.Error));
    assert.ok(sqlite.Warning.prototype instanceof globalThis.Error);
  });

  test("knows a complete statement", () => {
    assert.equal(sqlite.complete_statement("SELECT 'a;b'"), false);
    assert.equal(sqlite.complete_statement("SELECT 1;"), true);
  });
});

describe("errors", () => {
  const throwsName = (name: string, act: () => unknown) =>
    assert.throws(act, (error) => error instanceof globalThis.Error && error.name === name);

  test("are those of the DB-API, with SQLite's code", () => {
    const db = memory();
    throwsName("OperationalError", () => db.execute("SELEC"));
    throwsName("OperationalError", () => sqlite.connect("/nonexistent/x"));
    db.execute("CREATE TABLE t (a UNIQUE NOT NULL)");
    db.execute("INSERT INTO t VALUES (1)");
    assert.throws(
      () => db.execute("INSERT INTO t VALUES (1)"),
      (error) =>
        error instanceof sqlite.IntegrityError &&
        error.sqlite_errorcode === 2067 &&
        error.sqlite_errorname === "SQLITE_CONSTRAINT_UNIQUE" &&
        error.message === "UNIQUE constraint failed: t.a",
    );
    throwsName("IntegrityError", () => db.execute("INSERT INTO t VALUES (NULL)"));
  });

  test("of closed connections and cursors", () => {
    const db = memory();
    const cursor = db.cursor();
    cursor.close();
    throwsName("ProgrammingError", () => cursor.execute("SELECT 1"));
    const open = db.execute("SELECT 1");
    db.close();
    db.close();
    throwsName("ProgrammingError", () => open.fetchone());
    throwsName("ProgrammingError", () => db.cursor());
    throwsName("ProgrammingError", () => db.commit());
    throwsName("ProgrammingError", () => db.create_function("f", 0, () => 1));
    throwsName("ProgrammingError", () => db.total_changes);
  });

  test("more than one statement is a ProgrammingError", () => {
    const db = memory();
    throwsName("ProgrammingError", () => db.execute("SELECT 1; SELECT 2"));
    db.execute("SELECT 1; -- and a comment");
    db.execute("SELECT 1 /* and */ ; /* another");
    db.execute("SELECT ';'");
    db.execute("-- nothing at all");
  });

  test("a NUL in SQL is a ProgrammingError", () => {
    throwsName("ProgrammingError", () => memory().execute("SELECT 1\0"));
    throwsName("ProgrammingError", () => memory().executescript("CREATE TABLE t (a);\0"));
  });
});

describe("parameters", () => {
  test("in order and by name", () => {
    const db = memory();
    assert.deepEqual(db.execute("SELECT ?, ?", [1, "x"]).fetchone(), [1, "x"]);
    assert.deepEqual(db.execute("SELECT :a, $b, @a", { a: 1, b: 2 }).fetchone(), [1, 2, 1]);
    assert.deepEqual(db.execute("SELECT ?2, ?1", [1, 2]).fetchone(), [2, 1]);
  });

  test("as many as the statement has", () => {
    const db = memory();
    assert.throws(() => db.execute("SELECT ?, ?", [1]), /uses 2, and there are 1 supplied/);
    assert.throws(() => db.execute("SELECT ?", [1, 2]), sqlite.ProgrammingError);
    assert.throws(() => db.execute("SELECT ?"), sqlite.ProgrammingError);
    assert.throws(() => db.execute("SELECT :a, :b", { a: 1 }), /value for binding parameter :b/);
    assert.throws(() => db.execute("SELECT ?", { a: 1 }), /Binding 1 has no name/);
  });

  test("integers are integers, other numbers reals", () => {
    const types = memory().execute("SELECT typeof(?), typeof(?), typeof(?), typeof(?)", [5, 1.5, 2 ** 60, -0]);
    assert.deepEqual(types.fetchone(), ["integer", "real", "real", "real"]);
  });

  test("values come back as they were bound", () => {
    const db = memory();
    for (const value of [null, 5, -(2 ** 40), 2n ** 62n, 1.5, "text", "a\0b", "日本", new Uint8Array([1, 0, 2])]) {
      assert.deepEqual(db.execute("SELECT ?", [value]).fetchone(), [value]);
    }
    assert.deepEqual(db.execute("SELECT ?, ?", [true, false]).fetchone(), [1, 0]);
  });

  test("what is of no kind names its place", () => {
    const db = memory();
    assert.throws(() => db.execute("SELECT ?, ?", [1, new Map()]), /Error binding parameter 2: type 'Map'/);
    assert.throws(() => db.execute("SELECT :a", { a: Symbol() }), /Error binding parameter :a: type 'symbol'/);
  });
});

describe("cursors", () => {
  test("fetch one, many and all", () => {
    const cursor = people().execute("SELECT name FROM people ORDER BY id");
    assert.deepEqual(cursor.fetchone(), ["Ada"]);
    assert.deepEqual(cursor.fetchall(), [["Zoë"], ["Bob"]]);
    assert.equal(cursor.fetchone(), null);
    assert.deepEqual(cursor.fetchall(), []);
    cursor.execute("SELECT id FROM people");
    assert.deepEqual(cursor.fetchmany(), [[1]]);
    cursor.arraysize = 5;
    assert.deepEqual(cursor.fetchmany(), [[2], [3]]);
    assert.deepEqual(cursor.fetchmany(100), []);
  });

  test("are iterated over", () => {
    const names = [...people().execute("SELECT name FROM people ORDER BY id")];
    assert.deepEqual(names, [["Ada"], ["Zoë"], ["Bob"]]);
  });

  test("describe their columns", () => {
    const db = people();
    const cursor = db.execute("SELECT id AS a, 'x' FROM people");
    assert.deepEqual(cursor.description, [
      ["a", null, null, null, null, null, null],
      ["'x'", null, null, null, null, null, null],
    ]);
    assert.equal(cursor.execute("CREATE TABLE u (a)").description, null);
    assert.equal(db.execute("SELECT 1 WHERE 0").description?.length, 1);
  });

  test("count rows and know the last rowid", () => {
    const db = people();
    const cursor = db.cursor();
    assert.equal(cursor.rowcount, -1);
    assert.equal(cursor.lastrowid, null);
    cursor.execute("UPDATE people SET income = 0");
    assert.equal(cursor.rowcount, 3);
    cursor.execute("DELETE FROM people WHERE id > 1");
    assert.equal(cursor.rowcount, 2);
    cursor.execute("SELECT 1");
    assert.equal(cursor.rowcount, -1);
    cursor.executemany("INSERT INTO people (name) VALUES (?)", [["x"], ["y"], ["z"]]);
    assert.equal(cursor.rowcount, 3);
    cursor.execute("INSERT INTO people (id) VALUES (77)");
    assert.equal(cursor.lastrowid, 77);
    cursor.execute("REPLACE INTO people (id) VALUES (77)");
    assert.equal(cursor.lastrowid, 77);
    cursor.executemany("INSERT INTO people (id) VALUES (?)", [[80], [81]]);
    assert.equal(cursor.lastrowid, 77);
    cursor.executescript("INSERT INTO people (id) VALUES (90)");
    assert.equal(cursor.lastrowid, 77);
    // CPython asks the connection after whatever execute() ran.
    assert.equal(cursor.execute("SELECT 1").lastrowid, 90);
    assert.equal(cursor.execute("INSERT INTO people (id) VALUES (9007199254740993)").lastrowid, 9007199254740993n);
    assert.throws(() => cursor.execute("INSERT INTO people (id) VALUES (90)"), sqlite.IntegrityError);
    assert.equal(cursor.lastrowid, 9007199254740993n);
  });

  test("take any iterable in executemany, and only statements that change rows", () => {
    const db = people();
    function* rows() {
      yield ["one"];
      yield { 0: "unused" };
    }
    assert.throws(() => db.executemany("INSERT INTO people (name) VALUES (?)", rows()), sqlite.ProgrammingError);
    assert.throws(() => db.executemany("SELECT ?", [[1]]), /can only execute DML/);
    assert.deepEqual(db.execute("SELECT count(*) FROM people").fetchone(), [4]);
  });

  test("RETURNING gives rows, and all is done when the first is there", () => {
    const db = people();
    const cursor = db.execute("INSERT INTO people (name) VALUES ('p'), ('q') RETURNING name");
    assert.deepEqual(cursor.fetchone(), ["p"]);
    assert.deepEqual(db.execute("SELECT count(*) FROM people").fetchone(), [5]);
    assert.deepEqual(cursor.fetchall(), [["q"]]);
    assert.equal(cursor.rowcount, 2);
  });

  test("a script runs all statements, and stops at the first error", () => {
    const db = memory();
    db.executescript("CREATE TABLE a (x); INSERT INTO a VALUES (1); -- comment ;\nINSERT INTO a VALUES (';');");
    assert.deepEqual(db.execute("SELECT * FROM a").fetchall(), [[1], [";"]]);
    assert.throws(() => db.executescript("CREATE TABLE b (x); x; CREATE TABLE c (x)"), sqlite.OperationalError);
    assert.deepEqual(db.execute("SELECT name FROM sqlite_master").fetchall(), [["a"], ["b"]]);
  });

  test("are not used within themselves", () => {
    const db = memory();
    const cursor = db.cursor();
    db.create_function("again", 0, () => cursor.execute("SELECT 1"));
    assert.throws(() => cursor.execute("SELECT again()"), /Recursive use of cursors/);
    db.create_function("end", 0, () => db.close());
    assert.throws(() => db.execute("SELECT end()"), sqlite.ProgrammingError);
    assert.deepEqual(db.execute("SELECT 1").fetchone(), [1]);
  });

  test("two cursors use one SQL at a time, each at its own row", () => {
    const db = people();
    const [a, b] = [db.execute("SELECT id FROM people"), db.execute("SELECT id FROM people")];
    assert.deepEqual([a.fetchone(), b.fetchone(), a.fetchone(), b.fetchall()], [[1], [1], [2], [[2], [3]]]);
  });
});

describe("transactions", () => {
  test("begin by themselves before a change, and end with commit or rollback", () => {
    const db = people();
    assert.equal(db.in_transaction, false);
    db.execute("SELECT 1");
    assert.equal(db.in_transaction, false);
    db.execute("DELETE FROM people");
    assert.equal(db.in_transaction, true);
    db.rollback();
    assert.deepEqual(db.execute("SELECT count(*) FROM people").fetchone(), [3]);
    db.execute("-- first\n /* then */ DELETE FROM people");
    db.commit();
    assert.equal(db.in_transaction, false);
    assert.deepEqual(db.execute("SELECT count(*) FROM people").fetchone(), [0]);
  });

  test("DDL begins none and is rolled back with its transaction", () => {
    const db = memory();
    db.execute("CREATE TABLE t (a)");
    assert.equal(db.in_transaction, false);
    db.execute("INSERT INTO t VALUES (1)");
    db.execute("CREATE TABLE u (a)");
    db.rollback();
    assert.deepEqual(db.execute("SELECT name FROM sqlite_master").fetchall(), [["t"]]);
  });

  test("a cursor goes on fetching across a rollback, unless the schema was rolled back, too", () => {
    const db = people();
    const cursor = db.cursor();
    db.execute("DELETE FROM people WHERE id = 3");
    cursor.execute("SELECT 1 UNION SELECT 2 UNION SELECT 3");
    db.rollback();
    assert.deepEqual(cursor.fetchall(), [[1], [2], [3]]);
    db.execute("DELETE FROM people WHERE id = 3");
    db.execute("CREATE TABLE other (a)");
    cursor.execute("SELECT id FROM people");
    assert.deepEqual(cursor.fetchone(), [1]);
    db.rollback();
    assert.throws(() => cursor.fetchall(), sqlite.OperationalError);
    assert.deepEqual(db.execute("SELECT count(*) FROM people").fetchone(), [3]);
  });

  test("isolation_level says how they begin", () => {
    const db = people();
    const seen: string[] = [];
    db.set_trace_callback((sql) => seen.push(sql));
    assert.equal(db.isolation_level, "");
    db.isolation_level = "IMMEDIATE";
    db.execute("DELETE FROM people");
    assert.deepEqual(seen, ["BEGIN IMMEDIATE", "DELETE FROM people"]);
    db.isolation_level = null;
    assert.equal(db.in_transaction, false);
    db.execute("INSERT INTO people (name) VALUES ('x')");
    assert.equal(db.in_transaction, false);
    assert.throws(() => (db.isolation_level = "LATER" as never), TypeError);
    assert.throws(() => memory({ isolation_level: 5 as never }), TypeError);
  });

  test("with() commits, or rolls back what throws", () => {
    const db = people();
    assert.equal(
      db.with(() => db.execute("DELETE FROM people WHERE id = 1").rowcount),
      1,
    );
    assert.equal(db.in_transaction, false);
    const fail = () => {
      db.execute("DELETE FROM people");
      throw new RangeError("mine");
    };
    assert.throws(() => db.with(fail), /mine/);
    assert.deepEqual(db.execute("SELECT count(*) FROM people").fetchone(), [2]);
  });

  test("a lock that is held is an OperationalError after the timeout", () => {
    const name = `file:locked-${process.pid}?mode=memory&cache=shared`;
    const [a, b] = [sqlite.connect(name, { uri: true }), sqlite.connect(name, { uri: true, timeout: 0.01 })];
    a.execute("CREATE TABLE t (x)");
    a.execute("INSERT INTO t VALUES (1)");
    assert.throws(() => b.execute("INSERT INTO t VALUES (2)"), sqlite.OperationalError);
    a.commit();
    b.execute("INSERT INTO t VALUES (2)");
    b.close();
    assert.deepEqual(a.execute("SELECT * FROM t").fetchall(), [[1]]);
  });
});

describe("factories", () => {
  test("make rows", () => {
    const db = people();
    db.row_factory = (cursor: sqlite.Cursor, row: unknown[]) => ({ [cursor.description![0]![0]]: row[0] });
    assert.deepEqual(db.execute("SELECT name FROM people").fetchone(), { name: "Ada" });
    const cursor = db.cursor();
    cursor.row_factory = null;
    assert.deepEqual(cursor.execute("SELECT name FROM people").fetchone(), ["Ada"]);
  });

  test("Row has values by place and by name", () => {
    const db = people();
    db.row_factory = sqlite.Row;
    const row = db.execute("SELECT id, name AS Name FROM people").fetchone() as sqlite.Row;
    assert.ok(row instanceof sqlite.Row);
    assert.deepEqual([row[0], row.get("NAME"), row.length, row.names()], [1, "Ada", 2, ["id", "Name"]]);
    assert.deepEqual([...row], [1, "Ada"]);
    assert.deepEqual(row.toObject(), { id: 1, Name: "Ada" });
    assert.throws(() => row.get("other"), /no column is named 'other'; there are id, Name/);
    assert.deepEqual(row.slice(1), ["Ada"]);
  });

  test("make text of its bytes", () => {
    const db = memory();
    db.text_factory = (bytes) => Buffer.from(bytes).toString("latin1");
    assert.deepEqual(db.execute("SELECT 'ö', 5").fetchone(), ["Ã¶", 5]);
    db.text_factory = (bytes) => bytes;
    assert.deepEqual(db.execute("SELECT 'ab'").fetchone(), [new Uint8Array([97, 98])]);
    db.text_factory = null;
    assert.deepEqual(db.execute("SELECT 'ö'").fetchone(), ["ö"]);
  });

  test("make cursors", () => {
    class Loud extends sqlite.Cursor {
      shout(): string {
        return String((this.fetchone() as unknown[])[0]).toUpperCase();
      }
    }
    const cursor = people().cursor(Loud);
    cursor.execute("SELECT name FROM people");
    assert.equal(cursor.shout(), "ADA");
    assert.throws(() => memory().cursor(class Other {} as never), /factory must return a cursor/);
  });
});

describe("adapters and converters", () => {
  class Point {
    readonly x: number;
    readonly y: number;
    constructor(x: number, y: number) {
      this.x = x;
      this.y = y;
    }
  }
  sqlite.register_adapter(Point, (point) => `${point.x};${point.y}`);
  sqlite.register_converter("point", (bytes) => {
    const [x, y] = Buffer.from(bytes).toString().split(";").map(Number);
    return new Point(x!, y!);
  });

  test("by class, and by __conform__", () => {
    const db = memory();
    assert.deepEqual(db.execute("SELECT ?", [new Point(1, 2)]).fetchone(), ["1;2"]);
    const money = { __conform__: (protocol: unknown) => (protocol === sqlite.PrepareProtocol ? 250 : null) };
    assert.deepEqual(db.execute("SELECT ?", [money]).fetchone(), [250]);
    assert.equal(sqlite.adapt(new Point(3, 4)), "3;4");
    assert.throws(() => sqlite.adapt(new Map()), sqlite.ProgrammingError);
  });

  test("by declared type", () => {
    const db = memory({ detect_types: sqlite.PARSE_DECLTYPES });
    db.execute("CREATE TABLE t (a POINT, b point(5), c integer)");
    db.execute("INSERT INTO t VALUES (?, ?, ?)", [new Point(1, 2), new Point(3, 4), 5]);
    db.execute("INSERT INTO t VALUES (NULL, NULL, NULL)");
    assert.deepEqual(db.execute("SELECT * FROM t").fetchall(), [
      [new Point(1, 2), new Point(3, 4), 5],
      [null, null, null],
    ]);
    assert.deepEqual(db.execute("SELECT a || '' FROM t").fetchone(), ["1;2"]);
  });

  test("by the column's name, which loses the type", () => {
    const db = memory({ detect_types: sqlite.PARSE_COLNAMES });
    const cursor = db.execute(`SELECT '5;6' AS "p [point]", 1 AS "q [none]"`);
    assert.deepEqual(cursor.fetchone(), [new Point(5, 6), 1]);
    assert.deepEqual(cursor.execute(`SELECT '5;6' AS "p [point]"`).description?.[0]?.[0], "p");
  });

  test("dates", () => {
    const db = memory({ detect_types: sqlite.PARSE_DECLTYPES });
    db.execute("CREATE TABLE t (d date, ts timestamp)");
    const when = new Date("2024-02-29T12:34:56.789Z");
    db.execute("INSERT INTO t VALUES ('2024-02-29', ?)", [when]);
    assert.deepEqual(db.execute("SELECT * FROM t").fetchone(), [new Date("2024-02-29"), when]);
    assert.deepEqual(db.execute("SELECT ts || '' FROM t").fetchone(), ["2024-02-29 12:34:56.789"]);
  });
});

describe("functions", () => {
  test("take and give all kinds", () => {
    const db = memory();
    const seen: unknown[] = [];
    db.create_function("see", -1, (...args: unknown[]) => {
      seen.push(...args);
      return args[0];
    });
    const row = db.execute("SELECT see(1), see(1.5), see('x'), see(x'01'), see(NULL), see(1, 2)").fetchone();
    assert.deepEqual(row, [1, 1.5, "x", new Uint8Array([1]), null, 1]);
    assert.deepEqual(seen, [1, 1.5, "x", new Uint8Array([1]), null, 1, 2]);
  });

  test("what they throw is thrown by execute", () => {
    const db = memory();
    db.create_function("fail", 0, () => {
      throw new RangeError("mine");
    });
    assert.throws(() => db.execute("SELECT fail()"), /^RangeError: mine$/);
    db.create_function("odd", 0, () => new Map());
    assert.throws(() => db.execute("SELECT odd()"), sqlite.OperationalError);
  });

  test("can be taken away", () => {
    const db = memory();
    db.create_function("f", 0, () => 1);
    db.create_function("f", 0, null);
    assert.throws(() => db.execute("SELECT f()"), /no such function: f/);
  });

  test("that are deterministic are allowed in indexes", () => {
    const db = people();
    db.create_function("twice", 1, (x: number) => 2 * x, { deterministic: true });
    db.create_function("any", 1, (x: number) => x);
    db.execute("CREATE INDEX i ON people (twice(id))");
    assert.throws(() => db.execute("CREATE INDEX j ON people (any(id))"), /non-deterministic/);
  });

  test("aggregates and window functions are classes", () => {
    class Sum {
      total = 0;
      step(x: number) {
        this.total += x;
      }
      inverse(x: number) {
        this.total -= x;
      }
      value() {
        return this.total;
      }
      finalize() {
        return this.total;
      }
    }
    const db = people();
    db.create_aggregate("summed", 1, Sum);
    assert.deepEqual(db.execute("SELECT summed(id) FROM people").fetchone(), [6]);
    assert.deepEqual(db.execute("SELECT summed(id) FROM people WHERE 0").fetchone(), [0]);
    db.create_window_function("moving", 1, Sum);
    const query = "SELECT moving(id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM people";
    assert.deepEqual(db.execute(query).fetchall(), [[1], [3], [5]]);
  });

  test("collations order text", () => {
    const db = people();
    db.create_collation("backwards", (a, b) => (a < b ? 1 : a > b ? -1 : 0));
    const query = "SELECT name FROM people ORDER BY name COLLATE backwards";
    assert.deepEqual(db.execute(query).fetchall(), [["Zoë"], ["Bob"], ["Ada"]]);
    db.create_collation("backwards", () => {
      throw new RangeError("mine");
    });
    assert.throws(() => db.execute(query).fetchall(), /mine/);
    db.create_collation("backwards", null);
    assert.throws(() => db.execute(query), /no such collation/);
  });
});

describe("hooks", () => {
  test("an authorizer denies, ignores and fails", () => {
    const db = people();
    const columns = (answer: number) => (action: number, _table: unknown, column: unknown) =>
      action === 20 && column === "income" ? answer : sqlite.SQLITE_OK;
    db.set_authorizer(columns(sqlite.SQLITE_DENY));
    assert.throws(() => db.execute("SELECT * FROM people"), /access to people.income is prohibited/);
    db.set_authorizer(columns(sqlite.SQLITE_IGNORE));
    assert.deepEqual(db.execute("SELECT income FROM people").fetchone(), [null]);
    db.set_authorizer(() => {
      throw new RangeError("mine");
    });
    assert.throws(() => db.execute("SELECT 2"), /mine/);
    db.set_authorizer(null);
    assert.deepEqual(db.execute("SELECT income FROM people").fetchone(), [1.5]);
  });

  test("a progress handler ends a statement", () => {
    const db = memory();
    let count = 0;
    const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    db.set_progress_handler(() => ++count === 5, 1000);
    assert.throws(() => db.execute(endless), /interrupted/);
    assert.equal(count, 5);
    db.set_progress_handler(() => {
      throw new RangeError("mine");
    }, 1000);
    assert.throws(() => db.execute(endless), /mine/);
    db.set_progress_handler(null, 0);
    assert.deepEqual(db.execute("SELECT 1").fetchone(), [1]);
  });

  test("interrupt ends the statement that is running", () => {
    const db = memory();
    db.create_function("stop", 1, (i: number) => {
      if (i === 10) db.interrupt();
      return i;
    });
    const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT stop(i) + 1 FROM n) SELECT count(*) FROM n";
    assert.throws(() => db.execute(endless), sqlite.OperationalError);
  });

  test("a trace shows each statement with its values", () => {
    const db = memory();
    const seen: string[] = [];
    db.set_trace_callback((sql) => seen.push(sql));
    db.execute("SELECT ?, ?", [1, "ö"]);
    db.set_trace_callback(null);
    db.execute("SELECT 2");
    assert.deepEqual(seen, ["SELECT 1, 'ö'"]);
  });
});

describe("whole databases", () => {
  test("are dumped as SQL that makes them anew", () => {
    const db = people();
    db.executescript(`
      CREATE TABLE "odd ""name" ("a ""b" TEXT, c BLOB);
      INSERT INTO "odd ""name" VALUES ('it''s', x'00ff');
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
      INSERT INTO counted VALUES (41);
      CREATE INDEX by_name ON people (name);
      CREATE VIEW names AS SELECT name FROM people;
      CREATE TRIGGER t AFTER INSERT ON people BEGIN SELECT 1; END;
    `);
    const lines = [...db.iterdump()];
    assert.deepEqual([lines[0], lines.at(-1)], ["BEGIN TRANSACTION;", "COMMIT;"]);
    assert.ok(lines.includes(`INSERT INTO "odd ""name" VALUES('it''s',X'00FF');`));
    const copy = memory();
    copy.executescript(lines.join("\n"));
    assert.deepEqual([...copy.iterdump()], lines);
    copy.execute("INSERT INTO counted DEFAULT VALUES");
    assert.deepEqual(copy.execute("SELECT max(id) FROM counted").fetchone(), [42]);
  });

  test("are copied, some pages at a time", () => {
    const db = people();
    db.execute("CREATE TABLE big AS SELECT zeroblob(20000) AS b");
    const [target, seen] = [memory(), [] as number[]];
    db.backup(target, { pages: 2, progress: (_status, remaining) => seen.push(remaining) });
    assert.deepEqual(target.execute("SELECT count(*) FROM people").fetchone(), [3]);
    assert.ok(seen.length > 2 && seen.at(-1) === 0, String(seen));
    assert.throws(() => db.backup(db), /same connection/);
    assert.throws(() => db.backup(memory(), { name: "none" }), /unknown database none/);
    assert.throws(
      () =>
        db.backup(memory(), {
          pages: 1,
          progress: () => {
            throw new RangeError("mine");
          },
        }),
      /mine/,
    );
  });

  test("are bytes", () => {
    const bytes = people().serialize();
    const db = memory();
    db.deserialize(bytes);
    assert.deepEqual(db.execute("SELECT name FROM people WHERE id = 2").fetchone(), ["Zoë"]);
  });
});

describe("blobs", () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text));

  function withBlob(): sqlite.Connection {
    const db = memory();
    db.execute("CREATE TABLE t (b)");
    db.execute("INSERT INTO t VALUES (zeroblob(10))");
    return db;
  }

  test("read and write in place, like a file", () => {
    const db = withBlob();
    const blob = db.blobopen("t", "b", 1);
    blob.write(bytes("hello"));
    assert.deepEqual([blob.tell(), blob.length, blob.at(0), blob.at(-1)], [5, 10, 104, 0]);
    assert.deepEqual(blob.slice(1, 4), bytes("ell"));
    assert.deepEqual(blob.slice(5, 2), new Uint8Array(0));
    blob.seek(-3, 2);
    assert.deepEqual([blob.read(), blob.read()], [new Uint8Array(3), new Uint8Array(0)]);
    blob.seek(0);
    assert.deepEqual(blob.read(2), bytes("he"));
    blob.seek(1, 1);
    assert.equal(blob.tell(), 3);
    blob.set(0x48);
    blob.set(bytes("!!"), -2);
    blob.close();
    assert.deepEqual(db.execute("SELECT b FROM t").fetchone(), [bytes("Hello\0\0\0!!")]);
  });

  test("mistakes are errors, and leave the value as it is", () => {
    const db = withBlob();
    using blob = db.blobopen("t", "b", 1);
    assert.throws(() => blob.write(new Uint8Array(11)), /data longer than blob length/);
    assert.throws(() => blob.write("text" as never), TypeError);
    assert.throws(() => blob.at(10), /Blob index out of range/);
    assert.throws(() => blob.set(300), /byte must be in range/);
    assert.throws(() => blob.set(new Uint8Array(3), 8), RangeError);
    assert.throws(() => blob.seek(100), /offset out of blob range/);
    assert.throws(() => blob.seek(0, 5 as never), RangeError);
    assert.throws(() => db.blobopen("t", "b", 5), { name: "OperationalError", message: "no such rowid: 5" });
    assert.throws(() => db.blobopen("nope", "b", 1), { message: "no such table: main.nope" });
    using fixed = db.blobopen("t", "b", 1, { readonly: true });
    assert.throws(() => fixed.write(bytes("a")), { message: "attempt to write a readonly database" });
    assert.deepEqual(blob.slice(), new Uint8Array(10));
  });

  test("end with close, with an update of their row, and with the connection", () => {
    const db = withBlob();
    const blob = db.blobopen("t", "b", 1);
    blob.close();
    blob.close();
    assert.throws(() => blob.read(), { name: "ProgrammingError", message: "Cannot operate on a closed blob." });
    const expired = db.blobopen("t", "b", 1);
    db.execute("UPDATE t SET b = 'aa'");
    assert.throws(() => expired.read(), sqlite.OperationalError);
    const open = db.blobopen("t", "b", 1);
    db.close();
    assert.throws(() => open.read(), { message: "Cannot operate on a closed database." });
    open.close();
  });
});

test("every exported class and function has the name that it is exported by", () => {
  const named = Object.entries(sqlite).filter(([, value]) => typeof value === "function");
  assert.ok(named.length > 20, `only ${named.length} found`);
  assert.deepEqual(
    named.filter(([name, value]) => (value as { readonly name: string }).name !== name).map(([name]) => name),
    [],
  );
});
