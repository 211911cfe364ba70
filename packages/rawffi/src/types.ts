/**
 * Types as the machine sees them, addresses, and signatures made of both.
 */

/**
 * The 64 bits of a C pointer. C's pointers are not all places in memory: there are `MAP_FAILED` and `SIG_ERR` (2^64 -
 * 1), tagged pointers, handles.
 *
 * An address that is returned is a number up to 2^53 - 1 and a bigint beyond, never rounded. Either is accepted for the
 * same address.
 */
export type Address = number | bigint;

/**
 * A machine-level type. `void` is for results only.
 *
 * `number`, for parameters of calls only, is a 64-bit integer or an address that JavaScript has as a number: its slot
 * holds a double, an integer between -2^53 and 2^53. This is one store; a slot that is written in two halves and read
 * as a whole stalls the processor.
 */
export type ScalarType =
  | "void"
  | "bool"
  | "sint8"
  | "uint8"
  | "sint16"
  | "uint16"
  | "sint32"
  | "uint32"
  | "sint64"
  | "uint64"
  | "pointer"
  | "number"
  | "float"
  | "double"
  | "longdouble"
  | "sint128"
  | "uint128"
  | "cfloat"
  | "cdouble"
  | "clongdouble";

/** `count` scalars (1 if absent), one after the other, beginning `offset` bytes into an aggregate. */
export interface Leaf {
  readonly type: ScalarType;
  readonly offset: number;
  readonly count?: number;
}

/**
 * A structure, union or array passed by value: its size, its alignment, and the scalars in it, in any order.
 *
 * Members of a union overlap; nested aggregates are flattened; a bit-field is the `uint8`s that its bits touch.
 */
export interface AggregateType {
  readonly size: number;
  readonly align: number;
  /** The largest alignment among the members themselves, where `align` was raised above it: some ABIs go by that. */
  readonly memberAlign?: number;
  readonly leaves: readonly Leaf[];
}

/** What can be an argument or a result. */
export type RawType = ScalarType | AggregateType;

/** What a C function takes and returns. */
export interface Signature {
  readonly result: RawType;
  readonly parameters: readonly RawType[];
  /** The number of parameters before `...`; absent when the function is not variadic. */
  readonly fixed?: number;
  /**
   * Swaps `errno` with the frame's copy right before and right after the call. For a closure: while JavaScript runs,
   * the frame has C's `errno`, which JavaScript may set for C; the frame's copy is restored afterwards. A closure
   * without this option leaves C's `errno` as it was.
   */
  readonly errno?: boolean;
  /**
   * The call is made on another thread: `enter` waits for it, and meanwhile serves the callbacks of other threads;
   * `submit` does not wait. What goes by address must stay where it is until the call is over.
   */
  readonly elsewhere?: boolean;
  /**
   * C runs on JavaScript's part of the stack even while callbacks live, because it runs JavaScript by other means than
   * closures. Only `enter` may be used then.
   */
  readonly here?: boolean;
  /** For a closure without a result: another thread that calls it does not wait until it has run. */
  readonly nowait?: boolean;
  /**
   * The function may throw C++ exceptions: `enter` then throws a {@link CppError}. Such calls are slower. For calls
   * only.
   */
  readonly throws?: boolean;
  /**
   * A fault of the callee (an access to memory that is not there, a division by zero, a full stack) ends the call, and
   * `enter` throws a {@link MemoryFaultError}. C's locks stay held and its data half-changed: for exploration only. For
   * calls only, and not together with `throws`.
   */
  readonly guarded?: boolean;
}

/** The scalars that fit a slot. */
export type PeekType = Exclude<
  ScalarType,
  "void" | "number" | "longdouble" | "sint128" | "uint128" | "cfloat" | "cdouble" | "clongdouble"
>;
