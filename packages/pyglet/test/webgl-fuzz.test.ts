/** No call of WebGL ends the process, whatever its arguments: random ones in processes of their own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const program = join(import.meta.dirname, "webgl-fuzz.ts");

for (const [seed, mode] of [
  [1, ""],
  [2, "checked"],
  [3, ""],
] as const) {
  const how = mode === "" ? "with a driver that promises to read inside of buffers" : "with every index looked at";
  test(`4,000 calls of all methods, seed ${seed}, ${how}`, () => {
    const args = ["--import", "tsx", program, String(seed), "4000", mode];
    const run = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(run.status, 0, `${run.signal ?? ""} ${run.stderr}`);
    const { returned, thrown, errors, pixel } = JSON.parse(run.stdout);
    assert.ok(returned > 2000 && thrown > 200 && errors > 500, run.stdout);
    assert.deepEqual(pixel, [255, 0, 0, 255], "the context still clears");
  });
}
