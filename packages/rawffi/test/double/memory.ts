/**
 * The memory of the double: buffers at made-up addresses.
 *
 * Every allocated block, and every buffer whose address was taken, is a segment of its own, with an unmapped gap after
 * it, so an overrun, a use after free and NULL end in an Error where C would crash or go on.
 */
import { MemoryFaultError } from "../../src/errors.ts";
import type { Address, PeekType } from "../../src/types.ts";

interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly isOwned: boolean;
}

interface Access {
  readonly size: number;
  readonly get: (view: DataView, at: number) => number | bigint;
  readonly set: (view: DataView, at: number, value: number | bigint) => void;
}

const FIRST_ADDRESS = 0x100000;
const GAP = 64;

export class DoubleMemory {
  /** Sorted by address: addresses are assigned in rising order and never reused. */
  readonly #segments: Segment[] = [];
  readonly #ofBuffer = new WeakMap<ArrayBufferLike, Segment>();
  #next = FIRST_ADDRESS;

  allocate(byteLength: number): number {
    let buffer: ArrayBuffer;
    try {
      buffer = new ArrayBuffer(byteLength);
    } catch (cause) {
      throw new RangeError(`rawffi.allocate: no memory left for ${byteLength} bytes`, { cause });
    }
    return this.#map(buffer, true).address;
  }

  free(address: number): void {
    if (address === 0) return;
    const index = this.#indexOf(address);
    const segment = this.#segments[index];
    if (!segment?.isOwned || segment.address !== address) throw fault("free", address);
    this.#segments.splice(index, 1);
  }

  addressOf(buffer: ArrayBufferLike): number {
    if (buffer.byteLength === 0) return 0;
    return (this.#ofBuffer.get(buffer) ?? this.#map(buffer, false)).address;
  }

  has(address: Address, byteLength: number): boolean {
    const segment = this.#segments[this.#indexOf(address)];
    return (
      byteLength === 0 ||
      (segment !== undefined && Number(address) + byteLength <= segment.address + segment.bytes.length)
    );
  }

  /** The bytes themselves, not a copy. */
  bytes(address: Address, byteLength: number): Uint8Array {
    if (byteLength === 0) return new Uint8Array(0);
    const { segment, offset } = this.#locate(address, byteLength);
    return segment.bytes.subarray(offset, offset + byteLength);
  }

  length(from: Address, unit: 1 | 2 | 4): number {
    const address = this.#locate(from, unit).at;
    const type = unit === 1 ? "uint8" : unit === 2 ? "uint16" : "uint32";
    for (let count = 0; ; count++) if (this.peek(address + count * unit, type) === 0) return count;
  }

  peek(address: Address, type: PeekType): number | bigint {
    const { segment, offset } = this.#locate(address, ACCESS[type].size);
    return ACCESS[type].get(segment.view, offset);
  }

  poke(address: Address, type: PeekType, value: number | bigint): void {
    const { segment, offset } = this.#locate(address, ACCESS[type].size);
    ACCESS[type].set(segment.view, offset, value);
  }

  #map(buffer: ArrayBufferLike, isOwned: boolean): Segment {
    const segment = { address: this.#next, bytes: new Uint8Array(buffer), view: new DataView(buffer), isOwned };
    this.#next += Math.ceil((buffer.byteLength + GAP) / GAP) * GAP;
    this.#segments.push(segment);
    this.#ofBuffer.set(buffer, segment);
    return segment;
  }

  #locate(address: Address, byteLength: number): { segment: Segment; offset: number; at: number } {
    const segment = this.#segments[this.#indexOf(address)];
    // No address beyond 2^53 rounds to one in a segment.
    const at = Number(address);
    const offset = at - (segment?.address ?? 0);
    if (segment === undefined || offset + byteLength > segment.bytes.length) throw fault("memory", address);
    return { segment, offset, at };
  }

  /** The index of the last segment that begins at or before `address`; -1 when there is none. */
  #indexOf(address: Address): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#segments[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function fault(where: string, address: Address): Error {
  return new MemoryFaultError(`double: ${where}: nothing is mapped at 0x${address.toString(16)}`, address);
}

/** 64 bits as an address of the contract. */
export function toAddress(bits: number | bigint): Address {
  return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits;
}

const INT64 = (value: number | bigint) => BigInt.asUintN(64, BigInt(value));
const INT32 = (value: number | bigint) => (typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : value);

/** One row a type that fits a slot, little-endian. */
const ACCESS: Readonly<Record<PeekType, Access>> = {
  bool: { size: 1, get: (v, at) => Number(v.getUint8(at) !== 0), set: (v, at, x) => v.setUint8(at, x ? 1 : 0) },
  sint8: { size: 1, get: (v, at) => v.getInt8(at), set: (v, at, x) => v.setInt8(at, INT32(x)) },
  uint8: { size: 1, get: (v, at) => v.getUint8(at), set: (v, at, x) => v.setUint8(at, INT32(x)) },
  sint16: { size: 2, get: (v, at) => v.getInt16(at, true), set: (v, at, x) => v.setInt16(at, INT32(x), true) },
  uint16: { size: 2, get: (v, at) => v.getUint16(at, true), set: (v, at, x) => v.setUint16(at, INT32(x), true) },
  sint32: { size: 4, get: (v, at) => v.getInt32(at, true), set: (v, at, x) => v.setInt32(at, INT32(x), true) },
  uint32: { size: 4, get: (v, at) => v.getUint32(at, true), set: (v, at, x) => v.setUint32(at, INT32(x), true) },
  sint64: { size: 8, get: (v, at) => v.getBigInt64(at, true), set: (v, at, x) => v.setBigUint64(at, INT64(x), true) },
  uint64: { size: 8, get: (v, at) => v.getBigUint64(at, true), set: (v, at, x) => v.setBigUint64(at, INT64(x), true) },
  pointer: { size: 8, get: (v, at) => v.getBigUint64(at, true), set: (v, at, x) => v.setBigUint64(at, INT64(x), true) },
  float: { size: 4, get: (v, at) => v.getFloat32(at, true), set: (v, at, x) => v.setFloat32(at, Number(x), true) },
  double: { size: 8, get: (v, at) => v.getFloat64(at, true), set: (v, at, x) => v.setFloat64(at, Number(x), true) },
};
