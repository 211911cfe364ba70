/**
 * Calling C without waiting for it.
 *
 * How such a call happens
 *   1. Traits.pass           converts the arguments, as in `compiled.ts`
 *   2. what lies on the scratch stack, and what goes by value, moves to memory of the call's own
 *   3. PreparedCall.submit   gives the call to a thread of rawffi's pool
 *   4. settle                reads the result out of the frame, and settles the promise
 * A {@link Job} keeps all of it alive from 1 to 4, and the memory of buffers where it is: who transfers one away meanwhile finds that the call is
 * rejected, but C still works on memory that is there.
 */
import { FRAME, type PreparedCall, rawffi } from "rawffi";
import { describe } from "../memory/errors.ts";
import { copy, type Memory, memoryAt } from "../memory/memory.ts";
import { popScratch, reserve, reserved, scratch, scratchTop } from "../memory/slab.ts";
import { passing } from "../types/arguments.ts";
import { Argument, type Traits } from "../types/protocol.ts";
import { lentBuffers } from "./lent.ts";
import {
  type Callee,
  type CallShape,
  checkAgain,
  checkMemory,
  countError,
  goesAsNumber,
  prepare,
  rowOf,
  wrongArgument,
} from "./shape.ts";
import { bitsOf, frameDoubles, slots, writeAddress } from "./slots.ts";

export interface AsyncOptions {
  /** Takes the call back while no thread has begun with it; the promise is then rejected with the signal's reason. */
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
 * Sets how many threads may make calls of `async` at the same time, in the whole process, and gives the number there was. They are four unless set, and
 * are none of libuv's.
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

/** Makes the asynchronous call of the function at `address`; `check` sees results first, if there is one at that time. */
export function makeAsync(
  shape: CallShape,
  callee: Callee,
  address: number,
  check: () => Check,
): AsyncCall<unknown[], unknown> {
  const submit = submitter(shape, callee, bitsOf(address));
  const begin = (args: readonly unknown[], signal: AbortSignal | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const job = submit(args);
      Object.assign(job, { resolve, reject, check: check() });
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

/** A call under way, with all that C may look at. */
interface Job {
  readonly number: number;
  readonly callee: Callee;
  readonly result: Traits | null;
  readonly args: readonly unknown[];
  readonly passed: readonly unknown[];
  readonly kept: readonly unknown[];
  /** What `rawffi.retain` gave for buffers that C may work on. */
  readonly retained: number[];
  /** Where a wide result goes. */
  readonly memory: Memory;
  readonly offset: number;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
  check: Check;
  /** Ends the wait for a signal. */
  end?: () => void;
}

const jobs = new Map<number, Job>();
let isListening = false;

function submitter(shape: CallShape, callee: Callee, target: number): (args: readonly unknown[]) => Job {
  const { result, parameters } = shape;
  const passes = parameters.map(passing);
  let prepared: PreparedCall | undefined;
  return (args) => {
    const count = parameters.length;
    if (args.length !== count) throw countError(callee.name, `${count} argument${count === 1 ? "" : "s"}`, args.length);
    prepared ??= prepare({ ...shape, pumped: true }, "bits");
    const mark = scratchTop();
    try {
      const passed = passes.map((pass, i) => {
        try {
          return pass(args[i]);
        } catch (error) {
          throw wrongArgument(callee, i, error);
        }
      });
      checkAgain(callee, parameters, args, passed);
      const values = passed.map((value) => (value instanceof Argument ? value.value : value));
      const kept = [keepScratch(parameters, values, mark), keepWide(parameters, values)];
      const offset = result?.slot === "wide" ? reserve(result.size, result.align) : 0;
      const memory = reserved;
      frameDoubles[FRAME.TARGET] = target;
      writeAddress(FRAME.ENTRY, prepared.entry);
      writeAddress(FRAME.PLAN, prepared.plan);
      if (result?.slot === "wide") writeAddress(FRAME.RESULT, memory.base + offset);
      parameters.forEach((traits, i) => {
        if (goesAsNumber(traits, "bits")) frameDoubles[FRAME.ARGUMENTS + i] = values[i] as number;
        else rowOf(traits).write(FRAME.ARGUMENTS + i, values[i] as never);
      });
      const number = start(prepared);
      return begun({ number, callee, result, args, passed, kept, retained: [], memory, offset } as unknown as Job);
    } finally {
      popScratch(mark);
    }
  };
}

function start({ submit }: PreparedCall): number {
  if (!isListening) rawffi.onSettled(settle);
  isListening = true;
  return (submit as () => number)();
}

function begun(job: Job): Job {
  jobs.set(job.number, job);
  job.callee.count?.(1);
  const given = [job.args, job.passed.map((value) => (value instanceof Argument ? value.kept : undefined))];
  for (const buffer of lentBuffers(given.flat())) job.retained.push(rawffi.retain(buffer));
  return job;
}

function ended(job: Job): void {
  jobs.delete(job.number);
  job.callee.count?.(-1);
  for (const number of job.retained) if (number !== 0) rawffi.release(number);
  job.end?.();
}

/** Copies what was pushed above `mark` and lets the values point there: the stack is for calls that are over sooner. */
function keepScratch(parameters: readonly Traits[], values: unknown[], mark: number): unknown {
  const byteLength = scratchTop() - mark;
  if (byteLength === 0) return undefined;
  const offset = reserve(byteLength, 16);
  const memory = reserved;
  copy(memory, offset, scratch, mark, byteLength);
  const first = scratch.base + mark;
  parameters.forEach(({ usesScratch }, i) => {
    const at = Number(values[i]) - first;
    if (usesScratch && at >= 0 && at < byteLength) values[i] = memory.base + offset + at;
  });
  return memory;
}

/** Copies what goes by value: C gets it as it is now, not as it is when a thread has time. */
function keepWide(parameters: readonly Traits[], values: unknown[]): unknown[] {
  return parameters.map(({ slot, size, align }, i) => {
    if (slot !== "wide" || size === 0) return undefined;
    const from = values[i] as number;
    const offset = reserve(size, align);
    const memory = reserved;
    const source = memoryAt(from);
    copy(memory, offset, source, from - source.base, size);
    values[i] = memory.base + offset;
    return memory;
  });
}

function settle(number: number, hasThrown: boolean, thrown: unknown): void {
  const job = jobs.get(number);
  if (job === undefined) return;
  ended(job);
  if (hasThrown) {
    job.reject(thrown);
    return;
  }
  try {
    // Of memory that moved on meanwhile, nobody can say what C read, or who finds what it wrote.
    checkMemory(job.callee, job.args, job.passed);
    const result = received(job);
    job.resolve(job.check === null ? result : job.check(result, job.args));
  } catch (error) {
    job.reject(error);
  }
}

function received({ result, memory, offset }: Job): unknown {
  if (result === null) return undefined;
  if (result.slot === "wide") return result.load(memory, offset, null, 0);
  return result.receive(slots[result.slot as "i32"].read(FRAME.RESULT) as never);
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
  for (const key of Object.keys(options)) {
    if (key !== "signal") throw new TypeError(`async.with(): there is no option "${key}"; there is signal`);
  }
  const { signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`async.with(): option signal: expected an AbortSignal, got ${describe(signal)}`);
  }
  return signal;
}
