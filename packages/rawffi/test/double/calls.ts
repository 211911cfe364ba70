/**
 * Calls and callbacks of the double: the functions at its addresses are JavaScript, and the frame is read and written
 * as by native code.
 */

import { arrayOn, CALLBACK_FRAME, FRAME, PUSHED, SCRATCH_ALIGN } from "../../src/frame.ts";
import type { Closure, PreparedCall } from "../../src/interface.ts";
import { checkSignature, ownSignature, signatureKey } from "../../src/plan.ts";
import { isWide } from "../../src/stubs/slots.ts";
import type { Address, PeekType, RawType, ScalarType, Signature } from "../../src/types.ts";
import { LONG_DOUBLE } from "../types.ts";
import { type DoubleMemory, toAddress } from "./memory.ts";

/**
 * A value on its way in or out of C: a bigint for 64-bit integers, the bytes for what goes by address, a number for all
 * others (`bool` too), undefined for void. A pointer is an {@link Address}.
 */
export type DoubleValue = number | bigint | Uint8Array | undefined;

/** A JavaScript function in place of a C function. */
export type DoubleFunction = (c: DoubleC, ...args: never[]) => DoubleValue;

/** What a C function can reach besides its arguments. */
export interface DoubleC {
  readonly memory: DoubleMemory;
  errno: number;
  /** Calls the function at `address`: a function of the double, or a closure. */
  call(address: Address, signature: Signature, args: readonly DoubleValue[]): DoubleValue;
}

/** A function, with the only signature by which it may be called, if it has one. */
export interface PlacedFunction {
  readonly call: DoubleFunction;
  readonly signature?: Signature;
}

interface PlacedClosure {
  readonly signature: Signature;
  readonly name: string;
  /** Null once freed. */
  enter: WeakRef<() => void> | null;
}

export function freedMessage(name: string): string {
  const what = name === "" ? "a callback" : `the callback ${name}`;
  return `${what} was called after it was freed: it was disposed of, or nobody held it any more`;
}

/** The addresses of functions, one every 16 bytes; no memory is mapped below 1 MiB. */
const FIRST_FUNCTION = 0x1000;

const SCRATCH_BYTES = 64 * 1024;

export class Calls implements DoubleC {
  readonly frame = new DataView(new ArrayBuffer(FRAME.SLOTS * 8));
  readonly scratch = new DataView(new ArrayBuffer(SCRATCH_BYTES));
  readonly memory: DoubleMemory;
  errno = 0;
  readonly #frameAddress: number;
  readonly #placed: (PlacedFunction | PlacedClosure)[] = [];
  readonly #plans: Signature[] = [];
  #depth = 0;
  #callbackTop: number = FRAME.CALLBACKS;
  /** What a callback of the innermost active call threw. */
  #pending: { error: unknown } | null = null;

  constructor(memory: DoubleMemory) {
    this.memory = memory;
    this.#frameAddress = memory.addressOf(this.frame.buffer);
  }

  place(symbol: DoubleFunction | PlacedFunction): number {
    return this.#place(typeof symbol === "function" ? { call: symbol } : symbol);
  }

  /** Set by `onSettled`. */
  settle: (job: number, hasThrown: boolean, thrown: unknown) => void = () => {};
  within: (job: number, serve: () => void) => void = (_, serve) => serve();
  #lastJob = 0;

  prepare(given: Signature): PreparedCall {
    const signature = ownSignature(given);
    checkSignature(signature);
    const plan = this.#plans.push(signature);
    const submit = signature.elsewhere ? () => this.#submit() : null;
    return {
      tier: "frame",
      entry: 0,
      plan,
      enter: () => this.#enter(),
      mayEnterTarget: false,
      leaf: null,
      enterLeaf: null,
      handed: null,
      switching: 0,
      submit,
      atEnd: signature.elsewhere ? () => this.#keepForEnd() : null,
    };
  }

