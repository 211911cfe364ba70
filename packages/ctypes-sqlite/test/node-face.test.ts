/**
 * ctypes-sqlite behaves as node:sqlite: the same cases are put to Node's own, in a process of Node 26 and of Node
 * 24, and to ours, here.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import * as ours from "ctypes-sqlite";
import { cases, newer, outcome } from "./fixtures/cases.ts";
import { middle } from "./fixtures/middle.ts";

const { nodeOf } = (await import("../../../scripts/setup/nodes.mjs" as string)) as { nodeOf(version: string): string };
const folder = mkdtempSync(join(tmpdir(), "ctypes-sqlite-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const [version, table] of [
  ["26", { ...cases, ...newer, ...middle }],
  ["24", cases],
] as const) {
  describe(`as in Node ${version}`, () => {
    const theirs = referenceOf(version);
    for (const [name, run] of Object.entries(table)) {
      test(name, { skip: theirs === null && `npm has no Node ${version} here` }, async () => {
        assert.equal(await outcome(run, ours, folder), theirs?.[name]);
      });
    }
  });
}

function referenceOf(version: string): Record<string, string> | null {
  let node: string;
  try {
    node = nodeOf(version);
  } catch {
    return null;
  }
  const script = join(import.meta.dirname, "fixtures/reference.ts");
  const args = ["--no-warnings", script, folder, version === "26" ? "all" : "older"];
  // Its own SQLite is what we are compared with, not what a sanitizer looks at: it leaks.
  const { LD_PRELOAD: _, ...env } = process.env;
  const { stdout, stderr, status, signal, error } = spawnSync(node, args, { encoding: "utf8", env });
  assert.equal(status, 0, `Node ${version}: ${error?.message ?? signal ?? stderr}`);
  return JSON.parse(stdout);
}
