/**
 * Chains over the addon: the stubs of the steps, which take their frame as an argument, and one piece of machine code
 * that calls them.
 */
import type { NativeAddon, Ways } from "./addon.ts";
import { arrayOn, FRAME } from "./frame.ts";
import type { ChainStep } from "./interface.ts";
import { checkSignature, ownSignature, signatureKey } from "./plan.ts";
import type { Abi } from "./stubs/abi.ts";

export class Chains {
  /** Stubs that take their frame as an argument, by signature; null where there is none. */
  readonly #stubs = new Map<string, number | null>();
  readonly #addon: NativeAddon;
  readonly #abi: Abi | null;
  readonly #ways: Ways;

  constructor(addon: NativeAddon, abi: Abi | null, ways: Ways) {
    this.#addon = addon;
    this.#abi = abi;
    this.#ways = ways;
  }

  /** See `RawFFI.chain`. */
  make(memory: BigUint64Array, steps: readonly ChainStep[]): (() => void) | null {
    const stubs = steps.map((step) => this.#stubOf(step));
    const writeChain = this.#abi?.writeChain;
    if (!this.#ways.usesStubs || writeChain === undefined || stubs.includes(null)) return null;
    steps.forEach(({ frame, target }, i) => {
      memory[frame + FRAME.ENTRY] = BigInt(stubs[i] as number);
      memory[frame + FRAME.TARGET] = BigInt(target);
    });
    const { v8, usesLeafCalls } = this.#ways;
    const makeLeaf = usesLeafCalls ? v8?.leaf : undefined;
    const { frameAddress, frame } = this.#addon;
    const code = writeChain(frameAddress, makeLeaf !== undefined, this.#addon.addressOf(memory), steps);
    let entry: number;
    try {
      entry = this.#addon.code(code);
    } catch {
      return null; // a system that gives no executable memory, or no more of it
    }
    if (makeLeaf !== undefined) return makeLeaf(entry);
    const slots = arrayOn(BigUint64Array, frame);
    const { enter } = v8 ?? this.#addon;
    return () => {
      slots[FRAME.ENTRY] = BigInt(entry);
      enter();
    };
  }

  #stubOf({ signature: given }: ChainStep): number | null {
    const signature = ownSignature(given);
    checkSignature(signature);
    const key = signatureKey(signature);
    let stub = this.#stubs.get(key);
    if (stub === undefined) {
      const code = this.#ways.usesStubs ? (this.#abi?.writeStub(signature, null, "plain") ?? null) : null;
      try {
        stub = code === null ? null : this.#addon.code(code);
      } catch {
        stub = null;
      }
      this.#stubs.set(key, stub);
    }
    return stub;
  }
}
