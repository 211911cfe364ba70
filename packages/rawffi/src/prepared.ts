/** What is made of a signature once: ways into C, and a way out of it. */
import type { Address, Signature } from "./types.ts";

/**
 * How a call goes, the fastest first: by a stub, machine code of our own, which V8 calls as it does its own code
 * (`"fast"`), or which is entered through V8's function callbacks (`"direct"`) or through Node-API (`"frame"`); or by
 * libffi, whichever way it is entered.
 */
export type Tier = "fast" | "direct" | "frame" | "libffi";

/** A prepared signature; it serves every C function that has it. */
export interface PreparedCall {
  readonly tier: Tier;
  /** To be written to {@link FRAME.ENTRY} before `enter()`; 0 when `enter` needs no entry. */
  readonly entry: number;
  /** Whether the target itself may be written there instead, as it takes no arguments and returns nothing. */
  readonly mayEnterTarget: boolean;
  /** To be written to {@link FRAME.PLAN} before `enter()`; 0 when there is none. */
  readonly plan: number;
  /**
   * Runs the call that the frame describes.
   *
   * Throws what a callback threw during the call; the C function has run to its end, with zero from that callback.
   * Throws a TypeError without running C for a signature that only libffi could call, and is known to call wrongly.
   */
  readonly enter: () => void;
  /**
   * The same without {@link FRAME.ENTRY}, faster, for a call during which no JavaScript can run; null where there is no
   * faster way.
   *
   * Use it only when {@link FRAME.CLOSURES} is 0, or when the function is known to call nothing back: V8 cannot leave
   * optimised code during such a call. A closure that is called all the same runs no JavaScript; C gets zero, and
   * {@link FRAME.FAULT} reports it afterwards.
   */
  readonly leaf: (() => void) | null;
  /**
   * `enter` under the conditions of `leaf`, where there is no `leaf`: an eighth faster. Null where it would not be.
   */
  readonly enterLeaf: (() => void) | null;
  /**
   * To be written to {@link FRAME.ENTRY} before {@link RawFFI.go}, a faster `enter` with faster callbacks: C runs on
   * its own part of the stack, and is suspended there when it calls a closure. 0 where there is no such way. C must not
   * run JavaScript by any means but closures then.
   *
   * When {@link FRAME.SUSPENDED} is not 0 afterwards, C waits. The caller then repeats these steps until it is 0:
   *
   *   1. call `rawffi.serve()`, then set {@link FRAME.TARGET} to 1, for the frame is in use again; if it throws, also
   *      set the first word of {@link FRAME.SUSPENDED} to 0 and the second to 1, so that C gets zero
   *   2. write {@link RawFFI.resumeEntry} to {@link FRAME.ENTRY}
   *   3. call `rawffi.go()` from the same place as before: this keeps return-address prediction working
   *
   * Finally it rethrows what was thrown first.
   */
  readonly switching: number;
  /**
   * `leaf` with arguments instead of those in the frame, for signatures that V8 can call itself; null where there is no
   * such way.
   */
  readonly handed: HandedCall | null;
  /**
   * For a signature with {@link Signature.elsewhere}: begins the call, and returns the number by which {@link
   * RawFFI.onSettled} reports its end.
   */
  readonly submit: (() => number) | null;
  /**
   * Likewise: keeps the call for the end of this environment, and returns the number by which {@link
   * RawFFI.cancelAtEnd} cancels it.
   *
   * An environment ends when a worker ends or is terminated, and when the event loop of the main thread is empty; not
   * by `process.exit()` there, nor by a fatal error, after which the system frees everything. JavaScript cannot run any
   * more: a closure that is called gives zero. Such calls are made once, the last kept first, after all others of the
   * environment. The library of the function stays loaded for them; what goes by address must stay where it is.
   */
  readonly atEnd: (() => number) | null;
}

/**
 * A leaf call with arguments. The caller writes the target to {@link FRAME.TARGET} before the call, and 0 after it. The
 * call returns the result, which is not in the frame: of an integer narrower than 32 bits with any bits above it. An
 * argument is what its slot takes, a number.
 */
export interface HandedCall {
  /** Takes the arguments in the order of `order`. */
  readonly call: (...args: number[]) => number | undefined;
  readonly order: readonly number[];
  /**
   * Whether the result is in {@link FRAME.RESULT} all the same, since it has 64 bits: what is returned is the double
   * nearest to it as a signed integer.
   */
  readonly isWord: boolean;
}

/** One call of a chain. */
export interface ChainStep {
  /**
   * Its types fit a slot; it is not variadic and has no options. A parameter whose value is copied from a result is not
   * of type `number`.
   */
  readonly signature: Signature;
  /** The C function. */
  readonly target: Address;
  /**
   * The slot of the chain's memory at which the frame of this call begins; its arguments and its result are where
   * {@link FRAME} says.
   */
  readonly frame: number;
  /** Slots that are copied to others before this call. */
  readonly copies: readonly (readonly [from: number, to: number])[];
  /**
   * The chain ends after this call unless the low 32 bits of its result are equal to this; with null it always goes on.
   */
  readonly goesOnWith: number | null;
}

/** A C function that calls JavaScript. */
export interface Closure {
  /** The address to give to C. */
  readonly address: number;
  /**
   * Ends the closure. If C calls it afterwards, C gets zero and the JavaScript that called C gets an error; its memory
   * is reused only after many other closures were freed. Freeing twice is allowed.
   */
  free(): void;
}
