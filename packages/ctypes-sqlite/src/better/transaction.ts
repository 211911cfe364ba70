/**
 * `Database.prototype.transaction()`: functions that run in a transaction, inside another one in a savepoint.
 */

/** What the wrapper needs of a database. */
interface Preparer {
  prepare(sql: string): { run(): unknown };
  readonly inTransaction: boolean;
}

/** The function, and its versions by how the transaction begins. */
export type Transaction<F> = F & {
  readonly default: Transaction<F>;
  readonly deferred: Transaction<F>;
  readonly immediate: Transaction<F>;
  readonly exclusive: Transaction<F>;
  readonly database: object;
};

type Anything = (this: unknown, ...args: unknown[]) => unknown;

export function transaction<F extends (...args: never[]) => unknown>(db: Preparer, fn: F): Transaction<F> {
  const run = fn as unknown as Anything;
  const versions = {
    default: inTransaction(db, "BEGIN", run),
    deferred: inTransaction(db, "BEGIN DEFERRED", run),
    immediate: inTransaction(db, "BEGIN IMMEDIATE", run),
    exclusive: inTransaction(db, "BEGIN EXCLUSIVE", run),
  };
  const properties = {
    ...Object.fromEntries(Object.entries(versions).map(([name, value]) => [name, { value }])),
    database: { value: db, enumerable: true },
  };
  for (const version of Object.values(versions)) Object.defineProperties(version, properties);
  return versions.default as unknown as Transaction<F>;
}

// -- Private ---------------------------------------------------------------------------------------

const statements = new WeakMap<Preparer, Map<string, { run(): unknown }>>();

/** One prepared statement for each text and database. */
function statement(db: Preparer, sql: string): { run(): unknown } {
  let known = statements.get(db);
  if (known === undefined) statements.set(db, (known = new Map()));
  let prepared = known.get(sql);
  if (prepared === undefined) known.set(sql, (prepared = db.prepare(sql)));
  return prepared;
}

// A name nobody else will take.
const SAVEPOINT = "`\t_ctypes_sqlite.\t`";

function inTransaction(db: Preparer, begin: string, run: Anything): Anything {
  const outer = {
    before: statement(db, begin),
    after: statement(db, "COMMIT"),
    undo: statement(db, "ROLLBACK"),
  };
  const inner = {
    before: statement(db, `SAVEPOINT ${SAVEPOINT}`),
    after: statement(db, `RELEASE ${SAVEPOINT}`),
    undo: statement(db, `ROLLBACK TO ${SAVEPOINT}`),
  };
  return function sqliteTransaction(...args) {
    const isNested = db.inTransaction;
    const { before, after, undo } = isNested ? inner : outer;
    before.run();
    try {
      const result = run.apply(this, args) as { readonly then?: unknown } | null | undefined;
      // It would be committed before what the promise stands for is done.
      if (result && typeof result.then === "function") {
        throw new TypeError("Transaction function cannot return a promise");
      }
      after.run();
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself.
      if (db.inTransaction) {
        undo.run();
        if (isNested) after.run();
      }
      throw error;
    }
  };
}
