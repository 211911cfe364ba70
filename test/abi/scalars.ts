/**
 * One row for each simple type: its name in C, its class in ctypes, how its values travel (`values.ts`), which values
 * are tried.
 *
 * A value is what reading a member gives in JavaScript; `give` and `take` translate where that is an object.
 */
import {
  type Address,
  addressof,
  CFUNCTYPE,
  c_bool,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_double_complex,
  c_float,
  c_float_complex,
  c_int,
  c_int128,
  c_long,
  c_longdouble,
  c_longdouble_complex,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_uint128,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  c_wchar,
  c_wchar_p,
  cast,
  POINTER,
  pointer,
} from "ctypes-js";
import { type Random, randomBits, randomReal, VALUE_BYTES } from "./values.ts";

export interface Scalar {
  readonly c: string;
  readonly ctypes: any;
  /** As TypeScript writes it. */
  readonly name: string;
  readonly bytes: number;
  readonly integer?: "signed" | "unsigned";
  /** Can be a bit-field of up to so many bits. */
  readonly widest?: number;
  /** The bytes of its memory whose content says nothing, or depends on where C and JavaScript keep things. */
  readonly ignored?: readonly (readonly [from: number, to: number])[];
  /** What `va_arg` must name (C11 6.5.2.2p6); absent where it is the type itself. */
  readonly promoted?: string;
  /** The part of a V that holds its value. */
  readonly part: "i" | "d" | "w" | "s" | "z";
  /** What `typeof` says of a value that was read. */
  readonly reads: readonly string[];
  /** C text: value `v` → lvalue `to`, and expression `from` → value `v`. */
  put(to: string, v: string): string;
  get(from: string, v: string): string;
  write(view: DataView, at: number, value: any): void;
  read(view: DataView, at: number): unknown;
  random(random: Random): unknown;
  give?(value: any): unknown;
  take?(value: any): unknown;
}

export type ScalarName = keyof typeof SCALARS;

// -- Integers --------------------------------------------------------------------------------------

function integer(c: string, ctypes: any, bytes: number, more: Partial<Scalar> = {}): Scalar {
  const isSigned = !c.includes("unsigned");
  const isBig = bytes === 8;
  const isLongLong = c.includes("long long");
  const limit = (value: bigint) => (isSigned ? BigInt.asIntN(8 * bytes, value) : BigInt.asUintN(8 * bytes, value));
  return {
    c,
    ctypes,
    name: ctypes.name,
    bytes,
    integer: isSigned ? "signed" : "unsigned",
    widest: 8 * bytes,
    ...(bytes < 4 && { promoted: "int" }),
    reads: isLongLong ? ["bigint"] : isBig ? ["number", "bigint"] : ["number"],
    part: "i",
    put: (to, v) => `${to} = ${v}->i;`,
    get: (from, v) => `${v}->i = ${from};`,
    write: (view, at, value) => view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true),
    read: (view, at) => (isSigned ? view.getBigInt64(at, true) : BigInt.asUintN(64, view.getBigInt64(at, true))),
    random: (random) => {
      const value = limit(randomBits(random, 8 * bytes));
      return isBig && (isLongLong || random.chance(50)) ? value : isBig ? Number(value >> 11n) : Number(value);
    },
    ...more,
  };
}

function wideInteger(c: string, ctypes: any): Scalar {
  const isSigned = !c.includes("unsigned");
  return {
    c,
    ctypes,
    name: ctypes.name,
    bytes: 16,
    reads: ["bigint"],
    part: "w",
    put: (to, v) => `${to} = ${v}->w;`,
    get: (from, v) => `${v}->w = ${from};`,
    write: (view, at, value: bigint) => {
      view.setBigUint64(at, BigInt.asUintN(64, value), true);
      view.setBigUint64(at + 8, BigInt.asUintN(64, value >> 64n), true);
    },
    read: (view, at) => {
      const value = (view.getBigUint64(at + 8, true) << 64n) | view.getBigUint64(at, true);
      return isSigned ? BigInt.asIntN(128, value) : value;
    },
    random: (random) => {
      const value = randomBits(random, 128);
      return isSigned ? BigInt.asIntN(128, value) : value;
    },
  };
}

// -- Floating point --------------------------------------------------------------------------------

/** The bytes of a long double that hold nothing; a quad has none. */
const X87_PADDING: readonly (readonly [number, number])[] = process.arch === "x64" ? [[10, 16]] : [];

function real(
  c: string,
  ctypes: any,
  bytes: number,
  round: (value: number) => number,
  more: Partial<Scalar> = {},
): Scalar {
  return {
    c,
    ctypes,
    name: ctypes.name,
    bytes,
    reads: ["number"],
    part: "d",
    put: (to, v) => `${to} = ${v}->d[0];`,
    get: (from, v) => `${v}->d[0] = ${from};`,
    write: (view, at, value) => view.setFloat64(at, value, true),
    read: (view, at) => view.getFloat64(at, true),
    random: (random) => round(randomReal(random)),
    ...more,
  };
}

