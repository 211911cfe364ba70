/** Characters in C: a string of one as a number. */
import { expected } from "../memory/errors.ts";

export function isUnitText(value: unknown): value is string {
  return typeof value === "string" && value.length === 1;
}

export function isByteText(value: unknown): value is string {
  return isUnitText(value) && value.charCodeAt(0) < 256;
}

export function charCode(value: unknown): number {
  if (isByteText(value)) return value.charCodeAt(0);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 256) return value;
  throw expected("a string of one character up to U+00FF, or an integer up to 255, for c_char", value);
}

export function wideCode(value: unknown, size: number, name: string): number {
  if (typeof value === "string") {
    const code = size === 2 ? value.charCodeAt(0) : (value.codePointAt(0) ?? Number.NaN);
    const units = size === 2 || Number.isNaN(code) ? 1 : String.fromCodePoint(code).length;
    if (value.length === units && !Number.isNaN(code)) return code;
  }
  // As c_char; ctypes' own c_wchar takes text alone.
  const last = name === "c_wchar" ? -1 : size === 2 ? 0xffff : LAST_CODE_POINT;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= last) return value;
  const orInteger = last < 0 ? "" : `, or an integer up to 0x${last.toString(16).toUpperCase()},`;
  throw expected(`a string of one ${size === 2 ? "UTF-16 unit" : "character"}${orInteger} for ${name}`, value);
}

/** Unicode's. */
const LAST_CODE_POINT = 0x10ffff;
