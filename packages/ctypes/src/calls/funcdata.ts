/**
 * Function objects: JavaScript functions that are C objects, too.
 *
 * The function itself is the compiled wrapper of `call.ts`; its prototype makes it an instance of its type, and what it knows stands in a
 * {@link FunctionState} behind it, which the wrapper asks one thing on each call: whether the call goes another way.
 */
import { expected, LibraryError } from "../memory/errors.ts";
import { INDEX, KEPT, PARENT } from "../memory/keep.ts";
import { type Memory, storeAddress } from "../memory/memory.ts";
import { reserve, reserved } from "../memory/slab.ts";
import {
  CData,
  type CType,
  DECAY,
  hex,
  INSPECT,
  MEMORY,
  OFFSET,
  type SymbolOrigin,
  TARGET,
  traitsOf,
} from "../types/cdata.ts";
import type { Callable, Callee } from "./call.ts";
import type { Callback } from "./callback.ts";

/** Sees each result before the caller does. */
export type ErrorCheck = (result: unknown, func: unknown, args: unknown[]) => unknown;

/** What a function object knows. */
export interface FunctionState extends Callee {
  readonly address: number;
  /** The library it comes from. */
  readonly origin: SymbolOrigin | undefined;
  /** Makes another wrapper of the same function, for another callee. */
  readonly remake: (callee: Callee) => Callable;
  /** The closure of a callback: it works as long as it is held here. */
  readonly callback?: Callback;
  errcheck: ErrorCheck | null;
}

const STATE: unique symbol = Symbol("state");

/** The base of all function types. */
export abstract class FunctionData extends CData {
  declare readonly [STATE]: FunctionState;

  override [DECAY](): number {
    this[STATE].origin?.check();
    return this[STATE].address;
  }
  override [TARGET](): CType {
    return this.constructor as unknown as CType;
  }
  get errcheck(): ErrorCheck | null {
    return this[STATE].errcheck;
  }
  set errcheck(check: ErrorCheck | null) {
    const state = this[STATE];
    if (check !== null && typeof check !== "function")
      throw expected(`a function or null for ${state.name}.errcheck`, check);
    state.errcheck = check;
    if (check === null) {
      state.divert = null;
      return;
    }
    const call = state.remake({ name: state.name, divert: null });
    state.divert = (args) => check(call(...args), this, args);
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
  dispose(): void {
    const { callback, name } = this[STATE];
    if (callback === undefined) return;
    unused.unregister(this);
    callback.free();
    this[STATE].divert = () => {
      throw new TypeError(`${name}(): this callback was disposed of`);
    };
  }
  override [INSPECT](): string {
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
      const offset = reserve(8, 8);
      storeAddress(reserved, offset, this[STATE].address);
      placeAt(this, reserved, offset, null, 0);
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

// A callback object that nobody holds any more takes its closure with it.
const unused = new FinalizationRegistry<Callback>((callback) => callback.free());

/** Makes the function object of class `type`, with its state. */
export function functionObject(
  type: { readonly prototype: object },
  known: Omit<FunctionState, "divert" | "errcheck">,
): FunctionData {
  const state: FunctionState = { ...known, divert: null, errcheck: null };
  const call = state.remake(state);
  Object.setPrototypeOf(call, type.prototype);
  Object.defineProperty(call, STATE, { value: state });
  Object.defineProperty(call, "name", { value: state.name, configurable: true });
  state.origin?.onClose(() => {
    state.divert = () => {
      throw new LibraryError(`${state.name}(): its library was closed`);
    };
  });
  const made = call as unknown as FunctionData;
  if (state.callback !== undefined) unused.register(made, state.callback, made);
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

/** What `func` knows. */
export function stateOf(func: FunctionData): FunctionState {
  return func[STATE];
}
