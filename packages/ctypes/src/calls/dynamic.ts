/**
 * Functions of a library that was opened without declarations, as in Python: `restype` is `int` until it is set,
 * arguments are guessed until `argtypes` is.
 */

import type { Address } from "rawffi";
import type { Data, Self, Tagged, TypeOf } from "../types/inference.ts";
import { type CType, DESCRIBE, type SymbolOrigin, type Traits, traitsOf } from "../types/protocol.ts";
import { c_int, c_void_p } from "../types/types.ts";
import type { Converter, Declaration, ErrorCheck } from "./declared.ts";
import { FunctionData, functionObject } from "./funcdata.ts";
import type { VarArg } from "./functiontype.ts";
import { callOptions } from "./shape.ts";

/** A C function whose declaration is set by hand: `libm.pow.restype = c_double`. */
export interface DynamicFunction extends Data<Self | null, Self | null, Self | null>, Tagged<"function"> {
  (...args: (VarArg | number | object)[]): unknown;
  /**
   * The type of the result, `null` for `void`, or a function that makes the result of the `int` that C returned.
   * `c_int` until it is set, and again when it is set to `undefined`.
   *
   * @throws TypeError for what is no type.
   */
  restype: TypeOf | null | undefined | ((value: number) => unknown);
  /** The types of the parameters; `null` is "to be guessed". Arguments after them are variadic. @throws TypeError */
  argtypes: readonly (TypeOf | Converter)[] | null | undefined;
  /** Sees each result before the caller does; what it returns is what the caller gets. */
  errcheck: ErrorCheck | null;
}

const UNDECLARED: Declaration = {
  restype: c_int as unknown as CType,
  argtypes: null,
  takesMore: true,
  paramflags: null,
  usesErrno: false,
  nowait: undefined,
  ...callOptions({}),
};

class DynamicData extends FunctionData {
  static override [DESCRIBE](): Traits {
    // In memory and as an argument an undeclared function is an address.
    const type = this as unknown as CType;
    return { ...traitsOf(c_void_p as unknown as CType), type, name: "()", pointee: type };
  }
}

/** The undeclared function at `address`. */
export function dynamicFunction(address: Address, origin: SymbolOrigin): DynamicFunction {
  const { name, usesErrno } = origin;
  const func = functionObject(DynamicData, {
    name,
    address,
    usesErrno,
    origin,
    initial: UNDECLARED,
    callback: undefined,
  });
  return func as unknown as DynamicFunction;
}
