/**
 * Databases with statements that are not ours: those of full-text search, R-trees, JSON, and an extension that
 * keeps some open. Each face closes them in every way there is, in a process of its own: what goes wrong there is a
 * signal.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { DatabaseSync } from "ctypes-sqlite";
import { connect } from "ctypes-sqlite/dbapi";

const program = join(import.meta.dirname, "fixtures/closing.mjs");
const ways = {
  close: "by close()",
  dispose: "by Symbol.dispose",
  exit: "by the end of the process",
  unfinished: "by the end of the process, in a transaction",
  collect: "by the collector",
  replace: "after other databases took their place",
  again: "and opened again",
};

for (const face of ["node", "better", "dbapi"]) {
  describe(`${face}: modules and extensions with statements of their own are closed`, () => {
    for (const [way, title] of Object.entries(ways)) {
      test(title, () => {
        const args = ["--expose-gc", "--no-warnings", program, face, way];
        // The extension never ends its statements, so SQLite keeps their database: a leak, and not ours to mend.
        const env = { ...process.env, ASAN_OPTIONS: "detect_leaks=0" };
        const { stdout, stderr, status, signal } = spawnSync(process.execPath, args, {
          encoding: "utf8",
          env,
          timeout: 120_000,
        });
        assert.equal(status, 0, `${signal} after: ${stdout.trim().split("\n").at(-1)}\n${stderr}`);
        assert.match(stdout, /done\n$/);
      });
    }
  });
}

describe("another database in the place of one", () => {
  const countIn = (db: DatabaseSync, sql: string) =>
    (db.prepare(`SELECT count(*) AS n FROM ${sql}`).get() as { n: number }).n;
  const image = (() => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
    return db.serialize();
  })();

  test("is refused in a transaction, which goes on", () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE mine (a); BEGIN; INSERT INTO mine VALUES (1)");
    assert.throws(() => db.deserialize(image), { errcode: 5, message: "database is locked" });
    db.exec("COMMIT");
    assert.equal(countIn(db, "mine"), 1);
    db.deserialize(image);
    assert.equal(countIn(db, "t"), 2);
  });

  test("is refused in a backup of either side, which a closed one ends", () => {
    const [source, target] = [connect(":memory:"), connect(":memory:")];
    source.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(100000))");
    const errors: string[] = [];
    source.backup(target, {
      pages: 1,
      progress() {
        for (const one of [source, target]) {
          try {
            one.deserialize(image);
          } catch (error) {
            errors.push((error as Error).message);
          }
        }
      },
    });
    assert.ok(errors.length > 20);
    // SQLite allows no other use of the target.
    const expected = new Set(["database is locked", "the connection cannot be used in this callback"]);
    assert.deepEqual(new Set(errors), expected);
    for (const one of [target, source]) {
      assert.throws(() => source.backup(target, { pages: 1, progress: () => one.close() }), /closed database/);
    }
  });

  test("leaves table-valued functions as they were", () => {
    using db = new DatabaseSync(":memory:");
    const count = (sql: string) => countIn(db, sql);
    db.exec("CREATE TABLE u (a)");
    for (let i = 0; i < 20; i++) {
      assert.equal(count("json_each('[1, 2, 3]')"), 3);
      assert.equal(count("json_tree('[[1], 2]')"), 4);
      assert.equal(count(`pragma_table_info('${i === 0 ? "u" : "t"}')`), 1);
      assert.equal(count("pragma_database_list"), 1);
      db.deserialize(image);
    }
  });

  test("is what an extension's statements read from then on", () => {
    using db = new DatabaseSync(":memory:", { allowExtension: true });
    db.loadExtension(join(import.meta.dirname, "fixtures/build/statements.so"));
    const all = (sql: string) => Object.values(db.prepare(sql).get() as object)[0];
    db.exec("CREATE TABLE padding (a); CREATE TABLE t (a)");
    all("SELECT hold('SELECT a FROM t')");
    // It has no row, and so has ended; the next step begins it again, in a database whose table is elsewhere.
    db.deserialize(image);
    assert.equal(all("SELECT step_held()"), 1);
    all("SELECT release()");
  });
});
