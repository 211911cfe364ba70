/**
 * Addresses: of instances, as users give them, as C prints them.
 */
import { describe, expected, outOfRange } from "../memory/errors.ts";
import type { Memory } from "../memory/memory.ts";
import type { CType } from "./protocol.ts";
import { type Instance, MEMORY, OFFSET, traitsOf } from "./protocol.ts";

/** The address of an instance's memory. @throws TypeError when the buffer it lies in was detached, or can shrink: C would not notice. */
export function address(data: Instance): number {
  const memory = data[MEMORY];
  if (memory.kind === "lent" || memory.kind === "resizable") checkForC(data, memory);
  return memory.base + data[OFFSET];
}

/** @throws TypeError, RangeError when the buffer that an instance lies in was detached or shrunk. */
export function checkMemoryOf(data: Instance): void {
  const memory = data[MEMORY];
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

function checkForC(data: Instance, memory: Memory): void {
  checkMemoryOf(data);
  if (memory.kind !== "resizable") return;
  const { name } = traitsOf(data.constructor as unknown as CType);
  throw expected(`${name} in memory that stays`, data, RESIZABLE);
}

const RESIZABLE =
  "its buffer is resizable, and the memory could go while C works on it; from_buffer_copy() makes a copy";

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
