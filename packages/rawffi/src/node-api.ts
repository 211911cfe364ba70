/**
 * The contract over the Node-API addon, and over the V8 part where there is one.
 *
 * How a signature is made ready
 *   1. plan.ts       checks it and gives it a name; equal signatures are prepared once in an environment
 *   2. stubs/        writes machine code for it, which the addon makes executable;
 *   3. plan.ts       or, where no ABI writes a stub (or RAWFFI_TIER=libffi asks for it), describes it to libffi
 */
import { HANDOVER_CODES, type NativeAddon, SCALAR_CODES, type V8Verbs, type Ways } from "./addon.ts";
import { Chains } from "./chain.ts";
import { carefulEnter, faultOf } from "./faults.ts";
import type { Closure, HandedCall, Platform, PreparedCall, RawFFI } from "./interface.ts";
import { checkSignature, describe, signatureKey } from "./plan.ts";
import type { Abi, Handover, StubKind } from "./stubs/abi.ts";
import { abiFor } from "./stubs/index.ts";
import { wideSize } from "./stubs/slots.ts";
import { switchingVerbs } from "./switching.ts";
import type { PeekType, Signature } from "./types.ts";

/** What signatures that differ in `errno` alone share. */
interface Core extends Pick<PreparedCall, "tier" | "entry" | "plan"> {
  /** Made at the first use, for it is a function of V8. */
  readonly leaf: () => (() => void) | null;
  readonly handed: () => HandedCall | null;
  readonly switching: number;
}

/** The most bytes of an `ArrayBuffer` on Node 20. */
const LARGEST_WINDOW = 2 ** 32;

export function createNodeApi(addon: NativeAddon, ways: Ways): RawFFI {
  const platform = platformOf(addon);
  const abi = abiFor(platform);
  const signatures = new Signatures(addon, abi, ways);
  const chains = new Chains(addon, abi, ways);
  const windows = ways.v8 ?? addon;
  const { text, resultText } = ways.v8 ?? addon;
  return {
    name: "node-api",
    platform,
    modes: {
      RTLD_LAZY: addon.RTLD_LAZY,
      RTLD_NOW: addon.RTLD_NOW,
      RTLD_LOCAL: addon.RTLD_LOCAL,
      RTLD_GLOBAL: addon.RTLD_GLOBAL,
      RTLD_DEEPBIND: addon.RTLD_DEEPBIND,
    },

    open: (path, mode) => addon.open(path === null ? null : withoutNul(path, "open"), mode),
    close: addon.close,
    symbol: (handle, name) => addon.symbol(handle, withoutNul(name, "symbol")),
    loaded: addon.loaded,
    isRunning: addon.isRunning,

    addressOf: addressFinder(addon, ways.v8),
    // Node ends the process when the base is null, and V8 when it is too large, instead of refusing.
    window: (address, byteLength) =>
      address === 0 || byteLength > LARGEST_WINDOW ? null : windows.window(address, byteLength),
    allocate: addon.allocate,
    free: addon.free,
    reachable: addon.reachable,
    move: (to, from, byteLength) => {
      if (addon.move(to, from, byteLength) === null) throw faultOf(addon);
    },
    fill: (address, byte, byteLength) => {
      if (addon.fill(address, byte, byteLength) === null) throw faultOf(addon);
    },
    length: (address, unit) => found(addon, addon.length(address, unit)),
    text: (at, byteLength) => found(addon, text(at, byteLength)),
    peek: (address, type) => {
      const value = found(addon, addon.peek(address, peekCode(type)));
      return type === "bool" ? Number(value !== 0) : value;
    },
    poke: (address, type, value) => {
      if (addon.poke(address, peekCode(type), pokeValue(type, value)) === null) throw faultOf(addon);
    },

    frame: addon.frame,
    scratch: addon.scratch,
    pushText: ways.v8?.pushText ?? addon.pushText,
    resultText: () => {
      const result = resultText();
      if (result === undefined) throw faultOf(addon);
      return result;
    },
    callsNothing: (address) => abi?.callsNothing(codeAt(addon, address)) ?? false,
    prepare: (signature) => signatures.prepare(signature),
    chain: (memory, steps) => chains.make(memory, steps),
    cancel: addon.cancel,
    onSettled: addon.onSettled,
    threads: addon.threads,
    ...switchingVerbs(addon, ways.usesLeafCalls ? ways.v8 : null, abi),
    closure: (signature, enter, name = "") =>
      new NativeClosure(addon, ways.v8 ?? addon, signatures.closureShape(signature), enter, signature, name),
    freedMessage: addon.freedMessage,
  };
}

