/**
 * Chains for System V AMD64: several calls one after the other, each by a stub that takes its frame as an argument.
 *
 *     mov r11, memory              for each value that goes from slot to slot:
 *     mov rax, [r11 + from]
 *     mov [r11 + to], rax
 *     mov r11, frame of the step   its slot ENTRY has the stub's address
 *     mov rdi, r11
 *     call [r11]
 *     mov r11, frame of the step   where the chain ends unless the result is a certain one
 *     cmp dword [r11 + result], value
 *     je  the next step
 *     …                            as at the end
 */
import { FRAME } from "../../frame.ts";
import type { Abi } from "../abi.ts";
import { Assembler, GPR } from "./assembler.ts";

const { rax, rsp, rbp, rdi, r11 } = GPR;
const LEAF = 8 * FRAME.LEAF;

/**
 * `Abi.writeChain` for a convention that passes the first argument in `first`, and gives a callee so many bytes of the
 * caller's stack.
 */
export function chainWriter(first: number, homeArea: number): NonNullable<Abi["writeChain"]> {
  return (frameAddress, isLeaf, memory, links) => {
    const asm = new Assembler();
    // The caller's return address and rbp are 16 bytes: the stack is aligned for the calls.
    asm.push(rbp);
    asm.copy(rbp, rsp);
    if (homeArea > 0) asm.subtract(rsp, homeArea);
    if (isLeaf) setLeaf(asm, frameAddress, 1);
    for (const { frame, copies, goesOnWith } of links) {
      if (copies.length > 0) asm.immediate64(r11, BigInt(memory));
      for (const [from, to] of copies) {
        asm.load(8, rax, r11, 8 * from);
        asm.store(8, r11, 8 * to, rax);
      }
      asm.immediate64(r11, BigInt(memory + 8 * frame));
      asm.copy(first, r11);
      asm.callAt(r11, 8 * FRAME.ENTRY);
      if (goesOnWith === null) continue;
      const ending = new Assembler();
      end(ending, frameAddress, isLeaf);
      asm.immediate64(r11, BigInt(memory + 8 * frame));
      asm.unlessIs(r11, 8 * FRAME.RESULT, goesOnWith, ending.code());
    }
    end(asm, frameAddress, isLeaf);
    return asm.code();
  };
}

/** See `Abi.writeChain`. */
export const writeChain = chainWriter(rdi, 0);

// -- Private ---------------------------------------------------------------------------------------

function end(asm: Assembler, frameAddress: number, isLeaf: boolean): void {
  if (isLeaf) setLeaf(asm, frameAddress, 0);
  asm.leave();
  asm.return();
}

function setLeaf(asm: Assembler, frameAddress: number, value: number): void {
  asm.immediate64(r11, BigInt(frameAddress));
  asm.storeImmediate(4, r11, LEAF, value);
}
