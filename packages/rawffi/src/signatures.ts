/**
 * Prepares signatures, for calls and for closures.
 *
 * How a signature is prepared
 *   1. plan.ts       checks it and gives it a name; equal signatures are prepared once in an environment
 *   2. stubs/        writes machine code for it, which the addon makes executable;
 *   3. plan.ts       or, where no ABI writes a stub (or RAWFFI_TIER=libffi asks for it), describes it to libffi
 */
import type { NativeAddon, Ways } from "./addon.ts";
import { carefulEnter } from "./faults.ts";
import type { HandedCall, PreparedCall } from "./interface.ts";
import { checkSignature, describe, libffiFaultMessage, ownSignature, signatureKey } from "./plan.ts";
import type { Abi, Handover, StubKind } from "./stubs/abi.ts";
import { wideSize } from "./stubs/slots.ts";
import { HANDOVER_CODES } from "./table.ts";
import type { RawType, Signature } from "./types.ts";

/** What runs a call. */
type Way = Pick<PreparedCall, "tier" | "entry" | "plan">;

/** What signatures that differ only in `errno` share. */
interface Core extends Way {
  /** Made at the first use, for it is a function of V8. */
  readonly leaf: () => (() => void) | null;
  readonly handed: (swapsErrno: boolean) => HandedCall | null;
  readonly switching: number;
}

/** What closures of one signature share. */
export interface ClosureShape {
  readonly shape: number;
  readonly errno: boolean;
  readonly nowait: boolean;
}

/** Prepared signatures of an environment, by key. Their native parts live as long as the environment. */
export class Signatures {
  readonly #calls = new Map<string, PreparedCall>();
  readonly #cores = new Map<string, Core>();
  readonly #throwing = new Map<string, Way>();
  readonly #plans = new Map<string, number>();
  readonly #closureShapes = new Map<string, number>();
  /** The same by the signature objects, which often come again. */
  readonly #known = new WeakMap<Signature, ClosureShape>();
  readonly #addon: NativeAddon;
  readonly #abi: Abi | null;
  readonly #ways: Ways;
  readonly #canSwitch: boolean;

  constructor(addon: NativeAddon, abi: Abi | null, ways: Ways, canSwitch: boolean) {
    this.#addon = addon;
    this.#abi = abi;
    this.#ways = ways;
    this.#canSwitch = canSwitch;
  }

