/**
 * `long double` in memory, as a JavaScript number. The platform has one of three formats:
 *
 *     double   8 bytes: Windows, Apple on AArch64
 *     x87      80 bits in 16 bytes (Intel SDM vol. 1, 4.2.2): the top bit of the significand is explicit
 *     quad     IEEE 754 binary128: AArch64 and most others
 *
 *     byte   0 … 7             8, 9             10 … 15                 0 … 13            14, 15
 *     x87    significand (64)  sign, exponent   padding         quad    fraction (112)    sign, exponent       (bias 16383)
 *
 * Reading rounds to the nearest double, as a conversion in C does.
 */
import { rawffi } from "rawffi";
import type { Memory } from "./memory.ts";

type Read = (memory: Memory, offset: number) => number;
type Write = (memory: Memory, offset: number, value: number) => void;

const { arch, longDoubleSize } = rawffi.platform;
const isDouble = longDoubleSize === 8;
const isX87 = arch === "x64" || arch === "ia32";

const read: Read = isDouble ? (memory, offset) => memory.getFloat64(offset, true) : isX87 ? readX87 : readQuad;
const write: Write = isDouble
  ? (memory, offset, value) => memory.setFloat64(offset, value, true)
  : isX87
    ? writeX87
    : writeQuad;

export function readLongDouble(memory: Memory, offset: number): number {
  return read(memory, offset);
}

export function writeLongDouble(memory: Memory, offset: number, value: number): void {
  write(memory, offset, value);
}

// -- x87 -------------------------------------------------------------------------------------------

function readX87(memory: Memory, offset: number): number {
  const head = memory.getUint16(offset + 8, true);
  const high = memory.getUint32(offset + 4, true);
  const low = memory.getUint32(offset, true);
  const isFraction = (high & 0x7fffffff) !== 0 || low !== 0;
  return assemble(head, isFraction, high * 2 ** 21 + (low >>> 11), (low & 0x7ff) / 2 ** 11);
}

function writeX87(memory: Memory, offset: number, value: number): void {
  const { head, high, low } = split(value);
  // Infinity and NaN also have the explicit bit.
  const isZero = (head & 0x7fff) === 0;
  memory.setUint32(offset, low << 11, true);
  memory.setUint32(offset + 4, ((isZero ? 0 : 0x80000000) | (high << 11) | (low >>> 21)) >>> 0, true);
  memory.setUint16(offset + 8, head, true);
  memory.setUint16(offset + 10, 0, true);
  memory.setUint32(offset + 12, 0, true);
}

// -- Quad ------------------------------------------------------------------------------------------

export function readQuad(memory: Memory, offset: number): number {
  const top = memory.getUint32(offset + 12, true);
  const high = memory.getUint32(offset + 8, true);
  const low = memory.getUint32(offset + 4, true);
  const lowest = memory.getUint32(offset, true);
  const isFraction = (top & 0xffff) !== 0 || high !== 0 || low !== 0 || lowest !== 0;
  // The implicit bit. Numbers without it are too small for a double.
  const significand = (0x10000 | (top & 0xffff)) * 2 ** 36 + high * 2 ** 4 + (low >>> 28);
  const isMore = lowest === 0 ? 0 : 0.5;
  return assemble(top >>> 16, isFraction, significand, ((low & 0xfffffff) + isMore) / 2 ** 28);
}

export function writeQuad(memory: Memory, offset: number, value: number): void {
  const { head, high, low } = split(value);
  memory.setUint32(offset, 0, true);
  memory.setUint32(offset + 4, low << 28, true);
  memory.setUint32(offset + 8, ((high << 28) | (low >>> 4)) >>> 0, true);
  memory.setUint16(offset + 12, high >>> 4, true);
  memory.setUint16(offset + 14, head, true);
}

// -- What both share -------------------------------------------------------------------------------

const BIAS = 16383;
const LARGEST_EXPONENT = 0x7fff;
/** The exponent of the last bit of the smallest double. */
const LAST_EXPONENT = -1074;

/**
 * The double nearest to a number with the sign and exponent in `head`, the first 53 bits in `significand`, and after
 * them `rest`, which is below 1 and need only be right as to whether it is 0, or below, at or above one half.
 */
function assemble(head: number, isFraction: boolean, significand: number, rest: number): number {
  const sign = head & 0x8000 ? -1 : 1;
  const biased = head & 0x7fff;
  if (biased === LARGEST_EXPONENT) return isFraction ? NaN : sign * Infinity;
  if (biased === 0) return sign * 0;
  const exponent = biased - BIAS - 52;
  // Rounded once, here: a subnormal double has fewer bits, so the product below would round again.
  const dropped = Math.min(60, Math.max(0, LAST_EXPONENT - exponent));
  const unit = 2 ** dropped;
  const whole = Math.floor(significand / unit);
  const part = dropped === 0 ? rest : significand % unit;
  const isBeyond = dropped !== 0 && rest > 0;
  const isUp = part > unit / 2 || (part === unit / 2 && (isBeyond || whole % 2 === 1));
  return sign * scale(isUp ? whole + 1 : whole, Math.max(exponent, LAST_EXPONENT));
}

/** The sign and exponent in the format that both share, and the 52 fraction bits: 20 and 32 of them. */
function split(value: number): { head: number; high: number; low: number } {
  bits.setFloat64(0, value);
  const sign = (bits.getUint32(0) >>> 16) & 0x8000;
  let exponent = (bits.getUint32(0) >>> 20) & 0x7ff;
  if (exponent === 0x7ff) return { head: sign | LARGEST_EXPONENT, high: Number.isNaN(value) ? 0x80000 : 0, low: 0 };
  if (value === 0) return { head: sign, high: 0, low: 0 };
  if (exponent === 0) {
    // A subnormal double is a normal number here; bring it to 53 significant bits first.
    bits.setFloat64(0, value * 2 ** 54);
    exponent = ((bits.getUint32(0) >>> 20) & 0x7ff) - 54;
  }
  return { head: sign | (exponent - 1023 + BIAS), high: bits.getUint32(0) & 0xfffff, low: bits.getUint32(4) };
}

const bits = new DataView(new ArrayBuffer(8));

// 2 ** power alone could overflow or underflow where the product does not.
function scale(value: number, power: number): number {
  if (power > 1000) return value * 2 ** 1000 * 2 ** Math.min(power - 1000, 1023);
  if (power < -1000) return value * 2 ** -1000 * 2 ** (power + 1000);
  return value * 2 ** power;
}
