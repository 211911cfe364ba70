/**
 * When something is made for the values seen so far, to be used in place of what takes any.
 *
 *     general ──50 uses──▶ made ──50 uses that it does not fit──▶ made anew ──…──▶ after 10 times the last one stays
 *
 * Making takes some hundred microseconds, a use of the general way one more than of what is made.
 */

export class Specialiser<T> {
  /** What takes the place of the general way where it fits; null while there is nothing. */
  made: T | null = null;
  #uses = 0;
  #times = 0;

  /**
   * Counts a use of the general way: nothing is made, or it did not fit. When it is time, `make` makes something
   * that fits this use; null leaves it to the general way. `isLast` says that nothing else will be made.
   */
  count(make: (isLast: boolean) => T | null): void {
    if (this.#times === MOST_TIMES || ++this.#uses < USES_BEFORE) return;
    this.#uses = 0;
    this.#times++;
    this.made = make(this.#times === MOST_TIMES);
  }
}

/**
 * What is made once for each key. There is an end to that: what is made (machine code, functions) stays, and a
 * program that keeps preparing new statements must not fill memory.
 */
export class Once<T> {
  readonly #made = new Map<string, T | null>();

  /** What was made for `key`, or is made now; null where nothing can be, and where there is too much already. */
  of(key: string, make: () => T | null): T | null {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    if (this.#made.size >= MOST_MADE) return null;
    const made = make();
    this.#made.set(key, made);
    return made;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const USES_BEFORE = 50;
const MOST_TIMES = 10;
const MOST_MADE = 500;
