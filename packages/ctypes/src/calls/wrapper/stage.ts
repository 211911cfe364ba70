/**
 * A stage of a call: something that a wrapper does, as source and as something done.
 *
 * Source finds these names in sight: the arguments `a0`, `a1` …, their values `v0`, `v1` … (in some wrappers the
 * arguments themselves), what is kept for them `t0`, `t1` …, the frame as `w` and `d`, the callee as `c`, and `target`.
 * All else it puts into `scope`.
 */
import type { Memory } from "../../memory/memory.ts";
import type { Callable, Callee } from "../shape.ts";

/** A call that is made stage by stage. */
export interface Running {
  readonly callee: Callee;
  /** The C function's address, as `bitsOf` has it. */
  readonly target: number;
  readonly args: readonly unknown[];
  /** Takes over a call that is out of the ordinary. */
  readonly unusual: Callable;
  /** The converted arguments, and what is kept alive for them. */
  readonly values: unknown[];
  readonly kept: unknown[];
  /** The top of the scratch stack before it. */
  mark: number;
  /** Where a wide result goes. */
  memory: Memory | null;
  offset: number;
  /** What the result's slot held. */
  got: unknown;
  given: unknown;
}

export type Scope = Record<string, unknown>;

/** Something of a function that is made of source. */
export interface Printable {
  /** `letter` is what the names of converted arguments begin with. */
  print(scope: Scope, letter: string): string;
}

/** A stage of calls of this kind. */
export interface Stage<C = Running> extends Printable {
  run(call: C): void;
}

/** These stages as one. */
export function inOrder<C>(...stages: readonly Stage<C>[]): Stage<C> {
  return {
    print: (scope, letter) => stages.map((stage) => stage.print(scope, letter)).join("\n"),
    run: (call) => {
      for (const stage of stages) stage.run(call);
    },
  };
}

/** A call of which no stage has run. */
export function runningCall(
  callee: Callee,
  target: number,
  args: readonly unknown[],
  unusual: Callable = () => undefined,
): Running {
  const made = { memory: null, offset: 0, got: undefined, given: undefined };
  return { callee, target, args, unusual, values: [], kept: [], mark: 0, ...made };
}
