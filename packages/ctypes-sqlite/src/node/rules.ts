/**
 * How values of SQLite are those of JavaScript in node:sqlite.
 */
import { types } from "node:util";
import { giveError, giveResult, TOO_LARGE, UNSUPPORTED } from "../core/giving.ts";
import { type ReadingRules, type ValueReader, valueReader } from "../core/reading.ts";
import { type RowMaker, rowsOf } from "../core/rows.ts";
import { outOfRange } from "./errors.ts";

const numbers: ReadingRules = { integer: exactNumber, blob: (bytes) => bytes };
const bigints: ReadingRules = { ...numbers, bigints: true };

const bareRows = rowsOf("bare", numbers);
const bareBigIntRows = rowsOf("bare", bigints);
const arrayRows = rowsOf("array", numbers);
const arrayBigIntRows = rowsOf("array", bigints);

/** How a statement with these settings reads rows. */
export function rowsFor(readsBigInts: boolean, areArrays: boolean): RowMaker {
  if (areArrays) return readsBigInts ? arrayBigIntRows : arrayRows;
  return readsBigInts ? bareBigIntRows : bareRows;
}

export const readValue: ValueReader = valueReader(numbers);
export const readValueBigInt: ValueReader = valueReader(bigints);

/** Gives SQLite what a user function returned. */
export function giveValue(context: number, value: unknown): void {
  const status = giveResult(context, types.isArrayBuffer(value) ? new Uint8Array(value) : value);
  if (status === TOO_LARGE) giveError(context, "BigInt value is too large for SQLite");
  if (status === UNSUPPORTED) {
    giveError(
      context,
      types.isPromise(value)
        ? "Asynchronous user-defined functions are not supported"
        : "Returned JavaScript value cannot be converted to a SQLite value",
    );
  }
}

/** An integer of 64 bits as a number. @throws ERR_OUT_OF_RANGE where that would not be exact. */
export function exactNumber(value: number | bigint): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw outOfRange(`Value is too large to be represented as a JavaScript number: ${value}`);
}
