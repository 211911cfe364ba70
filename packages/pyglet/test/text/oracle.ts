/** What Python's pyglet makes of the same text, by one run of it for all cases of a test. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The facts of each case; the display is the one in DISPLAY. */
export function askPyglet<C extends Record<string, readonly object[]>>(cases: C): { [K in keyof C]: any[] } {
  const script = join(import.meta.dirname, "oracle.py");
  const asked = spawnSync("/usr/bin/python3", [script], {
    input: JSON.stringify(cases),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  assert.equal(asked.status, 0, asked.stderr);
  return JSON.parse(asked.stdout);
}
