/**
 * What arrays of characters have besides: `value`, the text up to the first NUL, and `raw`, all bytes.
 */
import { rawffi } from "rawffi";
import { bytesIn, isBuffer } from "../memory/buffers.ts";
import { expected, locate, outOfRange } from "../memory/errors.ts";
import { clear, type Memory, writeBytes } from "../memory/memory.ts";
import { isPlainlyPeeked } from "../memory/peeked.ts";
import { noPiece, pieceAt } from "../memory/slab.ts";
import { encodeText, encodeWide, readWide } from "../memory/text.ts";
import { address } from "./address.ts";
import type { CData } from "./cdata.ts";
import { MEMORY, OFFSET, traitsOf, typeOfInstance } from "./protocol.ts";

/** Gives arrays of `length` characters of `unit` bytes their `value`, and those of single bytes their `raw`. */
export function addTextMembers(prototype: CData, length: number, unit: number): void {
  // What has a `value` that is text is that text where JavaScript wants a string: in a template, beside a string.
  const text = function (this: { readonly value: string }): string {
    return this.value;
  };
  Object.defineProperty(prototype, "toString", { value: text, writable: true, configurable: true });
  if (unit === 1) addCharMembers(prototype, length);
  else addWideMembers(prototype, length, unit);
}

// -- Private ---------------------------------------------------------------------------------------

/** `value` and `raw` of `char[length]`. */
function addCharMembers(prototype: CData, length: number): void {
  Object.defineProperty(prototype, "value", {
    get(this: CData): string {
      const memory = this[MEMORY];
      const end = untilNul(memory, this[OFFSET], length);
      return memory.kind === "resizable" ? decode(memory, this[OFFSET], end) : rawffi.text(address(this), end);
    },
    set(this: CData, text: unknown) {
      if (typeof text !== "string" && !(text instanceof Uint8Array))
        throw locate(expected("a string or Uint8Array", text), placeOf(this, "value"));
      const bytes = typeof text === "string" ? encodeText(text) : bytesIn(text);
      writeChars(this, bytes, length);
      if (bytes.length < length) this[MEMORY].setUint8(this[OFFSET] + bytes.length, 0);
    },
  });
  Object.defineProperty(prototype, "raw", {
    get(this: CData): Uint8Array {
      return bytesOf(this, length);
    },
    set(this: CData, bytes: unknown) {
      if (!isBuffer(bytes)) throw locate(expected("a Uint8Array or another buffer", bytes), placeOf(this, "raw"));
      writeChars(this, bytesIn(bytes), length);
    },
  });
}

/** `value` of `wchar_t[length]`, and of the other characters of `unit` bytes. */
function addWideMembers(prototype: CData, length: number, unit: number): void {
  Object.defineProperty(prototype, "value", {
    get(this: CData): string {
      const text = readWide(this[MEMORY], this[OFFSET], length, unit);
      const end = text.indexOf("\0");
      return end < 0 ? text : text.slice(0, end);
    },
    set(this: CData, text: unknown) {
      if (typeof text !== "string") throw locate(expected("a string", text), placeOf(this, "value"));
      const bytes = encodeWide(text, unit);
      writeChars(this, bytes, length, unit);
      if (bytes.length < length * unit) clear(this[MEMORY], this[OFFSET] + bytes.length, unit);
    },
  });
}

function placeOf(array: CData, property: string): string {
  return `${traitsOf(typeOfInstance(array)).name}.${property}`;
}

function writeChars(array: CData, bytes: Uint8Array, length: number, unit = 1): void {
  if (bytes.length > length * unit) {
    const { name } = traitsOf(typeOfInstance(array));
    throw outOfRange(`${bytes.length / unit} ${unit === 1 ? "bytes" : "characters"} are too many for ${name}`);
  }
  writeBytes(array[MEMORY], array[OFFSET], bytes);
}

function untilNul(memory: Memory, offset: number, length: number): number {
  if (isPlainlyPeeked(memory)) return untilNulAt(memory.base + offset, length);
  for (let i = 0; i < length; i++) if (memory.getUint8(offset + i) === 0) return i;
  return length;
}

// By pages: there need be no memory after the NUL.
function untilNulAt(address: number, length: number): number {
  for (let start = 0; start < length; ) {
    const bytes = new Uint8Array(Math.min(length - start, PAGE - ((address + start) % PAGE)));
    rawffi.move(rawffi.addressOf(bytes), address + start, bytes.length);
    const end = bytes.indexOf(0);
    if (end >= 0) return start + end;
    start += bytes.length;
  }
  return length;
}

const PAGE = 4096;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

// Of memory that C gets no address of; the decoder takes no resizable buffers.
function decode(memory: Memory, offset: number, byteLength: number): string {
  return utf8.decode(new Uint8Array(memory.buffer, offset, byteLength).slice());
}

// Owned and lent memory has a buffer of its own; of a window only the piece itself may be handed out.
function bytesOf(array: CData, byteLength: number): Uint8Array {
  const { [MEMORY]: memory, [OFFSET]: offset } = array;
  if (memory.kind !== "foreign") return new Uint8Array(memory.buffer, memory.byteOffset + offset, byteLength);
  const piece = pieceAt(memory.base + offset, byteLength);
  if (piece !== null) return new Uint8Array(piece.buffer, piece.byteOffset, byteLength);
  const why = noPiece(byteLength, "copy the bytes with string_at(), and write them by setting `raw`");
  throw new TypeError(`${placeOf(array, "raw")}: ${why}`);
}
