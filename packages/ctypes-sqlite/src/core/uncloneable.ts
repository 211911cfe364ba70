/**
 * Objects that live in one thread: databases, statements and the like.
 */
import * as workers from "node:worker_threads";

/**
 * Has `structuredClone` and `postMessage` refuse the object, as they refuse those of node:sqlite and better-sqlite3; a
 * copy would be its visible properties. Does nothing where no object can refuse (Node before 22.10, Bun, Deno).
 */
export const refuseClones: (object: object) => void =
  (workers as { markAsUncloneable?(object: object): void }).markAsUncloneable ?? (() => {});
