/**
 * `rawffi/double`: the contract without native code, for tests of what stands on it.
 *
 * "C" is JavaScript here: a library is a record of functions that get and give machine-level values. Memory is described in
 * `double-memory.ts`. `window()` gives null always, as a runtime does that refuses buffers over foreign memory, so whoever is
 * tested on the double takes the way of `peek` and `poke`.
 */
import { DoubleMemory } from "./double-memory.ts";
import {
  CALLBACK_FRAME,
  type Closure,
  FRAME,
  type PeekType,
  type PreparedCall,
  PUSHED,
  type RawFFI,
  type RawType,
  SCRATCH_ALIGN,
  type ScalarType,
  type Signature,
} from "./interface.ts";
import { checkSignature, signatureKey } from "./plan.ts";
import { isWide } from "./stubs/slots.ts";
import { NO_SWITCHING } from "./switching.ts";

/**
 * A value on its way in or out of C: a bigint for 64-bit integers, the bytes for what goes by address, a number for all others
 * (`bool` and pointers too), undefined for void.
 */
export type DoubleValue = number | bigint | Uint8Array | undefined;

/** What stands for a C function. */
export type DoubleFunction = (c: DoubleC, ...args: never[]) => DoubleValue;

/** What a C function can reach besides its arguments. */
export interface DoubleC {
  readonly memory: DoubleMemory;
  errno: number;
  /** Calls the function at `address`: another of the double's, or a closure. */
  call(address: number, signature: Signature, args: readonly DoubleValue[]): DoubleValue;
}

/** A function, with the signature by which alone it may be called if it has one, or the bytes of a variable. */
export type DoubleSymbol =
  | DoubleFunction
  | { signature: Signature; call: DoubleFunction }
  | { data: Uint8Array<ArrayBuffer> };

/** Libraries by path, symbols by name; `open(null, …)` sees the symbols of all of them. */
export type DoubleLibraries = Readonly<Record<string, Readonly<Record<string, DoubleSymbol>>>>;

/** The contract over `libraries`, with memory, frame and `errno` of its own. */
export function createDouble(libraries: DoubleLibraries): RawFFI {
  const memory = new DoubleMemory();
  const calls = new Calls(memory);
  const loader = new Loader(libraries, memory, calls);
  const text = (address: number, byteLength: number) => {
    const bytes = memory.bytes(address, byteLength < 0 ? memory.length(address, 1) : byteLength);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.slice());
  };
  return {
    name: "double",
    platform: {
      arch: "x64",
      os: "linux",
      isLittleEndian: true,
      pointerSize: 8,
      longSize: 8,
      wcharSize: 4,
      longDoubleSize: 16,
      timeSize: 8,
    },
    modes: { RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_LOCAL: 0, RTLD_GLOBAL: 0x100, RTLD_DEEPBIND: 8 },
    open: (path) => loader.open(path),
    close: (handle) => loader.close(handle),
    symbol: (handle, name) => loader.symbol(handle, name),
    loaded: () => loader.loaded(),
    isRunning: () => false,
    addressOf: (buffer) =>
      ArrayBuffer.isView(buffer) ? memory.addressOf(buffer.buffer) + buffer.byteOffset : memory.addressOf(buffer),
    window: () => null,
    allocate: (byteLength) => memory.allocate(byteLength),
    free: (address) => memory.free(address),
    reachable: (address, byteLength) => memory.has(address, byteLength),
    move: (to, from, byteLength) => memory.bytes(to, byteLength).set(memory.bytes(from, byteLength)),
    fill: (address, byte, byteLength) => void memory.bytes(address, byteLength).fill(byte),
    length: (address, unit) => memory.length(address, unit),
    text,
    peek: (address, type) => memory.peek(address, type),
    poke: (address, type, value) => memory.poke(address, type, value),
    frame: calls.frame,
    scratch: calls.scratch,
    pushText: (text) => calls.pushText(text),
    resultText: () => {
      const address = calls.resultAddress();
      return address === 0 ? null : text(address, -1);
    },
    prepare: (signature) => calls.prepare(signature),
    callsNothing: () => false,
    chain: () => null,
    closure: (signature, enter, name) => calls.closure(signature, enter, name),
    freedMessage: () => freedMessage(""), // no call is a leaf here
    onSettled: (settle) => {
      calls.settle = settle;
    },
    cancel: () => false,
    threads: () => 1,
    ...NO_SWITCHING,
  };
}

