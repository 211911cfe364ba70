/**
 * The frame: where a call has its arguments and its result.
 *
 * How a call happens: one frame, written by JavaScript
 *
 *     slot   0       1        2      3       4          5          6      7       8         9           10 11    12 …
 *          ┌───────┬────────┬──────┬───────┬──────────┬──────────┬──────┬───────┬─────────┬───────────┬────────┬─────────────────┬ … ┬───────────────────┐
 *          │ entry │ target │ plan │ errno │ callback │ closures │ leaf │ fault │ scratch │ suspended │ result │ argument 0, 1 … │   │ callback frames … │
 *          └───────┴────────┴──────┴───────┴──────────┴──────────┴──────┴───────┴─────────┴───────────┴────────┴─────────────────┴ … ┴───────────────────┘
 *
 *   1. the caller converts all arguments (this may run any JavaScript, also other calls: the frame is not touched yet)
 *   2. it writes `target` (the C function), every argument into its slot, and what {@link PreparedCall} says of entry
 *      and plan
 *   3. it calls `enter()`, a function without arguments; native code loads registers and stack from the frame, calls
 *      the C function, stores the result
 *   4. it reads the result slot, and writes 0 to `target`
 *
 * **The frame is in use** while `target` is not 0. A debugger may stop between any two of these steps, and V8 serves
 * interrupts at function entries and loop back edges; the JavaScript that runs there may call C, too. So every caller
 * checks that word before step 1 (its lower half: a function at a multiple of 4 GiB goes unnoticed), and makes its call
 * by `rawffi.withOwnFrame()` when it is not 0. A call that ended by an exception is over as well: whatever throws it,
 * native code or JavaScript, has written 0. JavaScript that is terminated in between leaves the frame marked as in use:
 * calls then take that longer way until the next turn of the event loop.
 *
 * When nothing can call back, the caller calls `leaf()` instead of `enter()` in step 3, which takes half the time: see
 * {@link PreparedCall.leaf}. Otherwise it may call `rawffi.go()` and run the callbacks itself: see {@link
 * PreparedCall.switching}.
 *
 * One frame per environment is enough: all arguments are loaded before the C function runs, and the result is stored
 * after it returns, so a nested call made by a callback cannot disturb the outer one.
 *
 * A slot is 8 bytes. Integers narrower than 32 bits are written sign- or zero-extended to 32; a `float` takes the first
 * four bytes. **A value wider than a slot goes by address** (structures, unions, `longdouble`, complex, 128-bit
 * integers): its slot holds the address of its memory, and a wide result is stored where the result slot points when
 * the call begins. Small aggregates go by address, too.
 */

/** A typed array on the memory of a view: `arrayOn(Int32Array, rawffi.frame)`. */
export function arrayOn<A>(
  Items: { new (buffer: ArrayBuffer, byteOffset: number, length: number): A; readonly BYTES_PER_ELEMENT: number },
  { buffer, byteOffset, byteLength }: DataView<ArrayBuffer>,
): A {
  return new Items(buffer, byteOffset, byteLength / Items.BYTES_PER_ELEMENT);
}

