/**
 * Switching calls, and serving the C functions that are suspended in them: the closures that they call are called from
 * JavaScript, as ordinary functions (`native/stack.cc`).
 */
import type { NativeAddon, V8Verbs } from "./addon.ts";
import { arrayOn, FRAME, SUSPENDED } from "./frame.ts";
import type { RawFFI } from "./interface.ts";
import type { Abi } from "./stubs/abi.ts";

export type SwitchingVerbs = Pick<RawFFI, "go" | "serve" | "resumeEntry">;

/** For an environment without switching calls. */
export const NO_SWITCHING: SwitchingVerbs = { go: () => {}, serve: () => {}, resumeEntry: 0 };

/** The verbs of this environment; `v8` is null where there is no V8 part, or it is not wanted. */
export function switchingVerbs(addon: NativeAddon, v8: V8Verbs | null, abi: Abi | null): SwitchingVerbs {
  const go = v8?.leaf && addon.resumeEntry !== 0 ? abi?.writeGo(addon.frameAddress) : null;
  if (!v8?.leaf || !go) return NO_SWITCHING;
  try {
    return { go: v8.leaf(addon.code(go)), serve: server(addon, v8), resumeEntry: addon.resumeEntry };
  } catch {
    return NO_SWITCHING; // a system that gives no executable memory
  }
}

// -- Private ---------------------------------------------------------------------------------------

function server(addon: NativeAddon, v8: V8Verbs): () => void {
  const words = arrayOn(Int32Array, addon.frame);
  const waitsFor = 2 * FRAME.SUSPENDED;
  const suspendedCount = 2 * FRAME.CLOSURES + 1;
  // Native code sets it when there may be suspended C functions whose JavaScript is gone.
  const mayHaveAbandoned = 2 * FRAME.SCRATCH + 1;
  // The closure that was called last is usually called next. It is held until the end of the current job at most, as
  // the target of a WeakRef is. Both parts are set at once: an interrupt may serve another closure in between.
  let last: { readonly number: number; readonly enter: (() => void) | undefined } = NOBODY;
  const forget = () => {
    last = NOBODY;
    if (words[mayHaveAbandoned] === 0) return;
    words[mayHaveAbandoned] = 0;
    addon.finishAbandoned();
  };
  const find = (asked: number) => {
    if (last === NOBODY) queueMicrotask(forget);
    const found = { number: asked, enter: asked <= SUSPENDED.FOREIGN_STACK ? undefined : v8.asked() };
    last = found;
    return found;
  };
  return () => {
    const asked = words[waitsFor] as number;
    // Calls that the callback makes find nothing suspended.
    words[waitsFor] = 0;
    const known = last;
    const { enter } = known.number === asked ? known : find(asked);
    if (enter === undefined) throw refusal(addon, asked);
    const count = words[suspendedCount] as number;
    try {
      enter();
    } finally {
      // A script in the callback was terminated (by a vm timeout) and left a C function suspended, which must not be
      // taken for ours.
      if (words[suspendedCount] !== count) addon.finishInnermost(count);
    }
  };
}

const NOBODY = { number: 0, enter: undefined };

function refusal(addon: NativeAddon, reason: number): Error {
  const message = addon.refusalMessage(reason);
  return reason === SUSPENDED.TOO_DEEP ? new RangeError(message) : new Error(message);
}
