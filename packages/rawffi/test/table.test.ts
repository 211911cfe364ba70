/**
 * The table that TypeScript, C++ and machine code share: what the compiler makes of its header, and what happens to a
 * binary of another one.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FAULT, FRAME, FRONT, SUSPENDED, WORD } from "../src/frame.ts";
import { headerText, TABLE_HASH } from "../src/header.ts";
import { deliveredAddon } from "../src/load.ts";

const folder = mkdtempSync(join(tmpdir(), "rawffi-table-"));
after(() => rmSync(folder, { recursive: true }));

test("C++ and assembly have the numbers of TypeScript", () => {
  writeFileSync(join(folder, "table.h"), headerText());
  const numbers: Record<string, number> = {
    "slot::RESULT": FRAME.RESULT,
    "slot::BEGIN_ABOVE": FRONT.BEGIN_ABOVE,
    "word::FAILED": WORD.FAILED,
    "Fault::FREED": FAULT.FREED,
    "Asked::FIRST_NUMBER": SUSPENDED.FIRST_NUMBER,
    RAWFFI_OWN_STACK: 8 * FRONT.OWN_STACK,
    TABLE_HASH,
  };
  const values = Object.keys(numbers).map((name) => `std::printf("%.0f\\n", double(${name}));`);
  const source = `#include <cstdio>\n#include "table.h"\nusing namespace rawffi;\nint main() { ${values.join("\n")} }`;
  writeFileSync(join(folder, "numbers.cc"), source);
  const program = join(folder, "numbers");
  execFileSync("g++", ["-std=c++17", "-Wall", "-Werror", "-o", program, join(folder, "numbers.cc")]);
  const said = execFileSync(program, { encoding: "utf8" }).trim().split("\n").map(Number);
  assert.deepEqual(said, Object.values(numbers));
});

test("the header is C as well, for assembly that is", () => {
  writeFileSync(join(folder, "macros.c"), `#include "table.h"\nint target = RAWFFI_TARGET;`);
  writeFileSync(join(folder, "table.h"), headerText());
  execFileSync("gcc", ["-Wall", "-Werror", "-c", "-o", join(folder, "macros.o"), join(folder, "macros.c")]);
});

test("a binary of another table is refused, and the sentence says what to do", () => {
  const path = join(folder, "rawffi.node");
  copyFileSync(deliveredAddon(), path);
  const bytes = readFileSync(path);
  const hash = Buffer.alloc(8);
  hash.writeDoubleLE(TABLE_HASH);
  const at = bytes.indexOf(hash);
  assert.notEqual(at, -1, "the number is in the binary");
  bytes.writeDoubleLE(1, at);
  writeFileSync(path, bytes);
  const index = new URL("../dist/index.mjs", import.meta.url).href;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", `await import("${index}")`], {
    encoding: "utf8",
    env: { ...process.env, RAWFFI_ADDON: path },
  });
  assert.equal(status, 1);
  assert.match(stderr, /rawffi: .*rawffi\.node is of another version \(1, expected \d+\); install or build it again/);
});
