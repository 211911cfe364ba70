/**
 * What callbacks must not do while SQLite is in the middle of something: an error, where SQLite itself would be at
 * an end.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DatabaseSync } from "ctypes-sqlite";
import { connect } from "ctypes-sqlite/dbapi";
import { withOut } from "../src/library/library.ts";

const REFUSED = "the connection cannot be used in this callback";

describe("a callback that must leave the connection alone", () => {
  test("an authorizer cannot prepare, run, or close", () => {
    const db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE t (a)");
    const count = db.prepare("SELECT count(*) AS n FROM t");
    const acts = [
      () => db.prepare("SELECT 1"),
      () => db.exec("CREATE TABLE u (a)"),
      () => count.get(),
      () => count.all(),
      () => count.iterate(),
      () => db.function("f", () => 1),
      () => db.createSession(),
      () => db.serialize(),
    ];
    for (const act of acts) {
      const errors: unknown[] = [];
      db.setAuthorizer(() => {
        try {
          act();
        } catch (error) {
          errors.push(error);
        }
        return 0;
      });
      db.exec("INSERT INTO t VALUES (1)");
      db.setAuthorizer(null);
      assert.ok(errors.length > 0, String(act));
      for (const error of errors) {
        assert.equal((error as Error).message, REFUSED);
        assert.equal((error as { errcode?: number }).errcode, 21);
      }
    }
    assert.deepEqual({ ...(count.get() as object) }, { n: acts.length });
    db.close();
  });

  test("nor can a progress handler, or a collation, which may interrupt", () => {
    const connection = connect(":memory:");
    connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES ('x'), ('y')");
    connection.create_collation("mine", () => {
      connection.execute("DROP TABLE t");
      return 0;
    });
    assert.throws(() => connection.execute("SELECT a FROM t ORDER BY a COLLATE mine"), { message: REFUSED });
    connection.set_progress_handler(() => {
      connection.interrupt();
      connection.execute("SELECT 1");
      return false;
    }, 1);
    assert.throws(() => connection.execute("SELECT count(*) FROM t t1, t t2"), { message: REFUSED });
    connection.set_progress_handler(null, 1);
    assert.deepEqual(connection.execute("SELECT count(*) FROM t").fetchall(), [[2]]);
    connection.close();
  });

  test("a function of SQL may use it", () => {
    using db = new DatabaseSync(":memory:");
    db.function("twice", (n) => (db.prepare("SELECT ? * 2 AS n").get(n) as { n: number }).n);
    assert.deepEqual({ ...(db.prepare("SELECT twice(21) AS n").get() as object) }, { n: 42 });
  });
});

test("VACUUM does not go on when an authorizer would ignore what it attaches", () => {
  using db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (a)");
  const [ATTACH, IGNORE] = [24, 2];
  db.setAuthorizer((action) => (action === ATTACH ? IGNORE : 0));
  assert.throws(() => db.exec("VACUUM"), { message: "authorization denied" });
});

test("the place that C fills is each call's own, and empty before", () => {
  const fill = (value: number) => (out: Parameters<Parameters<typeof withOut>[0]>[0]) => {
    (out as unknown as { _obj: { value: number } })._obj.value = value;
    return 0;
  };
  assert.deepEqual(withOut(fill(5)), { status: 0, value: 5 });
  assert.deepEqual(
    withOut(() => withOut(fill(7)).value),
    { status: 7, value: 0 },
  );
});

test("another database in the place of one ends its blobs and cursors", () => {
  const connection = connect(":memory:");
  connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (x'010203'), (x'0405')");
  const image = connection.serialize();
  const blob = connection.blobopen("t", "a", 1);
  const cursor = connection.execute("SELECT a FROM t");
  assert.equal(blob.at(0), 1);
  assert.ok(cursor.fetchone());
  connection.deserialize(image);
  assert.throws(() => blob.at(0), Error);
  assert.throws(() => cursor.fetchone(), Error);
  assert.deepEqual(connection.execute("SELECT count(*) FROM t").fetchall(), [[2]]);
  connection.close();
});
