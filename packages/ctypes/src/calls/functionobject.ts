/**
 * Functions of a type: what `new` makes of a function, an address or a symbol, and what the type answers as a C type.
 */
import type { Address } from "rawffi";
import { describe, expected, spelling } from "../memory/errors.ts";
import { loadAddress, type Memory, storeAddress } from "../memory/memory.ts";
import { stressed } from "../memory/stress.ts";
import { hex, toAddress } from "../types/address.ts";
import { CData, isCType } from "../types/cdata.ts";
import {
  type CType,
  FIND,
  ORIGIN,
  type SymbolOrigin,
  type SymbolSource,
  type Traits,
  traitsOf,
} from "../types/protocol.ts";
import { type CallbackMaker, callbackMaker } from "./callback.ts";
import { type Declaration, declarationName } from "./declared.ts";
import { type FunctionData, functionObject, placeAt, stateOf } from "./funcdata.ts";
import { makeMethod } from "./method.ts";
import { checkParamflags } from "./paramflags.ts";
import type { Callable } from "./shape.ts";

/** What `new` makes of a function, an address, `[name, library]`, or the index and the name of a method. */
export function newFunction(
  type: CType,
  declaration: Declaration,
  given: unknown,
  further: readonly unknown[],
): unknown {
  const where = spelling(type);
  const [name, ...described] = further;
  if (typeof name === "string") {
    return makeMethod(where, declaration, name, [given, ...described], (declared, address) =>
      functionAt(type, declared, address, undefined, name),
    );
  }
  if (typeof given === "function" && !((given as unknown) instanceof CData)) {
    return callbackObject(type, declaration, given as Callable);
  }
  if (Array.isArray(given) && typeof given[0] === "string") {
    const [symbol, library] = given as [string, Partial<SymbolSource> | null];
    const origin = library?.[ORIGIN]?.(symbol);
    if (origin === undefined) throw new TypeError(`${where}: expected [name, CDLL], got [name, ${describe(library)}]`);
    const flags = checkParamflags(where, declaration.argtypes ?? [], further[0]);
    return functionAt(type, { ...declaration, paramflags: flags }, (library as SymbolSource)[FIND](symbol), origin);
  }
  if (typeof given !== "number" && typeof given !== "bigint") {
    throw new TypeError(`${where}: expected a function, an address or [name, CDLL], got ${describe(given)}`);
  }
  const address = toAddress(given, where);
  if (address === 0) throw new TypeError(`${where}: expected a function or an address, got NULL; use null`);
  return functionAt(type, declaration, address, undefined);
}

/** What function types answer as C types. */
export function functionTraits(type: CType, declaration: Declaration): Traits {
  const name = declarationName(declaration);
  const accepted = `a function object of type ${name} or null`;
  const addressIn = (value: unknown): Address => {
    if (value === null) return 0;
    const state = stateOf(value);
    if (state !== undefined && (state.type === type || value instanceof type)) {
      state.origin?.check();
      return state.address;
    }
    const isPlain = typeof value === "function" && !((value as unknown) instanceof CData);
    const advice = isPlain ? "make one with `new`, and keep it as long as C may call it" : "";
    throw expected(accepted, value, advice);
  };
  const view = (memory: Memory, offset: number, parent: CData | null, index: number): CData => {
    const func = functionAt(type, declaration, loadAddress(memory, offset), undefined);
    placeAt(func, memory, offset, parent, index);
    return func;
  };
  return {
    type,
    name,
    size: 8,
    align: 8,
    raw: "pointer",
    slot: "address",
    usesScratch: false,
    pointee: type,
    load: (memory, offset, parent, index) =>
      loadAddress(memory, offset) === 0 ? null : view(memory, offset, parent, index),
    store(memory, offset, value) {
      storeAddress(memory, offset, addressIn(value));
      return value ?? undefined;
    },
    pass: addressIn,
    receive: (address: Address) => (address === 0 ? null : functionAt(type, declaration, address, undefined)),
    symbol: (address, origin) => functionAt(type, declaration, address, origin),
    view,
  };
}

/** The function object for the C function at `address`. */
function functionAt(
  type: CType,
  initial: Declaration,
  address: Address,
  origin: SymbolOrigin | undefined,
  name = origin?.name ?? `*${hex(address)}`,
): FunctionData {
  const usesErrno = initial.usesErrno || origin?.usesErrno === true;
  return functionObject(type, { name, address, usesErrno, origin, initial, callback: undefined });
}

function callbackObject(type: CType, initial: Declaration, func: Callable): FunctionData {
  let make = makers.get(initial);
  if (make === undefined) makers.set(initial, (make = makerOf(initial)));
  // A function's name can be anything, when somebody defined it so.
  const name = (typeof func.name === "string" && func.name) || "(anonymous)";
  const callback = make(stressed(func), name);
  const { usesErrno } = initial;
  return functionObject(type, {
    name,
    address: callback.closure.address,
    usesErrno,
    origin: undefined,
    initial,
    callback,
  });
}

const makers = new WeakMap<Declaration, CallbackMaker>();

function makerOf(initial: Declaration): CallbackMaker {
  const { restype, argtypes, takesMore, usesErrno, leaf, nowait } = initial;
  if (leaf === true) {
    throw new TypeError(
      `${declarationName(initial)}: a callback runs JavaScript, and { leaf: true } says that it does not`,
    );
  }
  const isOfTypes = (restype === null || isCType(restype)) && argtypes?.every(isCType) === true;
  if (takesMore || !isOfTypes) {
    throw new TypeError(`${declarationName(initial)}: a callback is made of C types, and cannot be variadic`);
  }
  const result = restype === null ? null : traitsOf(restype as CType);
  const parameters = (argtypes as readonly unknown[]).map((argtype) => traitsOf(argtype as CType));
  return callbackMaker({ result, parameters, usesErrno, fixed: undefined, isChecked: false }, nowait === true);
}
