/** Each example runs alone, passes its own checks and prints what it is there to show. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { check } from "ctypes-configure";

const root = join(import.meta.dirname, "..");

/** The versions that the committed modules were made of: other ones may have other comments and prototypes. */
const MADE_OF = ["zlib < 1.3", "glib-2.0 < 2.75"];

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
  "glib.ts": [
    /^\d{3} different words in README\.md, most often: \p{L}+ \d+, \p{L}+ \d+, \p{L}+ \d+$/mu,
    /^GString 1²=1 2²=4 3²=9, 25 bytes$/m,
    /^20000 days after 1969-07-20: 2024-04-22, a week 17$/m,
    /^SHA-256 of README\.md is [0-9a-f]{8}…, as node:crypto says$/m,
    /^no \[font\] size: \S/m,
    /^(\d{2,3} facts compared with this machine's glib\.h, no differences|not compared: glib\.h is not here; .*)$/m,
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

  for (const [name, packaged, facts] of [
    ["zlib", "zlib", 80],
    ["glib", "glib-2.0", 90],
  ] as const) {
    test(`the module of ${name}.h says what this machine's header says`, skipWithout(packaged), async () => {
      const { differences, unknown, compared } = await check(await import(`../examples/generated/${name}.ts`));
      assert.deepEqual([differences, unknown], [[], []]);
      assert.ok(compared > facts, `${compared} facts`);
    });
  }

  test("one command makes the modules again, as they are", skipWithout("zlib", "glib-2.0", ...MADE_OF), () => {
    const folder = mkdtempSync(join(tmpdir(), "ctypes-generated-"));
    try {
      const rules = join(folder, "ctypes-configure.json");
      cpSync(join(root, "examples/generated/ctypes-configure.json"), rules);
      const command = join(root, "packages/ctypes-configure/bin/ctypes-configure.mjs");
      const made = spawnSync(process.execPath, [command, "generate", "--config", rules], { encoding: "utf8" });
      assert.equal(made.status, 0, made.stderr);
      for (const name of ["zlib.ts", "glib.ts"]) {
        const committed = readFileSync(join(root, "examples/generated", name), "utf8");
        assert.equal(readFileSync(join(folder, name), "utf8"), committed, `examples/generated/${name} is stale`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("glib.ts says what is missing where glib is, and goes on", () => {
    const folder = mkdtempSync(join(tmpdir(), "ctypes-absent-"));
    try {
      const examples = join(folder, "examples");
      cpSync(join(root, "examples"), examples, { recursive: true });
      cpSync(join(root, "package.json"), join(folder, "package.json"));
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      const module = join(examples, "generated/glib.ts");
      writeFileSync(module, readFileSync(module, "utf8").replace('"libglib-2.0.so.0"', '"libglib-absent.so.0"'));
      const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", join(examples, "glib.ts")], {
        cwd: folder,
        encoding: "utf8",
      });
      assert.deepEqual([status, stderr], [0, ""]);
      assert.match(stdout, /^skipped: libglib-absent\.so\.0: .*\nOn Debian: sudo apt-get install libglib2\.0-0\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("all.ts runs every one of them", () => {
    const { status, stdout, stderr } = run("all.ts");
    assert.equal(status, 0, `${stdout}${stderr}`);
    const others = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".ts") && file !== "all.ts");
    assert.deepEqual(others.sort(), Object.keys(expectations).sort());
    for (const file of others) assert.ok(stdout.includes(`== examples/${file}`), `${file} is not among them`);
    assert.match(stdout, /\ndemo: 6 of 6 examples passed\n$/);
  });
});

function run(file: string, ...words: string[]) {
  const args = ["--import", "tsx", join("examples", file), ...words];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}

/** Unless pkg-config has these packages. */
function skipWithout(...packages: string[]) {
  const { status, stderr, error } = spawnSync("pkg-config", ["--print-errors", "--exists", ...packages], {
    encoding: "utf8",
  });
  return { skip: status === 0 ? false : (stderr || error?.message || "no pkg-config").trim() };
}
