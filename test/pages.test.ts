/** Machine code is never writable: `scripts/pages.mjs` looks at it in all test processes, and would notice. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function run(program: string) {
  const runtime = ["--import", "./scripts/pages.mjs", "--input-type=module", "--eval", program];
  const env = { ...process.env, NODE_TEST_CONTEXT: "child" };
  return spawnSync(process.execPath, runtime, { cwd: root, env, encoding: "utf8" });
}

const CALLED = `
  import { CDLL, CFUNCTYPE, c_int, c_size_t, c_void_p, cast } from "ctypes-js";
  const libc = new CDLL(null, { abs: CFUNCTYPE(c_int, c_int), mprotect: CFUNCTYPE(c_int, c_void_p, c_size_t, c_int) });
  const callback = new (CFUNCTYPE(c_int, c_int))((v) => v);
  console.log(libc.abs(-5), callback(6));
`;

test("code that is executable and not writable passes", () => {
  const { status, stdout, stderr } = run(CALLED);
  assert.deepEqual([status, stdout, stderr], [0, "5 6\n", ""]);
});

test("code that somebody made writable is noticed", () => {
  const writable =
    "const page = Math.floor(cast(callback, c_void_p).value / 4096) * 4096; libc.mprotect(page, 4096, 7);";
  const { status, stderr } = run(CALLED + writable);
  assert.equal(status, 1);
  assert.match(stderr, /^pages: machine code of rawffi lies in [0-9a-f]+-[0-9a-f]+ rwxp/m);
});
