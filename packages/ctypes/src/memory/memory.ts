/**
 * Reading and writing memory, by `DataView`s that know their address.
 *
 * A value is a {@link Memory} and an offset in it, so one access is one inlined `DataView` access. There are three
 * kinds of memory, and code that uses them need not know which one it has:
 *
 *   slabs      memory that our objects own (`slab.ts`): bounds are checked
 *   buffers    a user's `ArrayBuffer` (`from_buffer`): bounds are checked, a detached buffer throws; a resizable one is
 *              for JavaScript only
 *   windows    foreign memory by address: 2 GiB, one every 1 GiB, so a value in the first half never crosses the end;
 *              where a runtime has none, and in checked mode, native accessors with the same methods (`peeked.ts`)
 *
 *        0            1 GiB         2 GiB         3 GiB
 *        ├──── window 0 ─────────────┤
 *                      ├──── window 1 ─────────────┤
 *
 * These views never leave the package: they reach all memory.
 */
import { type Address, canShrink, rawffi } from "rawffi";
import { checkNotFreed, isChecked, startChecking, stopChecking } from "./checked.ts";
import { outOfRange } from "./errors.ts";
import { isPlainlyPeeked, type PeekedMemory, peekedMemory } from "./peeked.ts";

export type MemoryKind = "owned" | "lent" | "resizable" | "foreign";

/** A `DataView` over real memory. `base` is the address of its first byte. */
export class Memory extends DataView<ArrayBuffer> {
  readonly base: number;
  /**
   * Owned by our objects, lent by a user's buffer, lent and resizable (it has no address for C, and its `base` is 0),
   * or foreign.
   */
  readonly kind: MemoryKind;
  constructor(buffer: ArrayBufferLike, base: number, kind: MemoryKind, byteOffset = 0, byteLength?: number) {
    super(buffer as ArrayBuffer, byteOffset, byteLength);
    this.base = base;
    this.kind = kind;
  }
}

const GIB = 2 ** 30;
/** V8 refuses a buffer at NULL; the first page is never mapped. */
const FIRST_PAGE = 4096;
/** The end of user space on 64-bit platforms, unless a program requests more. */
const END = 2 ** 47;

interface Window {
  readonly index: number;
  readonly memory: Memory;
}

const windows = new Map<number, Window>();
const NONE = { index: -1 } as Window;
// One object, because JavaScript that interrupts this may access memory, too.
let last = NONE;

/** The memory around `address`; the offset in it is `address - memory.base`. At least 1 GiB follows. */
export function memoryAt(address: number): Memory {
  const index = Math.floor(address / GIB);
  const known = last;
  return known.index === index ? known.memory : windowOf(index);
}

function windowOf(index: number): Memory {
  let window = windows.get(index);
  if (window === undefined) windows.set(index, (window = { index, memory: openWindow(index) }));
  last = window;
  return window.memory;
}

/**
 * Turns on the checks of `checked.ts` for foreign memory, until the returned function is called. Objects keep the
 * memory that they were made with, so those made meanwhile stay checked.
 */
export function checkMemory(): () => void {
  startChecking();
  forgetWindows();
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    stopChecking();
    forgetWindows();
  };
}

function forgetWindows(): void {
  windows.clear();
  last = NONE;
}

/**
 * `address`, if there can be memory. @throws RangeError for the page of NULL and beyond user space: such an address is
 * a mistake.
 */
export function userSpace(address: Address): number {
  if (typeof address === "number" && address >= FIRST_PAGE && address < END) return address;
  const number = address < 0 ? String(address) : `0x${address.toString(16)}`;
  throw outOfRange(
    address < FIRST_PAGE && address >= 0
      ? `${number} lies in the page of NULL`
      : `${number} is not an address of user space`,
  );
}

type Copy = (to: Memory, toOffset: number, from: Memory, fromOffset: number, byteLength: number) => void;

/** Copies `byteLength` bytes; the two places may overlap. */
export const copy: Copy = rawffi.hasWindows ? copyHere : copyPeeked;

// More than one access by native calls costs more than a native copy.
function copyPeeked(to: Memory, toOffset: number, from: Memory, fromOffset: number, byteLength: number): void {
  const isPeeked = byteLength > 1 && (isPlainlyPeeked(to) || isPlainlyPeeked(from));
  if (!isPeeked || to.kind === "resizable" || from.kind === "resizable") {
    copyHere(to, toOffset, from, fromOffset, byteLength);
    return;
  }
  checkRange(to, toOffset, byteLength);
  checkRange(from, fromOffset, byteLength);
  rawffi.move(to.base + toOffset, from.base + fromOffset, byteLength);
}

