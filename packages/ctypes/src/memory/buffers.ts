/**
 * Where JavaScript's buffers lie: typed arrays and `ArrayBuffer`s are handed to C by address, without a copy.
 */
import { canShrink, rawffi } from "rawffi";
import { expected } from "./errors.ts";
import { byteLengthOf, extentOf } from "./intrinsics.ts";

/** Anything that is bytes. */
export type BufferLike = ArrayBufferView | ArrayBufferLike;

// A constant by itself: what optimised code calls is then known to it.
const { addressOf } = rawffi;

export function isBuffer(value: unknown): value is BufferLike {
  return ArrayBuffer.isView(value) || isArrayBuffer(value);
}

// `instanceof` alone would believe whoever sets a prototype.
function isArrayBuffer(value: unknown): value is ArrayBufferLike {
  const isSo =
    value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer);
  return isSo && byteLengthOf(value) !== undefined;
}

/** The `ArrayBuffer` behind a buffer. */
export function backing(buffer: BufferLike): ArrayBufferLike {
  return ArrayBuffer.isView(buffer) ? extentOf(buffer).buffer : buffer;
}

/** A buffer's bytes themselves, in an array that has no other length than theirs. */
export function bytesIn(buffer: BufferLike): Uint8Array {
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  const { buffer: memory, byteOffset, byteLength } = extentOf(buffer);
  return new Uint8Array(memory, byteOffset, byteLength);
}

/** Where a buffer's bytes begin in the `ArrayBuffer` behind it, and how many they are. */
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
 * Has the memory of a buffer that an address of is kept stay for as long as the buffer does, whoever gets it; of
 * anything else nothing.
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

// Node 20 has no `detached` yet; what tells is that nothing can be made of such a buffer.
function isDetached(memory: ArrayBufferLike): boolean {
  try {
    new Uint8Array(memory);
    return false;
  } catch {
    return true;
  }
}
