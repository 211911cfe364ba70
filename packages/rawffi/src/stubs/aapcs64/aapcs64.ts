/**
 * AAPCS64: Linux and the BSDs on AArch64. Writes the stubs, and describes types to libffi.
 *
 * The rules A.1 to C.17 are those of the "Procedure Call Standard for the Arm 64-bit Architecture", 2025Q4, "Parameter
 * passing rules".
 *
 * What a stub does, in this order
 *   1. makes its stack frame, and puts there the arguments that travel on the stack and copies of those that go by
 *      reference
 *   2. loads the argument registers, the frame's address being in x9
 *   3. calls the target
 *   4. stores the result
 *
 *             │ call site             │  x29 + 32, only of a throwing stub: what is called there instead of here, `native/callsite.cc`
 *             │ where the stub goes on│  x29 + 24, likewise; the call site reads it
 *             │ address of the result │  x29 + 16, only when registers have to be stored there
 *     x29 ──► │ caller's x29, x30     │
 *             │ …                     │
 *             │ copies                │  what the callee is handed is its own: it may write it
 *             │ stack arguments       │
 *      sp ──► └───────────────────────┘  a multiple of 16, or of the largest alignment among the copies
 *
 * Registers that carry nothing serve as scratch: x9 the frame, x10 the address of an argument's memory, x11 to x13
 * pieces of it, x16 the target, v16 to copy. x18 is the platform's and never touched.
 *
 * Variadic functions are called like others (Linux), whether declared as variadic or not.
 *
 * Not yet: Apple. There all variadic arguments go on the stack, stack arguments take no more than their own size and
 * alignment, and `long double` is `double`. It requires that the caller extends narrow integers to 32 bits, which
 * happens here anyway. Nor Windows, whose variadic functions take floats in general registers.
 */
import { FRAME } from "../../frame.ts";
import { THROWING_STUB } from "../../table.ts";
import type { RawType, ScalarType, Signature } from "../../types.ts";
import type { Abi, FfiArgument, FfiScalar, FfiType, StubKind } from "../abi.ts";
import { alignUp, LOWERED } from "../lower.ts";
import { isWide } from "../slots.ts";
import { Assembler, SP, type VectorWidth, type Width } from "./assembler.ts";
import { alignOf, classify, type Passing, sizeOf } from "./classify.ts";

export const aapcs64: Abi = {
  name: "AAPCS64",
  writeStub,
  callsNothing: () => false,
  writeHandover: () => null,
  writeGo: () => null,
  writeClosureStub,
  lowerResult,
  lowerParameters,
  // The known faults of 3.4.8 and 3.8.0 concern structures that go by reference, which are described as pointers here.
  libffiFault: () => null,
};

function writeStub(signature: Signature, frameAddress: number | null, kind: StubKind): Uint8Array | null {
  // Not yet: a stub that takes the frame as an argument; calls on other threads go through libffi.
  if (frameAddress === null) return null;
  // Not yet: leaf stubs, which mark the frame, and switching stubs, which need `native/stack.cc`; such calls are made
  // another way.
  if (kind !== "plain" && kind !== "throwing") return null;
  const call = assign(signature);
  if (call.stackSize > LARGEST_STACK) return null;

  const frame = BigInt(frameAddress);
  const asm = new Assembler();
  const result = classify(signature.result);
  const storesAtAddress = result.kind !== "memory" && result.count > 0 && isWide(signature.result);
  const pushed = kind === "throwing" ? THROWING_STUB.arm64.SIZE : storesAtAddress ? 32 : 16;

  asm.enter(pushed);
  if (kind === "throwing") asm.store(8, FRAME_POINTER, CALL_SITE, 0);
  if (call.stackSize > 0) asm.subtract(SP, SP, call.stackSize);
  if (call.stackAlign > 16) {
    asm.address(SCRATCH_ADDRESS, SP, 0);
    asm.alignDown(SP, SCRATCH_ADDRESS, Math.log2(call.stackAlign));
  }
  asm.immediate64(FRAME_ADDRESS, frame);
  if (storesAtAddress) {
    asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, RESULT);
    asm.store(8, FRAME_POINTER, 16, SCRATCH_ADDRESS);
  }

  for (const argument of call.places) copyToStack(asm, argument);
  for (const argument of call.places) loadRegisters(asm, argument);
  // "Result return": a result in memory has its address in x8.
  if (result.kind === "memory") asm.load(8, RESULT_ADDRESS, FRAME_ADDRESS, RESULT);
  asm.load(8, TARGET_REGISTER, FRAME_ADDRESS, 8 * FRAME.TARGET);
  if (kind === "throwing") callThere(asm);
  else asm.call(TARGET_REGISTER);

  if (storesAtAddress) {
    asm.load(8, SCRATCH_ADDRESS, FRAME_POINTER, 16);
    storeRegisters(asm, result, sizeOf(signature.result));
  } else if (typeof signature.result === "string" && result.count > 0 && result.kind !== "memory") {
    asm.immediate64(FRAME_ADDRESS, frame);
    storeScalar(asm, signature.result, result);
  }
  asm.leave(pushed);
  asm.return();
  return asm.code();
}

