/**
 * Stubs of leaf calls that get their arguments from V8's fast calls in registers, and return the result there: nothing
 * goes through memory but results of 64 bits, for which V8 has no kind.
 *
 * V8 passes `(receiver, a, b, …)` by the same rules by which C expects `(a, b, …)`. The receiver takes one integer
 * register; stack arguments are where C expects them, if their order is right. So most stubs move registers and jump to
 * the target, which returns to V8. The others call it, with stack arguments of their own:
 *
 *             │ V8's stack arguments │
 *             │ return address       │
 *             │ errno of before      │  only when errno is swapped
 *             │ stack arguments      │
 *     rsp ──► └──────────────────────┘
 */
import { FRAME } from "../../frame.ts";
import type { Signature } from "../../types.ts";
import type { Handover, HandoverKind } from "../abi.ts";
import { entry, HANDED_PARAMETERS, HANDED_RESULTS, type Move, planMoves } from "../handover.ts";
import { Assembler, GPR } from "./assembler.ts";
import { assign, type CallLayout, INTEGER_REGISTERS, VECTOR_REGISTERS } from "./assign.ts";

const { rax, rcx, rsp, r10, r11 } = GPR;
/** A vector register that carries no argument (3.2.1). */
const SCRATCH_VECTOR = 15;

/** Null when V8 cannot pass such arguments. */
export function writeHandover(
  signature: Signature,
  frameAddress: number,
  errnoAddress: number | null,
): Handover | null {
  const result = entry(HANDED_RESULTS, signature.result);
  const kinds = signature.parameters.map((type) => entry(HANDED_PARAMETERS, type));
  if (result === undefined || kinds.includes(undefined)) return null;
  const call = assign(signature);
  const registers = { integer: INTEGER_REGISTERS, vectorCount: VECTOR_REGISTERS };
  const { order, moves, stackMoves, isInPlace } = planMoves(expectedBy(call), kinds as HandoverKind[], registers);

  const asm = new Assembler();
  const calls = result === "word" || errnoAddress !== null || !isInPlace;
  const saved = call.stackSize;
  // The return address makes it a multiple of 16.
  const size = calls ? Math.ceil((saved + (errnoAddress === null ? 0 : 8)) / 16) * 16 + 8 : 0;
  if (calls) {
    asm.subtract(rsp, size);
    for (const move of stackMoves) putOnStack(asm, move, size);
  }
  for (const move of moves) write(asm, move, size);
  asm.immediate64(r11, BigInt(frameAddress));
  if (errnoAddress !== null) {
    asm.immediate64(r10, BigInt(errnoAddress));
    asm.load(4, rax, r10, 0);
    asm.store(4, rsp, saved, rax);
    asm.load(4, rax, r11, 8 * FRAME.ERRNO);
    asm.store(4, r10, 0, rax);
  }
  if (call.vectorCount === 0) asm.zero(rax);
  else asm.immediate32(rax, call.vectorCount);
  asm.storeImmediate(4, r11, 8 * FRAME.LEAF, 1);
  if (!calls) {
    asm.jumpAt(r11, 8 * FRAME.TARGET);
  } else {
    asm.callAt(r11, 8 * FRAME.TARGET);
    // rax and xmm0 carry the result.
    if (result === "word" || errnoAddress !== null) asm.immediate64(r11, BigInt(frameAddress));
    if (errnoAddress !== null) {
      asm.immediate64(r10, BigInt(errnoAddress));
      asm.load(4, rcx, r10, 0);
      asm.store(4, r11, 8 * FRAME.ERRNO, rcx);
      asm.load(4, rcx, rsp, saved);
      asm.store(4, r10, 0, rcx);
    }
    if (result === "word") {
      asm.store(8, r11, 8 * FRAME.RESULT, rax);
      asm.convert(0, rax);
    }
    asm.subtract(rsp, -size);
    asm.return();
  }
  return { code: asm.code(), order, result, parameters: order.map((index) => kinds[index] as HandoverKind) };
}

// -- Private ---------------------------------------------------------------------------------------

function expectedBy({ inRegisters, onStack }: CallLayout) {
  const indexOf = (slotOffset: number) => slotOffset / 8 - FRAME.ARGUMENTS;
  return [
    ...inRegisters.map(({ slotOffset, type, eightbytes: [first] }) => ({
      index: indexOf(slotOffset),
      type,
      isVector: first?.isVector === true,
      register: first?.register as number,
      word: 0,
    })),
    ...onStack.map(({ slotOffset, type, stackOffset }) => ({
      index: indexOf(slotOffset),
      type,
      isVector: false,
      register: null,
      word: stackOffset / 8,
    })),
  ];
}

/** `pushed` is what the stub has subtracted from rsp. */
function write(asm: Assembler, { type, from, to }: Move, pushed: number): void {
  const at = stackOffset(from, pushed);
  if (type === "float") asm.narrow(to, inVector(asm, from, pushed));
  else if (type === "number" && from < 0) asm.loadTruncated(to, rsp, at);
  else if (type === "number") asm.truncate(to, from);
  else if (type === "double" && from < 0) asm.loadFloat(8, to, rsp, at);
  else if (type === "double" && from !== to) asm.copyVector(to, from);
  else if (type !== "double" && from < 0) asm.load(8, to, rsp, at);
  else if (type !== "double" && from !== to) asm.copy(to, from);
}

function putOnStack(asm: Assembler, { type, from, to: word }: Move, pushed: number): void {
  const to = 8 * word;
  if (type === "float") {
    asm.narrow(SCRATCH_VECTOR, inVector(asm, from, pushed));
    asm.storeFloat(4, rsp, to, SCRATCH_VECTOR);
  } else if (type === "double" && from >= 0) {
    asm.storeFloat(8, rsp, to, from);
  } else {
    write(asm, { type: type === "number" ? type : "sint64", from, to: rax }, pushed);
    asm.store(8, rsp, to, rax);
  }
}

/** A vector register with what V8 passes at `from`. */
function inVector(asm: Assembler, from: number, pushed: number): number {
  if (from >= 0) return from;
  asm.loadFloat(8, SCRATCH_VECTOR, rsp, stackOffset(from, pushed));
  return SCRATCH_VECTOR;
}

/** From rsp: V8's arguments lie above the return address. */
function stackOffset(from: number, pushed: number): number {
  return pushed - 8 * from;
}
