/**
 * Slices: Python's `a[start:stop:step]`, for arrays and pointers.
 */
import { describe, outOfRange } from "../memory/errors.ts";

/** A bound of a slice; null or undefined is "left out". */
export type Bound = number | null | undefined;

/**
 * The indices that a slice of an array names, by Python's rules: negative bounds count from the end, all are cut to the
 * array.
 */
export function arrayIndices(length: number, start: Bound, stop: Bound, step: Bound): number[] {
  const by = checkStep(step);
  const first = by > 0 ? 0 : length - 1;
  const last = by > 0 ? length : -1;
  const cut = (bound: Bound, otherwise: number): number => {
    if (bound === null || bound === undefined) return otherwise;
    const index = checkBound(bound);
    const from = index < 0 ? index + length : index;
    return by > 0 ? Math.min(Math.max(from, 0), length) : Math.min(Math.max(from, -1), length - 1);
  };
  return range(cut(start, first), cut(stop, last), by);
}

/**
 * The indices that a slice of a pointer names: C knows no end, so nothing is cut, a negative bound is a real index, and
 * what cannot be guessed must be given.
 *
 * @throws TypeError when a bound is missing.
 */
export function pointerIndices(start: Bound, stop: Bound, step: Bound): number[] {
  const by = checkStep(step);
  const isOpen = start === null || start === undefined;
  if (isOpen && by < 0) throw new TypeError("slice start is required for step < 0");
  if (stop === null || stop === undefined) throw new TypeError("slice stop is required");
  return range(isOpen ? 0 : checkBound(start), checkBound(stop), by);
}

/** What a slice reads as: one string where the items are characters, else an array. */
export function joined(items: readonly unknown[], isText: boolean): unknown {
  return isText ? items.join("") : items;
}

/**
 * The values for as many places, one by one.
 *
 * @throws TypeError for what is no list of values, RangeError when they are not as many.
 */
export function valuesFor(values: unknown, count: number, isText: boolean): unknown[] {
  const isList = typeof values === "object" && values !== null && Symbol.iterator in values;
  if (!isList && !(isText && typeof values === "string")) {
    throw new TypeError(`expected an array of values${isText ? " or a string" : ""}, got ${describe(values)}`);
  }
  const list = Array.from(values as Iterable<unknown>);
  if (list.length !== count) throw outOfRange(`${list.length} values do not fit a slice of ${count} items`);
  return list;
}

// -- Private ---------------------------------------------------------------------------------------

/** No array is longer than this, and no list of indices should be. */
const MOST = 2 ** 30;

function range(start: number, stop: number, step: number): number[] {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count > MOST) throw outOfRange(`a slice of ${count} items is too long`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

function checkBound(bound: unknown): number {
  if (Number.isInteger(bound)) return bound as number;
  throw new TypeError(`a slice's bounds are integers, got ${describe(bound)}`);
}

function checkStep(step: Bound): number {
  if (step === null || step === undefined) return 1;
  if (checkBound(step) === 0) throw outOfRange("a slice's step cannot be zero");
  return step;
}
