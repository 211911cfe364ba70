/**
 * Buffers of characters, and memory by address.
 */
import { MemoryFaultError, rawffi } from "rawffi";
import { bytesIn } from "../memory/buffers.ts";
import { checkNotFreed, isChecked } from "../memory/checked.ts";
import { describe, located, NullPointerError, reaching } from "../memory/errors.ts";
import { exactAddress, userSpace } from "../memory/memory.ts";
import { noPiece, pieceAt } from "../memory/slab.ts";
import { encodeText, encodeWide, wideTextAt } from "../memory/text.ts";
import { ARRAY } from "./array.ts";
import type { CharArray, Pass, WideArray } from "./inference.ts";
import { toPointer } from "./pointerkinds.ts";
import { c_char, type c_char_p, type c_void_p, c_wchar } from "./types.ts";

/**
 * An array of `c_char` with room for `init` and a NUL, or of `size` bytes; with a number, that many zero bytes.
 *
 *     const buffer = create_string_buffer("hello", 10);
 *     buffer.value;    // "hello"
 *     buffer.length;   // 10
 *
 * @throws TypeError for another kind of value, RangeError for a negative size or one that the text does not fit.
 */
export function create_string_buffer(init: string | Uint8Array | number, size?: number): CharArray<c_char> {
  if (typeof init === "number") {
    const length = checkSize("create_string_buffer", 1, init);
    return located("create_string_buffer()", () => new (ARRAY(c_char, length))());
  }
  if (typeof init !== "string" && !(init instanceof Uint8Array)) {
    throw new TypeError(
      `create_string_buffer(): argument 1: expected a string, Uint8Array or number, got ${describe(init)}`,
    );
  }
  const bytes = typeof init === "string" ? encodeText(init) : bytesIn(init);
  const length = checkSize("create_string_buffer", 2, size ?? bytes.length + 1);
  return located("create_string_buffer()", () => {
    const buffer = new (ARRAY(c_char, length))();
    buffer.value = bytes;
    return buffer;
  });
}

/**
 * An array of `c_wchar` with room for `init` and a NUL, or of `size` characters; with a number, that many NUL
 * characters.
 *
 * @throws TypeError for another kind of value, RangeError for a negative size or one that the text does not fit.
 */
export function create_unicode_buffer(init: string | number, size?: number): WideArray<c_wchar> {
  if (typeof init === "number") {
    const length = checkSize("create_unicode_buffer", 1, init);
    return located("create_unicode_buffer()", () => new (ARRAY(c_wchar, length))());
  }
  if (typeof init !== "string") {
    throw new TypeError(`create_unicode_buffer(): argument 1: expected a string or number, got ${describe(init)}`);
  }
  const units = encodeWide(init).length / rawffi.platform.wcharSize;
  const length = checkSize("create_unicode_buffer", 2, size ?? units + 1);
  return located("create_unicode_buffer()", () => {
    const buffer = new (ARRAY(c_wchar, length))();
    buffer.value = init;
    return buffer;
  });
}

/**
 * A pointer argument of these functions: whatever `void *` takes. Text is no memory: give its bytes,
 * `Buffer.from(text)`.
 */
export type PointerLike = Exclude<Pass<c_void_p> | Pass<c_char_p>, string>;

/**
 * A copy of the bytes at `pointer`: `size` of them, or up to the first NUL when that is -1.
 *
 *     string_at(create_string_buffer("hi")).length;   // 2
 *
 * @throws TypeError for what is no pointer, NullPointerError for NULL, MemoryFaultError where no memory is, RangeError
 * for another negative size.
 */
export function string_at(pointer: PointerLike, size = -1): Uint8Array {
  const address = requirePointer("string_at", pointer);
  const length = checkLength("string_at", size) < 0 ? reaching("string_at()", () => rawffi.length(address, 1)) : size;
  if (length > 2 ** 30) throw new RangeError(`string_at(): argument 2: ${length} bytes are too many; at most 1 GiB`);
  const bytes = new Uint8Array(length);
  if (length > 0) reaching("string_at()", () => rawffi.move(rawffi.addressOf(bytes.buffer), address, length));
  return bytes;
}

/**
 * The text at `pointer`, which is UTF-8: `size` bytes of it, or up to the first NUL when that is -1. What is no UTF-8
 * becomes U+FFFD. The bytes themselves: {@link string_at}.
 *
 *     text_at(create_string_buffer("größe"));   // "größe"
 *
 * @throws as {@link string_at}.
 */
export function text_at(pointer: PointerLike, size = -1): string {
  const address = requirePointer("text_at", pointer);
  const length = checkLength("text_at", size);
  if (length > 2 ** 29 - 24) throw new RangeError(`text_at(): argument 2: ${length} bytes are too many for a string`);
  return reaching("text_at()", () => rawffi.text(address, length < 0 ? rawffi.length(address, 1) : length));
}

