/**
 * The whole contract with the native side.
 *
 * Whoever implements {@link RawFFI} can carry ctypes: the Node-API addon (`node-api.ts`) and the in-memory double of the
 * tests (`double.ts`) do, and one suite of tests runs against both. It knows addresses, bytes and machine-level values; it
 * knows no structures with named members, no strings beyond bytes, no conversion of JavaScript values.
 *
 * Addresses are numbers: user space ends below 2^53 on every platform there is. 0 is NULL.
 *
 * How a call happens: one frame, written by JavaScript
 *
 *     slot   0       1        2      3       4          5          6      7       8         9           10 11    12 …
 *          ┌───────┬────────┬──────┬───────┬──────────┬──────────┬──────┬───────┬─────────┬───────────┬────────┬─────────────────┬ … ┬───────────────────┐
 *          │ entry │ target │ plan │ errno │ callback │ closures │ leaf │ fault │ scratch │ suspended │ result │ argument 0, 1 … │   │ callback frames … │
 *          └───────┴────────┴──────┴───────┴──────────┴──────────┴──────┴───────┴─────────┴───────────┴────────┴─────────────────┴ … ┴───────────────────┘
 *
 *   1. the caller converts all arguments (this may run any JavaScript, also other calls: the frame is not touched yet)
 *   2. it writes `target` (the C function), every argument into its slot, and what {@link PreparedCall} says of entry and plan
 *   3. it calls `enter()`, a function without arguments; native code loads registers and stack from the frame, calls
 *      the C function, stores the result
 *   4. it reads the result slot, before anything else may run
 *
 * When nothing can call back it calls `leaf()` instead of `enter()` in step 3, the same in half the time: see {@link PreparedCall.leaf}. When
 * something can it may call `rawffi.go()` and then see to the callbacks itself: see {@link PreparedCall.switching}.
 *
 * One frame per environment is enough: everything has been loaded before the C function runs and the result is stored after it
 * returned, so a nested call made by a callback cannot disturb the outer one.
 *
 * A slot is 8 bytes. Integers narrower than 32 bits are written sign- or zero-extended to 32; a `float` takes the first four bytes.
 * **A value wider than a slot goes by address** (structures, unions, `longdouble`, complex, 128-bit integers): its slot holds the
 * address of its memory, and a wide result is stored where the result slot points when the call begins. Aggregates go by
 * address also where they are small.
 */

// -- Types as the machine sees them ----------------------------------------------------------------

/**
 * A machine-level type. `void` is good as a result only.
 *
 * `number`, a parameter of calls only, is an integer of 64 bits or an address that JavaScript has as a number: its slot holds that as a double,
 * a whole one between -2^53 and 2^53. It is one store; written in halves and read as a whole, a slot makes the processor wait.
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

/** `count` scalars (1 if absent), one behind the other, beginning `offset` bytes into an aggregate. */
export interface Leaf {
  readonly type: ScalarType;
  readonly offset: number;
  readonly count?: number;
}

/**
 * A structure, union or array passed by value: its size, its alignment, and the scalars in it, in any order.
 *
 * Members of a union overlap; nested aggregates are flattened; a bit-field is given as the `uint8`s that its bits touch.
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
   * Swap `errno` with the frame's copy right before and right after the call. Of a closure: while JavaScript runs the frame has C's `errno`, which
   * it may set for C; the frame's copy comes back afterwards. A closure that does not ask leaves C's `errno` as it was.
   */
  readonly errno?: boolean;
  /**
   * The call is made on another thread: `enter` waits for it, and serves the callbacks that other threads ask for meanwhile; `submit` does not
   * wait. What goes by address must stay where it is until the call is over.
   */
  readonly elsewhere?: boolean;
  /** Of a closure without a result: another thread that calls it does not wait until it has run. */
  readonly nowait?: boolean;
  /** C++ may throw out of it: `enter` throws a {@link CppError} then. Such calls are slower. Of a call only. */
  readonly throws?: boolean;
  /**
   * A fault of the callee (an access to memory that is not there, a division by zero, a full stack) leaves the call, and `enter` throws a
   * {@link MemoryFaultError}. What C held or was changing stays so: for exploration only. Of a call only, and not together with `throws`.
   */
  readonly guarded?: boolean;
}

// -- Faults ----------------------------------------------------------------------------------------

/** An access to memory that is not there, or may not be written; or a fault in a guarded call. */
export class MemoryFaultError extends Error {
  readonly code = "ERR_MEMORY_FAULT";
  override readonly name = "MemoryFaultError";
  /** Where it was. */
  readonly address: number;
  constructor(message: string, address: number) {
    super(message);
    this.address = address;
  }
}

