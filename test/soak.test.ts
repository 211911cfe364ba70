/** A short slice of `npm run soak`: a hundredth of all its cases, one after the other, in a process of their own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("memory stays as it is, whatever is done again and again", () => {
  const runtime = ["--expose-gc", "--max-semi-space-size=2", "--import", "tsx"];
  const program = new URL("soak/run.ts", import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...runtime, program, "--share", "0.01"], {
    encoding: "utf8",
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /soak: memory is flat\n$/);
});
