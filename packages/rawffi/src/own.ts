/**
 * Records that inherit nothing. `Object.prototype` must not fill in what a record leaves out: otherwise a program that
 * defines `Object.prototype.handle`, by mistake or by merging an object from elsewhere, chooses a library's handle.
 */

// V8 keeps instances of a class in fast mode; an object made by `Object.create(null)` is a dictionary.
class Own {}
Reflect.deleteProperty(Own.prototype, "constructor");
Object.setPrototypeOf(Own.prototype, null);

/** A copy of `record` with only its own properties. Getters run here, and never again. */
export function own<T extends object>(record: T): T {
  return Object.assign(new Own(), record) as T;
}

/** A table of such records, which inherits nothing either. */
export function ownRows<T extends Readonly<Record<string, object>>>(table: T): T {
  const rows = new Own() as Record<string, object>;
  for (const key of Object.keys(table)) rows[key] = own(table[key] as object);
  return rows as T;
}
