/**
 * How a sequence (`sequence.ts`) runs: by `rawffi`'s chain, or by single calls where there is none.
 */
import { type Address, FRAME, own, type RawType, rawffi } from "rawffi";
import { compile } from "../memory/compile.ts";
import { describe } from "../memory/errors.ts";
import { collectOften } from "../memory/stress.ts";
import { type Traits, traitsOf } from "../types/protocol.ts";
import { c_size_t } from "../types/types.ts";
import { makeCall } from "./call.ts";
import { beginUse, endUse, IN_USE, isFrameInUse, NO_MORE_IN_USE, withOwnFrame } from "./interrupted.ts";
import { type Callable, type Callee, type CallShape, countError, leafFault } from "./shape.ts";
import { frameDoubles, frameWords } from "./slots.ts";
import { accepts, acceptsAsBits, type Call, Later, representationOf } from "./steps.ts";
import { type Guard, printRoutine, type Routine, runRoutine, withArguments } from "./wrapper/routine.ts";
import { inOrder, type Scope, type Stage } from "./wrapper/stage.ts";

/** A value of `run` and the parameter that takes it. */
interface Use {
  readonly argument: number;
  readonly slot: number;
  readonly traits: Traits;
  readonly place: string;
}

/**
 * What runs these calls, whose frames begin at these slots of the memory that all three views show. @throws TypeError
 * for a value that is none of its parameter's.
 */
export function runOf(
  calls: readonly Call[],
  frames: readonly number[],
  words: Int32Array,
  doubles: Float64Array,
  bits: BigInt64Array,
): { run: Run; isOneCall: boolean } {
  const uses: Use[] = [];
  const steps = calls.map(({ state, shape, values, goesOnWith, where }, i) => {
    const frame = frames[i] as number;
    const copies: [number, number][] = [];
    const parameters = shape.parameters.map((traits, k): RawType => {
      const value = values[k] as Address | Later;
      const slot = frame + FRAME.ARGUMENTS + k;
      const place = `${where}: ${state.name}(): argument ${k + 1}`;
      if (value instanceof Later && value.kind === "result") {
        const from = calls[value.index]?.shape.result;
        if (value.index >= i || !from || representationOf(from) !== representationOf(traits)) {
          throw new TypeError(`${place}: step ${value.index} gives no ${traits.name} before it`);
        }
        copies.push([(frames[value.index] as number) + FRAME.RESULT, slot]);
        return traits.raw;
      }
      if (value instanceof Later) uses.push({ argument: value.index, slot, traits, place });
      else if (acceptsAsBits(traits, value)) {
        bits[slot] = value;
        return traits.raw;
      } else if (accepts(traits)(value)) write(words, doubles, slot, traits, value as number);
      else throw new TypeError(`${place}: expected a number for ${traits.name}, got ${describe(value)}`);
      return representationOf(traits) === "word" ? "number" : traits.raw;
    });
    const signature = { result: shape.result === null ? ("void" as const) : shape.result.raw, parameters };
    return { signature, target: state.address, frame, copies, goesOnWith };
  });
  const count = Math.max(0, ...uses.map(({ argument }) => argument + 1));
  // Where each access is watched, the calls are made one by one: so are these.
  const isWatched = calls.some(({ shape }) => shape.isChecked) || collectOften !== null;
  const memory = new BigUint64Array(bits.buffer, bits.byteOffset, bits.length);
  const one = isWatched ? null : rawffi.chain(memory, steps);
  const single = oneByOne(calls, frames, words, doubles, bits);
  const origins = new Map(
    calls.flatMap(({ state: { origin } }) => (origin === undefined ? [] : [[origin.library, origin]])),
  );
  const check =
    origins.size === 0
      ? null
      : () => {
          for (const origin of origins.values()) origin.check();
        };
  const [only] = origins.size === 1 ? origins.values() : [];
  const parts: Parts = {
    count,
    uses,
    words,
    doubles,
    one,
    single,
    check: only?.check ?? check,
    first: (calls[0] as Call).state,
    // Of the first call's frame, whose caller says nothing there.
    mark: 2 * ((frames[0] as number) + FRAME.LEAF),
  };
  return { run: runner(parts), isOneCall: one !== null };
}

