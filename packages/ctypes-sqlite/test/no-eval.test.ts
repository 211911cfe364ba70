/**
 * Where code may not be made of strings (`--disallow-code-generation-from-strings`, a content security policy)
 * everything works the same, call by call. So these tests are other files, run once more in such a process.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const flags = ["--no-warnings", "--disallow-code-generation-from-strings", "--import", "tsx"];
// Else the child would report to the runner of this process.
const { NODE_TEST_CONTEXT: _, ...environment } = process.env;

for (const file of ["binding", "columns", "named", "better-face", "dbapi", "node-face"]) {
  test(`all tests of ${file} pass without code made of strings`, () => {
    const path = fileURLToPath(new URL(`${file}.test.ts`, import.meta.url));
    const options = { encoding: "utf8", env: environment } as const;
    const child = spawnSync(process.execPath, [...flags, "--test-reporter=tap", path], options);
    const failed = child.stdout.split("\n").filter((line) => line.startsWith("not ok"));
    assert.equal(failed.join("\n"), "");
    assert.equal(child.status, 0, child.stderr);
    assert.match(child.stdout, /^# pass [1-9]/m);
  });
}