  prepare(signature: Signature): PreparedCall {
    const { errno, throws, guarded, here } = signature;
    const key = `${signatureKey(signature)}${errno ? "!" : ""}${throws ? "t" : ""}${guarded ? "g" : ""}${signature.elsewhere ? "+" : ""}${here ? "h" : ""}`;
    return getOrMake(this.#calls, key, () => {
      checkSignature(signature);
      const made = signature.elsewhere ? this.#elsewhere(signature) : this.#here(signature);
      const refusal = made.tier === "libffi" ? this.#refusal(signature, "call") : null;
      return refusal === null ? made : refused(made, refusal);
    });
  }

  #here(signature: Signature): PreparedCall {
    const careful = carefulEnter(this.#addon, signature);
    const name = signatureKey(signature);
    if (signature.throws) {
      const { tier, entry, plan } = getOrMake(this.#throwing, name, () => this.#throwingWay(signature));
      return { tier, entry, plan, enter: careful as () => void, ...ONE_WAY };
    }
    const core = getOrMake(this.#cores, name, () => this.#stub(signature) ?? this.#libffi(signature));
    const { tier, entry, plan } = core;
    if (careful !== null) return { tier: tier === "libffi" ? tier : "frame", entry, plan, enter: careful, ...ONE_WAY };
    const isEnteredAlone = signature.errno || signature.here;
    const leaf = isEnteredAlone ? null : core.leaf();
    const handed = signature.here ? null : core.handed(signature.errno === true);
    return {
      tier: tier === "fast" && leaf === null && handed === null ? "direct" : tier,
      entry,
      plan,
      mayEnterTarget: tier !== "libffi" && signature.result === "void" && signature.parameters.length === 0,
      enter: this.#enter(signature),
      leaf,
      enterLeaf: this.#ways.v8 === null && tier === "frame" && !isEnteredAlone ? this.#addon.enterLeaf : null,
      handed,
      switching: isEnteredAlone ? 0 : core.switching,
      submit: null,
      atEnd: null,
    };
  }

  #enter({ errno, here }: Signature): () => void {
    const verbs = this.#ways.v8 ?? this.#addon;
    if (here) return errno ? verbs.enterHereWithErrno : verbs.enterHere;
    return errno ? verbs.enterWithErrno : verbs.enter;
  }

  #elsewhere(signature: Signature): PreparedCall {
    const addon = this.#addon;
    const count = signature.parameters.length;
    const swapsErrno = signature.errno === true;
    const ways = {
      enter: () => addon.pump(count, swapsErrno),
      mayEnterTarget: false,
      leaf: null,
      enterLeaf: null,
      handed: null,
      switching: 0,
      submit: () => addon.submit(count, swapsErrno),
      atEnd: () => addon.callAtEnd(count),
    };
    const stub = this.#ways.usesStubs ? this.#abi?.writeStub(signature, null, "plain") : null;
    const entry = stub ? this.#executable(stub) : null;
    if (entry !== null) return { tier: this.#ways.v8 === null ? "frame" : "direct", entry, plan: 0, ...ways };
    return { tier: "libffi", entry: addon.elsewherePlanEntry, plan: this.#plan(signature), ...ways };
  }

  closureShape(given: Signature): ClosureShape {
    const known = this.#known.get(given);
    if (known !== undefined) return known;
    const signature = ownSignature(given);
    const shape = getOrMake(this.#closureShapes, signatureKey(signature), () => {
      checkSignature(signature, "closure");
      const stub = this.#closureStub(signature);
      if (stub !== null) return stub;
      const refusal = this.#refusal(signature, "closure");
      if (refusal !== null) throw new TypeError(refusal);
      return this.#addon.planShape(this.#plan(signature));
    });
    const made = { shape, errno: signature.errno === true, nowait: signature.nowait === true };
    this.#known.set(given, made);
    return made;
  }

  #plan(signature: Signature): number {
    return getOrMake(this.#plans, signatureKey(signature), () => {
      checkSignature(signature);
      if (this.#abi === null) throw new TypeError(`no ABI is known for ${process.arch} on ${process.platform}`);
      return this.#addon.plan(describe(signature, this.#abi));
    });
  }

  /** Why libffi must not be used for this signature; null when it may be. */
  #refusal(signature: Signature, role: "call" | "closure"): string | null {
    const { libffiVersion } = this.#addon;
    const fault = this.#abi?.libffiFault(signature, role, libffiVersion) ?? null;
    return fault === null ? null : libffiFaultMessage(fault, libffiVersion);
  }

  #stub(signature: Signature): Core | null {
    const { v8, usesStubs, usesLeafCalls } = this.#ways;
    if (!usesStubs) return null;
    const makeLeaf = usesLeafCalls ? v8?.leaf : undefined;
    const kinds: StubKind[] = makeLeaf ? ["plain", "leaf"] : ["plain"];
    if (this.#canSwitch) kinds.push("switching");
    const stubs = kinds.map((kind) => this.#abi?.writeStub(signature, this.#addon.frameAddress, kind) ?? null);
    if (!stubs[0]) return null;
    const handover = this.#handover(signature, false);
    const { bytes, offsets } = laidOut([...stubs, handover?.code ?? null]);
    const entry = this.#executable(bytes);
    if (entry === null) return null;
    const [, leaf, switching] = stubs.map((stub, i) => (stub ? entry + (offsets[i] as number) : 0));
    const tier = leaf ? "fast" : v8 === null ? "frame" : "direct";
    return {
      tier,
      entry,
      plan: 0,
      leaf: () => (leaf && makeLeaf?.(leaf)) || null,
      handed: (swapsErrno) => {
        if (!leaf) return null;
        if (!swapsErrno) return this.#handed(handover, entry + (offsets[stubs.length] as number), leaf, false);
        const swapping = this.#handover(signature, true);
        return this.#handed(swapping, swapping && this.#executable(swapping.code), leaf, true);
      },
      switching: switching ?? 0,
    };
  }

  /**
   * Every stack frame between C++ and its catch must be one that unwinders can read, as are those of a throwing stub's
   * call site and of libffi.
   */
  #throwingWay(signature: Signature): Way {
    const { frameAddress, callSite } = this.#addon;
    const canThrow = this.#ways.usesStubs && callSite !== 0;
    const stub = canThrow ? (this.#abi?.writeStub(signature, frameAddress, "throwing") ?? null) : null;
    const entry = stub === null ? null : this.#executable(stub);
    return entry === null ? this.#libffi(signature) : { tier: "frame", entry, plan: 0 };
  }

  /** The address of executable code; null where the system grants no executable memory, or no more of it. */
  #executable(code: Uint8Array): number | null {
    try {
      return this.#addon.code(code);
    } catch {
      return null;
    }
  }

  #handover(signature: Signature, swapsErrno: boolean): Handover | null {
    const { v8, usesLeafCalls } = this.#ways;
    if (!usesLeafCalls || v8?.handed === undefined) return null;
    const { frameAddress, errnoAddress } = this.#addon;
    return this.#abi?.writeHandover(signature, frameAddress, swapsErrno ? errnoAddress : null) ?? null;
  }

  #handed(handover: Handover | null, entry: number | null, leaf: number, swapsErrno: boolean): HandedCall | null {
    if (handover === null || entry === null) return null;
    const { order, parameters, result } = handover;
    const kinds = Uint8Array.of(HANDOVER_CODES[result], ...parameters.map((kind) => HANDOVER_CODES[kind]));
    const call = this.#ways.v8?.handed?.(entry, leaf, kinds, Uint8Array.from(order), swapsErrno);
    return call ? { call, order, isWord: result === "word" } : null;
  }

  #closureStub(signature: Signature): number | null {
    const { result, parameters, fixed } = signature;
    // A C function does not get its variadic arguments one by one.
    if (!this.#ways.usesStubs || fixed !== undefined) return null;
    const stub = this.#abi?.writeClosureStub(signature);
    if (!stub) return null;
    try {
      const sizeOf = (type: RawType) => wideSize(type, this.#addon.longDoubleSize);
      return this.#addon.stubShape(stub, Uint32Array.from(parameters, sizeOf), sizeOf(result));
    } catch {
      return null;
    }
  }

  #libffi(signature: Signature): Core {
    return {
      tier: "libffi",
      entry: this.#addon.planEntry,
      plan: this.#plan(signature),
      leaf: () => null,
      handed: () => null,
      switching: 0,
    };
  }
}

