/**
 * What C ends with this thread of JavaScript: a worker that is terminated closes nothing by itself, and a
 * connection that stays open keeps its file locked for the rest of the process.
 *
 * Each handle is entered as soon as there is one, and taken out before it is ended: where a worker is terminated in
 * between, a handle may stay open, but none is ended twice.
 */
import { EndList } from "ctypes-js";
import { lib } from "../library/library.ts";

/** Handles that hold a thing of SQLite's. */
export type HandleKind = keyof typeof ENDS;

/** Leaves a handle to the end of this thread, unless it is taken back; gives its place. */
export function leave(kind: HandleKind, handle: number): number {
  return (lists.get(kind) ?? listOf(kind)).add(handle);
}

/** Takes a handle back, which is ended now. */
export function takeBack(kind: HandleKind, place: number): void {
  lists.get(kind)?.remove(place);
}

// -- Private ---------------------------------------------------------------------------------------

/** What ends handles of each kind. Those further down come first: a connection ends after all that was made on it. */
const ENDS = {
  connection: "sqlite3_close_v2",
  statement: "sqlite3_finalize",
  blob: "sqlite3_blob_close",
  session: "sqlite3session_delete",
  backup: "sqlite3_backup_finish",
} as const;

const KINDS = Object.keys(ENDS) as HandleKind[];
const lists = new Map<HandleKind, EndList>();

function listOf(kind: HandleKind): EndList {
  // A list that is made later is ended earlier. Sessions are not in every build of SQLite.
  for (const each of KINDS) {
    if (lists.has(each) || (each === "session" && each !== kind)) continue;
    lists.set(each, new EndList(lib[ENDS[each]] as (handle: never) => unknown));
  }
  return lists.get(kind) as EndList;
}
