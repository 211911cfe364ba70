/**
 * C functions as JavaScript functions: their types, functions at an address, and callbacks.
 */
import { describe, expected, SPELLED, spelling } from "../memory/errors.ts";
import { loadAddress, type Memory, storeAddress } from "../memory/memory.ts";
import {
  CData,
  type CType,
  DECAY,
  DESCRIBE,
  hex,
  isCType,
  type SymbolOrigin,
  type Traits,
  toAddress,
  traitsOf,
} from "../types/cdata.ts";
import type {
  Address,
  AnyPointer,
  Data,
  InstancesOf,
  PassAll,
  Read,
  ReadAll,
  Self,
  Tagged,
  TypeOf,
  Write,
} from "../types/inference.ts";
import type { Statics } from "../types/statics.ts";
import { type Callable, type Callee, type CallShape, makeCall } from "./call.ts";
import { makeCallback } from "./callback.ts";
import { FunctionData, functionObject, placeAt } from "./funcdata.ts";
import { variadicCall } from "./guess.ts";

// -- For the compiler ------------------------------------------------------------------------------

/** Where C writes `...`: a plain JavaScript number says too little there, so it must be wrapped. */
export type VarArg = Data | AnyPointer | string | bigint | null;

type Args<A> = A extends readonly [...infer Fixed, "..."]
  ? [...PassAll<Fixed>, ...VarArg[]]
  : A extends readonly unknown[]
    ? PassAll<A>
    : never;
type CallbackArgs<A> = A extends readonly unknown[] ? ReadAll<A> : never;
// biome-ignore lint/suspicious/noConfusingVoidType: it is the return type of a C function
type Result<R> = R extends Data ? Read<R> : void;
// biome-ignore lint/suspicious/noConfusingVoidType: it is the return type of a callback
type CallbackResult<R> = R extends Data ? Write<R> : void;

