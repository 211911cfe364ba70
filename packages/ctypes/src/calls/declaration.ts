/**
 * The call that follows from what a function is declared to be.
 *
 * Most functions are a result type and parameter types and nothing more: their call is the compiled wrapper of
 * `call.ts` itself. Everything else ctypes allows (a result that a function makes, parameters that convert by their own
 * rules, out-parameters, an error check, arguments nobody declared) goes through {@link elaborateCall}, which is built
 * once for each declaration.
 */
import type { Tier } from "rawffi";
import { isAlwaysChecked, isChecked } from "../memory/checked.ts";
import { argumentError } from "../memory/errors.ts";
import { CData, isCType } from "../types/cdata.ts";
import { type CType, traitsOf } from "../types/protocol.ts";
import { c_int } from "../types/types.ts";
import { makeCall, tierOf } from "./call.ts";
import type { Converter, Declaration, ErrorCheck, Location } from "./declared.ts";
import { guess, guessedCall, guessVariadic } from "./guess.ts";
import { bindParameters } from "./paramflags.ts";
import { type Callable, type Callee, type CallShape, callOptions, countError } from "./shape.ts";
import { type QuickVariadic, quickVariadic } from "./variadic.ts";

/** The call of a function so declared. */
export function callOf(declaration: Declaration, location: Location, callee: Callee): Callable {
  const shape = plainShape(declaration, location);
  // Of a callback the code is known, and calls JavaScript.
  if (shape !== null) return makeCall(shape, callee, location.address, location.callback === undefined);
  const quick = isPlainVariadic(declaration) ? quickVariadic(callee) : null;
  let call: Callable | undefined;
  const general: Callable = (...args) => {
    if (callee.divert !== null) return callee.divert(args);
    call ??= elaborateCall(declaration, location, callee, null, null, quick);
    return call(...args);
  };
  return quick === null ? general : quick.around(general);
}

/** How calls of a function so declared go, at best; of arguments that each call decides it knows nothing. */
export function tierOfCalls(declaration: Declaration, location: Location): Tier {
  const { restype, argtypes } = declaration;
  const result = restype === null ? null : traitsOf(isCType(restype) ? restype : (c_int as unknown as CType));
  return tierOf({
    result,
    parameters: (argtypes ?? []).filter(isPlainType).map((type) => traitsOf(type)),
    ...ofLocation(location),
    ...callOptions(declaration),
  });
}

/** The call of a function that is more than its types; `func` is what an error check is told it is. */
export function elaborateCall(
  declaration: Declaration,
  location: Location,
  callee: Callee,
  errcheck: ErrorCheck | null,
  func: unknown,
  quick: QuickVariadic | null = null,
): Callable {
  const { name } = callee;
  const { restype, paramflags } = declaration;
  const invoke = invoker(declaration, location, callee, quick);
  const finish = finisher(restype);
  return (...args) => {
    const bound = paramflags === null ? null : bindParameters(name, declaration.argtypes ?? [], paramflags, args);
    const passed = bound?.values ?? args;
    let result = finish(invoke(passed));
    if (errcheck !== null) {
      const checked = errcheck(result, func, passed);
      // ctypes' rule: giving the arguments back means "go on".
      if (checked !== passed) return checked;
    }
    if (bound !== null) result = bound.outputs(result);
    return result;
  };
}

/** The types of a function that is nothing but its types; null of any other. */
export function plainShape(declaration: Declaration, location: Omit<Location, "address">): CallShape | null {
  const { restype, argtypes, takesMore, paramflags } = declaration;
  if (argtypes === null || takesMore || paramflags !== null || !argtypes.every(isPlainType)) return null;
  if (restype !== null && (!isCType(restype) || checkRetval(restype) !== undefined)) return null;
  const result = restype === null ? null : traitsOf(restype);
  return { result, parameters: argtypes.map(traitsOf), ...ofLocation(location), ...callOptions(declaration) };
}

