/** How Node marks objects for `structuredClone` and `postMessage` to refuse. */
import type { V8Verbs } from "./addon.ts";
import { workerThreads } from "./environment.ts";
import type { UncloneableMark } from "./interface.ts";

/**
 * The mark that `markAsUncloneable` (Node 22.10 and newer) sets on an object, so that constructors can set it
 * themselves at a fraction of the cost; null where there is none, or it is not found.
 */
export function findUncloneableMark(v8: V8Verbs | null): UncloneableMark | null {
  // Not what somebody has put on Object.prototype.
  const threads = workerThreads();
  const markAsUncloneable = Object.hasOwn(threads, "markAsUncloneable") ? threads.markAsUncloneable : undefined;
  if (v8 === null || markAsUncloneable === undefined) return null;
  const known = Symbol("known");
  const marked: Marked = {};
  markAsUncloneable(marked);
  const key = v8.privateKey(marked, { [known]: 0 }, known);
  if (key === undefined) return null;
  // Used only if it works, and is not visible.
  const other: Marked = {};
  const isRight = key in marked && !(key in other) && Reflect.ownKeys(marked).length === 0;
  if (!isRight) return null;
  const value = marked[key];
  other[key] = value;
  return Reflect.ownKeys(other).length === 0 ? { key, value } : null;
}

type Marked = Record<symbol, unknown>;
