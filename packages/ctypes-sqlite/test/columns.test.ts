/**
 * Columns are read together once there have been some rows, by what they have held; whatever comes then must read
 * as it does alone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DatabaseSync } from "ctypes-sqlite";
import { Database } from "ctypes-sqlite/better";

const MANY = 200;

type Value = null | number | bigint | string | Uint8Array;

/** Rows of two columns, in this order. */
function tableOf(rows: readonly (readonly [Value, Value])[]): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); BEGIN");
  const insert = db.prepare("INSERT INTO t (a, b) VALUES (?, ?)");
  for (const [a, b] of rows) insert.run(a, b);
  db.exec("COMMIT");
  return db;
}

const KINDS: Readonly<Record<string, Value>> = {
  "an integer": 12n,
  "a real": 1 / 3,
  "a real that is whole": 7,
  "a large real": 2 ** 60,
  "a text": "text",
  "a text that looks like a number": "1e3",
  "a text with a NUL": "a\0b",
  "a text that is not ASCII": "größer 🦊",
  "an empty text": "",
  bytes: new Uint8Array([49, 50, 0, 255]),
  "no bytes": new Uint8Array(0),
  NULL: null,
};

function asRead(value: Value): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

for (const [first, held] of Object.entries(KINDS)) {
  test(`after many rows of ${first} any other value reads as it is`, () => {
    const others = Object.values(KINDS);
    const rows = [
      ...Array.from({ length: MANY }, (_, i) => [held, i] as const),
      ...others.map((v) => [v, "x"] as const),
    ];
    using db = tableOf([...rows, ...rows]);
    const expected = [...rows, ...rows].map(([a, b]) => ({ __proto__: null, a: asRead(a), b }));
    const all = db.prepare("SELECT a, b FROM t ORDER BY id");
    for (let round = 0; round < 3; round++) assert.deepEqual(all.all(), expected);
    assert.deepEqual([...all.iterate()], expected);
    const one = db.prepare("SELECT a, b FROM t WHERE id = ?");
    assert.deepEqual(
      expected.map((_, i) => one.get(i + 1)),
      expected,
    );
  });
}

test("kinds that change all the time", () => {
  const values = Object.values(KINDS);
  const rows = Array.from(
    { length: 1000 },
    (_, i) => [values[(i * 7) % values.length], values[i % 5]] as [Value, Value],
  );
  using db = tableOf(rows);
  const all = db.prepare("SELECT a, b FROM t ORDER BY id");
  all.setReturnArrays(true);
  const expected = rows.map(([a, b]) => [asRead(a), asRead(b)]);
  for (let round = 0; round < 3; round++) assert.deepEqual(all.all(), expected);
});

test("an integer that no number is exactly is still an error, or a bigint where one asks for those", () => {
  const rows = Array.from({ length: MANY }, (_, i) => [BigInt(i), i] as [Value, Value]);
  for (const large of [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 63n), 2n ** 63n - 1n]) {
    using db = tableOf([...rows, [large, 0]]);
    const all = db.prepare("SELECT a FROM t ORDER BY id");
    assert.throws(() => all.all(), { code: "ERR_OUT_OF_RANGE" });
    all.setReadBigInts(true);
    assert.deepEqual(all.all().at(-1), { __proto__: null, a: large });
  }
  using db = tableOf([...rows, [2n ** 53n - 1n, 1 - 2 ** 53]]);
  assert.deepEqual(db.prepare("SELECT a, b FROM t ORDER BY id").all().at(-1), {
    __proto__: null,
    a: Number.MAX_SAFE_INTEGER,
    b: Number.MIN_SAFE_INTEGER,
  });
});

test("rows of all forms", () => {
  const db = new Database(":memory:");
  db.exec("CREATE TABLE t (a, b)");
  for (let i = 0; i < MANY; i++) db.prepare("INSERT INTO t VALUES (?, ?)").run(i, i % 3 ? `text ${i}` : null);
  const all = db.prepare("SELECT a, b FROM t");
  const texts = Array.from({ length: MANY }, (_, i) => (i % 3 ? `text ${i}` : null));
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(db.prepare("SELECT b FROM t").pluck().all(), texts);
    assert.deepEqual(
      all.raw().all(),
      texts.map((b, a) => [a, b]),
    );
    assert.deepEqual(
      all.raw(false).all(),
      texts.map((b, a) => ({ a, b })),
    );
    assert.deepEqual(
      all.expand().all(),
      texts.map((b, a) => ({ t: { a, b } })),
    );
    all.expand(false);
  }
  db.close();
});

test("many columns, and none", () => {
  using db = new DatabaseSync(":memory:");
  for (const count of [1, 31, 32, 33, 300]) {
    const names = Array.from({ length: count }, (_, i) => `${i} AS c${i}`).join(", ");
    const one = db.prepare(`SELECT ${names}`);
    const expected = Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, i]));
    for (let i = 0; i < 100; i++) assert.deepEqual({ ...(one.get() as object) }, expected);
  }
  db.exec("CREATE TABLE t (a)");
  for (let i = 0; i < 100; i++) assert.equal(db.prepare("INSERT INTO t VALUES (1)").get(), undefined);
});
