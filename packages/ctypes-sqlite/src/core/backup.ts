/**
 * A backup: pages of one database copied into another, some at a time, while the source is in use.
 */
import { SQLITE_BUSY, SQLITE_DONE, SQLITE_LOCKED, SQLITE_OK } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import type { CoreConnection } from "./connection.ts";
import { leave, takeBack } from "./ending.ts";

/** How far a backup has come, in pages. */
export interface BackupProgress {
  totalPages: number;
  remainingPages: number;
}

export class Copying {
  #handle = 0;
  #place = 0;
  readonly #source: CoreConnection;
  readonly #target: CoreConnection;

  /** @throws the target's error when the backup cannot begin. */
  constructor(source: CoreConnection, sourceName: string, target: CoreConnection, targetName: string) {
    this.#source = source;
    this.#target = target;
    const handle = lib.sqlite3_backup_init(target.handle, targetName, source.handle, sourceName);
    if (handle === null) throw target.error();
    this.#handle = handle;
    this.#place = leave("backup", handle);
    for (const one of [source, target]) {
      one.dependents.add(this);
      one.copies++;
    }
  }

  get hasEnded(): boolean {
    return this.#handle === 0;
  }

  /**
   * Copies up to `pages` pages (all when negative); true when all are copied. A source that is locked is no error:
   * nothing is copied then.
   */
  step(pages: number): boolean {
    const status = lib.sqlite3_backup_step(this.#handle, pages);
    if (status === SQLITE_DONE) return true;
    const primary = status & 0xff;
    if (primary === SQLITE_OK || primary === SQLITE_BUSY || primary === SQLITE_LOCKED) return false;
    throw this.#target.errorOf(status);
  }

  get progress(): BackupProgress {
    return {
      totalPages: lib.sqlite3_backup_pagecount(this.#handle),
      remainingPages: lib.sqlite3_backup_remaining(this.#handle),
    };
  }

  /** Ends it, finished or not. */
  end(): void {
    const handle = this.#handle;
    if (handle === 0) return;
    this.#handle = 0;
    for (const one of [this.#source, this.#target]) {
      one.dependents.delete(this);
      one.copies--;
    }
    takeBack("backup", this.#place);
    lib.sqlite3_backup_finish(handle);
  }
}
