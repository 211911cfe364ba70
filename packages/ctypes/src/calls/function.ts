/**
 * C functions as JavaScript functions: functions at an address, and callbacks.
 */
import { describe, SPELLED } from "../memory/errors.ts";
import { WeaklyBy } from "../memory/weakly.ts";
import { isCType } from "../types/cdata.ts";
import type { AnyData, InstancesOf, TypeOf, TypesOf } from "../types/inference.ts";
import { type CType, DESCRIBE, type Traits } from "../types/protocol.ts";
import { checkArgtypes, checkRestype, type Declaration, declarationName } from "./declared.ts";
import { FunctionData } from "./funcdata.ts";
import { functionTraits, newFunction } from "./functionobject.ts";
import {
  checkFunctionOptions,
  type FlaggedFunction,
  type FlaggedMethod,
  FUNCTION_OPTIONS,
  type FunctionOptions,
  type FunctionType,
  type Method,
  swapsErrorCodes,
} from "./functiontype.ts";
import type { ParamFlag } from "./paramflags.ts";
import { callOptions } from "./shape.ts";

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
/**
 * The same with names for the parameters, which editors show; the types given must be those of the values.
 *
 *     const Compare = CFUNCTYPE<c_int, [left: c_int, right: c_int]>(c_int, c_int, c_int);
 */
// biome-ignore lint/suspicious/noConfusingVoidType: it is the result of a C function
export function CFUNCTYPE<R extends AnyData | void, const A extends readonly (AnyData | "...")[]>(
  restype: R extends AnyData ? TypeOf<R> : null,
  ...argtypes: [...TypesOf<A>, FunctionOptions?]
): FunctionType<R, A>;
/** The same with options. */
export function CFUNCTYPE<R extends TypeOf | null, const A extends readonly TypeOf[] | readonly [...TypeOf[], "..."]>(
  restype: R,
  ...argtypes: [...A, FunctionOptions]
): FunctionType<R extends TypeOf<infer I> ? I : void, InstancesOf<A>>;
export function CFUNCTYPE(restype: unknown, ...argtypes: unknown[]): unknown {
  const options = checkFunctionOptions(argtypes.at(-1));
  if (options !== null) argtypes.pop();
  const signature = signatureOf(restype, argtypes, options);
  return types.get(signature) ?? types.set(signature, functionType(checkDeclaration(restype, argtypes, options)));
}

/**
 * The function `name` of a library with directions, names and defaults of its parameters: ctypes'
 * `prototype((name, dll), paramflags)`.
 *
 * Arguments may be given by name, in a last object `{ name: value }`. Out-parameters are made by the call, and given
 * back instead of C's result: one as it is, several as an array.
 *
 *     const libm = new CDLL(find_library("m"));
 *     const frexp = flagged(CFUNCTYPE(c_double, c_double, POINTER(c_int)), ["frexp", libm], [[1, "x"], [2, "exponent"]]);
 *     frexp(8);   // 4
 *
 * @throws TypeError for malformed flags, RangeError when they are not as many as the parameters, LibraryError for an
 * unknown symbol.
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

/**
 * The method at `index` of an interface of COM, counted from 0; the parameters of its type are those after the
 * interface: ctypes' `prototype(index, name, paramflags, iid)`.
 *
 *     const release = method(CFUNCTYPE(c_ulong), 2, "Release");
 *     release(5 as never);   // TypeError: Release(): expected a pointer to an interface for the first argument, …
 *
 * Calls throw a `TypeError` for what is no interface, a `NullPointerError` for NULL.
 *
 * @throws TypeError for an index that is none.
 */
export function method<R, A>(prototype: FunctionType<R, A>, index: number, name: string): Method<R, A>;
/**
 * The same with directions, names and defaults of the parameters after the interface, as {@link flagged} has them. With
 * `iid`, the interface's identifier, a failed `HRESULT` is a `COMError`, with what the object says about it.
 *
 * @throws TypeError for malformed flags, RangeError when they are not as many as the parameters.
 */
