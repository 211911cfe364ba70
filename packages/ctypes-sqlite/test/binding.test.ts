/**
 * Parameters are bound together once a statement has run some times, by what it was given; whatever is given then
 * must arrive as it does alone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DatabaseSync, type SupportedValue } from "ctypes-sqlite";
import { Database } from "ctypes-sqlite/better";

const MANY = 60;

const VALUES: readonly SupportedValue[] = [
  1,
  0.5,
  -0,
  "text",
  "",
  "größer",
  "a\0b",
  "x".repeat(100),
  "x".repeat(101),
  "x".repeat(5000),
  null,
  7n,
  new Uint8Array([1, 2]),
];

function asRead(value: SupportedValue): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

for (const [i, held] of VALUES.entries()) {
  test(`after many executions with ${typeof held} ${i} any other value arrives`, () => {
    using db = new DatabaseSync(":memory:");
    const echo = db.prepare("SELECT ?, ?");
    echo.setReturnArrays(true);
    for (let round = 0; round < 3; round++) {
      for (let k = 0; k < MANY; k++) assert.deepEqual(echo.get(held, k), [asRead(held), k]);
      for (const other of VALUES) {
        assert.deepEqual(echo.get(other, "x"), [asRead(other), "x"]);
        assert.deepEqual(echo.get(held, other), [asRead(held), asRead(other)]);
      }
      assert.deepEqual(echo.get(held), [asRead(held), null]);
      assert.deepEqual(echo.get(), [null, null]);
      assert.deepEqual(echo.get(undefined, true), [null, 1]);
    }
  });
}

test("several texts stay apart, however many executions there are", () => {
  const db = new Database(":memory:");
  const echo = db.prepare("SELECT ? || '-' || ? || '-' || ?").pluck();
  for (let i = 0; i < 3 * MANY; i++) assert.equal(echo.get(`a${i}`, `b${i}`, `c${i}`), `a${i}-b${i}-c${i}`);
  db.close();
});

test("what cannot be bound is an error as ever, and so is a wrong number of values", () => {
  using db = new DatabaseSync(":memory:");
  const echo = db.prepare("SELECT ?");
  for (let i = 0; i < MANY; i++) echo.get("text");
  assert.throws(() => echo.get(Symbol("s") as never), { code: "ERR_INVALID_ARG_TYPE" });
  assert.throws(() => echo.get(1, 2), { code: "ERR_SQLITE_ERROR" });
  db.limits.length = 50;
  assert.throws(() => echo.get("x".repeat(60)), { code: "ERR_SQLITE_ERROR", message: "string or blob too big" });
  assert.deepEqual({ ...(echo.get("text") as object) }, { "?": "text" });
});

test("a class of bytes that says it is longer than it is binds what is there", () => {
  class Boaster extends Uint8Array<ArrayBuffer> {
    override get byteLength() {
      return 50_000_000;
    }
    override get length() {
      return 50_000_000;
    }
  }
  using db = new DatabaseSync(":memory:");
  db.function("boast", () => Boaster.of(1, 2, 3));
  const lengths = db
    .prepare("SELECT length(?) AS bound, length(boast()) AS given")
    .get(new Boaster(new ArrayBuffer(8)));
  assert.deepEqual({ ...(lengths as object) }, { bound: 8, given: 3 });
  db.exec("CREATE TABLE t (x)");
  const image = db.serialize();
  db.deserialize(new Boaster(image.buffer as ArrayBuffer, image.byteOffset, image.byteLength));
  assert.deepEqual({ ...(db.prepare("SELECT count(*) AS n FROM t").get() as object) }, { n: 0 });
});

test("bytes in a resizable buffer are copied, wherever they are given", () => {
  const Resizable = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
  const inResizable = (bytes: Uint8Array) => {
    const buffer = new Resizable(bytes.length + 8, { maxByteLength: bytes.length + 100 });
    new Uint8Array(buffer, 8).set(bytes);
    return new Uint8Array(buffer, 8);
  };
  using db = new DatabaseSync(":memory:");
  const given = inResizable(Uint8Array.of(1, 2, 3));
  db.function("give", () => given);
  const read = db.prepare("SELECT hex(?) AS bound, hex(give()) AS given");
  for (let i = 0; i < MANY; i++) {
    assert.deepEqual({ ...(read.get(given) as object) }, { bound: "010203", given: "010203" });
  }
  db.exec("CREATE TABLE t (x); INSERT INTO t VALUES (5)");
  const image = inResizable(db.serialize());
  db.exec("DELETE FROM t");
  db.deserialize(image);
  assert.deepEqual({ ...(db.prepare("SELECT x FROM t").get() as object) }, { x: 5 });
  const better = new Database(":memory:");
  assert.deepEqual(better.prepare("SELECT ? AS x").pluck().get(Buffer.from(given.buffer, 8)), Buffer.of(1, 2, 3));
});
