/**
 * One row for each simple type, by ctypes' type letter: sizes, how it lies in memory, how it travels. Adding a simple
 * type is adding a row here and a class in `simple.ts`.
 *
 * Letters beyond ctypes' own: `w` and `W` are the 128-bit integers, `s` and `S` the characters of 16 and 32 bits.
 */
import { own, ownRows, rawffi, type ScalarType } from "rawffi";
import { expected, outOfRange } from "../memory/errors.ts";
import { readLongDouble, writeLongDouble } from "../memory/longdouble.ts";
import type { Memory } from "../memory/memory.ts";
import { fromCodePoint } from "../memory/text.ts";
import { loadSignedWord, loadUnsignedWord, plainNumber, storeWord, toInteger, toNumber } from "./integers.ts";
import type { DirectStore, SlotKind, TypedArrayClass } from "./protocol.ts";
import { isBoolean, isInt8, isInt16, isInt32, isNumber, isUint8, isUint16, isUint32, isWord } from "./ready.ts";
import { charCode, isByteText, isUnitText, wideCode } from "./units.ts";

export interface Row {
  readonly size: number;
  readonly align: number;
  readonly raw: ScalarType;
  readonly slot: SlotKind;
  /** Whether there is a type in the other byte order; of a single byte it is the same. Absent where ctypes has none. */
  readonly swaps?: "other" | "same";
  /** The letter this becomes after `...` (C11 6.5.2.2p6). */
  readonly promotes?: Code;
  /** The typed arrays whose items are such values; null where only the byte order is another one. */
  readonly items?: TypedArrayClass | null;
  load(memory: Memory, at: number, littleEndian: boolean): unknown;
  store(memory: Memory, at: number, value: unknown, littleEndian: boolean): void;
  /** See `Traits.direct`. */
  readonly direct?: DirectStore;
  /** Whether a value is already what the slot takes, or becomes it by `fromReady`. */
  ready?(value: unknown): boolean;
  /** What the slot takes of a value that is `ready`; absent where that is the value. */
  fromReady?(value: never): number;
  /** A JavaScript value → what the slot takes; rows that travel by address have none. */
  pass?(value: unknown): number | bigint;
  /** What the slot held → a JavaScript value; absent where they are the same. */
  receive?(slot: never): unknown;
}

// biome-ignore format: by kind
export type Code =
  | "c" | "b" | "B" | "h" | "H" | "i" | "I" | "l" | "L" | "q" | "Q" | "w" | "W"
  | "f" | "d" | "g" | "F" | "D" | "G" | "?" | "v" | "u" | "s" | "S";

/** The letters of integers as long as a register, or shorter. */
export type IntegerLetter = "b" | "B" | "h" | "H" | "i" | "I" | "l" | "L" | "q" | "Q";

/** A complex number in JavaScript. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

const { isCharSigned, longSize, longDoubleSize, wcharSize } = rawffi.platform;

/** The number of a `char`, from 0 to 255, as C extends it to an `int`. */
function charValue(code: number): number {
  return isCharSigned ? (code << 24) >> 24 : code;
}

// -- Integers --------------------------------------------------------------------------------------

// biome-ignore format: a row reads as a row
const sint8 = (name: string): Row => ({
  size: 1, align: 1, raw: "sint8", slot: "i32", swaps: "same", promotes: "i", items: Int8Array,
  direct: { accepts: isInt32, method: "setInt8" },
  load: (m, at) => m.getInt8(at),
  store: (m, at, v) => m.setInt8(at, toNumber(v, name)),
  ready: isInt8,
  pass: (v) => (toNumber(v, name) << 24) >> 24,
  receive: (slot: number) => (slot << 24) >> 24,
});

// biome-ignore format: a row reads as a row
const uint8 = (name: string): Row => ({
  size: 1, align: 1, raw: "uint8", slot: "i32", swaps: "same", promotes: "i", items: Uint8Array,
  direct: { accepts: isInt32, method: "setUint8" },
  load: (m, at) => m.getUint8(at),
  store: (m, at, v) => m.setUint8(at, toNumber(v, name)),
  ready: isUint8,
  pass: (v) => toNumber(v, name) & 0xff,
  receive: (slot: number) => slot & 0xff,
});