/** Indices of the frame's 8-byte slots; multiply by 2 for a `Uint32Array` over the frame. */
export const FRAME = {
  /** Address of the code that runs the call: {@link PreparedCall.entry}. */
  ENTRY: 0,
  /** Address of the C function; not 0 while the frame is in use. */
  TARGET: 1,
  /** {@link PreparedCall.plan}. */
  PLAN: 2,
  /**
   * The environment's own copy of `errno`, a 32-bit integer (ctypes' `get_errno`); swapped by calls that ask for it.
   */
  ERRNO: 3,
  /**
   * When a callback is entered: the slot at which its own frame begins, a 32-bit integer. The frame is in use then;
   * JavaScript writes 0 to `TARGET` once it has read the callback's arguments, and the native side restores it for C.
   */
  CALLBACK: 4,
  /** Two 32-bit integers: how many closures of this thread are not freed, and how many C functions are suspended. */
  CLOSURES: 5,
  /** Not 0 when the call that uses the frame is a leaf call: stubs of leaf calls set it, all other ways in reset it. */
  LEAF: 6,
  /** What a leaf call did that it must not do: a {@link FAULT}; whoever reports it resets this to 0. */
  FAULT: 7,
  /** The first free byte of {@link RawFFI.scratch}, a 32-bit integer. */
  SCRATCH: 8,
  /**
   * Two 32-bit integers. The first is what C waits for after a switching call was begun or resumed: 0 when the call has
   * ended, else a {@link SUSPENDED} or the number of a closure. The second is set by JavaScript: not 0 when the closure
   * failed, so that C gets zero.
   */
  SUSPENDED: 9,
  /** The result, 16 bytes; for a wide result the address to store it at. */
  RESULT: 10,
  /** The first argument. */
  ARGUMENTS: 12,
  /** The most arguments a call can have, as in CPython. */
  MAX_ARGUMENTS: 1024,
  /** Where callback frames begin. */
  CALLBACKS: 12 + 1024,
  /** All slots, callback frames included. */
  SLOTS: 32768,
} as const;

/** Slots that hold two 32-bit integers, as indices of a `Uint32Array` over the frame. */
export const WORD = {
  /** How many closures of this thread are not freed. */
  LIVE_CLOSURES: 2 * FRAME.CLOSURES,
  /** How many C functions are suspended. */
  SUSPENDED_COUNT: 2 * FRAME.CLOSURES + 1,
  /** The first free byte of the scratch memory. */
  SCRATCH_TOP: 2 * FRAME.SCRATCH,
  /** Not 0 when suspended C functions may have been abandoned: native code then looks for them. */
  MAY_HAVE_ABANDONED: 2 * FRAME.SCRATCH + 1,
  /** What C waits for. */
  WAITS_FOR: 2 * FRAME.SUSPENDED,
  /** Not 0 when the closure failed. */
  FAILED: 2 * FRAME.SUSPENDED + 1,
} as const;

/** Slots in front of the frame, for machine code alone: `native/stack.cc` says what they hold. */
export const FRONT = {
  OUTER_STACK: -1,
  OWN_STACK: -2,
  LEFT_AT: -3,
  REFUSED: -4,
  FINISH: -5,
  BEGIN_ABOVE: -6,
} as const;

/** What a leaf call can have done wrong; C got zero, and no JavaScript ran. */
export const FAULT = {
  NONE: 0,
  /** It called a live closure. */
  LIVE: 1,
  /** It called a closure that was freed. */
  FREED: 2,
  /** There was no memory for the arguments: only in the frames of calls on other threads. */
  NO_MEMORY: 3,
} as const;

/** Why a closure that C called is refused, in a suspended C function too; the numbers of live closures are higher. */
export const SUSPENDED = {
  NOTHING: 0,
  /** It was freed. */
  FREED: 1,
  /** Calls and callbacks are nested so deeply that there is no room for another one. */
  TOO_DEEP: 2,
  /** C called it on a stack other than the thread's. */
  FOREIGN_STACK: 3,
  /** The lowest number of a live closure. */
  FIRST_NUMBER: 4,
} as const;

/** Slots of a callback's frame, counted from the slot that {@link FRAME.CALLBACK} names. */
export const CALLBACK_FRAME = {
  /** The result, zero when JavaScript is entered; for a wide result, the address to store it at. */
  RESULT: 0,
  /**
   * The first argument; a wide argument's slot holds the address of memory that is valid until the callback returns.
   */
  ARGUMENTS: 2,
} as const;

/** What {@link RawFFI.pushText} returns when it pushes nothing. */
export const PUSHED = {
  /** The text has a NUL, at which C would end it. */
  HAS_NUL: -1,
  /** The scratch memory has no room for it. (It always has for a few KiB in a call that is not deeply nested.) */
  TOO_LONG: -2,
} as const;

/**
 * The bytes that C's string functions read at a time: such a read is served by one earlier write, and need not wait for
 * several.
 */
export const SCRATCH_ALIGN = 32;
/** The size of the scratch memory. */
export const SCRATCH_BYTES = 256 * 1024;
