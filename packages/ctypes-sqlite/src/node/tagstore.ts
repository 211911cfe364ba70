/**
 * `SQLTagStore`: statements kept by their SQL, written as tagged templates.
 */
import { every } from "../core/lists.ts";
import { refuseClones } from "../core/uncloneable.ts";
import { invalidType, outOfRange } from "./errors.ts";
import { accessor, nodeClass } from "./native.ts";
import { isInt32 } from "./options.ts";
import type { Changes, StatementSync, SupportedValue } from "./statement.ts";
import { isRecord } from "./values.ts";

/** What the store needs of a database. */
interface Preparer {
  prepare(sql: string): StatementSync;
  readonly isOpen: boolean;
}

/** Made by `Database.prototype.createTagStore()`. */
class NodeTagStore {
  declare readonly db: unknown;
  /** How many statements it keeps at most. */
  declare readonly capacity: number;
  /** How many it keeps. */
  declare readonly size: number;
  readonly #db: Preparer;
  readonly #capacity: number;
  /** The least recently used first. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: Preparer, maxSize: number) {
    refuseClones(this);
    Object.defineProperties(this, OWN);
    const isCount = isInt32(maxSize) && maxSize > 0;
    if (!isCount) throw (typeof maxSize === "number" ? outOfRange : invalidType)(EXPECTED_SIZE);
    this.#db = db;
    this.#capacity = maxSize;
  }

  /** For the properties of objects. */
  static parts(store: NodeTagStore) {
    return { db: store.#db, capacity: store.#capacity, size: store.#statements.size };
  }

  all(strings: TemplateStringsArray, ...values: SupportedValue[]): unknown[] {
    return this.#statement(strings, values).all(...values);
  }

  get(strings: TemplateStringsArray, ...values: SupportedValue[]): unknown {
    return this.#statement(strings, values).get(...values);
  }

  iterate(strings: TemplateStringsArray, ...values: SupportedValue[]): IterableIterator<unknown> {
    return this.#statement(strings, values).iterate(...values);
  }

  run(strings: TemplateStringsArray, ...values: SupportedValue[]): Changes {
    return this.#statement(strings, values).run(...values);
  }

  clear(): void {
    this.#statements.clear();
  }

  #statement(strings: unknown, values: readonly unknown[]): StatementSync {
    if (!Array.isArray(strings) || !every(strings, (part) => typeof part === "string")) {
      throw invalidType("First argument must be an array of strings (template literal).");
    }
    // The values of a template are in order: none is an object of values by name.
    if (isRecord(values[0])) throw invalidType("Provided value cannot be bound to SQLite parameter 1.");
    const sql = strings.join("?");
    let statement = this.#statements.get(sql);
    this.#statements.delete(sql);
    if (statement === undefined || !isAlive(statement)) statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > this.#capacity) this.#statements.delete(this.#statements.keys().next().value as string);
    return statement;
  }
}

const OWN: PropertyDescriptorMap = {
  capacity: accessor((store: NodeTagStore) => NodeTagStore.parts(store).capacity),
  db: accessor((store: NodeTagStore) => NodeTagStore.parts(store).db),
  size: accessor((store: NodeTagStore) => NodeTagStore.parts(store).size),
};

nodeClass(NodeTagStore, "SQLTagStore");
export type SQLTagStore = NodeTagStore;

/** A store of up to `maxSize` statements. */
export function tagStoreOf(db: Preparer, maxSize: number): SQLTagStore {
  return new NodeTagStore(db, maxSize);
}

// -- Private ---------------------------------------------------------------------------------------

const EXPECTED_SIZE = 'The "maxSize" argument must be a positive integer.';

/** Whether its database has not been closed, or replaced, since. */
function isAlive(statement: StatementSync): boolean {
  try {
    return statement.sourceSQL !== undefined;
  } catch {
    return false;
  }
}
