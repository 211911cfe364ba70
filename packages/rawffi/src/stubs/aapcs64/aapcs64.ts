/**
 * AAPCS64: Linux, the BSDs and Apple's systems on AArch64. Writes the stubs.
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
 * A leaf stub marks the call in the frame as a leaf call before 3. A switching stub makes its stack frame on C's part
 * of the stack, with JavaScript's stack pointer in x29. A throwing stub does 3 by jumping to `native/callsite.cc`,
 * which calls the target and jumps back.
 *
 *             │ call site             │  x29 + 32, only of a throwing stub: what is called there instead of here
 *             │ where the stub goes on│  x29 + 24, likewise; the call site reads it
 *     x29 ──► │ caller's x29, x30     │  of a switching stub, on JavaScript's part, with all other call-saved registers
 *             │ …                     │
 *             │ address of the frame  │  only when the stub was told it
 *             │ address of the result │  only when registers have to be stored there
 *             │ copies                │  what the callee is handed is its own: it may write it
 *             │ stack arguments       │
 *      sp ──► └───────────────────────┘  a multiple of 16, or of the largest alignment among the copies
 *
 * Variadic functions are called like others, whether declared as variadic or not, except on Apple's systems: there the
 * variadic arguments go on the stack (`classify.ts` has all rules that differ). Apple requires that the caller extends
 * narrow integers to 32 bits, and a callback its result, which both happens anyway; x18, which it reserves, is used
 * nowhere.
 *
 * Stubs begin with no landing pad for indirect branches ("bti c"): their pages do not ask for the check, so
 * any branch may enter them. Nor do they sign return addresses: they leave x30 as C's functions left it.
 *
 * Not yet: Windows, whose variadic functions take floats in general registers.
 */
import { FRAME, FRONT } from "../../frame.ts";
import { THROWING_STUB } from "../../table.ts";
import type { Signature } from "../../types.ts";
import type { Abi, StubKind } from "../abi.ts";
import { isWide } from "../slots.ts";
import { Assembler, SP } from "./assembler.ts";
import { assign, type CallLayout } from "./assign.ts";
import { writeChain } from "./chain.ts";
import { APPLE, classify, type Rules, STANDARD, sizeOf } from "./classify.ts";
import { writeClosureStub } from "./closure.ts";
import { writeHandover } from "./handover.ts";
import { callsNothing } from "./leafcode.ts";
import { libffiFault, lowerParameters, lowerResult } from "./lower.ts";
import {
  copyToStack,
  FRAME_ADDRESS,
  FRAME_POINTER,
  loadRegisters,
  PIECE,
  RESULT,
  RESULT_ADDRESS,
  SCRATCH_ADDRESS,
  storeRegisters,
  storeScalar,
  TARGET_REGISTER,
} from "./values.ts";

export const aapcs64: Abi = { ...byRules(STANDARD), writeHandover };

/** On Apple's systems nothing is handed over: V8 passes fewer arguments there, and no part of it is built for them. */
export const apple64: Abi = { ...byRules(APPLE), writeHandover: () => null };

function byRules(rules: Rules): Omit<Abi, "writeHandover"> {
  return {
    name: rules.name,
    writeStub: (signature, frameAddress, kind) => writeStub(signature, rules, frameAddress, kind),
    callsNothing,
    writeGo,
    writeChain,
    writeClosureStub: (signature) => writeClosureStub(signature, rules),
    lowerResult: (type) => lowerResult(type, rules),
    lowerParameters: (signature) => lowerParameters(signature, rules),
    libffiFault: (signature) => libffiFault(signature, rules),
  };
}

function writeStub(signature: Signature, rules: Rules, frameAddress: number | null, kind: StubKind): Uint8Array | null {
  const call = assign(signature, rules);
  if (call.stackSize > LARGEST_STACK) return null;
  const isShort = kind === "plain" || kind === "leaf";
  if (isShort && signature.result === "void" && call.stackSize === 0) return writeJump(call, frameAddress, kind);

  const asm = new Assembler();
  const result = classify(signature.result, rules);
  const resultSize = sizeOf(signature.result, rules);
  const storesAtAddress = result.kind !== "memory" && result.count > 0 && isWide(signature.result);
  const pushed = kind === "throwing" ? THROWING_STUB.arm64.SIZE : 16;

  if (kind === "switching") switchToC(asm, frameAddress ?? 0);
  else {
    asm.enter(pushed);
    if (kind === "throwing") asm.store(8, FRAME_POINTER, CALL_SITE, 0);
    findFrame(asm, frameAddress);
  }
  const frameSize = call.stackSize + (storesAtAddress || frameAddress === null ? 16 : 0);
  if (frameSize > 0) asm.subtract(SP, SP, frameSize);
  if (call.stackAlign > 16) {
    asm.address(SCRATCH_ADDRESS, SP, 0);
    asm.alignDown(SP, SCRATCH_ADDRESS, Math.log2(call.stackAlign));
  }
  if (frameAddress === null) asm.store(8, SP, call.stackSize + 8, FRAME_ADDRESS);
  if (storesAtAddress) {
    asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, RESULT);
    asm.store(8, SP, call.stackSize, SCRATCH_ADDRESS);
  }

  for (const argument of call.places) copyToStack(asm, argument);
  for (const argument of call.places) loadRegisters(asm, argument);
  // "Result return": a result in memory has its address in x8.
  if (result.kind === "memory") asm.load(8, RESULT_ADDRESS, FRAME_ADDRESS, RESULT);
  if (kind === "leaf") markLeaf(asm);
  asm.load(8, TARGET_REGISTER, FRAME_ADDRESS, TARGET);
  if (kind === "throwing") callThere(asm);
  else asm.call(TARGET_REGISTER);

  if (storesAtAddress) {
    asm.load(8, SCRATCH_ADDRESS, SP, call.stackSize);
    storeRegisters(asm, result, resultSize);
  } else if (typeof signature.result === "string" && result.count > 0 && result.kind !== "memory") {
    if (frameAddress === null) asm.load(8, FRAME_ADDRESS, SP, call.stackSize + 8);
    else findFrame(asm, frameAddress);
    storeScalar(asm, signature.result, resultSize, result);
  }
  if (kind === "switching") {
    findFrame(asm, frameAddress);
    switchBack(asm);
  } else {
    asm.leave(pushed);
    asm.return();
  }
  return asm.code();
}