type Run = (...values: Address[]) => void;

interface Parts {
  readonly count: number;
  readonly uses: readonly Use[];
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** The calls as one, where there is such a way, and one by one, which takes any value. */
  readonly one: (() => void) | null;
  readonly single: (values: readonly Address[]) => void;
  readonly check: (() => void) | null;
  readonly first: Callee;
  /** The one of {@link words} that is not 0 while the sequence runs. */
  readonly mark: number;
}

function runner(parts: Parts): Run {
  const { words, mark } = parts;
  // In the middle of a call (`interrupted.ts`); and of a run of this sequence, what that has written and got so far
  // stays as it is.
  const again: Run = (...values) => {
    const isRunning = words[mark] !== 0;
    const runHere = () => {
      words[mark] = 0;
      run(...values);
    };
    withOwnFrame(runHere, isRunning ? words : null);
  };
  const run = (parts.one && compiledRun(parts, again)) ?? interpretedRun(parts, again);
  return run;
}

function interpretedRun(parts: Parts, again: Run): Run {
  const routine = routineOf(parts, again);
  return (...values) => void runRoutine(routine, values);
}

/**
 * A run with values that the chain does not take, or where there is none. @throws TypeError, ArgumentError for values
 * that no call takes.
 */
function runSingly({ count, uses, words, single, check, mark }: Parts, values: readonly Address[]): void {
  if (values.length !== count || !uses.every((use) => isRight(use, values))) throw runError(count, uses, values);
  check?.();
  words[mark] = 1;
  try {
    single(values);
  } finally {
    words[mark] = 0;
  }
}

function isRight({ traits, argument }: Use, values: readonly unknown[]): boolean {
  return accepts(traits)(values[argument]) || acceptsAsBits(traits, values[argument]);
}

function compiledRun(parts: Parts, again: Run): Run | null {
  const { count, words } = parts;
  const names = Array.from({ length: count }, (_, i) => `a${i}`).join(", ");
  const scope: Scope = { words, w: frameWords, d: frameDoubles };
  const body = printRoutine(routineOf(parts, again), scope, "a");
  return compile<Run>(`function (${names}) { ${body} }`, scope);
}

/** The stages of a run with these values, which all are what their parameters take. */
type RunStage = Stage<readonly Address[]>;

function routineOf(parts: Parts, again: Run): Routine<readonly Address[]> {
  const { uses, one, check, first, words, mark } = parts;
  return {
    guards: [runningAlready(parts, again), unready(parts)],
    begin: inOrder(...(check === null ? [] : [checking(check)]), marking(words, mark, 1), {
      print: () => `w[${2 * FRAME.TARGET}] = 1;`,
      run: beginUse,
    }),
    body: inOrder(...uses.map((use) => writing(use, parts)), chaining(one as () => void, first)),
    end: inOrder({ print: () => NO_MORE_IN_USE, run: endUse }, marking(words, mark, 0)),
  };
}

/** In the middle of a call, or of a run of this sequence. */
function runningAlready({ words, mark }: Parts, again: Run): Guard<readonly Address[]> {
  return {
    print: (scope) => {
      scope.again = again;
      return `if ((words[${mark}] | ${IN_USE}) !== 0) return ${withArguments("again", scope)};`;
    },
    stops: () => words[mark] !== 0 || isFrameInUse(),
    instead: (values) => again(...values),
  };
}

/** Values that the chain does not take, or no chain. */
function unready(parts: Parts): Guard<readonly Address[]> {
  const { count, uses, one } = parts;
  return {
    print: (scope) => {
      scope.runSingly = (...values: Address[]) => runSingly(parts, values);
      const kinds = [...new Set(uses.map(({ traits }) => accepts(traits)))];
      kinds.forEach((accept, i) => {
        scope[`accept${i}`] = accept;
      });
      const accepted = new Set(uses.map((use) => `accept${kinds.indexOf(accepts(use.traits))}(a${use.argument})`));
      const areReady = [`arguments.length === ${count}`, ...accepted].join(" && ");
      return `if (!(${areReady})) return ${withArguments("runSingly", scope)};`;
    },
    stops: (values) =>
      one === null || values.length !== count || !uses.every((use) => accepts(use.traits)(values[use.argument])),
    instead: (values) => runSingly(parts, values),
  };
}