// biome-ignore format: a row reads as a row
const sint16 = (name: string): Row => ({
  size: 2, align: 2, raw: "sint16", slot: "i32", swaps: "other", promotes: "i", items: Int16Array,
  direct: { accepts: isInt32, method: "setInt16" },
  load: (m, at, le) => m.getInt16(at, le),
  store: (m, at, v, le) => m.setInt16(at, toNumber(v, name), le),
  ready: isInt16,
  pass: (v) => (toNumber(v, name) << 16) >> 16,
  receive: (slot: number) => (slot << 16) >> 16,
});

// biome-ignore format: a row reads as a row
const uint16 = (name: string): Row => ({
  size: 2, align: 2, raw: "uint16", slot: "i32", swaps: "other", promotes: "i", items: Uint16Array,
  direct: { accepts: isInt32, method: "setUint16" },
  load: (m, at, le) => m.getUint16(at, le),
  store: (m, at, v, le) => m.setUint16(at, toNumber(v, name), le),
  ready: isUint16,
  pass: (v) => toNumber(v, name) & 0xffff,
  receive: (slot: number) => slot & 0xffff,
});

// biome-ignore format: a row reads as a row
const sint32 = (name: string): Row => ({
  size: 4, align: 4, raw: "sint32", slot: "i32", swaps: "other", items: Int32Array,
  direct: { accepts: isInt32, method: "setInt32" },
  load: (m, at, le) => m.getInt32(at, le),
  store: (m, at, v, le) => m.setInt32(at, isInt32(v) ? v : toNumber(v, name), le),
  ready: isInt32,
  pass: (v) => toNumber(v, name) | 0,
});

// biome-ignore format: a row reads as a row
const uint32 = (name: string): Row => ({
  size: 4, align: 4, raw: "uint32", slot: "u32", swaps: "other", items: Uint32Array,
  direct: { accepts: isInt32, method: "setUint32" },
  load: (m, at, le) => m.getUint32(at, le),
  store: (m, at, v, le) => m.setUint32(at, isInt32(v) ? v : toNumber(v, name), le),
  ready: isUint32,
  pass: (v) => toNumber(v, name) >>> 0,
});

/** 64 bits that JavaScript sees as a number while a number is exact. */
// biome-ignore format: a row reads as a row
const sword = (name: string): Row => ({
  size: 8, align: 8, raw: "sint64", slot: "word", swaps: "other", items: BigInt64Array,
  load: loadSignedWord,
  ready: Number.isSafeInteger,
  store: (m, at, v, le) => storeWord(m, at, toInteger(v, name), le),
  pass: (v) => toInteger(v, name),
});

// biome-ignore format: a row reads as a row
const uword = (name: string): Row => ({
  size: 8, align: 8, raw: "uint64", slot: "uword", swaps: "other", items: BigUint64Array,
  load: loadUnsignedWord,
  ready: Number.isSafeInteger,
  store: (m, at, v, le) => storeWord(m, at, toInteger(v, name), le),
  pass: (v) => toInteger(v, name),
});

// biome-ignore format: a row reads as a row
const slonglong = (name: string): Row => ({
  ...sword(name), slot: "i64", ready: isWord, load: (m, at, le) => m.getBigInt64(at, le),
});

// biome-ignore format: a row reads as a row
const ulonglong = (name: string): Row => ({
  ...uword(name), slot: "u64", ready: isWord, load: (m, at, le) => m.getBigUint64(at, le),
});

/** The rows of integers, by the name that messages have for the type. */
export const integers: Readonly<Record<IntegerLetter, (name: string) => Row>> = own({
  b: sint8,
  B: uint8,
  h: sint16,
  H: uint16,
  i: sint32,
  I: uint32,
  l: longSize === 8 ? sword : sint32,
  L: longSize === 8 ? uword : uint32,
  q: slonglong,
  Q: ulonglong,
});

