/**
 * Where JavaScript's buffers lie: typed arrays and `ArrayBuffer`s are handed to C by address, without a copy.
 */
import { rawffi } from "rawffi";
import { expected } from "./errors.ts";

/** Anything that is bytes. */
export type BufferLike = ArrayBufferView | ArrayBufferLike;

// A constant by itself: what optimised code calls is then known to it.
const { addressOf } = rawffi;

export function isBuffer(value: unknown): value is BufferLike {
  return ArrayBuffer.isView(value) || isArrayBuffer(value);
}

function isArrayBuffer(value: unknown): value is ArrayBufferLike {
  return (
    value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer)
  );
}

/** The `ArrayBuffer` behind a buffer. */
export function backing(buffer: BufferLike): ArrayBufferLike {
  return ArrayBuffer.isView(buffer) ? buffer.buffer : buffer;
}

/** A buffer's bytes themselves. */
export function bytesIn(buffer: BufferLike): Uint8Array {
  if (buffer instanceof Uint8Array) return buffer;
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** The address of a buffer's first byte; 0 for an empty one. @throws TypeError when its memory was detached. */
export function bufferAddress(buffer: BufferLike): number {
  const address = addressOf(buffer);
  return address !== 0 ? address : addressOfNothing(buffer);
}

// -- Private ---------------------------------------------------------------------------------------

function addressOfNothing(buffer: BufferLike): number {
  if (!isDetached(backing(buffer))) return 0;
  throw expected("a buffer with memory", buffer, "it was detached, its memory has moved on");
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
