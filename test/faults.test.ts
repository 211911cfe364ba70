/** A short slice of `npm run faults`: all rows, on the Node at hand. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runtimeNamed } from "./faults/runtimes.ts";
import { ROWS, runSuite } from "./faults/suite.ts";

const runtime = runtimeNamed("current");

test("rows have names of their own", () => {
  assert.equal(new Set(ROWS.map(({ id }) => id)).size, ROWS.length);
});

describe("faults end as promised", { concurrency: 2 }, () => {
  for (const row of ROWS) {
    test(row.when, { ...(row.pending !== undefined && { todo: row.pending }) }, async () => {
      for (const { breaches } of await runSuite([row], runtime)) assert.deepEqual(breaches, []);
    });
  }
});
