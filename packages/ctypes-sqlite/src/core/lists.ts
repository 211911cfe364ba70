/**
 * Questions about lists, whose answers decide what C is given: by loops, since a program may have put other methods
 * into `Array.prototype`.
 */
export function every<T>(items: readonly T[], test: (item: T, i: number) => boolean): boolean {
  for (let i = 0; i < items.length; i++) if (!test(items[i] as T, i)) return false;
  return true;
}

export function includes<T>(items: readonly T[], wanted: T): boolean {
  for (let i = 0; i < items.length; i++) if (items[i] === wanted) return true;
  return false;
}
