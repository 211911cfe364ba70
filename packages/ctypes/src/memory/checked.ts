/**
 * Checked mode: raw addresses are checked before they are used, and freed memory of our objects is remembered.
 *
 * `CTYPES_CHECKED=1` turns it on for good. The option `checked` of a library turns it on for the calls of that library,
 * and for all memory accesses of this JavaScript thread until the last such library is closed or collected. While it is
 * on
 *
 *   foreign memory   is read and written by native accessors, which throw a `MemoryFaultError` where there is none
 *   pointers         that are passed to C are refused when they point to no memory
 *   owned memory     comes from the C heap, one block per object; when freed, it is overwritten and not reused for a
 *                    while, and access by its address is an error meanwhile
 */
import { type Address, environmentVariable, MemoryFaultError, rawffi } from "rawffi";
import { type Block, Blocks } from "./blocks.ts";

/** Whether the environment turns it on: then nothing turns it off. */
export const isAlwaysChecked = environmentVariable("CTYPES_CHECKED") === "1";

/** Whether memory is checked now. */
export let isChecked = isAlwaysChecked;

let users = 0;

/** Turns it on for one more user. */
export function startChecking(): void {
  users++;
  isChecked = true;
}

/** Turns it off for one user. */
export function stopChecking(): void {
  users--;
  isChecked = isAlwaysChecked || users > 0;
}

/** The byte that freed memory is filled with. */
const POISON = 0xdd;
/** How many bytes wait before the oldest are reused. */
const MOST_WAITING = 16 * 2 ** 20;

/** Oldest first. */
let waiting: Block[] = [];
let waitingBytes = 0;
/** The same. */
const waitingBlocks = new Blocks<Block>(4096);

// Everything that can reach the memory holds the buffer.
const givenUp = new FinalizationRegistry<Block>(bury);

/** Zeroed memory from the C heap, which lives as long as the buffer; null where the runtime offers none. */
export function ownBlock(byteLength: number): { buffer: ArrayBuffer; address: number } | null {
  if (!rawffi.hasWindows) return null;
  const size = Math.max(byteLength, 1);
  const address = rawffi.allocate(size);
  const buffer = rawffi.window(address, size);
  if (buffer === null) {
    rawffi.free(address);
    return null;
  }
  givenUp.register(buffer, { address, byteLength: size });
  return { buffer, address };
}

/** @throws MemoryFaultError when `address` is in freed memory. */
export function checkNotFreed(address: Address): void {
  if (typeof address === "bigint") return; // no memory is there
  const block = waitingBlocks.at(address);
  if (block === undefined) return;
  throw new MemoryFaultError(
    `0x${address.toString(16)} was freed: the object of ${block.byteLength} bytes at 0x${block.address.toString(16)} was collected because nothing referenced it`,
    address,
  );
}

/** @throws MemoryFaultError when the `byteLength` bytes at `address` cannot all be read. */
export function checkPointer(address: Address, byteLength: number): void {
  checkNotFreed(address);
  if (rawffi.reachable(address, byteLength, false)) return;
  throw new MemoryFaultError(`0x${address.toString(16)} cannot be read`, address);
}

// -- Private ---------------------------------------------------------------------------------------

function bury(block: Block): void {
  rawffi.fill(block.address, POISON, block.byteLength);
  waiting.push(block);
  waitingBytes += block.byteLength;
  waitingBlocks.add(block);
  if (waitingBytes > MOST_WAITING) release();
}

/** Frees the older half. */
function release(): void {
  const end = Math.ceil(waiting.length / 2);
  for (const block of waiting.slice(0, end)) {
    waitingBlocks.delete(block);
    waitingBytes -= block.byteLength;
    rawffi.free(block.address);
  }
  waiting = waiting.slice(end);
}
