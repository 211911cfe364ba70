/**
 * Stubs of leaf calls that get their arguments from V8's fast calls in registers, and return the result there: nothing
 * goes through memory.
 *
 * The receiver takes x0; stack arguments are where C expects them, if their order is right. So a stub moves registers
 * and jumps to the target, which returns to V8.
 */
import { FRAME } from "../../frame.ts";
import type { Signature } from "../../types.ts";
import type { Handover, HandoverKind } from "../abi.ts";
import { entry, HANDED_PARAMETERS, HANDED_RESULTS, isFromVector, type Move, planMoves } from "../handover.ts";
import { Assembler, SP } from "./assembler.ts";
import { assign, REGISTERS } from "./assign.ts";
import { STANDARD } from "./classify.ts";
import { FRAME_ADDRESS, SCRATCH_ADDRESS, TARGET_REGISTER } from "./values.ts";

/** Null when V8 cannot pass such arguments, or when moving registers does not suffice: it is jumped to the target. */
export function writeHandover(
  signature: Signature,
  frameAddress: number,
  errnoAddress: number | null,
): Handover | null {
  const result = entry(HANDED_RESULTS, signature.result);
  const kinds = signature.parameters.map((type) => entry(HANDED_PARAMETERS, type));
  if (result === undefined || kinds.includes(undefined)) return null;
  if (result === "word" || errnoAddress !== null) return null;
  const expected = assign(signature, STANDARD).places.map(({ index, type, passing, register, stackOffset }) => ({
    index,
    type,
    isVector: passing.kind === "vector",
    register,
    word: stackOffset / 8,
  }));
  const registers = { integer: Array.from({ length: REGISTERS }, (_, i) => i), vectorCount: REGISTERS };
  const { order, moves, isInPlace } = planMoves(expected, kinds as HandoverKind[], registers);
  if (!isInPlace || moves.some((move) => isFromVector(move) && move.from < 0)) return null;

  const asm = new Assembler();
  for (const move of moves) write(asm, move);
  asm.immediate64(FRAME_ADDRESS, BigInt(frameAddress));
  asm.immediate64(SCRATCH_ADDRESS, 1n);
  asm.store(8, FRAME_ADDRESS, 8 * FRAME.LEAF, SCRATCH_ADDRESS);
  asm.load(8, TARGET_REGISTER, FRAME_ADDRESS, 8 * FRAME.TARGET);
  asm.jump(TARGET_REGISTER);
  return { code: asm.code(), order, result, parameters: order.map((index) => kinds[index] as HandoverKind) };
}

// -- Private ---------------------------------------------------------------------------------------

function write(asm: Assembler, { type, from, to }: Move): void {
  if (type === "float") asm.narrow(to, from);
  else if (type === "number") asm.truncate(to, from);
  else if (type === "double") {
    if (from !== to) asm.copyVector(to, from);
  } else if (from >= 0) asm.copy(to, from);
  else asm.load(8, to, SP, 8 * (-1 - from));
}
