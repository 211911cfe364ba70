/**
 * Changesets applied: what node:sqlite checks of them.
 */
import { types } from "node:util";
import type { CoreConnection } from "../core/connection.ts";
import { applyChangeset } from "../core/session.ts";
import { SQLITE_ABORT, SQLITE_OK } from "../library/constants.ts";
import { invalidType } from "./errors.ts";
import { functionOption, isInt32, optionsOf } from "./options.ts";

export interface ChangesetOptions {
  filter?: ((table: string) => boolean) | undefined;
  onConflict?: ((kind: number) => number) | undefined;
}

/** False when a conflict stopped it. */
export function applyTo(
  connection: CoreConnection,
  changeset: Uint8Array,
  options: ChangesetOptions | undefined,
): boolean {
  if (!types.isUint8Array(changeset)) throw invalidType('The "changeset" argument must be a Uint8Array.');
  const given = optionsOf(options);
  const onConflict = functionOption<(kind: number) => number>(given, "onConflict") ?? null;
  const filter = functionOption<(table: string) => boolean>(given, "filter") ?? null;
  const resolve = onConflict && ((kind: number) => changesetAnswer(onConflict(kind)));
  const status = applyChangeset(connection, changeset, filter, resolve);
  if (status === SQLITE_OK) return true;
  if (status === SQLITE_ABORT) return false;
  throw connection.errorOf(status);
}

// -- Private ---------------------------------------------------------------------------------------

/** What is no integer means something that SQLite refuses. */
function changesetAnswer(answer: unknown): number {
  return isInt32(answer) ? answer : -1;
}
