/** When something is made for the values seen so far (`core/specialiser.ts`), and what statements make of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Once, Specialiser } from "../src/core/specialiser.ts";
import { DatabaseSync } from "../src/index.ts";

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
  // What two objects of one class are and two of others are not: keys in the same order, and values that may be of any kind.
  using db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (b, a, __proto__, b2)");
  const insert = db.prepare("INSERT INTO t VALUES (?, ?, ?, ?)");
  for (let i = 0; i < 200; i++) insert.run(i, `${i}`, null, i % 2 === 0 ? null : "x");
  const rows = db.prepare("SELECT b, a, __proto__, b2, a AS b FROM t").all() as Record<string, unknown>[];
  for (const [i, row] of rows.entries()) {
    assert.equal(Object.getPrototypeOf(row), null);
    assert.deepEqual(Object.entries(row), [
      ["b", `${i}`],
      ["a", `${i}`],
      ["__proto__", null],
      ["b2", i % 2 === 0 ? null : "x"],
    ]);
  }
});
