/**
 * Integers on their way into C: checks that they are integers, and cuts them as C does.
 *
 * Wrapping is C's and ctypes' rule: 300 stored in a `char` is 44. What is no integer at all (a fraction, NaN, a string,
 * undefined) is an error.
 */
import { expected } from "../memory/errors.ts";
import type { Memory } from "../memory/memory.ts";

/** `value` as a number to be cut to 32 bits or fewer. */
export function toNumber(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "bigint") return Number(BigInt.asIntN(32, value));
  const plain = plainNumber(value);
  if (plain === undefined) throw expected(`an integer for ${name}`, value);
  return toNumber(plain, name);
}

/** `value` as an integer of 64 bits: a number where it was one. */
export function toInteger(value: unknown, name: string): number | bigint {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) return value;
  const plain = plainNumber(value);
  if (plain === undefined) throw expected(`an integer for ${name}`, value);
  return toInteger(plain, name);
}

/**
 * The number or bigint that an object's own `valueOf()` says it is; undefined when it says nothing of the kind. A C
 * object never does: no type stands for another one. A Date means a point in time.
 */
export function plainNumber(value: unknown): number | bigint | undefined {
  if (typeof value !== "object" || value === null || value instanceof Date) return undefined;
  // An object without a prototype has none.
  if (typeof value.valueOf !== "function") return undefined;
  const plain: unknown = value.valueOf();
  return typeof plain === "number" || typeof plain === "bigint" ? plain : undefined;
}

// -- 64 bits in memory -----------------------------------------------------------------------------

/** Stores a 64-bit integer given as a number or bigint. */
export function storeWord(memory: Memory, offset: number, value: number | bigint, littleEndian: boolean): void {
  if (typeof value === "bigint") {
    memory.setBigUint64(offset, BigInt.asUintN(64, value), littleEndian);
    return;
  }
  memory.setUint32(littleEndian ? offset : offset + 4, value, littleEndian);
  memory.setUint32(littleEndian ? offset + 4 : offset, Math.floor(value / 4294967296), littleEndian);
}

/** A signed 64-bit integer as a number; as a bigint where a number could not hold it exactly. */
export function loadSignedWord(memory: Memory, offset: number, littleEndian: boolean): number | bigint {
  const high = memory.getInt32(littleEndian ? offset + 4 : offset, littleEndian);
  if (high >= 0x200000 || high < -0x200000) return memory.getBigInt64(offset, littleEndian);
  return high * 4294967296 + memory.getUint32(littleEndian ? offset : offset + 4, littleEndian);
}

/** The same for an unsigned one. */
export function loadUnsignedWord(memory: Memory, offset: number, littleEndian: boolean): number | bigint {
  const high = memory.getUint32(littleEndian ? offset + 4 : offset, littleEndian);
  if (high >= 0x200000) return memory.getBigUint64(offset, littleEndian);
  return high * 4294967296 + memory.getUint32(littleEndian ? offset : offset + 4, littleEndian);
}
