/**
 * Values to try translated functions with, and how C writes them.
 */
import { type ArithmeticCode, operand, result } from "ctypes-js/arithmetic";

/** The types by their letters, as C spells them. */
export const C_NAMES: Readonly<Record<ArithmeticCode, string>> = {
  "?": "_Bool",
  b: "signed char",
  B: "unsigned char",
  h: "short",
  H: "unsigned short",
  i: "int",
  I: "unsigned int",
  l: "long",
  L: "unsigned long",
  q: "long long",
  Q: "unsigned long long",
  f: "float",
  d: "double",
  z: "const char *",
};

export type Sample = number | bigint;

/** `count` lists of arguments: first those at the limits of the types, then others; always the same ones. */
export function samplesFor(parameters: number, count: number): Sample[][] {
  const random = randomFrom(parameters + 1);
  if (parameters === 0) return [[]];
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: parameters }, (_, j) => {
      if (j === 0 && i < LIMITS.length) return LIMITS[i] as Sample;
      const kind = random() % 8;
      if (kind === 0) return LIMITS[random() % LIMITS.length] as Sample;
      if (kind < 5) return random() % [4, 40, 300, 70000][kind - 1]!;
      if (kind === 5) return random() | 0;
      return kind === 6 ? random() : BigInt.asIntN(64, (BigInt(random()) << 32n) | BigInt(random()));
    }),
  );
}

/** As C writes it, of the type that it has as an argument: `((unsigned int)4294967295u)`. */
export function literalOf(value: Sample): string {
  const { code } = operand(value);
  if (code === "d") return `((double)${Number(value).toExponential()})`;
  if (code === code.toUpperCase()) return `((${C_NAMES[code]})${value}ull)`;
  // The smallest one has no literal: its digits alone are too large.
  const text = value < 0 ? `(-${-(BigInt(value) + 1n)}ll - 1)` : `${value}ll`;
  return `((${C_NAMES[code]})${text})`;
}

/** The result, or undefined where C has none, or where the operators do not take such an argument. */
export function resultFor(call: () => unknown): unknown {
  try {
    const value = call();
    return typeof value === "object" && value !== null ? result<number | bigint>(value as never) : value;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const LIMITS: readonly Sample[] = [
  0,
  1,
  -1,
  5,
  128,
  255,
  256,
  32767,
  -32768,
  65535,
  65536,
  2147483647,
  -2147483648,
  2147483648,
  4294967295,
  4294967296,
  -2147483649,
  9007199254740993n,
  9223372036854775807n,
  -9223372036854775808n,
  9223372036854775808n,
  18446744073709551615n,
  0.5,
  -2.75,
];

/** 32 bits at a time (Marsaglia's xorshift). */
function randomFrom(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}