function checking(check: () => void): RunStage {
  return {
    print: (scope) => {
      scope.check = check;
      return "check();";
    },
    run: check,
  };
}

/** Says whether the sequence runs. */
function marking(words: Int32Array, mark: number, value: 0 | 1): RunStage {
  return {
    print: () => `words[${mark}] = ${value};`,
    run: () => {
      words[mark] = value;
    },
  };
}

function writing({ argument, slot, traits }: Use, { words, doubles }: Parts): RunStage {
  return {
    print: (scope, letter) => {
      scope.doubles = doubles;
      return representationOf(traits) === "int"
        ? `words[${2 * slot}] = ${letter}${argument};`
        : `doubles[${slot}] = ${letter}${argument};`;
    },
    run: (values) => write(words, doubles, slot, traits, values[argument] as number),
  };
}

function chaining(chain: () => void, first: Callee): RunStage {
  return {
    print: (scope) => {
      Object.assign(scope, { chain, first, leafFault });
      return `chain(); if (w[${2 * FRAME.FAULT}] !== 0) throw leafFault(first);`;
    },
    run: () => {
      chain();
      if (frameWords[2 * FRAME.FAULT] !== 0) throw leafFault(first);
    },
  };
}

function runError(count: number, uses: readonly Use[], values: readonly unknown[]): Error {
  if (values.length !== count) return countError("Sequence.run", `${count} values`, values.length);
  const wrong = uses.find((use) => !isRight(use, values)) as Use;
  const got = describe(values[wrong.argument]);
  return new TypeError(`${wrong.place}: expected a number for ${wrong.traits.name}, got ${got}`);
}

function write(words: Int32Array, doubles: Float64Array, slot: number, traits: Traits, value: number): void {
  if (representationOf(traits) === "int") words[2 * slot] = value;
  else doubles[slot] = value;
}

/** The same by single calls. */
function oneByOne(
  calls: readonly Call[],
  frames: readonly number[],
  words: Int32Array,
  doubles: Float64Array,
  bits: BigInt64Array,
): (given: readonly Address[]) => void {
  const made: Callable[] = calls.map(({ state, shape }) => makeCall(numeric(shape), state, state.address));
  return (given) => {
    for (const [i, { shape, values, goesOnWith }] of calls.entries()) {
      const frame = frames[i] as number;
      const args = shape.parameters.map((traits, k) => {
        const value = values[k];
        if (!(value instanceof Later)) return value;
        if (value.kind === "argument") return given[value.index];
        const slot = (frames[value.index] as number) + FRAME.RESULT;
        if (representationOf(traits) === "word") return bits[slot];
        return representationOf(traits) === "int" ? words[2 * slot] : doubles[slot];
      });
      const value = (made[i] as Callable)(...args) as number | bigint;
      const slot = frame + FRAME.RESULT;
      const { result } = shape;
      if (result === null) continue;
      if (representationOf(result) === "double") doubles[slot] = value as number;
      else if (representationOf(result) === "int") words[2 * slot] = Number(value);
      else bits[slot] = BigInt(value);
      if (goesOnWith !== null && words[2 * slot] !== goesOnWith) return;
    }
  };
}

/** A shape whose values are numbers: addresses of nothing that is kept, results as their slot has them. */
function numeric(shape: CallShape): CallShape {
  const plain = (traits: Traits): Traits =>
    representationOf(traits) === "word" && traits.ready === undefined ? traitsOf(c_size_t as never) : traits;
  const { result } = shape;
  if (result === null) return { ...shape, parameters: shape.parameters.map(plain) };
  const { receiveResult: _, ...rest } = plain(result);
  return { ...shape, parameters: shape.parameters.map(plain), result: own({ ...rest, receive: (value) => value }) };
}
