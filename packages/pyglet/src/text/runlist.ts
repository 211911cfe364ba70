/**
 * Run-length encoding of what a text's positions have: a style, a font, an element. A value stands for all positions of
 * its run, and ranges are read from front to back.
 */

/** A range of positions, without its end, and what all of them have. */
export type RunRange<T> = readonly [start: number, end: number, value: T];

/** What gives values by position. */
export interface RunReader<T> {
  /** The value at a position. @throws RangeError past the end. */
  get(index: number): T;
  /** The runs from `start` to `end`, the first and the last one cut there. */
  ranges(start: number, end: number): Iterable<RunRange<T>>;
}

interface Run<T> {
  value: T;
  count: number;
}

/** A list that keeps runs, and grows and shrinks with the text. */
export class RunList<T> {
  runs: Run<T>[];

  constructor(size: number, initial: T) {
    this.runs = [{ value: initial, count: size }];
  }

  /** Makes room for `length` positions, which get the value of the one before them. */
  insert(position: number, length: number): void {
    let start = 0;
    for (const run of this.runs) {
      if (position <= start + run.count) {
        run.count += length;
        return;
      }
      start += run.count;
    }
  }

  /** Takes the positions from `start` to `end` out. */
  delete(start: number, end: number): void {
    let at = 0;
    let left = end - start;
    for (const run of this.runs) {
      if (left <= 0) break;
      const taken = Math.min(left, Math.max(0, at + run.count - start));
      if (start <= at + run.count) {
        run.count -= taken;
        left -= taken;
      }
      at += run.count;
    }
    const last = this.runs.at(-1) as Run<T>;
    this.runs = this.runs.filter(({ count }) => count > 0);
    if (this.runs.length === 0) this.runs = [{ value: last.value, count: 0 }];
  }

  /** Gives all positions from `start` to `end` a value. Neighbours with the same value become one run. */
  set_run(start: number, end: number, value: T): void {
    if (end <= start) return;
    const runs: Run<T>[] = [];
    const add = (value: T, count: number) => {
      if (count <= 0) return;
      const last = runs.at(-1);
      if (last !== undefined && isEqual(last.value, value)) last.count += count;
      else runs.push({ value, count });
    };
    let at = 0;
    let isSet = false;
    for (const run of this.runs) {
      const runEnd = at + run.count;
      add(run.value, Math.min(start, runEnd) - at);
      if (!isSet && runEnd > start) {
        add(value, Math.min(end, this.length) - start);
        isSet = true;
      }
      add(run.value, runEnd - Math.max(end, at));
      at = runEnd;
    }
    if (runs.length > 0) this.runs = runs;
  }

  /** How many positions there are. */
  get length(): number {
    let length = 0;
    for (const { count } of this.runs) length += count;
    return length;
  }

  /** The value at a position; that of the last run at the end. @throws RangeError past it. */
  get(index: number): T {
    let end = 0;
    for (const run of this.runs) {
      end += run.count;
      if (index >= 0 && index < end) return run.value;
    }
    if (index === end) return (this.runs.at(-1) as Run<T>).value;
    throw new RangeError(`RunList.get(): position ${index} is out of bounds for ${end} positions`);
  }

  get_run_iterator(): RunIterator<T> {
    return new RunIterator(this);
  }

  *[Symbol.iterator](): Generator<RunRange<T>> {
    let at = 0;
    for (const { count, value } of this.runs) {
      yield [at, at + count, value];
      at += count;
    }
  }
}

/** Reads a run list. It remembers where it was: reading forward costs no search. */
export class RunIterator<T> implements RunReader<T> {
  readonly #runs: readonly RunRange<T>[];
  #at = 0;

  constructor(runs: Iterable<RunRange<T>>) {
    this.#runs = [...runs];
  }

  get(index: number): T {
    const run = this.#seek(index);
    if (run !== undefined && index < run[1]) return run[2];
    // The end has the value of the last run.
    if (run !== undefined && index === run[1]) return run[2];
    throw new RangeError(`position ${index} is out of bounds for ${run?.[1] ?? 0} positions`);
  }

