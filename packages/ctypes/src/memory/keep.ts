/**
 * What keeps what alive: ctypes' `_objects`.
 *
 * The collector does not see addresses in C memory, so an object whose memory holds an address also references the
 * object at that address. The *root* keeps it: the object that owns the memory, however deep the member is. The key is
 * the path from the member to the root, in hexadecimal, as in ctypes:
 *
 *     rect.points[2] = p        rect._objects = { "2:1": … }      item 2 of member 1
 *
 * Entries are replaced, never removed: after NULL is written over a pointer, the old pointee stays alive.
 *
 * The pointee of a pointer inside an object has the same root, which keeps the pointee's owner already. Its path is its
 * address, so that paths do not grow when a list or a ring is followed:
 *
 *     first.next.contents.next.contents.next = p        first._objects = { "1": …, "1:@7f0120": … }
 */

/** The object whose memory this one shares, or null. */
export const PARENT: unique symbol = Symbol("parent");
/** The index of the member or item in its parent. */
export const INDEX: unique symbol = Symbol("index");
/** What is kept: `_objects`. */
export const KEPT: unique symbol = Symbol("kept");

/** The memory of an object, and its offset there. */
export const MEMORY: unique symbol = Symbol("memory");
export const OFFSET: unique symbol = Symbol("offset");
/** The {@link INDEX} of the pointee of a pointer inside its root. */
export const FOLLOWED = -1;
/** The method that keeps something: {@link keep} calls it. */
export const KEEP: unique symbol = Symbol("keep");

/**
 * All of these, for functions that are evaluated anew. They redeclare them with a type, since TypeScript infers only
 * `symbol` for a destructured unique symbol.
 */
export const keys = { MEMORY, OFFSET, PARENT, INDEX, KEPT, KEEP } as const;
export type Keys = typeof keys;

export interface Keeper {
  [PARENT]: Keeper | null;
  [INDEX]: number;
  [KEPT]: unknown;
  [MEMORY]: { readonly base: number };
  [OFFSET]: number;
  [KEEP](index: number, value: unknown): void;
}

/**
 * Whether an object that inherits from a C type is a C object: prototypes, and objects made by `Object.create` or a
 * Proxy, have no memory.
 */
export function hasMemory(value: object): boolean {
  try {
    return (value as Partial<Keeper>)[MEMORY] !== undefined;
  } catch {
    return false;
  }
}

/** Keeps `value` alive as long as the memory of member or item `index` of `holder`. */
export function keep(holder: Keeper, index: number, value: unknown): void {
  holder[KEEP](index, value);
}

/**
 * The same, wherever the root is; instances of compiled classes call it only where they are not the root themselves.
 */
export function keepByPath(holder: Keeper, index: number, value: unknown): void {
  if (holder[PARENT] === null && index < 10) {
    // One digit is the same in decimal and hexadecimal: an element is stored by its number, without making a string.
    const own = holder[KEPT] as Record<number, unknown> | null | undefined;
    if (own !== undefined && own !== null) own[index] = value;
    // The entry of a pointer's pointee: a literal has no spare room.
    else holder[KEPT] = index === 1 ? { 1: value } : { [index]: value };
    return;
  }
  let key = index.toString(16);
  let root = holder;
  while (root[PARENT] !== null) {
    key += `:${stepOf(root)}`;
    root = root[PARENT];
  }
  entries(root)[key] = value;
}

/** Keeps what the whole memory of a simple object needs: `_objects` is that value itself. */
export function keepWhole(holder: Keeper, value: unknown): void {
  if (holder[PARENT] === null) holder[KEPT] = value;
  else if (holder[INDEX] === FOLLOWED) entries(holder[PARENT])[stepOf(holder)] = value;
  else keep(holder[PARENT], holder[INDEX], value);
}

/** The last step of an object's path to the root. */
function stepOf(holder: Keeper): string {
  const index = holder[INDEX];
  return index === FOLLOWED ? `@${(holder[MEMORY].base + holder[OFFSET]).toString(16)}` : index.toString(16);
}

/** The record of what `holder` keeps, which can be shared or kept itself; made if there is none yet. */
export function entries(holder: Keeper): Record<string, unknown> {
  return (holder[KEPT] ??= {}) as Record<string, unknown>;
}

/** The object that owns the memory. */
export function rootOf(holder: Keeper): Keeper {
  let root = holder;
  while (root[PARENT] !== null) root = root[PARENT];
  return root;
}
