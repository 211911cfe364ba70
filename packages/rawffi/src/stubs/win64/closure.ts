/**
 * Closure stubs for Windows on x86-64: the stubs that C calls.
 *
 * A thunk jumps here with the address of its two words of data in r10. What the stub does, in this order
 *   1. stores the registers in their home areas, which makes all arguments an array, and from there in slots
 *   2. calls `handle(closure, slots)`, which runs JavaScript and returns the address of the result
 *   3. loads the result
 *
 *             │ stack arguments       │
 *             │ home area             │  32 bytes
 *             │ return address        │
 *     rbp ──► │ caller's rbp          │
 *             │ result in a register  │  16 bytes, only when it is wide: JavaScript writes it there
 *             │ argument slots        │
 *             │ result slot           │  2 slots: zero, or where a wide result goes
 *     rsp ──► │ home area of `handle` │  32 bytes
 *             └───────────────────────┘
 *
 * It knows no frame, no thread and no address, so equal signatures have equal stubs, in all threads.
 */
import { CALLBACK_FRAME } from "../../frame.ts";
import { OFFSET } from "../../table.ts";
import type { RawType, Signature } from "../../types.ts";
import { alignUp } from "../lower.ts";
import { isWide } from "../slots.ts";
import { Assembler, GPR } from "../sysv/assembler.ts";
import { HOME_AREA, INTEGER_REGISTERS, isInMemory, type Place, placesOf, refusalOf, sizeOf } from "./classify.ts";
import { reserve } from "./reserve.ts";

const { rax, rcx, rdx, rsp, rbp, r10 } = GPR;

/** From rsp. */
const SLOTS = HOME_AREA;
const RESULT = SLOTS + 8 * CALLBACK_FRAME.RESULT;
const ARGUMENTS = SLOTS + 8 * CALLBACK_FRAME.ARGUMENTS;
/** From rbp: above the caller's rbp and the return address. */
const POSITIONS = 16;

export function writeClosureStub(signature: Signature): Uint8Array | null {
  if (refusalOf(signature) !== null) return null;
  const { result, parameters } = signature;
  const isByAddress = isInMemory(result);
  const isInRegister = isWide(result) && sizeOf(result) > 0 && !isByAddress;
  const resultArea = alignUp(ARGUMENTS + 8 * parameters.length, 16);
  const places = placesOf(signature);
  const asm = new Assembler();

  asm.push(rbp);
  asm.copy(rbp, rsp);
  if (!reserve(asm, resultArea + (isInRegister ? 16 : 0), 16)) return null;
  if (isByAddress) asm.store(8, rsp, RESULT, rcx);
  for (const place of places) storeArgument(asm, place);
  // An empty structure is not passed; its slot needs a valid address all the same.
  for (const [i, type] of parameters.entries()) {
    if (isWide(type) && sizeOf(type) === 0) asm.store(8, rsp, ARGUMENTS + 8 * i, rsp);
  }
  if (isInRegister) {
    asm.address(rax, rsp, resultArea);
    asm.store(8, rsp, RESULT, rax);
  }

  asm.load(8, rcx, r10, OFFSET.THUNK_CLOSURE);
  asm.address(rdx, rsp, SLOTS);
  asm.callAt(rcx, OFFSET.CLOSURE_HANDLE);

  if (isByAddress) asm.load(8, rax, rsp, RESULT);
  else if (result === "longdouble") asm.loadFloat(8, 0, rsp, resultArea);
  else if (isInRegister) asm.load(8, rax, rsp, resultArea);
  else if (result === "float" || result === "double") asm.loadFloat(result === "float" ? 4 : 8, 0, rax, 0);
  else if (result !== "void" && !isWide(result)) loadExtended(asm, result, rax, 0);
  asm.address(rsp, rbp, 0);
  asm.pop(rbp);
  asm.return();
  return asm.code();
}

function storeArgument(asm: Assembler, { type, passing, position, index }: Place): void {
  const home = POSITIONS + 8 * position;
  const slot = ARGUMENTS + 8 * index;
  const register = INTEGER_REGISTERS[position];
  if (register !== undefined) {
    const isVector = passing === "float" || passing === "double";
    if (isVector) asm.storeFloat(8, rbp, home, position);
    else asm.store(8, rbp, home, register);
  }
  if (isWide(type) && passing !== "reference") asm.address(rax, rbp, home);
  else if (isWide(type)) asm.load(8, rax, rbp, home);
  else loadExtended(asm, type, rbp, home);
  asm.store(8, rsp, slot, rax);
}

/** rax = the value at `[base + offset]` of `type`, which is not wide; a narrow integer is extended. */
function loadExtended(asm: Assembler, type: RawType, base: number, offset: number): void {
  const size = sizeOf(type) as 1 | 2 | 4 | 8;
  asm.load(size, rax, base, offset);
  if (size < 8 && typeof type === "string" && type.startsWith("sint")) asm.extend(size as 1 | 2 | 4, true, rax);
}
