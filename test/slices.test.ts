/**
 * Short slices of `npm run test:stress` and `npm run test:asan`: a few test files that call, are called back, and hold
 * memory.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const FILES = ["ctypes/test/lent", "ctypes/test/pointers", "ctypes/test/unions"];

// The oldest Node is enough: the sanitizers look at C++, which is the same for all.
const isNewer = Number.parseInt(process.versions.node, 10) > 20 ? "once is enough, on Node 20" : false;
const isElsewhere = process.platform === "linux" ? false : "the sanitizers' options are Linux's";

test("tests pass with garbage collected at each step", () => {
  assert.match(run("--stress"), /# fail 0\n/);
});

test("tests pass under AddressSanitizer, without a leak", { skip: isElsewhere || isNewer || isMissing() }, () => {
  execFileSync(process.execPath, ["packages/rawffi/native/build.mjs", "--asan"], { cwd: root, stdio: "pipe" });
  assert.match(run("--asan"), /# fail 0\n/);
});

function run(mode: string): string {
  // A test runner below a test runner does nothing while it knows of that.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["scripts/test.mjs", mode, ...FILES];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  return stdout;
}

function isMissing(): string | false {
  const path = execFileSync("gcc", ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
  return path.startsWith("/") ? false : "gcc has no AddressSanitizer here";
}
