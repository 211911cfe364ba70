/**
 * `sizeof`, `alignment` and `addressof`.
 */
import { describe, located } from "../memory/errors.ts";
import { address } from "./address.ts";
import { CData, isCType } from "./cdata.ts";
import type { Data, TypeOf } from "./inference.ts";
import { type Traits, traitsOf, typeOfInstance } from "./protocol.ts";
import { sizeOfInstance } from "./resize.ts";

/**
 * The size in bytes of a C type, or of an object of one (which follows `resize`).
 *
 *     sizeof(c_int);   // 4
 *
 * @throws TypeError for what is neither, and for a type without a size.
 */
export function sizeof(of: TypeOf | Data): number {
  return of instanceof CData ? sizeOfInstance(of) : traitsFrom("sizeof()", of).size;
}

/**
 * The alignment in bytes of a C type, or of an object of one.
 *
 *     alignment(c_double);   // 8
 *
 * @throws TypeError for what is neither, and for a type without a size.
 */
export function alignment(of: TypeOf | Data): number {
  return traitsFrom("alignment()", of).align;
}

/**
 * The address of an object's memory; valid as long as the object lives (or, of foreign memory, as long as C says).
 *
 * @throws TypeError for what is no C object, and for one in a buffer that was detached; RangeError where that buffer
 * shrank.
 */
export function addressof(object: Data): number {
  if (!((object as unknown) instanceof CData))
    throw new TypeError(`addressof(): expected a C object, got ${describe(object)}`);
  return located("addressof()", () => address(object as unknown as CData));
}

function traitsFrom(where: string, of: unknown): Traits {
  if (isCType(of)) return traitsOf(of);
  if (of instanceof CData) return traitsOf(typeOfInstance(of));
  throw new TypeError(`${where}: expected a C type or object, got ${describe(of)}`);
}