/** An exception of C++: `std::runtime_error: no such file`. */
export class CppError extends Error {
  readonly code = "ERR_CPP_EXCEPTION";
  override readonly name = "CppError";
  /** The name of its type, as C++ has it. */
  readonly type: string;
  constructor(type: string, what: string | null) {
    super(what === null ? type : `${type}: ${what}`);
    this.type = type;
  }
}

// -- The frame -------------------------------------------------------------------------------------

/** Indices of the frame's 8-byte slots; multiply by 2 for a `Uint32Array` over the frame. */
export const FRAME = {
  /** Address of the code that runs the call: {@link PreparedCall.entry}. */
  ENTRY: 0,
  /** Address of the C function. */
  TARGET: 1,
  /** {@link PreparedCall.plan}. */
  PLAN: 2,
  /** The environment's own copy of `errno`, a 32-bit integer (ctypes' `get_errno`); swapped by calls that ask for it. */
  ERRNO: 3,
  /** When a callback is entered: the slot at which its own frame begins, a 32-bit integer. */
  CALLBACK: 4,
  /** How many closures of this thread are not freed, a 32-bit integer. */
  CLOSURES: 5,
  /** Not 0 while a leaf call is on the stack: stubs set it, or the caller of a {@link HandedCall}, to the target. */
  LEAF: 6,
  /** What happened in a leaf call that must not: a {@link FAULT}; who sees one sets it back to 0. */
  FAULT: 7,
  /** The first free byte of {@link RawFFI.scratch}, a 32-bit integer. */
  SCRATCH: 8,
  /**
   * Two 32-bit integers. What C waits for, after a switching call or a resumed one: 0 when it has ended, a {@link SUSPENDED} or the number of a
   * closure. And what it is told: not 0 that JavaScript could not do it, so C gets zero.
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

/** What a leaf call can have done wrong; C was given zero, and no JavaScript was run. */
export const FAULT = {
  /** It called a live closure. */
  LIVE: 1,
  /** It called a closure that was freed. */
  FREED: 2,
} as const;

/** What a suspended C function can have called but a live closure; the numbers of those are higher. */
export const SUSPENDED = {
  /** A closure that was freed. */
  FREED: 1,
  /** A closure, but calls and callbacks are nested so deeply that there is no room for another one. */
  TOO_DEEP: 2,
} as const;

/** Slots of a callback's frame, counted from the slot that {@link FRAME.CALLBACK} names. */
export const CALLBACK_FRAME = {
  /** The result, zero when JavaScript is entered; of a wide result, the address to store it at. */
  RESULT: 0,
  /** The first argument; a wide argument's slot holds the address of memory that is valid until the callback returns. */
  ARGUMENTS: 2,
} as const;

/**
 * How a call goes, the fastest first: a stub of our own machine code, which V8 calls as if it were its own (`"fast"`), or entered through V8's function callbacks (`"direct"`) or through Node-API (`"frame"`); or libffi, whatever way it is entered.
 */
export type Tier = "fast" | "direct" | "frame" | "libffi";

/** A signature made ready, once; good for every C function that has it. */
export interface PreparedCall {
  readonly tier: Tier;
  /** To be written to {@link FRAME.ENTRY} before `enter()`; 0 when `enter` needs no entry. */
  readonly entry: number;
  /** Whether the target itself may stand there instead, as it takes nothing and gives nothing. */
  readonly mayEnterTarget: boolean;
  /** To be written to {@link FRAME.PLAN} before `enter()`; 0 when there is none. */
  readonly plan: number;
  /**
   * Runs the call that the frame describes.
   *
   * Throws what a callback threw during the call; the C function has run to its end, and was given zero by that callback.
   */
  readonly enter: () => void;
  /**
   * The same without {@link FRAME.ENTRY}, faster, for a call during which no JavaScript can run; null where there is no faster way.
   *
   * It may be used when {@link FRAME.CLOSURES} is 0, or when it is known that this function calls nothing back: V8 has then no means to leave
   * optimised code. A closure that is called all the same runs no JavaScript; C gets zero, and {@link FRAME.FAULT} says so afterwards.
   */
  readonly leaf: (() => void) | null;
  /**
   * To be written to {@link FRAME.ENTRY} before {@link RawFFI.go}, a faster `enter` with faster callbacks: C runs on a stack of its own, and is left
   * there when it calls a closure. 0 where there is no such way. C must run JavaScript by closures alone then.
   *
   * When {@link FRAME.SUSPENDED} is not 0 afterwards, C waits. Who made the call does, until it is 0:
   *
   *   1. `rawffi.serve()`, and when that throws, sets the first word of {@link FRAME.SUSPENDED} to 0 and the second to 1, for C to get zero
   *   2. writes {@link RawFFI.resumeEntry} to {@link FRAME.ENTRY}
   *   3. `rawffi.go()`, from the same place as before: the processor foretells by the calls where it will return to
   *
   * and throws on what was thrown first.
   */
  readonly switching: number;
  /** `leaf` with the arguments in place of those in the frame, for signatures that V8 can call itself; null where there is no such way. */
  readonly handed: HandedCall | null;
  /** Of a call that is made {@link Signature.elsewhere}: begins it, and gives the number by which {@link RawFFI.onSettled} tells of its end. */
  readonly submit: (() => number) | null;
}

/**
 * A leaf call with arguments. Who makes it writes the target to {@link FRAME.LEAF} before, and 0 after it; it gives the result, which is not in the
 * frame. An argument is what its slot takes, a number.
 */
export interface HandedCall {
  /** Takes the arguments in the order of `order`. */
  readonly call: (...args: number[]) => number | undefined;
  readonly order: readonly number[];
}

/** One call of a chain. */
export interface ChainStep {
  /** Of types that fit a slot; neither variadic nor with options. A parameter whose value is copied from a result is no `number`. */
  readonly signature: Signature;
  /** The C function. */
  readonly target: number;
  /** The slot of the chain's memory at which the frame of this call begins: it has its arguments and its result where {@link FRAME} says. */
  readonly frame: number;
  /** Slots that are copied to others before this call. */
  readonly copies: readonly (readonly [from: number, to: number])[];
  /** The chain ends behind this call unless the low 32 bits of its result are these; null when it goes on. */
  readonly goesOnWith: number | null;
}

/** A C function that calls JavaScript. */
export interface Closure {
  /** The address to give to C. */
  readonly address: number;
  /**
   * Ends the closure. C that still calls it gets zero, and the JavaScript that called C gets an error; its memory is
   * reused only after many other closures were freed. Freeing twice is allowed.
   */
  free(): void;
}

// -- The contract ----------------------------------------------------------------------------------

/** Flags of `open`, with the platform's own values: `dlopen(3)`. */
export interface OpenModes {
  readonly RTLD_LAZY: number;
  readonly RTLD_NOW: number;
  readonly RTLD_LOCAL: number;
  readonly RTLD_GLOBAL: number;
  /** A library's own symbols win over those of the executable; 0 where the platform has no such mode. */
  readonly RTLD_DEEPBIND: number;
}

/** What C's types are on this platform, where platforms differ. */
export interface Platform {
  /** `process.arch`: `"x64"`, `"arm64"` … */
  readonly arch: string;
  /** `process.platform`: `"linux"`, `"win32"` … */
  readonly os: string;
  readonly isLittleEndian: boolean;
  /** Sizes in bytes. */
  readonly pointerSize: number;
  readonly longSize: number;
  readonly wcharSize: number;
  readonly longDoubleSize: number;
  readonly timeSize: number;
}

export interface RawFFI {
  /** `"node-api"`, `"double"` … */
  readonly name: string;
  readonly platform: Platform;
  readonly modes: OpenModes;

  // Libraries

  /** Loads a library (`null`: the running program) and gives its handle. @throws Error with the loader's text. */
  open(path: string | null, mode: number): number;
  /** Gives a handle back to the loader. @throws Error with the loader's text. */
  close(handle: number): void;
  /** The address of an exported symbol. @throws Error with the loader's text when there is none. */
  symbol(handle: number, name: string): number;
  /** The files of all loaded libraries in load order; the program itself is `""`. Empty where the platform cannot tell. */
  loaded(): string[];
  /** Whether this thread is to return into code of the library: one of its functions has called the JavaScript that asks. It may err to yes. */
  isRunning(handle: number): boolean;

  // Memory

  /**
   * The address of the first byte of a buffer, or of a view of one; stays the same until the buffer is detached.
   *
   * 0 for an empty buffer without memory, and a detached one.
   */
  addressOf(buffer: ArrayBufferLike | ArrayBufferView): number;
  /**
   * An `ArrayBuffer` that *is* the memory at `address`, or null when this runtime refuses such buffers, or one of more than 4 GiB.
   *
   * It owns nothing and checks nothing: touching an unmapped page through it is a segmentation fault.
   */
  window(address: number, byteLength: number): ArrayBuffer | null;
  /** Zeroed memory of the C heap, aligned for every scalar. @throws RangeError when there is none left. */
  allocate(byteLength: number): number;
  /** Gives back what `allocate` gave. */
  free(address: number): void;
  /**
   * Whether all of `byteLength` bytes can be read, or written too. (Where the platform cannot tell, it is believed.)
   *
   * The verbs below ask it themselves, and throw a {@link MemoryFaultError} where it is not so.
   */
  reachable(address: number, byteLength: number, forWriting: boolean): boolean;
  /** `memmove(3)`. @throws MemoryFaultError */
  move(to: number, from: number, byteLength: number): void;
  /** `memset(3)`. */
  fill(address: number, byte: number, byteLength: number): void;
  /** The number of units before the first zero unit: `strlen(3)` for `unit` 1, and the same for units of 2 and 4 bytes. */
  length(address: number, unit: 1 | 2 | 4): number;
  /** The UTF-8 text at `address`: `byteLength` bytes, or up to the first NUL when that is -1. Malformed bytes give U+FFFD. */
  text(address: number, byteLength: number): string;
  /** One value, read without a window. 64-bit types and pointers give a `bigint`, the others (`bool` too) a number. */
  peek(address: number, type: PeekType): number | bigint;
  /** One value, written without a window. */
  poke(address: number, type: PeekType, value: number | bigint): void;

  // Calls and callbacks

  /** The frame of this environment, {@link FRAME.SLOTS} slots long. */
  readonly frame: ArrayBuffer;
  /**
   * Memory for what C is passed by address during calls: a stack, so a callback that calls again never overwrites what the outer call passed.
   *
   * Who pushes moves {@link FRAME.SCRATCH} by multiples of {@link SCRATCH_ALIGN}, and puts it back when the call is over.
   */
  readonly scratch: ArrayBuffer;
  /**
   * Pushes `text` to the scratch memory, as UTF-8 with a NUL behind it, and gives the byte at which it begins; a lone surrogate becomes U+FFFD.
   *
   * Of a text that cannot be written so it gives {@link PUSHED}, and pushes nothing.
   */
  pushText(text: string): number;
  /**
   * `text` of the address in the result slot, up to the first NUL; null of a NULL. It needs no arguments, so it takes two thirds of the time.
   *
   * @throws MemoryFaultError
   */
  resultText(): string | null;
  /** Whether the function at `address` is seen to call nothing by its machine code, as small ones are: its calls are leaf calls. It may err to no. */
  callsNothing(address: number): boolean;
  /** Makes a signature ready. @throws TypeError for a signature that nothing here can call. */
  prepare(signature: Signature): PreparedCall;
  /**
   * A function that makes several calls, in order, for the price of entering native code once; null where there is no such way.
   *
   * The calls have frames of their own in `memory`, which the caller of the function keeps. None of them may call back: like {@link PreparedCall.leaf}.
   */
  chain(memory: BigUint64Array, steps: readonly ChainStep[]): (() => void) | null;
  /**
   * A C function of this signature that enters JavaScript by calling `enter` without arguments.
   *
   * `enter` is held weakly: who wants the closure to work keeps `enter` (this is what lets a cycle of a callback and its function be
   * collected). On another thread than this one C waits until this one has run it (in its event loop, or in an `enter` that waits for a call
   * {@link Signature.elsewhere}). What `enter` throws is rethrown by the `enter()` of the C call that ran the closure, after that call; with no
   * such call it is an uncaught exception. C gets zero then. `name` is for messages: of C that calls it after it was freed.
   */
  closure(signature: Signature, enter: () => void, name?: string): Closure;
  /** The message of the error that {@link FAULT.FREED} is: it names the closure. */
  freedMessage(): string;

  /** Begins a switching call, or lets the innermost suspended one go on. It returns when that has ended, or called a closure. */
  readonly go: () => void;
  /** Runs the closure that a suspended C function called. @throws what it throws, and Error in its place. */
  readonly serve: () => void;
  /** What {@link FRAME.ENTRY} is for a suspended call to go on; 0 where no call is switching. */
  readonly resumeEntry: number;

  // Calls elsewhere

  /**
   * Who is told of the end of submitted calls, once for an environment: in a turn of its own of the event loop, or with others in one.
   *
   * The result stands in the frame as after `enter`, and the call's `errno`, if that was asked for. What a callback threw in the call comes as `thrown`.
   */
  onSettled(settle: (job: number, hasThrown: boolean, thrown: unknown) => void): void;
  /** Takes a submitted call back; false when it has begun. */
  cancel(job: number): boolean;
  /** How many threads the process may have for submitted calls; a count above 0 sets it. */
  threads(count: number): number;
}

/** What {@link RawFFI.pushText} gives instead of a place. */
export const PUSHED = {
  /** C would take the text for shorter than it is. */
  HAS_NUL: -1,
  /** The scratch memory has no room for it; for a text of a few KiB in a call that is not deep in others it has. */
  TOO_LONG: -2,
} as const;

/** Bytes that C's string functions read at a time: such a read finds all it wants in one write, and need not wait for several. */
export const SCRATCH_ALIGN = 32;

/** The scalars that fit a slot. */
export type PeekType = Exclude<
  ScalarType,
  "void" | "number" | "longdouble" | "sint128" | "uint128" | "cfloat" | "cdouble" | "clongdouble"
>;
