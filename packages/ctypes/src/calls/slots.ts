/**
 * The frame's slots: one row for each way a value travels, with how it is written and read.
 *
 * Values are converted before; a row only moves them. The frame is `rawffi`'s (its `frame.ts` has the picture).
 */
import { arrayOn, FRAME, ownRows, rawffi } from "rawffi";
import type { SlotKind } from "../types/protocol.ts";

const i32 = arrayOn(Int32Array, rawffi.frame);
/** The frame by halves of slots, for what stands in it besides values. */
export const frameWords: Int32Array = i32;
const u32 = arrayOn(Uint32Array, rawffi.frame);
const f32 = arrayOn(Float32Array, rawffi.frame);
const f64 = arrayOn(Float64Array, rawffi.frame);
/** The frame by slots. */
export const frameDoubles: Float64Array = f64;
const i64 = arrayOn(BigInt64Array, rawffi.frame);
const u64 = arrayOn(BigUint64Array, rawffi.frame);

const u64Scratch = new BigUint64Array(1);
const f64Scratch = new Float64Array(u64Scratch.buffer);

/** What a value is in its slot: an integer of 32 bits, a double, or 64 bits of any kind. */
export type Representation = "int" | "double" | "word";

export interface SlotRow {
  /** Absent where the steps of a sequence take no such values. */
  readonly representation?: Representation;
  /**
   * The view over the frame whose items these values are as they stand, if writing one is no more than storing it
   * there.
   */
  readonly view?: Int32Array | Uint32Array | Float32Array | Float64Array;
  /**
   * Whether an argument mostly goes as rawffi's `number`, one store into {@link frameDoubles}: unless it is a bigint,
   * or a number that is none exactly (`needsBits`).
   */
  readonly asNumber?: true;
  write(slot: number, value: never): void;
  read(slot: number): unknown;
}

/** The rows. A `wide` slot holds the address of the value's memory. */
export const slots: Readonly<Record<Exclude<SlotKind, "void">, SlotRow>> = ownRows({
  i32: {
    representation: "int",
    view: i32,
    write: (slot, value: number) => {
      i32[2 * slot] = value;
    },
    read: (slot) => i32[2 * slot],
  },
  u32: {
    representation: "int",
    view: u32,
    write: (slot, value: number) => {
      u32[2 * slot] = value;
    },
    read: (slot) => u32[2 * slot],
  },
  f32: {
    view: f32,
    write: (slot, value: number) => {
      f32[2 * slot] = value;
    },
    read: (slot) => f32[2 * slot],
  },
  f64: {
    representation: "double",
    view: f64,
    write: (slot, value: number) => {
      f64[slot] = value;
    },
    read: (slot) => f64[slot],
  },
  word: { representation: "word", asNumber: true, write: writeWord, read: readSignedWord },
  uword: { representation: "word", asNumber: true, write: writeWord, read: readUnsignedWord },
  i64: { representation: "word", write: writeWord, read: (slot) => i64[slot] },
  u64: { representation: "word", write: writeWord, read: (slot) => u64[slot] },
  address: { representation: "word", asNumber: true, write: writeWord, read: readUnsignedWord },
  wide: { write: writePlace, read: readPlace },
});

/** Writes the address of memory, which a number holds exactly. */
export function writePlace(slot: number, address: number): void {
  u32[2 * slot] = address;
  u32[2 * slot + 1] = address / 4294967296;
}

/**
 * The number whose eight bytes are those of `address`: stored as a double, it stands in a slot at once. Written in
 * halves, it would make the processor wait when the stub reads it as a whole.
 */
export function bitsOf(address: number): number {
  u64Scratch[0] = BigInt(address);
  return f64Scratch[0] as number;
}

function readPlace(slot: number): number {
  return (u32[2 * slot + 1] as number) * 4294967296 + (u32[2 * slot] as number);
}

/** The slot at which the frame of the callback being entered begins. */
export function callbackSlot(): number {
  return u32[2 * FRAME.CALLBACK] as number;
}

/** Whether C is running below the JavaScript that asks: a callback has been entered and has not returned. */
export function isInCallback(): boolean {
  return callbackSlot() !== 0;
}

/** The environment's own `errno`. */
export function frameErrno(): number {
  return i32[2 * FRAME.ERRNO] as number;
}

export function setFrameErrno(value: number): void {
  i32[2 * FRAME.ERRNO] = value;
}

/** The environment's own last-error code, on Windows: beside `errno`, so both are swapped together. */
export function frameLastError(): number {
  return u32[2 * FRAME.ERRNO + 1] as number;
}

export function setFrameLastError(value: number): void {
  u32[2 * FRAME.ERRNO + 1] = value;
}

// -- 64 bits, number or bigint ---------------------------------------------------------------------

function writeWord(slot: number, value: number | bigint): void {
  if (typeof value === "bigint") {
    u64[slot] = value;
    return;
  }
  u32[2 * slot] = value;
  i32[2 * slot + 1] = Math.floor(value / 4294967296);
}

// Exact always: beyond 2^53 the value is a bigint.
function readSignedWord(slot: number): number | bigint {
  const high = i32[2 * slot + 1] as number;
  if (high >= 0x200000 || high < -0x200000) return i64[slot] as bigint;
  return high * 4294967296 + (u32[2 * slot] as number);
}

function readUnsignedWord(slot: number): number | bigint {
  const high = u32[2 * slot + 1] as number;
  if (high >= 0x200000) return u64[slot] as bigint;
  return high * 4294967296 + (u32[2 * slot] as number);
}
