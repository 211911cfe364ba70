/**
 * The handle of a prepared statement, and who gives it back.
 *
 * A statement object that nobody holds gives its handle back by the collector, which tells us between two turns of
 * the event loop. A program that prepares without end in one turn would fill memory meanwhile; so a connection has
 * a limited number of idle handles. The oldest are given back, and prepared again should their statement be used
 * once more.
 */
import { lib } from "../library/library.ts";
import type { CoreConnection, Dependent } from "./connection.ts";
import { leave, takeBack } from "./ending.ts";
import { releaseSlot, type TextSlot, takeSlot } from "./slot.ts";
import { SqlText } from "./sqltext.ts";

/** Handles of one connection, except for those that cannot be given back just now. */
const MOST_HANDLES = 1000;

export class Prepared implements Dependent {
  readonly #connection: CoreConnection;
  readonly #generation: number;
  readonly #flags: number;
  #sql: string;
  #handle: number;
  /** Where it is left to the end of the thread (`ending.ts`). */
  #place = 0;
  #texts: TextSlot | null = null;
  /** Counts how often it was prepared again here. */
  renewals = 0;
  /** Whether an execution is under way: a callback runs, or a getter that is read for a parameter. */
  isRunning = false;
  /** Whether it was stepped, and not reset since. */
  isUnderWay = false;
  /** Whether values were bound to stay. */
  isBound = false;

  /** `handle` is what `sql` was prepared to. `owner` is whose collection ends it. */
  constructor(owner: object, connection: CoreConnection, handle: number, sql: string, flags: number) {
    this.#connection = connection;
    this.#generation = connection.generation;
    this.#handle = handle;
    this.#sql = sql;
    this.#flags = flags;
    this.#enter(owner);
  }

  /**
   * `sqlite3_stmt *`; 0 when it was finalized or its connection closed.
   *
   * @throws SQLite's error when it cannot be prepared again.
   */
  handleFor(owner: object): number {
    if (this.#generation !== this.#connection.generation) return 0;
    if (this.#connection.questions > 0) this.#connection.requireUsable();
    return this.#handle !== 0 || this.#sql === "" ? this.#handle : this.#prepareAgain(owner);
  }

  /** Where the texts of an execution are placed; null where this runtime shows no memory. */
  get texts(): TextSlot | null {
    return (this.#texts ??= takeSlot());
  }

  /** What was placed is bound anew. */
  clearTexts(): void {
    this.#texts?.clear();
  }

  /** Ends it for good. */
  end(): void {
    this.#giveBack();
    this.#sql = "";
  }

  #prepareAgain(owner: object): number {
    this.#handle = this.#connection.prepare(new SqlText(this.#sql), this.#flags);
    this.renewals++;
    this.#enter(owner);
    return this.#handle;
  }

  #enter(owner: object): void {
    this.#place = leave("statement", this.#handle);
    abandoned.register(owner, this, this);
    const { prepared } = this.#connection;
    prepared.add(this);
    if (prepared.size <= MOST_HANDLES) return;
    const oldest = prepared.values().next().value as Prepared | undefined;
    if (oldest === undefined || oldest === this) return;
    const { isRunning, isUnderWay, isBound } = oldest;
    if (!isRunning && !isUnderWay && !isBound) oldest.#giveBack();
    else {
      // It is asked again when it is the oldest again.
      prepared.delete(oldest);
      prepared.add(oldest);
    }
  }

  #giveBack(): void {
    const texts = this.#texts;
    const handle = this.#handle;
    this.#handle = 0;
    this.#texts = null;
    if (texts !== null) releaseSlot(texts);
    abandoned.unregister(this);
    if (handle === 0 || this.#generation !== this.#connection.generation) return;
    takeBack("statement", this.#place);
    this.#connection.prepared.delete(this);
    // What runs of the program's then (the end of rows, the result of an aggregate that was left) has nobody to
    // throw to.
    const { thrown } = this.#connection;
    lib.sqlite3_finalize(handle);
    this.#connection.thrown = thrown;
  }
}

const abandoned = new FinalizationRegistry((prepared: Prepared) => prepared.end());
