/**
 * C functions as JavaScript functions: their types, functions at an address, and callbacks.
 */
import type { Tier } from "rawffi";
import { describe, expected, SPELLED, spelling } from "../memory/errors.ts";
import { loadAddress, type Memory, storeAddress } from "../memory/memory.ts";
import { stressed } from "../memory/stress.ts";
import { hex, toAddress } from "../types/address.ts";
import { CData, isCType } from "../types/cdata.ts";
import type {
  Address,
  AnyData,
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
import {
  type CType,
  DESCRIBE,
  FIND,
  ORIGIN,
  type SymbolOrigin,
  type SymbolSource,
  type Traits,
  traitsOf,
} from "../types/protocol.ts";
import type { Statics } from "../types/statics.ts";
import type { AsyncCall } from "./async.ts";
import { type CallbackMaker, callbackMaker } from "./callback.ts";
import { checkArgtypes, checkRestype, type Declaration, type ErrorCheck } from "./declaration.ts";
import { FunctionData, functionObject, placeAt, stateOf } from "./funcdata.ts";
import { checkParamflags, type ParamFlag } from "./paramflags.ts";
import { type Callable, callOptions } from "./shape.ts";

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
  /** How its calls go, at best: `"fast"`, `"direct"` or `"frame"` (stubs of our own, entered in different ways), or `"libffi"`. */
  readonly tier: Tier;
  /** The same call on a thread of its own pool; see {@link AsyncCall}. */
  readonly async: AsyncCall<Args<A>, Result<R>>;
  /**
   * Ends a callback: C that still calls it gets zero, and the JavaScript that called C an error. It also says, where C keeps a callback,
   * how long the object must live: up to here.
   */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A function with directions, names or defaults for its parameters: what it takes and gives is known at run time only. */
export interface FlaggedFunction extends Data<Self | null, Self | null, Self | null>, Tagged<"function"> {
  (...args: unknown[]): unknown;
  errcheck: ErrorCheck | null;
  readonly tier: Tier;
}

/** The class of a function type. (Its last constructor is what `InstanceOf` looks at.) */
export interface FunctionType<R, A> extends Statics {
  /** The function of that name in a library. @throws LibraryError when it has no such symbol. */
  new (symbol: readonly [name: string, library: object]): Func<R, A>;
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

export interface FunctionOptions {
  /**
   * Swap `errno` with ctypes' copy around each call: see `get_errno`. In a callback `get_errno` gives C's `errno` then, and `set_errno` sets it for
   * C; a callback without it leaves C's `errno` as it was.
   */
  readonly use_errno?: boolean;
  /**
   * Whether C calls nothing back during a call of this function.
   *
   * By itself a call is as fast as it can be while no callback is alive in this thread, and a little slower while one is, because C might call
   * it. `true` promises that this function calls none (a callback it calls all the same is not run: C gets zero, and the caller an error). `false`
   * is for a function that runs JavaScript by itself, as `uv_run` does.
   */
  readonly leaf?: boolean;
  /**
   * Make the call on another thread, and serve the callbacks of other threads meanwhile.
   *
   * For functions that start threads, wait for them, and have them call back: without it each thread would wait for the other. A call costs some ten
   * microseconds.
   */
  readonly pumped?: boolean;
  /**
   * Of a callback without a result: another thread that calls it goes on at once, and JavaScript runs it later, in order. When JavaScript cannot keep
   * up, C waits after all. What its pointers point to may be gone by then; structures passed by value are copied.
   */
  readonly nowait?: boolean;
  /**
   * Whether C++ may throw out of this function: its exceptions become `CppError`s, with the type's name and `what()`. Such calls go through libffi,
   * and cost some 40 ns more. Without it, an exception that leaves C++ ends the process (`std::terminate`), and a line names the function.
   */
  readonly throws?: boolean;
  /**
   * Whether a fault of this function (a bad address, a division by zero, a full stack) leaves the call with a `MemoryFaultError`, instead of ending
   * the process. What C had locked or was changing stays so: it is for exploring a library, and the process should be restarted then.
   */
  readonly guarded?: boolean;
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
/** The same with options. */
export function CFUNCTYPE<R extends TypeOf | null, const A extends readonly TypeOf[] | readonly [...TypeOf[], "..."]>(
  restype: R,
  ...argtypes: [...A, FunctionOptions]
): FunctionType<R extends TypeOf<infer I> ? I : void, InstancesOf<A>>;
export function CFUNCTYPE(restype: unknown, ...rest: unknown[]): unknown {
  const options = checkFunctionOptions(rest.at(-1));
  const argtypes = options === null ? rest : rest.slice(0, -1);
  let place = known;
  for (const part of [OPTIONS.map((name) => options?.[name]).join(), restype, ...argtypes]) {
    let next = place.next.get(part);
    if (next === undefined) place.next.set(part, (next = { next: new Map() }));
    place = next;
  }
  place.type ??= functionType(checkDeclaration(restype, argtypes, options));
  return place.type;
}

/**
 * The function `name` of a library with directions, names and defaults of its parameters: ctypes' `prototype((name, dll), paramflags)`.
 *
 * Arguments may be given by name, in a last object `{ name: value }`. Out-parameters are made by the call, and given back instead of C's result:
 * one as it is, several as an array.
 *
 *     const libm = new CDLL(find_library("m"));
 *     const frexp = flagged(CFUNCTYPE(c_double, c_double, POINTER(c_int)), ["frexp", libm], [[1, "x"], [2, "exponent"]]);
 *     frexp(8);   // 4
 *
 * @throws TypeError for malformed flags, RangeError when they are not as many as the parameters, LibraryError for an unknown symbol.
 */
export function flagged(
  prototype: TypeOf<AnyData>,
  symbol: readonly [name: string, library: object],
  paramflags: readonly ParamFlag[] | null,
): FlaggedFunction {
  if (!isCType(prototype) || !(prototype.prototype instanceof FunctionData)) {
    throw new TypeError(`flagged(): argument 1: expected a function type, got ${describe(prototype)}`);
  }
  const type = prototype as unknown as new (symbol: unknown, flags: unknown) => FlaggedFunction;
  return new type(symbol, paramflags);
}

// -- Private ---------------------------------------------------------------------------------------

function functionType(declaration: Declaration): unknown {
  class FunctionPointer extends FunctionData {
    static readonly [SPELLED] = declarationName(declaration);
    static readonly _restype_ = declaration.restype;
    static readonly _argtypes_ = declaration.argtypes;
    constructor(target: unknown, paramflags?: unknown) {
      super();
      // biome-ignore lint/correctness/noConstructorReturn: the new object must be callable
      return made(new.target as unknown as CType, declaration, target, paramflags) as this;
    }
    static override [DESCRIBE](): Traits {
      return functionTraits(this as unknown as CType, declaration);
    }
  }
  Object.defineProperty(FunctionPointer, "name", { value: "CFunctionType" });
  return FunctionPointer;
}

/** What `new` makes of a function, an address, or `[name, library]`. */
function made(type: CType, declaration: Declaration, target: unknown, paramflags: unknown): FunctionData {
  const where = spelling(type);
  if (typeof target === "function" && !((target as unknown) instanceof CData)) {
    return callbackObject(type, declaration, target as Callable);
  }
  if (Array.isArray(target) && typeof target[0] === "string") {
    const [name, library] = target as [string, Partial<SymbolSource> | null];
    const origin = library?.[ORIGIN]?.(name);
    if (origin === undefined) throw new TypeError(`${where}: expected [name, CDLL], got [name, ${describe(library)}]`);
    const flags = checkParamflags(where, declaration.argtypes ?? [], paramflags);
    return bind(type, { ...declaration, paramflags: flags }, (library as SymbolSource)[FIND](name), origin);
  }
  if (typeof target !== "number" && typeof target !== "bigint") {
    throw new TypeError(`${where}: expected a function, an address or [name, CDLL], got ${describe(target)}`);
  }
  const address = toAddress(target, where);
  if (address === 0) throw new TypeError(`${where}: expected a function or an address, got NULL; NULL is null here`);
  return bind(type, declaration, address, undefined);
}

function functionTraits(type: CType, declaration: Declaration): Traits {
  const name = declarationName(declaration);
  const accepted = `a function object of type ${name} or null`;
  const addressIn = (value: unknown): number => {
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
    const func = bind(type, declaration, loadAddress(memory, offset), undefined);
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
function bind(type: CType, initial: Declaration, address: number, origin: SymbolOrigin | undefined): FunctionData {
  const usesErrno = initial.usesErrno || origin?.usesErrno === true;
  return functionObject(type, { name: origin?.name ?? `*${hex(address)}`, address, usesErrno, origin, initial });
}

function callbackObject(type: CType, initial: Declaration, target: Callable): FunctionData {
  let make = makers.get(initial);
  if (make === undefined) makers.set(initial, (make = makerOf(initial)));
  // A function's name can be anything, when somebody defined it so.
  const name = (typeof target.name === "string" && target.name) || "(anonymous)";
  const callback = make(stressed(target), name);
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
  return callbackMaker({ result, parameters, usesErrno }, nowait === true);
}

const OPTIONS = ["use_errno", "leaf", "pumped", "nowait", "throws", "guarded"] as const;

/** The options that a last argument is; null when it is none. */
function checkFunctionOptions(last: unknown): FunctionOptions | null {
  if (typeof last !== "object" || last === null || "from_param" in last) return null;
  for (const [key, value] of Object.entries(last)) {
    if (!(OPTIONS as readonly string[]).includes(key)) {
      throw new TypeError(`CFUNCTYPE(): there is no option "${key}"; there are ${OPTIONS.join(", ")}`);
    }
    if (typeof value !== "boolean") {
      throw new TypeError(`CFUNCTYPE(): option ${key}: expected a boolean, got ${describe(value)}`);
    }
  }
  const { throws, guarded, pumped } = last as FunctionOptions;
  if (pumped && (throws || guarded)) {
    throw new TypeError(
      "CFUNCTYPE(): what leaves a call in the middle, as with throws and guarded, cannot leave one that is pumped",
    );
  }
  if (throws && guarded) throw new TypeError("CFUNCTYPE(): a function cannot be both guarded and declared to throw");
  return last;
}

function checkDeclaration(
  restype: unknown,
  argtypes: readonly unknown[],
  options: FunctionOptions | null,
): Declaration {
  const takesMore = argtypes.at(-1) === "...";
  if (options?.pumped && options.leaf) {
    throw new TypeError("CFUNCTYPE(): a function is pumped for its callbacks, and a leaf has none");
  }
  if (options?.nowait && restype !== null) {
    throw new TypeError("CFUNCTYPE(): option nowait: who does not wait gets no result; declare null");
  }
  return {
    restype: checkRestype("CFUNCTYPE(): restype", restype),
    argtypes: checkArgtypes("CFUNCTYPE(): argtypes", takesMore ? argtypes.slice(0, -1) : argtypes),
    takesMore,
    paramflags: null,
    usesErrno: options?.use_errno === true,
    nowait: options?.nowait,
    ...callOptions(options ?? {}),
  };
}

function declarationName({ restype, argtypes, takesMore }: Declaration): string {
  const named = (type: unknown) => (isCType(type) ? spelling(type) : "?");
  const parameters = [...(argtypes ?? []).map(named), ...(takesMore ? ["..."] : [])];
  return `(${parameters.join(", ")}) => ${restype === null ? "void" : named(restype)}`;
}
