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
 * **The frame is in use** while `target` is not 0. Between any two of these steps a debugger may stop, and V8 serves
 * interrupts where a function is entered or a loop goes round: JavaScript runs there that calls C, too. So before step
 * 1 everyone looks at that word (its lower half: a function at a multiple of 4 GiB goes unnoticed), and makes its call
 * by `rawffi.withOwnFrame()` when it is not 0. A call that ended by an exception is over as well: who throws it, native
 * code or JavaScript, has written 0. JavaScript that is terminated in between leaves the frame in use for nobody: calls
 * are then made that longer way until the next turn of the event loop.
 *
 * When nothing can call back it calls `leaf()` instead of `enter()` in step 3, the same in half the time: see {@link
 * PreparedCall.leaf}. When something can it may call `rawffi.go()` and then see to the callbacks itself: see {@link
 * PreparedCall.switching}.
 *
 * One frame per environment is enough: everything has been loaded before the C function runs and the result is stored
 * after it returned, so a nested call made by a callback cannot disturb the outer one.
 *
 * A slot is 8 bytes. Integers narrower than 32 bits are written sign- or zero-extended to 32; a `float` takes the first
 * four bytes. **A value wider than a slot goes by address** (structures, unions, `longdouble`, complex, 128-bit
 * integers): its slot holds the address of its memory, and a wide result is stored where the result slot points when
 * the call begins. Aggregates go by address also where they are small.
 */

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
   * When a callback is entered: the slot at which its own frame begins, a 32-bit integer. The frame is in use then; who
   * has read the callback's arguments writes 0 to `TARGET`, and the native side puts it back for C.
   */
  CALLBACK: 4,
  /** Two 32-bit integers: how many closures of this thread are not freed, and how many C functions are suspended. */
  CLOSURES: 5,
  /**
   * Not 0 when the call that uses the frame is a leaf call: stubs of leaf calls set it, all others' ways in set it
   * back.
   */
  LEAF: 6,
  /** What happened in a leaf call that must not: a {@link FAULT}; who sees one sets it back to 0. */
  FAULT: 7,
  /** The first free byte of {@link RawFFI.scratch}, a 32-bit integer. */
  SCRATCH: 8,
  /**
   * Two 32-bit integers. What C waits for, after a switching call or a resumed one: 0 when it has ended, a {@link
   * SUSPENDED} or the number of a closure. And what it is told: not 0 that JavaScript could not do it, so C gets zero.
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
  /** Not 0 when C functions that are suspended may have been abandoned: native code looks for them. */
  MAY_HAVE_ABANDONED: 2 * FRAME.SCRATCH + 1,
  /** What C waits for. */
  WAITS_FOR: 2 * FRAME.SUSPENDED,
  /** Not 0 when JavaScript could not do it. */
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

/** What a leaf call can have done wrong; C was given zero, and no JavaScript was run. */
export const FAULT = {
  NONE: 0,
  /** It called a live closure. */
  LIVE: 1,
  /** It called a closure that was freed. */
  FREED: 2,
  /** There was no memory for the arguments: only in the frames of calls on other threads. */
  NO_MEMORY: 3,
} as const;

/**
 * Why a closure that C called is refused, also one of a suspended C function; the numbers of live closures are higher.
 */
export const SUSPENDED = {
  NOTHING: 0,
  /** It was freed. */
  FREED: 1,
  /** Calls and callbacks are nested so deeply that there is no room for another one. */
  TOO_DEEP: 2,
  /** C called it on a stack that is not the thread's. */
  FOREIGN_STACK: 3,
  /** The lowest number of a live closure. */
  FIRST_NUMBER: 4,
} as const;

/** Slots of a callback's frame, counted from the slot that {@link FRAME.CALLBACK} names. */
export const CALLBACK_FRAME = {
  /** The result, zero when JavaScript is entered; of a wide result, the address to store it at. */
  RESULT: 0,
  /**
   * The first argument; a wide argument's slot holds the address of memory that is valid until the callback returns.
   */
  ARGUMENTS: 2,
} as const;

/** What {@link RawFFI.pushText} gives instead of a place. */
export const PUSHED = {
  /** C would take the text for shorter than it is. */
  HAS_NUL: -1,
  /** The scratch memory has no room for it; for a text of a few KiB in a call that is not deep in others it has. */
  TOO_LONG: -2,
} as const;

/**
 * Bytes that C's string functions read at a time: such a read finds all it wants in one write, and need not wait for
 * several.
 */
export const SCRATCH_ALIGN = 32;
/** The size of the scratch memory. */
export const SCRATCH_BYTES = 256 * 1024;
