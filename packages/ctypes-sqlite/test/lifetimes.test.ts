/**
 * What the collector and a busy program do to databases, statements and functions.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { DatabaseSync, type StatementSync } from "ctypes-sqlite";

const folder = mkdtempSync(join(tmpdir(), "ctypes-sqlite-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Collects, and lets the collector tell what it found. */
async function collect(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await setTimeout(5);
  }
}

function isOpen(file: string): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file;
    } catch {
      return false;
    }
  });
}

describe("databases", () => {
  const skip = process.platform !== "linux" && "open files are read from /proc";

  test("a database that nobody holds is closed", { skip }, async () => {
    const file = join(folder, "forgotten.db");
    (() => {
      const db = new DatabaseSync(file);
      db.function("f", () => 1);
      db.exec("CREATE TABLE t (a)");
    })();
    assert.ok(isOpen(file));
    await collect();
    assert.ok(!isOpen(file));
  });

  test("a statement keeps its database", { skip }, async () => {
    const file = join(folder, "kept.db");
    const statement = (() => new DatabaseSync(file).prepare("SELECT 1 AS a"))();
    await collect();
    assert.ok(isOpen(file));
    assert.deepEqual({ ...(statement.get() as object) }, { a: 1 });
  });

  test("using closes a database and its statements", () => {
    let statement: StatementSync;
    {
      using db = new DatabaseSync(":memory:");
      statement = db.prepare("SELECT 1");
    }
    assert.throws(() => statement.get(), /statement has been finalized/);
  });
});

describe("functions", () => {
  test("live as long as their database", async () => {
    const db = new DatabaseSync(":memory:");
    (() => {
      const offset = { value: 40 };
      db.function("f", (x: number) => x + offset.value);
      db.aggregate("g", { start: 0, step: (sum: number, x: number) => sum + x + offset.value });
    })();
    await collect();
    assert.deepEqual({ ...(db.prepare("SELECT f(2) AS a, g(2) AS b").get() as object) }, { a: 42, b: 42 });
  });
});

describe("statements", () => {
  test("beyond a thousand, the oldest are prepared again when they are used", () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (7)");
    const statements = Array.from({ length: 2500 }, (_, i) => db.prepare(`SELECT a + ${i} AS a FROM t`));
    db.exec("ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME TO t; ALTER TABLE t ADD COLUMN b");
    for (const [i, statement] of statements.entries()) {
      assert.deepEqual({ ...(statement.get() as object) }, { a: 7 + i });
    }
    db.exec("DROP TABLE t");
    assert.throws(() => statements[0]!.get(), /no such table: t/);
    assert.throws(() => statements[2499]!.get(), /no such table: t/);
  });

  test("an iterator keeps its place while a thousand others are prepared", () => {
    using db = new DatabaseSync(":memory:");
    const iterator = db.prepare("SELECT value FROM json_each('[1, 2, 3]')").iterate();
    iterator.next();
    for (let i = 0; i < 1500; i++) db.prepare(`SELECT ${i}`);
    assert.deepEqual({ ...(iterator.next().value as object) }, { value: 2 });
  });

  test("prepared, run and dropped without end do not fill memory, also in one turn of the event loop", () => {
    const program = `
      import { DatabaseSync } from "ctypes-sqlite";
      const db = new DatabaseSync(":memory:");
      db.exec("CREATE TABLE t (a INTEGER, b TEXT)");
      const round = (count) => { for (let i = 0; i < count; i++) db.prepare("INSERT INTO t VALUES (1, ?) RETURNING a").get("text"); db.exec("DELETE FROM t"); };
      const grown = (act) => { gc(); const before = process.memoryUsage().rss; act(); gc(); return process.memoryUsage().rss - before; };
      for (let i = 0; i < 4; i++) { round(5000); await new Promise(setImmediate); }
      // What leaks grows every time; allocators and V8's young generation grow now and then.
      console.log(Math.min(...Array.from({ length: 3 }, () => grown(() => round(20000)))));
    `;
    const args = ["--expose-gc", "--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: import.meta.dirname });
    const bytes = Number(stdout);
    assert.ok(stdout !== "" && bytes < 15e6, stderr || `grown by ${(bytes / 1e6).toFixed(1)} MB`);
  });
});
