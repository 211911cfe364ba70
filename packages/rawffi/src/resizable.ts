/**
 * Buffers that JavaScript can shrink. Their memory is taken away then, even while C uses it, and nothing can prevent
 * that: so they have no address.
 */

// The built-in getters: an object or a class may have overridden its own.
const isResizable = getterOf(ArrayBuffer.prototype, "resizable");
const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const bufferOfArray = getterOf(typedArray, "buffer");
const bufferOfView = getterOf(DataView.prototype, "buffer");
const typedArrayName = getterOf(typedArray, Symbol.toStringTag);

/** Whether the memory of a buffer, or of a view's buffer, can shrink. A growable `SharedArrayBuffer` only grows. */
export function canShrink(buffer: ArrayBufferLike | ArrayBufferView): boolean {
  if (isResizable === null) return false;
  return asked(isResizable, ArrayBuffer.isView(buffer) ? bufferOf(buffer) : buffer) === true;
}

/** @throws TypeError for a buffer whose memory can shrink, or a view of one. */
export function refuseResizable(buffer: ArrayBufferLike | ArrayBufferView): void {
  if (!canShrink(buffer)) return;
  throw new TypeError("rawffi.addressOf: a resizable buffer has no address that stays; copy its bytes");
}

// The getter of the other kind of view would throw, which takes microseconds.
function bufferOf(view: ArrayBufferView): unknown {
  return asked(asked(typedArrayName, view) === undefined ? bufferOfView : bufferOfArray, view);
}

/** Undefined for what is of another kind: for a SharedArrayBuffer, and for anything that is not a buffer. */
function asked(get: (() => unknown) | null, of: unknown): unknown {
  try {
    return get?.call(of);
  } catch {
    return undefined;
  }
}

function getterOf(prototype: object, name: PropertyKey): (() => unknown) | null {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get ?? null;
}
