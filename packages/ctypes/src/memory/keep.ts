/**
 * What keeps what alive: ctypes' `_objects`.
 *
 * Memory of C knows nothing of JavaScript, so an object whose memory holds an address also holds, in JavaScript, what lies there. It is
 * kept by the *root*: the object that owns the memory, however deep the member was. The key is the path from the member to the root, in
 * hexadecimal, as ctypes has it:
 *
 *     rect.points[2] = p        rect._objects = { "2:1": … }      item 2 of member 1
 *
 * Entries are replaced, never removed: NULL written over a pointer leaves the old target alive a little longer.
 */

/** The object whose memory this one shares, or null. */
export const PARENT: unique symbol = Symbol("parent");
/** Which member or item of its parent it is. */
export const INDEX: unique symbol = Symbol("index");
/** What is kept: `_objects`. */
export const KEPT: unique symbol = Symbol("kept");

export interface Keeper {
  [PARENT]: Keeper | null;
  [INDEX]: number;
  [KEPT]: unknown;
}

/** Keeps `value` alive as long as the memory of member or item `index` of `holder`. */
export function keep(holder: Keeper, index: number, value: unknown): void {
  if (holder[PARENT] === null && index < 10) {
    // The same digits in both systems: an element by number is stored without making text of it.
    const own = holder[KEPT] as Record<number, unknown> | null | undefined;
    if (own !== undefined && own !== null) own[index] = value;
    else holder[KEPT] = index === 1 ? { 1: value } : { [index]: value }; // a pointer's target: a literal has no spare room
    return;
  }
  let key = index.toString(16);
  let root = holder;
  while (root[PARENT] !== null) {
    key += `:${root[INDEX].toString(16)}`;
    root = root[PARENT];
  }
  entries(root)[key] = value;
}

/** Keeps what the whole memory of a simple object needs: the object's record is that thing itself. */
export function keepWhole(holder: Keeper, value: unknown): void {
  if (holder[PARENT] === null) holder[KEPT] = value;
  else keep(holder[PARENT], holder[INDEX], value);
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
