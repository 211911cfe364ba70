/** ctypes-sqlite/better beside better-sqlite3: what its newer versions have, and what programs see of its objects. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { inspect, types } from "node:util";
import Database, { type SqliteError as SqliteErrorType, Statement } from "ctypes-sqlite/better";

const { SqliteError } = Database;
const memory = () => new Database(":memory:");
const errorOf = (act: () => unknown): SqliteErrorType => {
  try {
    act();
  } catch (error) {
    return error as SqliteErrorType;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
};

describe("explain()", () => {
  test("gives the program, and the plan, of a statement whose parameters have no values", () => {
    const db = memory();
    db.exec("CREATE TABLE t (a TEXT, b INTEGER)");
    const program = db.explain("SELECT * FROM t WHERE a = ? AND b = @b") as { addr: number; opcode: string }[];
    assert.ok(program.some(({ opcode }) => opcode === "Halt"));
    assert.ok(program.every(({ addr }, i) => addr === i));
    const plan = db.explain("QUERY PLAN SELECT * FROM t WHERE a = ?") as { detail: string }[];
    assert.match(plan.map(({ detail }) => detail).join(), /SCAN t/);
    db.explain("INSERT INTO t VALUES (?, ?)");
    assert.equal(db.prepare("SELECT count(*) FROM t").pluck().get(), 0);
    db.close();
  });

  test("refuses what is no text, no statement, two, or a database that is closed", () => {
    const db = memory();
    for (const wrong of [undefined, null, 5, {}]) {
      assert.throws(() => db.explain(wrong as never), new TypeError("Expected first argument to be a string"));
    }
    assert.equal(errorOf(() => db.explain("SELECT * FROM nowhere")).code, "SQLITE_ERROR");
    assert.throws(() => db.explain("SELECT 1; SELECT 2"), RangeError);
    db.close();
    assert.throws(() => db.explain("SELECT 1"), TypeError);
  });
});

describe("a statement", () => {
  test("as text is its SQL, with the values that were bound for good", () => {
    const db = memory();
    db.exec("CREATE TABLE t (a, b, c)");
    const source = "SELECT * FROM t WHERE a = ? AND b = ?";
    const statement = db.prepare(source);
    assert.equal(`${statement}`, source);
    statement.all;
    for (const _ of db.prepare(source).iterate("x", 1)) assert.fail();
    assert.equal(String(statement.bind("it's", 25)), "SELECT * FROM t WHERE a = 'it''s' AND b = 25.0");
    assert.equal(
      `${db.prepare("INSERT INTO t VALUES (?, ?, @c)").bind(null, Buffer.from([0xde]), { c: 5n })}`,
      "INSERT INTO t VALUES (NULL, x'de', 5)",
    );
    assert.equal(db.prepare("SELECT 555 -- c").bind().toString(), "SELECT 555 -- c");
    db.close();
    assert.equal(statement.toString(), source);
  });

  test("is busy while it is iterated over", () => {
    const db = memory();
    const statement = db.prepare("SELECT 1 UNION SELECT 2");
    const other = db.prepare("SELECT 1");
    assert.equal(statement.busy, false);
    for (const _ of statement.iterate()) {
      assert.deepEqual([statement.busy, other.busy], [true, false]);
      other.get();
    }
    assert.equal(statement.busy, false);
    const iterator = statement.iterate();
    assert.equal(statement.busy, true);
    iterator.return?.();
    assert.equal(statement.busy, false);
    assert.throws(() => {
      (statement as { busy: boolean }).busy = true;
    }, TypeError);
    db.close();
    assert.equal(statement.busy, false);
  });

  test("is made by a database alone", () => {
    const db = memory();
    const statement = db.prepare("SELECT 1");
    const constructors = [statement.constructor, db.prepare("SELECT 1").iterate().constructor] as (new () => unknown)[];
    for (const type of constructors) assert.throws(() => new type(), TypeError);
    assert.ok(statement instanceof Statement);
    assert.deepEqual(Object.keys(statement).sort(), ["busy", "database", "reader", "readonly", "source"]);
  });
});

describe("errors", () => {
  test("have a code that is enumerable, and are errors to everybody", () => {
    const error = errorOf(() => memory().exec("nonsense"));
    assert.deepEqual(Object.keys(error), ["code"]);
    assert.deepEqual({ ...error }, { code: "SQLITE_ERROR" });
    assert.equal(JSON.stringify(error), '{"code":"SQLITE_ERROR"}');
    assert.ok(types.isNativeError(error) && error instanceof SqliteError && error instanceof Error);
    assert.match(inspect(error), /SqliteError: near "nonsense"[\s\S]*code: 'SQLITE_ERROR'/);
    assert.match(error.stack ?? "", /better-face\.test/);
    assert.equal(Object.getOwnPropertyDescriptor(error, "message")?.enumerable, false);
  });

  test("are made with and without new, and by derived classes", () => {
    assert.equal(SqliteError(5, "X").message, "5");
    class Mine extends (SqliteError as unknown as new (message: string, code: string) => Error & { code: string }) {}
    const mine = new Mine("m", "C");
    assert.ok(mine instanceof Mine && mine instanceof SqliteError);
    assert.deepEqual([mine.message, mine.code, mine.name], ["m", "C", "SqliteError"]);
    assert.throws(() => new SqliteError("m", 5 as never), TypeError);
  });
});

describe("a transaction whose function gives a promise", () => {
  const refused = new TypeError("Transaction function cannot return a promise");

  test("is rolled back and refused, also in each of its versions and when it is nested", async () => {
    const db = memory();
    db.exec("CREATE TABLE t (a)");
    const insert = db.prepare("INSERT INTO t VALUES (?)");
    const later = db.transaction(async (value: number) => {
      insert.run(value);
    });
    const thenable = db.transaction(() => {
      insert.run(0);
      // biome-ignore lint/suspicious/noThenProperty: this is what is refused
      return { then: () => {} };
    });
    const versions = [later, later.deferred, later.immediate, later.exclusive, later.default, thenable] as ((
      n: number,
    ) => unknown)[];
    for (const version of versions) {
      assert.throws(() => version(1), refused);
      assert.equal(db.inTransaction, false);
    }
    db.transaction(() => {
      insert.run(2);
      assert.throws(() => later(3), refused);
    })();
    assert.deepEqual(db.prepare("SELECT a FROM t").pluck().all(), [2]);
    db.close();
  });
});

describe("what a program has changed of arrays", () => {
  const changed = <K extends keyof unknown[]>(method: K, to: unknown, act: () => void) => {
    const original = Object.getOwnPropertyDescriptor(Array.prototype, method) as PropertyDescriptor;
    Object.defineProperty(Array.prototype, method, { ...original, value: to });
    try {
      act();
    } finally {
      Object.defineProperty(Array.prototype, method, original);
    }
  };
  const faultOf = (method: keyof unknown[], to: unknown, act: () => void): unknown => {
    let fault: unknown;
    changed(method, to, () => {
      try {
        act();
      } catch (error) {
        fault = error;
      }
    });
    return fault;
  };
  const rows = function* () {};

  test("lets no table through that is none", () => {
    const db = memory();
    const parameters = [new String("x")] as never;
    assert.ok(
      faultOf(
        "every",
        () => true,
        () => db.table("a", { parameters, columns: ["b"], rows }),
      ) instanceof TypeError,
    );
    assert.ok(
      faultOf(
        "every",
        () => true,
        () => db.table("b", { columns: parameters, rows }),
      ) instanceof TypeError,
    );
    const both = { parameters: ["x"], columns: ["x"], rows };
    assert.ok(
      faultOf(
        "includes",
        () => false,
        () => db.table("c", both),
      ) instanceof TypeError,
    );
    db.close();
  });

  test("binds nothing to another parameter", () => {
    for (const answer of [true, false]) {
      const db = memory();
      let named: unknown;
      let mixed: unknown;
      const fault = faultOf(
        "every",
        () => answer,
        () => {
          named = db.prepare("SELECT @a AS a, :b AS b").get({ b: 2, a: 1 });
          mixed = db.prepare("SELECT ? AS a, @b AS b").get(1, { b: 2 });
        },
      );
      assert.equal(fault, undefined);
      assert.deepEqual(
        [named, mixed],
        [
          { a: 1, b: 2 },
          { a: 1, b: 2 },
        ],
      );
      db.close();
    }
  });
});

// In a process of its own: what runs these tests has a `require` of its own.
describe("what require gives", () => {
  const run = (program: string) => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const args = ["--no-warnings", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, env, encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout;
  };

  test("is the class itself, with its errors, and the same as import gives", () => {
    const program = `
      const Database = require("ctypes-sqlite/better");
      const db = new Database(":memory:");
      console.log(db.prepare("SELECT 5").pluck().get(), Database.name, Object.keys(Database).join(), Database.default === Database);
      import("ctypes-sqlite/better").then((imported) => console.log(
        imported.default === Database, imported.Database === Database, imported.SqliteError === Database.SqliteError));`;
    assert.equal(run(program), "5 Database SqliteError true\ntrue true true\n");
  });
});

describe("Database", () => {
  test("is made with and without new, and by derived classes of either kind", () => {
    const plain = Database(":memory:");
    assert.ok(plain instanceof Database);
    class Mine extends Database {
      twice(n: number): unknown {
        return this.prepare("SELECT ? * 2").pluck().get(n);
      }
    }
    const mine = new Mine(":memory:");
    assert.equal(mine.twice(4), 8);
    assert.ok(mine instanceof Mine && mine instanceof Database);
    for (const db of [plain, mine]) db.close();
  });

  test("shows its properties in a log", () => {
    const db = memory();
    assert.equal(
      inspect(db),
      "Database {\n  name: ':memory:',\n  open: true,\n  inTransaction: false,\n  readonly: false,\n  memory: true\n}",
    );
    assert.equal(inspect(Database).split(" {")[0], "[Function: Database]");
    const methods: string[] = [];
    for (const name in db) methods.push(name);
    for (const name of ["prepare", "transaction", "explain", "name", "open"]) assert.ok(methods.includes(name), name);
    db.close();
  });
});
