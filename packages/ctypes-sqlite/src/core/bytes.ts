/**
 * Bytes to be given to C with their length.
 */
import { types } from "node:util";

/**
 * The bytes of a view, themselves where C can have their address. What a class or an object says of itself is not
 * asked: a getter could say anything, and do anything. A view whose memory was taken away is empty.
 */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  const { buffer, byteOffset, byteLength } = types.isDataView(view) ? partsOfDataView(view) : partsOfTypedArray(view);
  if (byteLength === 0) return NOTHING;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  // Only memory that is nobody else's, and stays as it is, has an address to give.
  return types.isSharedArrayBuffer(buffer) || isResizable(buffer) ? new Uint8Array(bytes) : bytes;
}

/** An `ArrayBuffer`, of whatever kind, as bytes; anything else as it is. */
export function viewOf(value: unknown): unknown {
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : value;
}

// -- Private ---------------------------------------------------------------------------------------

interface Parts {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

const NOTHING = new Uint8Array(0);

const partsOfTypedArray = partsBy(Object.getPrototypeOf(Uint8Array.prototype));
const partsOfWholeDataView = partsBy(DataView.prototype);

/** The getters of a class of the language itself. */
function partsBy(prototype: object): (view: ArrayBufferView) => Parts {
  const getter = (name: string) => Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
  const [buffer, byteOffset, byteLength] = [getter("buffer"), getter("byteOffset"), getter("byteLength")];
  return (view) => ({
    buffer: buffer.call(view) as ArrayBufferLike,
    byteOffset: byteOffset.call(view) as number,
    byteLength: byteLength.call(view) as number,
  });
}

function partsOfDataView(view: ArrayBufferView): Parts {
  try {
    return partsOfWholeDataView(view);
  } catch {
    // Of memory that has gone, or is too small now, a DataView has no length.
    return { buffer: NOTHING.buffer, byteOffset: 0, byteLength: 0 };
  }
}

const resizable = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "resizable")?.get as
  | ((this: unknown) => boolean)
  | undefined;

function isResizable(buffer: ArrayBufferLike): boolean {
  return resizable?.call(buffer) === true;
}