  /** There are no threads: the call is made at once, and settled later. */
  #submit(): number {
    const job = ++this.#lastJob;
    let thrown: { error: unknown } | null = null;
    try {
      this.within(job, () => this.#enter());
    } catch (error) {
      thrown = { error };
    }
    const result = this.memory.bytes(this.#slot(FRAME.RESULT), 16).slice();
    setImmediate(() => {
      const outerTarget = this.memory.peek(this.#slot(FRAME.TARGET), "pointer");
      this.memory.poke(this.#slot(FRAME.TARGET), "pointer", 1);
      this.memory.bytes(this.#slot(FRAME.RESULT), 16).set(result);
      this.settle(job, thrown !== null, thrown?.error);
      this.memory.poke(this.#slot(FRAME.TARGET), "pointer", outerTarget);
    });
    return job;
  }

  readonly #atEnd = new Map<number, () => void>();
  #lastAtEnd = 0;
  #isEnding = false;

  /** The current contents of the frame, up to the callback frames. */
  #keepForEnd(): number {
    const frame = this.memory.bytes(this.#frameAddress, 8 * FRAME.CALLBACKS).slice();
    this.#atEnd.set(++this.#lastAtEnd, () => {
      this.memory.bytes(this.#frameAddress, frame.length).set(frame);
      this.#enter();
    });
    return this.#lastAtEnd;
  }

  callEachAtEnd(target: number, items: BigUint64Array): number {
    const signature: Signature = { result: "void", parameters: ["pointer"] };
    this.#atEnd.set(++this.#lastAtEnd, () => {
      for (const item of [...items].reverse()) if (item !== 0n) this.call(target, signature, [Number(item)]);
    });
    return this.#lastAtEnd;
  }

  cancelAtEnd(number: number): boolean {
    return this.#atEnd.delete(number);
  }

  /** What an environment's end does. */
  end(): void {
    this.#isEnding = true;
    for (const [number, call] of [...this.#atEnd].reverse()) if (this.#atEnd.delete(number)) call();
  }

  pushText(text: string): number {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const top = Number(this.memory.peek(this.#slot(FRAME.SCRATCH), "uint32"));
    const next = top + Math.ceil(bytes.length / SCRATCH_ALIGN) * SCRATCH_ALIGN;
    if (next > SCRATCH_BYTES) return PUSHED.TOO_LONG;
    if (text.includes("\0")) return PUSHED.HAS_NUL;
    arrayOn(Uint8Array, this.scratch).set(bytes, top);
    this.memory.poke(this.#slot(FRAME.SCRATCH), "uint32", next);
    return top;
  }

  closure(given: Signature, enter: () => void, name = ""): Closure {
    const signature = ownSignature(given);
    checkSignature(signature, "closure");
    const placed: PlacedClosure = { signature, name, enter: new WeakRef(enter) };
    const free = () => {
      placed.enter = null;
    };
    return { address: this.#place(placed), free };
  }

  withOwnFrame<T>(run: () => T, memory: Int32Array | null): T {
    const words = arrayOn(Uint8Array, this.frame).subarray(0, 8 * FRAME.CALLBACKS);
    const saved = words.slice();
    const savedMemory = memory?.slice();
    const pending = this.#pending;
    for (const slot of [FRAME.TARGET, FRAME.LEAF, FRAME.FAULT]) this.memory.poke(this.#slot(slot), "pointer", 0);
    this.#pending = null;
    try {
      return run();
    } finally {
      words.set(saved);
      if (savedMemory !== undefined) memory?.set(savedMemory);
      this.#pending = pending;
    }
  }

  call(address: Address, signature: Signature, args: readonly DoubleValue[]): DoubleValue {
    const placed = this.#placed[(Number(address) - FIRST_FUNCTION) / 16];
    if (placed === undefined) throw new Error(`double: no function stands at 0x${address.toString(16)}`);
    if ("enter" in placed) return this.#callBack(placed, args);
    if (placed.signature !== undefined && !sameStart(placed.signature, signature)) {
      throw new Error(`double: a function ${signatureKey(placed.signature)} was called as ${signatureKey(signature)}`);
    }
    return placed.call(this, ...(args as never[]));
  }

  #place(placed: PlacedFunction | PlacedClosure): number {
    return FIRST_FUNCTION + 16 * (this.#placed.push(placed) - 1);
  }

  /** Of the result slot, which is read then. */
  resultAddress(): Address {
    this.memory.poke(this.#slot(FRAME.TARGET), "pointer", 0);
    return toAddress(this.memory.peek(this.#slot(FRAME.RESULT), "pointer"));
  }

  #slot(index: number): number {
    return this.#frameAddress + 8 * index;
  }

  #enter(): void {
    const signature = this.#plans[Number(this.memory.peek(this.#slot(FRAME.PLAN), "uint32")) - 1];
    if (signature === undefined) throw new Error("double: the frame names no prepared call");
    const target = toAddress(this.memory.peek(this.#slot(FRAME.TARGET), "pointer"));
    const resultAddress = Number(this.memory.peek(this.#slot(FRAME.RESULT), "pointer"));
    const args = signature.parameters.map((type, i) => this.#read(this.#slot(FRAME.ARGUMENTS + i), type));
    if (signature.errno) this.#swapErrno();
    this.#depth++;
    let result: DoubleValue;
    try {
      result = this.call(target, signature, args);
    } finally {
      this.#depth--;
      if (signature.errno) this.#swapErrno();
    }
    this.#write(this.#slot(FRAME.RESULT), resultAddress, signature.result, result);
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    this.memory.poke(this.#slot(FRAME.TARGET), "pointer", 0);
    throw pending.error;
  }

  #callBack(closure: PlacedClosure, args: readonly DoubleValue[]): DoubleValue {
    const { result, parameters } = closure.signature;
    if (this.#isEnding) return zeroOf(result);
    const enter = closure.enter?.deref();
    if (enter === undefined) return this.#fail(new Error(freedMessage(closure.name)), result);
    const base = this.#callbackTop;
    const top = base + CALLBACK_FRAME.ARGUMENTS + parameters.length;
    if (top > FRAME.SLOTS) return this.#fail(new RangeError("callbacks are nested too deeply"), result);
    const blocks = [result, ...parameters].map((type) => (isWide(type) ? this.memory.allocate(sizeOf(type)) : 0));
    const resultSlot = this.#slot(base + CALLBACK_FRAME.RESULT);
    this.memory.bytes(resultSlot, 16).fill(0);
    this.memory.poke(resultSlot, "pointer", blocks[0]!);
    parameters.forEach((type, i) => {
      this.#write(this.#slot(base + CALLBACK_FRAME.ARGUMENTS + i), blocks[i + 1]!, type, args[i], true);
    });
    const outerCallback = this.memory.peek(this.#slot(FRAME.CALLBACK), "uint32");
    const outerTarget = this.memory.peek(this.#slot(FRAME.TARGET), "pointer");
    this.memory.poke(this.#slot(FRAME.TARGET), "pointer", 1);
    const outerPending = this.#pending;
    this.#pending = null;
    this.#callbackTop = top;
    this.memory.poke(this.#slot(FRAME.CALLBACK), "uint32", base);
    const realErrno = this.errno;
    if (closure.signature.errno) this.#swapErrno();
    let thrown: { error: unknown } | null = null;
    let value: DoubleValue;
    try {
      enter();
      value = this.#read(resultSlot, result);
    } catch (error) {
      thrown = { error };
    }
    if (closure.signature.errno) this.#swapErrno();
    else this.errno = realErrno;
    this.#callbackTop = base;
    this.#pending = outerPending;
    this.memory.poke(this.#slot(FRAME.CALLBACK), "uint32", outerCallback);
    this.memory.poke(this.#slot(FRAME.TARGET), "pointer", outerTarget);
    for (const block of blocks) this.memory.free(block);
    return thrown === null ? value : this.#fail(thrown.error, result);
  }

  /** C gets zero; the innermost call throws, or else the code in place of an event loop. */
  #fail(error: unknown, result: RawType): DoubleValue {
    if (this.#depth === 0) throw error;
    this.#pending ??= { error };
    return zeroOf(result);
  }

  #swapErrno(): void {
    const own = this.memory.peek(this.#slot(FRAME.ERRNO), "sint32");
    this.memory.poke(this.#slot(FRAME.ERRNO), "sint32", this.errno);
    this.errno = Number(own);
  }

  #read(slot: number, type: RawType): DoubleValue {
    if (type === "void") return undefined;
    if (isWide(type)) return this.memory.bytes(Number(this.memory.peek(slot, "pointer")), sizeOf(type)).slice();
    if (type === "number") return BigInt(this.memory.peek(slot, "double"));
    const value = this.memory.peek(slot, type as PeekType);
    return type === "pointer" ? toAddress(value) : value;
  }

  /** `address` is where a wide value goes; its own goes into the slot when `isArgument`. */
  #write(slot: number, address: number, type: RawType, value: DoubleValue, isArgument = false): void {
    if (type === "void") return;
    if (isWide(type)) {
      this.memory.bytes(address, sizeOf(type)).set(value as Uint8Array);
      if (isArgument) this.memory.poke(slot, "pointer", address);
      return;
    }
    // Integers are extended to the whole slot, as the addon does.
    const given = value as number | bigint;
    if (type === "float" || type === "double") this.memory.poke(slot, type, given);
    else {
      this.memory.poke(slot, type as PeekType, given);
      this.memory.poke(slot, "sint64", this.memory.peek(slot, type as PeekType));
    }
  }
}

function zeroOf(type: RawType): DoubleValue {
  if (type === "void") return undefined;
  if (isWide(type)) return new Uint8Array(sizeOf(type));
  return type === "sint64" || type === "uint64" ? 0n : 0;
}

function sameStart(declared: Signature, used: Signature): boolean {
  const parameters = used.parameters.slice(0, declared.fixed ?? used.parameters.length);
  const count = declared.fixed ?? declared.parameters.length;
  const own = { result: declared.result, parameters: declared.parameters.slice(0, count) };
  return signatureKey(own) === signatureKey({ result: used.result, parameters });
}

const WIDE_SIZES: Readonly<Partial<Record<ScalarType, number>>> = {
  longdouble: LONG_DOUBLE,
  sint128: 16,
  uint128: 16,
  cfloat: 8,
  cdouble: 16,
  clongdouble: 2 * LONG_DOUBLE,
};

function sizeOf(type: RawType): number {
  return typeof type === "string" ? WIDE_SIZES[type]! : type.size;
}
