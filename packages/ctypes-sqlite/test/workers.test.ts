/**
 * What a worker leaves behind that ends with open databases: nothing, neither a lock nor a descriptor, however it
 * ends.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { DatabaseSync } from "ctypes-sqlite";

const folder = mkdtempSync(join(tmpdir(), "ctypes-sqlite-workers-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const script = join(import.meta.dirname, "fixtures/leaving.mjs");

/** Starts a worker that holds a database, and ends it. */
async function endWorker(face: string, path: string, end: string): Promise<void> {
  // Its own output would be taken for a report of tests.
  const worker = new Worker(script, { workerData: { face, path, end }, stdout: true, stderr: true });
  const failed = new Promise<void>((_, reject) => {
    if (end !== "throw") worker.on("error", reject);
    else worker.on("error", () => {});
  });
  const has = (event: string) => new Promise((resolve) => worker.once(event, resolve));
  const ended = has("exit");
  await Promise.race([has("message"), failed]);
  if (end === "exit" || end === "throw") await ended;
  else await worker.terminate();
}

function descriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.startsWith(folder) ? [file] : [];
    } catch {
      return [];
    }
  });
}

const skip = process.platform !== "linux" && "open files are read from /proc";
const ends = {
  wait: "is terminated while it waits",
  loop: "is terminated in a loop",
  callback: "is terminated in a function that SQL calls",
  exit: "calls process.exit()",
  throw: "throws",
};

for (const face of ["node", "better", "dbapi"]) {
  describe(`a worker with a database of the ${face} face`, () => {
    for (const [end, title] of Object.entries(ends)) {
      test(title, { skip }, async () => {
        const path = join(folder, `${face}-${end}.db`);
        {
          using db = new DatabaseSync(path);
          db.exec(`CREATE TABLE t (a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES (1, 'one'), (2, 'two');
            CREATE VIRTUAL TABLE f USING fts5(c); INSERT INTO f VALUES ('one two'), ('two three')`);
        }
        for (let i = 0; i < (end === "wait" ? 10 : 2); i++) {
          await endWorker(face, path, end);
          using db = new DatabaseSync(path);
          db.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (4, 'four')");
          assert.deepEqual(
            db
              .prepare("SELECT a FROM t")
              .all()
              .map((row) => (row as { a: number }).a),
            [1, 2, 4],
          );
          db.exec("ROLLBACK");
        }
        assert.deepEqual(descriptors(), []);
      });
    }
  });
}
