/**
 * Switching calls, and serving C functions that are suspended in them: what they call is called here, in JavaScript's
 * own way (`native/stack.cc`).
 */
import type { NativeAddon, V8Verbs } from "./addon.ts";
import { FRAME, SUSPENDED } from "./frame.ts";
import type { RawFFI } from "./interface.ts";
import type { Abi } from "./stubs/abi.ts";

type SwitchingVerbs = Pick<RawFFI, "go" | "serve" | "resumeEntry">;

/** Where no call is switching. */
export const NO_SWITCHING: SwitchingVerbs = { go: () => {}, serve: () => {}, resumeEntry: 0 };

/** The verbs of this environment; null is no V8 part, or none that is wanted. */
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
  const words = new Int32Array(addon.frame);
  const waitsFor = 2 * FRAME.SUSPENDED;
  const suspendedCount = 2 * FRAME.CLOSURES + 1;
  // Native code has seen that there may be C functions whose JavaScript is gone.
  const mayHaveAbandoned = 2 * FRAME.SCRATCH + 1;
  // The closure that was called last is mostly the one that is called next. It is held no longer than this turn of
  // JavaScript, as what a WeakRef gives is. Both at once: who interrupts us may serve another.
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
      // A script in the callback was ended (a vm timeout), and left a C function: ours is not to be taken for the
      // innermost.
      if (words[suspendedCount] !== count) addon.finishInnermost(count);
    }
  };
}

const NOBODY = { number: 0, enter: undefined };

function refusal(addon: NativeAddon, reason: number): Error {
  const message = addon.refusalMessage(reason);
  return reason === SUSPENDED.TOO_DEEP ? new RangeError(message) : new Error(message);
}
