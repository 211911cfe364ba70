/**
 * `SQLTagStore`: statements kept by their SQL, written as tagged templates.
 */
import { every } from "../core/lists.ts";
import { invalidType } from "./errors.ts";
import { isInt32 } from "./options.ts";
import type { Changes, StatementSync, SupportedValue } from "./statement.ts";

/** What the store needs of a database. */
interface Preparer {
  prepare(sql: string): StatementSync;
  readonly isOpen: boolean;
}

/** Made by `DatabaseSync.prototype.createTagStore()`. */
export class SQLTagStore {
  readonly #db: Preparer;
  readonly #capacity: number;
  /** The least recently used first. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: Preparer, maxSize: number) {
    if (!isInt32(maxSize) || maxSize <= 0) throw invalidType('The "maxSize" argument must be a positive integer.');
    this.#db = db;
    this.#capacity = maxSize;
  }

  get db(): unknown {
    return this.#db;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get size(): number {
    return this.#statements.size;
  }

  all(strings: TemplateStringsArray, ...values: SupportedValue[]): unknown[] {
    return this.#statement(strings).all(...values);
  }

  get(strings: TemplateStringsArray, ...values: SupportedValue[]): unknown {
    return this.#statement(strings).get(...values);
  }

  iterate(strings: TemplateStringsArray, ...values: SupportedValue[]): IterableIterator<unknown> {
    return this.#statement(strings).iterate(...values);
  }

  run(strings: TemplateStringsArray, ...values: SupportedValue[]): Changes {
    return this.#statement(strings).run(...values);
  }

  clear(): void {
    this.#statements.clear();
  }

  #statement(strings: unknown): StatementSync {
    if (!Array.isArray(strings) || !every(strings, (part) => typeof part === "string")) {
      throw invalidType("First argument must be an array of strings (template literal).");
    }
    const sql = strings.join("?");
    let statement = this.#statements.get(sql);
    this.#statements.delete(sql);
    if (statement === undefined || !isAlive(statement)) statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > this.#capacity) this.#statements.delete(this.#statements.keys().next().value as string);
    return statement;
  }
}

/** Whether its database has not been closed, or replaced, since. */
function isAlive(statement: StatementSync): boolean {
  try {
    return statement.sourceSQL !== undefined;
  } catch {
    return false;
  }
}
