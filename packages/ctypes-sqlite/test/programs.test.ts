/**
 * Programs on knex, drizzle and TypeORM, which use better-sqlite3 and get ours in its place:
 * `node_modules/better-sqlite3` is `test/fixtures/better-sqlite3` of the workspace. What they should see was
 * printed by better-sqlite3 12.11.1 for the same programs.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

const programs = join(import.meta.dirname, "fixtures/programs");
const folder = mkdtempSync(join(tmpdir(), "ctypes-sqlite-programs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const name of ["knex", "drizzle", "typeorm"]) {
  describe(name, () => {
    const expected = JSON.parse(readFileSync(join(programs, `${name}.json`), "utf8"));
    for (const [where, file] of [
      ["in memory", ":memory:"],
      ["in a file", join(folder, `${name}.db`)],
    ] as const) {
      test(`sees with ours what it sees with better-sqlite3, ${where}`, () => {
        const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
        const args = ["--no-warnings", join(programs, `${name}.mjs`), file];
        const { stdout, stderr, status, signal } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
        assert.equal(status, 0, signal ?? stderr);
        assert.deepEqual(JSON.parse(stdout), expected);
      });
    }
  });
}
