/**
 * `long double` in memory, as a JavaScript number.
 *
 * x87 extended precision, 80 bits in 16 bytes (Intel SDM vol. 1, 4.2.2): the top bit of the significand is explicit.
 *
 *     byte 0 … 7: significand        8, 9: sign and exponent (bias 16383)      10 … 15: padding
 *
 * Reading rounds to the nearest double. Where `long double` is the same as `double`, so is its memory.
 * Not yet: IEEE quadruple precision (AArch64).
 */
import { rawffi } from "rawffi";
import type { Memory } from "./memory.ts";

const BIAS = 16383;
const isDouble = rawffi.platform.longDoubleSize === 8;

export function readLongDouble(memory: Memory, offset: number): number {
  if (isDouble) return memory.getFloat64(offset, true);
  const head = memory.getUint16(offset + 8, true);
  const high = memory.getUint32(offset + 4, true);
  const low = memory.getUint32(offset, true);
  const sign = head & 0x8000 ? -1 : 1;
  const exponent = head & 0x7fff;
  if (exponent === 0x7fff) return (high & 0x7fffffff) === 0 && low === 0 ? sign * Infinity : NaN;
  return sign * scale(high * 4294967296 + low, exponent - BIAS - 63);
}

export function writeLongDouble(memory: Memory, offset: number, value: number): void {
  if (isDouble) {
    memory.setFloat64(offset, value, true);
    return;
  }
  bits.setFloat64(0, value);
  const top = bits.getUint32(0);
  const exponent = (top >>> 20) & 0x7ff;
  let high = 0;
  let low = 0;
  let head = top >>> 31 ? 0x8000 : 0;
  if (exponent === 0x7ff) {
    head |= 0x7fff;
    high = Number.isNaN(value) ? 0xc0000000 : 0x80000000;
  } else if (value !== 0) {
    // A subnormal double is a normal number here; bring it to 53 significant bits first.
    const shift = exponent === 0 ? 54 : 0;
    if (shift > 0) bits.setFloat64(0, value * 2 ** shift);
    const normal = (bits.getUint32(0) >>> 20) & 0x7ff;
    const significand = (bits.getBigUint64(0) & 0xfffffffffffffn) | 0x10000000000000n;
    head |= normal - shift - 1023 + BIAS;
    high = Number((significand << 11n) >> 32n);
    low = Number((significand << 11n) & 0xffffffffn);
  }
  memory.setUint32(offset, low, true);
  memory.setUint32(offset + 4, high, true);
  memory.setUint16(offset + 8, head, true);
  memory.setUint16(offset + 10, 0, true);
  memory.setUint32(offset + 12, 0, true);
}

const bits = new DataView(new ArrayBuffer(8));

// 2 ** power alone would overflow or vanish where the product does not.
function scale(value: number, power: number): number {
  if (power > 1000) return value * 2 ** 1000 * 2 ** Math.min(power - 1000, 1023);
  if (power < -1000) return value * 2 ** -1000 * 2 ** Math.max(power + 1000, -1074);
  return value * 2 ** power;
}
