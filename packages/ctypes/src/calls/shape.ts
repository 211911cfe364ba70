/**
 * What a call is made of, how `rawffi` is told of it, and what all wrappers ask when a call is out of the ordinary.
 *
 * `wrapper/stages.ts` makes calls of it. A compiled wrapper runs nothing here when its call goes
 * well.
 */
import { FAULT, FRAME, own, type PreparedCall, type RawType, rawffi } from "rawffi";
import { ArgumentError, argumentError } from "../memory/errors.ts";
import { hex } from "../types/address.ts";
import type { Traits } from "../types/protocol.ts";
import { endUse, withOwnFrame } from "./interrupted.ts";
import { checkStillThere } from "./lent.ts";
import { frameDoubles, frameWords, type SlotRow, slots } from "./slots.ts";

/** What may be declared of the calls of a function: see `FunctionOptions`. */
export interface CallOptions {
  /** Whether C calls nothing back during the call: declared to be so, or not so; undefined is not declared. */
  readonly leaf?: boolean | undefined;
  /** Whether another thread makes the call while this one serves callbacks. */
  readonly pumped?: boolean | undefined;
  /** Whether C++ may throw out of it. */
  readonly throws?: boolean | undefined;
  /** Whether a fault leaves the call. */
  readonly guarded?: boolean | undefined;
}

/** These of what says more. */
export function callOptions(options: CallOptions): CallOptions {
  const { leaf, pumped, throws, guarded } = own(options);
  return { leaf, pumped, throws, guarded };
}

/** What a call is made of, in types. */
export interface CallShape extends CallOptions {
  readonly result: Traits | null;
  readonly parameters: readonly Traits[];
  /** The number of parameters in front of `...`, if there is one. */
  readonly fixed: number | undefined;
  readonly usesErrno: boolean;
  /** Whether pointers are checked before C gets them, and text before it is read: of a library that is `checked`. */
  readonly isChecked: boolean;
}

/** What a wrapper knows of its function, and who is asked when a call is out of the ordinary. */
export interface Callee {
  /** As in messages: `strlen`. */
  readonly name: string;
  /** Takes the call over: an `errcheck` was set, the declaration was changed, the library was closed. */
  divert: ((args: unknown[]) => unknown) | null;
  /**
   * Throws why there is nothing to call any more: a conversion, which runs any JavaScript, may have closed the library.
   */
  readonly ended: (() => never) | null;
  /**
   * Is told of functions that are passed, for a library is not closed while it has callbacks; null where there is no
   * library.
   */
  readonly lend: ((value: unknown) => void) | null;
  /**
   * Is told of calls on other threads, 1 as one begins and -1 as it ends, for a library is not closed under them; null
   * as above.
   */
  readonly count: ((change: 1 | -1) => void) | null;
  /** What made its wrapper: other functions of its shape find it as long as one of them lives. */
  maker: Maker | null;
}

export type Callable = (...args: unknown[]) => unknown;
/** `target` is the C function's address, as `bitsOf` has it. */
export type Maker = (callee: Callee, target: number) => Callable;

// -- For rawffi ------------------------------------------------------------------------------------

/**
 * How addresses and 64-bit integers go that JavaScript has as numbers: as such (`numbers`, one store), or bit for bit
 * (`bits`), as bigints and numbers must that are none exactly. A wrapper goes by `numbers`, and leaves the calls that
 * need it to another one that goes by `bits`.
 */
export type WordsAs = "numbers" | "bits";

/** Makes a call of this shape ready. */
export function prepare(
  { result, parameters, fixed, usesErrno, leaf, pumped, throws, guarded }: CallShape,
  wordsAs: WordsAs,
): PreparedCall {
  return rawffi.prepare({
    result: result === null ? "void" : rawOf(result),
    parameters: parameters.map((traits) => (goesAsNumber(traits, wordsAs) ? "number" : rawOf(traits))),
    ...(fixed !== undefined && { fixed }),
    errno: usesErrno,
    ...(pumped === true && { elsewhere: true }),
    ...(throws && { throws }),
    ...(guarded && { guarded }),
    ...(leaf === false && { here: true }),
  });
}