/** What a small function has, where so much of it can be read. */
function codeAt(addon: NativeAddon, address: number): Uint8Array {
  const code = new Uint8Array(new ArrayBuffer(SMALL_FUNCTION));
  const isThere = address !== 0 && addon.reachable(address, SMALL_FUNCTION, false);
  if (isThere) addon.move(addon.addressOf(code), address, SMALL_FUNCTION);
  return isThere ? code : code.subarray(0, 0);
}

/** In bytes. */
const SMALL_FUNCTION = 64;

function found<T>(addon: NativeAddon, value: T | null): T {
  if (value === null) throw faultOf(addon);
  return value;
}

function platformOf(addon: NativeAddon): Platform {
  return {
    arch: process.arch,
    os: process.platform,
    isLittleEndian: new Uint8Array(Uint16Array.of(1).buffer)[0] === 1,
    pointerSize: addon.pointerSize,
    longSize: addon.longSize,
    wcharSize: addon.wcharSize,
    longDoubleSize: addon.longDoubleSize,
    timeSize: addon.timeSize,
  };
}

// -- Signatures ------------------------------------------------------------------------------------

/** Prepared signatures of an environment, by name: what they need natively lives as long as the environment. */
class Signatures {
  readonly #calls = new Map<string, PreparedCall>();
  readonly #cores = new Map<string, Core>();
  readonly #plans = new Map<string, number>();
  readonly #closureShapes = new Map<string, number>();
  /** The same by the objects that asked, which often ask again. */
  readonly #known = new WeakMap<Signature, number>();
  readonly #addon: NativeAddon;
  readonly #abi: Abi | null;
  readonly #ways: Ways;

  constructor(addon: NativeAddon, abi: Abi | null, ways: Ways) {
    this.#addon = addon;
    this.#abi = abi;
    this.#ways = ways;
  }

  prepare(signature: Signature): PreparedCall {
    const { errno, throws, guarded } = signature;
    const key = `${signatureKey(signature)}${errno ? "!" : ""}${throws ? "t" : ""}${guarded ? "g" : ""}${signature.elsewhere ? "+" : ""}`;
    return getOrMake(this.#calls, key, () => {
      checkSignature(signature);
      if (signature.elsewhere) return this.#elsewhere(signature);
      const careful = carefulEnter(this.#addon, signature);
      // The unwinder can read libffi's frames, and not those of stubs.
      if (throws) return { ...this.#libffi(signature), enter: careful as () => void, ...ONE_WAY };
      const core = getOrMake(
        this.#cores,
        signatureKey(signature),
        () => this.#stub(signature) ?? this.#libffi(signature),
      );
      const { enter, enterWithErrno } = this.#ways.v8 ?? this.#addon;
      const { tier, entry, plan } = core;
      if (careful !== null)
        return { tier: tier === "libffi" ? tier : "frame", entry, plan, enter: careful, ...ONE_WAY };
      const leaf = signature.errno ? null : core.leaf();
      return {
        tier: tier === "fast" && leaf === null ? "direct" : tier,
        entry,
        plan,
        mayEnterTarget: tier !== "libffi" && signature.result === "void" && signature.parameters.length === 0,
        enter: signature.errno ? enterWithErrno : enter,
        leaf,
        handed: signature.errno ? null : core.handed(),
        switching: signature.errno ? 0 : core.switching,
        submit: null,
      };
    });
  }

  #elsewhere(signature: Signature): PreparedCall {
    const addon = this.#addon;
    const count = signature.parameters.length;
    const swapsErrno = signature.errno === true;
    const ways = {
      enter: () => addon.pump(count, swapsErrno),
      mayEnterTarget: false,
      leaf: null,
      handed: null,
      switching: 0,
      submit: () => addon.submit(count, swapsErrno),
    };
    const stub = this.#ways.usesStubs ? this.#abi?.writeStub(signature, null, "plain") : null;
    if (stub) {
      try {
        return { tier: this.#ways.v8 === null ? "frame" : "direct", entry: addon.code(stub), plan: 0, ...ways };
      } catch {
        // No executable memory.
      }
    }
    return { tier: "libffi", entry: addon.elsewherePlanEntry, plan: this.#plan(signature), ...ways };
  }

  closureShape(signature: Signature): number {
    const known = this.#known.get(signature);
    if (known !== undefined) return known;
    const shape = getOrMake(this.#closureShapes, signatureKey(signature), () => {
      checkSignature(signature, "closure");
      return this.#closureStub(signature) ?? this.#addon.planShape(this.#plan(signature));
    });
    this.#known.set(signature, shape);
    return shape;
  }

  #plan(signature: Signature): number {
    return getOrMake(this.#plans, signatureKey(signature), () => {
      checkSignature(signature);
      if (this.#abi === null) throw new TypeError(`no ABI is known for ${process.arch} on ${process.platform}`);
      return this.#addon.plan(describe(signature, this.#abi));
    });
  }

