/**
 * Windows on x86-64. Writes the stubs; `classify.ts` has the rules of the convention.
 *
 * What a stub does, in this order
 *   1. sets up its stack frame, and stores the stack arguments and the copies of what goes by reference there
 *   2. loads the argument registers, the frame's address being in r11
 *   3. calls the target
 *   4. stores the result
 *
 *     rbp ──► │ caller's rbp          │
 *             │ address of the frame  │  only when the stub was told it
 *             │ address of the result │  only when a register has to be stored there
 *             │ copies                │  each at a multiple of 16, or of its type's alignment
 *             │ stack arguments       │
 *     rsp ──► │ home area             │  32 bytes
 *             └───────────────────────┘  a multiple of 16, or of the largest alignment among the copies
 *
 * rax, r10 and r11 carry no argument; they and xmm4, xmm5 serve as scratch. All other registers that carry none belong
 * to the caller. Every stub begins by `push rbp; mov rbp, rsp`, because all have the same unwind data
 * (`native/windows/pages.cc`): so a stub needs no call site to let exceptions through.
 *
 * Not yet: leaf stubs are the plain ones, for there is no V8 part; nor are there switching stubs.
 */
import { FRAME } from "../../frame.ts";
import type { RawType, ScalarType, Signature } from "../../types.ts";
import type { Abi, StubKind } from "../abi.ts";
import { alignUp } from "../lower.ts";
import { isWide } from "../slots.ts";
import { Assembler, GPR, pieces } from "../sysv/assembler.ts";
import { chainWriter } from "../sysv/chain.ts";
import { callsNothing } from "../sysv/leafcode.ts";
import { HOME_AREA, INTEGER_REGISTERS, isInMemory, type Place, placesOf, refusalOf, sizeOf } from "./classify.ts";
import { writeClosureStub } from "./closure.ts";
import { lowerParameters, lowerResult } from "./lower.ts";
import { reserve } from "./reserve.ts";

const { rax, rcx, rsp, rbp, rsi, rdi, r10, r11 } = GPR;

export const win64: Abi = {
  name: "Microsoft x64",
  writeStub,
  callsNothing,
  writeHandover: () => null,
  writeGo: () => null,
  writeChain: chainWriter(rcx, HOME_AREA),
  writeClosureStub,
  lowerResult,
  lowerParameters,
  libffiFault: refusalOf,
};

/** From rbp. */
const FRAME_AT = -8;
const RESULT_AT = -16;
const LOCALS = 16;

const RESULT = 8 * FRAME.RESULT;
const LEAF = 8 * FRAME.LEAF;

function writeStub(signature: Signature, frameAddress: number | null, kind: StubKind): Uint8Array | null {
  if (kind === "switching" || refusalOf(signature) !== null) return null;
  const { result } = signature;
  const places = placesOf(signature);
  const { copies, size, align } = layOut(places, isInMemory(result) ? 1 : 0);
  const storesAtAddress = isWide(result) && sizeOf(result) > 0 && !isInMemory(result);

  const asm = new Assembler();
  asm.push(rbp);
  asm.copy(rbp, rsp);
  if (!reserve(asm, size + LOCALS, align)) return null;
  if (frameAddress === null) {
    asm.store(8, rbp, FRAME_AT, rcx);
    asm.copy(r11, rcx);
  } else asm.immediate64(r11, BigInt(frameAddress));
  if (storesAtAddress) {
    asm.load(8, rax, r11, RESULT);
    asm.store(8, rbp, RESULT_AT, rax);
  }

  for (const place of places) {
    const copy = copies.get(place);
    if (copy !== undefined) copyTo(asm, place, copy);
  }
  const isOnStack = (place: Place) => place.position >= INTEGER_REGISTERS.length;
  for (const place of places.filter(isOnStack)) putOnStack(asm, place, copies.get(place));
  for (const place of places.filter((one) => !isOnStack(one))) loadRegisters(asm, place, copies.get(place));
  if (isInMemory(result)) asm.load(8, rcx, r11, RESULT);
  if (kind === "leaf") asm.storeImmediate(4, r11, LEAF, 1);
  asm.callAt(r11, 8 * FRAME.TARGET);

  if (storesAtAddress) {
    asm.load(8, rcx, rbp, RESULT_AT);
    storeWide(asm, result);
  } else if (typeof result === "string" && result !== "void" && !isWide(result)) {
    if (frameAddress === null) asm.load(8, r11, rbp, FRAME_AT);
    else asm.immediate64(r11, BigInt(frameAddress));
    storeScalar(asm, result);
  }
  // As the unwinder expects an epilogue.
  asm.address(rsp, rbp, 0);
  asm.pop(rbp);
  asm.return();
  return asm.code();
}

interface StackLayout {
  /** The offset of each copy from rsp. */
  readonly copies: ReadonlyMap<Place, number>;
  /** Below the locals. */
  readonly size: number;
  readonly align: number;
}

