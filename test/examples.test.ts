/** Each example runs alone, passes its own checks and prints what it is there to show. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { check } from "ctypes-configure";

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
  "binding.ts": [
    /^zlib\.h: \d{3} declarations in \d{3} lines of TypeScript, \d+ skipped$/m,
    /^\d{3} facts compared with the C compiler, no differences$/m,
    /^uLong crc32\(uLong crc, const Bytef \*buf, uInt len\)$/m,
    /^crc32\(0, the quick brown fox, 19\) = 2445345482$/m,
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

  test("binding.ts takes any header, library, function and arguments, and says what is wrong with them", () => {
    const folder = mkdtempSync(join(tmpdir(), "ctypes-binding-"));
    try {
      const [header, source, library] = ["mine.h", "mine.c", "libmine.so"].map((name) => join(folder, name));
      writeFileSync(header!, "/* Says it again. */\nconst char *echo(const char *text);\n");
      writeFileSync(source!, "const char *echo(const char *text) { return text; }\n");
      assert.equal(spawnSync("gcc", ["-shared", "-fPIC", "-o", library!, source!]).status, 0);
      const own = run("binding.ts", header!, library!, "echo", "höhö");
      assert.equal(own.status, 0, own.stderr);
      assert.match(own.stdout, /^echo\(höhö\) = höhö$/m);
      assert.match(run("binding.ts", "math.h", "m", "pow", "2", "10").stdout, /^pow\(2, 10\) = 1024$/m);
      assert.match(run("binding.ts", header!, library!, "nothing").stderr, /mine\.h declares no function nothing/);
      assert.equal(run("binding.ts", "zlib.h").status, 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("the declarations made of zlib.h are what this machine's zlib.h says", async () => {
    const { differences, unknown, compared } = await check(await import("../examples/generated/zlib.ts"));
    assert.deepEqual([differences, unknown], [[], []]);
    assert.ok(compared > 80, `${compared} facts`);
  });

  test("all.ts runs every one of them", () => {
    const { status, stdout, stderr } = run("all.ts");
    assert.equal(status, 0, `${stdout}${stderr}`);
    const others = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".ts") && file !== "all.ts");
    assert.deepEqual(others.sort(), Object.keys(expectations).sort());
    for (const file of others) assert.ok(stdout.includes(`== examples/${file}`), `${file} is not among them`);
    assert.match(stdout, /\ndemo: 5 of 5 examples passed\n$/);
  });
});

function run(file: string, ...words: string[]) {
  const args = ["--import", "tsx", join("examples", file), ...words];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}
