/**
 * Calls that C makes later, while or after other JavaScript runs: on another thread (`async.ts`), or when the
 * environment ends (`atend.ts`).
 *
 * What such a call is given must stay where it is meanwhile. What lies on the scratch stack, and what goes by value,
 * moves to memory of the call's own; and the memory of buffers stays where it is, whoever they are transferred to.
 */
import { type Address, FRAME, type PreparedCall, rawffi } from "rawffi";
import { copy, memoryAt } from "../memory/memory.ts";
import { place, popScratch, scratch, scratchTop } from "../memory/slab.ts";
import type { Traits } from "../types/protocol.ts";
import { endUse, isFrameInUse, withOwnFrame } from "./interrupted.ts";
import { lentBuffers } from "./lent.ts";
import { type Callee, type CallShape, countError, notCallable } from "./shape.ts";
import { bitsOf, writePlace } from "./slots.ts";
import { type Running, runningCall } from "./wrapper/stage.ts";
import { type Stages, stagesOf } from "./wrapper/stages.ts";

/** A call under way, with all that C may look at: who holds it keeps that alive. */
export interface LaterCall {
  /** What `begin` gave. */
  readonly number: number;
  readonly running: Running;
  /** Where what lay on the scratch stack is, and what goes by value. */
  readonly moved: readonly unknown[];
  /** What `rawffi.retain` gave for buffers that C may work on. */
  readonly retained: readonly number[];
}

/** Converts arguments, writes them to the frame, and has `begin` take the call from there. */
export function laterCalls(
  shape: CallShape,
  callee: Callee,
  address: Address,
  begin: (prepared: PreparedCall) => number,
): (args: readonly unknown[]) => LaterCall {
  const { parameters } = shape;
  let stages: Stages | undefined;
  const call = (args: readonly unknown[]): LaterCall => {
    if (typeof address === "bigint") throw notCallable(callee, address);
    if (isFrameInUse()) return withOwnFrame(() => call(args));
    const count = parameters.length;
    if (args.length !== count) throw countError(callee.name, `${count} argument${count === 1 ? "" : "s"}`, args.length);
    const { prepared, convert, check, write } = (stages ??= stagesOf({ ...shape, pumped: true }, "bits"));
    const running = runningCall(callee, bitsOf(address), args);
    const mark = scratchTop();
    let retained: readonly number[] = [];
    try {
      convert.run(running);
      // This may run JavaScript, as the conversions may.
      retained = retain(running);
      check.run(running);
      const moved = [keepScratch(parameters, running.values, mark), keepWide(parameters, running.values)];
      write.run(running);
      writePlace(FRAME.ENTRY, prepared.entry);
      const number = begin(prepared);
      endUse();
      return { number, running, moved, retained };
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

function retain({ args, kept }: Running): number[] {
  return [...lentBuffers([...args, ...kept])].map((buffer) => rawffi.retain(buffer));
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
