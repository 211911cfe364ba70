/**
 * The stages of a call: what a wrapper does, one after the other, each as source and as something done.
 *
 *     shape ──▶ stagesOf() ──┬── print ──▶ compiled.ts      one function a signature
 *                            ├── run ────▶ interpreted.ts   where code may not be made of strings
 *                            └── run ────▶ later.ts         calls on other threads: all up to `write`
 */
import { FRAME, type HandedCall, type PreparedCall } from "rawffi";
import type { Memory } from "../../memory/memory.ts";
import { reserve, reserved } from "../../memory/slab.ts";
import type { Traits } from "../../types/protocol.ts";
import { NO_MORE_IN_USE } from "../interrupted.ts";
import { mayHaveRun } from "../lent.ts";
import {
  type CallShape,
  goesAsNumber,
  goesByAddress,
  isOver,
  MOST_EXACT,
  prepare,
  slotRowOf,
  stillThere,
  takesFunctions,
  type WordsAs,
} from "../shape.ts";
import { bitsOf, frameDoubles, writePlace } from "../slots.ts";
import { type Conversion, conversionOf } from "./conversion.ts";
import { entering, handing } from "./entering.ts";
import { inOrder, type Stage } from "./stage.ts";

export interface Stages {
  readonly prepared: PreparedCall;
  readonly convert: Conversion;
  /** What conversions, which run any JavaScript, may have changed. */
  readonly check: Stage;
  /** Writes the frame, all but the way in. */
  readonly write: Stage;
  readonly enter: Stage;
  /** Reads the result's slot, the last look at the frame, and makes a value of it. */
  readonly receive: Stage;
}

/** The stages of calls of this shape. */
export function stagesOf(shape: CallShape, wordsAs: WordsAs): Stages {
  const { result, parameters } = shape;
  const prepared = prepare(shape, wordsAs);
  const isWide = result?.slot === "wide";
  return {
    prepared,
    convert: conversionOf(parameters),
    check: inOrder(...lookingAgain(parameters), ...stillOpen(parameters), ...parameters.flatMap(lending)),
    write: inOrder(
      ...(isWide ? [reserving(result)] : []),
      targeting,
      ...planning(prepared),
      ...(isWide ? [placing] : []),
      ...parameters.map((traits, i) => writing(traits, i, wordsAs)),
    ),
    enter: entering(shape, prepared),
    receive: inOrder(...reading(result), ending(parameters), ...giving(result)),
  };
}

/**
 * The stages of a call whose arguments are handed over: the target is all that goes to the frame, and a result of 64
 * bits all that comes from there.
 */
export function handedStages({ result, parameters }: CallShape, handed: HandedCall): Stage {
  const hands = handing(handed, parameters, result !== null);
  const reads = result !== null && handed.isWord ? [readingWord(result)] : [];
  return inOrder(targeting, hands, ...reads, ending(parameters, ["a"]), ...giving(result));
}

// -- Between the last conversion and the first look at the frame -----------------------------------

// Converting an object runs any JavaScript: what an earlier argument took the address of may be gone.
function lookingAgain(parameters: readonly Traits[]): Stage[] {
  const first = parameters.findIndex(goesByAddress);
  if (first < 0 || first === parameters.length - 1) return [];
  const areLookedAt = parameters.map(goesByAddress);
  return [
    {
      print: (scope) => {
        Object.assign(scope, { mayHaveRun, stillThere });
        const later = parameters.map((_, i) => `mayHaveRun(a${i})`).slice(first + 1);
        const given = areLookedAt.flatMap((isLookedAt, i) => (isLookedAt ? [`a${i}`, `t${i}`] : ["null", "null"]));
        return `if (${later.join(" || ")}) stillThere(c, ${given.join(", ")});`;
      },
      run: ({ callee, args, kept }) => {
        if (!args.slice(first + 1).some(mayHaveRun)) return;
        stillThere(callee, ...areLookedAt.flatMap((isLookedAt, i) => (isLookedAt ? [args[i], kept[i]] : [null, null])));
      },
    },
  ];
}

function stillOpen(parameters: readonly Traits[]): Stage[] {
  if (parameters.length === 0) return [];
  return [{ print: () => "if (c.ended !== null) c.ended();", run: ({ callee }) => callee.ended?.() }];
}

function lending(traits: Traits, i: number): Stage[] {
  if (!takesFunctions(traits)) return [];
  return [
    {
      print: () => `if (c.lend !== null) c.lend(a${i});`,
      run: ({ callee, args }) => callee.lend?.(args[i]),
    },
  ];
}

// -- The frame -------------------------------------------------------------------------------------

/** Memory for a wide result. */
function reserving({ size, align }: Traits): Stage {
  return {
    print: (scope) => {
      Object.assign(scope, { reserve, reserved });
      return `let at; const memory = (at = reserve(${size}, ${align}), reserved.memory);`;
    },
    run: (call) => {
      call.offset = reserve(size, align);
      call.memory = reserved.memory;
    },
  };
}

