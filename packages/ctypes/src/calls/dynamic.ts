/**
 * Functions of a library that was opened without declarations, as in Python: `restype` is `int` until it is set, arguments are guessed
 * until `argtypes` is.
 */
import { describe } from "../memory/errors.ts";
import { type CType, DESCRIBE, isCType, type SymbolOrigin, type Traits, traitsOf } from "../types/cdata.ts";
import type { Data, Self, Tagged, TypeOf } from "../types/inference.ts";
import { c_int, c_void_p } from "../types/types.ts";
import { type Callable, type CallShape, countError, makeCall } from "./call.ts";
import { FunctionData, functionObject } from "./funcdata.ts";
import type { VarArg } from "./function.ts";
import { callGuessed, guess, guessVariadic } from "./guess.ts";

/** A C function whose declaration is set by hand: `libm.pow.restype = c_double`. */
export interface DynamicFunction extends Data<Self | null, Self | null, Self | null>, Tagged<"function"> {
  (...args: (VarArg | number | boolean | object)[]): unknown;
  /** The type of the result, `null` for `void`. `c_int` until it is set. @throws TypeError for what is no type. */
  restype: TypeOf | null;
  /** The types of the parameters; `null` is "to be guessed". Arguments behind them are variadic. @throws TypeError */
  argtypes: readonly TypeOf[] | null;
  /** Sees each result before the caller does; what it returns is what the caller gets. */
  errcheck: ((result: unknown, func: DynamicFunction, args: unknown[]) => unknown) | null;
}

const DECLARED: unique symbol = Symbol("declared");

/** What was set so far. A new value is a new object, so that a call knows when to look again. */
interface Declared {
  readonly restype: CType | null;
  readonly argtypes: readonly CType[] | null;
}

class DynamicData extends FunctionData {
  declare [DECLARED]: { current: Declared };

  static override [DESCRIBE](): Traits {
    // In memory and as an argument an undeclared function is an address.
    return {
      ...traitsOf(c_void_p as unknown as CType),
      type: this as unknown as CType,
      name: "",
      target: this as unknown as CType,
    };
  }
  get restype(): CType | null {
    return this[DECLARED].current.restype;
  }
  set restype(type: unknown) {
    if (type !== null && !isCType(type)) {
      throw new TypeError(`${this.name}.restype: expected a C type or null, got ${describe(type)}`);
    }
    this[DECLARED].current = { ...this[DECLARED].current, restype: type };
  }
  get argtypes(): readonly CType[] | null {
    return this[DECLARED].current.argtypes;
  }
  set argtypes(types: unknown) {
    if (types !== null && !Array.isArray(types)) {
      throw new TypeError(`${this.name}.argtypes: expected an array of C types or null, got ${describe(types)}`);
    }
    types?.forEach((type, i) => {
      if (!isCType(type)) throw new TypeError(`${this.name}.argtypes[${i}]: expected a C type, got ${describe(type)}`);
    });
    this[DECLARED].current = { ...this[DECLARED].current, argtypes: types as CType[] | null };
  }
  declare readonly name: string;
}

/** The undeclared function at `address`. */
export function dynamicFunction(address: number, origin: SymbolOrigin): DynamicFunction {
  const declared: { current: Declared } = { current: { restype: c_int as unknown as CType, argtypes: null } };
  const func = functionObject(DynamicData, {
    name: origin.name,
    address,
    origin,
    remake: (callee) => {
      let seen: Declared | undefined;
      let call: Callable;
      return (...args) => {
        if (callee.divert !== null) return callee.divert(args);
        if (seen !== declared.current) {
          seen = declared.current;
          call = callWith(seen, origin, address);
        }
        return call(...args);
      };
    },
  });
  Object.defineProperty(func, DECLARED, { value: declared });
  return func as unknown as DynamicFunction;
}

// -- Private ---------------------------------------------------------------------------------------

function callWith({ restype, argtypes }: Declared, { name, usesErrno }: SymbolOrigin, address: number): Callable {
  const callee = { name, divert: null };
  const result = restype === null ? null : traitsOf(restype);
  const parameters = (argtypes ?? []).map(traitsOf);
  const shape: CallShape = { result, parameters, usesErrno };
  if (argtypes === null) return (...args) => callGuessed(shape, callee, address, args, guess, undefined);
  const call = makeCall(shape, callee, address);
  return (...args) => {
    if (args.length === parameters.length) return call(...args);
    if (args.length < parameters.length) throw countError(name, `at least ${parameters.length} arguments`, args.length);
    return callGuessed(shape, callee, address, args, guessVariadic, parameters.length);
  };
}
