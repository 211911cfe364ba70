/**
 * Wrappers where code may not be made of strings (`--disallow-code-generation-from-strings`): they run the stages one
 * by one.
 */
import { type Callable, type CallShape, type Maker, unusualCalls } from "../shape.ts";
import { outlineOf } from "./outline.ts";
import { runRoutine } from "./routine.ts";
import { type Running, runningCall } from "./stage.ts";

/** The maker of wrappers of this shape. */
export function interpretedMaker(shape: CallShape): Maker {
  const outline = outlineOf(shape, "bits");
  const result = ({ given }: Running) => given;
  return (callee, target) => {
    const unusual = unusualCalls(callee, shape.parameters.length, () => call);
    const call: Callable = (...args) => runRoutine(outline, runningCall(callee, target, args, unusual), result);
    return call;
  };
}
