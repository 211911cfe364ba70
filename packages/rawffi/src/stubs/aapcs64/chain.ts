/**
 * Chains for AAPCS64: several calls one after the other, each by a stub that takes its frame as an argument.
 *
 *     mov x9, memory               for each value that goes from slot to slot:
 *     ldr x10, [x9, from]
 *     str x10, [x9, to]
 *     mov x0, frame of the step    its slot ENTRY has the stub's address
 *     ldr x16, [x0]
 *     blr x16
 *     mov x9, frame of the step    where the chain ends unless the result is a certain one
 *     ldr w10, [x9, result]
 *     cmp w10, value
 *     b.eq the next step
 *     …                            as at the end
 */
import { FRAME } from "../../frame.ts";
import type { ChainLink } from "../abi.ts";
import { Assembler } from "./assembler.ts";
import { FRAME_ADDRESS, PIECE, RESULT, SCRATCH_ADDRESS, TARGET_REGISTER } from "./values.ts";

/** See `Abi.writeChain`. */
export function writeChain(
  frameAddress: number,
  isLeaf: boolean,
  memory: number,
  links: readonly ChainLink[],
): Uint8Array {
  const asm = new Assembler();
  asm.enter(16);
  if (isLeaf) setLeaf(asm, frameAddress, 1n);
  for (const { frame, copies, goesOnWith } of links) {
    if (copies.length > 0) asm.immediate64(FRAME_ADDRESS, BigInt(memory));
    for (const [from, to] of copies) {
      asm.load(8, SCRATCH_ADDRESS, FRAME_ADDRESS, 8 * from);
      asm.store(8, FRAME_ADDRESS, 8 * to, SCRATCH_ADDRESS);
    }
    asm.immediate64(0, BigInt(memory + 8 * frame));
    asm.load(8, TARGET_REGISTER, 0, 8 * FRAME.ENTRY);
    asm.call(TARGET_REGISTER);
    if (goesOnWith === null) continue;
    const ending = new Assembler();
    end(ending, frameAddress, isLeaf);
    asm.immediate64(FRAME_ADDRESS, BigInt(memory + 8 * frame));
    asm.load(4, SCRATCH_ADDRESS, FRAME_ADDRESS, RESULT);
    asm.immediate64(PIECE, BigInt(goesOnWith >>> 0));
    asm.unlessEqual(SCRATCH_ADDRESS, PIECE, ending.code());
  }
  end(asm, frameAddress, isLeaf);
  return asm.code();
}

// -- Private ---------------------------------------------------------------------------------------

function end(asm: Assembler, frameAddress: number, isLeaf: boolean): void {
  if (isLeaf) setLeaf(asm, frameAddress, 0n);
  asm.leave(16);
  asm.return();
}

function setLeaf(asm: Assembler, frameAddress: number, value: bigint): void {
  asm.immediate64(FRAME_ADDRESS, BigInt(frameAddress));
  asm.immediate64(SCRATCH_ADDRESS, value);
  asm.store(8, FRAME_ADDRESS, 8 * FRAME.LEAF, SCRATCH_ADDRESS);
}
