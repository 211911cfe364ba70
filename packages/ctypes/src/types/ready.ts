/**
 * Which values need no conversion: they are what a slot or memory takes as they stand, or a step away from it. The
 * wrappers of fast calls ask it of every argument.
 */

// `|` of an object would run its methods, of a bigint or symbol would throw: only numbers are looked at.
export function isInt32(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value;
}

export function isInt8(value: unknown): value is number {
  return typeof value === "number" && (value << 24) >> 24 === value;
}

export function isUint8(value: unknown): value is number {
  return typeof value === "number" && (value & 0xff) === value;
}

export function isInt16(value: unknown): value is number {
  return typeof value === "number" && (value << 16) >> 16 === value;
}

export function isUint16(value: unknown): value is number {
  return typeof value === "number" && (value & 0xffff) === value;
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

export function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

// The slot cuts a bigint to 64 bits by itself.
export function isWord(value: unknown): boolean {
  return typeof value === "bigint" || isInt32(value);
}

export function isUint32(value: unknown): value is number {
  return typeof value === "number" && value >>> 0 === value;
}
