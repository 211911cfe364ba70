/**
 * Integers on their way into C: checks that they are integers, and cuts them as C does.
 *
 * Wrapping is C's and ctypes' rule: 300 stored in a `char` is 44. What is no integer at all (a fraction, NaN, a string,
 * undefined) is an error.
 */
import { rawffi } from "rawffi";
import { expected } from "../memory/errors.ts";
import type { Memory } from "../memory/memory.ts";
import { isPlainlyPeeked } from "../memory/peeked.ts";

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

type LoadWord = (memory: Memory, offset: number, littleEndian: boolean) => number | bigint;

/** Stores a 64-bit integer given as a number or bigint. */
export const storeWord: (memory: Memory, offset: number, value: number | bigint, littleEndian: boolean) => void =
  rawffi.hasWindows ? storeHalves : storePeeked;

/** A signed 64-bit integer as a number; as a bigint where a number could not hold it exactly. */
export const loadSignedWord: LoadWord = rawffi.hasWindows ? loadSignedHalves : loadSignedPeeked;

/** The same for an unsigned one. */
export const loadUnsignedWord: LoadWord = rawffi.hasWindows ? loadUnsignedHalves : loadUnsignedPeeked;

function storeHalves(memory: Memory, offset: number, value: number | bigint, littleEndian: boolean): void {
  if (typeof value === "bigint") {
    memory.setBigUint64(offset, BigInt.asUintN(64, value), littleEndian);
    return;
  }
  memory.setUint32(littleEndian ? offset : offset + 4, value, littleEndian);
  memory.setUint32(littleEndian ? offset + 4 : offset, Math.floor(value / 4294967296), littleEndian);
}

function loadSignedHalves(memory: Memory, offset: number, littleEndian: boolean): number | bigint {
  const high = memory.getInt32(littleEndian ? offset + 4 : offset, littleEndian);
  if (high >= 0x200000 || high < -0x200000) return memory.getBigInt64(offset, littleEndian);
  return high * 4294967296 + memory.getUint32(littleEndian ? offset : offset + 4, littleEndian);
}

function loadUnsignedHalves(memory: Memory, offset: number, littleEndian: boolean): number | bigint {
  const high = memory.getUint32(littleEndian ? offset + 4 : offset, littleEndian);
  if (high >= 0x200000) return memory.getBigUint64(offset, littleEndian);
  return high * 4294967296 + memory.getUint32(littleEndian ? offset : offset + 4, littleEndian);
}

// Foreign memory where there are no windows: by one native call, which knows the machine's byte order.

function storePeeked(memory: Memory, offset: number, value: number | bigint, littleEndian: boolean): void {
  if (!isPlainlyPeeked(memory) || littleEndian !== isLittleEndian) {
    storeHalves(memory, offset, value, littleEndian);
    return;
  }
  const isExact = Number.isSafeInteger(value);
  rawffi.access.setAddress(memory.base + offset, isExact ? (value as number) : BigInt.asUintN(64, BigInt(value)));
}

function loadSignedPeeked(memory: Memory, offset: number, littleEndian: boolean): number | bigint {
  if (!isPlainlyPeeked(memory) || littleEndian !== isLittleEndian)
    return loadSignedHalves(memory, offset, littleEndian);
  const value = rawffi.access.getAddress(memory.base + offset);
  if (typeof value === "number") return value;
  // A bigint is 2^53 or more here: negative, or positive and beyond what a number holds.
  const signed = BigInt.asIntN(64, value);
  return signed < 0n && signed >= -(2n ** 53n) ? Number(signed) : signed;
}

function loadUnsignedPeeked(memory: Memory, offset: number, littleEndian: boolean): number | bigint {
  if (!isPlainlyPeeked(memory) || littleEndian !== isLittleEndian)
    return loadUnsignedHalves(memory, offset, littleEndian);
  return rawffi.access.getAddress(memory.base + offset);
}

const { isLittleEndian } = rawffi.platform;
