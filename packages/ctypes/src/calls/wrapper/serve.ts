/**
 * A switching call, whose callbacks are served by who makes it: `PreparedCall.switching` of rawffi has the steps.
 */
import { FRAME, rawffi, WORD } from "rawffi";
import { endUse } from "../interrupted.ts";
import { bitsOf, frameDoubles, frameWords } from "../slots.ts";

// Constants by themselves: what optimised code calls is then known to it, and counts less of what it may inline, which
// is the callback.
const { go, serve } = rawffi;
const { ENTRY } = FRAME;
const { WAITS_FOR, FAILED } = WORD;
const IN_USE_WORD = 2 * FRAME.TARGET;
const RESUME = bitsOf(rawffi.resumeEntry);

/**
 * Makes the call that the frame describes. `entry` is its `switching`, as `bitsOf` has it. @throws what the first
 * callback threw.
 */
export function goAndServe(entry: number): void {
  frameDoubles[ENTRY] = entry;
  let failure: { readonly error: unknown } | null = null;
  for (;;) {
    go();
    if (frameWords[WAITS_FOR] === 0) break;
    try {
      serve();
      // In use again: see interrupted.ts.
      frameWords[IN_USE_WORD] = 1;
    } catch (error) {
      // Of the callback, or there is no stack left for so much as a call.
      frameWords[IN_USE_WORD] = 1;
      frameWords[WAITS_FOR] = 0;
      frameWords[FAILED] = 1;
      failure ??= { error };
    }
    frameDoubles[ENTRY] = RESUME;
  }
  if (failure === null) return;
  endUse();
  throw failure.error;
}