function complex(
  c: string,
  ctypes: any,
  bytes: number,
  round: (value: number) => number,
  more: Partial<Scalar> = {},
): Scalar {
  return {
    c,
    ctypes,
    name: ctypes.name,
    bytes,
    reads: ["object"],
    part: "d",
    // Through a variable: a part of a member in the other byte order is no lvalue.
    put: (to, v) => `{ ${c} t; __real__ t = ${v}->d[0]; __imag__ t = ${v}->d[1]; ${to} = t; }`,
    get: (from, v) => `{ ${c} t = ${from}; ${v}->d[0] = __real__ t; ${v}->d[1] = __imag__ t; }`,
    write: (view, at, { re, im }) => {
      view.setFloat64(at, re, true);
      view.setFloat64(at + 8, im, true);
    },
    read: (view, at) => ({ re: view.getFloat64(at, true), im: view.getFloat64(at + 8, true) }),
    random: (random) => ({ re: round(randomReal(random)), im: round(randomReal(random)) }),
    ...more,
  };
}

const exact = (value: number) => value;

/** `char` is signed where Intel or Apple say what it is. */
const isCharSigned = process.arch === "x64" || process.platform === "darwin";
const asChar = (bits: bigint) => (isCharSigned ? BigInt.asIntN(8, bits) : BigInt.asUintN(8, bits));

// -- Pointers --------------------------------------------------------------------------------------

// Bytes that no string of a value reaches.
const NULL_BYTE = VALUE_BYTES - 1;
const NULL_CHARACTER = VALUE_BYTES - 4;
const LETTERS = ["a", "b", " ", "ä", "€", "字", "🙂"];

function text(c: string, ctypes: any, function_: string, rows: Pick<Scalar, "part" | "write" | "read">): Scalar {
  return {
    c,
    ctypes,
    name: ctypes.name,
    bytes: 8,
    ignored: [[0, 8]],
    reads: ["string", "object"],
    put: (to, v) => `${to} = ${function_}_in(${v});`,
    get: (from, v) => `${function_}_out(${v}, ${from});`,
    random: (random) => {
      if (random.chance(10)) return null;
      return Array.from({ length: random.below(7) }, () => random.pick(LETTERS)).join("");
    },
    ...rows,
  };
}

function address(c: string, ctypes: any, name: string, more: Partial<Scalar>): Scalar {
  return {
    c,
    ctypes,
    name,
    bytes: 8,
    reads: ["number", "bigint", "object"],
    part: "i",
    put: (to, v) => `${to} = (${c})${v}->i;`,
    get: (from, v) => `${v}->i = (long long)${from};`,
    write: (view, at, value) => view.setBigUint64(at, BigInt(value ?? 0), true),
    read: (view, at) => exactly(view.getBigUint64(at, true)) || null,
    random: () => null,
    ...more,
  };
}

/**
 * A pointer that points nowhere: a mark as `MAP_FAILED` is, a tagged one, or any bits, which a double would mostly
 * round.
 */
function randomAddress(random: Random): Address {
  if (random.chance(20)) return exactly(2n ** 64n - 1n - BigInt(random.below(3)));
  if (random.chance(20)) return exactly((BigInt(1 + random.below(255)) << 56n) | randomBits(random, 47));
  if (random.chance(20)) return exactly(2n ** 53n - 1n + BigInt(random.below(4)));
  return exactly(randomBits(random, 64) | 1n);
}

/** As JavaScript has it: a number where one is exact. */
function exactly(bits: bigint): Address {
  return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits;
}

const addressIn = (pointer: any): Address => cast(pointer, c_void_p).value as Address;

const targets = Array.from({ length: 4 }, (_, i) => new c_int(i));
const IntFunction = CFUNCTYPE(c_int, c_int);
const callbacks = [new IntFunction((n) => n + 1), new IntFunction((n) => -n)];
// By their addresses: a library that was given a callback itself would not be closed before that is disposed of.
const functions = callbacks.map((callback) => new IntFunction(addressIn(callback)));

// -- The table -------------------------------------------------------------------------------------