/** Integers as long as an address, for where a `long` is shorter. */
export const sizes = own({ signed: sword("c_ssize_t"), unsigned: uword("c_size_t") });

// biome-ignore format: a row reads as a row
const int128 = (name: string, isSigned: boolean): Row => ({
  size: 16, align: 16, raw: isSigned ? "sint128" : "uint128", slot: "wide", swaps: "other",
  load: (m, at, le) => {
    const low = m.getBigUint64(le ? at : at + 8, le);
    const high = le ? at + 8 : at;
    return ((isSigned ? m.getBigInt64(high, le) : m.getBigUint64(high, le)) << 64n) | low;
  },
  store: (m, at, v, le) => {
    const value = BigInt(toInteger(v, name));
    m.setBigUint64(le ? at : at + 8, BigInt.asUintN(64, value), le);
    m.setBigUint64(le ? at + 8 : at, BigInt.asUintN(64, value >> 64n), le);
  },
});

// -- Floating point --------------------------------------------------------------------------------

function real(value: unknown, name: string): number {
  if (typeof value === "number") return value;
  const plain = typeof value === "bigint" ? value : plainNumber(value);
  if (plain === undefined) throw expected(`a number for ${name}`, value);
  const number = Number(plain);
  if (typeof plain === "bigint" && !Number.isFinite(number)) throw outOfRange(`the bigint is too large for ${name}`);
  return number;
}

type Part = (memory: Memory, at: number, littleEndian: boolean) => number;
type SetPart = (memory: Memory, at: number, value: number, littleEndian: boolean) => void;

// biome-ignore format: a row reads as a row
const complex = (name: string, raw: ScalarType, part: number, get: Part, set: SetPart): Row => ({
  size: 2 * part, align: part, raw, slot: "wide", ...(raw !== "clongdouble" && { swaps: "other" as const }),
  load: (m, at, le): Complex => ({ re: get(m, at, le), im: get(m, at + part, le) }),
  store: (m, at, v, le) => {
    const isReal = typeof v === "number" || typeof v === "bigint" || plainNumber(v) !== undefined;
    const { re, im } = isReal ? { re: real(v, name), im: 0 } : ((v ?? {}) as Partial<Complex>);
    if (typeof re !== "number" || typeof im !== "number") throw expected(`a { re, im } for ${name}`, v);
    set(m, at, re, le);
    set(m, at + part, im, le);
  },
});

// -- Characters ------------------------------------------------------------------------------------

// biome-ignore format: a row reads as a row
const wide = (name: string, size: number, raw: ScalarType, promotes?: Code): Row => ({
  size, align: size, raw, slot: raw === "uint32" ? "u32" : "i32", ...(promotes && { promotes }),
  load: (m, at, le) => fromCodePoint(size === 2 ? m.getUint16(at, le) : m.getUint32(at, le)),
  store: (m, at, v, le) => {
    const code = wideCode(v, size, name);
    if (size === 2) m.setUint16(at, code, le);
    else m.setUint32(at, code, le);
  },
  ready: isUnitText,
  fromReady: (v: string) => v.charCodeAt(0),
  pass: (v) => wideCode(v, size, name),
  receive: (slot: number) => fromCodePoint(size === 2 ? slot & 0xffff : slot >>> 0),
});

function truth(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number" || typeof value === "bigint") return Boolean(value);
  throw expected("a boolean for c_bool", value);
}

