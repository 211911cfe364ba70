/**
 * The whole contract with the native side.
 *
 * Whoever implements {@link RawFFI} can carry ctypes: the Node-API addon (`node-api.ts`) and the in-memory double of
 * the tests (`test/double/`) do, and one suite of tests runs against both. It knows addresses, bytes and machine-level
 * values; it knows no structures with named members, no strings beyond bytes, no conversion of JavaScript values.
 *
 * Where memory is, an address is a number: user space ends below 2^53 on every platform there is. What C gives or takes
 * as a pointer is an {@link Address}, a bigint beyond that. 0 is NULL. How a call is written: `frame.ts`.
 */
import type { Address, PeekType, Signature } from "./types.ts";

/**
 * How a call goes, the fastest first: a stub of our own machine code, which V8 calls as if it were its own (`"fast"`),
 * or entered through V8's function callbacks (`"direct"`) or through Node-API (`"frame"`); or libffi, whatever way it
 * is entered.
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
   * Throws what a callback threw during the call; the C function has run to its end, and was given zero by that
   * callback. And a TypeError, C not having run, for a signature that is left to libffi, which is known to call it
   * wrongly.
   */
  readonly enter: () => void;
  /**
   * The same without {@link FRAME.ENTRY}, faster, for a call during which no JavaScript can run; null where there is no
   * faster way.
   *
   * It may be used when {@link FRAME.CLOSURES} is 0, or when it is known that this function calls nothing back: V8 has
   * then no means to leave optimised code. A closure that is called all the same runs no JavaScript; C gets zero, and
   * {@link FRAME.FAULT} says so afterwards.
   */
  readonly leaf: (() => void) | null;
  /**
   * To be written to {@link FRAME.ENTRY} before {@link RawFFI.go}, a faster `enter` with faster callbacks: C runs on
   * its part of the stack, and is left there when it calls a closure. 0 where there is no such way. C must run
   * JavaScript by closures alone then.
   *
   * When {@link FRAME.SUSPENDED} is not 0 afterwards, C waits. Who made the call does, until it is 0:
   *
   *   1. `rawffi.serve()`, then sets {@link FRAME.TARGET} to 1, for the frame is in use again; and when that throws,
   *      sets the first word of {@link FRAME.SUSPENDED} to 0 and the second to 1, for C to get zero
   *   2. writes {@link RawFFI.resumeEntry} to {@link FRAME.ENTRY}
   *   3. `rawffi.go()`, from the same place as before: this keeps return-address prediction working
   *
   * and throws on what was thrown first.
   */
  readonly switching: number;
  /**
   * `leaf` with the arguments in place of those in the frame, for signatures that V8 can call itself; null where there
   * is no such way.
   */
  readonly handed: HandedCall | null;
  /**
   * Of a call that is made {@link Signature.elsewhere}: begins it, and gives the number by which {@link
   * RawFFI.onSettled} tells of its end.
   */
  readonly submit: (() => number) | null;
  /**
   * Of the same: keeps the call for the end of this environment, and gives the number by which {@link
   * RawFFI.cancelAtEnd} takes it back.
   *
   * The end is that of a worker, also of one that is terminated, and of the main thread when its event loop is empty;
   * not `process.exit()` there, nor a fatal error, with which the system takes back all it has given. JavaScript cannot
   * run by then: a closure that is called gives zero. Such calls are made once, in the opposite order to that in which
   * they were kept, after all others of the environment. The library of the function stays loaded for them; what goes
   * by address must stay where it is.
   */
  readonly atEnd: (() => number) | null;
}

/**
 * A leaf call with arguments. Who makes it writes the target to {@link FRAME.TARGET} before, and 0 after it; it gives
 * the result, which is not in the frame. An argument is what its slot takes, a number.
 */
export interface HandedCall {
  /** Takes the arguments in the order of `order`. */
  readonly call: (...args: number[]) => number | undefined;
  readonly order: readonly number[];
}

