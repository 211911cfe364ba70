/**
 * Calls that C makes when this environment ends, for who holds what C must give back: JavaScript cannot do it then.
 */
import { type PreparedCall, rawffi } from "rawffi";
import { describe } from "../memory/errors.ts";
import { plainShape } from "./declaration.ts";
import { type FunctionState, stateOf } from "./funcdata.ts";
import { type LaterCall, laterCalls, releaseBuffers } from "./later.ts";
import { type CallShape, notCallable } from "./shape.ts";

/** A call that is left for the end of this environment. */
export interface EndCall {
  /** Cancels the call. Returns whether it was still to be made: false the second time. */
  cancel(): boolean;
  [Symbol.dispose](): void;
}

/**
 * Has C make the call `func(...args)` when this environment ends, unless it is cancelled: for a library's handle that
 * its owner may not come to close, as the worker it lives in is terminated.
 *
 *     import { atEnd, CDLL, CFUNCTYPE, c_int } from "ctypes-js";
 *
 *     const libc = new CDLL(null, { dup: CFUNCTYPE(c_int, c_int), close: CFUNCTYPE(c_int, c_int) });
 *     const fd = libc.dup(1);
 *     const closing = atEnd(libc.close, fd);   // in a worker that is terminated now, fd is closed
 *     closing.cancel();                        // true
 *     libc.close(fd);
 *
 * The end is that of the worker that this runs in, when its JavaScript has ended or was terminated; on the main thread
 * it is the end of the event loop, and not `process.exit()` or a fatal error, with which the system takes back all it
 * has given. Calls are made once, the one that was left last comes first, after all other calls of the environment. No
 * JavaScript can run: a callback that C calls gives zero, and nobody sees the result. The library stays loaded until
 * then, also when it is closed. Arguments are converted now; they and the memory they point to are kept. Leaving and
 * cancelling a call take about a microsecond.
 *
 * @throws TypeError for what is no C function with declared types, ArgumentError as the call itself does, LibraryError
 * when its library is closed.
 */
export function atEnd<A extends readonly unknown[]>(func: (...args: A) => unknown, ...args: A): EndCall {
  const call = leaver(functionState("atEnd()", func))(args);
  const { number } = call;
  calls.set(number, call);
  const cancel = () => {
    calls.delete(number);
    const isCancelled = rawffi.cancelAtEnd(number);
    if (isCancelled) releaseBuffers(call.retained);
    return isCancelled;
  };
  return { cancel, [Symbol.dispose]: cancel };
}

/**
 * Things of one kind that C gives back by `func(thing)` when this environment ends, unless they were removed before:
 * what {@link atEnd} does, for many of them. To add and to remove one costs some ten nanoseconds.
 *
 *     import { CDLL, CFUNCTYPE, c_int, EndList } from "ctypes-js";
 *
 *     const libc = new CDLL(null, { dup: CFUNCTYPE(c_int, c_int), close: CFUNCTYPE(c_int, c_int) });
 *     const open = new EndList(libc.close);
 *     const fd = libc.dup(1);
 *     const place = open.add(fd);
 *     libc.close(fd);
 *     open.remove(place);
 *
 * `func` takes one integer or pointer. Of the things of a list nobody says which comes first; a list that was made
 * later comes before those made earlier, so where statements are made of connections, make the list of connections
 * first.
 *
 * @throws TypeError for what is no such function, LibraryError when its library is closed.
 */
export class EndList {
  readonly #target: number;
  readonly #chunks: { readonly items: BigUint64Array; readonly words: Uint32Array; readonly number: number }[] = [];
  /** Places that were used and are not, and how many places there are. */
  readonly #free: number[] = [];
  #used = 0;

  constructor(func: (thing: never) => unknown) {
    const state = functionState("EndList()", func);
    const { parameters } = shapeOf("EndList()", state);
    const [parameter] = parameters;
    if (parameters.length !== 1 || !INTEGERS.has(parameter?.slot as string)) {
      throw new TypeError(`EndList(): ${state.name}: expected a function of one integer or pointer`);
    }
    this.#target = state.address as number;
    this.#grow();
  }

