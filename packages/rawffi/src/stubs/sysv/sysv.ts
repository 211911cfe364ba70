/**
 * System V AMD64: Linux, macOS and the BSDs on x86-64. Writes the stubs.
 *
 * Section numbers are those of the "System V Application Binary Interface, AMD64 Architecture Processor Supplement",
 * 1.0.
 *
 * What a stub does, in this order
 *   1. sets up its stack frame, and stores the stack arguments there (this may use every register)
 *   2. loads the argument registers, the frame's address being in r11
 *   3. calls the target, al telling how many vector registers are used
 *   4. stores the result
 * A leaf stub marks the call in the frame as a leaf call before 3. A switching stub sets up its stack frame on C's part
 * of the stack, with JavaScript's stack pointer in rbp. A throwing stub does 3 by jumping to `native/callsite.cc`,
 * which calls the target and jumps back.
 *
 *     rbp ──► │ caller's rbp          │
 *             │ where it goes on      │  the call site reads it at rbp - 8  ┐
 *             │ call site             │                                     ┘ only of a throwing stub
 *             │ …                     │
 *             │ address of the frame  │  only when the stub was told it
 *             │ address of the result │  only when registers have to be stored there
 *             │ stack arguments       │
 *     rsp ──► └───────────────────────┘  a multiple of 16, or of the largest alignment among the arguments (3.2.2)
 *
 * Registers that carry nothing (3.2.1) serve as scratch: r11 the frame, rax the address of an argument's memory, r10 a
 * piece of it.
 */
import { FRAME, FRONT } from "../../frame.ts";
import { THROWING_STUB } from "../../table.ts";
import type { ScalarType, Signature } from "../../types.ts";
import type { Abi, StubKind } from "../abi.ts";
import { alignUp } from "../lower.ts";
import { isWide } from "../slots.ts";
import { Assembler, GPR, pieces } from "./assembler.ts";
import { assign, type CallLayout, type RegisterArgument, type StackArgument } from "./assign.ts";
import { writeChain } from "./chain.ts";
import { type EightbyteClass, sizeOf } from "./classify.ts";
import { writeClosureStub } from "./closure.ts";
import { writeHandover } from "./handover.ts";
import { callsNothing } from "./leafcode.ts";
import { libffiFault, lowerParameters, lowerResult } from "./lower.ts";

const { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r10, r11, r12, r13, r14, r15 } = GPR;

export const sysv: Abi = {
  name: "System V AMD64",
  writeStub,
  callsNothing,
  writeHandover,
  writeGo,
  writeChain,
  writeClosureStub,
  lowerResult,
  lowerParameters,
  libffiFault,
};

function writeStub(signature: Signature, frameAddress: number | null, kind: StubKind): Uint8Array | null {
  const call = assign(signature);
  // The offsets of instructions have 32 bits; no stack is that large.
  if (call.stackSize > 0x7fff_0000 || call.stackAlign > 0x4000_0000) return null;

  const isShort = kind === "plain" || kind === "leaf";
  if (isShort && signature.result === "void" && call.stackSize === 0) return writeJump(call, frameAddress, kind);

  const asm = new Assembler();
  // Behind the arguments.
  const saved = alignUp(call.stackSize, 16);
  const findFrame = () => {
    if (frameAddress === null) asm.load(8, r11, rsp, saved + 8);
    else asm.immediate64(r11, BigInt(frameAddress));
  };
  const storesAtAddress = call.result[0] !== "MEMORY" && call.result.length > 0 && isWide(signature.result);

  if (kind === "switching") {
    // The frame is in r11: see `writeGo`.
    for (const register of CALLER_OWNS) asm.push(register);
    asm.copy(rbp, rsp);
    // Suspended C functions were called from further up the stack. Otherwise their JavaScript is gone: the function at
    // BEGIN_ABOVE preserves only rbp.
    const above = new Assembler();
    above.copy(rdi, rbp);
    above.and(rsp, -16);
    above.callAt(r11, BEGIN_ABOVE);
    above.immediate64(r11, BigInt(frameAddress ?? 0));
    asm.unlessBelow(rbp, r11, LEFT_AT, above.code());
    asm.store(8, r11, OUTER_STACK, rbp);
    asm.load(8, rsp, r11, OWN_STACK);
  } else {
    asm.push(rbp);
    asm.copy(rbp, rsp);
    if (frameAddress === null) asm.copy(r11, rdi);
    else findFrame();
  }
  const frameSize = (storesAtAddress || frameAddress === null ? 16 : 0) + (kind === "throwing" ? 16 : 0) + saved;
  if (frameSize > 0) asm.subtract(rsp, frameSize);
  if (kind === "throwing") asm.store(8, rbp, CALL_SITE, rdi);
  if (call.stackAlign > 16) asm.and(rsp, -call.stackAlign);
  if (frameAddress === null) asm.store(8, rsp, saved + 8, r11);
  if (storesAtAddress) {
    asm.load(8, rax, r11, RESULT);
    asm.store(8, rsp, saved, rax);
  }

  for (const argument of call.onStack) putOnStack(asm, argument);
  for (const argument of call.inRegisters) loadRegisters(asm, argument);
  // 3.2.3: a result in memory has its address in rdi, as if it were the first argument.
  if (call.result[0] === "MEMORY") asm.load(8, rdi, r11, RESULT);
  if (kind === "leaf") asm.storeImmediate(4, r11, LEAF, 1);
  if (kind === "throwing") callThere(asm, call);
  else {
    countVectors(asm, call);
    asm.callAt(r11, 8 * FRAME.TARGET);
  }

  if (storesAtAddress) {
    asm.load(8, rcx, rsp, saved);
    storeEightbytes(asm, call.result, sizeOf(signature.result));
  } else if (typeof signature.result === "string" && signature.result !== "void" && call.result[0] !== "MEMORY") {
    findFrame(); // r11 carries no result (3.2.1)
    storeScalar(asm, signature.result);
  }
  if (kind === "switching") {
    findFrame();
    switchBack(asm);
  } else {
    asm.leave();
    asm.return();
  }
  return asm.code();
}

