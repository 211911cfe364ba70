/**
 * The SQLite shell as a person or a script uses it: by its arguments, by a pipe, command by command.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Shell } from "../apps/sqlite-shell/shell.ts";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "sqlite-shell-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs lines in a shell and gives what it wrote. */
async function session(...lines: string[]): Promise<{ out: string; error: string; progress: string }> {
  const written = { out: "", error: "", progress: "" };
  const write = (kind: keyof typeof written) => (text: string) => {
    written[kind] += text;
  };
  const shell = new Shell(":memory:", { out: write("out"), error: write("error"), progress: write("progress") });
  for (const line of lines) await shell.line(line);
  await shell.finish();
  shell.close();
  return written;
}

const people = [
  "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);",
  "INSERT INTO people (name) VALUES ('Ada'), ('小林');",
];

describe("the shell", () => {
  test("runs a statement when it is complete, over as many lines as it takes", async () => {
    const { out } = await session("SELECT 1 AS a,", "  ';' AS b", ";");
    assert.equal(out, "+---+---+\n| a | b |\n+---+---+\n| 1 | ; |\n+---+---+\n");
  });

  test("shows tables as wide as their text is on a terminal", async () => {
    const { out } = await session(...people, "SELECT * FROM people;");
    assert.equal(out.split("\n")[4], "|  2 | 小林 |");
  });

  test("shows JSON, CSV and lists", async () => {
    const row = `SELECT 9223372036854775807 AS a, 'x,"y"' AS b, NULL AS c;`;
    const { out } = await session(".mode json", row, ".mode csv", row, ".mode list", ".headers off", row);
    assert.equal(
      out,
      `[{"a":9223372036854775807,"b":"x,\\"y\\"","c":null}]\na,b,c\r\n9223372036854775807,"x,""y""",\r\n9223372036854775807|x,"y"|\n`,
    );
  });

  test("names tables and shows their SQL", async () => {
    const { out } = await session(...people, "CREATE VIEW v AS SELECT 1;", ".tables", ".schema people");
    assert.equal(out, "people\nv\nCREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n");
  });

  test("tells what is wrong and goes on", async () => {
    const { out, error } = await session("SELEC;", ".none", ".mode none", ".mode list", ".headers off", "SELECT 5;");
    assert.equal(out, "5\n");
    assert.match(error, /near "SELEC": syntax error/);
    assert.match(error, /there is no command .none; .help shows/);
    assert.match(error, /usage: .mode table\|json\|csv\|list/);
  });

  test("imports CSV with a progress bar, all of it or nothing", async () => {
    const [good, bad] = [join(folder, "good.csv"), join(folder, "bad.csv")];
    writeFileSync(good, 'name,said\r\nAda,"one, ""two""\nthree"\r\nBob,\r\n');
    writeFileSync(bad, "x,y\nonly one\n");
    const query = "SELECT quote(name) || quote(said) AS q FROM t;";
    const { out, error, progress } = await session(
      `.import "${good}" t`,
      `.import "${bad}" t`,
      ".mode list",
      ".headers off",
      "SELECT count(*) FROM t;",
      query,
    );
    assert.equal(out, "2 rows\n2\n'Ada''one, \"two\"\\nthree'\n'Bob'''\n");
    assert.match(error, /record 2 has 1 fields, t has 2 columns/);
    assert.match(progress, /import \[#{40}\] 100 %/);
  });

  test("copies the database, and reads and dumps SQL", async () => {
    const [copy, script] = [join(folder, "copy.db"), join(folder, "script.sql")];
    writeFileSync(script, "CREATE TABLE s (a); -- one;\nINSERT INTO s VALUES ('x;y');\nSELECT * FROM s");
    const { out, error } = await session(
      `.backup ${copy}`,
      ".mode list",
      `.read ${script}`,
      ".dump",
      ...people,
      `.backup ${copy}`,
    );
    assert.equal(error, "");
    assert.match(
      out,
      /^0 pages\na\nx;y\nBEGIN TRANSACTION;\nCREATE TABLE s \(a\);\nINSERT INTO "s" VALUES\('x;y'\);\nCOMMIT;\n\d pages\n$/,
    );
    assert.equal(readFileSync(copy).subarray(0, 15).toString(), "SQLite format 3");
  });
});

describe("the program", () => {
  const run = (args: string[], input = "") =>
    spawnSync(process.execPath, ["--import", "tsx", join(root, "apps/sqlite-shell/main.ts"), ...args], {
      encoding: "utf8",
      input,
    });

  test("runs its arguments, and says by its exit code whether all went well", () => {
    const file = join(folder, "program.db");
    const { stdout, status } = run([file, ".mode json", ...people, "SELECT name FROM people"]);
    assert.equal(stdout, '[{"name":"Ada"},\n{"name":"小林"}]\n');
    assert.equal(status, 0);
    const failed = run([file, "SELECT * FROM nowhere"]);
    assert.equal(failed.stderr, "Error: no such table: nowhere\n");
    assert.equal(failed.status, 1);
  });

  test("runs what is piped into it", () => {
    const { stdout, status } = run([], ".mode list\nSELECT 1 AS a;\nSELECT\n2 AS b;\n.quit\nSELECT 3;\n");
    assert.equal(stdout, "a\n1\nb\n2\n");
    assert.equal(status, 0);
  });
});
