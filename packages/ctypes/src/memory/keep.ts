/**
 * What keeps what alive: ctypes' `_objects`.
 *
 * Memory of C knows nothing of JavaScript, so an object whose memory holds an address also holds, in JavaScript, what
 * lies there. It is kept by the *root*: the object that owns the memory, however deep the member was. The key is the
 * path from the member to the root, in hexadecimal, as ctypes has it:
 *
 *     rect.points[2] = p        rect._objects = { "2:1": … }      item 2 of member 1
 *
 * Entries are replaced, never removed: NULL written over a pointer leaves the old target alive a little longer.
 *
 * What a pointer inside of an object leads to has the same root: its owner is kept there already. It has the address
 * for its path, since following a list, or a ring for ever, must not make paths that grow:
 *
 *     first.next.contents.next.contents.next = p        first._objects = { "1": …, "1:@7f0120": … }
 */

/** The object whose memory this one shares, or null. */
export const PARENT: unique symbol = Symbol("parent");
/** Which member or item of its parent it is. */
export const INDEX: unique symbol = Symbol("index");
/** What is kept: `_objects`. */
export const KEPT: unique symbol = Symbol("kept");

/** The memory that an object lies in, and where in it. */
export const MEMORY: unique symbol = Symbol("memory");
export const OFFSET: unique symbol = Symbol("offset");
/** The {@link INDEX} of what a pointer inside of its root leads to. */
export const FOLLOWED = -1;
/** The method that keeps something: {@link keep} asks it. */
export const KEEP: unique symbol = Symbol("keep");

/**
 * All of these, for functions that are evaluated anew. These give them names again by declarations with a type, since
 * TypeScript takes what is destructured for any symbol.
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
 * Whether an object that inherits from a C type is a C object: a prototype has no memory, nor has what `Object.create`
 * or a Proxy makes.
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
 * The same, wherever the root is; instances of the compiled classes ask only where they are not the root themselves.
 */
export function keepByPath(holder: Keeper, index: number, value: unknown): void {
  if (holder[PARENT] === null && index < 10) {
    // The same digits in both systems: an element by number is stored without making text of it.
    const own = holder[KEPT] as Record<number, unknown> | null | undefined;
    if (own !== undefined && own !== null) own[index] = value;
    // A pointer's target: a literal has no spare room.
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

/** Keeps what the whole memory of a simple object needs: the object's record is that thing itself. */
export function keepWhole(holder: Keeper, value: unknown): void {
  if (holder[PARENT] === null) holder[KEPT] = value;
  else if (holder[INDEX] === FOLLOWED) entries(holder[PARENT])[stepOf(holder)] = value;
  else keep(holder[PARENT], holder[INDEX], value);
}

/** The last step of an object's path. */
function stepOf(holder: Keeper): string {
  const index = holder[INDEX];
  return index === FOLLOWED ? `@${(holder[MEMORY].base + holder[OFFSET]).toString(16)}` : index.toString(16);
}

/** What `holder` keeps, as an object to be shared or kept in turn; made when there was nothing yet. */
export function entries(holder: Keeper): Record<string, unknown> {
  return (holder[KEPT] ??= {}) as Record<string, unknown>;
}

/** The object that owns the memory. */
export function rootOf(holder: Keeper): Keeper {
  let root = holder;
  while (root[PARENT] !== null) root = root[PARENT];
  return root;
}
