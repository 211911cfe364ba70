/** When something is made for the values seen so far (`core/specialiser.ts`), and what statements make of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { Database } from "../src/better.ts";
import { Once, Specialiser } from "../src/core/specialiser.ts";
import { DatabaseSync } from "../src/index.ts";

const MANY = 200;

describe("what is made for the values seen so far", () => {
  test("is made of the fiftieth use, again after as many that it does not fit, and ten times in all", () => {
    const special = new Specialiser<number>();
    const made: [use: number, isLast: boolean][] = [];
    for (let use = 1; use <= 1000; use++) {
      special.count((isLast) => {
        made.push([use, isLast]);
        return use;
      });
    }
    assert.deepEqual(
      made,
      Array.from({ length: 10 }, (_, i) => [50 * (i + 1), i === 9]),
    );
    assert.equal(special.made, 500);
  });

  test("is left where a use is of no kind for it, and made again", () => {
    const special = new Specialiser<number>();
    for (let use = 0; use < 50; use++) special.count(() => 1);
    for (let use = 0; use < 50; use++) special.count(() => null);
    assert.equal(special.made, null);
    for (let use = 0; use < 50; use++) special.count(() => 2);
    assert.equal(special.made, 2);
  });

  test("is kept once for each key, and not without end", () => {
    const once = new Once<object>();
    const make = () => ({});
    const first = once.of("a", make);
    assert.equal(once.of("a", make), first);
    assert.equal(
      once.of("none", () => null),
      null,
    );
    for (let i = 0; i < 1000; i++) once.of(`${i}`, make);
    assert.equal(once.of("a", make), first);
    assert.equal(once.of("z", make), null);
  });
});

test("rows have one hidden class, whether they were read column by column or together", () => {
  setFlagsFromString("--allow-natives-syntax");
  const haveSameMap = new Function("a", "b", "return %HaveSameMap(a, b);") as (a: object, b: object) => boolean;
  setFlagsFromString("--no-allow-natives-syntax");
  const fill = "CREATE TABLE t (b, a, __proto__, b2); INSERT INTO t SELECT value, 'x' || value, NULL, value FROM n";
  const n = `CREATE TABLE n AS WITH RECURSIVE r(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM r LIMIT ${MANY})
    SELECT value FROM r`;
  using db = new DatabaseSync(":memory:");
  const better = new Database(":memory:");
  for (const each of [db, better]) each.exec(`${n}; ${fill}`);
  // Of text: fields with numbers change their class as soon as one is no small integer.
  const columns = ["a", "a, __proto__ AS n", "a, a AS b, a", Array.from({ length: 20 }, (_, i) => `a AS c${i}`).join()];
  // Before Node 24, V8 gives copies of a template another class once they are made often.
  const copies = Number.parseInt(process.versions.node, 10) < 24 ? [] : [db];
  for (const each of [better, ...copies]) {
    for (const list of columns) {
      const rows = each.prepare(`SELECT ${list} FROM t`).all() as object[];
      assert.equal(rows.length, MANY);
      for (const row of rows) assert.ok(haveSameMap(row, rows.at(-1) as object), list);
    }
  }
  const odd = "SELECT b, a, __proto__, a AS b FROM t";
  for (const [each, prototype] of [
    [db, null],
    [better, Object.prototype],
  ] as const) {
    for (const [i, row] of (each.prepare(odd).all() as object[]).entries()) {
      assert.equal(Object.getPrototypeOf(row), prototype);
      assert.deepEqual(Object.entries(row), [
        ["b", `x${i + 1}`],
        ["a", `x${i + 1}`],
        ["__proto__", null],
      ]);
    }
  }
  better.close();
});
