/**
 * Values by name: read by a compiled function once objects with the same keys come over and over; and what may run
 * while they are read.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DatabaseSync } from "ctypes-sqlite";
import { Database } from "ctypes-sqlite/better";
import { connect } from "ctypes-sqlite/dbapi";

const MANY = 100;

describe("values by name", () => {
  test("go to their parameters, whatever order the keys come in", () => {
    using db = new DatabaseSync(":memory:");
    const echo = db.prepare("SELECT $a AS a, @b AS b, :c AS c");
    const get = (values: object) => ({ ...(echo.get(values as never) as object) });
    for (let i = 0; i < MANY; i++) assert.deepEqual(get({ a: i, b: "x", c: null }), { a: i, b: "x", c: null });
    for (let i = 0; i < MANY; i++) assert.deepEqual(get({ c: 0.5, a: i, "@b": 1 }), { a: i, b: 1, c: 0.5 });
    assert.deepEqual(get({ b: "y", a: "z", c: 1 }), { a: "z", b: "y", c: 1 });
    assert.deepEqual(get({ a: 1, c: 2 }), { a: 1, b: null, c: 2 });
    assert.deepEqual(get({ a: 1, $a: 3, b: 2 }), { a: 3, b: 2, c: null });
    assert.deepEqual(get({ a: undefined, b: true, c: 7n }), { a: null, b: 1, c: 7 });
  });

  test("are refused by other rules as soon as these are set", () => {
    using db = new DatabaseSync(":memory:");
    const echo = db.prepare("SELECT $a AS a");
    for (let i = 0; i < MANY; i++) echo.get({ a: i });
    echo.setAllowBareNamedParameters(false);
    assert.throws(() => echo.get({ a: 1 }), { code: "ERR_INVALID_STATE", message: "Unknown named parameter 'a'" });
    assert.deepEqual({ ...(echo.get({ $a: 1 }) as object) }, { a: 1 });
  });

  test("insert what they are", () => {
    const db = new Database(":memory:");
    db.exec("CREATE TABLE t (a, b)");
    const insert = db.prepare("INSERT INTO t VALUES (@a, @b)");
    for (let i = 0; i < MANY; i++) assert.equal(insert.run({ a: i, b: `text ${i}`, unused: 1 }).lastInsertRowid, i + 1);
    insert.run(Object.assign(Object.create(null), { a: "null prototype", b: new Uint8Array([1]) }));
    insert.run({ b: undefined, a: undefined });
    assert.throws(() => insert.run({ a: 1 }), { name: "RangeError", message: 'Missing named parameter "b"' });
    assert.throws(() => insert.run(new (class {})()), TypeError);
    assert.deepEqual(db.prepare("SELECT a, b FROM t WHERE rowid > 98").raw().all(), [
      [98, "text 98"],
      [99, "text 99"],
      ["null prototype", Buffer.from([1])],
      [null, null],
    ]);
    db.close();
  });

  test("named like what every object inherits must be there all the same", () => {
    const db = new Database(":memory:");
    const echo = db.prepare("SELECT @constructor AS a");
    for (let i = 0; i < MANY; i++) assert.deepEqual(echo.get({ constructor: i }), { a: i });
    assert.throws(() => echo.get({}), { message: 'Missing named parameter "constructor"' });
    db.close();
  });
});

// What a caller gives may run JavaScript of the caller's, at the worst moment.
describe("while values are read", () => {
  /** `value` as a proxy, which acts when `key` is read. */
  function proxied<T extends object>(value: T, key: string, act: () => void): T {
    return new Proxy(value, {
      get(target, name) {
        if (name === key) act();
        return Reflect.get(target, name);
      },
    });
  }

  const traps = (value: { a: number; b: number }, act: () => void) => ({
    getter: {
      a: value.a,
      get b() {
        act();
        return value.b;
      },
    },
    proxy: proxied(value, "b", act),
  });

  for (const trap of ["getter", "proxy"] as const) {
    for (const warmUp of [0, MANY]) {
      const when = `${trap}, ${warmUp === 0 ? "at the first execution" : "after many"}`;

      test(`node's database is closed: ${when}`, () => {
        for (const method of ["get", "all", "run", "iterate"] as const) {
          const db = new DatabaseSync(":memory:");
          const statement = db.prepare("SELECT @a AS a, @b AS b");
          for (let i = 0; i < warmUp; i++) statement[method]({ a: 1, b: 2 });
          const bad = traps({ a: 1, b: 2 }, () => db.close())[trap];
          assert.throws(() => statement[method](bad as never), { code: "ERR_INVALID_STATE" }, method);
        }
      });

      test(`better-sqlite3's database is closed: ${when}`, () => {
        for (const method of ["get", "all", "run", "iterate", "bind"] as const) {
          const db = new Database(":memory:");
          db.exec("CREATE TABLE t (a, b)");
          const sql = method === "run" ? "INSERT INTO t VALUES (@a, @b)" : "SELECT @a AS a, @b AS b";
          const statement = db.prepare(sql);
          if (method === "get" || method === "run") for (let i = 0; i < warmUp; i++) statement[method]({ a: 1, b: 2 });
          const bad = traps({ a: 1, b: 2 }, () => db.close())[trap];
          assert.throws(() => statement[method](bad), { message: "The database connection is not open" }, method);
        }
      });

      test(`the statement is run: ${when}`, () => {
        using db = new DatabaseSync(":memory:");
        const statement = db.prepare("SELECT @a AS a, @b AS b");
        for (let i = 0; i < warmUp; i++) statement.get({ a: 1, b: 2 });
        const bad = traps({ a: 1, b: 2 }, () => void statement.get({ a: 8, b: 9 }))[trap];
        assert.throws(() => statement.get(bad as never), { message: "statement is already being executed" });
        assert.deepEqual({ ...(statement.get({ a: 3, b: 4 }) as object) }, { a: 3, b: 4 });
      });
    }
  }

  test("a list of values closes better-sqlite3's database", () => {
    const db = new Database(":memory:");
    const statement = db.prepare("SELECT ?, ?");
    const list = proxied([1, 2], "1", () => db.close());
    assert.throws(() => statement.get(list), { message: "The database connection is not open" });
  });

  test("the connection of a cursor is closed", () => {
    const parameters = [
      (act: () => void) => proxied({ a: 1, b: 2, c: 3 }, "c", act),
      (act: () => void) => proxied([1, 2, 3], "2", act),
    ];
    for (const [i, make] of parameters.entries()) {
      const connection = connect(":memory:");
      const cursor = connection.cursor();
      const sql = i === 0 ? "SELECT :a, :b, :c" : "SELECT ?, ?, ?";
      assert.throws(() => cursor.execute(sql, make(() => connection.close()) as never), Error);
      assert.throws(() => connection.cursor(), { name: "ProgrammingError" });
    }
  });
});
