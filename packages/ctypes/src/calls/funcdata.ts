/**
 * Function objects: JavaScript functions that are C objects, too.
 *
 * The function itself is the compiled wrapper of `call.ts`; its prototype makes it an instance of its type, and what it
 * knows stands in a {@link FunctionState} behind it, which the wrapper asks one thing on each call: whether the call
 * goes another way.
 */
import type { Address, Closure, Tier } from "rawffi";
import { describe, LibraryError } from "../memory/errors.ts";
import { INDEX, KEPT, PARENT } from "../memory/keep.ts";
import { type Memory, storeAddress } from "../memory/memory.ts";
import { place } from "../memory/slab.ts";
import { hex } from "../types/address.ts";
import { CData } from "../types/cdata.ts";
import { isReal, shownWithoutMemory } from "../types/plain.ts";
import {
  type CType,
  DECAY,
  INSPECT,
  MEMORY,
  OFFSET,
  PLAIN,
  type PlainForm,
  POINTEE,
  type SymbolOrigin,
  traitsOf,
} from "../types/protocol.ts";
import { type AsyncCall, makeAsync } from "./async.ts";
import type { Callback } from "./callback.ts";
import { callOf, elaborateCall, plainShape, tierOfCalls } from "./declaration.ts";
import { checkArgtypes, checkRestype, type Declaration, type ErrorCheck, type Location } from "./declared.ts";
import { checkParamflags } from "./paramflags.ts";
import type { Callee } from "./shape.ts";

/** What a function object knows. */
export interface FunctionState extends Callee, Location {
  /** The class of the function object. */
  readonly type: object;
  /** The library it comes from. */
  readonly origin: SymbolOrigin | undefined;
  /** What its type declares, and what it is declared to be now. */
  readonly initial: Declaration;
  declared: Declaration;
  /** The closure of a callback: it works as long as it is held here. */
  readonly callback: Callback | undefined;
  errcheck: ErrorCheck | null;
  /** What `async` gave, and for which declaration. */
  async: { readonly declared: Declaration; readonly call: AsyncCall<unknown[], unknown> } | undefined;
  /** Why it cannot be called any more. */
  ended: (() => never) | null;
  /** Of a callback: the library that was told of it last. */
  lentTo: object | null;
  whenEnded: (() => void)[] | undefined;
  /** Tells the library of its callbacks; null where there is no library. */
  readonly lend: ((value: unknown) => void) | null;
  /** Tells the library of calls on other threads. */
  readonly count: ((change: 1 | -1) => void) | null;
}

const STATE: unique symbol = Symbol("state");

/** What a function object knows; undefined of anything else. */
export function stateOf(value: unknown): FunctionState | undefined {
  return typeof value === "function" ? (value as Partial<FunctionData>)[STATE] : undefined;
}

/** The base of all function types. */
export abstract class FunctionData extends CData {
  declare readonly [STATE]: FunctionState;

