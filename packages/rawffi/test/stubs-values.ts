/**
 * Makes values of random types, puts them into slots, and compares them, for `stubs-compare.ts` and `stubs-arm64.ts`.
 */

import { isWide } from "../src/stubs/slots.ts";
import type { RawType } from "../src/types.ts";
import { type Random, sizeOf, type Target, usedBytes } from "./stubs-generate.ts";

export function fillRandom(bytes: Uint8Array, random: Random): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
}

/** Random bytes that are a finite value of `type`; where members overlap, of the last one. */
export function randomValue(type: RawType, random: Random, target: Target): Uint8Array {
  const bytes = new Uint8Array(sizeOf(type, target));
  fillRandom(bytes, random);
  const view = new DataView(bytes.buffer);
  for (const { offset, type: leaf } of usedBytes(type, target)) {
    const sign = random.chance(50) ? 0x80 : 0;
    if (leaf === "number")
      view.setBigInt64(offset, BigInt.asIntN(random.pick([8, 32, 48, 53]), view.getBigInt64(offset)), true);
    else if (leaf === "bool") bytes[offset] = random.below(2);
    else if (leaf === "float") view.setFloat32(offset, (random.below(2 ** 32) - 2 ** 31) / 977, true);
    else if (leaf === "double") view.setFloat64(offset, (random.below(2 ** 32) - 2 ** 31) / 977, true);
    else if (leaf === "longdouble") {
      const { longDoubleBytes } = target;
      // Sign and exponent; and the integer bit, which x87 numbers spell out.
      view.setUint16(offset + longDoubleBytes - 2, (sign << 8) | (0x3f00 + random.below(0x1ff)), true);
      if (longDoubleBytes === 10) bytes[offset + 7] = 0x80 | (bytes[offset + 7] ?? 0);
    }
  }
  return bytes;
}

/** Writes a value that is not wide into the slot at `offset`, but not the bytes that the contract leaves undefined. */
export function putInSlot(frame: DataView, offset: number, type: RawType, bytes: Uint8Array): void {
  if (type === "number") {
    frame.setFloat64(offset, Number(BigInt.asIntN(64, extended(type, bytes))), true);
    return;
  }
  for (const [i, byte] of bytes.entries()) frame.setUint8(offset + i, byte);
  if (bytes.length < 4) frame.setInt32(offset, Number(BigInt.asIntN(32, extended(type, bytes))), true);
}

/**
 * The difference between the result `given` in C and the one that came `back`, in its slot or at the slot's address;
 * null when there is none.
 */
export function compareResult(type: RawType, given: Uint8Array, back: Uint8Array, target: Target): string | null {
  const isInteger = typeof type === "string" && type !== "void" && type !== "float" && !isWide(type);
  if (isInteger) {
    const want = BigInt.asUintN(64, extended(type, given));
    const got = new DataView(back.buffer, back.byteOffset).getBigUint64(0, true);
    return want === got ? null : `result ${got.toString(16)} instead of ${want.toString(16)}`;
  }
  for (const { offset, byteLength } of usedBytes(type, target)) {
    for (let at = offset; at < offset + byteLength; at++) {
      if (given[at] !== back[at]) return `result, byte ${at}: ${back[at]} instead of ${given[at]}`;
    }
  }
  return null;
}

/** An integer's value, as its type extends it. */
function extended(type: RawType, bytes: Uint8Array): bigint {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const isSigned = typeof type === "string" && type.startsWith("sint");
  return isSigned ? BigInt.asIntN(8 * bytes.length, value) : value;
}
