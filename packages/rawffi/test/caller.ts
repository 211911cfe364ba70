/** Calls through the contract with values in the double's form: as `ctypes` does, without its optimisations. */
import {
  type Address,
  CALLBACK_FRAME,
  type Closure,
  FAULT,
  FRAME,
  type PeekType,
  type PreparedCall,
  type RawFFI,
  type RawType,
  type Signature,
} from "rawffi";
import type { DoubleValue } from "./double/double.ts";
import { sizeOf } from "./types.ts";

/**
 * Under `npm run test:stress` garbage is collected before each call, and when a closure begins and ends, three hundred
 * times per test; `scripts/stress.mjs` resets the count.
 */
const stress = globalThis as { ctypesStress?: { count: number } };
function collectOften(): void {
  if (stress.ctypesStress === undefined) return;
  const count = stress.ctypesStress.count++;
  if (count < 300) globalThis.gc?.((count % 8 === 0 ? undefined : { type: "minor" }) as never);
}

const NARROW = /^(bool|[su]int(8|16|32|64)|pointer|number|float|double)$/;

export class Caller {
  readonly raw: RawFFI;
  readonly #frame: DataView;

  constructor(raw: RawFFI) {
    this.raw = raw;
    this.#frame = raw.frame;
  }

  get errno(): number {
    return this.#frame.getInt32(8 * FRAME.ERRNO, true);
  }

  set errno(value: number) {
    this.#frame.setInt32(8 * FRAME.ERRNO, value, true);
  }

  /** Whether another call is running or has not read its result yet. */
  get isFrameInUse(): boolean {
    return this.#frame.getUint32(8 * FRAME.TARGET, true) !== 0;
  }

  /** Calls the function at `target` by the rules of the contract. */
  call(target: Address, signature: Signature, ...args: DoubleValue[]): DoubleValue {
    if (this.isFrameInUse) return this.raw.withOwnFrame(() => this.call(target, signature, ...args), null);
    const prepared = this.raw.prepare(signature);
    const { entry, plan } = prepared;
    const blocks: number[] = [];
    const block = (type: RawType) => {
      const address = this.raw.allocate(sizeOf(type));
      blocks.push(address);
      return address;
    };
    const result = isWide(signature.result) ? block(signature.result) : 0;
    const addresses = signature.parameters.map((type) => (isWide(type) ? block(type) : 0));
    signature.parameters.forEach((type, i) => {
      if (isWide(type)) this.write(addresses[i]!, args[i] as Uint8Array);
    });
    this.#frame.setBigUint64(8 * FRAME.ENTRY, BigInt(prepared.mayEnterTarget ? target : entry), true);
    this.#frame.setBigUint64(8 * FRAME.TARGET, BigInt(target), true);
    this.#frame.setBigUint64(8 * FRAME.PLAN, BigInt(plan), true);
    this.#frame.setBigUint64(8 * FRAME.RESULT, BigInt(result), true);
    signature.parameters.forEach((type, i) => {
      this.#store(FRAME.ARGUMENTS + i, type, isWide(type) ? addresses[i] : args[i]);
    });
    try {
      this.#enter(prepared);
      return isWide(signature.result)
        ? this.read(result, sizeOf(signature.result))
        : this.#load(FRAME.RESULT, signature.result);
    } finally {
      this.#use(0);
      for (const address of blocks) this.raw.free(address);
    }
  }

