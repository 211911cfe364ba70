/**
 * Bytes as C lays them out: of objects, and made from values.
 */
import { byref, sizeof, string_at } from "ctypes-js";

/** A copy of the bytes of an object. */
export function bytesOf(object: unknown): Uint8Array {
  return string_at(byref(object as never) as never, sizeof(object as never));
}

/** The bytes of an object as hexadecimal digits. */
export function hexOf(object: unknown): string {
  return Buffer.from(object instanceof Uint8Array ? object : bytesOf(object)).toString("hex");
}

/** A letter of Python's struct module and its value: `["i", 7]`; `["x", 3]` is three bytes of zero. */
export type Part = readonly [
  letter: "x" | "b" | "B" | "h" | "H" | "i" | "I" | "q" | "Q" | "f" | "d",
  value: number | bigint,
];

/** The values one after the other, without padding, in this byte order. */
export function pack(isBigEndian: boolean, ...parts: readonly Part[]): Uint8Array {
  const sizes = { x: 0, b: 1, B: 1, h: 2, H: 2, i: 4, I: 4, q: 8, Q: 8, f: 4, d: 8 };
  const sizeOf = ([letter, value]: Part) => (letter === "x" ? Number(value) : sizes[letter]);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + sizeOf(part), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    const [letter, value] = part;
    if (letter === "f") view.setFloat32(at, Number(value), !isBigEndian);
    else if (letter === "d") view.setFloat64(at, Number(value), !isBigEndian);
    else if (letter !== "x") putInteger(bytes, at, sizes[letter], BigInt(value), isBigEndian);
    at += sizeOf(part);
  }
  return bytes;
}

// -- Private ---------------------------------------------------------------------------------------

function putInteger(bytes: Uint8Array, at: number, size: number, value: bigint, isBigEndian: boolean): void {
  for (let i = 0; i < size; i++) {
    bytes[isBigEndian ? at + size - 1 - i : at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }
}
