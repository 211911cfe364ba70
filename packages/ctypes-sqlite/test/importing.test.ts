/**
 * Importing the driver opens nothing: no library, no file, and nothing is asked of the process, until the first
 * database.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

const skip = process.platform !== "linux" && "what a process has loaded is read from /proc";

/** Runs a module that may use `state()`: what there is of SQLite's, and of ours in the process. */
function run(program: string): unknown {
  const prologue = `import { readFileSync, readdirSync } from "node:fs";
    const state = () => ({ isLoaded: /sqlite3/.test(readFileSync("/proc/self/maps", "utf8").replaceAll(/^.*\\/node_modules\\/.*$/gm, "")),
      descriptors: readdirSync("/proc/self/fd").length, listeners: process.listenerCount("exit"), globals: Object.keys(globalThis).length });`;
  const args = ["--no-warnings", "--input-type=module", "-e", `${prologue}\n${program}`];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: import.meta.dirname });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

for (const entry of ["ctypes-sqlite", "ctypes-sqlite/better"]) {
  test(`importing ${entry} opens nothing`, { skip }, () => {
    const [first, imported, opened] = run(`
      import "ctypes-js";
      const first = state();
      const { DatabaseSync, Database } = await import(${JSON.stringify(entry)});
      const later = DatabaseSync && new DatabaseSync(":memory:", { open: false });
      const imported = state();
      const db = DatabaseSync ? new DatabaseSync(":memory:") : new Database(":memory:");
      db.exec("CREATE TABLE t (a)");
      console.log(JSON.stringify([first, imported, state(), later === undefined]));`) as Record<string, unknown>[];
    assert.equal(first?.isLoaded, false);
    assert.deepEqual(imported, first);
    assert.equal(opened?.isLoaded, true);
  });
}

test("importing ctypes-sqlite/dbapi opens no database; its module constants are SQLite's version", { skip }, () => {
  const [first, imported, version] = run(`
    import "ctypes-js";
    const first = state();
    const { sqlite_version } = await import("ctypes-sqlite/dbapi");
    console.log(JSON.stringify([first, state(), sqlite_version]));`) as [Record<string, unknown>, object, string];
  assert.deepEqual(imported, { ...first, isLoaded: true });
  assert.match(version, /^3\.\d+\.\d+/);
});

test("the faces share one library, whichever is used first", { skip }, () => {
  const rows = run(`
    import { DatabaseSync } from "ctypes-sqlite";
    const db = new DatabaseSync(":memory:");
    const { Database } = await import("ctypes-sqlite/better");
    const { connect } = await import("ctypes-sqlite/dbapi");
    console.log(JSON.stringify([db.prepare("SELECT 1 AS a").get(), new Database(":memory:").prepare("SELECT 2 AS a").all(), connect(":memory:").execute("SELECT 3").fetchall()]));`);
  assert.deepEqual(rows, [{ a: 1 }, [{ a: 2 }], [[3]]]);
});
