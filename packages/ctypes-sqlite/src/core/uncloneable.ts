/**
 * Objects that live in one thread: databases, statements and the like.
 */
import { workerThreads } from "ctypes-js/util";

/**
 * Has `structuredClone` and `postMessage` refuse the object, as they refuse those of node:sqlite and better-sqlite3; a
 * copy would be its visible properties. Does nothing where no object can refuse (Node before 22.10, Bun, Deno).
 */
export function refuseClones(object: object): void {
  mark ??= workerThreads().markAsUncloneable ?? (() => {});
  mark(object);
}

let mark: ((object: object) => void) | undefined;