function rawOf(traits: Traits): RawType {
  return traits.rawArgument ?? traits.raw;
}

// -- Arguments -------------------------------------------------------------------------------------

export function slotRowOf(traits: Traits): SlotRow {
  return slots[traits.slot as "i32"];
}

/** Whether an argument is written as a number that rawffi makes an integer of. */
export function goesAsNumber(traits: Traits, wordsAs: WordsAs): boolean {
  return wordsAs === "numbers" && mayNeedBits(traits);
}

/** Whether an argument can turn out to need `bits`. */
export function mayNeedBits(traits: Traits): boolean {
  return slotRowOf(traits).asNumber === true;
}

/** Whether a converted argument does. Of an address it is enough to ask whether it is a bigint. */
export function needsBits(value: unknown): boolean {
  return !(typeof value === "number" && value >= -MOST_EXACT && value <= MOST_EXACT);
}

/** Numbers beyond it may stand for other integers, too. */
export const MOST_EXACT = 2 ** 53;

/** Whether what is passed may come with something to be kept alive. */
export function goesByAddress({ slot }: Traits): boolean {
  return slot === "address" || slot === "wide";
}

/** Whether bytes may be lent to it for the call. */
export function lendsBytes({ slot, usesScratch }: Traits): boolean {
  return slot === "address" && usesScratch;
}

/** Whether it takes C functions, of which the library is told. */
export function takesFunctions(traits: Traits): boolean {
  return traits.symbol !== undefined && traits.pointee === traits.type;
}

// -- Called by wrappers ----------------------------------------------------------------------------

/** Has another thread make the call, and waits for it. */
export function enterElsewhere(callee: Callee, enter: () => void): void {
  callee.count?.(1);
  try {
    enter();
  } catch (error) {
    endUse();
    throw error;
  } finally {
    callee.count?.(-1);
  }
}

// By itself: optimised code takes it for granted.
const { TARGET } = FRAME;

/**
 * Says after the call that the frame is not in use any more. A value that is still to be used is still alive, also in
 * optimised code, where a parameter whose last use is over may be collected while C works on its memory.
 */
export function isOver(..._kept: unknown[]): void {
  frameDoubles[TARGET] = 0;
}

/** Looks at arguments again: each one, and then what stands for it. */
export function stillThere(callee: Callee, ...given: unknown[]): void {
  for (let i = 0; i < given.length; i++) {
    try {
      checkStillThere(given[i]);
    } catch (error) {
      throw wrongArgument(callee, i >> 1, error);
    }
  }
}

/** What a leaf call that called back is answered with. */
export function leafFault(callee: Callee): Error {
  const fault = frameWords[2 * FRAME.FAULT];
  frameWords[2 * FRAME.FAULT] = 0;
  endUse();
  if (fault === FAULT.FREED) return new Error(rawffi.freedMessage());
  return new Error(
    `${callee.name}(): it is declared { leaf: true } and called a callback, which was not run; C got zero`,
  );
}

/**
 * What takes over the calls that are out of the ordinary: gives them to who diverts them, or has the wrapper make them
 * again where they are in the middle of other ones (`interrupted.ts`).
 *
 * @throws ArgumentError when the number of arguments is what is out of the ordinary.
 */
export function unusualCalls(callee: Callee, count: number, wrapper: () => Callable): Callable {
  return (...args) => {
    if (callee.divert !== null) return callee.divert(args);
    if (args.length === count) return withOwnFrame(() => wrapper()(...args));
    throw countError(callee.name, `${count} argument${count === 1 ? "" : "s"}`, args.length);
  };
}

/** What calling something is answered with that is no place in memory. */
export function notCallable(callee: Callee, address: bigint): RangeError {
  return new RangeError(`${callee.name}(): ${hex(address)} is not an address of user space, so no function is there`);
}

/** `strlen(): expected 1 argument, got 2` */
export function countError(name: string, wanted: string, got: number): ArgumentError {
  return new ArgumentError(`${name}(): expected ${wanted}, got ${got}`);
}

export function wrongArgument(callee: Callee, index: number, error: unknown): Error {
  return argumentError(`${callee.name}(): argument ${index + 1}`, error);
}
