/**
 * Literals of C (C11 6.4.4): numbers, characters and texts, with the types that they have.
 */
import { type ArithmeticCode, operand, result } from "ctypes-js/arithmetic";
import { Untranslated } from "./expand.ts";
import type { Expression } from "./syntax.ts";

/** `0xffUL`: of the first type that can hold it, from those that its base and its suffix allow. */
export function integerOfLiteral(text: string): Expression & { kind: "constant" } {
  const match = /^(0[xX][\da-fA-F]+|0[bB][01]+|\d+)([uUlL]*)$/.exec(text);
  if (match === null) throw new Untranslated(`${text} is no integer`);
  const [, digits, suffix] = match as unknown as [string, string, string];
  const isOctal = /^0\d/.test(digits);
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  const isDecimal = /^[1-9]/.test(digits);
  const isUnsigned = /u/i.test(suffix);
  const longs = suffix.replace(/u/i, "").length;
  const codes = (["i", "I", "l", "L", "q", "Q"] as const).filter((code, i) => {
    const isOwn = code === code.toUpperCase();
    return i >= longs * 2 && (isUnsigned ? isOwn : !isOwn || !isDecimal);
  });
  const code = codes.find((wanted) => BigInt(result<number | bigint>(operand(value, wanted))) === value);
  if (code === undefined) throw new Untranslated(`${text} does not fit a type of C`);
  return { kind: "constant", value: Number.isSafeInteger(Number(value)) ? Number(value) : value, code };
}

export function floatOfLiteral(text: string): Expression {
  const match = /^([\d.]+(?:[eE][-+]?\d+)?)([fF]?)$/.exec(text);
  if (match === null) throw new Untranslated(`${text} is a number that is not understood`);
  const code: ArithmeticCode = match[2] ? "f" : "d";
  return { kind: "constant", value: code === "f" ? Math.fround(Number(match[1])) : Number(match[1]), code };
}

/** `'x'`, an `int`. */
export function letterOfLiteral(text: string): Expression {
  const bytes = text.startsWith("'") ? bytesOf(text.slice(1, -1)) : [];
  if (bytes.length !== 1) throw new Untranslated(`${text} is a character that is not understood`);
  return { kind: "constant", value: ((bytes[0] as number) << 24) >> 24, code: "i" };
}

export function textOfLiteral(text: string): string {
  if (!text.startsWith('"')) throw new Untranslated("it has a text of wide characters");
  const bytes = Uint8Array.from(bytesOf(text.slice(1, -1)));
  if (bytes.includes(0)) throw new Untranslated("it has a text with a NUL in it");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Untranslated("it has a text that is no UTF-8");
  }
}

// -- Private ---------------------------------------------------------------------------------------

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 };

function bytesOf(body: string): number[] {
  return [...body.matchAll(/\\x([\da-fA-F]+)|\\([0-7]{1,3})|\\(.)|[^\\]+/gs)].flatMap(([piece, hex, octal, letter]) => {
    if (hex !== undefined) return [Number.parseInt(hex, 16) & 255];
    if (octal !== undefined) return [Number.parseInt(octal, 8) & 255];
    if (letter === undefined) return [...Buffer.from(piece)];
    if (/[uUN]/.test(letter)) throw new Untranslated("it names a character by its number");
    return [ESCAPES[letter] ?? letter.charCodeAt(0)];
  });
}