/** One call of a chain. */
export interface ChainStep {
  /**
   * Of types that fit a slot; neither variadic nor with options. A parameter whose value is copied from a result is no
   * `number`.
   */
  readonly signature: Signature;
  /** The C function. */
  readonly target: Address;
  /**
   * The slot of the chain's memory at which the frame of this call begins: it has its arguments and its result where
   * {@link FRAME} says.
   */
  readonly frame: number;
  /** Slots that are copied to others before this call. */
  readonly copies: readonly (readonly [from: number, to: number])[];
  /** The chain ends after this call unless the low 32 bits of its result are these; null when it goes on. */
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

/** `object[key] = value` marks an object. */
export interface UncloneableMark {
  readonly key: symbol;
  readonly value: unknown;
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
  close(handle: Address): void;
  /**
   * The address of an exported symbol, which may be an absolute one. @throws Error with the loader's text when there is
   * none.
   */
  symbol(handle: Address, name: string): Address;
  /**
   * The files of all loaded libraries in load order; the program itself is `""`. Empty where the platform cannot tell.
   */
  loaded(): string[];
  /**
   * Whether this thread is to return into code of the library: one of its functions has called the JavaScript that
   * asks. It may err to yes.
   */
  isRunning(handle: Address): boolean;

  // Memory

  /**
   * The address of the first byte of a buffer, or of a view of one; stays the same until the buffer is detached.
   *
   * 0 for an empty buffer without memory, and a detached one. @throws TypeError for a resizable `ArrayBuffer`:
   * JavaScript can take its memory away while C works on it.
   */
  addressOf(buffer: ArrayBufferLike | ArrayBufferView): number;
  /**
   * Keeps the memory that a buffer has now where it is for as long as the buffer's object lives, also when it is
   * detached and whoever it was transferred to is done with it. `addressOf` does so by itself while callbacks live:
   * they may do that in the middle of a call. It does nothing where the runtime has no way to do so.
   */
  hold(buffer: ArrayBufferLike | ArrayBufferView): void;
  /**
   * Keeps the memory that a buffer has now where it is, also when the buffer is detached and whoever it was transferred
   * to is done with it, until `release` is called with what this gives. 0 where the runtime has no way to do so.
   */
  retain(buffer: ArrayBuffer): number;
  /** Ends what `retain` began, once. */
  release(retained: number): void;
  /**
   * An `ArrayBuffer` that *is* the memory at `address`, or null when this runtime refuses such buffers, or one of more
   * than 4 GiB.
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
  reachable(address: Address, byteLength: number, forWriting: boolean): boolean;
  /** `memmove(3)`. @throws MemoryFaultError */
  move(to: Address, from: Address, byteLength: number): void;
  /** `memset(3)`. */
  fill(address: Address, byte: number, byteLength: number): void;
  /**
   * The number of units before the first zero unit: `strlen(3)` for `unit` 1, and the same for units of 2 and 4 bytes.
   */
  length(address: Address, unit: 1 | 2 | 4): number;
  /**
   * The UTF-8 text at `address`: `byteLength` bytes, or up to the first NUL when that is -1. Malformed bytes give
   * U+FFFD.
   */
  text(address: Address, byteLength: number): string;
  /** One value, read without a window. 64-bit types and pointers give a `bigint`, the others (`bool` too) a number. */
  peek(address: Address, type: PeekType): number | bigint;
  /** One value, written without a window. */
  poke(address: Address, type: PeekType, value: number | bigint): void;

  // Calls and callbacks