  /**
   * Adds a handle, an address or another integer that is not 0, and gives its place in the list. @throws TypeError for
   * anything else.
   */
  add(thing: number | bigint): number {
    const bits = typeof thing === "bigint" || Number.isSafeInteger(thing) ? thing : 0;
    // biome-ignore lint/suspicious/noDoubleEquals: 0n is it as well
    if (bits == 0) throw new TypeError(`EndList.add(): expected an integer other than 0, got ${describe(thing)}`);
    const place = this.#free.pop() ?? this.#used++;
    if (place >> CHUNK_BITS === this.#chunks.length) this.#grow();
    this.#set(place, bits);
    return place;
  }

  /** Removes what is at this place: C does nothing with it at the end. @throws RangeError where there is nothing. */
  remove(place: number): void {
    const items = this.#chunks[place >> CHUNK_BITS]?.words;
    const at = 2 * (place & CHUNK_MASK);
    if (items === undefined || (items[at] === 0 && items[at + 1] === 0)) {
      throw new RangeError(`EndList.remove(): there is nothing at ${describe(place)}`);
    }
    items[at] = 0;
    items[at + 1] = 0;
    this.#free.push(place);
  }

  #set(place: number, bits: number | bigint): void {
    const { items, words } = this.#chunks[place >> CHUNK_BITS] as { items: BigUint64Array; words: Uint32Array };
    if (typeof bits === "bigint") {
      items[place & CHUNK_MASK] = bits;
      return;
    }
    words[2 * (place & CHUNK_MASK)] = bits;
    words[2 * (place & CHUNK_MASK) + 1] = Math.floor(bits / 2 ** 32);
  }

  #grow(): void {
    const items = new BigUint64Array(1 << CHUNK_BITS);
    const number = rawffi.callEachAtEnd(this.#target, items);
    const chunk = { items, words: new Uint32Array(items.buffer), number };
    this.#chunks.push(chunk);
    // C finds what is in it at the end, whoever holds the list.
    lists.add(items);
  }
}

// -- Private ---------------------------------------------------------------------------------------

type Leaver = (args: readonly unknown[]) => LaterCall;

/** What keeps their arguments. */
const calls = new Map<number, LaterCall>();
/** Slots of integers and addresses: what one register carries. */
const INTEGERS = new Set(["i32", "u32", "word", "uword", "i64", "u64", "address"]);
const lists = new Set<BigUint64Array>();
const CHUNK_BITS = 8;
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const leavers = new WeakMap<object, { readonly declared: unknown; readonly leave: Leaver }>();

function leaver(state: FunctionState): Leaver {
  const known = leavers.get(state);
  if (known?.declared === state.declared) return known.leave;
  const { result, parameters } = shapeOf("atEnd()", state);
  const leave = laterCalls(
    { result, parameters, usesErrno: false, fixed: undefined, isChecked: false },
    state,
    state.address,
    begin,
  );
  leavers.set(state, { declared: state.declared, leave });
  return leave;
}

function functionState(where: string, func: unknown): FunctionState {
  const state = stateOf(func);
  if (state === undefined) throw new TypeError(`${where}: argument 1: expected a C function, got ${describe(func)}`);
  state.ended?.();
  if (typeof state.address === "bigint") throw notCallable(state, state.address);
  if (state.callback !== undefined) {
    throw new TypeError(`${where}: ${state.name} is a callback, and no JavaScript can run at the end`);
  }
  return state;
}

function shapeOf(where: string, state: FunctionState): CallShape {
  const shape = plainShape(state.declared, state);
  if (shape !== null) return shape;
  throw new TypeError(
    `${where}: ${state.name}: only functions whose parameters and result are C types, and are no "..."`,
  );
}

function begin({ atEnd }: PreparedCall): number {
  return (atEnd as () => number)();
}
