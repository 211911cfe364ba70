/**
 * Text between JavaScript and C: UTF-8 for `char`, UTF-32 or UTF-16 for `wchar_t`, depending on the platform.
 *
 * Written text always ends with a NUL. A NUL inside would truncate it silently, so it is an error.
 */
import { type Address, PUSHED, rawffi } from "rawffi";
import { expected } from "./errors.ts";
import { type Memory, memoryAt, userSpace, writeBytes } from "./memory.ts";
import { isPlainlyPeeked } from "./peeked.ts";
import { place, scratch } from "./slab.ts";

const encoder = new TextEncoder();
// Constants of their own, so that optimised code knows what it calls.
const { pushText, resultText, text: textOf } = rawffi;
const wcharSize = rawffi.platform.wcharSize;

/** Text placed in memory that lives as long as `memory` is held. */
export interface PlacedText {
  readonly memory: Memory;
  readonly address: number;
}

// -- UTF-8 -----------------------------------------------------------------------------------------

/** Pushes `text` to the scratch stack and returns its address; -1 when it is too long for that. */
export function scratchText(text: string): number {
  const start = pushText(text);
  return start >= 0 ? SCRATCH_ADDRESS + start : notPushed(text, start);
}

const SCRATCH_ADDRESS = scratch.base;

function notPushed(text: string, why: number): number {
  if (why === PUSHED.HAS_NUL) refuseNul(text);
  return -1;
}

/** Copies `text` to memory of its own. */
export function placeText(text: string): PlacedText {
  refuseNul(text);
  return placeBytes(encoder.encode(text), 1);
}

/** The text at `address`, up to the first NUL. */
export function textAt(address: Address): string {
  return textOf(address, -1);
}

/** The text that the result of the last call points to; null for NULL. Call it before any other code can run. */
export { resultText };

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

// -- Bytes -----------------------------------------------------------------------------------------

/** Whether the bytes of a buffer contain a NUL, so that C finds the end of the text. */
export function isEnded(bytes: Uint8Array, unit = 1): boolean {
  if (unit === 1) return indexOf.call(bytes, 0) >= 0;
  for (let i = 0; i + unit <= bytes.length; i += unit) {
    let isNul = true;
    for (let j = 0; j < unit; j++) if (bytes[i + j] !== 0) isNul = false;
    if (isNul) return true;
  }
  return false;
}

// The built-in method: an array may have its own of this name.
const { indexOf } = Uint8Array.prototype;

/** Copies bytes without a NUL to memory of their own, and adds a NUL. */
export function placeEnded(bytes: Uint8Array, unit = 1): PlacedText {
  return placeBytes(bytes, unit);
}

/**
 * Bytes lent to C for one call, as a copy with a NUL at the end. C's changes are copied back afterwards; bytes that
 * JavaScript changed meanwhile stay.
 */
export class LentBytes {
  readonly address: number;
  readonly #given: Uint8Array;
  readonly #before: Uint8Array;
  readonly #copy: Uint8Array;
  constructor(given: Uint8Array, unit: number) {
    const { memory, address } = placeEnded(given, unit);
    this.address = address;
    this.#given = given;
    this.#copy = new Uint8Array(memory.buffer, memory.byteOffset + address - memory.base, given.length);
    this.#before = this.#copy.slice();
  }

  giveBack(): void {
    const copy = this.#copy;
    const before = this.#before;
    if (Buffer.compare(copy, before) === 0) return;
    for (let i = 0; i < copy.length; i++) if (copy[i] !== before[i]) this.#given[i] = copy[i] as number;
  }
}

/** Copies back, after a call, what was lent to it. */
export function giveBack(kept: unknown): void {
  if (kept instanceof LentBytes) kept.giveBack();
}

// -- wchar_t ---------------------------------------------------------------------------------------

/** The bytes of a unit of wide text: UTF-16 or UTF-32. */
export type WideUnit = 2 | 4;

/** `text` in wide units, by default those of `wchar_t`, without a NUL. */
export function encodeWide(text: string, unit = wcharSize): Uint8Array {
  if (unit === 2) return new Uint8Array(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).buffer);
  return new Uint8Array(Uint32Array.from(Array.from(text, (char) => char.codePointAt(0) as number)).buffer);
}

export function placeWideText(text: string, unit = wcharSize): PlacedText {
  refuseNul(text);
  return placeBytes(encodeWide(text, unit), unit);
}

/** `length` wide units at an offset, as a string; invalid units become U+FFFD. */
export function readWide(memory: Memory, offset: number, length: number, unit = wcharSize): string {
  const isCopied = isPlainlyPeeked(memory) && length > 1;
  const from = isCopied ? copied(memory.base + offset, length * unit) : memory;
  const start = isCopied ? 0 : offset;
  let text = "";
  for (let i = 0; i < length; i++) {
    text +=
      unit === 2
        ? String.fromCharCode(from.getUint16(start + 2 * i, true))
        : fromCodePoint(from.getUint32(start + 4 * i, true));
  }
  return text;
}

/**
 * The wide text at `address`: `length` units, or up to the first NUL when that is -1. @throws MemoryFaultError where
 * memory is not there.
 */
export function wideTextAt(address: Address, length = -1, unit = wcharSize): string {
  const count = length < 0 ? rawffi.length(address, unit as WideUnit) : length;
  const at = userSpace(address);
  const memory = memoryAt(at);
  return readWide(memory, at - memory.base, count, unit);
}

export function fromCodePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}

// -- Private ---------------------------------------------------------------------------------------

function placeBytes(bytes: Uint8Array, unit: number): PlacedText {
  const { offset, memory } = place(bytes.length + unit, unit);
  writeBytes(memory, offset, bytes);
  return { memory, address: memory.base + offset };
}

function copied(address: number, byteLength: number): DataView {
  const copy = new DataView(new ArrayBuffer(byteLength));
  rawffi.move(rawffi.addressOf(copy), address, byteLength);
  return copy;
}

function refuseNul(text: string): void {
  if (text.includes("\0"))
    throw expected("text without NUL characters", text, "C would see only the part before the NUL");
}
