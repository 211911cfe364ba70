/**
 * C's arithmetic: numbers that have one of C's types, and the operators as C defines them on those types.
 *
 * Macros and inline functions that `ctypes-configure` translates are written with it. What the types do is in one
 * table; integers of all types are bigints inside, cut to their width after each operation. What C leaves undefined (a
 * signed overflow, a division by zero, a shift by too much) has no value: it is an error when the result is read, and
 * none where C does not evaluate it.
 */
import { expected, locate } from "../memory/errors.ts";
import { sizeof } from "./size.ts";
import { c_long } from "./types.ts";

/** C's arithmetic types by the letters of ctypes; `"z"` is text, which can only be chosen. */
export type ArithmeticCode = "?" | "b" | "B" | "h" | "H" | "i" | "I" | "l" | "L" | "q" | "Q" | "f" | "d" | "z";

interface Kind {
  /** Bits of an integer; 0 for others. */
  readonly bits: number;
  readonly isSigned: boolean;
  /** C11 6.3.1.1; above all integers are the floating types. */
  readonly rank: number;
}

const ofLong = 8 * sizeof(c_long);
const kinds: Readonly<Record<ArithmeticCode, Kind>> = {
  "?": { bits: 1, isSigned: false, rank: 0 },
  b: { bits: 8, isSigned: true, rank: 1 },
  B: { bits: 8, isSigned: false, rank: 1 },
  h: { bits: 16, isSigned: true, rank: 2 },
  H: { bits: 16, isSigned: false, rank: 2 },
  i: { bits: 32, isSigned: true, rank: 3 },
  I: { bits: 32, isSigned: false, rank: 3 },
  l: { bits: ofLong, isSigned: true, rank: 4 },
  L: { bits: ofLong, isSigned: false, rank: 4 },
  q: { bits: 64, isSigned: true, rank: 5 },
  Q: { bits: 64, isSigned: false, rank: 5 },
  f: { bits: 0, isSigned: true, rank: 6 },
  d: { bits: 0, isSigned: true, rank: 7 },
  z: { bits: 0, isSigned: false, rank: 8 },
};

/** The types that an argument without a type may get: see {@link operand}. */
export const ARGUMENT_CODES: readonly ArithmeticCode[] = ["i", "I", "l", "L", "d"];

/**
 * What the operators take: a value that has a type already, or one that gets it from what it is, see {@link operand}.
 */
export type Argument = Operand | number | bigint | boolean | string;

type Value = bigint | number | string | Undefined;

/** A value of a C type. */
export class Operand {
  readonly code: ArithmeticCode;
  /** @internal */
  readonly value: Value;

  constructor(code: ArithmeticCode, value: Value) {
    this.code = code;
    this.value = value;
  }
}

/**
 * The value for JavaScript, as ctypes reads the type: `long long` is a bigint, `_Bool` a boolean; `long` is a number,
 * or a bigint where a number would not be exact.
 *
 *     result(right(and(0x1234, 0xff00), 8));   // 18
 *
 * @throws RangeError where C leaves the result undefined.
 */
export function result(argument: Argument): number;
/** The same of a type that is not read as a number. */
export function result<T extends number | bigint | boolean | string>(argument: Argument): T;
export function result<T extends number | bigint | boolean | string>(argument: Argument): T {
  const { code, value } = operand(argument);
  if (value instanceof Undefined) throw new RangeError(`${value.reason}: C leaves the result undefined`);
  if (typeof value !== "bigint") return value as T;
  if (code === "?") return (value !== 0n) as T;
  const isWide = code === "q" || code === "Q" || !Number.isSafeInteger(Number(value));
  return (isWide ? value : Number(value)) as T;
}

/** A cast: `(unsigned char)x` is `cast(x, "B")`. */
export function cast(argument: Argument, code: ArithmeticCode): Operand {
  return operand(argument, code);
}

// -- Operators of C --------------------------------------------------------------------------------

/** `+x` */
export const positive = (x: Argument): Operand => cast(x, promoted(operand(x).code));
/** `-x` */
export const negative = (x: Argument): Operand => withOne(x, (a) => -a);
/** `~x` */
export const inverted = (x: Argument): Operand => withOne(x, (a) => ~integer(a, "~"));
/** `!x` */
export function not(x: Argument): Operand {
  const { value } = operand(x);
  return truth(value instanceof Undefined ? value : !value);
}
/** `x * y` */
export const times = (x: Argument, y: Argument): Operand => withTwo(x, y, (a, b) => a * b);
/** `x / y` */
export const over = (x: Argument, y: Argument): Operand =>
  withTwo(x, y, (a, b) => (b === 0n ? new Undefined("a division by zero") : a / b));
