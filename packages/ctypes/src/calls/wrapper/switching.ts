/**
 * A switching call, whose callbacks are served by who makes it: `PreparedCall.switching` of rawffi has the steps.
 */
import { FRAME, rawffi, WORD } from "rawffi";
import { endUse } from "../interrupted.ts";
import { bitsOf, frameDoubles, frameWords } from "../slots.ts";

/**
 * Makes the call that the frame describes. `entry` is its `switching`, as `bitsOf` has it. @throws what the first
 * callback threw.
 */
export const goAndServe: (entry: number) => void = makeServing();

// -- Private ---------------------------------------------------------------------------------------

// Constants of its own: V8 takes those for granted, as it does not what is imported, and so inlines the callback.
function makeServing(): (entry: number) => void {
  const { go, serve } = rawffi;
  const { ENTRY } = FRAME;
  const { WAITS_FOR, FAILED } = WORD;
  const inUse = 2 * FRAME.TARGET;
  const words = frameWords;
  const doubles = frameDoubles;
  const resume = bitsOf(rawffi.resumeEntry);
  return (entry) => {
    doubles[ENTRY] = entry;
    let failure: { readonly error: unknown } | null = null;
    for (;;) {
      go();
      if (words[WAITS_FOR] === 0) break;
      try {
        serve();
        // In use again: see interrupted.ts.
        words[inUse] = 1;
      } catch (error) {
        // Of the callback, or there is no stack left for so much as a call.
        words[inUse] = 1;
        words[WAITS_FOR] = 0;
        words[FAILED] = 1;
        failure ??= { error };
      }
      doubles[ENTRY] = resume;
    }
    if (failure === null) return;
    endUse();
    throw failure.error;
  };
}
