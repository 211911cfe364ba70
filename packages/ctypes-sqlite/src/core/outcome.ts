/**
 * What a run of a statement changed.
 */
import { calls } from "../library/library.ts";
import type { CoreConnection } from "./connection.ts";
import type { WholeRun } from "./print.ts";

export class Outcome {
  /** How many rows the last run changed; of a statement that changes none, how many the one before it did. */
  changes = 0;
  /** The rowid inserted last on the connection; a bigint where a number would not be exact. */
  lastInsertRowid: number | bigint = 0;
  /** Whether the last run changed anything. */
  hasChanged = false;

  /** Takes what a run in one call of C has left. */
  take({ words, changes, rowid, before, after }: WholeRun, connection: CoreConnection): void {
    this.changes = calls.countsFar ? wide(words, changes) : (words[changes] as number);
    const last = wide(words, rowid);
    this.lastInsertRowid = last <= MOST && last >= -MOST ? last : connection.lastInsertRowidBigInt;
    this.hasChanged = words[before] !== words[after];
  }

  /** Asks the connection, on which `before` changes had been made when the run began. */
  ask(connection: CoreConnection, before: number): void {
    this.changes = connection.changes;
    this.lastInsertRowid = connection.lastInsertRowid;
    this.hasChanged = connection.totalChanges !== before;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const MOST = Number.MAX_SAFE_INTEGER;

/** The integer of 64 bits with this low word. */
function wide(words: Int32Array, low: number): number {
  return (words[low + 1] as number) * 4294967296 + ((words[low] as number) >>> 0);
}