// biome-ignore format: a row reads as a row
export const SCALARS = {
  byte: integer("signed char", c_byte, 1),
  ubyte: integer("unsigned char", c_ubyte, 1),
  short: integer("short", c_short, 2),
  ushort: integer("unsigned short", c_ushort, 2),
  int: integer("int", c_int, 4),
  uint: integer("unsigned int", c_uint, 4),
  long: integer("long", c_long, 8),
  ulong: integer("unsigned long", c_ulong, 8),
  longlong: integer("long long", c_longlong, 8),
  ulonglong: integer("unsigned long long", c_ulonglong, 8),
  bool: integer("_Bool", c_bool, 1, {
    widest: 1, integer: "unsigned", reads: ["boolean"],
    read: (view, at) => {
      const whole = view.getBigInt64(at, true);
      return whole === 0n || whole === 1n ? whole === 1n : whole;
    },
    random: (random) => random.chance(50),
  }),
  char: integer("char", c_char, 1, {
    widest: 0, reads: ["string"],
    write: (view, at, value: string) => view.setBigInt64(at, asChar(BigInt(value.charCodeAt(0))), true),
    read: (view, at) => {
      const whole = view.getBigInt64(at, true);
      return whole === asChar(whole) ? String.fromCharCode(view.getUint8(at)) : whole;
    },
    random: (random) => String.fromCharCode(random.below(256)),
  }),
  wchar: integer("wchar_t", c_wchar, 4, {
    widest: 0, reads: ["string"],
    write: (view, at, value: string) => view.setBigInt64(at, BigInt(value.codePointAt(0) ?? 0), true),
    read: (view, at) => String.fromCodePoint(view.getUint32(at, true)),
    random: (random) => random.pick(LETTERS),
  }),
  int128: wideInteger("__int128", c_int128),
  uint128: wideInteger("unsigned __int128", c_uint128),
  float: real("float", c_float, 4, Math.fround, { promoted: "double" }),
  double: real("double", c_double, 8, exact),
  longdouble: real("long double", c_longdouble, 16, exact, { ignored: X87_PADDING }),
  cfloat: complex("float _Complex", c_float_complex, 8, Math.fround),
  cdouble: complex("double _Complex", c_double_complex, 16, exact),
  clongdouble: complex("long double _Complex", c_longdouble_complex, 32, exact, {
    ignored: [...X87_PADDING, ...X87_PADDING.map(([from, to]) => [from + 16, to + 16] as const)],
  }),
  string: text("char *", c_char_p, "text", {
    part: "s",
    write: (view, at, value: string | null) => {
      const bytes = new Uint8Array(view.buffer, at, VALUE_BYTES).fill(0);
      if (value === null) bytes[NULL_BYTE] = 1;
      else bytes.set(new TextEncoder().encode(value));
    },
    read: (view, at) => {
      if (view.getUint8(at + NULL_BYTE) === 1) return null;
      const bytes = new Uint8Array(view.buffer, at, VALUE_BYTES);
      return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
    },
  }),
  wstring: text("wchar_t *", c_wchar_p, "wide", {
    part: "z",
    write: (view, at, value: string | null) => {
      new Uint8Array(view.buffer, at, VALUE_BYTES).fill(0);
      if (value === null) view.setUint32(at + NULL_CHARACTER, 1, true);
      else [...value].forEach((letter, i) => { view.setUint32(at + 4 * i, letter.codePointAt(0) ?? 0, true); });
    },
    read: (view, at) => {
      if (view.getUint32(at + NULL_CHARACTER, true) === 1) return null;
      const units = Array.from({ length: 8 }, (_, i) => view.getUint32(at + 4 * i, true));
      return String.fromCodePoint(...units.slice(0, units.indexOf(0)));
    },
  }),
  address: address("void *", c_void_p, "c_void_p", {
    random: (random) => {
      if (random.chance(10)) return null;
      return random.chance(50) ? randomAddress(random) : Number(randomBits(random, 47)) || null;
    },
    // -1 is 2^64 - 1.
    give: (value) => (typeof value === "bigint" && value % 2n === 1n ? BigInt.asIntN(64, value) : value),
  }),
  pointer: address("int *", POINTER(c_int), "POINTER(c_int)", {
    random: (random) => {
      if (random.chance(10)) return null;
      return random.chance(50) ? randomAddress(random) : addressof(random.pick(targets));
    },
    give: (value) => {
      const target = targets.find((target) => addressof(target) === value);
      return target !== undefined ? pointer(target) : value === null ? null : cast(value, POINTER(c_int));
    },
    take: (value) => value && addressIn(value),
  }),
  func: address("Function", IntFunction, "CFUNCTYPE(c_int, c_int)", {
    random: (random) => {
      if (random.chance(10)) return null;
      return random.chance(50) ? randomAddress(random) : addressIn(random.pick(functions));
    },
    give: (value) => value && (functions.find((func) => addressIn(func) === value) ?? new IntFunction(value)),
    take: (value) => value && addressIn(value),
  }),
} satisfies Record<string, Scalar>;

export function scalarOf(name: ScalarName): Scalar {
  return SCALARS[name];
}
