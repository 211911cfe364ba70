/**
 * Calling C without waiting for it.
 *
 * How such a call happens
 *   1. laterCalls            converts the arguments, and moves what they point to where it can stay (`later.ts`)
 *   2. PreparedCall.submit   gives the call to a thread of rawffi's pool
 *   3. settle                reads the result out of the frame, and settles the promise
 * A {@link Job} keeps all of it alive from 1 to 3, and the memory of buffers where it is: who transfers one away
 * meanwhile finds that the call is rejected, but C still works on memory that is there.
 */
import { AsyncResource } from "node:async_hooks";
import { type Address, FRAME, own, type PreparedCall, rawffi } from "rawffi";
import { describe } from "../memory/errors.ts";
import type { Memory } from "../memory/memory.ts";
import { giveBack } from "../memory/text.ts";
import type { Traits } from "../types/protocol.ts";
import { endUse } from "./interrupted.ts";
import { type LaterCall, laterCalls, releaseBuffers } from "./later.ts";
import { type Callee, type CallShape, slotRowOf, stillThere } from "./shape.ts";

export interface AsyncOptions {
  /** Cancels the call if no thread has started it yet; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A C function whose calls are made on another thread. */
export interface AsyncCall<A extends readonly unknown[], R> {
  /**
   * Begins the call; the promise gives its result. Arguments, and the memory they point to, stay alive until then.
   *
   * Wrong arguments and what a callback threw during the call reject the promise.
   */
  (...args: A): Promise<R>;
  /**
   * The same with options: `await nap.async.with({ signal: AbortSignal.timeout(100) })(1)`.
   */
  with(options: AsyncOptions): (...args: A) => Promise<R>;
}

/**
 * Sets how many threads may make calls of `async` at the same time, in the whole process, and gives the number there
 * was. They are four unless set, and are none of libuv's.
 *
 * @throws TypeError for what is no count.
 */
export function set_async_threads(count: number): number {
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new TypeError(`set_async_threads(): expected a count from 1 to 1024, got ${describe(count)}`);
  }
  const old = rawffi.threads(0);
  rawffi.threads(count);
  return old;
}

type Check = ((result: unknown, args: readonly unknown[]) => unknown) | null;

/**
 * Makes the asynchronous call of the function at `address`; `check` sees results first, if there is one at that time.
 */
export function makeAsync(
  shape: CallShape,
  callee: Callee,
  address: Address,
  check: () => Check,
): AsyncCall<unknown[], unknown> {
  const submit = laterCalls(shape, callee, address, start);
  const { result } = shape;
  const begin = (args: readonly unknown[], signal: AbortSignal | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const job: Job = {
        ...submit(args),
        callee,
        result,
        resolve,
        reject,
        check: check(),
        context: new AsyncResource("ctypes.async"),
        end: undefined,
      };
      jobs.set(job.number, job);
      callee.count?.(1);
      if (signal !== undefined) abortBy(signal, job);
    });
  const call = (...args: unknown[]) => begin(args, undefined);
  return Object.assign(call, {
    with: (options: AsyncOptions) => {
      const signal = signalOf(options);
      return (...args: unknown[]) => begin(args, signal);
    },
  });
}

// -- Private ---------------------------------------------------------------------------------------

interface Job extends LaterCall {
  readonly callee: Callee;
  readonly result: Traits | null;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
  check: Check;
  /** The asynchronous context of who made the call. */
  readonly context: AsyncResource;
  /** Ends the wait for a signal. */
  end: (() => void) | undefined;
}

const jobs = new Map<number, Job>();
let isListening = false;

function start({ submit }: PreparedCall): number {
  if (!isListening) rawffi.onSettled(settle, within);
  isListening = true;
  return (submit as () => number)();
}

/** Callbacks run where the call was begun: what `AsyncLocalStorage` has there it has in them, too. */
function within(number: number, serve: () => void): void {
  const context = jobs.get(number)?.context;
  if (context === undefined) serve();
  else context.runInAsyncScope(serve);
}

function ended(job: Job): void {
  jobs.delete(job.number);
  job.callee.count?.(-1);
  releaseBuffers(job.retained);
  job.end?.();
}

function settle(number: number, hasThrown: boolean, thrown: unknown): void {
  const job = jobs.get(number);
  const result = job?.result ?? null;
  const got = result === null || result.slot === "wide" || hasThrown ? undefined : slotRowOf(result).read(FRAME.RESULT);
  endUse();
  if (job === undefined) return;
  ended(job);
  const { callee, args, kept } = job.running;
  for (const value of kept) if (value !== undefined) giveBack(value);
  if (hasThrown) {
    job.reject(thrown);
    return;
  }
  try {
    // Of memory that moved on meanwhile, nobody can say what C read, or who finds what it wrote.
    stillThere(callee, ...args.flatMap((arg, i) => [arg, kept[i]]));
    const value = received(job, got);
    job.resolve(job.check === null ? value : job.check(value, args));
  } catch (error) {
    job.reject(error);
  }
}

function received({ result, running }: Job, got: unknown): unknown {
  if (result === null) return undefined;
  return result.slot === "wide"
    ? result.load(running.memory as Memory, running.offset, null, 0)
    : result.receive(got as never);
}

function abortBy(signal: AbortSignal, job: Job): void {
  const abort = () => {
    if (!jobs.has(job.number) || !rawffi.cancel(job.number)) return;
    ended(job);
    job.reject(signal.reason);
  };
  job.end = () => signal.removeEventListener("abort", abort);
  signal.addEventListener("abort", abort);
}

function signalOf(options: AsyncOptions): AbortSignal | undefined {
  const read = own(options);
  for (const key of Object.keys(read)) {
    if (key !== "signal") throw new TypeError(`async.with(): there is no option "${key}"; there is signal`);
  }
  const { signal } = read;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`async.with(): option signal: expected an AbortSignal, got ${describe(signal)}`);
  }
  return signal;
}
