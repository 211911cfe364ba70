/**
 * Code that moves values: from the frame to the stack and to registers before a call, and from registers to the frame
 * after it. What knows the order of a stub is in `aapcs64.ts`.
 *
 * Registers that carry nothing serve as scratch: x9 the frame, x10 the address of an argument's memory, x11 to x13
 * pieces of it, x16 the target, v16 to copy. x18 is the platform's and never touched.
 */
import { FRAME } from "../../frame.ts";
import type { ScalarType } from "../../types.ts";
import { isWide } from "../slots.ts";
import { type Assembler, SP, type Width } from "./assembler.ts";
import type { Place } from "./assign.ts";
import type { Passing } from "./classify.ts";

export const RESULT_ADDRESS = 8;
export const FRAME_ADDRESS = 9;
export const SCRATCH_ADDRESS = 10;
export const PIECE = 11;
const COPY_TO = 12;
const COPY_COUNT = 13;
export const TARGET_REGISTER = 16;
const COPY_VECTOR = 16;
export const FRAME_POINTER = 29;

export const RESULT = 8 * FRAME.RESULT;

function slotOffset(place: Place): number {
  return 8 * (FRAME.ARGUMENTS + place.index);
}

// -- Arguments -------------------------------------------------------------------------------------

/** Above this many bytes an argument is copied by a loop, to keep stubs small. */
const LARGEST_UNROLLED = 128;

/** Makes the copy of a value that goes by reference, and stores a value without a register on the stack. */
export function copyToStack(asm: Assembler, place: Place): void {
  const { type, size, passing, register, stackOffset, stackSize, copyOffset } = place;
  if (passing.kind === "memory") {
    copyBytes(asm, slotOffset(place), copyOffset, size);
    if (register !== null) return;
    asm.address(PIECE, SP, copyOffset);
    asm.store(8, SP, stackOffset, PIECE);
  } else if (register !== null) return;
  else if (isWide(type)) copyBytes(asm, slotOffset(place), stackOffset, size);
  else {
    loadSlot(asm, PIECE, place, size);
    asm.store(stackSize as Width, SP, stackOffset, PIECE);
  }
}

/** Copies the `size` bytes whose address is in a slot to sp + `to`; reads and writes no byte after them. */
function copyBytes(asm: Assembler, slot: number, to: number, size: number): void {
  asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, slot);
  const tail = size % 16;
  if (size > LARGEST_UNROLLED) {
    asm.address(COPY_TO, SP, to);
    asm.copyChunks(COPY_TO, SCRATCH_ADDRESS, COPY_COUNT, Math.floor(size / 16), COPY_VECTOR);
    if (tail > 0) copyVector(asm, COPY_TO, tail - 16, tail - 16);
    return;
  }
  if (size >= 16) {
    for (let at = 0; at + 16 <= size; at += 16) copyVector(asm, SP, to + at, at);
    if (tail > 0) copyVector(asm, SP, to + size - 16, size - 16);
    return;
  }
  const width = largestWidth(size);
  for (const at of ends(size)) {
    asm.load(width, PIECE, SCRATCH_ADDRESS, at);
    asm.store(width, SP, to + at, PIECE);
  }
}

function copyVector(asm: Assembler, base: number, to: number, from: number): void {
  asm.loadFloat(16, COPY_VECTOR, SCRATCH_ADDRESS, from);
  asm.storeFloat(16, base, to, COPY_VECTOR);
}

export function loadRegisters(asm: Assembler, place: Place): void {
  const { type, size, passing, register, copyOffset } = place;
  if (register === null) return;
  if (passing.kind === "memory") {
    asm.address(register, SP, copyOffset);
    return;
  }
  if (!isWide(type)) {
    if (passing.kind === "vector") asm.loadFloat(passing.width, register, FRAME_ADDRESS, slotOffset(place));
    else loadSlot(asm, register, place, size);
    return;
  }
  asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, slotOffset(place));
  for (let i = 0; i < passing.count; i++) {
    const offset = passing.width * i;
    if (passing.kind === "vector") asm.loadFloat(passing.width, register + i, SCRATCH_ADDRESS, offset);
    else loadEightbyte(asm, register + i, offset, Math.min(8, size - offset));
  }
}

/** `register` = the integer in the slot of a narrow argument. */
function loadSlot(asm: Assembler, register: number, place: Place, size: number): void {
  if (place.type !== "number") {
    asm.load(size === 8 ? 8 : 4, register, FRAME_ADDRESS, slotOffset(place));
    return;
  }
  asm.loadFloat(8, COPY_VECTOR, FRAME_ADDRESS, slotOffset(place));
  asm.truncate(register, COPY_VECTOR);
}

/**
 * `register` = the `byteLength` bytes at `[x10 + offset]`; reads no byte after them, which may be on an unmapped page.
 */
function loadEightbyte(asm: Assembler, register: number, offset: number, byteLength: number): void {
  const width = largestWidth(byteLength);
  if (width === byteLength) {
    asm.load(width, register, SCRATCH_ADDRESS, offset);
  } else if (offset > 0) {
    // The last 8 bytes of the aggregate, without those of the first eightbyte.
    asm.load(8, register, SCRATCH_ADDRESS, offset + byteLength - 8);
    asm.shiftRight(register, register, 8 * (8 - byteLength));
  } else {
    // Two loads that overlap: the bytes in both are the same.
    asm.load(width, register, SCRATCH_ADDRESS, 0);
    asm.load(width, PIECE, SCRATCH_ADDRESS, byteLength - width);
    asm.orShifted(register, PIECE, 8 * (byteLength - width));
  }
}

// -- Results ---------------------------------------------------------------------------------------

/** Stores a result that fits a slot, an integer extended to the whole slot. */
export function storeScalar(asm: Assembler, type: ScalarType, size: number, { kind, width }: Passing): void {
  if (kind === "vector") {
    asm.storeFloat(width, FRAME_ADDRESS, RESULT, 0);
    return;
  }
  // C.9 and "Result return": the bits above a narrow value are unspecified.
  if (size < 8) asm.extend(size as 1 | 2 | 4, type.startsWith("sint"), 0);
  asm.store(8, FRAME_ADDRESS, RESULT, 0);
}

/**
 * "Result return": stores a result, which is in the registers of a first argument, at `[x10]`; writes nothing after its
 * `size` bytes.
 */
export function storeRegisters(asm: Assembler, { kind, count, width }: Passing, size: number): void {
  for (let i = 0; i < count; i++) {
    if (kind === "vector") asm.storeFloat(width, SCRATCH_ADDRESS, width * i, i);
    else storeEightbyte(asm, i, 8 * i, Math.min(8, size - 8 * i));
  }
}

function storeEightbyte(asm: Assembler, register: number, offset: number, byteLength: number): void {
  const width = largestWidth(byteLength);
  for (const at of ends(byteLength)) {
    if (at > 0) asm.shiftRight(PIECE, register, 8 * at);
    asm.store(width, SCRATCH_ADDRESS, offset + at, at > 0 ? PIECE : register);
  }
}

/** The widest integer load that fits in `byteLength` bytes, 15 at most. */
function largestWidth(byteLength: number): Width {
  return byteLength >= 8 ? 8 : byteLength >= 4 ? 4 : byteLength >= 2 ? 2 : 1;
}

/**
 * The offsets of two overlapping moves, of the widest kind, that cover `byteLength` bytes; of one where it suffices.
 */
function ends(byteLength: number): number[] {
  const width = largestWidth(byteLength);
  return width === byteLength ? [0] : [0, byteLength - width];
}