function layOut(places: readonly Place[], hidden: number): StackLayout {
  const positions = places.length + hidden;
  let end = HOME_AREA + 8 * Math.max(0, positions - INTEGER_REGISTERS.length);
  let largest = 16;
  const copies = new Map<Place, number>();
  for (const place of places.filter(({ passing }) => passing === "reference")) {
    const align = Math.max(16, typeof place.type === "string" ? 16 : place.type.align);
    largest = Math.max(largest, align);
    const at = alignUp(end, align);
    copies.set(place, at);
    end = at + sizeOf(place.type);
  }
  return { copies, size: alignUp(end, 16), align: largest };
}

// -- Arguments -------------------------------------------------------------------------------------

/** Above this many bytes an argument is copied by a string instruction, to keep stubs small. */
const LARGEST_UNROLLED = 128;

function slotOf({ index }: Place): number {
  return 8 * (FRAME.ARGUMENTS + index);
}

/** Copies the value whose address is in the slot to `rsp + at`. */
function copyTo(asm: Assembler, place: Place, at: number): void {
  const size = sizeOf(place.type);
  if (size > LARGEST_UNROLLED) {
    // rsi and rdi belong to the caller; rax and r10 keep them, and rcx is not loaded yet.
    asm.copy(rax, rsi);
    asm.copy(r10, rdi);
    asm.load(8, rsi, r11, slotOf(place));
    asm.address(rdi, rsp, at);
    asm.immediate32(rcx, size);
    asm.copyBytes();
    asm.copy(rsi, rax);
    asm.copy(rdi, r10);
    return;
  }
  asm.load(8, rax, r11, slotOf(place));
  let done = 0;
  for (; size - done >= 16; done += 16) {
    asm.loadVector(SCRATCH_VECTOR, rax, done);
    asm.storeVector(rsp, at + done, SCRATCH_VECTOR);
  }
  for (const width of pieces(size - done)) {
    asm.load(width, r10, rax, done);
    asm.store(width, rsp, at + done, r10);
    done += width;
  }
}

/** xmm4: neither an argument's nor the caller's. */
const SCRATCH_VECTOR = 4;

function putOnStack(asm: Assembler, place: Place, copy: number | undefined): void {
  loadInteger(asm, rax, place, copy);
  asm.store(8, rsp, 8 * place.position, rax);
}

function loadRegisters(asm: Assembler, place: Place, copy: number | undefined): void {
  const register = INTEGER_REGISTERS[place.position] as number;
  const { passing } = place;
  if (passing === "float" || passing === "double") {
    const base = isWide(place.type) ? rax : r11;
    if (base === rax) asm.load(8, rax, r11, slotOf(place));
    asm.loadFloat(passing === "float" ? 4 : 8, place.position, base, base === rax ? 0 : slotOf(place));
  }
  // A variadic function looks for a double in the integer register. So does one that was declared without `...`, which
  // works here, as it does in ctypes.
  if (passing !== "float") loadInteger(asm, register, place, copy);
}

/**
 * `register` = the 8 bytes by which the argument is passed. Those above a smaller one are undefined by the convention;
 * here they are 0, for a function that was not declared, and takes more than it was given: as on other systems.
 */
function loadInteger(asm: Assembler, register: number, place: Place, copy: number | undefined): void {
  const { type } = place;
  if (copy !== undefined) asm.address(register, rsp, copy);
  else if (type === "number") asm.loadTruncated(register, r11, slotOf(place));
  else if (!isWide(type)) asm.load(sizeOf(type) === 8 ? 8 : 4, register, r11, slotOf(place));
  else {
    asm.load(8, rax, r11, slotOf(place));
    // 1, 2, 4 or 8 bytes: no byte after them is read.
    asm.load(sizeOf(type) as 1 | 2 | 4 | 8, register, rax, 0);
  }
}

// -- Results ---------------------------------------------------------------------------------------

/** Stores a result that fits a slot, an integer extended to the whole slot. */
function storeScalar(asm: Assembler, type: ScalarType): void {
  const size = sizeOf(type);
  if (type === "float") asm.storeFloat(4, r11, RESULT, 0);
  else if (type === "double") asm.storeFloat(8, r11, RESULT, 0);
  else {
    // The bits above a narrow result are undefined.
    if (size < 8) asm.extend(size as 1 | 2 | 4, type.startsWith("sint"), rax);
    asm.store(8, r11, RESULT, rax);
  }
}

/** Stores a wide result that came in a register at `[rcx]`. */
function storeWide(asm: Assembler, type: RawType): void {
  if (type === "longdouble") asm.storeFloat(8, rcx, 0, 0);
  else asm.store(sizeOf(type) as 1 | 2 | 4 | 8, rcx, 0, rax);
}