/** A stub that has nothing to do after the call: the target returns to the caller of the stub. */
function writeJump(call: CallLayout, frameAddress: number | null, kind: StubKind): Uint8Array {
  const asm = new Assembler();
  findFrame(asm, frameAddress);
  for (const argument of call.places) loadRegisters(asm, argument);
  if (kind === "leaf") markLeaf(asm);
  asm.load(8, TARGET_REGISTER, FRAME_ADDRESS, TARGET);
  asm.jump(TARGET_REGISTER);
  return asm.code();
}

/** x9 = the frame, which a stub without its address is given in x0. */
function findFrame(asm: Assembler, frameAddress: number | null): void {
  if (frameAddress === null) asm.copy(FRAME_ADDRESS, 0);
  else asm.immediate64(FRAME_ADDRESS, BigInt(frameAddress));
}

function markLeaf(asm: Assembler): void {
  asm.immediate64(SCRATCH_ADDRESS, 1n);
  asm.store(8, FRAME_ADDRESS, LEAF, SCRATCH_ADDRESS);
}

/** Jumps to the call site, which calls the target in x16 and jumps back to the code that follows. */
function callThere(asm: Assembler): void {
  const jump = new Assembler();
  jump.store(8, FRAME_POINTER, GOES_ON, SCRATCH_ADDRESS);
  jump.jump(PIECE);
  asm.load(8, PIECE, FRAME_POINTER, CALL_SITE);
  asm.addressAfter(SCRATCH_ADDRESS, jump.code());
}

// -- Switching stubs: native/stack.cc ---------------------------------------------------------------

/** Saves JavaScript's registers on its stack, and goes to C's part. The frame is in x9: see `writeGo`. */
function switchToC(asm: Assembler, frameAddress: number): void {
  asm.enter(CALLER_OWNS);
  for (const [i, first] of SAVED.entries()) asm.storePair(SP, 16 + 16 * i, first, first + 1);
  for (const [i, first] of SAVED_VECTORS.entries()) asm.storeFloatPair(SP, 96 + 16 * i, first, first + 1);
  // Suspended C functions were called from further up the stack. Otherwise their JavaScript is gone: the function at
  // BEGIN_ABOVE preserves only call-saved registers.
  const above = new Assembler();
  above.copy(0, FRAME_POINTER);
  above.load(8, TARGET_REGISTER, FRAME_ADDRESS, 8 * FRONT.BEGIN_ABOVE);
  above.call(TARGET_REGISTER);
  above.immediate64(FRAME_ADDRESS, BigInt(frameAddress));
  asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, 8 * FRONT.LEFT_AT);
  asm.unlessBelow(FRAME_POINTER, SCRATCH_ADDRESS, above.code());
  asm.store(8, FRAME_ADDRESS, OUTER_STACK, FRAME_POINTER);
  asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, 8 * FRONT.OWN_STACK);
  asm.address(SP, SCRATCH_ADDRESS, 0);
}

function switchBack(asm: Assembler): void {
  // C was not suspended: it has left the call-saved registers as they were. Only x29 and x30, which the stub uses
  // itself, are restored.
  const straight = new Assembler();
  straight.immediate64(PIECE, 0n);
  straight.store(8, FRAME_ADDRESS, OUTER_STACK, PIECE);
  straight.leave(CALLER_OWNS);
  straight.return();
  asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, OUTER_STACK);
  asm.whenEqual(FRAME_POINTER, SCRATCH_ADDRESS, straight.code());
  // It was: the JavaScript that resumed it last has other values in the registers.
  asm.load(8, TARGET_REGISTER, FRAME_ADDRESS, 8 * FRONT.FINISH);
  asm.jump(TARGET_REGISTER);
}

function writeGo(frameAddress: number): Uint8Array {
  const asm = new Assembler();
  asm.immediate64(FRAME_ADDRESS, BigInt(frameAddress));
  asm.load(8, TARGET_REGISTER, FRAME_ADDRESS, 8 * FRAME.ENTRY);
  asm.jump(TARGET_REGISTER);
  return asm.code();
}

/** "General-purpose Registers" and "SIMD and Floating-Point Registers": x19 to x28, and the low halves of v8 to v15. */
const SAVED = [19, 21, 23, 25, 27];
const SAVED_VECTORS = [8, 10, 12, 14];
/** The bytes that they take on the stack, after x29 and x30. */
const CALLER_OWNS = 160;

/** From x29. */
const { GOES_ON, CALL_SITE } = THROWING_STUB.arm64;

const LEAF = 8 * FRAME.LEAF;
const TARGET = 8 * FRAME.TARGET;
const OUTER_STACK = 8 * FRONT.OUTER_STACK;

/**
 * A call with more stack arguments than this goes through libffi, whose copies are on the heap; threads have stacks of
 * some megabytes.
 */
const LARGEST_STACK = 1 << 20;
