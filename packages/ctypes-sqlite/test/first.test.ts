/**
 * `get()` binds, steps and reads in one call of C once a statement has returned some rows; whatever comes then must
 * be as it is call by call.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sequence } from "ctypes-js/sequence";
import { Database } from "../src/better.ts";
import { PreparedStatement } from "../src/core/statement.ts";
import { DatabaseSync } from "../src/index.ts";
import { calls } from "../src/library/library.ts";

const MANY = 200;

/** How often a call of `act` got its first row in one call of C. */
function timesAtOnce(act: () => void): number {
  const { stepAtOnce } = PreparedStatement.prototype;
  let count = 0;
  PreparedStatement.prototype.stepAtOnce = function (values) {
    const handle = stepAtOnce.call(this, values);
    if (handle !== 0) count++;
    return handle;
  };
  try {
    act();
  } finally {
    PreparedStatement.prototype.stepAtOnce = stepAtOnce;
  }
  return count;
}

function peopleIn(db: DatabaseSync | Database): void {
  db.exec("CREATE TABLE people (name TEXT, age INTEGER); INSERT INTO people VALUES ('Ada', 36), ('Grace', 45)");
}

test("after some rows it is one call of C, also without parameters", () => {
  using db = new DatabaseSync(":memory:");
  peopleIn(db);
  const find = db.prepare("SELECT name FROM people WHERE age = ? AND name > ?");
  const count = db.prepare("SELECT count(*) AS n FROM people");
  const made = timesAtOnce(() => {
    for (let i = 0; i < MANY; i++) {
      assert.deepEqual({ ...(find.get(45, "B") as object) }, { name: "Grace" });
      assert.deepEqual({ ...(count.get() as object) }, { n: 2 });
    }
  });
  const { isOneCall } = new Sequence([calls.leafStep, 0]);
  if (isOneCall) assert.ok(made > MANY, `${made} of ${2 * MANY}`);
  else assert.equal(made, 0);
  assert.equal(find.get(1, "B"), undefined);
  assert.deepEqual({ ...(find.get(36, "") as object) }, { name: "Ada" });
});

test("an error of the step is SQLite's, and the statement goes on", () => {
  using db = new DatabaseSync(":memory:");
  const wanted = { code: "ERR_SQLITE_ERROR", errcode: 1, message: "integer overflow" };
  const least = db.prepare("SELECT abs(CAST(? AS INTEGER)) AS a");
  for (let i = 1; i < MANY; i++) assert.deepEqual({ ...(least.get(`-${i}`) as object) }, { a: i });
  for (let i = 0; i < 3; i++) {
    assert.throws(() => least.get("-9223372036854775808"), wanted);
    assert.deepEqual({ ...(least.get("-7") as object) }, { a: 7 });
  }
});

test("no row after many leaves no error behind", () => {
  const db = new Database(":memory:");
  peopleIn(db);
  const find = db.prepare("SELECT age FROM people WHERE name = ?").pluck();
  for (let i = 0; i < MANY; i++) assert.equal(find.get("Ada"), 36);
  assert.equal(find.get("Nobody"), undefined);
  assert.throws(() => db.exec("SELECT nowhere"), { message: "no such column: nowhere" });
  assert.equal(find.get("Grace"), 45);
  db.close();
});

test("columns of another schema are read as they are", () => {
  using db = new DatabaseSync(":memory:");
  peopleIn(db);
  const all = db.prepare("SELECT * FROM people WHERE name = ?");
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < MANY; i++) all.get("Ada");
    db.exec(`ALTER TABLE people ADD COLUMN extra${round} DEFAULT 'x${round}'`);
    assert.equal((all.get("Ada") as Record<string, unknown>)[`extra${round}`], `x${round}`);
  }
  db.exec("DROP TABLE people; CREATE TABLE people (name TEXT)");
  assert.equal(all.get("Ada"), undefined);
  db.exec("INSERT INTO people VALUES ('Ada')");
  assert.deepEqual({ ...(all.get("Ada") as object) }, { name: "Ada" });
});