  *ranges(start: number, end: number): Generator<RunRange<T>> {
    this.#seek(start);
    for (let at = this.#at; at < this.#runs.length; at++) {
      const [runStart, runEnd, value] = this.#runs[at] as RunRange<T>;
      if (runStart >= end && runStart > start) return;
      if (runEnd > start) yield [Math.max(start, runStart), Math.min(end, runEnd), value];
    }
  }

  /** The run that has the position, or the last one. */
  #seek(index: number): RunRange<T> | undefined {
    if (index < (this.#runs[this.#at]?.[0] ?? 0)) this.#at = 0;
    while (this.#at < this.#runs.length - 1 && index >= (this.#runs[this.#at]?.[1] ?? 0)) this.#at++;
    return this.#runs[this.#at];
  }
}

/** Another reader's values, but one of its own from `start` to `end`. */
export class OverriddenRunIterator<T> implements RunReader<T> {
  readonly #base: RunReader<T>;
  readonly #start: number;
  readonly #end: number;
  readonly #value: T;

  constructor(base: RunReader<T>, start: number, end: number, value: T) {
    this.#base = base;
    this.#start = start;
    this.#end = end;
    this.#value = value;
  }

  get(index: number): T {
    return index >= this.#start && index < this.#end ? this.#value : this.#base.get(index);
  }

  *ranges(start: number, end: number): Generator<RunRange<T>> {
    const [from, to] = [Math.max(start, this.#start), Math.min(end, this.#end)];
    if (to <= from) {
      yield* this.#base.ranges(start, end);
      return;
    }
    if (start < from) yield* this.#base.ranges(start, from);
    yield [from, to, this.#value];
    if (to < end) yield* this.#base.ranges(to, end);
  }
}

/** Another reader's values where they pass a test, a default elsewhere. */
export class FilteredRunIterator<T> implements RunReader<T> {
  readonly #base: RunReader<unknown>;
  readonly #isGood: (value: unknown) => boolean;
  readonly #fallback: T;

  constructor(base: RunReader<unknown>, isGood: (value: unknown) => boolean, fallback: T) {
    this.#base = base;
    this.#isGood = isGood;
    this.#fallback = fallback;
  }

  get(index: number): T {
    const value = this.#base.get(index);
    return this.#isGood(value) ? (value as T) : this.#fallback;
  }

  *ranges(start: number, end: number): Generator<RunRange<T>> {
    for (const [from, to, value] of this.#base.ranges(start, end)) {
      yield [from, to, this.#isGood(value) ? (value as T) : this.#fallback];
    }
  }
}

/** Several readers as one, whose values are lists; a run ends where one of theirs ends. */
export class ZipRunIterator implements RunReader<readonly unknown[]> {
  readonly #readers: readonly RunReader<unknown>[];

  constructor(readers: readonly RunReader<unknown>[]) {
    this.#readers = readers;
  }

  get(index: number): readonly unknown[] {
    return this.#readers.map((reader) => reader.get(index));
  }

  *ranges(start: number, end: number): Generator<RunRange<readonly unknown[]>> {
    const iterators = this.#readers.map((reader) => reader.ranges(start, end)[Symbol.iterator]());
    const current = iterators.map((each) => each.next());
    for (let at = start; at < end; ) {
      const runs = current.map((each) => (each.done === true ? null : each.value));
      if (runs.includes(null)) return;
      const until = Math.min(...runs.map((run) => (run as RunRange<unknown>)[1]));
      yield [at, until, runs.map((run) => (run as RunRange<unknown>)[2])];
      at = until;
      for (const [index, run] of runs.entries()) {
        if (run?.[1] === until) current[index] = (iterators[index] as Iterator<RunRange<unknown>>).next();
      }
    }
  }
}

/** The same value at all positions. */
export class ConstRunIterator<T> implements RunReader<T> {
  readonly length: number;
  readonly value: T;

  constructor(length: number, value: T) {
    this.length = length;
    this.value = value;
  }

  get(_index: number): T {
    return this.value;
  }

  *ranges(start: number, end: number): Generator<RunRange<T>> {
    yield [start, end, this.value];
  }
}

/** Whether two values are the same, lists by their items. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  return one.every((item, index) => isEqual(item, other[index]));
}
