/**
 * Methods of COM: functions that are found in the table of an interface, anew in each call. The interface's memory
 * begins with the address of the table; the pointer to it is C's first argument.
 *
 * In ctypes, `prototype(index, name, paramflags, iid)`.
 */
import { type Address, rawffi } from "rawffi";
import { describe, expected, located, NullPointerError, reaching } from "../memory/errors.ts";
import { userSpace } from "../memory/memory.ts";
import { CArgObject } from "../types/arguments.ts";
import { CData, isCType } from "../types/cdata.ts";
import { toPointer } from "../types/pointerkinds.ts";
import { c_void_p } from "../types/types.ts";
import type { Converter, Declaration } from "./declared.ts";
import { checkParamflags, type ParamFlag } from "./paramflags.ts";

/** Calls the method, whose interface is the first argument. */
type MethodCall = (self: unknown, ...args: unknown[]) => unknown;

/**
 * What a result type may have besides `_check_retval_`: it sees the results of methods whose interface is known, and
 * gives what the caller gets.
 */
interface ChecksMethods {
  _check_method_(code: number, self: CData, iid: CData): unknown;
}

/**
 * The method at `index` of an interface, counted from 0.
 *
 * `functionAt` makes the function at an address, so declared. There is one for each implementation that is called.
 *
 * @throws TypeError for an index, flags or an interface that are none.
 */
export function makeMethod(
  where: string,
  declaration: Declaration,
  name: string,
  [index, paramflags, iid]: readonly unknown[],
  functionAt: (declared: Declaration, address: Address) => unknown,
): MethodCall {
  if (!Number.isSafeInteger(index) || (index as number) < 0)
    throw new TypeError(`${where}: expected the index of a method, got ${describe(index)}`);
  const isInterface = iid instanceof CData;
  if (!isInterface && iid !== undefined && iid !== null)
    throw new TypeError(`${where}: expected the identifier of an interface or null, got ${describe(iid)}`);
  const argtypes = declaration.argtypes ?? [];
  const flags = checkParamflags(where, argtypes, paramflags);
  const check = isInterface ? checkOf(declaration) : undefined;
  const declared: Declaration = {
    ...declaration,
    argtypes: [c_void_p as unknown as Converter, ...argtypes],
    paramflags: flags && [SELF, ...flags],
    // The code as it is: what it means is for `check` to say.
    restype: check === undefined ? declaration.restype : (code) => code,
  };
  const offset = (index as number) * 8;
  const place = `${name}()`;
  const functions = new Map<Address, (...args: unknown[]) => unknown>();
  const call: MethodCall = (self, ...args) => {
    const address = located(place, () => reaching(place, () => entryOf(self, offset, name)));
    let func = functions.get(address);
    if (func === undefined) {
      func = functionAt(declared, address) as (...args: unknown[]) => unknown;
      functions.set(address, func);
    }
    const result = func(self, ...args);
    return check === undefined ? result : check(result as number, self as CData, iid as CData);
  };
  return Object.defineProperty(call, "name", { value: name, configurable: true });
}

// -- Private ---------------------------------------------------------------------------------------

const SELF: ParamFlag = [1];

function checkOf({ restype }: Declaration): ChecksMethods["_check_method_"] | undefined {
  if (!isCType(restype)) return undefined;
  const check = (restype as unknown as Partial<ChecksMethods>)._check_method_;
  return check && ((code, self, iid) => check.call(restype, code, self, iid));
}

/** The address of the method of this interface. @throws NullPointerError, MemoryFaultError where no table is. */
function entryOf(self: unknown, offset: number, name: string): Address {
  if (!(self instanceof CData || self instanceof CArgObject)) {
    throw expected("a pointer to an interface for the first argument", self);
  }
  const place = toPointer(self);
  if (place === 0) throw new NullPointerError(`${name}(): the interface is NULL`);
  const table = rawffi.access.getAddress(userSpace(place));
  const entry = rawffi.access.getAddress(userSpace(table) + offset);
  if (entry === 0) throw new NullPointerError(`${name}(): the interface has no such method`);
  userSpace(entry);
  return entry;
}