// -- Libraries -------------------------------------------------------------------------------------

class Loader {
  readonly #libraries: DoubleLibraries;
  readonly #memory: DoubleMemory;
  readonly #calls: Calls;
  readonly #addresses = new Map<DoubleSymbol, number>();
  /** Path and number of times opened, by handle; the program is `""`. */
  readonly #open = new Map<number, { path: string; count: number }>();

  constructor(libraries: DoubleLibraries, memory: DoubleMemory, calls: Calls) {
    this.#libraries = libraries;
    this.#memory = memory;
    this.#calls = calls;
  }

  open(path: string | null): number {
    if (path !== null && !Object.hasOwn(this.#libraries, path)) {
      throw new Error(`${path}: cannot open shared object file: No such file or directory`);
    }
    const handle = path === null ? 1 : Object.keys(this.#libraries).indexOf(path) + 2;
    const count = (this.#open.get(handle)?.count ?? 0) + 1;
    this.#open.set(handle, { path: path ?? "", count });
    return handle;
  }

  close(handle: number): void {
    const { path, count } = this.#opened(handle);
    if (count > 1) this.#open.set(handle, { path, count: count - 1 });
    else this.#open.delete(handle);
  }

  symbol(handle: number, name: string): number {
    const { path } = this.#opened(handle);
    const scope = path === "" ? Object.values(this.#libraries) : [this.#libraries[path]!];
    const symbol = scope.find((library) => Object.hasOwn(library, name))?.[name];
    if (symbol === undefined) throw new Error(`${path}: undefined symbol: ${name}`);
    const known = this.#addresses.get(symbol);
    if (known !== undefined) return known;
    const address =
      "data" in symbol
        ? this.#memory.addressOf(symbol.data.buffer) + symbol.data.byteOffset
        : this.#calls.place(symbol);
    this.#addresses.set(symbol, address);
    return address;
  }

  loaded(): string[] {
    return ["", ...[...this.#open.values()].map(({ path }) => path).filter((path) => path !== "")];
  }

  #opened(handle: number): { path: string; count: number } {
    const found = this.#open.get(handle);
    if (found === undefined) throw new Error(`double: no library has the handle ${handle}`);
    return found;
  }
}

// -- Calls and callbacks ---------------------------------------------------------------------------

interface PlacedFunction {
  readonly call: DoubleFunction;
  readonly signature?: Signature;
}

interface PlacedClosure {
  readonly signature: Signature;
  readonly name: string;
  /** Null once freed. */
  enter: WeakRef<() => void> | null;
}

function freedMessage(name: string): string {
  const what = name === "" ? "a callback" : `the callback ${name}`;
  return `${what} was called after it was freed: it was disposed of, or nobody held it any more`;
}

/** Functions stand here, one every 16 bytes; no memory is mapped below 1 MiB. */
const FIRST_FUNCTION = 0x1000;

const SCRATCH_BYTES = 64 * 1024;

class Calls implements DoubleC {
  readonly frame = new ArrayBuffer(FRAME.SLOTS * 8);
  readonly scratch = new ArrayBuffer(SCRATCH_BYTES);
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
    this.#frameAddress = memory.addressOf(this.frame);
  }

  place(symbol: DoubleFunction | PlacedFunction): number {
    return this.#place(typeof symbol === "function" ? { call: symbol } : symbol);
  }

  /** Set by `onSettled`. */
  settle: (job: number, hasThrown: boolean, thrown: unknown) => void = () => {};
  #lastJob = 0;

  prepare(signature: Signature): PreparedCall {
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
      handed: null,
      switching: 0,
      submit,
    };
  }

  /** There are no threads: the call is made at once, and settled later. */
  #submit(): number {
    const job = ++this.#lastJob;
    let thrown: { error: unknown } | null = null;
    try {
      this.#enter();
    } catch (error) {
      thrown = { error };
    }
    const result = this.memory.bytes(this.#slot(FRAME.RESULT), 16).slice();
    setImmediate(() => {
      this.memory.bytes(this.#slot(FRAME.RESULT), 16).set(result);
      this.settle(job, thrown !== null, thrown?.error);
    });
    return job;
  }

  pushText(text: string): number {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const top = Number(this.memory.peek(this.#slot(FRAME.SCRATCH), "uint32"));
    const next = top + Math.ceil(bytes.length / SCRATCH_ALIGN) * SCRATCH_ALIGN;
    if (next > SCRATCH_BYTES) return PUSHED.TOO_LONG;
    if (text.includes("\0")) return PUSHED.HAS_NUL;
    new Uint8Array(this.scratch).set(bytes, top);
    this.memory.poke(this.#slot(FRAME.SCRATCH), "uint32", next);
    return top;
  }

  closure(signature: Signature, enter: () => void, name = ""): Closure {
    checkSignature(signature, "closure");
    const placed: PlacedClosure = { signature, name, enter: new WeakRef(enter) };
    const free = () => {
      placed.enter = null;
    };
    return { address: this.#place(placed), free };
  }

  call(address: number, signature: Signature, args: readonly DoubleValue[]): DoubleValue {
    const placed = this.#placed[(address - FIRST_FUNCTION) / 16];
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

  resultAddress(): number {
    return Number(this.memory.peek(this.#slot(FRAME.RESULT), "pointer"));
  }

  #slot(index: number): number {
    return this.#frameAddress + 8 * index;
  }

  #enter(): void {
    const signature = this.#plans[Number(this.memory.peek(this.#slot(FRAME.PLAN), "uint32")) - 1];
    if (signature === undefined) throw new Error("double: the frame names no prepared call");
    const target = Number(this.memory.peek(this.#slot(FRAME.TARGET), "pointer"));
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
    if (pending !== null) throw pending.error;
  }

  #callBack(closure: PlacedClosure, args: readonly DoubleValue[]): DoubleValue {
    const { result, parameters } = closure.signature;
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
    for (const block of blocks) this.memory.free(block);
    return thrown === null ? value : this.#fail(thrown.error, result);
  }

  /** C gets zero; the innermost call throws, or whoever stands for an event loop. */
  #fail(error: unknown, result: RawType): DoubleValue {
    if (this.#depth === 0) throw error;
    this.#pending ??= { error };
    if (result === "void") return undefined;
    if (isWide(result)) return new Uint8Array(sizeOf(result));
    return result === "sint64" || result === "uint64" ? 0n : 0;
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
    return type === "pointer" ? Number(value) : value;
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

function sameStart(declared: Signature, used: Signature): boolean {
  const parameters = used.parameters.slice(0, declared.fixed ?? used.parameters.length);
  const count = declared.fixed ?? declared.parameters.length;
  const own = { result: declared.result, parameters: declared.parameters.slice(0, count) };
  return signatureKey(own) === signatureKey({ result: used.result, parameters });
}

const WIDE_SIZES: Readonly<Partial<Record<ScalarType, number>>> = {
  longdouble: 16,
  sint128: 16,
  uint128: 16,
  cfloat: 8,
  cdouble: 16,
  clongdouble: 32,
};

function sizeOf(type: RawType): number {
  return typeof type === "string" ? WIDE_SIZES[type]! : type.size;
}
