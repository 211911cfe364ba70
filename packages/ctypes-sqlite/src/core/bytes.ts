/**
 * Bytes to be given to C with their length.
 */

/** The bytes of a view, themselves where C can have their address, and as many as there are: a class may say anything of its length. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  // Nobody has defined anything else for these.
  const prototype = Object.getPrototypeOf(view);
  const isPlain = prototype === Uint8Array.prototype || prototype === Buffer.prototype;
  const isHonest = isPlain && !OF_VIEWS.some((name) => Object.hasOwn(view, name));
  const bytes = isHonest ? (view as Uint8Array) : honest(view);
  // Only memory that is nobody else's, and that nobody can make less, has an address to give.
  return bytes.buffer instanceof ArrayBuffer && isResizable?.call(bytes.buffer) !== true ? bytes : new Uint8Array(bytes);
}

// -- Private ---------------------------------------------------------------------------------------

const isResizable = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "resizable")?.get;
const OF_VIEWS = ["length", "byteLength", "byteOffset", "buffer"] as const;

function honest(view: ArrayBufferView): Uint8Array {
  const prototype = isTypedArray(view) ? Object.getPrototypeOf(Uint8Array.prototype) : DataView.prototype;
  const [byteLength, byteOffset, buffer] = OF_VIEWS.slice(1).map((name) => Reflect.get(prototype, name, view));
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isTypedArray(view: ArrayBufferView): boolean {
  return Reflect.get(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag, view) !== undefined;
}
