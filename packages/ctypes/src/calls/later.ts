/**
 * Calls that C makes later, while or after other JavaScript runs: on another thread (`async.ts`), or when the
 * environment ends (`atend.ts`).
 *
 * What such a call is given must stay where it is meanwhile. What lies on the scratch stack, and what goes by value,
 * moves to memory of the call's own; and the memory of buffers stays where it is, whoever they are transferred to.
 */
import { type Address, FRAME, type PreparedCall, rawffi } from "rawffi";
import { copy, type Memory, memoryAt } from "../memory/memory.ts";
import { place, popScratch, reserve, reserved, scratch, scratchTop } from "../memory/slab.ts";
import { passing } from "../types/arguments.ts";
import { Argument, type Traits } from "../types/protocol.ts";
import { endUse, isFrameInUse, withOwnFrame } from "./interrupted.ts";
import { lentBuffers } from "./lent.ts";
import {
  type Callee,
  type CallShape,
  checkAgain,
  countError,
  notCallable,
  prepare,
  rowOf,
  wrongArgument,
} from "./shape.ts";
import { bitsOf, frameDoubles, writePlace } from "./slots.ts";

/** A call under way, with all that C may look at: who holds it keeps that alive. */
export interface LaterCall {
  /** What `begin` gave. */
  readonly number: number;
  readonly args: readonly unknown[];
  readonly passed: readonly unknown[];
  readonly kept: readonly unknown[];
  /** What `rawffi.retain` gave for buffers that C may work on. */
  readonly retained: readonly number[];
  /** Where a wide result goes. */
  readonly memory: Memory;
  readonly offset: number;
}

/** Converts arguments, writes them to the frame, and has `begin` take the call from there. */
export function laterCalls(
  shape: CallShape,
  callee: Callee,
  address: Address,
  begin: (prepared: PreparedCall) => number,
): (args: readonly unknown[]) => LaterCall {
  const { result, parameters } = shape;
  const passes = parameters.map(passing);
  let prepared: PreparedCall | undefined;
  const call = (args: readonly unknown[]): LaterCall => {
    if (typeof address === "bigint") throw notCallable(callee, address);
    if (isFrameInUse()) return withOwnFrame(() => call(args));
    const count = parameters.length;
    if (args.length !== count) throw countError(callee.name, `${count} argument${count === 1 ? "" : "s"}`, args.length);
    prepared ??= prepare({ ...shape, pumped: true }, "bits");
    const mark = scratchTop();
    let retained: readonly number[] = [];
    try {
      const passed = passes.map((pass, i) => {
        try {
          return pass(args[i]);
        } catch (error) {
          throw wrongArgument(callee, i, error);
        }
      });
      // This may run JavaScript, as the conversions may.
      retained = retain(args, passed);
      checkAgain(callee, parameters, args, passed);
      const values = passed.map((value) => (value instanceof Argument ? value.value : value));
      const kept = [keepScratch(parameters, values, mark), keepWide(parameters, values)];
      const offset = result?.slot === "wide" ? reserve(result.size, result.align) : 0;
      const memory = reserved;
      frameDoubles[FRAME.TARGET] = bitsOf(address);
      writePlace(FRAME.ENTRY, prepared.entry);
      writePlace(FRAME.PLAN, prepared.plan);
      if (result?.slot === "wide") writePlace(FRAME.RESULT, memory.base + offset);
      parameters.forEach((traits, i) => {
        rowOf(traits).write(FRAME.ARGUMENTS + i, values[i] as never);
      });
      const number = begin(prepared);
      endUse();
      return { number, args, passed, kept, retained, memory, offset };
    } catch (error) {
      endUse();
      releaseBuffers(retained);
      throw error;
    } finally {
      popScratch(mark);
    }
  };
  return call;
}

/** Ends the hold on buffers, when C has done what it was to do. */
export function releaseBuffers(retained: readonly number[]): void {
  for (const number of retained) if (number !== 0) rawffi.release(number);
}

// -- Private ---------------------------------------------------------------------------------------

function retain(args: readonly unknown[], passed: readonly unknown[]): number[] {
  const given = [args, passed.map((value) => (value instanceof Argument ? value.kept : undefined))];
  return [...lentBuffers(given.flat())].map((buffer) => rawffi.retain(buffer));
}

/** Copies what was pushed above `mark` and lets the values point there: the stack is for calls that are over sooner. */
function keepScratch(parameters: readonly Traits[], values: unknown[], mark: number): unknown {
  const byteLength = scratchTop() - mark;
  if (byteLength === 0) return undefined;
  const { offset, memory } = place(byteLength, 16);
  copy(memory, offset, scratch, mark, byteLength);
  const first = scratch.base + mark;
  parameters.forEach(({ usesScratch }, i) => {
    const at = (typeof values[i] === "number" ? values[i] : 0) - first;
    if (usesScratch && at >= 0 && at < byteLength) values[i] = memory.base + offset + at;
  });
  return memory;
}

/** Copies what goes by value: C gets it as it is now, not as it is when a thread has time. */
function keepWide(parameters: readonly Traits[], values: unknown[]): unknown[] {
  return parameters.map(({ slot, size, align }, i) => {
    if (slot !== "wide" || size === 0) return undefined;
    const from = values[i] as number;
    const { offset, memory } = place(size, align);
    const source = memoryAt(from);
    copy(memory, offset, source, from - source.base, size);
    values[i] = memory.base + offset;
    return memory;
  });
}
