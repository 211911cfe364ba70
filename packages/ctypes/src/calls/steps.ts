/**
 * The steps of a sequence (`sequence.ts`): which functions can be one, and what they are called with.
 */
import type { Address } from "rawffi";
import { describe } from "../memory/errors.ts";
import type { Traits } from "../types/protocol.ts";
import { plainShape } from "./declaration.ts";
import { type FunctionState, stateOf } from "./funcdata.ts";
import { type CallShape, countError, notCallable, slotRowOf } from "./shape.ts";
import type { Representation } from "./slots.ts";

/** What stands for a value that is known when the sequence runs: {@link Sequence.argument}, {@link Sequence.result}. */
export class Later {
  readonly kind: "argument" | "result";
  readonly index: number;
  constructor(kind: "argument" | "result", index: number) {
    this.kind = kind;
    this.index = index;
  }
}

/** What ends a sequence after a call that returned something else: {@link Sequence.goOnIf}. */
export class Condition {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A function, and what it is called with. */
export type Step = readonly [func: object, ...values: (Address | Later)[]];

export interface Call {
  readonly state: FunctionState;
  readonly shape: CallShape;
  readonly values: readonly (Address | Later)[];
  /** What it must return for the sequence to go on; null for anything. */
  readonly goesOnWith: number | null;
  /** As messages name it: `Sequence: step 2`. */
  readonly where: string;
}

/** The calls of these steps. @throws TypeError for a function that cannot be a step, and a condition of none. */
export function callsOf(steps: readonly (Step | Condition)[]): Call[] {
  const calls: Call[] = [];
  for (const step of steps) {
    if (step instanceof Condition) calls.push(withCondition(calls.pop(), step));
    else calls.push(callOf(step, calls.length));
  }
  if (calls.length === 0) throw new TypeError("Sequence: expected at least one step");
  return calls;
}

function withCondition(call: Call | undefined, { value }: Condition): Call {
  const result = call?.shape.result;
  if (call === undefined || !result || representationOf(result) !== "int" || call.goesOnWith !== null) {
    throw new TypeError("Sequence: expected goOnIf() after a step that returns an integer of 32 bits");
  }
  if (!accepts(result)(value)) {
    throw new TypeError(`${call.where}: goOnIf(): expected a number for ${result.name}, got ${describe(value)}`);
  }
  return { ...call, goesOnWith: value | 0 };
}

function callOf([func, ...values]: Step, index: number): Call {
  const where = `Sequence: step ${index}`;
  const state = stateOf(func);
  if (state === undefined) throw new TypeError(`${where}: expected a C function, got ${describe(func)}`);
  const shape = plainShape(state.declared, state);
  if (typeof state.address === "bigint") throw notCallable(state, state.address);
  if (state.declared.leaf !== true) throw new TypeError(`${where}: ${state.name}() is not declared { leaf: true }`);
  if (shape === null || state.divert !== null || shape.usesErrno || shape.throws || shape.guarded) {
    throw new TypeError(`${where}: ${state.name}() is more than the C types of its parameters and its result`);
  }
  const { parameters, result } = shape;
  if (values.length !== parameters.length) {
    throw countError(`${where}: ${state.name}`, `${parameters.length} values`, values.length);
  }
  for (const traits of [...parameters, ...(result === null ? [] : [result])]) {
    if (
      slotRowOf(traits).representation === undefined ||
      (parameters.includes(traits) && /^[iu]64$/.test(traits.slot))
    ) {
      throw new TypeError(`${where}: ${state.name}(): ${traits.name} is neither an integer, a double nor an address`);
    }
  }
  return { state, shape, values, goesOnWith: null, where };
}

export function representationOf(traits: Traits): Representation {
  return slotRowOf(traits).representation as Representation;
}

/** What tells whether a value is one of such a parameter. */
export function accepts(traits: Traits): (value: unknown) => boolean {
  return (traits.fromReady === undefined && traits.ready) || Number.isSafeInteger;
}

/** Whether it is all the same one, as an integer of 64 bits that a number would not be exactly. */
export function acceptsAsBits(traits: Traits, value: unknown): value is bigint {
  return typeof value === "bigint" && representationOf(traits) === "word";
}

export function checkIndex(where: string, index: number): number {
  if (!Number.isInteger(index) || index < 0)
    throw new TypeError(`${where}(): expected an index, got ${describe(index)}`);
  return index;
}
