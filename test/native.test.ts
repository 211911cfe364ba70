/**
 * The C++ of rawffi: formatted as .clang-format says, and what was changed since the last commit without findings of
 * clang-tidy. `npm run long -- tidy` looks at all of it.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { root, trackedFiles } from "./sources/files.ts";

const sources = trackedFiles(/^packages\/rawffi\/(native|v8|glibc)\/.*\.(cc|h)$/);

function missing(...commands: string[]): string | false {
  const isThere = commands.some((command) => spawnSync(command, ["--version"]).status === 0);
  return isThere ? false : `${commands[0]} is missing: apt-get install ${commands[0]}`;
}

// Other versions format otherwise.
test("the C++ is formatted", { skip: missing("clang-format-14") }, () => {
  assert.ok(sources.length > 30, `only ${sources.length} files`);
  const child = spawnSync("clang-format-14", ["--dry-run", "--Werror", ...sources], { cwd: root, encoding: "utf8" });
  const lines = child.stderr.match(/^packages\S+:\d+/gm) ?? [];
  assert.equal(
    child.status,
    0,
    `clang-format-14 -i ${[...new Set(lines.map((line) => line.split(":")[0]))].join(" ")}`,
  );
});

const changed = changedSources();
const skip = changed.length === 0 ? "no C++ was changed since the last commit" : missing("clang-tidy-14", "clang-tidy");

test("clang-tidy finds nothing in changed C++", { skip }, () => {
  const child = spawnSync(process.execPath, [join(root, "scripts/tidy.mjs"), ...changed], {
    cwd: root,
    encoding: "utf8",
  });
  assert.equal(child.status, 0, child.stdout + child.stderr);
});

/** What is not committed yet: clang-tidy takes seconds for a file. It has no headers of Windows and macOS. */
function changedSources(): string[] {
  const { stdout, status } = spawnSync("git", ["diff", "--name-only", "HEAD"], { cwd: root, encoding: "utf8" });
  return status === 0
    ? stdout
        .split("\n")
        .filter((file) => file.endsWith(".cc") && !/\/(windows|macos)\//.test(file) && sources.includes(file))
    : [];
}
