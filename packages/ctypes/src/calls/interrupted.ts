/**
 * Calls in the middle of other calls.
 *
 * A debugger may stop a wrapper at any of its statements and evaluate something; V8 serves interrupts (of a debugger,
 * of a profiler) where a function is entered, which in code that is not optimised is often. What runs there may call C.
 * So a wrapper looks first whether the frame is in use: then it is in the middle of somebody else's call, and is called
 * again with a frame of its own.
 */
import { FRAME, rawffi } from "rawffi";
import { frameErrno, frameWords, setFrameErrno } from "./slots.ts";

const TARGET = 2 * FRAME.TARGET;

/** Not 0 when the frame is in use, in the text of wrappers, which call the frame `w`. */
export const IN_USE = `w[${TARGET}]`;
/** Says that it is not any more, in the text of wrappers, which call it `d`, too. */
export const NO_MORE_IN_USE = `d[${FRAME.TARGET}] = 0;`;

/** Whether somebody's call is between its first look at the frame and its last. */
export function isFrameInUse(): boolean {
  return frameWords[TARGET] !== 0;
}

/** Says that the frame is in use, by who has no target to write there. */
export function beginUse(): void {
  frameWords[TARGET] = 1;
}

/** Says that it is not any more. */
export function endUse(): void {
  frameWords[TARGET] = 0;
  frameWords[TARGET + 1] = 0;
}

/**
 * What those have for ctypes' copy of `errno` who find the frame in use: that of the call that they interrupt stays
 * what it is.
 */
let errno = 0;

/** Calls `run` where the frame is in use; afterwards `memory` is as it was, too. */
export function withOwnFrame<T>(run: () => T, memory: Int32Array | null = null): T {
  const runHere = () => {
    setFrameErrno(errno);
    try {
      return run();
    } finally {
      errno = frameErrno();
    }
  };
  return rawffi.withOwnFrame(runHere, memory);
}

/** The copy of `errno` that is looked at here and now. */
export function ownErrno(): number {
  return isFrameInUse() ? errno : frameErrno();
}

export function setOwnErrno(value: number): void {
  if (isFrameInUse()) errno = value;
  else setFrameErrno(value);
}
