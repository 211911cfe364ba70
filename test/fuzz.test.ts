/** A short slice of `npm run fuzz` and `npm run fuzz:sqlite`: always the same programs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runLines } from "./fuzz/child.ts";
import { program } from "./fuzz/program.ts";
import { shrink } from "./fuzz/shrink.ts";
import { misuseSqlite } from "./fuzz/sqlite-child.ts";

test("misuse at random ends in exceptions and right results", async () => {
  const lines = Array.from({ length: 6 }, (_, i) => program(i, 100)).flat();
  const { fault, line, stderr } = await runLines(lines, "slice");
  assert.equal(fault, null, `${lines[line]}\n${stderr}`);
});

test("misuse of the SQLite driver at random ends in exceptions", () => {
  for (const seed of [1, 2, 3, 4]) assert.equal(misuseSqlite(seed, 3000), null, `program ${seed}`);
});

test("a program that ends badly is noticed, and shrunk to what is bad in it", async () => {
  const lines = ["p[0] = 1", "p[1] = 2", "process.kill(process.pid, 'SIGSEGV')", "p[2] = 3"];
  const { fault, line } = await runLines(lines, "bad");
  assert.deepEqual([fault, line], ["SIGSEGV", 2]);
  const least = await shrink(lines, async (some) => some.some((text) => text.includes("SIGSEGV")));
  assert.deepEqual(least, [lines[2]]);
});