/** Jumps to the call site, which calls the target in x16 and jumps back to the code that follows. */
function callThere(asm: Assembler): void {
  const jump = new Assembler();
  jump.store(8, FRAME_POINTER, GOES_ON, SCRATCH_ADDRESS);
  jump.jump(PIECE);
  asm.load(8, PIECE, FRAME_POINTER, CALL_SITE);
  asm.addressAfter(SCRATCH_ADDRESS, jump.code());
}

// Not yet: closures go through libffi.
function writeClosureStub(): null {
  return null;
}

const RESULT_ADDRESS = 8;
const FRAME_ADDRESS = 9;
const SCRATCH_ADDRESS = 10;
const PIECE = 11;
const COPY_TO = 12;
const COPY_COUNT = 13;
const TARGET_REGISTER = 16;
const COPY_VECTOR = 16;
const FRAME_POINTER = 29;

/** From x29. */
const { GOES_ON, CALL_SITE } = THROWING_STUB.arm64;

const RESULT = 8 * FRAME.RESULT;

/**
 * A call with more stack arguments than this goes through libffi, whose copies are on the heap; threads have stacks of
 * some megabytes.
 */
const LARGEST_STACK = 1 << 20;

// -- Where everything goes -------------------------------------------------------------------------

/** x0 to x7, and v0 to v7. */
const REGISTERS = 8;

interface Place {
  readonly type: RawType;
  readonly passing: Passing;
  /** The index of the parameter. */
  readonly index: number;
  /** The first of its registers; null when it is on the stack. */
  readonly register: number | null;
  /** C.10: an odd register before it is left unused. */
  readonly skipsRegister: boolean;
  /** From sp at the call. */
  readonly stackOffset: number;
  /** Where the copy of an argument by reference is, from sp. */
  readonly copyOffset: number;
}

interface CallLayout {
  /** For all parameters but empty structures, for which GCC passes nothing in C. */
  readonly places: readonly Place[];
  readonly stackSize: number;
  readonly stackAlign: number;
}

/**
 * Stage C: registers from the left, a value as a whole or not at all; when one kind does not suffice, no later value
 * gets it.
 */
function assign(signature: Signature): CallLayout {
  const places: Place[] = [];
  const next = { general: 0, vector: 0 };
  let stackOffset = 0;
  let copiesSize = 0;
  let stackAlign = 16;
  for (const [index, type] of signature.parameters.entries()) {
    const passing = classify(type);
    const { kind, count, align } = passing;
    if (count === 0) continue;
    const bank = kind === "vector" ? "vector" : "general";
    const skipsRegister = bank === "general" && align === 16 && next.general % 2 === 1; // C.10
    const first = next[bank] + Number(skipsRegister);
    const copyOffset = alignUp(copiesSize, alignOf(type));
    if (kind === "memory") {
      copiesSize = copyOffset + sizeOf(type);
      stackAlign = Math.max(stackAlign, alignOf(type));
    }
    if (first + count <= REGISTERS) {
      next[bank] = first + count;
      places.push({ type, passing, index, register: first, skipsRegister, stackOffset: 0, copyOffset });
      continue;
    }
    next[bank] = REGISTERS; // C.3, C.13
    stackOffset = alignUp(stackOffset, align); // C.4, C.14
    places.push({ type, passing, index, register: null, skipsRegister: false, stackOffset, copyOffset });
    stackOffset += kind === "memory" ? 8 : alignUp(sizeOf(type), 8); // B.5, C.5, C.16
  }
  const copies = alignUp(stackOffset, stackAlign);
  return {
    places: places.map((place) => ({ ...place, copyOffset: copies + place.copyOffset })),
    stackSize: alignUp(copies + copiesSize, 16),
    stackAlign,
  };
}

