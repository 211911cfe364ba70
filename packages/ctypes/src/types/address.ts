/**
 * Addresses: of instances, as users give them, as C prints them.
 */
import type { Address } from "rawffi";
import { describe, expected, outOfRange } from "../memory/errors.ts";
import { exactAddress, type Memory } from "../memory/memory.ts";
import { ADDRESS, type Instance, MEMORY, OFFSET, traitsOf, typeOfInstance } from "./protocol.ts";

/**
 * The address of an instance's memory. @throws TypeError when the buffer it lies in was detached, or can shrink: C
 * would not notice.
 */
export function address(data: Instance): number {
  return data[ADDRESS]();
}

/** The same for memory of every kind; instances of the compiled classes ask only where a buffer may be gone. */
export function lentAddress(data: Instance): number {
  const memory = data[MEMORY];
  // It has the prototype of a class that did not make it.
  if (memory === undefined) throw expected("an object with memory of its own", data, "it was not made by its class");
  if (memory.kind === "lent" || memory.kind === "resizable") checkForC(data, memory);
  return memory.base + data[OFFSET];
}

/** @throws TypeError, RangeError when the buffer that an instance lies in was detached or shrunk. */
export function checkMemoryOf(data: Instance): void {
  const memory = data[MEMORY];
  // It has no buffer that could go. V8 of Node 26 was also seen to take a window's length, 2^31, for a negative number.
  if (memory.kind === "foreign") return;
  const { name, size } = traitsOf(typeOfInstance(data));
  let byteLength: number;
  try {
    byteLength = memory.byteLength;
  } catch {
    throw expected(`${name} with memory`, data, "its buffer is detached: the memory was transferred");
  }
  const end = data[OFFSET] + size;
  if (byteLength < end) throw outOfRange(`the buffer of ${name} shrank to ${byteLength} bytes; it ends at ${end}`);
}

function checkForC(data: Instance, memory: Memory): void {
  checkMemoryOf(data);
  if (memory.kind !== "resizable") return;
  const { name } = traitsOf(typeOfInstance(data));
  throw expected(`${name} in memory that cannot be freed`, data, RESIZABLE);
}

const RESIZABLE =
  "its buffer is resizable, and its memory could be freed while C uses it; from_buffer_copy() makes a copy";

/** A user's address: as in C and in ctypes, -1 is 2^64 - 1. @throws TypeError for what is no integer of 64 bits. */
export function toAddress(value: unknown, where: string): Address {
  const isInteger = typeof value === "bigint" || Number.isInteger(value);
  if (isInteger && (value as number) >= -(2 ** 63) && (value as number) < 2 ** 64) return exactAddress(value as number);
  throw new TypeError(`${where}: expected an address (an integer of 64 bits), got ${describe(value)}`);
}

/** An address as C prints it. */
export function hex(value: Address): string {
  return `0x${value.toString(16)}`;
}