/** A C function: call it, pass it to C, or store it in memory. */
export interface Func<R, A> extends Data<Self | null, Self | null, Self | null>, Tagged<"function"> {
  /**
   * Calls C.
   *
   * @throws ArgumentError naming the function and the argument; what a callback threw during the call.
   */
  (...args: Args<A>): Result<R>;
  /** Sees each result before the caller does; what it returns is what the caller gets. */
  errcheck: ((result: Result<R>, func: Func<R, A>, args: Args<A>) => Result<R>) | null;
  /**
   * Ends a callback: C that still calls it gets zero, and the JavaScript that called C an error. It also says, where C keeps a callback,
   * how long the object must live: up to here.
   */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** The class of a function type. */
export interface FunctionType<R, A> extends Statics {
  /**
   * A callback, which C can call for as long as the new object is reachable; or the C function at an address.
   *
   * A variable that is not used any more does not keep its value alive: where C stores a callback, keep the object in a structure,
   * in a longer-lived object, or call its `dispose()` when C is done with it.
   *
   * @throws TypeError for what is neither.
   */
  new (target: ((...args: CallbackArgs<A>) => CallbackResult<R>) | Address): Func<R, A>;
}

// -- The face --------------------------------------------------------------------------------------

interface Declaration {
  readonly restype: CType | null;
  readonly argtypes: readonly CType[];
  readonly isVariadic: boolean;
}

// The same signature gives the same type: one map for each position.
interface Known {
  type?: unknown;
  readonly next: Map<unknown, Known>;
}
const known: Known = { next: new Map() };

/**
 * The type of a C function: its result (`null` is `void`) and its parameters; a last `"..."` is variadic.
 *
 *     const Compare = CFUNCTYPE(c_int, c_int, c_int);
 *     const compare = new Compare((a, b) => a - b);
 *     compare(5, 3);   // 2
 *
 * @throws TypeError for what is no type.
 */
export function CFUNCTYPE<R extends TypeOf | null, const A extends readonly TypeOf[] | readonly [...TypeOf[], "..."]>(
  restype: R,
  ...argtypes: A
): FunctionType<R extends TypeOf<infer I> ? I : void, InstancesOf<A>>;
export function CFUNCTYPE(restype: unknown, ...argtypes: unknown[]): unknown {
  let place = known;
  for (const part of [restype, ...argtypes]) {
    let next = place.next.get(part);
    if (next === undefined) place.next.set(part, (next = { next: new Map() }));
    place = next;
  }
  place.type ??= functionType(checkDeclaration(restype, argtypes));
  return place.type;
}

// -- Private ---------------------------------------------------------------------------------------

function functionType(declaration: Declaration): unknown {
  class FunctionPointer extends FunctionData {
    static readonly _restype_ = declaration.restype;
    static readonly _argtypes_ = declaration.argtypes;
    static readonly [SPELLED] = declarationName(declaration);
    constructor(target: unknown) {
      super();
      const type = new.target as unknown as CType;
      const name = `${type.name}()`;
      if (typeof target === "function" && !((target as unknown) instanceof CData)) {
        // biome-ignore lint/correctness/noConstructorReturn: the new object must be callable
        return callbackObject(type, declaration, target as Callable) as this;
      }
      if (typeof target !== "number" && typeof target !== "bigint") {
        throw new TypeError(`${name}: expected a function or an address, got ${describe(target)}`);
      }
      const address = toAddress(target, name);
      if (address === 0) throw new TypeError(`${name}: expected a function or an address, got NULL; NULL is null here`);
      // biome-ignore lint/correctness/noConstructorReturn: the new object must be callable
      return bind(type, declaration, address, undefined) as this;
    }
    static override [DESCRIBE](): Traits {
      return functionTraits(this as unknown as CType, declaration);
    }
  }
  Object.defineProperty(FunctionPointer, "name", { value: "CFunctionType" });
  return FunctionPointer;
}

function functionTraits(type: CType, declaration: Declaration): Traits {
  const name = declarationName(declaration);
  const accepted = `a function object of type ${name} or null`;
  const addressIn = (value: unknown): number => {
    if (value === null) return 0;
    if (value instanceof type) return value[DECAY]() as number;
    const advice = typeof value === "function" ? "make one with `new`, and keep it as long as C may call it" : "";
    throw expected(accepted, value, advice);
  };
  const view = (memory: Memory, offset: number, parent: CData | null, index: number): CData => {
    const made = bind(type, declaration, loadAddress(memory, offset), undefined);
    placeAt(made, memory, offset, parent, index);
    return made;
  };
  return {
    type,
    name,
    size: 8,
    align: 8,
    raw: "pointer",
    slot: "address",
    usesScratch: false,
    target: type,
    load: (memory, offset, parent, index) =>
      loadAddress(memory, offset) === 0 ? null : view(memory, offset, parent, index),
    store(memory, offset, value) {
      storeAddress(memory, offset, addressIn(value));
      return value ?? undefined;
    },
    pass: addressIn,
    receive: (address: number) => (address === 0 ? null : bind(type, declaration, address, undefined)),
    symbol: (address, origin) => bind(type, declaration, address, origin),
    view,
  };
}

/** The function object for the C function at `address`. */
function bind(type: CType, declaration: Declaration, address: number, origin: SymbolOrigin | undefined): FunctionData {
  const remake = (callee: Callee) => callOf(declaration, origin?.usesErrno ?? false, callee, address);
  return functionObject(type, { name: origin?.name ?? `*${hex(address)}`, address, origin, remake });
}

function callbackObject(type: CType, declaration: Declaration, target: Callable): FunctionData {
  if (declaration.isVariadic) throw new TypeError(`${declarationName(declaration)}: a callback cannot be variadic`);
  const name = target.name || "(anonymous)";
  const callback = makeCallback(shapeOf(declaration, false), target, name);
  const remake = (callee: Callee) => callOf(declaration, false, callee, callback.address);
  return functionObject(type, { name, address: callback.address, origin: undefined, callback, remake });
}

function callOf(declaration: Declaration, usesErrno: boolean, callee: Callee, address: number): Callable {
  const shape = shapeOf(declaration, usesErrno);
  return declaration.isVariadic ? variadicCall(shape, callee, address) : makeCall(shape, callee, address);
}

function shapeOf({ restype, argtypes }: Declaration, usesErrno: boolean): CallShape {
  return { result: restype === null ? null : traitsOf(restype), parameters: argtypes.map(traitsOf), usesErrno };
}

function checkDeclaration(restype: unknown, argtypes: readonly unknown[]): Declaration {
  if (restype !== null && !isCType(restype)) {
    throw new TypeError(`CFUNCTYPE(): restype: expected a C type or null, got ${describe(restype)}`);
  }
  const isVariadic = argtypes.at(-1) === "...";
  const fixed = isVariadic ? argtypes.slice(0, -1) : argtypes;
  fixed.forEach((type, i) => {
    if (!isCType(type)) {
      const advice = type === "..." ? "; '...' comes last" : "";
      throw new TypeError(`CFUNCTYPE(): argtypes[${i}]: expected a C type, got ${describe(type)}${advice}`);
    }
  });
  if (fixed.length > 1024)
    throw new RangeError(`CFUNCTYPE(): ${fixed.length} argtypes are too many; the maximum is 1024`);
  return { restype: restype as CType | null, argtypes: fixed as CType[], isVariadic };
}

function declarationName({ restype, argtypes, isVariadic }: Declaration): string {
  const parameters = [...argtypes.map(spelling), ...(isVariadic ? ["..."] : [])];
  return `(${parameters.join(", ")}) => ${restype === null ? "void" : spelling(restype)}`;
}
