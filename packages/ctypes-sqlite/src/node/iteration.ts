/**
 * Iteration over the rows of a statement, as node:sqlite has it.
 */
import { templateOf } from "../core/form.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { invalidState } from "./errors.ts";
import { nodeClass } from "./native.ts";

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

/** What `iterate()` gives; `check` throws when the statement cannot run. */
export class StatementIterator implements IterableIterator<unknown> {
  readonly #statement: PreparedStatement;
  readonly #check: () => PreparedStatement;
  readonly #execution: number;
  #hasEnded = false;

  constructor(statement: PreparedStatement, check: () => PreparedStatement) {
    this.#statement = statement;
    this.#check = check;
    this.#execution = statement.executions;
  }

  next(): IteratorResult<unknown> {
    this.#check();
    if (this.#hasEnded) return result(true, null);
    const statement = this.#statement;
    if (statement.executions !== this.#execution) throw invalidState("iterator was invalidated");
    if (statement.step()) return result(false, statement.row());
    this.#hasEnded = true;
    statement.reset();
    return result(true, null);
  }

  return(): IteratorResult<unknown> {
    this.#check();
    if (!this.#hasEnded && this.#statement.executions === this.#execution) this.#statement.reset();
    this.#hasEnded = true;
    return result(true, null);
  }

  declare [Symbol.iterator]: () => this;
}
Object.setPrototypeOf(StatementIterator.prototype, IteratorPrototype);
nodeClass(StatementIterator, "StatementIterator");

const template = templateOf(["done", "value"]);

function result(done: boolean, value: unknown): IteratorResult<unknown> {
  const made = { ...template, __proto__: null } as unknown as { done: boolean; value: unknown };
  made.done = done;
  made.value = value;
  return made as IteratorResult<unknown>;
}
