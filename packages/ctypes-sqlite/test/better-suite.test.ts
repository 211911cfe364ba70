/**
 * better-sqlite3's own tests, unchanged, against ours: version 7.4.6, the last whose npm package has them.
 *
 * They ask for `../.`, which is one line here. They write many small files, so they run in memory where there is a
 * file system for that.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

interface Outcome {
  readonly fullTitle: string;
  readonly err: { readonly stack?: string };
}

const root = join(import.meta.dirname, "../../..");
const suite = join(root, "node_modules/better-sqlite3-suite");

const isStressed = process.env.CTYPES_STRESS === "1";

/** What cannot pass, and why. */
const IMPOSSIBLE: ReadonlyMap<string, string> = new Map([
  [
    "verbose mode should not fully expand very long bound parameter",
    "the SQL is cut at 32 characters by SQLITE_TRACE_SIZE_LIMIT, which is an option of building SQLite; the system's has none",
  ],
  [
    "miscellaneous persists non-trivial quantities of reads and writes",
    "it counts what is done in a second, which a busy machine decides",
  ],
]);

const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "better-sqlite3-"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("better-sqlite3's own tests", () => {
  const outcomes = runSuite();

  test("are all there", () => assert.equal(outcomes.length, 306));

  for (const { fullTitle, err } of outcomes) {
    const reason = IMPOSSIBLE.get(fullTitle);
    test(fullTitle, { skip: reason ?? false }, () => {
      assert.ok(err.stack === undefined, err.stack);
    });
  }
});

function runSuite(): readonly Outcome[] {
  cpSync(join(suite, "test"), join(folder, "test"), { recursive: true });
  writeFileSync(join(folder, "index.js"), 'module.exports = require("ctypes-sqlite/better");\n');
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "build/Release"), { recursive: true });
  const extension = join(folder, "build/Release/test_extension.node");
  const built = spawnSync("gcc", ["-shared", "-fPIC", "-o", extension, join(suite, "deps/test_extension.c")]);
  assert.equal(built.status, 0, String(built.stderr));

  const report = join(folder, "report.json");
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = [
    ...(isStressed ? ["--expose-gc"] : []),
    mocha,
    ...(isStressed ? [`--require=${join(root, "scripts/stress.mjs")}`] : []),
    "--exit",
    "--retries=2",
    `--timeout=600_000`,
    "--reporter=json",
    `--reporter-option=output=${report}`,
  ];
  const { stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  assert.ok(existsSync(report), stderr);
  return JSON.parse(readFileSync(report, "utf8")).tests;
}
