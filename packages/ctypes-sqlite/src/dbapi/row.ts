/**
 * `Row`: a row whose values are also found by the names of their columns.
 */

/** What a row knows of its cursor. */
interface Described {
  readonly description: readonly (readonly [name: string, ...unknown[]])[] | null;
}

/** An array of values, with their names. A `row_factory`: `connection.row_factory = Row`. */
export class Row extends Array<unknown> {
  readonly #names: readonly string[];

  constructor(cursor: Described, values: readonly unknown[]) {
    super(values.length);
    for (const [i, value] of values.entries()) this[i] = value;
    this.#names = (cursor.description ?? []).map(([name]) => name);
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** The value of a column, whatever the case of its name. @throws RangeError when there is none. */
  get(name: string): unknown {
    const wanted = name.toLowerCase();
    const index = this.#names.findIndex((known) => known.toLowerCase() === wanted);
    if (index < 0) throw new RangeError(`Row.get(): no column is named '${name}'; there are ${this.#names.join(", ")}`);
    return this[index];
  }

  /** The names of the columns. */
  names(): string[] {
    return [...this.#names];
  }

  /** The row as an object. Of columns of the same name the last stays. */
  toObject(): Record<string, unknown> {
    return Object.fromEntries(this.#names.map((name, i) => [name, this[i]]));
  }
}
