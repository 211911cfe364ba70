/**
 * A program's own code in the middle of what it asks of the driver, on the faces that have no Node to be compared
 * with: whatever it closes there is an error in the face's words, and nothing that was read before is used after.
 * Values are read once.
 */
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import { DatabaseSync, type Session } from "ctypes-sqlite";
import { Database } from "ctypes-sqlite/better";
import { type Connection, connect, OverflowError, register_adapter, register_converter } from "ctypes-sqlite/dbapi";

const SCHEMA = "CREATE TABLE t (a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES (1, 'x'), (2, 'y')";

/** `given` with each of its members read by a getter that acts once. */
function acting<T extends object>(given: T, name: string, act: () => void): T {
  const value = (given as Record<string, unknown>)[name];
  return Object.defineProperty({ ...given }, name, {
    enumerable: true,
    get() {
      act();
      return value;
    },
  });
}

/** What becomes a string, a number or an argument of C by code that acts. */
const posing = (value: unknown, act: () => void) => ({
  get _as_parameter_() {
    act();
    return value;
  },
  toString() {
    act();
    return String(value);
  },
  valueOf() {
    act();
    return value;
  },
});

describe("better-sqlite3's API", () => {
  const NOT_OPEN = { name: "TypeError", message: "The database connection is not open" };
  const open = () => new Database(":memory:").exec(SCHEMA);
  const rows = function* () {
    yield { a: 1 };
  };
  const lengthThat = (act: () => void) =>
    Object.defineProperty(() => 1, "length", {
      get() {
        act();
        return 1;
      },
    });
  const flags = { varargs: false, deterministic: false, directOnly: false, safeIntegers: false };
  const acts: Record<string, [options: object, run: (db: Database, given: never) => unknown]> = {
    function: [flags, (db, given) => db.function("f", given, () => 1)],
    aggregate: [
      { start: 0, step: () => 1, inverse: () => 1, result: () => 1, ...flags },
      (db, given) => db.aggregate("f", given),
    ],
    table: [
      { rows, columns: ["a"], parameters: [], safeIntegers: false, directOnly: false },
      (db, given) => db.table("v", given),
    ],
    pragma: [{ simple: true }, (db, given) => db.pragma("user_version", given)],
    serialize: [{ attached: "main" }, (db, given) => db.serialize(given)],
  };
  for (const [method, [options, run]] of Object.entries(acts)) {
    for (const name of Object.keys(options)) {
      test(`${method}(): its option ${name} closes the database`, () => {
        const db = open();
        assert.throws(() => run(db, acting(options, name, () => db.close()) as never), NOT_OPEN);
      });
    }
  }

  test("backup(): its options close the database", async () => {
    for (const name of ["progress", "attached"]) {
      const db = open();
      const options = acting({ progress: () => undefined, attached: "main" }, name, () => db.close());
      await assert.rejects(db.backup("/tmp/never-written.db", options), NOT_OPEN);
    }
  });

  test("the length of a function closes the database", () => {
    const acts = [
      (db: Database, fn: never) => db.function("f", fn),
      (db: Database, fn: never) => db.aggregate("f", { step: fn }),
      (db: Database, fn: never) => db.aggregate("f", { step: () => 1, inverse: fn }),
    ];
    for (const act of acts) {
      const db = open();
      assert.throws(() => act(db, lengthThat(() => db.close()) as never), NOT_OPEN);
    }
  });

  test("values are read before any is bound, each once, also when the statement is run meanwhile", () => {
    using db = open();
    const text = db.prepare("SELECT @a AS a, @b AS b, @c AS c");
    for (let i = 0; i < 100; i++) {
      let times = 0;
      const row = text.get({
        a: "first",
        get b() {
          times++;
          assert.deepEqual(text.get({ a: "other", b: "another", c: 5 }), { a: "other", b: "another", c: 5 });
          return "second";
        },
        c: i % 3 === 0 ? 7n : "third",
      });
      assert.deepEqual(row, { a: "first", b: "second", c: i % 3 === 0 ? 7 : "third" });
      assert.equal(times, 1);
    }
    const list = db.prepare("SELECT ? AS a, ? AS b").raw();
    const inner = new Proxy(["x", "y"], {
      get(from, key) {
        if (key === "1") list.get("p", "q");
        return Reflect.get(from, key);
      },
    });
    for (let i = 0; i < 50; i++) assert.deepEqual(list.get(inner), ["x", "y"]);
  });

  test("the bytes of a database are taken away by an option", () => {
    const image = open().serialize();
    const take = () => void structuredClone(image.buffer, { transfer: [image.buffer as ArrayBuffer] });
    const db = new Database(image, acting({ readonly: false }, "readonly", take));
    assert.deepEqual(db.prepare("SELECT * FROM sqlite_master").all(), []);
    db.close();
  });
});

