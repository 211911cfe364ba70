/**
 * Wrappers where code may not be made of strings (`--disallow-code-generation-from-strings`): they run the stages one
 * by one.
 */
import { popScratch, scratchTop } from "../../memory/slab.ts";
import { giveBack } from "../../memory/text.ts";
import { isFrameInUse } from "../interrupted.ts";
import { type Callable, type CallShape, type Maker, unusualCalls } from "../shape.ts";
import { inOrder, runningCall } from "./stage.ts";
import { stagesOf } from "./stages.ts";

/** The maker of wrappers of this shape. */
export function interpretedMaker(shape: CallShape): Maker {
  const count = shape.parameters.length;
  const { convert, check, write, enter, receive } = stagesOf(shape, "bits");
  const all = inOrder(convert, check, write, enter, receive);
  return (callee, target) => {
    const unusual = unusualCalls(callee, count, () => call);
    const call: Callable = (...args) => {
      if (args.length !== count || callee.divert !== null || isFrameInUse()) return unusual(...args);
      const mark = scratchTop();
      const running = runningCall(callee, target, args);
      try {
        all.run(running);
        return running.given;
      } finally {
        popScratch(mark);
        for (const kept of running.kept) if (kept !== undefined) giveBack(kept);
      }
    };
    return call;
  };
}
