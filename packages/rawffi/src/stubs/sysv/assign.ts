/**
 * Where the arguments of a call travel: System V AMD64 ABI 3.2.3, "Passing". The writers of call stubs and of closure
 * stubs use it.
 */
import { FRAME } from "../../frame.ts";
import type { RawType, Signature } from "../../types.ts";
import { alignUp } from "../lower.ts";
import { GPR } from "./assembler.ts";
import { alignOf, classify, classifyArgument, type EightbyteClass, sizeOf } from "./classify.ts";

const { rcx, rdx, rsi, rdi, r8, r9, r10 } = GPR;

/** 3.2.3, "Passing", in the order in which they are assigned. */
export const INTEGER_REGISTERS: readonly number[] = [rdi, rsi, rdx, rcx, r8, r9];
export const VECTOR_REGISTERS = 8;

export interface StackArgument {
  readonly type: RawType;
  /** The offset of the argument's slot, in bytes from the frame's start. */
  readonly slotOffset: number;
  /** From rsp at the call. */
  readonly stackOffset: number;
}

export interface RegisterArgument {
  readonly type: RawType;
  readonly slotOffset: number;
  readonly eightbytes: readonly RegisterEightbyte[];
}

export interface RegisterEightbyte {
  /** 0 or 1. */
  readonly index: number;
  readonly isVector: boolean;
  readonly register: number;
}

export interface CallLayout {
  readonly result: readonly EightbyteClass[];
  readonly inRegisters: readonly RegisterArgument[];
  readonly onStack: readonly StackArgument[];
  readonly vectorCount: number;
  readonly stackSize: number;
  readonly stackAlign: number;
}

/**
 * 3.2.3, "Passing": registers from the left while there are any, for a whole value or not at all; the rest on the
 * stack.
 */
export function assign(signature: Signature): CallLayout {
  const result = classify(signature.result);
  const inRegisters: RegisterArgument[] = [];
  const onStack: StackArgument[] = [];
  let integerCount = result[0] === "MEMORY" ? 1 : 0;
  let vectorCount = 0;
  let stackSize = 0;
  let stackAlign = 16;
  for (const [i, type] of signature.parameters.entries()) {
    const slotOffset = 8 * (FRAME.ARGUMENTS + i);
    const classes = classifyArgument(type);
    const integers = classes.filter((c) => c === "INTEGER").length;
    const vectors = classes.filter((c) => c === "SSE").length;
    const fits = integerCount + integers <= INTEGER_REGISTERS.length && vectorCount + vectors <= VECTOR_REGISTERS;
    if (classes[0] !== "MEMORY" && fits) {
      const eightbytes: RegisterEightbyte[] = [];
      for (const [index, c] of classes.entries()) {
        if (c === "INTEGER") {
          eightbytes.push({ index, isVector: false, register: INTEGER_REGISTERS[integerCount++] ?? r10 });
        } else if (c === "SSE") eightbytes.push({ index, isVector: true, register: vectorCount++ });
      }
      if (eightbytes.length > 0) inRegisters.push({ type, slotOffset, eightbytes });
      continue;
    }
    // 3.2.3, "Passing", 1: at the type's alignment, 8 at least; GCC honours alignments above 16 as well.
    const align = Math.max(8, alignOf(type));
    stackAlign = Math.max(stackAlign, align);
    stackSize = alignUp(stackSize, align);
    onStack.push({ type, slotOffset, stackOffset: stackSize });
    stackSize += alignUp(sizeOf(type), 8);
  }
  return { result, inRegisters, onStack, vectorCount, stackSize, stackAlign };
}
