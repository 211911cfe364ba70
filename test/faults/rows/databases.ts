/** The SQLite driver: what it ends and what it leaves, also where a worker ends. */
import type { Row } from "../row.ts";

const SQLITE = `import { DatabaseSync } from "ctypes-sqlite"; import Database from "ctypes-sqlite/better"; import { connect } from "ctypes-sqlite/dbapi";`;
const SEARCH = `"CREATE VIRTUAL TABLE s USING fts5(c); INSERT INTO s VALUES ('one two'); CREATE VIRTUAL TABLE r USING rtree(id, a, b); INSERT INTO r VALUES (1, 2, 3)"`;

export const databaseRows: readonly Row[] = [
  {
    id: "sqlite-search-closed",
    when: "a database with full-text search and R-trees is closed, or left to the end of the process",
    program: `${SQLITE} const [a, b, c] = [new DatabaseSync(":memory:"), new Database(":memory:"), connect(":memory:")];
      for (const db of [a, b]) { db.exec(${SEARCH}); db.prepare("SELECT * FROM s, r WHERE s MATCH 'two'").get(); } c.executescript(${SEARCH});
      for (const db of [a, b, c]) db.close(); globalThis.left = new DatabaseSync(":memory:"); left.exec(${SEARCH}); console.log("closed");`,
    stdout: "closed",
  },
  {
    id: "sqlite-getter-closes",
    when: "a getter of an option, or of a parameter, closes the database",
    program: `${SQLITE} const opened = () => { const db = new DatabaseSync(":memory:"); db.exec("CREATE TABLE t (a)"); return db; };
      let db = opened(); attempt(() => db.function("f", { get varargs() { db.close(); return false; } }, () => 1));
      db = opened(); attempt(() => db.deserialize(new Uint8Array(512), { get dbName() { db.close(); return "main"; } }));
      db = opened(); const insert = db.prepare("INSERT INTO t VALUES ($a)"); attempt(() => insert.run({ get $a() { db.close(); return 1; } }));
      db = opened(); const other = db.prepare("SELECT $a AS a"); attempt(() => other.get({ get $a() { return other.get({ $a: 1 }).a; } }));`,
    stdout:
      "Error: database is not open\nError: database is not open\nError: statement has been finalized\nError: statement is already being executed",
  },
  {
    id: "sqlite-worker",
    when: "workers are terminated in the middle of transactions: they leave neither a lock nor a descriptor",
    program: `${SQLITE} import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads"; import { readdirSync, readlinkSync, rmSync } from "node:fs"; import { tmpdir } from "node:os"; import { join } from "node:path";
      if (isMainThread) {
        const file = join(tmpdir(), \`ctypes-sqlite-\${process.pid}.db\`); let db = new DatabaseSync(file); db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)"); db.close();
        const count = () => readdirSync("/proc/self/fd").filter((fd) => { try { return readlinkSync("/proc/self/fd/" + fd).startsWith(file); } catch { return false; } }).length;
        for (let i = 0; i < 10; i++) {
          const worker = new Worker(new URL(import.meta.url), { workerData: file }); await new Promise((resolve) => worker.once("message", resolve)); await worker.terminate();
          await until(() => count() === 0); db = new DatabaseSync(file); db.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (2); ROLLBACK"); db.close();
        }
        rmSync(file); console.log(count());
      } else {
        const db = new DatabaseSync(workerData); db.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (3)"); const rows = db.prepare("SELECT a FROM t").iterate(); rows.next();
        globalThis.held = [db, rows]; parentPort.postMessage("ready"); setInterval(() => {}, 1000);
      }`,
    stdout: "0",
  },
];
