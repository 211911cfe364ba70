/**
 * `Database.prototype.backup()`.
 */
import { access, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type BackupProgress, Copying } from "../core/backup.ts";
import { CoreConnection } from "../core/connection.ts";
import { SQLITE_OPEN_CREATE, SQLITE_OPEN_READWRITE } from "../library/constants.ts";
import { sqliteError } from "./error.ts";
import { databaseNotOpen, type State } from "./state.ts";

export interface BackupOptions {
  /** Told after each turn of the event loop; may say how many pages the next one copies, 0 for a pause. */
  progress?: ((progress: BackupProgress) => number | undefined) | null;
  /** Which database of the connection; by default `main`. */
  attached?: string;
}

/** Pages in a turn, unless `progress` says otherwise. */
const RATE = 100;

export async function backup(state: State, destination: unknown, options: unknown): Promise<BackupProgress> {
  const given = (options ?? {}) as BackupOptions;
  if (typeof destination !== "string") throw new TypeError("Expected first argument to be a string");
  if (typeof given !== "object") throw new TypeError("Expected second argument to be an options object");
  const file = destination.trim();
  const attached: unknown = "attached" in given ? given.attached : "main";
  const progress: unknown = "progress" in given ? given.progress : null;
  if (file === "") throw new TypeError("Backup filename cannot be an empty string");
  if (file === ":memory:") throw new TypeError('Invalid backup filename ":memory:"');
  if (typeof attached !== "string") throw new TypeError('Expected the "attached" option to be a string');
  if (attached === "") throw new TypeError('The "attached" option cannot be an empty string');
  if (progress !== null && progress !== undefined && typeof progress !== "function") {
    throw new TypeError('Expected the "progress" option to be a function');
  }
  await access(dirname(file)).catch(() => {
    throw new TypeError("Cannot save backup because the directory does not exist");
  });
  const isNew = await access(file).then(
    () => false,
    () => true,
  );
  state.requireOpen();
  state.requireNotBusy();
  const target = new CoreConnection(sqliteError, databaseNotOpen);
  target.open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  let isDone = false;
  try {
    const copying = new Copying(state.connection, attached, target, "main");
    try {
      const result = await copy(state, copying, (progress ?? null) as BackupOptions["progress"]);
      isDone = true;
      return result;
    } finally {
      copying.end();
    }
  } finally {
    target.close();
    if (!isDone && isNew) await rm(file, { force: true });
  }
}

// -- Private ---------------------------------------------------------------------------------------

async function copy(state: State, copying: Copying, tell: BackupOptions["progress"]): Promise<BackupProgress> {
  // The first turn copies nothing: it finds out how much there is.
  for (let rate = 0, isFirst = true; ; isFirst = false) {
    await setImmediate();
    state.requireOpen();
    copying.step(rate);
    const { progress } = copying;
    if (progress.remainingPages === 0) return progress;
    if (isFirst) rate = RATE;
    const wanted: unknown = tell?.(progress);
    if (wanted === undefined) continue;
    if (typeof wanted !== "number" || Number.isNaN(wanted)) {
      throw new TypeError("Expected progress callback to return a number or undefined");
    }
    rate = Math.max(0, Math.min(0x7fffffff, Math.round(wanted)));
  }
}
