/**
 * Buffers that JavaScript can make smaller. Their memory is taken away then, also under C's hands, and nobody is asked
 * before: so they have no address.
 */

// The getters themselves: what a class or an object says of itself is not believed.
const isResizable = getterOf(ArrayBuffer.prototype, "resizable");
const buffersOfViews = [
  getterOf(Object.getPrototypeOf(Uint8Array.prototype), "buffer"),
  getterOf(DataView.prototype, "buffer"),
];

/**
 * Whether the memory of a buffer, or of what a view shows of one, can become less. A growable `SharedArrayBuffer` keeps
 * all it has.
 */
export function canShrink(buffer: ArrayBufferLike | ArrayBufferView): boolean {
  if (isResizable === null) return false;
  const memory = ArrayBuffer.isView(buffer) ? buffersOfViews.map((get) => asked(get, buffer)).find(Boolean) : buffer;
  // Undefined of a SharedArrayBuffer, and of what is no buffer at all.
  return asked(isResizable, memory) === true;
}

/** @throws TypeError for a buffer whose memory can become less, or a view of one. */
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
