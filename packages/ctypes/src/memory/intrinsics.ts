/**
 * Inspects buffers by the language's own getters: a getter that a subclass or the object defines may return anything,
 * and C would rely on it.
 */
const typedArray = Object.getPrototypeOf(Uint8Array.prototype);

type Getter<T> = (of: object) => T;
function getterOf<T>(prototype: object, name: PropertyKey): Getter<T> {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name) as { get: () => T };
  return Function.prototype.call.bind(get) as Getter<T>;
}

/** The name of a typed array's class; undefined for other values. */
export const typedArrayName: Getter<string | undefined> = getterOf(typedArray, Symbol.toStringTag);
const ofTypedArray = gettersOf(typedArray);
const ofDataView = gettersOf(DataView.prototype);
const lengthOfBuffer: Getter<number> = getterOf(ArrayBuffer.prototype, "byteLength");
const lengthOfShared: Getter<number> =
  typeof SharedArrayBuffer === "undefined" ? lengthOfBuffer : getterOf(SharedArrayBuffer.prototype, "byteLength");

function gettersOf(prototype: object) {
  return {
    buffer: getterOf<ArrayBufferLike>(prototype, "buffer"),
    byteOffset: getterOf<number>(prototype, "byteOffset"),
    byteLength: getterOf<number>(prototype, "byteLength"),
  };
}

export interface Extent {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/**
 * The extent of a view in its buffer. @throws TypeError for the `DataView` of a buffer that was detached or has become
 * too small.
 */
export function extentOf(view: ArrayBufferView): Extent {
  const { buffer, byteOffset, byteLength } = typedArrayName(view) === undefined ? ofDataView : ofTypedArray;
  return { buffer: buffer(view), byteOffset: byteOffset(view), byteLength: byteLength(view) };
}

/** The length in bytes of an `ArrayBuffer` or `SharedArrayBuffer`; undefined for other values. */
export function byteLengthOf(value: object): number | undefined {
  try {
    return value instanceof ArrayBuffer ? lengthOfBuffer(value) : lengthOfShared(value);
  } catch {
    return undefined;
  }
}
