/**
 * A switching call, whose callbacks are served by who makes it: `PreparedCall.switching` of rawffi has the steps.
 */
import { FRAME, rawffi, WORD } from "rawffi";
import { endUse } from "./interrupted.ts";
import { bitsOf, frameDoubles, frameWords } from "./slots.ts";

// Constants by themselves: what optimised code calls is then known to it.
const { go, serve } = rawffi;
const RESUME = bitsOf(rawffi.resumeEntry);

/**
 * Makes the call that the frame describes. `entry` is its `switching`, as `bitsOf` has it. @throws what the first
 * callback threw.
 */
export function goAndServe(entry: number): void {
  frameDoubles[FRAME.ENTRY] = entry;
  let failure: { readonly error: unknown } | null = null;
  for (;;) {
    go();
    if (frameWords[WORD.WAITS_FOR] === 0) break;
    try {
      serve();
      // In use again: see interrupted.ts.
      frameWords[2 * FRAME.TARGET] = 1;
    } catch (error) {
      // Of the callback, or there is no stack left for so much as a call.
      frameWords[2 * FRAME.TARGET] = 1;
      frameWords[WORD.WAITS_FOR] = 0;
      frameWords[WORD.FAILED] = 1;
      failure ??= { error };
    }
    frameDoubles[FRAME.ENTRY] = RESUME;
  }
  if (failure === null) return;
  endUse();
  throw failure.error;
}

/**
 * The same written out, for the wrappers of functions that take callbacks: V8 inlines the callback there. It finds
 * there what is named here.
 */
export function servingText(entry: number): string {
  return `
    doubles[${FRAME.ENTRY}] = ${bitsOf(entry)};
    let failure = null;
    for (;;) {
      go();
      if (words[${WORD.WAITS_FOR}] === 0) break;
      try { serve(); words[${2 * FRAME.TARGET}] = 1; }
      catch (error) { words[${2 * FRAME.TARGET}] = 1; words[${WORD.WAITS_FOR}] = 0; words[${WORD.FAILED}] = 1; failure ??= { error }; }
      doubles[${FRAME.ENTRY}] = ${RESUME};
    }
    if (failure !== null) { doubles[${FRAME.TARGET}] = 0; throw failure.error; }`;
}

export const SERVING = { go, serve, goAndServe };
