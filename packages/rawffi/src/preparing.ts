/**
 * All that makes machine code, loaded when something is prepared first: a program that has not called anything yet has
 * not read it.
 */
import type { NativeAddon, Ways } from "./addon.ts";
import { Chains } from "./chain.ts";
import type { Platform, RawFFI } from "./interface.ts";
import { ownSignature } from "./plan.ts";
import { type ClosureShape, Signatures } from "./signatures.ts";
import { abiFor } from "./stubs/index.ts";
import { NO_SWITCHING, type SwitchingVerbs, switchingVerbs } from "./switching.ts";
import type { Signature } from "./types.ts";

export interface Preparing extends SwitchingVerbs, Pick<RawFFI, "prepare" | "chain"> {
  closureShape(signature: Signature): ClosureShape;
  /** Whether the machine code of a function shows that it calls nothing. */
  callsNothing(code: Uint8Array): boolean;
}

export function preparing(addon: NativeAddon, platform: Platform, ways: Ways): Preparing {
  const abi = abiFor(platform);
  const switching = switchingVerbs(addon, ways.usesLeafCalls ? ways.v8 : null, abi);
  const signatures = new Signatures(addon, abi, ways, switching !== NO_SWITCHING);
  const chains = new Chains(addon, abi, ways);
  return {
    ...switching,
    prepare: (signature) => signatures.prepare(ownSignature(signature)),
    chain: (memory, steps) => chains.make(memory, steps),
    closureShape: (signature) => signatures.closureShape(signature),
    callsNothing: (code) => abi?.callsNothing(code) ?? false,
  };
}
