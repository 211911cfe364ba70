/**
 * Where code may not be made of strings (`--disallow-code-generation-from-strings`, a content security policy)
 * everything works the same: the accessors and wrappers that are otherwise compiled are closures then. So these tests
 * are the other files, run once more in such a process.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const flags = ["--disallow-code-generation-from-strings", "--expose-gc", "--import", "tsx"];
// Otherwise the child would report to the runner of this process.
const { NODE_TEST_CONTEXT: _, ...environment } = process.env;

function run(...args: string[]) {
  return spawnSync(process.execPath, [...flags, ...args], { encoding: "utf8", env: environment });
}

test("code may not be made of strings there", () => {
  assert.match(run("-e", "new Function('return 1')").stderr, /EvalError/);
});

const files = [
  "simple-types",
  "structures",
  "unions",
  "bitfields",
  "arrays",
  "views",
  "pointers",
  "text",
  "functions",
  "sequence",
  "callbacks",
  "errno",
  "keep-alive",
  "inspect",
  "errors",
  "compile",
];
for (const file of files) {
  test(`all tests of ${file} pass without it`, () => {
    const child = run("--test-reporter=tap", fileURLToPath(new URL(`${file}.test.ts`, import.meta.url)));
    assert.deepEqual(child.stdout.match(/^not ok .*(\n {2}.*)*/gm) ?? [], []);
    assert.equal(child.status, 0, child.stderr);
    assert.match(child.stdout, /^# pass [1-9]/m);
  });
}