describe("Python's DB-API", () => {
  const CLOSED = { name: "ProgrammingError", message: "Cannot operate on a closed database." };
  const open = () => {
    const connection = connect(":memory:");
    connection.executescript(SCHEMA);
    return connection;
  };

  test("arguments are strings and numbers themselves", () => {
    const image = open().serialize();
    const acts: ((connection: Connection, posed: (value: unknown) => never) => unknown)[] = [
      (connection, posed) => connection.create_function(posed("f"), 1, () => 1),
      (connection, posed) => connection.create_function("f", posed(1), () => 1),
      (connection, posed) => connection.create_aggregate(posed("f"), 1, null),
      (connection, posed) => connection.create_window_function("f", posed(1), null),
      (connection, posed) => connection.create_collation(posed("c"), () => 0),
      (connection, posed) => connection.set_progress_handler(() => 0, posed(5)),
      (connection, posed) => connection.blobopen(posed("t"), "b", 1),
      (connection, posed) => connection.blobopen("t", posed("b"), 1),
      (connection, posed) => connection.blobopen("t", "b", posed(1)),
      (connection, posed) => connection.blobopen("t", "b", 1, { name: posed("main") }),
      (connection, posed) => connection.serialize(posed("main")),
      (connection, posed) => connection.deserialize(image, posed("main")),
      (connection, posed) => connection.deserialize(posed(image)),
      (connection, posed) => connection.setlimit(0, posed(5)),
      (connection, posed) => connection.getconfig(posed(1002)),
      (connection, posed) => connection.setconfig(posed(1002)),
      (connection, posed) => connection.backup(open(), { pages: posed(1) }),
      (connection, posed) => connection.backup(open(), { name: posed("main") }),
      (connection, posed) => connection.blobopen("t", "b", 1).slice(posed(0)),
      (connection, posed) => connection.blobopen("t", "b", 1).read(posed(1)),
      (connection, posed) => connection.blobopen("t", "b", 1).set(posed(1)),
      (connection, posed) => Object.assign(connection, { isolation_level: posed("IMMEDIATE") }),
      (_, posed) => connect(":memory:", { timeout: posed(1) }),
      (_, posed) => connect(":memory:", { cached_statements: posed(1) }),
    ];
    for (const act of acts) {
      const connection = open();
      assert.throws(
        () => act(connection, (value) => posing(value, () => connection.close()) as never),
        TypeError,
        String(act),
      );
      assert.equal(connection.in_transaction, false, String(act));
    }
  });

  test("options close the connection", () => {
    const acts: Record<string, (connection: Connection, given: never) => unknown> = {
      deterministic: (connection, given) => connection.create_function("f", 1, () => 1, given),
      readonly: (connection, given) => connection.blobopen("t", "b", 1, given),
      name: (connection, given) => connection.backup(open(), given),
      pages: (connection, given) => connection.backup(open(), given),
      entrypoint: (connection, given) => connection.load_extension("no such file", given),
    };
    const values: Record<string, unknown> = {
      deterministic: true,
      readonly: true,
      name: "main",
      pages: 1,
      entrypoint: "x",
    };
    for (const [name, act] of Object.entries(acts)) {
      const connection = open();
      const given = acting({ [name]: values[name] }, name, () => connection.close());
      assert.throws(() => act(connection, given as never), CLOSED, name);
    }
  });

  test("integers that C would narrow are an OverflowError", () => {
    const connection = open();
    const acts: (() => unknown)[] = [
      () => connection.blobopen("t", "b", 2n ** 64n + 1n),
      () => connection.blobopen("t", "b", 2 ** 64),
      () => connection.setlimit(0, 2 ** 32),
      () => connection.create_function("f", 2 ** 32 + 1, () => 1),
      () => connection.set_progress_handler(() => 0, 2 ** 32 + 1),
      () => connection.backup(open(), { pages: 2 ** 32 + 1 }),
      () => connection.execute("SELECT ?", [2n ** 63n]),
    ];
    for (const act of acts) assert.throws(act, OverflowError, String(act));
    const cursor = connection.execute("INSERT INTO t VALUES (9007199254740993, 'z')");
    assert.equal(cursor.lastrowid, 9007199254740993n);
    assert.equal(connection.blobopen("t", "b", 9007199254740993n).length, 1);
  });

  test("adapters, hooks and what gives the parameters close the connection", () => {
    class Adapted {}
    let act = () => {};
    register_adapter(Adapted, () => {
      act();
      return 1;
    });
    const giving = (value: unknown) => () => {
      act();
      return value;
    };
    const makers: (() => unknown)[] = [
      () => [new Adapted(), 2],
      () => [1, { __conform__: giving(2) }],
      () => [1, Object.defineProperty({}, "constructor", { get: giving(Object) })],
      () => ({ __proto__: Array.prototype, length: 2 }),
    ];
    for (const make of makers) {
      const connection = open();
      act = () => connection.close();
      assert.throws(
        () => connection.execute("SELECT ?, ?", make() as never),
        { name: "ProgrammingError" },
        String(make),
      );
    }
    const connection = open();
    const sets = function* () {
      yield [7, "seven"];
      connection.close();
      yield [8, "eight"];
    };
    assert.throws(() => connection.executemany("INSERT INTO t VALUES (?, ?)", sets()), CLOSED);
  });

  test("converters and factories close the connection, or its cursor", () => {
    let act = () => {};
    register_converter("closing", (bytes) => {
      act();
      return String(bytes);
    });
    const sql = "SELECT a AS 'a [closing]', b, b AS 'c [closing]', 1.5 FROM t";
    const connection = connect(":memory:", { detect_types: 2 });
    connection.executescript(SCHEMA);
    act = () => connection.close();
    assert.throws(() => connection.execute(sql).fetchall(), CLOSED);

    const texts = open();
    texts.text_factory = () => texts.close();
    assert.throws(() => texts.execute("SELECT b, b, a FROM t").fetchall(), CLOSED);

    const rows = open();
    rows.row_factory = () => rows.close();
    const cursor = rows.execute("SELECT a FROM t");
    cursor.fetchone();
    assert.throws(() => cursor.fetchone(), CLOSED);

    const other = open();
    other.text_factory = (bytes) => {
      assert.throws(() => reading.close(), { message: "Recursive use of cursors not allowed." });
      return Buffer.from(bytes).toString();
    };
    const reading = other.execute("SELECT b FROM t");
    assert.deepEqual(reading.fetchall(), [["x"], ["y"]]);
  });

  test("what a collation or an authorizer answers is looked at within the callback", () => {
    const connection = open();
    const errors: unknown[] = [];
    const answer = posing(1, () => {
      try {
        connection.close();
      } catch (error) {
        errors.push(error);
      }
    });
    connection.create_collation("mine", () => answer as never);
    assert.throws(() => connection.execute("SELECT b FROM t ORDER BY b COLLATE mine").fetchall(), /expected a number/);
    connection.set_authorizer(() => answer as never);
    assert.throws(() => connection.execute("SELECT a FROM t"), /not authorized/);
    connection.set_authorizer(null);
    for (const error of errors) assert.match((error as Error).message, /callback/);
    assert.equal(connection.execute("SELECT count(*) FROM t").fetchone()?.toString(), "2");
  });
});

