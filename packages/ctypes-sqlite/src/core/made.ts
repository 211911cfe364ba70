/**
 * What is made of sequences, once for each key. A sequence has a page of machine code, which stays: a program that comes with ever other statements must
 * not fill memory.
 */
export class Made<T> {
  readonly #made = new Map<string, T | null>();

  /** What was made for `key`, or is made now; null where nothing can be, and where there is too much already. */
  of(key: string, make: () => T | null): T | null {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    if (this.#made.size >= MOST) return null;
    const made = make();
    this.#made.set(key, made);
    return made;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const MOST = 200;