// -- Private ---------------------------------------------------------------------------------------

/** What a call takes from the location of its function. Of a function by its address no library is known. */
function ofLocation({
  usesErrno,
  origin,
}: Omit<Location, "address">): Pick<CallShape, "usesErrno" | "isChecked" | "fixed"> {
  return {
    fixed: undefined,
    usesErrno,
    isChecked: isAlwaysChecked || (origin === undefined ? isChecked : origin.isChecked),
  };
}

/** Whether a parameter converts as C types do: nobody gave it a `from_param` of its own. */
function isPlainType(type: Converter): type is Converter & CType {
  return isCType(type) && (type as unknown as Converter).from_param === (CData as unknown as Converter).from_param;
}

/** Whether only the arguments after `...` are to be guessed, and C's result is the result. */
function isPlainVariadic({ restype, argtypes, takesMore, paramflags }: Declaration): boolean {
  if (argtypes === null || !takesMore || paramflags !== null || !argtypes.every(isPlainType)) return false;
  return restype === null || (isCType(restype) && checkRetval(restype) === undefined);
}

/** Converts the arguments and calls C. */
function invoker(declaration: Declaration, location: Location, outer: Callee, quick: QuickVariadic | null) {
  const { address } = location;
  const { restype, argtypes, takesMore } = declaration;
  const options = callOptions(declaration);
  const result = restype === null ? null : traitsOf(isCType(restype) ? restype : (c_int as unknown as CType));
  const { name } = outer;
  // It is what the outer call was diverted to, and it ends with that.
  const callee: Callee = {
    name,
    divert: null,
    get ended() {
      return outer.ended;
    },
    lend: outer.lend,
    count: outer.count,
    maker: null,
  };
  const declared = argtypes ?? [];
  const count = declared.length;
  const fixed = argtypes === null ? undefined : count;
  if (declared.every(isPlainType)) {
    const shape = { result, parameters: declared.map((type) => traitsOf(type)), ...ofLocation(location), ...options };
    const exact = argtypes === null ? null : makeCall(shape, callee, address);
    const how = argtypes === null ? guess : guessVariadic;
    const guessed = guessedCall(shape, callee, address, how, fixed, quick?.learn);
    return (args: readonly unknown[]) => {
      // Arguments by name are read by getters.
      callee.ended?.();
      if (exact !== null && (args.length === count || !takesMore)) return exact(...args);
      checkCount(name, count, args.length);
      return guessed(args);
    };
  }
  const shape: CallShape = { result, parameters: [], ...ofLocation(location), ...options };
  const guessed = guessedCall(shape, callee, address, guess, count);
  return (args: readonly unknown[]) => {
    checkCount(name, count, args.length);
    if (args.length > count && !takesMore)
      throw countError(name, `${count} argument${count === 1 ? "" : "s"}`, args.length);
    const converted = args.map((value, i) => (i < count ? convert(declared[i] as Converter, name, i, value) : value));
    callee.ended?.();
    return guessed(converted);
  };
}

function convert(type: Converter, name: string, index: number, value: unknown): unknown {
  try {
    return type.from_param(value);
  } catch (error) {
    throw argumentError(`${name}(): argument ${index + 1}`, error);
  }
}

function checkCount(name: string, least: number, got: number): void {
  if (got < least) throw countError(name, `at least ${least} argument${least === 1 ? "" : "s"}`, got);
}

function finisher(restype: Declaration["restype"]): (value: unknown) => unknown {
  if (restype === null) return (value) => value;
  if (!isCType(restype)) return restype as (value: unknown) => unknown;
  return checkRetval(restype) ?? ((value) => value);
}

function checkRetval(type: CType): ((value: unknown) => unknown) | undefined {
  const check = (type as { _check_retval_?: unknown })._check_retval_;
  return typeof check === "function" ? (value) => check.call(type, value) : undefined;
}