  #stub(signature: Signature): Core | null {
    const { v8, usesStubs, usesLeafCalls } = this.#ways;
    if (!usesStubs) return null;
    const makeLeaf = usesLeafCalls ? v8?.leaf : undefined;
    const kinds: readonly StubKind[] = makeLeaf ? ["plain", "leaf", "switching"] : ["plain"];
    const stubs = kinds.map((kind) => this.#abi?.writeStub(signature, this.#addon.frameAddress, kind) ?? null);
    if (!stubs[0]) return null;
    const handover = (makeLeaf && this.#abi?.writeHandover(signature, this.#addon.frameAddress)) ?? null;
    const { bytes, offsets } = laidOut([...stubs, handover?.code ?? null]);
    try {
      const entry = this.#addon.code(bytes);
      const [, leaf, switching] = stubs.map((stub, i) => (stub ? entry + (offsets[i] as number) : 0));
      const tier = leaf ? "fast" : v8 === null ? "frame" : "direct";
      return {
        tier,
        entry,
        plan: 0,
        leaf: () => (leaf && makeLeaf?.(leaf)) || null,
        handed: () =>
          leaf && handover ? this.#handed(handover, entry + (offsets[stubs.length] as number), leaf) : null,
        switching: switching ?? 0,
      };
    } catch {
      return null; // a system that gives no executable memory, or no more of it
    }
  }

  #handed({ order, parameters, result }: Handover, entry: number, leaf: number): HandedCall | null {
    const kinds = Uint8Array.of(HANDOVER_CODES[result], ...parameters.map((kind) => HANDOVER_CODES[kind]));
    const call = this.#ways.v8?.handed?.(entry, leaf, kinds, Uint8Array.from(order));
    return call ? { call, order } : null;
  }

  #closureStub(signature: Signature): number | null {
    const { result, parameters, fixed } = signature;
    // No C function takes its variadic arguments one by one.
    if (!this.#ways.usesStubs || fixed !== undefined) return null;
    const stub = this.#abi?.writeClosureStub(signature);
    if (!stub) return null;
    try {
      return this.#addon.stubShape(stub, Uint32Array.from(parameters, wideSize), wideSize(result));
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

/** Of a call that has but `enter`. */
const ONE_WAY = { mayEnterTarget: false, leaf: null, handed: null, switching: 0, submit: null } as const;

/** Stubs behind each other, each at a multiple of 16. */
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

class NativeClosure implements Closure {
  readonly address: number;
  readonly #addon: NativeAddon;
  readonly #handle: number;
  #isFree = false;

  constructor(
    addon: NativeAddon,
    way: Pick<NativeAddon, "hold">,
    shape: number,
    enter: () => void,
    { errno, nowait }: Signature,
    name: string,
  ) {
    if (typeof enter !== "function") throw new TypeError("rawffi.closure: expected a function");
    this.#addon = addon;
    this.#handle = addon.closure(shape, errno === true, nowait === true, name);
    way.hold(this.#handle, enter);
    this.address = addon.closureAddress(this.#handle);
  }

  free(): void {
    if (this.#isFree) return;
    this.#isFree = true;
    this.#addon.freeClosure(this.#handle);
  }
}

// -- Values for the addon --------------------------------------------------------------------------

/** C ends a string at the first NUL, so what stands behind it would be ignored silently. */
function withoutNul(text: string, where: string): string {
  if (typeof text === "string" && text.includes("\0"))
    throw new TypeError(`rawffi.${where}: a name cannot contain NUL`);
  return text;
}

function addressFinder(addon: NativeAddon, v8: V8Verbs | null): RawFFI["addressOf"] {
  const find: RawFFI["addressOf"] = (buffer) =>
    addon.addressOf(buffer instanceof ArrayBuffer || ArrayBuffer.isView(buffer) ? buffer : viewOf(buffer));
  if (v8 === null) return find;
  return (buffer) => {
    const address = v8.addressOf(buffer);
    return address >= 0 ? address : find(buffer);
  };
}

function viewOf(buffer: ArrayBufferLike): Uint8Array {
  const view = new Uint8Array(buffer);
  // Anything but a buffer would have been copied, and the address be that of the copy.
  if (view.buffer !== buffer) throw new TypeError("rawffi.addressOf: expected a buffer or a view of one");
  return view;
}

function peekCode(type: PeekType): number {
  return SCALAR_CODES[type === "bool" ? "uint8" : type];
}

function pokeValue(type: PeekType, value: number | bigint): number | bigint {
  if (type === "sint64" || type === "uint64" || type === "pointer") return BigInt(value);
  if (type === "bool") return Number(Boolean(value));
  if (typeof value !== "bigint") return value;
  return type === "float" || type === "double" ? Number(value) : Number(BigInt.asIntN(32, value));
}