describe("bytes", () => {
  class Lying extends Uint8Array {
    static act = () => {};
    override get byteLength(): number {
      Lying.act();
      return 1_000_000;
    }
    override get length(): number {
      Lying.act();
      return 1_000_000;
    }
    override get buffer(): ArrayBuffer {
      Lying.act();
      return new ArrayBuffer(1_000_000);
    }
  }

  test("are as many as there are, whatever their class says, which is not asked", () => {
    using db = new DatabaseSync(":memory:");
    const connection = connect(":memory:");
    const better = new Database(":memory:");
    let asked = 0;
    Lying.act = () => void asked++;
    const bytes = new Lying(new ArrayBuffer(3));
    const sql = "SELECT length(?) AS n";
    assert.deepEqual({ ...(db.prepare(sql).get(bytes) as object) }, { n: 3 });
    assert.deepEqual(better.prepare(sql).get(bytes), { n: 3 });
    assert.deepEqual(connection.execute(sql, [bytes]).fetchone(), [3]);
    db.function("given", () => bytes);
    assert.deepEqual({ ...(db.prepare("SELECT length(given()) AS n").get() as object) }, { n: 3 });
    connection.executescript("CREATE TABLE t (b); INSERT INTO t VALUES (zeroblob(5))");
    connection.blobopen("t", "b", 1).write(bytes);
    connection.deserialize(bytes);
    assert.throws(() => connection.execute("SELECT * FROM t"), Error);
    assert.equal(asked, 0);
  });

  const resizes = typeof (ArrayBuffer.prototype as { resize?: unknown }).resize === "function";
  test("that are shrunk or taken away by a getter are as they are then", {
    skip: !resizes && "no buffer shrinks here",
  }, () => {
    const take = (bytes: Uint8Array) => void structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
    const shrink = (bytes: Uint8Array) => (bytes.buffer as unknown as { resize(size: number): void }).resize(8);
    const image = (() => {
      using db = new DatabaseSync(":memory:");
      db.exec(SCHEMA);
      return db.serialize();
    })();
    for (const act of [take, shrink]) {
      const make = (from: Uint8Array) => {
        const bytes = new Uint8Array(new (ArrayBuffer as any)(from.length, { maxByteLength: from.length }));
        bytes.set(from);
        return bytes;
      };
      using db = new DatabaseSync(":memory:");
      db.deserialize(make(image));
      assert.equal((db.prepare("SELECT count(*) AS n FROM t").get() as { n: number }).n, 2);
      const bytes = make(image);
      const options = acting({ dbName: "main" }, "dbName", () => act(bytes));
      assert.throws(() => {
        db.deserialize(bytes, options);
        db.prepare("SELECT count(*) AS n FROM t").get();
      }, /must not be empty|not a database|malformed|no such table/);

      using other = new DatabaseSync(":memory:");
      other.exec(SCHEMA);
      const session = other.createSession();
      other.exec("INSERT INTO t VALUES (3, 'z')");
      const changes = make(session.changeset());
      const given = acting({ onConflict: () => 0 }, "onConflict", () => act(changes));
      try {
        other.applyChangeset(changes, given);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
      const blob = make(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
      const row = other.prepare("SELECT length($a) AS a, $b AS b").get({
        $a: blob,
        get $b() {
          act(blob);
          return 1;
        },
      }) as { a: number };
      assert.ok(row.a === 8 || row.a === 0, String(row.a));
    }
  });
});

test("what a callback throws may have any message", () => {
  using db = new DatabaseSync(":memory:");
  const thrown = [
    { message: Symbol("s") },
    {
      get message() {
        throw new Error("no");
      },
    },
    new (class extends Error {
      override get message(): string {
        return 5 as never;
      }
    })(),
    null,
    undefined,
  ];
  for (const one of thrown) {
    db.function("f", () => {
      throw one;
    });
    let caught: unknown = db;
    try {
      db.prepare("SELECT f()").get();
    } catch (error) {
      caught = error;
    }
    assert.equal(caught, one);
  }
});

test("a subscriber to the channel of queries that closes a session waits until the session is done", async () => {
  for (const close of [(session: Session) => session.close(), (session: Session) => session[Symbol.dispose]()]) {
    using db = new DatabaseSync(":memory:");
    db.exec(SCHEMA);
    const session = db.createSession();
    const outcomes: string[] = [];
    const subscriber = (message: unknown) => {
      if ((message as { database: unknown }).database !== db) return;
      for (const act of [() => close(session), () => db.exec("INSERT INTO t VALUES (NULL, 'within')")]) {
        try {
          act();
          outcomes.push("done");
        } catch (error) {
          outcomes.push((error as Error).message);
        }
      }
    };
    subscribe("sqlite.db.query", subscriber);
    try {
      db.prepare("INSERT INTO t VALUES (3, 'z')").run();
    } finally {
      unsubscribe("sqlite.db.query", subscriber);
    }
    assert.ok(outcomes.includes("the connection cannot be used in this callback"), String(outcomes));
    await new Promise(setImmediate);
    assert.equal((db.prepare("SELECT count(*) AS n FROM t").get() as { n: number }).n, 3);
  }
});
