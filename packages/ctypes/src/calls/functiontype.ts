/**
 * Function types as the compiler knows them, and the options of one.
 */

import type { Tier } from "rawffi";
import { own, rawffi } from "rawffi";
import { describe } from "../memory/errors.ts";
import type { Address, AnyPointer, Data, PassAll, Read, ReadAll, Self, Tagged, Write } from "../types/inference.ts";
import type { Statics } from "../types/statics.ts";
import type { AsyncCall } from "./async.ts";
import type { ErrorCheck } from "./declared.ts";

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
   * How its calls go, at best: `"fast"`, `"direct"` or `"frame"` (stubs of our own, entered in different ways), or
   * `"libffi"`.
   */
  readonly tier: Tier;
  /** The same call on a thread of its own pool; see {@link AsyncCall}. */
  readonly async: AsyncCall<Args<A>, Result<R>>;
  /**
   * Ends a callback: C that still calls it gets zero, and the JavaScript that called C an error. It also says, where C
   * keeps a callback, how long the object must live: up to here.
   */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * A function with directions, names or defaults for its parameters: what it takes and gives is known at run time only.
 */
export interface FlaggedFunction extends Data<Self | null, Self | null, Self | null>, Tagged<"function"> {
  (...args: unknown[]): unknown;
  errcheck: ErrorCheck | null;
  readonly tier: Tier;
}

/**
 * A method of COM: the function at a fixed place in the table of an interface. The interface comes first: a pointer
 * to it, as a `c_void_p`, of a type that is a pointer, or by `byref`.
 */
export type Method<R, A> = (self: Data | AnyPointer, ...args: Args<A>) => Result<R>;

/** A method with directions, names or defaults for the parameters after the interface. */
export type FlaggedMethod = (self: Data | AnyPointer, ...args: unknown[]) => unknown;

/** The class of a function type. (Its last constructor is what `InstanceOf` looks at.) */
export interface FunctionType<R, A> extends Statics {
  /** The function of that name in a library. @throws LibraryError when it has no such symbol. */
  new (symbol: readonly [name: string, library: object]): Func<R, A>;
  /**
   * A callback, which C can call for as long as the new object is reachable; or the C function at an address.
   *
   * A variable that is not used any more does not keep its value alive: where C stores a callback, keep the object in a
   * structure, in a longer-lived object, or call its `dispose()` when C is done with it.
   *
   * @throws TypeError for what is neither.
   */
  new (func: ((...args: CallbackArgs<A>) => CallbackResult<R>) | Address): Func<R, A>;
}

// -- Options ---------------------------------------------------------------------------------------

export interface FunctionOptions {
  /**
   * Swap `errno` with ctypes' copy around each call: see `get_errno`. In a callback `get_errno` gives C's `errno` then,
   * and `set_errno` sets it for C; a callback without it leaves C's `errno` as it was.
   */
  readonly use_errno?: boolean;
  /** On Windows: the same for the last-error code, see `get_last_error`. Both are swapped where either is asked for. */
  readonly use_last_error?: boolean;
  /**
   * Whether C calls nothing back during a call of this function.
   *
   * By itself a call is as fast as it can be while no callback is alive in this thread, and a little slower while one
   * is, because C might call it. `true` promises that this function calls none (a callback it calls all the same is not
   * run: C gets zero, and the caller an error). `false` is for a function that runs JavaScript by itself, as `uv_run`
   * does.
   */
  readonly leaf?: boolean;
  /**
   * Make the call on another thread, and serve the callbacks of other threads meanwhile.
   *
   * For functions that start threads, wait for them, and have them call back: without it each thread would wait for the
   * other. A call costs some ten microseconds.
   */
  readonly pumped?: boolean;
  /**
   * Of a callback without a result: another thread that calls it goes on at once, and JavaScript runs it later, in
   * order. When JavaScript cannot keep up, C waits after all. What its pointers point to may be gone by then;
   * structures passed by value are copied.
   */
  readonly nowait?: boolean;
  /**
   * Whether C++ may throw out of this function: its exceptions become `CppError`s, with the type's name and `what()`.
   * Such calls take the `"frame"` way. Without it, an exception that leaves C++ ends the process (`std::terminate`),
   * and a line names the function.
   */
  readonly throws?: boolean;
  /**
   * Whether a fault of this function (a bad address, a division by zero, a full stack) leaves the call with a
   * `MemoryFaultError`, instead of ending the process. What C had locked or was changing stays so: it is for exploring
   * a library, and the process should be restarted then.
   */
  readonly guarded?: boolean;
}

/** Whether calls swap C's error codes with ctypes' copies. Off Windows `use_last_error` has no effect, as in Python. */
export function swapsErrorCodes({
  use_errno = false,
  use_last_error = false,
}: Pick<FunctionOptions, "use_errno" | "use_last_error">): boolean {
  return use_errno || (use_last_error && rawffi.platform.os === "win32");
}

export const FUNCTION_OPTIONS = [
  "use_errno",
  "use_last_error",
  "leaf",
  "pumped",
  "nowait",
  "throws",
  "guarded",
] as const;

/** The options that a last argument is; null when it is none. */
export function checkFunctionOptions(last: unknown): FunctionOptions | null {
  if (typeof last !== "object" || last === null || "from_param" in last) return null;
  for (const [key, value] of Object.entries(last)) {
    if (!(FUNCTION_OPTIONS as readonly string[]).includes(key)) {
      throw new TypeError(`CFUNCTYPE(): there is no option "${key}"; there are ${FUNCTION_OPTIONS.join(", ")}`);
    }
    if (typeof value !== "boolean") {
      throw new TypeError(`CFUNCTYPE(): option ${key}: expected a boolean, got ${describe(value)}`);
    }
  }
  const options = own(last) as FunctionOptions;
  const { throws, guarded, pumped } = options;
  if (pumped && (throws || guarded)) {
    throw new TypeError(
      "CFUNCTYPE(): what leaves a call in the middle, as with throws and guarded, cannot leave one that is pumped",
    );
  }
  if (throws && guarded) throw new TypeError("CFUNCTYPE(): a function cannot be both guarded and declared to throw");
  return options;
}
