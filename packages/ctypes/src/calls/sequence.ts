/**
 * Several calls of C made as one (`ctypes-js/sequence`).
 *
 * A call of a small C function costs about what entering native code costs. A sequence enters once: machine code makes
 * the calls one after the other, each with a frame of its own in the sequence's memory, where its arguments lie and its
 * result stays. An argument is written once (a constant), at each run (an argument of the run), or copied by the
 * machine code (the result of an earlier call).
 *
 *     memory  ├ step 0 ──────────────────────┼ step 1 ──────────────────────┼ …
 *               … result, argument 0, 1 …      … result, argument 0, 1 …
 */
import { type Address, FRAME } from "rawffi";
import { reserve, reserved } from "../memory/slab.ts";
import { resultText } from "../memory/text.ts";
import type { SlotKind } from "../types/protocol.ts";
import { beginUse, isFrameInUse, withOwnFrame } from "./interrupted.ts";
import { runOf } from "./run.ts";
import { frameDoubles, slots } from "./slots.ts";
import { type Call, Condition, callsOf, checkIndex, Later, type Step } from "./steps.ts";

/**
 * Calls of C that are always made together, made as one: in a third of the time, where they are small.
 *
 *     const Unary = CFUNCTYPE(c_int, c_int, { leaf: true });
 *     const { abs, toupper } = new CDLL(null, { abs: Unary, toupper: Unary });
 *     const both = new Sequence([abs, Sequence.argument(0)], [toupper, Sequence.result(0)]);
 *     both.run(-97);
 *     both.value(1);   // 65
 *
 * The functions are declared `{ leaf: true }`, and take and return integers, doubles and addresses: a pointer is a
 * number, 0 for NULL, or a bigint where a number is not exact. They are called in order, whatever they return, unless
 * {@link Sequence.goOnIf} follows one. Results stay until the next run. Where the runtime cannot make the calls as one,
 * they are made one by one.
 */
export class Sequence {
  /**
   * Makes all the calls, with the values of {@link Sequence.argument}.
   *
   * @throws ArgumentError for another number of them, TypeError for another kind.
   */
  readonly run: (...values: Address[]) => void;
  /** Whether the calls are made as one here; one by one they take longer than calling the functions. */
  readonly isOneCall: boolean;
  /**
   * The memory of the sequence, for reading results without a call: with {@link slot}, `words[2 * slot]` is an integer
   * of 32 bits, `doubles[slot]` a double or an address.
   */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly #bits: BigInt64Array;
  readonly #calls: readonly Call[];
  readonly #slots: readonly number[];

  /**
   * @throws TypeError for a function that cannot be part of a sequence, and a value that is none of its parameter's.
   */
  constructor(...steps: readonly (Step | Condition)[]) {
    const calls = callsOf(steps);
    let slots = 0;
    const frames = calls.map(({ values }) => {
      const frame = slots;
      slots += FRAME.ARGUMENTS + values.length + (values.length & 1);
      return frame;
    });
    const start = reserve(Math.max(slots, 1) * 8, 16);
    const { buffer } = reserved.memory;
    this.words = new Int32Array(buffer, start, 2 * slots);
    this.doubles = new Float64Array(buffer, start, slots);
    this.#bits = new BigInt64Array(buffer, start, slots);
    this.#calls = calls;
    this.#slots = frames.map((frame) => frame + FRAME.RESULT);
    const { run, isOneCall } = runOf(calls, frames, this.words, this.doubles, this.#bits);
    this.run = run;
    this.isOneCall = isOneCall;
  }

  /** The value that `run` receives at `index`. */
  static argument(index: number): Later {
    return new Later("argument", checkIndex("Sequence.argument", index));
  }

  /** What the earlier call number `step` returned, counted from 0. */
  static result(step: number): Later {
    return new Later("result", checkIndex("Sequence.result", step));
  }

  /**
   * After a step: what follows is called only if that call returned `value`. Results of calls that were not made stay
   * what they were.
   *
   *     const Unary = CFUNCTYPE(c_int, c_int, { leaf: true });
   *     const { abs, toupper } = new CDLL(null, { abs: Unary, toupper: Unary });
   *     const both = new Sequence([abs, Sequence.argument(0)], Sequence.goOnIf(97), [toupper, Sequence.result(0)]);
   *     both.run(-97);
   *     both.value(1);   // 65
   */
  static goOnIf(value: number): Condition {
    return new Condition(value);
  }

  /** Where the result of a call lies in {@link doubles}. @throws RangeError when there is no such call. */
  slot(step: number): number {
    const slot = this.#slots[step];
    if (slot === undefined) throw new RangeError(`Sequence.slot(): there is no step ${step}`);
    return slot;
  }

  /** What a call returned in the last run, as the function itself returns it; undefined where that returns nothing. */
  value(step: number): unknown {
    const slot = this.slot(step);
    const { result } = (this.#calls[step] as Call).shape;
    if (result === null) return undefined;
    if (result.slot === "address" && result.receiveResult !== undefined) return this.text(step);
    return result.receive(this.#read(slot, result.slot) as never);
  }

  /**
   * The text that a call's result points to, up to the first NUL, as of a function that returns a `char *`; null for
   * NULL.
   */
  text(step: number): string | null {
    if (isFrameInUse()) return withOwnFrame(() => this.text(step));
    beginUse();
    const slot = this.#slots[step] as number;
    const bits = this.doubles[slot] as number;
    if (!Number.isNaN(bits)) frameDoubles[FRAME.RESULT] = bits;
    // A NaN has many forms, and a copy may be another one.
    else slots.u64.write(FRAME.RESULT, BigInt.asUintN(64, this.#bits[slot] as bigint) as never);
    return resultText();
  }

  #read(slot: number, kind: SlotKind): number | bigint {
    if (kind === "f64") return this.doubles[slot] as number;
    if (kind === "i32") return this.words[2 * slot] as number;
    if (kind === "u32") return (this.words[2 * slot] as number) >>> 0;
    const bits = this.#bits[slot] as bigint;
    const value = kind === "word" || kind === "i64" ? bits : BigInt.asUintN(64, bits);
    return kind === "i64" || kind === "u64" || !Number.isSafeInteger(Number(value)) ? value : Number(value);
  }
}
