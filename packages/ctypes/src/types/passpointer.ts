/**
 * What is passed to a parameter that is a pointer: pointers, what they point to, buffers and lists of it.
 */
import type { RawType } from "rawffi";
import { bufferAddress } from "../memory/buffers.ts";
import { anew } from "../memory/compile.ts";
import { locate } from "../memory/errors.ts";
import { type Keys, keys } from "../memory/keep.ts";
import { loadAddress, type Memory } from "../memory/memory.ts";
import { place } from "../memory/slab.ts";
import { codes } from "./codes.ts";
import {
  ADDRESS,
  Argument,
  type CType,
  DECAY,
  type Instance,
  ITEMS,
  POINTEE,
  type Traits,
  TYPE,
  type TypedArrayClass,
  traitsOf,
} from "./protocol.ts";

/**
 * Items of a JavaScript array in memory of their own, which is there for the call alone: what C writes there, nobody
 * sees.
 */
export function passItems(type: CType, values: readonly unknown[]): Argument {
  const { size, align, store } = traitsOf(type);
  const count = values.length;
  const { offset, memory } = place(count * size, align);
  const kept: unknown[] = [memory];
  for (let i = 0; i < count; i++) {
    try {
      kept.push(store(memory, offset + i * size, values[i]));
    } catch (error) {
      throw locate(error, `[${i}]`);
    }
  }
  return new Argument(memory.base + offset, kept);
}

/**
 * What is passed most, told by its exact class, without the walk up the prototype chain that ends in a Proxy; the rest
 * goes to `passOther`. Buffers come first: V8 inlines `isView`, but before Node 22 no property of a typed array.
 */
export function passByClass(self: CType, type: CType, passOther: Traits["pass"]): Traits["pass"] {
  const isView = ArrayBuffer.isView;
  const [First = null, Second = First, Third = First] = familyOf(type[ITEMS]());
  const symbols = { TYPE, ADDRESS, DECAY, POINTEE } as const;
  const buffers = { First, Second, Third, isView, bufferAddress };
  return anew(makePass, { keys, symbols, ...buffers, self, type, loadAddress, passOther });
}

/**
 * The names of the typed arrays whose items are items of `type`. Asked at the first buffer: `type` may be a structure
 * that is not complete before.
 */
export function buffersOf(type: CType): readonly string[] {
  return familyOf(itemsByRaw.get(traitsOf(type).raw)).map(({ name }) => name);
}

// -- Private ---------------------------------------------------------------------------------------

interface PassParts {
  readonly keys: Keys;
  readonly symbols: {
    readonly TYPE: typeof TYPE;
    readonly ADDRESS: typeof ADDRESS;
    readonly DECAY: typeof DECAY;
    readonly POINTEE: typeof POINTEE;
  };
  readonly self: CType;
  readonly type: CType;
  /** The classes of typed arrays that are taken, some of them more than once; null where none are. */
  readonly First: BufferClass | null;
  readonly Second: BufferClass | null;
  readonly Third: BufferClass | null;
  readonly loadAddress: typeof loadAddress;
  readonly bufferAddress: typeof bufferAddress;
  readonly passOther: Traits["pass"];
  readonly isView: typeof ArrayBuffer.isView;
}

function makePass(parts: PassParts): Traits["pass"] {
  const { keys, symbols, First, Second, Third, isView, self, type, loadAddress, bufferAddress, passOther } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  const TYPE: typeof symbols.TYPE = symbols.TYPE;
  const ADDRESS: typeof symbols.ADDRESS = symbols.ADDRESS;
  const DECAY: typeof symbols.DECAY = symbols.DECAY;
  const POINTEE: typeof symbols.POINTEE = symbols.POINTEE;
  const isOfClass = (value: object, Class: BufferClass | null) => Class !== null && value instanceof Class;
  return (given) => {
    if (typeof given !== "object" || given === null) return passOther(given);
    if (First !== null && isView(given)) {
      const isBuffer = isOfClass(given, First) || isOfClass(given, Second) || isOfClass(given, Third);
      return isBuffer ? bufferAddress(given) : passOther(given);
    }
    const value = given as Instance & { readonly [TYPE]: unknown };
    const own = value[TYPE];
    const memory = value[MEMORY] as Memory | undefined;
    if (memory !== undefined) {
      if (own === self) return loadAddress(memory, value[OFFSET]);
      if (own === type) return value[ADDRESS]();
    }
    if (value[POINTEE] !== undefined && value[POINTEE]() === type) {
      const at = value[DECAY]();
      if (at !== undefined) return at;
    }
    return passOther(given);
  };
}

type BufferClass = TypedArrayClass | typeof Uint8ClampedArray;

/** Typed arrays that are taken for one another. A Buffer is a Uint8Array. */
const FAMILIES: readonly (readonly BufferClass[])[] = [
  [Uint8Array, Int8Array, Uint8ClampedArray],
  [Int16Array, Uint16Array],
  [Int32Array, Uint32Array],
  [BigInt64Array, BigUint64Array],
  [Float32Array],
  [Float64Array],
];

function familyOf(items: TypedArrayClass | null | undefined): readonly BufferClass[] {
  return FAMILIES.find((family) => family.includes(items as BufferClass)) ?? [];
}

/** The typed arrays of scalars, by their machine names. */
const itemsByRaw = new Map(Object.values(codes).flatMap(({ raw, items }) => (items ? [[raw as RawType, items]] : [])));
