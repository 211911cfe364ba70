/**
 * `ctypes-js/sequence`: tools for drivers that make the same few C calls millions of times, such as `ctypes-sqlite`.
 *
 * A {@link Sequence} makes several calls in one, and shows the memory that they leave their results in. {@link compile}
 * and {@link anew} make the functions that read this memory, each with type feedback of its own. What a program gains
 * elsewhere it gains by `ctypes` alone: a function called by itself is checked and as fast.
 */
export { Sequence } from "./calls/sequence.ts";
export type { Condition, Later, Step } from "./calls/steps.ts";
export { anew, compile } from "./memory/compile.ts";