  override [DECAY](): Address {
    this[STATE].origin?.check();
    return this[STATE].address;
  }
  override [POINTEE](): CType {
    return this.constructor as unknown as CType;
  }
  /** The type of the result; setting it changes this function object only, `undefined` restores its type's. */
  get restype(): Declaration["restype"] {
    return this[STATE].declared.restype;
  }
  set restype(type: unknown) {
    const { declared, initial, name } = this[STATE];
    const restype = type === undefined ? initial.restype : checkRestype(`${name}.restype`, type);
    redeclare(this, { ...declared, restype });
  }
  /** The types of the parameters; setting them changes this function object only, `undefined` restores its type's. */
  get argtypes(): Declaration["argtypes"] {
    return this[STATE].declared.argtypes;
  }
  set argtypes(types: unknown) {
    const { declared, initial, name } = this[STATE];
    if (types !== undefined && types !== null && !Array.isArray(types)) {
      throw new TypeError(`${name}.argtypes: expected an array of C types or null, got ${describe(types)}`);
    }
    const argtypes =
      types === undefined ? initial.argtypes : types && checkArgtypes(`${name}.argtypes`, types as unknown[]);
    if (argtypes !== null) checkParamflags(`${name}.argtypes`, argtypes, declared.paramflags);
    // Set by hand, they follow ctypes: what stands after them is variadic.
    redeclare(this, { ...declared, argtypes, takesMore: types === undefined ? initial.takesMore : true });
  }
  /** Sees each result before the caller does; null is nobody. */
  get errcheck(): ErrorCheck | null {
    return this[STATE].errcheck;
  }
  set errcheck(check: ErrorCheck | null) {
    const state = this[STATE];
    if (check !== null && typeof check !== "function") {
      throw new TypeError(`${state.name}.errcheck: expected a function or null, got ${describe(check)}`);
    }
    state.errcheck = check;
    redeclare(this, state.declared);
  }
  /** How its calls go, at best: see `docs/performance.md`. */
  get tier(): Tier {
    const state = this[STATE];
    return tierOfCalls(state.declared, state);
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
  /** Its calls on another thread: see `AsyncCall`. */
  get async(): AsyncCall<unknown[], unknown> {
    const state = this[STATE];
    if (state.async?.declared === state.declared) return state.async.call;
    const shape = plainShape(state.declared, state);
    if (shape === null) {
      throw new TypeError(
        `${state.name}.async: only functions whose parameters and result are C types, and are no "..."`,
      );
    }
    if (shape.throws || shape.guarded) {
      throw new TypeError(
        `${state.name}.async: a function that is guarded, or declared to throw, cannot be called asynchronously`,
      );
    }
    const check = () => (state.errcheck === null ? null : checkedBy(state.errcheck, this));
    const call = makeAsync(shape, state, state.address, check);
    state.async = { declared: state.declared, call };
    return call;
  }
  dispose(): void {
    const state = this[STATE];
    if (state.callback === undefined) return;
    unused.unregister(this);
    state.callback.closure.free();
    end(state, () => {
      throw new TypeError(`${state.name}(): this callback was disposed of`);
    });
  }
  override [PLAIN](form: PlainForm): unknown {
    return form.address(this[STATE].address, this);
  }
  // Functions are compared by identity, and told from other things by this tag.
  override get [Symbol.toStringTag](): undefined {
    return undefined;
  }
  override [INSPECT](): string {
    if (!isReal(this)) return shownWithoutMemory(this);
    const { name, address, callback } = this[STATE];
    const type = traitsOf(this.constructor as unknown as CType).name;
    return `[${callback === undefined ? "C function" : "callback"} ${name}${type} at ${hex(address)}]`;
  }
}

// What every function of JavaScript can do, these can.
for (const name of ["call", "apply", "bind", "toString"] as const) {
  Object.defineProperty(FunctionData.prototype, name, { value: Function.prototype[name], writable: true });
}
// A function has memory, a cell that holds its address, only when somebody asks for it.
for (const key of [MEMORY, OFFSET] as const) {
  Object.defineProperty(FunctionData.prototype, key, {
    get(this: FunctionData) {
      const { offset, memory } = place(8, 8);
      storeAddress(memory, offset, this[STATE].address);
      placeAt(this, memory, offset, null, 0);
      return this[key];
    },
    set(this: FunctionData, value) {
      Object.defineProperty(this, key, { value, writable: true, configurable: true });
    },
  });
}
for (const [key, value] of [
  [PARENT, null],
  [INDEX, 0],
  [KEPT, undefined],
] as const) {
  Object.defineProperty(FunctionData.prototype, key, { value, writable: true });
}

// A callback object that nobody holds any more takes its closure with it. The closure knows nothing of the user's
// function, which may hold the object.
const unused = new FinalizationRegistry<Closure>((closure) => closure.free());

/** Makes the function object of class `type`, with its state. */
export function functionObject(
  type: { readonly prototype: object },
  known: Pick<FunctionState, "name" | "address" | "usesErrno" | "origin" | "initial" | "callback">,
): FunctionData {
  const state: FunctionState = {
    ...known,
    type,
    lentTo: null,
    declared: known.initial,
    divert: null,
    errcheck: null,
    ended: null,
    async: undefined,
    whenEnded: undefined,
    lend: lender(known.origin),
    count: known.origin?.count ?? null,
    maker: null,
  };
  const call = callOf(state.declared, state, state);
  Object.setPrototypeOf(call, type.prototype);
  Object.defineProperty(call, STATE, { value: state });
  if (call.name !== state.name) Object.defineProperty(call, "name", { value: state.name, configurable: true });
  state.origin?.onClose(() =>
    end(state, () => {
      throw new LibraryError(`${state.name}(): its library was closed`);
    }),
  );
  const made = call as unknown as FunctionData;
  if (state.callback !== undefined) unused.register(made, state.callback.closure, made);
  return made;
}

/** Makes the memory there the function object's own cell. */
export function placeAt(func: FunctionData, memory: Memory, offset: number, parent: CData | null, index: number): void {
  const places = [
    [MEMORY, memory],
    [OFFSET, offset],
    [PARENT, parent],
    [INDEX, index],
  ] as const;
  for (const [key, value] of places) Object.defineProperty(func, key, { value, writable: true, configurable: true });
}

// -- Private ---------------------------------------------------------------------------------------

function lender(origin: SymbolOrigin | undefined): ((value: unknown) => void) | null {
  if (origin === undefined) return null;
  return (value) => {
    const state = stateOf(value);
    if (state?.callback === undefined || state.lentTo === origin.library) return;
    state.lentTo = origin.library;
    origin.lend(state);
  };
}

// The wrapper that is the function object stays; a call that is declared otherwise goes around it.
function redeclare(func: FunctionData, declared: Declaration): void {
  const state = func[STATE];
  state.declared = declared;
  const isAsMade = declared === state.initial && state.errcheck === null;
  state.divert =
    state.ended ?? (isAsMade ? null : lazily(() => elaborateCall(declared, state, state, state.errcheck, func)));
}

/** ctypes' rule: giving the arguments back means "go on". */
function checkedBy(errcheck: ErrorCheck, func: FunctionData) {
  return (result: unknown, args: readonly unknown[]): unknown => {
    const checked = errcheck(result, func, args);
    return checked === args ? result : checked;
  };
}

function lazily(make: () => (...args: unknown[]) => unknown): (args: unknown[]) => unknown {
  let call: ((...args: unknown[]) => unknown) | undefined;
  return (args) => {
    call ??= make();
    return call(...args);
  };
}

function end(state: FunctionState, why: () => never): void {
  state.ended = why;
  state.divert = why;
  for (const tell of state.whenEnded ?? []) tell();
}
