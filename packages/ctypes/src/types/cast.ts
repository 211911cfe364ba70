/**
 * `cast`: the same address under another type.
 */
import type { Address } from "rawffi";
import { holdBuffer } from "../memory/buffers.ts";
import { describe, locate } from "../memory/errors.ts";
import { entries, KEPT, keep, rootOf } from "../memory/keep.ts";
import { exactAddress, storeAddress } from "../memory/memory.ts";
import { place } from "../memory/slab.ts";
import { CData, isCType } from "./cdata.ts";
import type { AnyData, Pass, TypeOf } from "./inference.ts";
import { toPointer } from "./pointerkinds.ts";
import { type CType, decays, traitsOf, typeOfInstance } from "./protocol.ts";
import type { c_void_p } from "./types.ts";

/**
 * A new object of the pointer type `type` that points where `object` does, and keeps `object` alive.
 *
 * Takes whatever `c_void_p` takes: an address, a pointer, an array, a function, a buffer, null.
 *
 *     const numbers = new (ARRAY(c_int, 2))(1, 2);
 *     cast(numbers, POINTER(c_int)).contents.value;   // 1
 *
 * @throws TypeError when `object` is no pointer, or `type` is no pointer type.
 */
export function cast<I extends AnyData>(object: Exclude<Pass<c_void_p>, string>, type: TypeOf<I>): I {
  if (!isCType(type)) throw new TypeError(`cast(): argument 2: expected a pointer type, got ${describe(type)}`);
  const traits = traitsOf(type as unknown as CType);
  if (traits.pointee === undefined || decays(traits)) {
    throw new TypeError(`cast(): argument 2: expected a pointer type, got ${traits.name}`);
  }
  const address = addressIn(object);
  const { offset, memory } = place(8, 8);
  storeAddress(memory, offset, address);
  if (address === 0 && traits.symbol !== undefined) {
    throw new TypeError(`cast(): argument 1: NULL is not a function; use null`);
  }
  const made = traits.view(memory, offset, null, 0);
  if (object instanceof CData) {
    const root = rootOf(object);
    if (!traits.keepsItself && !traitsOf(typeOfInstance(root as CData)).keepsItself) made[KEPT] = entries(root);
    if (!traits.keepsItself) keep(made, identify(object), object);
    else made[KEPT] = object;
  } else if (typeof object === "object" && object !== null) {
    holdBuffer(object);
    made[KEPT] = { buffer: object };
  }
  return made as unknown as I;
}

// -- Private ---------------------------------------------------------------------------------------

function addressIn(object: unknown): Address {
  try {
    return exactAddress(toPointer(object));
  } catch (error) {
    throw locate(error, "cast(): argument 1");
  }
}

// CPython's key is the object's address in the interpreter; ours is a number given once.
const identities = new WeakMap<object, number>();
let next = 0x10000;
function identify(object: object): number {
  let number = identities.get(object);
  if (number === undefined) identities.set(object, (number = next++));
  return number;
}