// 3.2.3: al is an upper bound of the vector registers used. Set for every call, so that a variadic function that was
// declared without `...` works here, as it does in ctypes.
function countVectors(asm: Assembler, { vectorCount }: CallLayout): void {
  if (vectorCount === 0) asm.zero(rax);
  else asm.immediate32(rax, vectorCount);
}

/** Jumps to the call site, which finds the frame in r11, calls the target, and jumps back to the code that follows. */
function callThere(asm: Assembler, call: CallLayout): void {
  const jump = new Assembler();
  jump.store(8, rbp, GOES_ON, rax);
  countVectors(jump, call);
  jump.jumpAt(rbp, CALL_SITE);
  asm.addressAfter(rax, jump.code());
}

/** A stub that has nothing to do after the call: the target returns to the caller of the stub. */
function writeJump(call: CallLayout, frameAddress: number | null, kind: StubKind): Uint8Array {
  const asm = new Assembler();
  if (frameAddress === null) asm.copy(r11, rdi);
  else asm.immediate64(r11, BigInt(frameAddress));
  for (const argument of call.inRegisters) loadRegisters(asm, argument);
  if (kind === "leaf") asm.storeImmediate(4, r11, LEAF, 1);
  countVectors(asm, call);
  asm.jumpAt(r11, 8 * FRAME.TARGET);
  return asm.code();
}

function switchBack(asm: Assembler): void {
  // C was not suspended: it has left the call-saved registers as they were. Only rbp, which the stub uses itself, is
  // restored.
  const straight = new Assembler();
  straight.storeImmediate(8, r11, OUTER_STACK, 0);
  straight.address(rsp, rbp, 8 * (CALLER_OWNS.length - 1));
  straight.pop(rbp);
  straight.return();
  asm.whenEqual(rbp, r11, OUTER_STACK, straight.code());
  // It was: the JavaScript that resumed it last has other values in the registers.
  asm.jumpAt(r11, FINISH);
}

function writeGo(frameAddress: number): Uint8Array {
  const asm = new Assembler();
  asm.immediate64(r11, BigInt(frameAddress));
  asm.jumpAt(r11, 8 * FRAME.ENTRY);
  return asm.code();
}

/** From rbp. */
const { GOES_ON, CALL_SITE } = THROWING_STUB.x64;

const RESULT = 8 * FRAME.RESULT;
const LEAF = 8 * FRAME.LEAF;
/**
 * The slots before the frame, and the registers (3.2.1) in the order in which they are saved: see `native/stack.cc`.
 */
const OUTER_STACK = 8 * FRONT.OUTER_STACK;
const OWN_STACK = 8 * FRONT.OWN_STACK;
const LEFT_AT = 8 * FRONT.LEFT_AT;
const FINISH = 8 * FRONT.FINISH;
const BEGIN_ABOVE = 8 * FRONT.BEGIN_ABOVE;
const CALLER_OWNS = [rbp, rbx, r12, r13, r14, r15];

// -- Arguments -------------------------------------------------------------------------------------

/** Above this many bytes an argument is copied by a string instruction, to keep stubs small. */
const LARGEST_UNROLLED = 128;