  /** The frame of this environment, {@link FRAME.SLOTS} slots long. */
  readonly frame: ArrayBuffer;
  /**
   * Memory for what C is passed by address during calls: a stack, so a callback that calls again never overwrites what
   * the outer call passed.
   *
   * Who pushes moves {@link FRAME.SCRATCH} by multiples of {@link SCRATCH_ALIGN}, and puts it back when the call is
   * over.
   */
  readonly scratch: ArrayBuffer;
  /**
   * Pushes `text` to the scratch memory, as UTF-8 with a NUL after it, and gives the byte at which it begins; a lone
   * surrogate becomes U+FFFD.
   *
   * Of a text that cannot be written so it gives {@link PUSHED}, and pushes nothing.
   */
  pushText(text: string): number;
  /**
   * `text` of the address in the result slot, up to the first NUL; null of a NULL. It needs no arguments, so it takes
   * two thirds of the time.
   *
   * @throws MemoryFaultError
   */
  resultText(): string | null;
  /**
   * Whether the function at `address` is seen to call nothing by its machine code, as small ones are: its calls are
   * leaf calls. It may return a false negative.
   */
  callsNothing(address: Address): boolean;
  /**
   * Whether the function at `address` is known to run JavaScript by other means than closures: one of Node-API,
   * `uv_run`. Its calls are to be made {@link Signature.here}.
   */
  runsJavaScript(address: Address): boolean;
  /** Makes a signature ready. @throws TypeError for a signature that nothing here can call. */
  prepare(signature: Signature): PreparedCall;
  /**
   * A function that makes several calls, in order, for the price of entering native code once; null where there is no
   * such way.
   *
   * The calls have frames of their own in `memory`, which the caller of the function keeps. None of them may call back:
   * like {@link PreparedCall.leaf}. While it runs, {@link FRAME.TARGET} of the frame that is everyone's is not 0.
   */
  chain(memory: BigUint64Array, steps: readonly ChainStep[]): (() => void) | null;
  /**
   * A C function of this signature that enters JavaScript by calling `enter` without arguments.
   *
   * `enter` is held weakly: who wants the closure to work keeps `enter` (this is what lets a cycle of a callback and
   * its function be collected). On another thread than this one C waits until this one has run it (in its event loop,
   * or in an `enter` that waits for a call {@link Signature.elsewhere}). What `enter` throws is rethrown by the
   * `enter()` of the C call that ran the closure, after that call; with no such call it is an uncaught exception. C
   * gets zero then. `name` is for messages: of C that calls it after it was freed.
   */
  closure(signature: Signature, enter: () => void, name?: string): Closure;
  /** The message of the error that {@link FAULT.FREED} is: it names the closure. */
  freedMessage(): string;

  /**
   * Begins a switching call, or lets the innermost suspended one go on. It returns when that has ended, or called a
   * closure.
   */
  readonly go: () => void;
  /** Runs the closure that a suspended C function called. @throws what it throws, and Error in its place. */
  readonly serve: () => void;
  /** What {@link FRAME.ENTRY} is for a suspended call to go on; 0 where no call is switching. */
  readonly resumeEntry: number;

  /**
   * Calls `run` with the frame as if nobody used it, and puts back what was there: for who finds it in use
   * (`frame.ts`). Gives what `run` gives. What stood in `memory`, if there is any, is put back likewise, also when
   * `run` was terminated.
   *
   * C functions that callbacks in `run` have left because their JavaScript was terminated run to their end.
   */
  withOwnFrame<T>(run: () => T, memory: Int32Array | null): T;

  // References

  /**
   * The mark of objects that `structuredClone` and `postMessage` refuse, a member that nobody sees; null where there is
   * none, and they give an object without members instead.
   */
  readonly uncloneable: UncloneableMark | null;
  /** A reference that does not keep `object` alive; not even, as a `WeakRef` does, until the job at hand is over. */
  weak(object: object): number;
  /** What it refers to; undefined once that was collected. */
  weakValue(reference: number): object | undefined;
  /** Gives a reference back, once. */
  endWeak(reference: number): void;

  // Calls elsewhere

  /**
   * Who is told of the end of submitted calls, once for an environment: in a turn of its own of the event loop, or with
   * others in one.
   *
   * The result stands in the frame as after `enter`, and the call's `errno`, if that was asked for. What a callback
   * threw in the call comes as `thrown`.
   *
   * `within` runs each callback that C calls in a submitted call, on the thread that makes it: it calls `serve` once,
   * in the context of its choice.
   */
  onSettled(
    settle: (job: number, hasThrown: boolean, thrown: unknown) => void,
    within?: (job: number, serve: () => void) => void,
  ): void;
  /** Takes a submitted call back; false when it has begun. */
  cancel(job: number): boolean;
  /**
   * The same as {@link PreparedCall.atEnd} for many things of a kind: keeps a call `target(item)` for each item of
   * `items` that is not 0 then, the last first. `target` takes one integer or pointer. Who calls this keeps `items`.
   */
  callEachAtEnd(target: number, items: BigUint64Array): number;
  /**
   * Takes a call back that was kept for the end of the environment; false when there is none of this number any more.
   */
  cancelAtEnd(number: number): boolean;
  /** How many threads the process may have for submitted calls; a count above 0 sets it. */
  threads(count: number): number;
}