function slotOffset(place: Place): number {
  return 8 * (FRAME.ARGUMENTS + place.index);
}

// -- Arguments -------------------------------------------------------------------------------------

/** Above this many bytes an argument is copied by a loop, to keep stubs small. */
const LARGEST_UNROLLED = 128;

/** Makes the copy of a value that goes by reference, and stores a value without a register on the stack. */
function copyToStack(asm: Assembler, place: Place): void {
  const { type, passing, register, stackOffset, copyOffset } = place;
  const size = sizeOf(type);
  if (passing.kind === "memory") {
    copyBytes(asm, slotOffset(place), copyOffset, size);
    if (register !== null) return;
    asm.address(PIECE, SP, copyOffset);
    asm.store(8, SP, stackOffset, PIECE);
  } else if (register !== null) return;
  else if (isWide(type)) copyBytes(asm, slotOffset(place), stackOffset, size);
  else {
    loadSlot(asm, PIECE, place, size);
    asm.store(8, SP, stackOffset, PIECE);
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

function loadRegisters(asm: Assembler, place: Place): void {
  const { type, passing, register, copyOffset } = place;
  if (register === null) return;
  const size = sizeOf(type);
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
function storeScalar(asm: Assembler, type: ScalarType, { kind, width }: Passing): void {
  if (kind === "vector") {
    asm.storeFloat(width, FRAME_ADDRESS, RESULT, 0);
    return;
  }
  const size = sizeOf(type);
  // C.9 and "Result return": the bits above a narrow value are unspecified.
  if (size < 8) asm.extend(size as 1 | 2 | 4, type.startsWith("sint"), 0);
  asm.store(8, FRAME_ADDRESS, RESULT, 0);
}

/**
 * "Result return": stores a result, which is in the registers of a first argument, at `[x10]`; writes nothing after its
 * `size` bytes.
 */
function storeRegisters(asm: Assembler, { kind, count, width }: Passing, size: number): void {
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

// -- libffi ----------------------------------------------------------------------------------------

const FLOATS: Record<VectorWidth, FfiScalar> = { 4: "float", 8: "double", 16: "longdouble" };

function lowerResult(type: RawType): FfiScalar | FfiType {
  const scalar = typeof type === "string" ? LOWERED[type] : undefined;
  if (scalar !== undefined) return scalar;
  const size = sizeOf(type);
  const { kind, count, width, align } = classify(type);
  if (count === 0) return "void";
  // libffi finds HFAs by their elements, and looks only at the size of others: a union is described as its bytes.
  const elements = kind === "vector" ? Array.from({ length: count }, () => FLOATS[width]) : (["uint8"] as const);
  // libffi aligns stack arguments by it; we align the copy of a value that goes by reference ourselves.
  return { size, align: kind === "memory" ? alignOf(type) : align, elements };
}

// libffi knows no values that need an even register (C.10). Where a register is left unused, an extra argument is
// described to libffi: an integer, read from the slot of the next argument. A closure stores it in that slot, too,
// before the right one.
function lowerParameters(signature: Signature): FfiArgument[] {
  return assign(signature).places.flatMap(({ type, passing, index, skipsRegister }): FfiArgument[] => {
    const lowered = {
      slot: index,
      isWide: isWide(type),
      type: lowerResult(type),
      ...(type === "number" && { isNumber: true }),
    };
    if (skipsRegister) return [{ slot: index, isWide: false, type: "uint64" }, lowered];
    // libffi would copy the structure itself, but puts the copy's address where the structure would be: wrong on the
    // stack when the structure is aligned to 16.
    return [passing.kind === "memory" ? { ...lowered, isReference: true } : lowered];
  });
}
