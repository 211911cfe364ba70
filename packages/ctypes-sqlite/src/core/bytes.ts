/**
 * Bytes to be given to C with their length.
 */

/** The bytes of a view, themselves where C can have their address, and as many as there are: a class may say anything of its length. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  const { buffer, byteOffset } = view;
  const isPlain = view instanceof Uint8Array;
  const byteLength = isPlain ? (lengthOf.call(view) as number) : view.byteLength;
  const isHonest = isPlain && view.byteLength === byteLength && view.length === byteLength;
  const bytes = isHonest ? view : new Uint8Array(buffer, byteOffset, byteLength);
  // Only memory that is nobody else's has an address to give.
  return buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
}

// -- Private ---------------------------------------------------------------------------------------

const lengthOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "byteLength")
  ?.get as () => unknown;
