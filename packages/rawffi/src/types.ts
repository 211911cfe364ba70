/**
 * Types as the machine sees them, addresses, and signatures made of both.
 */

/**
 * The 64 bits of a C pointer. C's pointers are not all places in memory: there are `MAP_FAILED` and `SIG_ERR` (2^64 -
 * 1), tagged pointers, handles.
 *
 * What is given is a number up to 2^53 - 1 and a bigint beyond, never rounded; what is taken may be any of the two for
 * the same address.
 */
export type Address = number | bigint;

/**
 * A machine-level type. `void` is good as a result only.
 *
 * `number`, a parameter of calls only, is an integer of 64 bits or an address that JavaScript has as a number: its slot
 * holds that as a double, a whole one between -2^53 and 2^53. It is one store; written in halves and read as a whole, a
 * slot makes the processor wait.
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
 * Members of a union overlap; nested aggregates are flattened; a bit-field is given as the `uint8`s that its bits
 * touch.
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

/** What a C function takes and gives. */
export interface Signature {
  readonly result: RawType;
  readonly parameters: readonly RawType[];
  /** The number of parameters in front of `...`; absent when the function is not variadic. */
  readonly fixed?: number;
  /**
   * Swap `errno` with the frame's copy right before and right after the call. Of a closure: while JavaScript runs the
   * frame has C's `errno`, which it may set for C; the frame's copy comes back afterwards. A closure that does not ask
   * leaves C's `errno` as it was.
   */
  readonly errno?: boolean;
  /**
   * The call is made on another thread: `enter` waits for it, and serves the callbacks that other threads ask for
   * meanwhile; `submit` does not wait. What goes by address must stay where it is until the call is over.
   */
  readonly elsewhere?: boolean;
  /**
   * C runs on JavaScript's part of the stack even while callbacks live, for it runs JavaScript by other means than
   * closures. Only `enter` may be used then.
   */
  readonly here?: boolean;
  /** Of a closure without a result: another thread that calls it does not wait until it has run. */
  readonly nowait?: boolean;
  /** C++ may throw out of it: `enter` throws a {@link CppError} then. Such calls are slower. Of a call only. */
  readonly throws?: boolean;
  /**
   * A fault of the callee (an access to memory that is not there, a division by zero, a full stack) leaves the call,
   * and `enter` throws a {@link MemoryFaultError}. What C held or was changing stays so: for exploration only. Of a
   * call only, and not together with `throws`.
   */
  readonly guarded?: boolean;
}

/** The scalars that fit a slot. */
export type PeekType = Exclude<
  ScalarType,
  "void" | "number" | "longdouble" | "sint128" | "uint128" | "cfloat" | "cdouble" | "clongdouble"
>;