function putOnStack(asm: Assembler, { type, slotOffset, stackOffset }: StackArgument): void {
  if (!isWide(type)) {
    if (type === "number") asm.loadTruncated(rax, r11, slotOffset);
    else asm.load(8, rax, r11, slotOffset);
    asm.store(8, rsp, stackOffset, rax);
    return;
  }
  const size = sizeOf(type);
  if (size > LARGEST_UNROLLED) {
    asm.load(8, rsi, r11, slotOffset);
    asm.address(rdi, rsp, stackOffset);
    asm.immediate32(rcx, size);
    asm.copyBytes();
    return;
  }
  asm.load(8, rax, r11, slotOffset);
  let at = 0;
  for (; size - at >= 16; at += 16) {
    asm.loadVector(0, rax, at);
    asm.storeVector(rsp, stackOffset + at, 0);
  }
  for (const width of pieces(size - at)) {
    asm.load(width, r10, rax, at);
    asm.store(width, rsp, stackOffset + at, r10);
    at += width;
  }
}

function loadRegisters(asm: Assembler, { type, slotOffset, eightbytes }: RegisterArgument): void {
  const size = sizeOf(type);
  const isByAddress = isWide(type);
  if (isByAddress) asm.load(8, rax, r11, slotOffset);
  for (const { index, isVector, register } of eightbytes) {
    const byteLength = Math.min(8, size - 8 * index);
    if (isVector) {
      // Fewer than 8 bytes of class SSE are one float.
      asm.loadFloat(byteLength < 8 ? 4 : 8, register, isByAddress ? rax : r11, isByAddress ? 8 * index : slotOffset);
    } else if (type === "number") asm.loadTruncated(register, r11, slotOffset);
    else if (!isByAddress) asm.load(size === 8 ? 8 : 4, register, r11, slotOffset);
    else loadEightbyte(asm, register, 8 * index, byteLength);
  }
}

/**
 * `register` = the `byteLength` bytes at `[rax + offset]`; reads no byte after them, which may be on an unmapped page.
 */
function loadEightbyte(asm: Assembler, register: number, offset: number, byteLength: number): void {
  const widths = pieces(byteLength);
  if (offset > 0 && widths.length > 1) {
    // The last 8 bytes of the aggregate, without those of the first eightbyte.
    asm.load(8, register, rax, offset + byteLength - 8);
    asm.shiftRight(register, 8 * (8 - byteLength));
    return;
  }
  let end = offset + byteLength;
  for (const [i, width] of widths.reverse().entries()) {
    end -= width;
    if (i === 0) {
      asm.load(width, register, rax, end);
      continue;
    }
    asm.shiftLeft(register, 8 * width);
    asm.load(width, r10, rax, end);
    asm.or(register, r10);
  }
}

// -- Results ---------------------------------------------------------------------------------------

/** Stores a result that fits a slot, an integer extended to the whole slot. */
function storeScalar(asm: Assembler, type: ScalarType): void {
  const size = sizeOf(type);
  if (type === "float") asm.storeFloat(4, r11, RESULT, 0);
  else if (type === "double") asm.storeFloat(8, r11, RESULT, 0);
  else {
    // 3.2.3 leaves the bits above a narrow result undefined.
    if (size < 8) asm.extend(size as 1 | 2 | 4, type.startsWith("sint"), rax);
    asm.store(8, r11, RESULT, rax);
  }
}

/**
 * Stores a result that came in registers at `[rcx]`; writes nothing after its `size` bytes. 3.2.3, "Returning of
 * Values".
 */
function storeEightbytes(asm: Assembler, classes: readonly EightbyteClass[], size: number): void {
  const integers: number[] = [rax, rdx];
  let vector = 0;
  for (const [i, c] of classes.entries()) {
    const offset = 8 * i;
    const byteLength = Math.min(8, size - offset);
    if (c === "SSE") asm.storeFloat(byteLength < 8 ? 4 : 8, rcx, offset, vector++);
    else if (c === "INTEGER") storeEightbyte(asm, integers.shift() ?? rax, offset, byteLength);
    else if (c === "X87") storeLongDouble(asm, offset);
    else if (c === "COMPLEX_X87") {
      storeLongDouble(asm, 0);
      storeLongDouble(asm, 16);
    }
  }
}

function storeEightbyte(asm: Assembler, register: number, offset: number, byteLength: number): void {
  let at = offset;
  const end = offset + byteLength;
  for (const width of pieces(byteLength)) {
    asm.store(width, rcx, at, register);
    at += width;
    if (at < end) asm.shiftRight(register, 8 * width);
  }
}

/** The ten bytes of st(0), and six zero bytes of padding. */
function storeLongDouble(asm: Assembler, offset: number): void {
  asm.popLongDouble(rcx, offset);
  asm.zero(rax);
  asm.store(4, rcx, offset + 10, rax);
  asm.store(2, rcx, offset + 14, rax);
}
