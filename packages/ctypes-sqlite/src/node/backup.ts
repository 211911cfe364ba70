/**
 * `backup()`: a database copied into a file while it is in use.
 *
 * Some pages are copied in each turn of the event loop, on this thread: a connection of ours belongs to one thread.
 */
import { setImmediate } from "node:timers/promises";
import { type BackupProgress, Copying } from "../core/backup.ts";
import { CoreConnection } from "../core/connection.ts";
import { SQLITE_OPEN_CREATE, SQLITE_OPEN_READWRITE, SQLITE_OPEN_URI } from "../library/constants.ts";
import { connectionOf, type DatabaseSync } from "./database.ts";
import { databaseNotOpen, invalidType, outOfRange, sqliteError } from "./errors.ts";
import { checkPath, functionOption, integerOption, optionsOf, stringOption } from "./options.ts";

export interface BackupOptions {
  /** Pages in each turn of the event loop; by default 100. */
  rate?: number | undefined;
  /** Told after each turn that is not the last. */
  progress?: ((progress: BackupProgress) => void) | undefined;
  /** The names of the databases of either connection; by default `main`. */
  source?: string | undefined;
  target?: string | undefined;
}

/** Copies a database to `path`; the promise is of the number of its pages. */
export function backup(
  sourceDb: DatabaseSync,
  path: string | Uint8Array | URL,
  options: BackupOptions = {},
): Promise<number> {
  if (typeof sourceDb !== "object" || sourceDb === null) {
    throw invalidType('The "sourceDb" argument must be an object.');
  }
  const source = connectionOf(sourceDb);
  if (source === null) throw invalidType('The "sourceDb" argument must be a DatabaseSync.');
  if (!source.isOpen) throw databaseNotOpen();
  const file = checkPath(path);
  const given = optionsOf(options);
  const rate = integerOption(given, "rate", 100);
  if (rate < 1) throw outOfRange('The "options.rate" argument must be a positive integer.');
  const from = stringOption(given, "source") ?? "main";
  const to = stringOption(given, "target") ?? "main";
  const progress = functionOption<(progress: BackupProgress) => void>(given, "progress");
  if (!source.isOpen) throw databaseNotOpen();
  return copy(sourceDb, source, from, file, to, rate, progress);
}

async function copy(
  owner: object,
  source: CoreConnection,
  from: string,
  file: string,
  to: string,
  rate: number,
  tell: ((progress: BackupProgress) => void) | undefined,
): Promise<number> {
  const target = new CoreConnection(sqliteError, databaseNotOpen);
  target.open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI);
  try {
    const copying = new Copying(source, from, target, to);
    try {
      for (;;) {
        await setImmediate();
        // Closing the source ends the copying.
        if (copying.hasEnded) throw databaseNotOpen();
        const isDone = copying.step(rate);
        const { progress } = copying;
        if (isDone) return progress.totalPages;
        tell?.(progress);
      }
    } finally {
      copying.end();
    }
  } finally {
    target.close();
    void owner;
  }
}
