/**
 * Addresses: of instances, as users give them, as C prints them.
 */
import { describe, expected, outOfRange } from "../memory/errors.ts";
import type { Memory } from "../memory/memory.ts";
import type { CType } from "./protocol.ts";
import { type Instance, MEMORY, OFFSET, traitsOf } from "./protocol.ts";

/** The address of an instance's memory. @throws TypeError, RangeError when the buffer it lies in was detached or shrunk: C would not notice. */
export function address(data: Instance): number {
  const memory = data[MEMORY];
  if (memory.kind === "lent") checkLent(data, memory);
  return memory.base + data[OFFSET];
}

function checkLent(data: Instance, memory: Memory): void {
  const { name, size } = traitsOf(data.constructor as unknown as CType);
  let byteLength: number;
  try {
    byteLength = memory.byteLength;
  } catch {
    throw expected(`${name} with memory`, data, "its buffer was detached, the memory has moved on");
  }
  const end = data[OFFSET] + size;
  if (byteLength < end) throw outOfRange(`the buffer of ${name} shrank to ${byteLength} bytes; it ends at ${end}`);
}

/** A user's address as a number. @throws TypeError for what is no address. */
export function toAddress(value: unknown, where: string): number {
  const at = typeof value === "bigint" ? Number(BigInt.asUintN(64, value)) : value;
  if (typeof at === "number" && Number.isInteger(at) && at >= 0) return at;
  throw new TypeError(`${where}: expected an address (an integer from 0 up), got ${describe(value)}`);
}

/** An address as C prints it. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