const targeting: Stage = {
  print: () => `d[${FRAME.TARGET}] = target;`,
  run: ({ target }) => {
    frameDoubles[FRAME.TARGET] = target;
  },
};

function planning({ plan }: PreparedCall): Stage[] {
  if (plan === 0) return [];
  return [
    {
      print: () => `d[${FRAME.PLAN}] = ${bitsOf(plan)};`,
      run: () => writePlace(FRAME.PLAN, plan),
    },
  ];
}

/** Where a wide result goes. */
const placing: Stage = {
  print: (scope) => {
    scope.writePlace = writePlace;
    return `writePlace(${FRAME.RESULT}, memory.base + at);`;
  },
  run: ({ memory, offset }) => writePlace(FRAME.RESULT, (memory as Memory).base + offset),
};

function writing(traits: Traits, i: number, wordsAs: WordsAs): Stage {
  const slot = FRAME.ARGUMENTS + i;
  const { view, write } = slotRowOf(traits);
  return {
    print: (scope, letter) => {
      if (goesAsNumber(traits, wordsAs)) return `d[${slot}] = ${letter}${i};`;
      if (view === undefined) {
        scope[`write${i}`] = write;
        return `write${i}(${slot}, ${letter}${i});`;
      }
      // Written out: six calls more would be more than the optimising compiler inlines.
      scope[traits.slot] = view;
      return `${traits.slot}[${(slot * 8) / view.BYTES_PER_ELEMENT}] = ${letter}${i};`;
    },
    run: ({ values }) => {
      if (goesAsNumber(traits, wordsAs)) frameDoubles[slot] = values[i] as number;
      else write(slot, values[i] as never);
    },
  };
}

// -- The result ------------------------------------------------------------------------------------

/** The last look at the frame, of a result that stands there. */
function reading(result: Traits | null): Stage[] {
  if (result === null || result.slot === "wide") return [];
  const { receiveResult } = result;
  const { view, read } = slotRowOf(result);
  return [
    {
      print: (scope) => {
        if (receiveResult !== undefined) {
          scope.receiveResult = receiveResult;
          return "const got = receiveResult();";
        }
        if (view === undefined) {
          scope.read = read;
          return `const got = read(${FRAME.RESULT});`;
        }
        scope[result.slot] = view;
        return `const got = ${result.slot}[${(FRAME.RESULT * 8) / view.BYTES_PER_ELEMENT}];`;
      },
      run: (call) => {
        call.got = receiveResult === undefined ? read(FRAME.RESULT) : receiveResult();
      },
    },
  ];
}

/** A result of 64 bits after a call that has handed its arguments over: `got` is the nearest double already. */
function readingWord(result: Traits): Stage {
  const { slot, receiveResult } = result;
  const read = slotRowOf(result).read as (slot: number) => number | bigint;
  // What is no exact number is rounded to one beyond these, or to -2^53; and 2^63 and more is negative.
  const least = slot === "i64" || slot === "u64" ? Number.POSITIVE_INFINITY : slot === "word" ? 1 - MOST_EXACT : 0;
  return {
    print: (scope) => {
      Object.assign(scope, { receiveResult, read });
      if (receiveResult !== undefined) return "got = receiveResult();";
      const reads = `got = read(${FRAME.RESULT});`;
      return least > MOST_EXACT ? reads : `if (!(got >= ${least} && got < ${MOST_EXACT})) ${reads}`;
    },
    run: (call) => {
      const got = call.got as number;
      if (receiveResult !== undefined) call.got = receiveResult();
      else if (!(got >= least && got < MOST_EXACT)) call.got = read(FRAME.RESULT);
    },
  };
}

// Who could be collected before is not used any more.
function ending(parameters: readonly Traits[], letters: readonly string[] = ["a", "t"]): Stage {
  return {
    print: (scope) => {
      const kept = parameters.flatMap((traits, i) =>
        goesByAddress(traits) ? letters.map((letter) => letter + i) : [],
      );
      if (kept.length === 0) return NO_MORE_IN_USE;
      scope.isOver = isOver;
      return `isOver(${kept.join(", ")});`;
    },
    run: ({ args, kept }) => isOver(args, kept),
  };
}

function giving(result: Traits | null): Stage[] {
  if (result === null) return [];
  const { slot, load, receive, receiveResult } = result;
  return [
    {
      print: (scope) => {
        if (slot === "wide") {
          scope.load = load;
          return "return load(memory, at, null, 0);";
        }
        if (receiveResult !== undefined) return "return got;";
        scope.receive = receive;
        return "return receive(got);";
      },
      run: (call) => {
        if (slot === "wide") call.given = load(call.memory as Memory, call.offset, null, 0);
        else call.given = receiveResult === undefined ? receive(call.got as never) : call.got;
      },
    },
  ];
}
