/** Turns the addon's faults into errors: memory that is not there, guarded calls that were ended, exceptions of C++. */
import type { NativeAddon } from "./addon.ts";
import { CppError, MemoryFaultError } from "./errors.ts";
import type { Signature } from "./types.ts";

/** The error for a verb that returned null. */
export function faultOf(addon: NativeAddon): MemoryFaultError {
  const address = addon.faultAddress();
  const what = addon.faultIsWrite() ? "written" : "read";
  return new MemoryFaultError(`0x${address.toString(16)} cannot be ${what}`, address);
}

/** The way into C for a signature that is guarded or throws; null for any other. */
export function carefulEnter(addon: NativeAddon, signature: Signature): (() => void) | null {
  const { guarded, throws, errno, here } = signature;
  const way = `${here ? "Here" : ""}${errno ? "WithErrno" : ""}` as const;
  if (guarded) return guardedEnter(addon[`enterGuarded${way}`]);
  if (throws) return throwingEnter(addon[`enterThrowing${way}`]);
  return null;
}

// -- Private ---------------------------------------------------------------------------------------

function guardedEnter(enter: NativeAddon["enterGuarded"]): () => void {
  return () => {
    const left = enter();
    if (left === undefined) return;
    const [number, signal, address, name] = left;
    const where = name === "" ? "a foreign function" : `foreign function '${name}'`;
    throw new MemoryFaultError(
      `signal ${number} (${signal}, address 0x${address.toString(16)}) inside ${where}, which was left where it was: what it held or changed stays ` +
        "so, and the process should be restarted",
      address,
    );
  };
}

function throwingEnter(enter: NativeAddon["enterThrowing"]): () => void {
  return () => {
    const thrown = enter();
    if (thrown !== undefined) throw new CppError(...thrown);
  };
}
