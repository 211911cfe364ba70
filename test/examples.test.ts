/** Each example runs alone, passes its own checks and prints what it is there to show. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

const root = join(import.meta.dirname, "..");

const expectations: Record<string, RegExp[]> = {
  "libc.ts": [
    /^strlen\("héllo, wörld"\) = 14\b/m,
    /^qsort\(\) sorted 10000 ints, calling JavaScript \d{5,6} times: -\d+ … \d+$/m,
    /^div\(17, 5\) = 3, remainder 2$/m,
    /^snprintf\(\) wrote 31 bytes: pi is 3\.142, 255 in hex is 0xff$/m,
    /^open\("\/no\/such\/file"\) = -1, errno 2: /m,
  ],
  "libm.ts": [
    /^cos\(1\) = 0\.540302305868/m,
    /^frexp\(48\) = 0\.75 \* 2 \*\* 6$/m,
    /^csqrt\(-3 \+ 4i\) = 1 \+ 2i$/m,
    /^pow\(2, 0\.5\) = 1\.41421356237/m,
  ],
  "zlib.ts": [
    /^zlib \d+\.\d+.* of the system; Node carries /m,
    /^deflate, level 9: package-lock\.json, \d+ bytes, became \d+$/m,
    /^inflate gives the file back, and so does node:zlib$/m,
    /^inflate reads what node:zlib compressed$/m,
  ],
  "sqlite.ts": [
    /^SQLite 3\.\d+\.\d+: opened :memory:$/m,
    /^inserted 10000 rows in one transaction, mean height 1\.745$/m,
    /^REGEXP in JavaScript saw 10000 names and matched 101: Ödön 9, …, 小林 9999$/m,
    /^errors arrive: no such table, /m,
    /^closed, no statement left open$/m,
  ],
};

describe("the examples", () => {
  for (const [file, lines] of Object.entries(expectations)) {
    test(`${file} runs alone and shows what it promises`, () => {
      const { status, stdout, stderr } = run(file);
      assert.equal(status, 0, `${stdout}${stderr}`);
      assert.equal(stderr, "");
      for (const line of lines) assert.match(stdout, line);
    });
  }

  test("all.ts runs every one of them", () => {
    const { status, stdout, stderr } = run("all.ts");
    assert.equal(status, 0, `${stdout}${stderr}`);
    const others = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".ts") && file !== "all.ts");
    assert.deepEqual(others.sort(), Object.keys(expectations).sort());
    for (const file of others) assert.ok(stdout.includes(`== examples/${file}`), `${file} is not among them`);
    assert.match(stdout, /\ndemo: 4 of 4 examples passed\n$/);
  });
});

function run(file: string) {
  const args = ["--import", "tsx", join("examples", file)];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}
