/**
 * The addresses of JavaScript's buffers: typed arrays and `ArrayBuffer`s are passed to C by address, without a copy.
 */
import { canShrink, rawffi } from "rawffi";
import { expected } from "./errors.ts";
import { byteLengthOf, extentOf } from "./intrinsics.ts";

/** Any object that consists of bytes. */
export type BufferLike = ArrayBufferView | ArrayBufferLike;

// A constant of its own, so that optimised code knows what it calls.
const { addressOf } = rawffi;

export function isBuffer(value: unknown): value is BufferLike {
  return ArrayBuffer.isView(value) || isArrayBuffer(value);
}

// `instanceof` alone would accept any object with that prototype.
function isArrayBuffer(value: unknown): value is ArrayBufferLike {
  const isSo =
    value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer);
  return isSo && byteLengthOf(value) !== undefined;
}

/** The `ArrayBuffer` of a buffer. */
export function backing(buffer: BufferLike): ArrayBufferLike {
  return ArrayBuffer.isView(buffer) ? extentOf(buffer).buffer : buffer;
}

/** A buffer's own bytes, in an array of exactly their length. */
export function bytesIn(buffer: BufferLike): Uint8Array {
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  const { buffer: memory, byteOffset, byteLength } = extentOf(buffer);
  return new Uint8Array(memory, byteOffset, byteLength);
}

/** Where a buffer's bytes begin in its `ArrayBuffer`, and how many there are. */
export function placeIn(buffer: BufferLike): { byteOffset: number; byteLength: number } {
  return ArrayBuffer.isView(buffer) ? extentOf(buffer) : { byteOffset: 0, byteLength: byteLengthOf(buffer) ?? 0 };
}

/**
 * The address of a buffer's first byte; 0 for an empty one. @throws TypeError when its memory was detached, or can
 * shrink.
 */
export function bufferAddress(buffer: BufferLike): number {
  let address: number;
  try {
    address = addressOf(buffer);
  } catch (error) {
    throw canShrink(buffer) ? expected("a buffer of fixed length", buffer, MAY_SHRINK) : error;
  }
  return address !== 0 ? address : addressOfNothing(buffer);
}

/**
 * Keeps the memory of a buffer whose address is stored in place as long as the buffer lives, even if it is transferred.
 * Does nothing for other values.
 */
export function holdBuffer(value: unknown): void {
  if (isBuffer(value)) rawffi.hold(value);
}

const MAY_SHRINK = "it is resizable, and its memory could be freed while C uses it; pass a copy made with slice()";

// -- Private ---------------------------------------------------------------------------------------

function addressOfNothing(buffer: BufferLike): number {
  if (!isDetached(backing(buffer))) return 0;
  throw expected("a buffer with memory", buffer, "it is detached: its memory was transferred");
}

// Node 20 has no `detached` yet; but no view can be made of a detached buffer.
function isDetached(memory: ArrayBufferLike): boolean {
  try {
    new Uint8Array(memory);
    return false;
  } catch {
    return true;
  }
}
