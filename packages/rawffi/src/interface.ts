/**
 * The whole contract with the native side.
 *
 * ctypes runs on any implementation of {@link RawFFI}. There are two, the Node-API addon (`node-api.ts`) and the
 * in-memory double of the tests (`test/double/`), and one test suite runs against both. It knows addresses, bytes and
 * machine-level values; it knows no structures with named members, no strings beyond bytes, no conversion of JavaScript
 * values.
 *
 * The address of memory is a number: user space ends below 2^53 on every platform there is. A pointer that C returns or
 * takes is an {@link Address}, a bigint beyond that. 0 is NULL. `frame.ts` shows how a call is written.
 */
import type { Access } from "./access.ts";
import type { ChainStep, Closure, HandedCall, PreparedCall, Tier } from "./prepared.ts";
import type { Address, PeekType, Signature } from "./types.ts";

export type { ChainStep, Closure, HandedCall, PreparedCall, Tier };

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
  /** Whether C's `char` has a sign, as on x86-64; on AArch64 it has one on macOS and Windows alone. */
  readonly isCharSigned: boolean;
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

  /** Loads a library (`null`: the running program) and returns its handle. @throws Error with the loader's text. */
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
   * Whether this thread is going to return into code of the library, because one of its functions has called the
   * JavaScript that asks. May return a false positive.
   */
  isRunning(handle: Address): boolean;

  // Memory

  /**
   * The address of the first byte of a buffer or a view, which stays the same until the buffer is detached.
   *
   * 0 for a detached buffer, and for an empty one without memory. @throws TypeError for a resizable `ArrayBuffer`:
   * JavaScript can take its memory away while C works on it.
   */
  addressOf(buffer: ArrayBufferLike | ArrayBufferView): number;
  /**
   * Keeps the current memory of a buffer in place as long as the buffer object lives, even when it is detached and the
   * receiver of the transfer has dropped the memory. `addressOf` does this by itself while callbacks live, since a
   * callback may detach a buffer in the middle of a call. Does nothing where the runtime has no way to do so.
   */
  hold(buffer: ArrayBufferLike | ArrayBufferView): void;
  /**
   * Keeps the current memory of a buffer in place, even when the buffer is detached and the receiver of the transfer
   * has dropped the memory, until `release` is called with the number this returns. 0 where the runtime has no way to
   * do so.
   */
  retain(buffer: ArrayBuffer): number;
  /** Ends what `retain` began, once. */
  release(retained: number): void;
  /**
   * Whether there are windows. Not where V8 keeps all memory of buffers in a cage: in Electron, in builds of Node with
   * V8's sandbox.
   */
  readonly hasWindows: boolean;
  /**
   * An `ArrayBuffer` that *is* the memory at `address`; null when this runtime refuses such buffers, or refuses more
   * than 4 GiB.
   *
   * It owns nothing and checks nothing: touching an unmapped page through it is a segmentation fault.
   */
  window(address: number, byteLength: number): ArrayBuffer | null;
  /** Zeroed memory from the C heap, aligned for every scalar. @throws RangeError when there is none left. */
  allocate(byteLength: number): number;
  /** Frees what `allocate` returned. */
  free(address: number): void;
  /**
   * Whether all of `byteLength` bytes can be read, or also written; true where the platform cannot tell.
   *
   * The verbs below check this themselves, and throw a {@link MemoryFaultError} otherwise.
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
   * The UTF-8 text at `address`: `byteLength` bytes, or up to the first NUL when that is -1. Malformed bytes become
   * U+FFFD.
   */
  text(address: Address, byteLength: number): string;
  /**
   * One value, read without a window: a `bigint` for 64-bit types and pointers, a number for the others (`bool` too).
   */
  peek(address: Address, type: PeekType): number | bigint;
  /** One value, written without a window. */
  poke(address: Address, type: PeekType, value: number | bigint): void;
  /** The same at less cost, for callers that know the type. */
  readonly access: Access;

  // Calls and callbacks

  /**
   * The frame of this environment, {@link FRAME.SLOTS} slots long: a part of a buffer. {@link arrayOn} makes typed
   * arrays of it.
   */
  readonly frame: DataView<ArrayBuffer>;
  /**
   * Memory for what C is passed by address during calls: a stack, so a callback that calls again never overwrites what
   * the outer call passed.
   *
   * To push, a caller moves {@link FRAME.SCRATCH} by a multiple of {@link SCRATCH_ALIGN}; it moves it back when the
   * call is over.
   */
  readonly scratch: DataView<ArrayBuffer>;
  /**
   * Pushes `text` to the scratch memory, as UTF-8 with a NUL after it, and returns the byte at which it begins; a lone
   * surrogate becomes U+FFFD.
   *
   * For a text that cannot be written so it returns a {@link PUSHED}, and pushes nothing.
   */
  pushText(text: string): number;
  /**
   * `text` for the address in the result slot, up to the first NUL; null for NULL. Without arguments it takes two
   * thirds of the time.
   *
   * @throws MemoryFaultError
   */
  resultText(): string | null;
  /**
   * Whether the machine code of the function at `address` shows that it calls nothing, so that its calls are leaf
   * calls. Only small functions are recognised: it may return a false negative.
   */
  callsNothing(address: Address): boolean;
  /**
   * Whether the function at `address` is known to run JavaScript by other means than closures: one of Node-API,
   * `uv_run`. Its calls must be made {@link Signature.here}.
   */
  runsJavaScript(address: Address): boolean;
  /** Prepares a signature. @throws TypeError for a signature that nothing here can call. */
  prepare(signature: Signature): PreparedCall;
  /**
   * A function that makes several calls, in order, at the cost of entering native code once; null where there is no
   * such way.
   *
   * The calls have frames of their own in `memory`, which the caller of the function keeps. None of them may call back,
   * as with {@link PreparedCall.leaf}. While it runs, {@link FRAME.TARGET} of the environment's frame is not 0.
   */
  chain(memory: BigUint64Array, steps: readonly ChainStep[]): (() => void) | null;
  /**
   * A C function of this signature that enters JavaScript by calling `enter` without arguments.
   *
   * `enter` is held weakly: the caller must keep `enter` as long as the closure is to work (so a cycle of a callback
   * and its function can be collected). C that calls it on another thread waits until this thread has run it (in its
   * event loop, or in an `enter` that waits for a call {@link Signature.elsewhere}). What `enter` throws is rethrown by
   * the `enter()` of the C call that ran the closure, after that call; without such a call it is an uncaught exception.
   * C gets zero then. `name` is for the message when C calls it after it was freed.
   */
  closure(signature: Signature, enter: () => void, name?: string): Closure;
  /** The message of the error for {@link FAULT.FREED}: it names the closure. */
  freedMessage(): string;

  /**
   * Begins a switching call, or resumes the innermost suspended one. It returns when that call has ended or has called
   * a closure.
   */
  readonly go: () => void;
  /**
   * Runs the closure that a suspended C function called. @throws what it throws, or Error when the closure cannot be
   * run.
   */
  readonly serve: () => void;
  /** What {@link FRAME.ENTRY} must be to resume a suspended call; 0 where no call is switching. */
  readonly resumeEntry: number;

  /**
   * Saves the frame, calls `run` with it marked as free, and restores it: for a caller that finds the frame in use
   * (`frame.ts`). Returns what `run` returns. The contents of `memory`, if given, are restored likewise, even when
   * `run` was terminated.
   *
   * C functions that were suspended in `run` and whose JavaScript was terminated run to their end.
   */
  withOwnFrame<T>(run: () => T, memory: Int32Array | null): T;

  // References

  /**
   * The hidden member that makes `structuredClone` and `postMessage` refuse an object; null where there is none, and
   * they return an object without members instead.
   */
  readonly uncloneable: UncloneableMark | null;
  /** A reference that does not keep `object` alive, not even until the end of the current job, as a `WeakRef` does. */
  weak(object: object): number;
  /** The object that it refers to; undefined once that has been collected. */
  weakValue(reference: number): object | undefined;
  /** Frees a reference. Once per reference. */
  endWeak(reference: number): void;

  // Calls elsewhere

  /**
   * Sets the listener for the end of submitted calls, once per environment. Each end is reported in a turn of the event
   * loop, which it may share with others.
   *
   * The frame has the result as after `enter`, and the call's `errno` if the signature asks for it. `thrown` is what a
   * callback threw in the call.
   *
   * `within` runs each callback that C calls in a submitted call, on the thread that makes it: it calls `serve` once,
   * in a context of its choice.
   */
  onSettled(
    settle: (job: number, hasThrown: boolean, thrown: unknown) => void,
    within?: (job: number, serve: () => void) => void,
  ): void;
  /** Cancels a submitted call; false when it has begun. */
  cancel(job: number): boolean;
  /**
   * The same as {@link PreparedCall.atEnd} for many values: keeps a call `target(item)` for each item of `items` that
   * is not 0 by then, the last first. `target` takes one integer or pointer. The caller keeps `items` alive.
   */
  callEachAtEnd(target: number, items: BigUint64Array): number;
  /** Cancels a call that was kept for the end of the environment; false when there is none of this number. */
  cancelAtEnd(number: number): boolean;
  /** The most threads that the process may have for submitted calls; a count above 0 sets it. */
  threads(count: number): number;
}
