/**
 * Stubs of leaf calls that get their arguments from V8's fast calls in registers, and return the result there: nothing
 * goes through memory.
 *
 * The receiver takes one integer register; stack arguments are where C expects them, if their order is right. So a stub
 * moves registers and jumps to the target, which returns to V8.
 */
import { FRAME } from "../../frame.ts";
import type { Signature } from "../../types.ts";
import type { Handover, HandoverKind } from "../abi.ts";
import { entry, HANDED_PARAMETERS, HANDED_RESULTS, type Move, planMoves } from "../handover.ts";
import { Assembler, GPR } from "./assembler.ts";
import { assign, INTEGER_REGISTERS, VECTOR_REGISTERS } from "./assign.ts";

const { rax, rsp, r11 } = GPR;

/** Null when V8 cannot pass such arguments, or when moving registers does not suffice. */
export function writeHandover(signature: Signature, frameAddress: number): Handover | null {
  const result = entry(HANDED_RESULTS, signature.result);
  const kinds = signature.parameters.map((type) => entry(HANDED_PARAMETERS, type));
  if (result === undefined || kinds.includes(undefined)) return null;
  const call = assign(signature);
  const inRegisters = call.inRegisters.map(({ slotOffset, type, eightbytes: [first] }) => ({
    index: indexOf(slotOffset),
    type,
    isVector: first?.isVector === true,
    register: first?.register as number,
    word: 0,
  }));
  const onStack = call.onStack.map(({ slotOffset, type, stackOffset }) => ({
    index: indexOf(slotOffset),
    type,
    isVector: false,
    register: null,
    word: stackOffset / 8,
  }));
  const registers = { integer: INTEGER_REGISTERS, vectorCount: VECTOR_REGISTERS };
  const planned = planMoves([...inRegisters, ...onStack], kinds as HandoverKind[], registers);
  if (planned === null) return null;

  const asm = new Assembler();
  for (const move of planned.moves) write(asm, move);
  asm.immediate64(r11, BigInt(frameAddress));
  if (call.vectorCount === 0) asm.zero(rax);
  else asm.immediate32(rax, call.vectorCount);
  asm.storeImmediate(4, r11, 8 * FRAME.LEAF, 1);
  asm.jumpAt(r11, 8 * FRAME.TARGET);
  const { order } = planned;
  return { code: asm.code(), order, result, parameters: order.map((index) => kinds[index] as HandoverKind) };
}

// -- Private ---------------------------------------------------------------------------------------

function indexOf(slotOffset: number): number {
  return slotOffset / 8 - FRAME.ARGUMENTS;
}

function write(asm: Assembler, { type, from, to, isVector }: Move): void {
  if (type === "float") asm.narrow(to, from);
  else if (type === "number") asm.truncate(to, from);
  else if (isVector) {
    if (from !== to) asm.copyVector(to, from);
  } else if (from >= 0) asm.copy(to, from);
  // Above the return address.
  else asm.load(8, to, rsp, -8 * from);
}