/** `x % y`; undefined where `x / y` is. */
export function modulo(x: Argument, y: Argument): Operand {
  const quotient = over(x, y);
  return quotient.value instanceof Undefined ? quotient : withTwo(x, y, (a, b) => integer(a, "%") % integer(b, "%"));
}
/** `x + y` */
export const plus = (x: Argument, y: Argument): Operand => withTwo(x, y, (a, b) => a + b);
/** `x - y` */
export const minus = (x: Argument, y: Argument): Operand => withTwo(x, y, (a, b) => a - b);
/** `x << y`; a bit that is shifted into the sign stays there, as with gcc and clang. */
export const left = (x: Argument, y: Argument): Operand => shifted(x, y, (a, count) => a << count);
/** `x >> y`; a negative number stays negative, as with gcc and clang. */
export const right = (x: Argument, y: Argument): Operand => shifted(x, y, (a, count) => a >> count);
/** `x < y` */
export const less = (x: Argument, y: Argument): Operand => compared(x, y, (a, b) => a < b);
/** `x > y` */
export const greater = (x: Argument, y: Argument): Operand => compared(x, y, (a, b) => a > b);
/** `x <= y` */
export const atMost = (x: Argument, y: Argument): Operand => compared(x, y, (a, b) => a <= b);
/** `x >= y` */
export const atLeast = (x: Argument, y: Argument): Operand => compared(x, y, (a, b) => a >= b);
/** `x == y` */
export const equals = (x: Argument, y: Argument): Operand => compared(x, y, (a, b) => a === b);
/** `x != y` */
export const differs = (x: Argument, y: Argument): Operand => compared(x, y, (a, b) => a !== b);
/** `x & y` */
export const and = (x: Argument, y: Argument): Operand => withTwo(x, y, (a, b) => integer(a, "&") & integer(b, "&"));
/** `x ^ y` */
export const xor = (x: Argument, y: Argument): Operand => withTwo(x, y, (a, b) => integer(a, "^") ^ integer(b, "^"));
/** `x | y` */
export const or = (x: Argument, y: Argument): Operand => withTwo(x, y, (a, b) => integer(a, "|") | integer(b, "|"));
/** `x && y` */
export const both = (x: Argument, y: Argument): Operand => picked(x, not(not(y)), truth(false));
/** `x || y` */
export const either = (x: Argument, y: Argument): Operand => picked(x, truth(true), not(not(y)));
/** `x ? y : z`, of the type that both have in common. */
export function choose(x: Argument, y: Argument, z: Argument): Operand {
  const [one, other] = [operand(y), operand(z)];
  const code = commonCode(one.code, other.code);
  return picked(x, cast(one, code), cast(other, code));
}
/** The bytes in the other order, as `__builtin_bswap16` and its like give them. */
export function swapped(x: Argument, code: "H" | "I" | "L" | "Q"): Operand {
  const { value } = cast(x, code);
  if (typeof value !== "bigint") return new Operand(code, value);
  let turned = 0n;
  for (let i = 0; i < kinds[code].bits / 8; i++) turned = (turned << 8n) | ((value >> BigInt(8 * i)) & 255n);
  return new Operand(code, turned);
}

/**
 * A value with one of C's types, to calculate with as C does: that of `code`, else the first of `int`, `unsigned int`,
 * `long` and `unsigned long` that can hold it, as a hexadecimal literal has in C. A number that none of these can hold
 * is a `double`, a boolean an `int`.
 *
 *     result(minus(operand(7), operand(8)));             // -1
 *     result(minus(operand(7, "I"), operand(8, "I")));   // 4294967295
 *
 * @throws TypeError for what is no number, RangeError for an integer of more than 64 bits.
 */
export function operand(value: unknown, code?: ArithmeticCode): Operand {
  const own = value instanceof Operand ? value : untyped(value);
  return code === undefined ? own : new Operand(code, converted(own.value, code));
}

/** The type that both are converted to by C's usual arithmetic conversions (C11 6.3.1.8). */
export function commonCode(one: ArithmeticCode, other: ArithmeticCode): ArithmeticCode {
  const [a, b] = [promoted(one), promoted(other)];
  if (a === b) return a;
  const [high, low] =
    kinds[a].rank > kinds[b].rank || (kinds[a].rank === kinds[b].rank && !kinds[a].isSigned) ? [a, b] : [b, a];
  if (kinds[high].bits === 0 || !kinds[high].isSigned || kinds[low].isSigned) return high;
  return kinds[high].bits > kinds[low].bits ? high : (high.toUpperCase() as ArithmeticCode);
}

/** The type after C's integer promotions. */
export function promoted(code: ArithmeticCode): ArithmeticCode {
  return kinds[code].rank < kinds.i.rank ? "i" : code;
}

// -- How they work ---------------------------------------------------------------------------------

function withOne(x: Argument, act: (a: bigint) => bigint): Operand {
  const { code, value } = positive(x);
  return calculated(code, () => act(arithmetic(value)));
}

