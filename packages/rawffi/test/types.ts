/**
 * The types of the contract's suite, one row each with values to pass through C; `fixtures/contract.c` has the same
 * names.
 */
import type { AggregateType, Leaf, RawType, ScalarType } from "rawffi";
import type { DoubleValue } from "./double/double.ts";

export interface TestType {
  readonly name: string;
  readonly type: RawType;
  readonly values: readonly Exclude<DoubleValue, undefined>[];
}

const IS_WINDOWS = process.platform === "win32";
/** Its size in bytes. */
export const LONG_DOUBLE = IS_WINDOWS ? 8 : 16;

export const types: readonly TestType[] = [
  { name: "bool", type: "bool", values: [0, 1] },
  { name: "sint8", type: "sint8", values: [0, -1, 127, -128] },
  { name: "uint8", type: "uint8", values: [0, 128, 255] },
  { name: "sint16", type: "sint16", values: [-1, 32767, -32768] },
  { name: "uint16", type: "uint16", values: [32768, 65535] },
  { name: "sint32", type: "sint32", values: [-1, 2147483647, -2147483648] },
  { name: "uint32", type: "uint32", values: [2147483648, 4294967295] },
  { name: "sint64", type: "sint64", values: [-1n, 2n ** 63n - 1n, -(2n ** 63n)] },
  { name: "uint64", type: "uint64", values: [2n ** 63n, 2n ** 64n - 1n] },
  {
    name: "pointer",
    type: "pointer",
    values: [0, 4096, 2 ** 47 - 1, 2 ** 53 - 1, 2n ** 53n + 1n, 0x01007fff12345671n, 2n ** 64n - 1n],
  },
  { name: "float", type: "float", values: [-0, 0.5, Math.fround(3.4e38), Math.fround(1e-45), Infinity, NaN] },
  { name: "double", type: "double", values: [-0, 0.1, Number.MAX_VALUE, Number.MIN_VALUE, -Infinity, NaN] },
  // 1.5, and, where it has 80 bits, the same with all of a double's excess bits set.
  { name: "longdouble", type: "longdouble", values: [extended(0xc0, 0), extended(0xc0, 0xff)] },
  { name: "sint128", type: "sint128", values: [counted(16), filled(16, 0xff)] },
  { name: "uint128", type: "uint128", values: [counted(16), filled(16, 0xfe)] },
  { name: "cfloat", type: "cfloat", values: [floats(1.5, -2.5)] },
  { name: "cdouble", type: "cdouble", values: [doubles(1.5, -1e300)] },
  { name: "clongdouble", type: "clongdouble", values: [joined(extended(0xc0, 1), extended(0x80, 2))] },
  { name: "small", type: struct(4, 4, ["sint32", 0]), values: [counted(4)] },
  { name: "two_doubles", type: struct(16, 8, ["double", 0, 2]), values: [doubles(1.25, -7)] },
  {
    name: "int_float_double",
    type: struct(16, 8, ["sint32", 0], ["float", 4], ["double", 8]),
    values: [joined(counted(4), floats(0.75), doubles(-9.5))],
  },
  { name: "three_bytes", type: struct(3, 1, ["uint8", 0, 3]), values: [counted(3)] },
  { name: "twelve", type: struct(12, 4, ["sint32", 0, 3]), values: [counted(12)] },
  { name: "three_floats", type: struct(12, 4, ["float", 0, 3]), values: [floats(1, 2.5, -3)] },
  { name: "large", type: struct(32, 8, ["sint64", 0, 4]), values: [counted(32)] },
  { name: "nested", type: struct(12, 4, ["sint8", 0], ["sint16", 2], ["sint32", 4, 2]), values: [counted(12)] },
  {
    name: "chars_double",
    type: struct(16, 8, ["sint8", 0, 5], ["double", 8]),
    values: [joined(counted(8), doubles(0.125))],
  },
  { name: "int_or_float", type: struct(4, 4, ["sint32", 0], ["float", 0]), values: [counted(4), floats(1.5)] },
  { name: "packed", type: struct(5, 1, ["sint8", 0], ["sint32", 1]), values: [counted(5)] },
  {
    name: "extended",
    type: struct(LONG_DOUBLE, LONG_DOUBLE, ["longdouble", 0]),
    values: [extended(0xc0, 9)],
  },
];

/** Zeroes the bytes of padding, whose contents are undefined, so that the rest can be compared. */
export function withoutPadding(type: RawType, value: DoubleValue): DoubleValue {
  if (!(value instanceof Uint8Array)) return value;
  const kept = new Uint8Array(value.length);
  const leaves: readonly Leaf[] = typeof type === "string" ? [{ type, offset: 0 }] : type.leaves;
  for (const leaf of leaves) {
    for (let i = 0; i < (leaf.count ?? 1); i++) {
      for (const [from, to] of meaningful(leaf.type)) {
        const at = leaf.offset + i * SIZES[leaf.type]!;
        kept.set(value.subarray(at + from, at + to), at + from);
      }
    }
  }
  return kept;
}

/** The ranges of bytes that carry the value: an x87 number has ten in sixteen. */
function meaningful(type: ScalarType): readonly (readonly [number, number])[] {
  const byteLength = IS_WINDOWS ? 8 : 10;
  if (type === "longdouble") return [[0, byteLength]];
  if (type === "clongdouble") {
    return [
      [0, byteLength],
      [LONG_DOUBLE, LONG_DOUBLE + byteLength],
    ];
  }
  return [[0, SIZES[type]!]];
}

const SIZES: Readonly<Partial<Record<ScalarType, number>>> = {
  ...{ bool: 1, sint8: 1, uint8: 1, sint16: 2, uint16: 2, sint32: 4, uint32: 4, sint64: 8, uint64: 8, pointer: 8 },
  ...{ float: 4, double: 8, longdouble: LONG_DOUBLE, sint128: 16, uint128: 16, cfloat: 8, cdouble: 16 },
  clongdouble: 2 * LONG_DOUBLE,
};

/** The bytes of a value that goes by address. */
export function sizeOf(type: RawType): number {
  return typeof type === "string" ? SIZES[type]! : type.size;
}

// -- Bytes -----------------------------------------------------------------------------------------

export function struct(size: number, align: number, ...leaves: [ScalarType, number, number?][]): AggregateType {
  return { size, align, leaves: leaves.map(([type, offset, count = 1]) => ({ type, offset, count })) };
}

function counted(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 17 * i + 1);
}

function filled(length: number, byte: number): Uint8Array {
  return new Uint8Array(length).fill(byte);
}

function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

function doubles(...values: number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A `long double` between 1 and 2: of an x87 number the mantissa's first and last byte, then the exponent. */
function extended(first: number, last: number): Uint8Array {
  if (IS_WINDOWS) return doubles(1 + first / 512 + last / 65536);
  return Uint8Array.of(last, 0, 0, 0, 0, 0, 0, first, 0xff, 0x3f, 0, 0, 0, 0, 0, 0);
}
