/**
 * JavaScript that calls C in the middle of other calls: a debugger that evaluates something, wherever it stops.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const folder = join(import.meta.dirname, "interrupts");
const library = join(import.meta.dirname, "fixtures/build/interrupts.so");

for (const tier of ["", "frame", "libffi"]) {
  test(`calls that are stepped through find what they wrote, whatever is called at each step${tier && `, tier ${tier}`}`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "steps.mjs"), library], {
      env: { ...process.env, RAWFFI_TIER: tier },
    });
    const { total, failures } = JSON.parse(stdout);
    assert.deepEqual(failures, []);
    assert.ok(total > 2000, `${total} steps`);
  });
}
