/** What lives in one thread is not cloned: databases, statements and the like, of all faces. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as workers from "node:worker_threads";
import * as node from "ctypes-sqlite";
import { Database } from "ctypes-sqlite/better";
import { connect } from "ctypes-sqlite/dbapi";

const canRefuse = "markAsUncloneable" in workers;

test("structuredClone refuses", { skip: !canRefuse && `no object can refuse in Node ${process.version}` }, () => {
  const database = new node.DatabaseSync(":memory:");
  database.exec("CREATE TABLE t (b BLOB); INSERT INTO t VALUES (zeroblob(4))");
  const better = new Database(":memory:");
  const connection = connect(":memory:");
  const cursor = connection.cursor();
  cursor.execute("CREATE TABLE t (b BLOB)").execute("INSERT INTO t VALUES (zeroblob(4))");
  const objects = {
    database,
    statement: database.prepare("SELECT 1"),
    session: database.createSession(),
    store: database.createTagStore(),
    better,
    betterStatement: better.prepare("SELECT 1"),
    connection,
    cursor,
    blob: connection.blobopen("t", "b", 1),
  };
  for (const [name, object] of Object.entries(objects)) {
    assert.throws(() => structuredClone(object), { name: "DataCloneError" }, name);
    assert.throws(() => structuredClone([{ object }]), { name: "DataCloneError" }, name);
  }
});