export function method(
  prototype: TypeOf<AnyData>,
  index: number,
  name: string,
  paramflags: readonly ParamFlag[] | null,
  iid?: AnyData | null,
): FlaggedMethod;
export function method(prototype: unknown, ...further: unknown[]): unknown {
  if (!isCType(prototype) || !(prototype.prototype instanceof FunctionData)) {
    throw new TypeError(`method(): argument 1: expected a function type, got ${describe(prototype)}`);
  }
  const [index, name] = further;
  if (typeof name !== "string")
    throw new TypeError(`method(): argument 3: expected the name of a method, got ${describe(name)}`);
  const type = prototype as unknown as new (...given: unknown[]) => unknown;
  return new type(index, ...further.slice(1));
}

// -- Private ---------------------------------------------------------------------------------------

/** The same signature gives the same type, as long as somebody holds it. */
const types = new WeaklyBy<string, object>();

/**
 * What tells one signature from all others: numbers for objects, in a text that is looked up at once.
 *
 * Of a module with thousands of function types this is the busiest code. Loops of its own would have V8 optimise it,
 * which takes longer than the work; so the loops are V8's.
 */
function signatureOf(restype: unknown, argtypes: readonly unknown[], options: FunctionOptions | null): string {
  const known = argtypes.map(numberOf);
  const parts = known.includes(undefined) ? argtypes.map(partOf) : known;
  const signature = `${partOf(restype)}:${parts.join()}`;
  return options === null ? signature : `${FUNCTION_OPTIONS.map((name) => options[name]).join()}:${signature}`;
}

const numbers = new WeakMap<object, number>();
const numberOf = numbers.get.bind(numbers) as (part: unknown) => number | undefined;
let numbered = 0;

function partOf(part: unknown): number | string {
  if ((typeof part !== "object" || part === null) && typeof part !== "function")
    return `${typeof part} ${String(part)}`;
  let number = numbers.get(part);
  if (number === undefined) numbers.set(part, (number = ++numbered));
  return number;
}

const DECLARATION: unique symbol = Symbol("declaration");

/** What all function types have; a type is a class of its own only to be one. It is abstract itself. */
class FunctionPointer extends FunctionData {
  declare static readonly [DECLARATION]: Declaration | undefined;
  static get [SPELLED]() {
    return this[DECLARATION] && declarationName(this[DECLARATION]);
  }
  static get _restype_() {
    return this[DECLARATION]?.restype;
  }
  static get _argtypes_() {
    return this[DECLARATION]?.argtypes;
  }
  constructor(given: unknown, ...further: unknown[]) {
    super();
    const type = new.target as unknown as CType & typeof FunctionPointer;
    // CData's constructor has refused what has no declaration.
    // biome-ignore lint/correctness/noConstructorReturn: the new object must be callable
    return newFunction(type, type[DECLARATION] as Declaration, given, further) as this;
  }
  static override [DESCRIBE](): Traits {
    if (this[DECLARATION] === undefined) return super[DESCRIBE]();
    return functionTraits(this as unknown as CType, this[DECLARATION]);
  }
}

// A generated module makes thousands: there is as little to each as can be.
function functionType(declaration: Declaration): object {
  class CFunctionType extends FunctionPointer {}
  (CFunctionType as { [DECLARATION]: Declaration })[DECLARATION] = declaration;
  return CFunctionType;
}

function checkDeclaration(
  restype: unknown,
  argtypes: readonly unknown[],
  options: FunctionOptions | null,
): Declaration {
  const takesMore = argtypes.at(-1) === "...";
  if (options?.pumped && options.leaf) {
    throw new TypeError("CFUNCTYPE(): options pumped and leaf exclude each other: a leaf function has no callbacks");
  }
  if (options?.nowait && restype !== null) {
    throw new TypeError("CFUNCTYPE(): option nowait: a nowait callback cannot return a value; declare null");
  }
  const { leaf, pumped, throws, guarded } = options === null ? NO_OPTIONS : callOptions(options);
  return {
    restype: checkRestype("CFUNCTYPE(): restype", restype),
    argtypes: checkArgtypes("CFUNCTYPE(): argtypes", takesMore ? argtypes.slice(0, -1) : argtypes),
    takesMore,
    paramflags: null,
    usesErrno: options !== null && swapsErrorCodes(options),
    nowait: options?.nowait,
    leaf,
    pumped,
    throws,
    guarded,
  };
}

const NO_OPTIONS = callOptions({});