/**
 * The memory at `pointer` itself, `size` bytes of it: live both ways. It is valid as long as that memory is, and keeps
 * nothing alive.
 *
 * With `readonly` a write through the view is a TypeError. Where a runtime lets no `ArrayBuffer` be C's memory, as
 * Electron, there are views of our own objects' memory only.
 *
 *     const numbers = new (ARRAY(c_ubyte, 2))(1, 2);
 *     memoryview_at(numbers, 2)[1];   // 2
 *
 * @throws TypeError for what is no pointer, and where there is no such view, NullPointerError for NULL,
 * MemoryFaultError where no memory is, RangeError for a negative size or more than 1 GiB.
 */
export function memoryview_at(pointer: PointerLike, size: number, readonly = false): Uint8Array {
  const address = requirePointer("memoryview_at", pointer);
  checkSize("memoryview_at", 2, size);
  if (size > 2 ** 30) throw new RangeError(`memoryview_at(): argument 2: ${size} bytes are too many; at most 1 GiB`);
  const piece = pieceAt(address, size);
  if (piece === null)
    throw new TypeError(`memoryview_at(): ${noPiece(size, "copy it with string_at(), and write it with memmove()")}`);
  const view = new Uint8Array(piece.buffer, piece.byteOffset, size);
  return readonly ? unwritable(view) : view;
}

/**
 * The text at `pointer`: `size` units of `wchar_t`, or up to the first NUL when that is -1.
 *
 * @throws TypeError for what is no pointer, NullPointerError for NULL, MemoryFaultError where no memory is, RangeError
 * for another negative size.
 */
export function wstring_at(pointer: PointerLike, size = -1): string {
  const address = requirePointer("wstring_at", pointer);
  const length = checkLength("wstring_at", size);
  if (length > 2 ** 28) throw new RangeError(`wstring_at(): argument 2: ${length} characters are too many`);
  return reaching("wstring_at()", () => {
    // The characters are read through a window, which asks nothing.
    const count = length < 0 ? rawffi.length(address, rawffi.platform.wcharSize as 2 | 4) : length;
    checkReadable(address, count * rawffi.platform.wcharSize);
    return wideTextAt(address, count);
  });
}

/**
 * C's `memmove`: copies `count` bytes, also between overlapping places; gives the address written to.
 *
 * @throws TypeError for what is no pointer, NullPointerError for NULL, MemoryFaultError where no memory is, RangeError
 * for a negative count.
 */
export function memmove(dst: PointerLike, src: PointerLike, count: number): number {
  const to = requirePointer("memmove", dst);
  const from = requirePointer("memmove", src, 2);
  checkSize("memmove", 3, count);
  reaching("memmove()", () => rawffi.move(to, from, count));
  return to;
}

/**
 * C's `memset`: sets `count` bytes to `c`; gives the address written to.
 *
 * @throws TypeError for what is no pointer, NullPointerError for NULL, MemoryFaultError where no memory is, RangeError
 * for a negative count.
 */
export function memset(dst: PointerLike, c: number, count: number): number {
  const to = requirePointer("memset", dst);
  if (!Number.isInteger(c)) throw new TypeError(`memset(): argument 2: expected an integer, got ${describe(c)}`);
  checkSize("memset", 3, count);
  reaching("memset()", () => rawffi.fill(to, c & 0xff, count));
  return to;
}

// -- Private ---------------------------------------------------------------------------------------

// JavaScript has no read-only typed array: a Proxy refuses what writes.
function unwritable(view: Uint8Array): Uint8Array {
  const refuse = (): never => {
    throw new TypeError("memoryview_at(): this view is read-only");
  };
  const writers = ["set", "fill", "copyWithin", "reverse", "sort"];
  return new Proxy(view, {
    get(target, key) {
      if (key === "buffer" || writers.includes(String(key))) refuse();
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: refuse,
    defineProperty: refuse,
  });
}

function checkReadable(address: number, byteLength: number): void {
  if (rawffi.reachable(address, byteLength, false)) return;
  throw new MemoryFaultError(`0x${address.toString(16)} cannot be read`, address);
}

function checkSize(where: string, index: number, size: number): number {
  if (!Number.isInteger(size))
    throw new TypeError(`${where}(): argument ${index}: expected an integer size, got ${describe(size)}`);
  if (size < 0) throw new RangeError(`${where}(): argument ${index}: the size cannot be negative, got ${size}`);
  return size;
}

function checkLength(where: string, size: number): number {
  return size === -1 ? size : checkSize(where, 2, size);
}

function requirePointer(where: string, pointer: unknown, index = 1): number {
  const place = `${where}(): argument ${index}`;
  return located(place, () => {
    const address = exactAddress(toPointer(pointer));
    if (address === 0) throw new NullPointerError(`${place}: the pointer is NULL`);
    if (isChecked) checkNotFreed(address);
    return userSpace(address);
  });
}