/** For a call that has only `enter`. */
const ONE_WAY = {
  mayEnterTarget: false,
  leaf: null,
  enterLeaf: null,
  handed: null,
  switching: 0,
  submit: null,
  atEnd: null,
} as const;

/**
 * A call that cannot be made. Trying it is an error; holding a function of that type, or being called as one, is not.
 */
function refused({ submit, atEnd }: PreparedCall, message: string): PreparedCall {
  const refuse = () => {
    throw new TypeError(message);
  };
  return {
    tier: "libffi",
    entry: 0,
    plan: 0,
    enter: refuse,
    ...ONE_WAY,
    ...(submit && { submit: refuse }),
    ...(atEnd && { atEnd: refuse }),
  };
}

/** Stubs one after the other, each at a multiple of 16. */
function laidOut(stubs: readonly (Uint8Array | null)[]): { bytes: Uint8Array; offsets: number[] } {
  const offsets: number[] = [];
  let length = 0;
  for (const stub of stubs) {
    offsets.push(length);
    length += Math.ceil((stub?.length ?? 0) / 16) * 16;
  }
  const bytes = new Uint8Array(length);
  for (const [i, stub] of stubs.entries()) bytes.set(stub ?? [], offsets[i]);
  return { bytes, offsets };
}

function getOrMake<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