function copyHere(to: Memory, toOffset: number, from: Memory, fromOffset: number, byteLength: number): void {
  if (byteLength > 32) {
    checkRange(to, toOffset, byteLength);
    checkRange(from, fromOffset, byteLength);
    if (to.kind === "resizable" || from.kind === "resizable") copyBytes(to, toOffset, from, fromOffset, byteLength);
    else rawffi.move(to.base + toOffset, from.base + fromOffset, byteLength);
    return;
  }
  const destination = to.base + toOffset;
  const source = from.base + fromOffset;
  if (destination > source && destination < source + byteLength) {
    for (let i = byteLength - 1; i >= 0; i--) to.setUint8(toOffset + i, from.getUint8(fromOffset + i));
    return;
  }
  let i = 0;
  for (; i + 4 <= byteLength; i += 4) to.setUint32(toOffset + i, from.getUint32(fromOffset + i));
  for (; i < byteLength; i++) to.setUint8(toOffset + i, from.getUint8(fromOffset + i));
}

/** Sets `byteLength` bytes to zero. */
export function clear(memory: Memory, offset: number, byteLength: number): void {
  checkRange(memory, offset, byteLength);
  if (memory.kind === "resizable") {
    new Uint8Array(memory.buffer, offset, byteLength).fill(0);
    return;
  }
  rawffi.fill(memory.base + offset, 0, byteLength);
}

// In JavaScript only. Foreign memory has no buffer in checked mode.
function copyBytes(to: Memory, toOffset: number, from: Memory, fromOffset: number, byteLength: number): void {
  const bytes = new Uint8Array(byteLength);
  for (let i = 0; i < byteLength; i++) bytes[i] = from.getUint8(fromOffset + i);
  writeBytes(to, toOffset, bytes);
}

/** Copies bytes from a typed array into memory. */
export function writeBytes(memory: Memory, offset: number, bytes: Uint8Array): void {
  if (isPlainlyPeeked(memory) && !canShrink(bytes)) {
    if (bytes.length > 0) rawffi.move(memory.base + offset, rawffi.addressOf(bytes), bytes.length);
    return;
  }
  for (let i = 0; i < bytes.length; i++) memory.setUint8(offset + i, bytes[i] as number);
}

// -- Addresses in memory ---------------------------------------------------------------------------

/** Reads the 64 bits of a pointer: as a number, or as a bigint where a number would not be exact. */
export const loadAddress: (memory: Memory, offset: number) => Address = rawffi.hasWindows ? loadHalves : loadPeeked;

export const storeAddress: (memory: Memory, offset: number, address: Address) => void = rawffi.hasWindows
  ? storeHalves
  : storePeeked;

function loadHalves(memory: Memory, offset: number): Address {
  const high = memory.getUint32(offset + 4, true);
  if (high >= 0x200000) return memory.getBigUint64(offset, true);
  return high * 4294967296 + memory.getUint32(offset, true);
}

function storeHalves(memory: Memory, offset: number, address: Address): void {
  if (typeof address === "bigint") {
    memory.setBigUint64(offset, address, true);
    return;
  }
  memory.setUint32(offset, address, true);
  memory.setUint32(offset + 4, Math.floor(address / 4294967296), true);
}

function loadPeeked(memory: Memory, offset: number): Address {
  if (!isPlainlyPeeked(memory)) return loadHalves(memory, offset);
  return rawffi.access.getAddress(memory.base + offset);
}

function storePeeked(memory: Memory, offset: number, address: Address): void {
  if (!isPlainlyPeeked(memory)) storeHalves(memory, offset, address);
  else rawffi.access.setAddress(memory.base + offset, address);
}

/** Normalises an integer of at most 64 bits to an `Address`: -1 becomes 2^64 - 1, as in C. */
export function exactAddress(value: number | bigint): Address {
  if (typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  const bits = BigInt.asUintN(64, BigInt(value));
  return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits;
}

// -- Private ---------------------------------------------------------------------------------------

// Native code does not check the bounds that a DataView checks itself.
function checkRange(memory: Memory, offset: number, byteLength: number): void {
  // It checks addresses.
  if (isPlainlyPeeked(memory)) return;
  if (byteLength > 0) memory.getUint8(offset) + memory.getUint8(offset + byteLength - 1);
}

function openWindow(index: number): Memory {
  const base = Math.max(index * GIB, FIRST_PAGE);
  userSpace(base);
  if (isChecked) return asMemory(peekedMemory(base, checkAddress));
  const buffer = rawffi.window(base, 2 * GIB - (base - index * GIB));
  return buffer === null ? asMemory(peekedMemory(base, null)) : new Memory(buffer, base, "foreign");
}

// Code that meets foreign memory uses nothing else of a DataView.
function asMemory(peeked: PeekedMemory): Memory {
  return peeked as unknown as Memory;
}

function checkAddress(address: number): void {
  userSpace(address);
  checkNotFreed(address);
}
