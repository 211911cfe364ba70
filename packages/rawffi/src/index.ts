/**
 * `rawffi`: libraries, calls, callbacks and memory at machine level. The contract is `interface.ts`.
 *
 * The environment variable `RAWFFI_TIER` chooses how calls go: `fast` (called by V8 itself, and `direct` where it
 * cannot be), `direct` (through V8's callbacks), `frame` (through Node-API, stubs, and libffi where there is none) or
 * `libffi` (through Node-API, always libffi). By default calls go the fastest way there is.
 */
import type { NativeAddon, V8Verbs, Ways } from "./addon.ts";
import { environmentVariable } from "./environment.ts";
import type { RawFFI } from "./interface.ts";
import { loadAddon, loadV8Part } from "./load.ts";
import { createNodeApi } from "./node-api.ts";

export type { Access } from "./access.ts";
export { environmentVariable, hasOthersRights, optionToRun, workerThreads } from "./environment.ts";
export * from "./errors.ts";
export * from "./frame.ts";
export * from "./interface.ts";
export { own, ownRows } from "./own.ts";
export { canShrink } from "./resizable.ts";
export { forbidTransfer } from "./transfer.ts";
export * from "./types.ts";

const addon = loadAddon();

/** The contract, for this environment: the main thread and every `Worker` have their own. */
export const rawffi: RawFFI = createNodeApi(addon, ways());

function ways(): Ways {
  const wanted = environmentVariable("RAWFFI_TIER");
  if (!wanted) return { v8: v8PartOrNull(addon), usesLeafCalls: true, usesStubs: true };
  // An explicit wish for the V8 part fails with the reason why it is missing.
  if (wanted === "fast") return { v8: loadV8Part(addon), usesLeafCalls: true, usesStubs: true };
  if (wanted === "direct") return { v8: loadV8Part(addon), usesLeafCalls: false, usesStubs: true };
  if (wanted === "frame") return { v8: null, usesLeafCalls: false, usesStubs: true };
  if (wanted === "libffi") return { v8: null, usesLeafCalls: false, usesStubs: false };
  throw new Error(`RAWFFI_TIER: expected 'fast', 'direct', 'frame' or 'libffi', got '${wanted}'`);
}

function v8PartOrNull(addon: NativeAddon): V8Verbs | null {
  try {
    return loadV8Part(addon);
  } catch {
    return null;
  }
}
