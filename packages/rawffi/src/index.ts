/**
 * `rawffi`: libraries, calls, callbacks and memory at machine level. The contract is `interface.ts`.
 *
 * The environment variable `RAWFFI_TIER` chooses how calls go: `frame` (stubs, and libffi where there is none; the default) or
 * `libffi` (always libffi).
 */
import type { RawFFI } from "./interface.ts";
import { loadAddon } from "./load.ts";
import { createNodeApi } from "./node-api.ts";

export * from "./interface.ts";

/** The contract, for this environment: the main thread and every `Worker` have their own. */
export const rawffi: RawFFI = createNodeApi(loadAddon(), tier());

function tier(): "frame" | "libffi" {
  const wanted = process.env.RAWFFI_TIER || "frame";
  if (wanted === "frame" || wanted === "libffi") return wanted;
  throw new Error(`RAWFFI_TIER: expected 'frame' or 'libffi', got '${wanted}'`);
}
