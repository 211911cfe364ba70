/**
 * The contract without native code. The contract's suite runs on it, too, so that the suite requires nothing that only
 * the addon can do.
 *
 * "C" is JavaScript here: a library is a record of functions that get and give machine-level values. Memory is
 * described in `memory.ts`. `window()` always returns null, as on a runtime that refuses buffers over foreign memory,
 * so code that is tested on the double uses `access`, `peek` and `poke`.
 */

import type { Access } from "../../src/access.ts";
import type { RawFFI } from "../../src/interface.ts";
import { refuseResizable } from "../../src/resizable.ts";
import { NO_SWITCHING } from "../../src/switching.ts";
import type { Address, PeekType } from "../../src/types.ts";
import { Calls, type DoubleFunction, freedMessage, type PlacedFunction } from "./calls.ts";
import { DoubleMemory } from "./memory.ts";

export type { DoubleC, DoubleFunction, DoubleValue } from "./calls.ts";

/** A function, the bytes of a variable, or an absolute symbol: an address without memory. */
export type DoubleSymbol =
  | DoubleFunction
  | PlacedFunction
  | { readonly data: Uint8Array<ArrayBuffer> }
  | { readonly address: Address };

/** Libraries by path, symbols by name; `open(null, …)` sees the symbols of all of them. */
export type DoubleLibraries = Readonly<Record<string, Readonly<Record<string, DoubleSymbol>>>>;

/** The contract over `libraries`, with memory, frame and `errno` of its own. */
/** {@link RawFFI.access}, by the general verbs. */
function accessTo(memory: DoubleMemory): Access {
  const types: Readonly<Record<string, PeekType>> = {
    Int8: "sint8",
    Uint8: "uint8",
    Int16: "sint16",
    Uint16: "uint16",
    Int32: "sint32",
    Uint32: "uint32",
    BigInt64: "sint64",
    BigUint64: "uint64",
    Float32: "float",
    Float64: "double",
    Address: "pointer",
  };
  const exact = (value: number | bigint) => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value);
  const made = Object.entries(types).flatMap(([name, type]) => {
    const get = (address: number) => memory.peek(address, type);
    return [
      [`get${name}`, type === "pointer" ? (address: number) => exact(get(address)) : get],
      [`set${name}`, (address: number, value: number | bigint) => memory.poke(address, type, value)],
    ];
  });
  return Object.fromEntries(made) as Access;
}

export function createDouble(libraries: DoubleLibraries): RawFFI {
  const memory = new DoubleMemory();
  const calls = new Calls(memory);
  const loader = new Loader(libraries, memory, calls);
  const text = (address: Address, byteLength: number) => {
    const bytes = memory.bytes(address, byteLength < 0 ? memory.length(address, 1) : byteLength);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.slice());
  };
  const references = new Map<number, WeakRef<object>>();
  let lastReference = 0;
  const made: RawFFI = {
    name: "double",
    platform: {
      arch: "x64",
      os: "linux",
      isLittleEndian: true,
      pointerSize: 8,
      longSize: 8,
      wcharSize: 4,
      isCharSigned: true,
      longDoubleSize: 16,
      timeSize: 8,
    },
    modes: { RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_LOCAL: 0, RTLD_GLOBAL: 0x100, RTLD_DEEPBIND: 8 },
    open: (path) => loader.open(path),
    close: (handle) => loader.close(handle),
    symbol: (handle, name) => loader.symbol(handle, name),
    loaded: () => loader.loaded(),
    isRunning: () => false,
    addressOf: (buffer) => {
      refuseResizable(buffer);
      return ArrayBuffer.isView(buffer)
        ? memory.addressOf(buffer.buffer) + buffer.byteOffset
        : memory.addressOf(buffer);
    },
    hold: () => {},
    retain: () => 0,
    release: () => {},
    hasWindows: false,
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
    access: accessTo(memory),
    frame: calls.frame,
    scratch: calls.scratch,
    pushText: (text) => calls.pushText(text),
    resultText: () => {
      const address = calls.resultAddress();
      return address === 0 ? null : text(address, -1);
    },
    prepare: (signature) => calls.prepare(signature),
    callsNothing: () => false,
    runsJavaScript: () => false,
    chain: () => null,
    closure: (signature, enter, name) => calls.closure(signature, enter, name),
    freedMessage: () => freedMessage(""), // no call is a leaf here
    onSettled: (settle, within = (_, serve) => serve()) => {
      calls.settle = settle;
      calls.within = within;
    },
    uncloneable: null,
    weak: (object) => {
      references.set(++lastReference, new WeakRef(object));
      return lastReference;
    },
    weakValue: (reference) => references.get(reference)?.deref(),
    endWeak: (reference) => void references.delete(reference),
    withOwnFrame: (run, memory) => calls.withOwnFrame(run, memory),
    cancel: () => false,
    callEachAtEnd: (target, items) => calls.callEachAtEnd(target, items),
    cancelAtEnd: (number) => calls.cancelAtEnd(number),
    threads: () => 1,
    ...NO_SWITCHING,
  };
  ends.set(made, () => calls.end());
  return made;
}

const ends = new WeakMap<RawFFI, () => void>();

/**
 * Makes the calls that were kept for the end of the environment: what a runtime does when a worker or the process ends.
 */
export function endDouble(raw: RawFFI): void {
  ends.get(raw)?.();
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

  close(given: Address): void {
    const handle = Number(given);
    const { path, count } = this.#opened(handle);
    if (count > 1) this.#open.set(handle, { path, count: count - 1 });
    else this.#open.delete(handle);
  }

  symbol(given: Address, name: string): Address {
    const { path } = this.#opened(Number(given));
    const scope = path === "" ? Object.values(this.#libraries) : [this.#libraries[path]!];
    const symbol = scope.find((library) => Object.hasOwn(library, name))?.[name];
    if (symbol === undefined) throw new Error(`${path}: undefined symbol: ${name}`);
    if ("address" in symbol) return symbol.address;
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