test("a statement that was prepared again, among thousands, is read as its columns are now", () => {
  using db = new DatabaseSync(":memory:");
  peopleIn(db);
  const all = db.prepare("SELECT * FROM people WHERE name = ?");
  for (let i = 0; i < MANY; i++) all.get("Ada");
  const others = Array.from({ length: 2000 }, (_, i) => db.prepare(`SELECT ${i}`));
  db.exec("ALTER TABLE people RENAME COLUMN age TO years");
  assert.deepEqual({ ...(all.get("Ada") as object) }, { name: "Ada", years: 36 });
  assert.equal(others.length, 2000);
  const made = timesAtOnce(() => {
    for (let i = 0; i < MANY; i++) assert.deepEqual({ ...(all.get("Ada") as object) }, { name: "Ada", years: 36 });
  });
  assert.equal(made > 0, new Sequence([calls.leafStep, 0]).isOneCall);
});

test("an integer that no number is throws, and the statement is free again", () => {
  using db = new DatabaseSync(":memory:");
  const echo = db.prepare("SELECT CAST(? AS INTEGER) AS n");
  for (let i = 0; i < MANY; i++) assert.deepEqual({ ...(echo.get(`${i}`) as object) }, { n: i });
  assert.throws(() => echo.get("9007199254740993"), { code: "ERR_OUT_OF_RANGE" });
  db.exec("VACUUM");
  assert.deepEqual({ ...(echo.get("5") as object) }, { n: 5 });
  echo.setReadBigInts(true);
  assert.deepEqual({ ...(echo.get("9007199254740993") as object) }, { n: 9007199254740993n });
});

test("what changes the database is bound before it is stepped, and is done once", () => {
  using db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE words (word TEXT)");
  const add = db.prepare("INSERT INTO words VALUES (?) RETURNING rowid");
  for (let i = 1; i <= MANY; i++) assert.deepEqual({ ...(add.get("w") as object) }, { rowid: i });
  db.limits.length = 50;
  assert.throws(() => add.get("x".repeat(60)), { message: "string or blob too big" });
  assert.deepEqual({ ...(db.prepare("SELECT count(*) AS n FROM words").get() as object) }, { n: MANY });
});

test("functions of JavaScript that come later are called as ever, and may ask for the statement itself", () => {
  using db = new DatabaseSync(":memory:");
  peopleIn(db);
  db.exec("CREATE VIEW ages AS SELECT age FROM people WHERE name = 'Ada'");
  const find = db.prepare("SELECT age + ? AS n FROM ages");
  for (let i = 0; i < MANY; i++) assert.deepEqual({ ...(find.get(i) as object) }, { n: 36 + i });
  db.function("older", (age) => {
    assert.throws(() => find.get(1), { code: "ERR_INVALID_STATE" });
    return Number(age) + 1;
  });
  db.exec("DROP VIEW ages; CREATE VIEW ages AS SELECT older(age) AS age FROM people WHERE name = 'Ada'");
  assert.deepEqual({ ...(find.get(1) as object) }, { n: 38 });
});

test("a statement that is given numbers has another plan than one that is given NULL", () => {
  using db = new DatabaseSync(":memory:");
  const { isOneCall } = new Sequence([calls.leafStep, 0]);
  for (const value of [null, 1.5, "text"]) {
    const echo = db.prepare("SELECT ? AS v");
    const made = timesAtOnce(() => {
      for (let i = 0; i < MANY; i++) assert.deepEqual({ ...(echo.get(value) as object) }, { v: value });
    });
    assert.equal(made > 0, isOneCall, `${value}`);
  }
});

test("a column of numbers and texts is read at once, by the kind of each value", () => {
  using db = new DatabaseSync(":memory:");
  db.exec(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 5), (2, 'five'), (3, NULL), (4, x'05')",
  );
  const find = db.prepare("SELECT v AS mixed FROM t WHERE id = ?");
  const expected = [5, "five", null, new Uint8Array([5])];
  const read = (i: number) => (find.get((i % 4) + 1) as { mixed: unknown }).mixed;
  for (let i = 0; i < 4 * MANY; i++) assert.deepEqual(read(i), expected[i % 4]);
  const made = timesAtOnce(() => {
    for (let i = 0; i < MANY; i++) assert.deepEqual(read(i), expected[i % 4]);
  });
  assert.equal(made, new Sequence([calls.leafStep, 0]).isOneCall ? MANY : 0);
});
