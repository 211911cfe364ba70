/**
 * Closure stubs for System V AMD64: the stubs that C calls.
 *
 * A thunk jumps here with the address of its two words of data in r10, which carries no argument (3.2.1). What the stub
 * does, in this order
 *   1. stores the registers in slots, and those of an aggregate in an area of its own; stack arguments stay where they
 *      are
 *   2. calls `handle(closure, slots)`, which runs JavaScript and returns the address of the result
 *   3. loads the result
 *
 *             │ stack arguments       │
 *             │ return address        │
 *     rbp ──► │ caller's rbp          │
 *             │ result in registers   │  32 bytes, only when it is wide: JavaScript writes it there
 *             │ aggregates            │  16 bytes for each that came in registers
 *             │ argument slots        │
 *     rsp ──► │ result slot           │  2 slots: zero, or where a wide result goes
 *             └───────────────────────┘
 *
 * It knows no frame, no thread and no address, so equal signatures have equal stubs, in all threads.
 */
import { CALLBACK_FRAME, FRAME } from "../../frame.ts";
import { OFFSET } from "../../table.ts";
import type { RawType, Signature } from "../../types.ts";
import { isWide } from "../slots.ts";
import { Assembler, GPR } from "./assembler.ts";
import { assign, type RegisterArgument } from "./assign.ts";
import { type EightbyteClass, sizeOf } from "./classify.ts";

const { rax, rdx, rsp, rbp, rsi, rdi, r10 } = GPR;

/** Slots of a callback's frame, from the start of the stub's. */
const RESULT = 8 * CALLBACK_FRAME.RESULT;
const ARGUMENTS = 8 * CALLBACK_FRAME.ARGUMENTS;
/** The return address and the caller's rbp. */
const STACK_ARGUMENTS = 16;
export function writeClosureStub(signature: Signature): Uint8Array | null {
  const call = assign(signature);
  // The offsets of instructions have 32 bits; no stack is that large.
  if (call.stackSize > 0x7fff_0000 || call.stackAlign > 0x4000_0000) return null;

  const { result, parameters } = signature;
  const isInRegisters = isWide(result) && call.result[0] !== "MEMORY";
  const aggregates = ARGUMENTS + 8 * (parameters.length + (parameters.length % 2));
  const resultArea = aggregates + 16 * call.inRegisters.filter(({ type }) => isWide(type)).length;
  const asm = new Assembler();

  asm.push(rbp);
  asm.copy(rbp, rsp);
  asm.subtract(rsp, resultArea + (isInRegisters ? 32 : 0));

  // First all registers; rax is free. 3.2.3: a result in memory has its address in rdi.
  if (call.result[0] === "MEMORY") asm.store(8, rsp, RESULT, rdi);
  let aggregate = aggregates;
  for (const argument of call.inRegisters) {
    storeRegisters(asm, argument, aggregate);
    if (isWide(argument.type)) aggregate += 16;
  }
  for (const { type, slotOffset, stackOffset } of call.onStack) {
    const at = STACK_ARGUMENTS + stackOffset;
    if (isWide(type)) asm.address(rax, rbp, at);
    else loadExtended(asm, type, rbp, at);
    asm.store(8, rsp, slotOf(slotOffset), rax);
  }
  // GCC passes nothing for an empty structure; its slot needs a valid address all the same.
  for (const [i, type] of parameters.entries()) {
    if (sizeOf(type) === 0) asm.store(8, rsp, ARGUMENTS + 8 * i, rsp);
  }
  if (isInRegisters) {
    asm.address(rax, rsp, resultArea);
    asm.store(8, rsp, RESULT, rax);
  }

  asm.load(8, rdi, r10, OFFSET.THUNK_CLOSURE);
  asm.copy(rsi, rsp);
  asm.callAt(rdi, OFFSET.CLOSURE_HANDLE);

  // 3.2.3, "Returning of Values"
  if (call.result[0] === "MEMORY") asm.load(8, rax, rsp, RESULT);
  else if (isInRegisters) loadEightbytes(asm, call.result, resultArea);
  else if (result === "float" || result === "double") asm.loadFloat(result === "float" ? 4 : 8, 0, rax, 0);
  else if (result !== "void") loadExtended(asm, result, rax, 0);
  asm.leave();
  asm.return();
  return asm.code();
}

/** A call's slots begin in the frame; these begin at rsp. */
function slotOf(slotOffset: number): number {
  return slotOffset - 8 * FRAME.ARGUMENTS + ARGUMENTS;
}

/**
 * Stores an argument that came in registers in its slot; a wide one in the 16 bytes at rsp + `aggregate`, and their
 * address in the slot.
 */
function storeRegisters(asm: Assembler, { type, slotOffset, eightbytes }: RegisterArgument, aggregate: number): void {
  const slot = slotOf(slotOffset);
  const isByAddress = isWide(type);
  for (const { index, isVector, register } of eightbytes) {
    const at = isByAddress ? aggregate + 8 * index : slot;
    if (isVector) asm.storeFloat(8, rsp, at, register);
    else {
      const size = sizeOf(type);
      // 3.2.3 leaves the bits above a narrow argument undefined.
      if (!isByAddress && size < 4) asm.extend(size as 1 | 2, isSigned(type), register);
      asm.store(8, rsp, at, register);
    }
  }
  if (!isByAddress) return;
  asm.address(rax, rsp, aggregate);
  asm.store(8, rsp, slot, rax);
}

/** rax = the value at `[base + offset]` of `type`, which is not wide; a narrow integer is extended. */
function loadExtended(asm: Assembler, type: RawType, base: number, offset: number): void {
  const size = sizeOf(type) as 1 | 2 | 4 | 8;
  asm.load(size, rax, base, offset);
  if (size < 8 && isSigned(type)) asm.extend(size as 1 | 2 | 4, true, rax);
}

function isSigned(type: RawType): boolean {
  return typeof type === "string" && type.startsWith("sint");
}

/** Loads the registers of a wide result from rsp + `area`; bytes after the value may be read. */
function loadEightbytes(asm: Assembler, classes: readonly EightbyteClass[], area: number): void {
  const integers: number[] = [rax, rdx];
  let vector = 0;
  for (const [i, c] of classes.entries()) {
    if (c === "SSE") asm.loadFloat(8, vector++, rsp, area + 8 * i);
    else if (c === "INTEGER") asm.load(8, integers.shift() ?? rax, rsp, area + 8 * i);
    else if (c === "X87") asm.pushLongDouble(rsp, area);
    else if (c === "COMPLEX_X87") {
      // The real part is st(0), so it comes last.
      asm.pushLongDouble(rsp, area + 16);
      asm.pushLongDouble(rsp, area);
    }
  }
}
