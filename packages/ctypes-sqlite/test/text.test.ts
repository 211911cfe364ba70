/** Where statements end: what SQLite says, in time that grows no faster than the SQL. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DatabaseSync } from "ctypes-sqlite";
import Database from "ctypes-sqlite/better";
import { connect, PARSE_COLNAMES, ProgrammingError, register_converter } from "ctypes-sqlite/dbapi";
import { SqlText } from "../src/core/sqltext.ts";

// Quadratic work on it would take hours, and what grows exponentially would never end.
const MANY = 4_000_000;

describe("a second statement", () => {
  const hidden = [
    "INSERT INTO t VALUES (1); /* c */ INSERT INTO t VALUES (2)",
    "INSERT INTO t VALUES (1); -- c\nINSERT INTO t VALUES (2)",
    "INSERT INTO t VALUES (1);/**/INSERT INTO t VALUES (2)",
    "INSERT INTO t VALUES (1);/*/*/INSERT INTO t VALUES (2)",
    "INSERT INTO t VALUES (1);\n\t--\n/* ; */ /* */--x\r\nINSERT INTO t VALUES (2)",
    "INSERT INTO t VALUES ('a;--'); garbage",
    "INSERT INTO t VALUES (1); -",
    "INSERT INTO t VALUES (1); /",
    "INSERT INTO t VALUES (1) /* ; */; /* */ PRAGMA user_version = 7",
  ];
  const blank = ["", ";", " \t\r\n\f", "-- c", "--", "/* c", "/**/", "/*/", "-- a\n/* b */ -- c", "/* ; INSERT */"];

  test("is refused by better, whatever stands in front of it, and nothing has run", () => {
    const db = new Database(":memory:");
    db.exec("CREATE TABLE t (a)");
    for (const sql of hidden) assert.throws(() => db.prepare(sql), /more than one statement/, sql);
    for (const tail of [...blank, ";;", " ; ; "]) db.prepare(`INSERT INTO t VALUES (1);${tail}`).run();
    assert.equal(db.prepare("SELECT count(*) FROM t").pluck().get(), blank.length + 2);
    assert.equal(db.pragma("user_version", { simple: true }), 0);
    db.close();
  });

  test("is a ProgrammingError in dbapi, where a second semicolon is one, too", () => {
    const connection = connect(":memory:");
    connection.execute("CREATE TABLE t (a)");
    for (const sql of [...hidden, "SELECT 1;;"]) {
      assert.throws(() => connection.execute(sql), ProgrammingError, sql);
    }
    for (const tail of blank.filter((text) => text !== ";")) connection.execute(`INSERT INTO t VALUES (1);${tail}`);
    assert.deepEqual(connection.execute("SELECT count(*) FROM t").fetchall(), [[blank.length - 1]]);
    assert.deepEqual(connection.execute("PRAGMA user_version").fetchall(), [[0]]);
    connection.close();
  });

  test("is left alone by node, as in Node", () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE t (a)");
    db.prepare(hidden[0] as string).run();
    assert.deepEqual({ ...(db.prepare("SELECT a FROM t").get() as object) }, { a: 1 });
  });

  test("ends where SQLite says, not where a semicolon is", () => {
    const db = new Database(":memory:");
    db.exec("CREATE TABLE t (a); CREATE TABLE log (a)");
    db.prepare(
      "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1); INSERT INTO log VALUES (2); END;",
    ).run();
    db.prepare("INSERT INTO t VALUES (';')").run();
    assert.equal(db.prepare("SELECT count(*) FROM log").pluck().get(), 2);
    db.close();
  });
});

test("what follows a statement is blank exactly when SQLite finds no statement in it", () => {
  const parts = [" ", "\n", "\t", ";", "--", "-- x", "/*", "*/", "/", "*", "-", "x", "SELECT 1"];
  const connection = connect(":memory:");
  let state = 1;
  const next = (below: number) => (state = (state * 48271) % 0x7fffffff) % below;
  let blanks = 0;
  for (let round = 0; round < 5000; round++) {
    const sql = Array.from({ length: 1 + next(6) }, () => parts[next(parts.length)]).join("");
    // The tokenizer takes this for a division.
    if (sql.endsWith("/*")) continue;
    let isNothing: boolean;
    try {
      isNothing = connection.execute(sql).description === null;
    } catch {
      isNothing = false;
    }
    assert.equal(!new SqlText(sql).hasMore(true), isNothing, JSON.stringify(sql));
    if (isNothing) blanks++;
  }
  assert.ok(blanks > 500, `${blanks} of them blank`);
  connection.close();
});

describe("in time that grows no faster than the SQL", () => {
  const tails = {
    dashes: "-".repeat(MANY),
    "open comments": "/* ".repeat(MANY / 3),
    stars: `/*${"*".repeat(MANY)}`,
    spaces: `${" ".repeat(MANY)}x`,
    lines: "--\n".repeat(MANY / 4),
    comments: "/**/".repeat(MANY / 4),
    "comments in front of a statement": `${"/* */ ".repeat(MANY / 6)}SELECT 1`,
    semicolons: `${";".repeat(MANY)}x`,
  };
  for (const [name, tail] of Object.entries(tails)) {
    test(`a statement is followed by ${name}`, () => {
      const db = new Database(":memory:");
      const connection = connect(":memory:");
      const isMore = /[x1]$/.test(tail);
      const outcome = (run: () => unknown) => {
        try {
          run();
          return false;
        } catch (error) {
          return (error as Error).message.includes("statement");
        }
      };
      assert.equal(
        outcome(() => db.prepare(`SELECT 1;${tail}`)),
        isMore,
      );
      assert.equal(
        outcome(() => connection.execute(`SELECT 1;${tail}`)),
        isMore,
      );
      db.close();
      connection.close();
    });
  }

  test("a statement of dbapi may follow comments", () => {
    const connection = connect(":memory:");
    connection.execute("CREATE TABLE t (a)");
    for (const front of [
      "--\n".repeat(MANY / 4),
      "/* */\n".repeat(MANY / 6),
      " ".repeat(MANY),
      `/*${"*".repeat(MANY)}*/`,
    ]) {
      assert.equal(connection.execute(`${front}insert INTO t VALUES (1)`).rowcount, 1);
    }
    connection.rollback();
    connection.close();
  });

  test("names of columns are full of spaces and brackets", () => {
    register_converter("odd", () => 5);
    const connection = connect(":memory:", { detect_types: PARSE_COLNAMES });
    for (const filling of [" ", "[", "]"]) {
      const name = `a${filling.repeat(400_000)}`;
      const cursor = connection.execute(`SELECT 1 AS '${name}'`);
      assert.deepEqual(cursor.fetchall(), [[1]]);
      assert.equal(cursor.description?.[0]?.[0], filling === "[" ? "a" : name);
    }
    assert.deepEqual(connection.execute("SELECT 1 AS 'x [[odd]'").fetchall(), [[5]]);
    assert.equal(connection.execute("SELECT 1 AS 'x  [odd]'").description?.[0]?.[0], "x ");
    connection.close();
  });

  test("a script of many statements is told to verbose one by one", () => {
    let told = 0;
    const db = new Database(":memory:", { verbose: () => told++ });
    const told0 = told;
    db.exec("SELECT 1; /* and */ ;".repeat(40_000));
    assert.equal(told - told0, 40_000);
    db.close();
  });
});