/** The truth of anything, as Python has it: what is empty is false, an array too. */
function anyTruth(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

// -- The table -------------------------------------------------------------------------------------

// biome-ignore format: a row reads as a row
export const codes: Readonly<Record<Code, Row>> = ownRows({
  b: integers.b("c_byte"),
  B: integers.B("c_ubyte"),
  h: integers.h("c_short"),
  H: integers.H("c_ushort"),
  i: integers.i("c_int"),
  I: integers.I("c_uint"),
  l: integers.l("c_long"),
  L: integers.L("c_ulong"),
  q: integers.q("c_longlong"),
  Q: integers.Q("c_ulonglong"),
  w: int128("c_int128", true),
  W: int128("c_uint128", false),
  f: {
    size: 4, align: 4, raw: "float", slot: "f32", swaps: "other", promotes: "d", items: Float32Array,
    direct: { accepts: isNumber, method: "setFloat32" },
    load: (m, at, le) => m.getFloat32(at, le),
    store: (m, at, v, le) => m.setFloat32(at, real(v, "c_float"), le),
    ready: isNumber,
    pass: (v) => real(v, "c_float"),
  },
  d: {
    size: 8, align: 8, raw: "double", slot: "f64", swaps: "other", items: Float64Array,
    direct: { accepts: isNumber, method: "setFloat64" },
    load: (m, at, le) => m.getFloat64(at, le),
    store: (m, at, v, le) => m.setFloat64(at, real(v, "c_double"), le),
    ready: isNumber,
    pass: (v) => real(v, "c_double"),
  },
  g: {
    size: longDoubleSize, align: longDoubleSize, raw: longDoubleSize === 8 ? "double" : "longdouble",
    slot: longDoubleSize === 8 ? "f64" : "wide",
    load: (m, at) => readLongDouble(m, at),
    store: (m, at, v) => writeLongDouble(m, at, real(v, "c_longdouble")),
    pass: (v) => real(v, "c_longdouble"),
  },
  F: complex("c_float_complex", "cfloat", 4, (m, at, le) => m.getFloat32(at, le), (m, at, v, le) => m.setFloat32(at, v, le)),
  D: complex("c_double_complex", "cdouble", 8, (m, at, le) => m.getFloat64(at, le), (m, at, v, le) => m.setFloat64(at, v, le)),
  G: complex(
    "c_longdouble_complex",
    longDoubleSize === 8 ? "cdouble" : "clongdouble",
    longDoubleSize,
    (m, at) => readLongDouble(m, at),
    (m, at, v) => writeLongDouble(m, at, v),
  ),
  "?": {
    size: 1, align: 1, raw: "bool", slot: "i32", promotes: "i", items: Uint8Array,
    load: (m, at) => m.getUint8(at) !== 0,
    store: (m, at, v) => m.setUint8(at, truth(v) ? 1 : 0),
    ready: isBoolean,
    fromReady: (v: boolean) => (v ? 1 : 0),
    pass: (v) => (truth(v) ? 1 : 0),
    receive: (slot: number) => (slot & 0xff) !== 0,
  },
  v: {
    size: 2, align: 2, raw: "sint16", slot: "i32", promotes: "i", items: Int16Array,
    load: (m, at) => m.getInt16(at, true) !== 0,
    store: (m, at, v) => m.setInt16(at, anyTruth(v) ? -1 : 0, true),
    ready: isBoolean,
    fromReady: (v: boolean) => (v ? -1 : 0),
    pass: (v) => (anyTruth(v) ? -1 : 0),
    receive: (slot: number) => (slot & 0xffff) !== 0,
  },
  c: {
    size: 1, align: 1, raw: isCharSigned ? "sint8" : "uint8", slot: "i32", swaps: "same", promotes: "i", items: Uint8Array,
    load: (m, at) => String.fromCharCode(m.getUint8(at)),
    store: (m, at, v) => m.setUint8(at, charCode(v)),
    ready: isByteText,
    fromReady: (v: string) => charValue(v.charCodeAt(0)),
    pass: (v) => charValue(charCode(v)),
    receive: (slot: number) => String.fromCharCode(slot & 0xff),
  },
  u: wide("c_wchar", wcharSize, wcharSize === 2 ? "uint16" : "sint32"),
  s: { ...wide("c_char16", 2, "uint16", "i"), swaps: "other", items: Uint16Array },
  S: { ...wide("c_char32", 4, "uint32"), swaps: "other", items: Uint32Array },
});
