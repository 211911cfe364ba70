/**
 * Arguments, as Python's sqlite3 checks them. They are looked at before anything is done: what C is given are
 * strings and numbers themselves, nothing that becomes one in the middle of a call.
 */
import { types } from "node:util";
import { isInt64 } from "../core/giving.ts";
import { OverflowError } from "./errors.ts";

/** @throws TypeError for what is no string. */
export function checkText(where: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`${where} must be a string, not ${kindOf(value)}`);
  return value;
}

/** @throws TypeError for what is no integer, OverflowError for one that has no place in a C `int`. */
export function checkInt(where: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new TypeError(`${where} must be an integer, not ${kindOf(value)}`);
  }
  if (value !== (value | 0)) throw new OverflowError(`${where}: ${value} is too large to convert to a C int`);
  return value;
}

/** @throws TypeError for what is no integer, OverflowError for one of more than 64 bits. */
export function checkInt64(where: string, value: unknown): bigint {
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value))) {
    throw new TypeError(`${where} must be an integer, not ${kindOf(value)}`);
  }
  const integer = BigInt(value);
  if (!isInt64(integer)) throw new OverflowError(`${where}: ${integer} is too large to convert to SQLite INTEGER`);
  return integer;
}

/** @throws TypeError for what is no number of seconds. */
export function checkSeconds(where: string, value: unknown): number {
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new TypeError(`${where} must be a number, not ${kindOf(value)}`);
}

/** @throws TypeError for what is no function, and not null. */
export function checkCallable<F>(where: string, value: F): F {
  if (value === null || typeof value === "function") return value;
  throw new TypeError(`${where} must be a function or null, not ${kindOf(value)}`);
}

/** @throws TypeError for what is no `Uint8Array`. */
export function checkBytes(where: string, value: unknown): Uint8Array {
  if (types.isUint8Array(value)) return value;
  throw new TypeError(`${where}: a bytes-like object is required: a Uint8Array, not ${kindOf(value)}`);
}

// -- Private ---------------------------------------------------------------------------------------

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "number" ? String(value) : typeof value;
}
