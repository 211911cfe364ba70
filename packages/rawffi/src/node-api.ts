/**
 * The contract over the Node-API addon, and over the V8 part where there is one.
 */
import { checkedAccess } from "./access.ts";
import type { NativeAddon, V8Verbs, Ways } from "./addon.ts";
import { faultOf } from "./faults.ts";
import { SUSPENDED } from "./frame.ts";
import type { Closure, Platform, RawFFI, UncloneableMark } from "./interface.ts";
import { type Preparing, preparing } from "./preparing.ts";
import { refuseResizable } from "./resizable.ts";
import type { ClosureShape } from "./signatures.ts";
import { SCALAR_CODES } from "./table.ts";
import { forbidTransfer } from "./transfer.ts";
import type { Address, PeekType } from "./types.ts";
import { findUncloneableMark } from "./uncloneable.ts";

/** The most bytes of an `ArrayBuffer` on Node 20. */
const LARGEST_WINDOW = 2 ** 32;

export function createNodeApi(addon: NativeAddon, ways: Ways): RawFFI {
  if (addon.engineLimit === 0 && process.versions.deno) findDepth(addon);
  // Windows cannot be transferred anyway.
  if (!addon.hasWindows) forbidTransfer(addon.frame.buffer, "rawffi: the frame stays in its thread");
  const platform = platformOf(addon);
  let made: Preparing | undefined;
  const prepared = () => (made ??= preparing(addon, platform, ways));
  const windows = ways.v8 ?? addon;
  const { text, resultText } = ways.v8 ?? addon;
  let mark: UncloneableMark | null | undefined;
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
    hold: ways.v8?.heldAddressOf ?? (() => {}),
    retain: ways.v8?.retain ?? (() => 0),
    release: ways.v8?.release ?? (() => {}),
    hasWindows: addon.hasWindows,
    // Node aborts the process when the base is null, and V8 when the length is too large.
    window: (address, byteLength) =>
      !addon.hasWindows || address === 0 || byteLength > LARGEST_WINDOW ? null : windows.window(address, byteLength),
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

    access: checkedAccess(addon.access, () => faultOf(addon)),

    frame: addon.frame,
    scratch: addon.scratch,
    pushText: ways.v8?.pushText ?? addon.pushText,
    resultText: () => {
      const result = resultText();
      if (result === undefined) throw faultOf(addon);
      return result;
    },
    callsNothing: (address) => prepared().callsNothing(codeAt(addon, address)),
    runsJavaScript: addon.runsJavaScript,
    prepare: (signature) => prepared().prepare(signature),
    chain: (memory, steps) => prepared().chain(memory, steps),
    get uncloneable() {
      if (mark === undefined) mark = findUncloneableMark(ways.v8);
      return mark;
    },
    weak: addon.weak,
    weakValue: addon.weakValue,
    endWeak: addon.endWeak,
    cancel: addon.cancel,
    callEachAtEnd: (target, items) => addon.callEachAtEnd(target, addon.addressOf(items), items.length),
    cancelAtEnd: addon.cancelAtEnd,
    onSettled: (settle, within) =>
      addon.onSettled(settle, within === undefined ? addon.serveRequest : (job) => within(job, addon.serveRequest)),
    threads: addon.threads,
    get go() {
      return prepared().go;
    },
    get serve() {
      return prepared().serve;
    },
    get resumeEntry() {
      return prepared().resumeEntry;
    },
    withOwnFrame: ownFrame(addon),
    closure: (signature, enter, name = "") =>
      new NativeClosure(addon, ways.v8 ?? addon, prepared().closureShape(signature), enter, name),
    freedMessage: () => addon.refusalMessage(SUSPENDED.FREED),
  };
}

/**
 * Deno's V8 aborts the process when it is entered too deep on the stack, and has no way to ask how deep that is. So
 * this tries it, which takes a millisecond.
 */
function findDepth(addon: NativeAddon): void {
  const goDeeper = () => {
    addon.noteStack();
    goDeeper();
  };
  try {
    goDeeper();
  } catch {
    // The stack ends here.
  }
}

// The JavaScript that used the frame may have been terminated. In a turn of the event loop no JavaScript of ours is on
// the stack.
function ownFrame(addon: NativeAddon): RawFFI["withOwnFrame"] {
  let isScheduled = false;
  const look = () => {
    isScheduled = false;
    addon.freeFrame();
  };
  return (run, memory) => {
    if (!isScheduled) {
      isScheduled = true;
      setImmediate(look).unref();
    }
    return addon.withOwnFrame(run, memory);
  };
}

/** The machine code of a small function, as far as it can be read. */
function codeAt(addon: NativeAddon, address: Address): Uint8Array {
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
    isCharSigned: addon.isCharSigned,
    longDoubleSize: addon.longDoubleSize,
    timeSize: addon.timeSize,
  };
}

// -- Closures ----------------------------------------------------------------------------------------

class NativeClosure implements Closure {
  readonly address: number;
  readonly #addon: NativeAddon;
  readonly #handle: number;
  #isFree = false;

  constructor(
    addon: NativeAddon,
    way: Pick<NativeAddon, "hold">,
    { shape, errno, nowait }: ClosureShape,
    enter: () => void,
    name: string,
  ) {
    if (typeof enter !== "function") throw new TypeError("rawffi.closure: expected a function");
    this.#addon = addon;
    this.#handle = addon.closure(shape, errno, nowait, name);
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

/** C ends a string at the first NUL, so anything after it would be ignored silently. */
function withoutNul(text: string, where: string): string {
  if (typeof text === "string" && text.includes("\0"))
    throw new TypeError(`rawffi.${where}: a name cannot contain NUL`);
  return text;
}

function addressFinder(addon: NativeAddon, v8: V8Verbs | null): RawFFI["addressOf"] {
  const find: RawFFI["addressOf"] = (buffer) => {
    refuseResizable(buffer);
    return addon.addressOf(buffer instanceof ArrayBuffer || ArrayBuffer.isView(buffer) ? buffer : viewOf(buffer));
  };
  if (v8 === null) return find;
  const slowly: RawFFI["addressOf"] = (buffer) => {
    const address = v8.addressOfSlowly(buffer);
    return address >= 0 ? address : find(buffer);
  };
  return (buffer) => {
    const address = v8.addressOf(buffer);
    return address >= 0 ? address : slowly(buffer);
  };
}

function viewOf(buffer: ArrayBufferLike): Uint8Array {
  const view = new Uint8Array(buffer);
  // Anything but a buffer would be copied, and the address would be that of the copy.
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
