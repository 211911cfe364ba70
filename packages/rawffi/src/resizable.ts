/**
 * Buffers that JavaScript can shrink. Their memory is taken away then, even while C uses it, and nothing can prevent
 * that: so they have no address.
 */

// The built-in getters: an object or a class may have overridden its own.
const isResizable = getterOf(ArrayBuffer.prototype, "resizable");
const buffersOfViews = [
  getterOf(Object.getPrototypeOf(Uint8Array.prototype), "buffer"),
  getterOf(DataView.prototype, "buffer"),
];

/** Whether the memory of a buffer, or of a view's buffer, can shrink. A growable `SharedArrayBuffer` only grows. */
export function canShrink(buffer: ArrayBufferLike | ArrayBufferView): boolean {
  if (isResizable === null) return false;
  const memory = ArrayBuffer.isView(buffer) ? buffersOfViews.map((get) => asked(get, buffer)).find(Boolean) : buffer;
  // Undefined for a SharedArrayBuffer, and for anything that is not a buffer.
  return asked(isResizable, memory) === true;
}

/** @throws TypeError for a buffer whose memory can shrink, or a view of one. */
export function refuseResizable(buffer: ArrayBufferLike | ArrayBufferView): void {
  if (!canShrink(buffer)) return;
  throw new TypeError("rawffi.addressOf: a resizable buffer has no address that stays; copy its bytes");
}

function asked(get: (() => unknown) | null, of: unknown): unknown {
  try {
    return get?.call(of);
  } catch {
    return undefined;
  }
}

function getterOf(prototype: object, name: string): (() => unknown) | null {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get ?? null;
}
