/**
 * The outline of a wrapper: which calls it makes itself, and what it does with the scratch stack.
 */
import { popScratch, SCRATCH_TOP, scratchTop } from "../../memory/slab.ts";
import { giveBack } from "../../memory/text.ts";
import type { Traits } from "../../types/protocol.ts";
import { IN_USE, isFrameInUse } from "../interrupted.ts";
import { type CallShape, lendsBytes, type WordsAs } from "../shape.ts";
import { type Guard, type Routine, withArguments } from "./routine.ts";
import { inOrder, type Printable, type Running, type Stage } from "./stage.ts";
import { stagesOf } from "./stages.ts";

export interface Outline extends Routine<Running> {
  /** What the names of values in its source begin with. */
  readonly letter: string;
}

/** A wrapper of this shape. Its source finds `unusual` in sight, and `w`, `d` and `c` (`stage.ts`). */
export function outlineOf(shape: CallShape, wordsAs: WordsAs): Outline {
  const { parameters } = shape;
  const { convert, check, write, enter, receive } = stagesOf(shape, wordsAs);
  const usesScratch = parameters.some((traits) => traits.usesScratch);
  return {
    guards: [usual(parameters.length)],
    begin: usesScratch ? marking : null,
    body: inOrder(convert, check, write, enter, receive),
    end: usesScratch ? popping(parameters) : null,
    letter: convert.isPlain ? "a" : "v",
  };
}

/** The first guard of every wrapper; `isInUse` is source that tells whether the frame is in use. */
export function usualCount(count: number, isInUse = ""): Printable {
  return {
    print: (scope) =>
      `if (arguments.length !== ${count} || c.divert !== null${isInUse}) return ${withArguments("unusual", scope)};`,
  };
}

// -- Private ---------------------------------------------------------------------------------------

function usual(count: number): Guard<Running> {
  return {
    ...usualCount(count, ` || ${IN_USE}`),
    stops: ({ callee, args }) => args.length !== count || callee.divert !== null || isFrameInUse(),
    instead: ({ unusual, args }) => unusual(...args),
  };
}

const marking: Stage = {
  print: () => `const mark = w[${SCRATCH_TOP}];`,
  run: (call) => {
    call.mark = scratchTop();
  },
};

/** What was lent for the call alone goes back, also when a callback threw. */
function popping(parameters: readonly Traits[]): Stage {
  return {
    print: (scope) => {
      scope.giveBack = giveBack;
      const given = parameters.map((traits, i) =>
        lendsBytes(traits) ? `if (t${i} !== undefined) giveBack(t${i});` : "",
      );
      return `w[${SCRATCH_TOP}] = mark; ${given.join(" ")}`;
    },
    run: ({ mark, kept }) => {
      popScratch(mark);
      for (const lent of kept) if (lent !== undefined) giveBack(lent);
    },
  };
}
