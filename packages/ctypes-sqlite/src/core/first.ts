/**
 * First rows, got in one call of C once there is enough to make a plan of: the kinds of the values that a statement
 * is given, and the families of its columns.
 */
import type { Kind } from "./plan.ts";
import type { FirstRow } from "./print.ts";
import type { RowReader } from "./rows.ts";

/** What gets the first rows of one statement. */
export class FirstRows {
  /** Null while they are got call by call. */
  plan: FirstRow | null = null;
  #kinds: readonly Kind[] | null = null;
  #preparations = 0;

  /**
   * Finds the plan for values of these kinds, null while they are bound one by one, and for the columns of
   * `reader`, of a statement that has been prepared so often.
   */
  learn(reader: RowReader, kinds: readonly Kind[] | null, preparations: number): void {
    const isKnown = this.plan !== null && !this.plan.isStale && this.fits(preparations) && this.#kinds === kinds;
    if (kinds === null || isKnown) return;
    this.plan = reader.first?.(kinds) ?? null;
    this.#kinds = kinds;
    this.#preparations = preparations;
  }

  /** Whether the plan is for the columns of a statement that has been prepared so often. */
  fits(preparations: number): boolean {
    return preparations === this.#preparations;
  }
}