  #enter({ enter, leaf: leafAlone, enterLeaf, switching }: PreparedCall): void {
    collectOften();
    const leaf = leafAlone ?? enterLeaf;
    if (leaf === null || this.#frame.getUint32(8 * FRAME.CLOSURES, true) > 0) {
      if (switching === 0) enter();
      else this.#switch(switching);
      return;
    }
    leaf();
    const fault = this.#frame.getUint32(8 * FRAME.FAULT, true);
    this.#frame.setUint32(8 * FRAME.FAULT, 0, true);
    if (fault === FAULT.FREED) throw new Error(this.raw.freedMessage());
    if (fault !== 0) throw new Error("a leaf call called back");
  }

  #switch(entry: number): void {
    let failure: { readonly error: unknown } | null = null;
    this.#frame.setBigUint64(8 * FRAME.ENTRY, BigInt(entry), true);
    for (;;) {
      this.raw.go();
      if (this.#frame.getUint32(8 * FRAME.SUSPENDED, true) === 0) break;
      try {
        this.raw.serve();
        this.#use(1);
      } catch (error) {
        this.#use(1);
        this.#frame.setUint32(8 * FRAME.SUSPENDED, 0, true);
        this.#frame.setUint32(8 * FRAME.SUSPENDED + 4, 1, true);
        failure ??= { error };
      }
      this.#frame.setBigUint64(8 * FRAME.ENTRY, BigInt(this.raw.resumeEntry), true);
    }
    if (failure !== null) throw failure.error;
  }

  #use(target: number): void {
    this.#frame.setBigUint64(8 * FRAME.TARGET, BigInt(target), true);
  }

  /** A closure that decodes its frame for `act`; `enter` must be kept by the caller. */
  closure(
    signature: Signature,
    act: (...args: DoubleValue[]) => DoubleValue,
    name?: string,
  ): { closure: Closure; enter: () => void } {
    const enter = () => {
      const base = this.#frame.getUint32(8 * FRAME.CALLBACK, true);
      const args = signature.parameters.map((type, i) => this.#get(base + CALLBACK_FRAME.ARGUMENTS + i, type));
      this.#use(0);
      collectOften();
      const value = act(...args);
      collectOften();
      this.#put(base + CALLBACK_FRAME.RESULT, signature.result, value);
    };
    return { closure: this.raw.closure(signature, enter, name), enter };
  }

  read(address: number, byteLength: number): Uint8Array {
    const copy = new Uint8Array(byteLength);
    this.raw.move(this.raw.addressOf(copy.buffer), address, byteLength);
    return copy;
  }

  write(address: number, bytes: Uint8Array): void {
    const copy = bytes.slice();
    this.raw.move(address, this.raw.addressOf(copy.buffer), copy.length);
  }

  /** NUL-terminated text on the C heap. */
  text(text: string): number {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const address = this.raw.allocate(bytes.length);
    this.write(address, bytes);
    return address;
  }

  #get(slot: number, type: RawType): DoubleValue {
    if (!isWide(type)) return this.#load(slot, type);
    return this.read(Number(this.#frame.getBigUint64(8 * slot, true)), sizeOf(type));
  }

  #put(slot: number, type: RawType, value: DoubleValue): void {
    if (isWide(type)) this.write(Number(this.#frame.getBigUint64(8 * slot, true)), value as Uint8Array);
    else this.#store(slot, type, value);
  }

  #load(slot: number, type: RawType): DoubleValue {
    const at = 8 * slot;
    switch (type) {
      case "void":
        return undefined;
      case "bool":
      case "uint8":
        return this.#frame.getUint8(at);
      case "sint8":
        return this.#frame.getInt8(at);
      case "sint16":
        return this.#frame.getInt16(at, true);
      case "uint16":
        return this.#frame.getUint16(at, true);
      case "sint32":
        return this.#frame.getInt32(at, true);
      case "uint32":
        return this.#frame.getUint32(at, true);
      case "sint64":
        return this.#frame.getBigInt64(at, true);
      case "float":
        return this.#frame.getFloat32(at, true);
      case "double":
        return this.#frame.getFloat64(at, true);
      case "pointer":
        return toAddress(this.#frame.getBigUint64(at, true));
      default:
        return this.#frame.getBigUint64(at, true);
    }
  }

  /**
   * Narrow integers are extended to 32 bits and not further: the rest of the slot is filled with garbage to show that
   * it is not read.
   */
  #store(slot: number, type: RawType, value: DoubleValue): void {
    const at = 8 * slot;
    if (type === "void") return;
    if (type === "float") this.#frame.setFloat32(at, Number(value), true);
    else if (type === "double" || type === "number") this.#frame.setFloat64(at, Number(value), true);
    else if (/64$/.test(type as PeekType) || type === "pointer" || typeof type !== "string" || isWide(type)) {
      this.#frame.setBigUint64(at, BigInt.asUintN(64, BigInt(value as number)), true);
    } else {
      this.#frame.setInt32(at, Number(value), true);
      this.#frame.setUint32(at + 4, 0xdddddddd, true);
    }
  }
}

/** 64 bits as an address of the contract. */
function toAddress(bits: bigint): Address {
  return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits;
}

function isWide(type: RawType): boolean {
  return typeof type !== "string" || (type !== "void" && !NARROW.test(type));
}
