/**
 * Wrappers where code may not be made of strings (`--disallow-code-generation-from-strings`): they do what
 * `compiled.ts` writes out.
 */
import { FRAME, WORD } from "rawffi";
import { popScratch, reserve, reserved, scratchTop } from "../memory/slab.ts";
import { giveBack } from "../memory/text.ts";
import { passing } from "../types/arguments.ts";
import { Argument } from "../types/protocol.ts";
import { endUse, isFrameInUse } from "./interrupted.ts";
import { goAndServe } from "./serve.ts";
import {
  type Callable,
  type CallShape,
  checkAgain,
  enterElsewhere,
  keepAlive,
  leafFault,
  type Maker,
  prepare,
  rowOf,
  unusualCalls,
  wrongArgument,
} from "./shape.ts";
import { bitsOf, frameDoubles, frameWords, writePlace } from "./slots.ts";

/** The maker of wrappers of this shape. */
export function plainMaker(shape: CallShape): Maker {
  const { result, parameters } = shape;
  const prepared = prepare(shape, "bits");
  const { leaf, switching } = prepared;
  const passes = parameters.map(passing);
  const writes = parameters.map((traits) => rowOf(traits).write);
  return (callee, target) => {
    const unusual = unusualCalls(callee, parameters.length, () => call);
    const call: Callable = (...args) => {
      if (args.length !== parameters.length || callee.divert !== null || isFrameInUse()) return unusual(...args);
      const mark = scratchTop();
      let values: readonly unknown[] = [];
      try {
        values = parameters.map((_, i) => {
          try {
            return passes[i]?.(args[i]);
          } catch (error) {
            throw wrongArgument(callee, i, error);
          }
        });
        checkAgain(callee, parameters, args, values);
        const at = result?.slot === "wide" ? reserve(result.size, result.align) : 0;
        const memory = reserved;
        frameDoubles[FRAME.TARGET] = target;
        writePlace(FRAME.ENTRY, prepared.entry);
        writePlace(FRAME.PLAN, prepared.plan);
        if (result?.slot === "wide") writePlace(FRAME.RESULT, memory.base + at);
        values.forEach((value, i) => {
          writes[i]?.(FRAME.ARGUMENTS + i, (value instanceof Argument ? value.value : value) as never);
        });
        if (leaf !== null && (shape.leaf === true || frameWords[WORD.LIVE_CLOSURES] === 0)) {
          leaf();
          if (frameWords[2 * FRAME.FAULT] !== 0) throw leafFault(callee);
        } else if (switching !== 0) goAndServe(bitsOf(switching));
        else if (shape.pumped) enterElsewhere(callee, prepared.enter);
        else prepared.enter();
        const got = result === null || result.slot === "wide" ? undefined : rowOf(result).read(FRAME.RESULT);
        endUse();
        keepAlive(args, values);
        if (result === null) return undefined;
        return result.slot === "wide" ? result.load(memory, at, null, 0) : result.receive(got as never);
      } finally {
        popScratch(mark);
        for (const value of values) if (value instanceof Argument) giveBack(value.kept);
      }
    };
    return call;
  };
}