/** After the usual arithmetic conversions (C11 6.3.1.8) both are bigints or both are numbers. */
function withTwo(x: Argument, y: Argument, act: (a: bigint, b: bigint) => bigint | Undefined): Operand {
  const [one, other] = [operand(x), operand(y)];
  const code = commonCode(one.code, other.code);
  return calculated(code, () => act(arithmetic(converted(one.value, code)), arithmetic(converted(other.value, code))));
}

function compared(x: Argument, y: Argument, act: (a: bigint, b: bigint) => boolean): Operand {
  const [one, other] = [operand(x), operand(y)];
  const code = commonCode(one.code, other.code);
  return calculated("i", () =>
    act(arithmetic(converted(one.value, code)), arithmetic(converted(other.value, code))) ? 1n : 0n,
  );
}

/** Each side is promoted by itself: the result has the left one's type. */
function shifted(x: Argument, y: Argument, act: (a: bigint, count: bigint) => bigint): Operand {
  const [one, other] = [positive(x), operand(y)];
  const { bits, isSigned } = kinds[one.code];
  return calculated(one.code, () => {
    const [a, count] = [integer(arithmetic(one.value), "<<"), integer(arithmetic(other.value), "<<")];
    if (count < 0n || count >= bits) return new Undefined(`a shift by ${count} of ${bits} bits`);
    return (isSigned ? BigInt.asIntN : BigInt.asUintN)(bits, act(a, count));
  });
}

function picked(x: Argument, one: Operand, other: Operand): Operand {
  const { value } = operand(x);
  if (value instanceof Undefined) return new Operand(one.code, value);
  return value ? one : other;
}

// -- Private ---------------------------------------------------------------------------------------

function untyped(value: unknown): Operand {
  if (typeof value === "string") return new Operand("z", value);
  if (typeof value === "boolean") return new Operand("i", value ? 1n : 0n);
  if (typeof value === "number" && !Number.isInteger(value)) return new Operand("d", value);
  if (typeof value !== "number" && typeof value !== "bigint")
    throw locate(expected("a number, a bigint or a boolean", value), "operand(): argument 1");
  const exact = BigInt(value);
  const code = LITERAL_CODES.find((wanted) => converted(exact, wanted) === exact);
  if (code !== undefined) return new Operand(code, exact);
  if (typeof value === "number") return new Operand("d", value);
  throw new RangeError(`operand(): argument 1: expected an integer of 64 bits, got ${exact}`);
}

const LITERAL_CODES: readonly ArithmeticCode[] = ["i", "I", "l", "L", "q", "Q"];

/** What stands for a value that C does not define. */
class Undefined {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A value as C converts it to a type. */
function converted(value: Value, code: ArithmeticCode): Value {
  if (value instanceof Undefined) return value;
  const { bits, isSigned } = kinds[code];
  if (code === "z" || typeof value === "string") {
    if (code === "z" && typeof value === "string") return value;
    throw new TypeError("a text is no number: C's operators do not take it here");
  }
  if (code === "?") return value ? 1n : 0n;
  if (bits === 0) return code === "f" ? single(value) : Number(value);
  if (typeof value === "bigint") return isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  if (whole !== null && (isSigned ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) === whole) return whole;
  return new Undefined(`${value} as an integer of ${bits} bits`);
}

/** Rounded once, also where the integer has more digits than a double. */
function single(value: bigint | number): number {
  if (typeof value === "number" || (value < 1n << 53n && value > -(1n << 53n))) return Math.fround(Number(value));
  const sticky = (value & 0x7ffn) === 0n ? 0n : 1n << 11n;
  return Math.fround(Number(((value >> 11n) << 11n) | sticky));
}

/** The result of an operation: unsigned integers wrap, signed ones must not. */
function calculated(code: ArithmeticCode, act: () => bigint | number | Undefined): Operand {
  const { bits, isSigned } = kinds[code];
  let value: Value;
  try {
    value = act();
  } catch (error) {
    if (!(error instanceof Undefined)) throw error;
    value = error;
  }
  if (typeof value !== "bigint")
    return new Operand(code, code === "f" && typeof value === "number" ? Math.fround(value) : value);
  const cut = converted(value, code);
  if (isSigned && bits > 0 && cut !== value) return new Operand(code, new Undefined(`${value} in ${bits} signed bits`));
  return new Operand(code, cut);
}

/** Both bigints, or both numbers: operators do not care which. @throws Undefined */
function arithmetic(value: Value): bigint {
  if (value instanceof Undefined) throw value;
  if (typeof value === "string") throw new TypeError("a text is no number: C's operators do not take it here");
  return value as bigint;
}

function integer(value: bigint | number, operator: string): bigint {
  if (typeof value === "bigint") return value;
  throw new TypeError(`C's ${operator} takes integers, got ${value}`);
}

function truth(value: boolean | Undefined): Operand {
  return new Operand("i", value instanceof Undefined ? value : value ? 1n : 0n);
}
