/**
 * Closure stubs for AAPCS64: the stubs that C calls.
 *
 * A thunk jumps here with the address of its two words of data in x17, which carries no argument. What the stub does,
 * in this order
 *   1. stores the registers in slots, and those of a wide value in an area of its own; stack arguments, and values that
 *      go by reference, stay where they are
 *   2. calls `handle(closure, slots)`, which runs JavaScript and returns the address of the result
 *   3. loads the result
 *
 *             │ stack arguments       │
 *     x29 ──► │ caller's x29, x30     │  so debuggers that follow x29 find C
 *             │ result in registers   │  64 bytes, only when it is wide: JavaScript writes it there
 *             │ wide values           │  64 bytes for each that came in registers: four of 16 at most
 *             │ argument slots        │
 *      sp ──► │ result slot           │  2 slots: zero, or where a wide result goes
 *             └───────────────────────┘
 *
 * It knows no frame, no thread and no address, so equal signatures have equal stubs, in all threads.
 */
import { CALLBACK_FRAME } from "../../frame.ts";
import { OFFSET } from "../../table.ts";
import type { RawType, Signature } from "../../types.ts";
import { isWide } from "../slots.ts";
import { Assembler, SP, type Width } from "./assembler.ts";
import { assign, type Place } from "./assign.ts";
import { classify, type Passing, type Rules, sizeOf } from "./classify.ts";
import { FRAME_POINTER, PIECE, RESULT_ADDRESS, SCRATCH_ADDRESS, TARGET_REGISTER } from "./values.ts";

/** Slots of a callback's frame, from the start of the stub's. */
const RESULT = 8 * CALLBACK_FRAME.RESULT;
const ARGUMENTS = 8 * CALLBACK_FRAME.ARGUMENTS;
/** The caller's x29 and x30. */
const STACK_ARGUMENTS = 16;
/** The registers of a wide value. */
const WIDE = 64;
const THUNK_DATA = 17;

export function writeClosureStub(signature: Signature, rules: Rules): Uint8Array | null {
  const { result, parameters } = signature;
  const { places } = assign(signature, rules);
  const passing = classify(result, rules);
  const isInRegisters = isWide(result) && passing.kind !== "memory" && passing.count > 0;
  const wide = places.filter((place) => isWideInRegisters(place));
  const areas = ARGUMENTS + 8 * (parameters.length + (parameters.length % 2));
  const resultArea = areas + WIDE * wide.length;
  const asm = new Assembler();

  asm.enter(16);
  // The assembler uses x17 itself.
  asm.copy(PIECE, THUNK_DATA);
  asm.subtract(SP, SP, resultArea + (isInRegisters ? WIDE : 0));

  // "Result return": a result in memory has its address in x8.
  if (passing.kind === "memory") asm.store(8, SP, RESULT, RESULT_ADDRESS);
  for (const place of places) {
    const slot = ARGUMENTS + 8 * place.index;
    if (isWideInRegisters(place)) storeWide(asm, place, slot, areas + WIDE * wide.indexOf(place));
    else if (place.register !== null) storeNarrow(asm, place, place.register, slot);
    else takeFromStack(asm, place, slot);
  }
  // GCC passes nothing for an empty structure; its slot needs a valid address all the same.
  for (const [i, type] of parameters.entries()) {
    if (sizeOf(type, rules) === 0) storeAddress(asm, ARGUMENTS + 8 * i, SP, 0);
  }
  if (isInRegisters) storeAddress(asm, RESULT, SP, resultArea);

  asm.load(8, 0, PIECE, OFFSET.THUNK_CLOSURE);
  asm.address(1, SP, 0);
  asm.load(8, TARGET_REGISTER, 0, OFFSET.CLOSURE_HANDLE);
  asm.call(TARGET_REGISTER);

  if (isInRegisters) loadWide(asm, passing, resultArea);
  else if (result === "float" || result === "double") asm.loadFloat(passing.width, 0, 0, 0);
  else if (typeof result === "string" && result !== "void" && passing.kind === "general")
    loadExtended(asm, 0, result, sizeOf(result, rules), 0, 0);
  asm.leave(16);
  asm.return();
  return asm.code();
}

// -- Private ---------------------------------------------------------------------------------------

function isWideInRegisters({ type, passing, register }: Place): boolean {
  return register !== null && passing.kind !== "memory" && isWide(type);
}

function storeAddress(asm: Assembler, slot: number, base: number, offset: number): void {
  asm.address(SCRATCH_ADDRESS, base, offset);
  asm.store(8, SP, slot, SCRATCH_ADDRESS);
}

/** Stores the registers of a wide value in the area at sp + `area`, and its address in the slot. */
function storeWide(asm: Assembler, { passing, register }: Place, slot: number, area: number): void {
  for (let i = 0; i < passing.count; i++) {
    const from = (register ?? 0) + i;
    if (passing.kind === "vector") asm.storeFloat(passing.width, SP, area + passing.width * i, from);
    else asm.store(8, SP, area + 8 * i, from);
  }
  storeAddress(asm, slot, SP, area);
}

/** Stores a value of one register; of a value that goes by reference this is its address. */
function storeNarrow(asm: Assembler, { type, size, passing }: Place, register: number, slot: number): void {
  if (passing.kind === "vector") {
    asm.storeFloat(passing.width, SP, slot, register);
    return;
  }
  // C.9: the bits above a narrow argument are unspecified.
  if (passing.kind !== "memory" && size < 4) asm.extend(size as 1 | 2, isSigned(type), register);
  asm.store(8, SP, slot, register);
}

function takeFromStack(asm: Assembler, { type, size, passing, stackOffset }: Place, slot: number): void {
  const at = STACK_ARGUMENTS + stackOffset;
  if (passing.kind !== "memory" && isWide(type)) {
    storeAddress(asm, slot, FRAME_POINTER, at);
    return;
  }
  if (passing.kind === "memory") asm.load(8, SCRATCH_ADDRESS, FRAME_POINTER, at);
  else loadExtended(asm, SCRATCH_ADDRESS, type, size, FRAME_POINTER, at);
  asm.store(8, SP, slot, SCRATCH_ADDRESS);
}

/** `register` = the value at `[base + offset]` of `type`, which is not wide; a narrow integer is extended. */
function loadExtended(
  asm: Assembler,
  register: number,
  type: RawType,
  size: number,
  base: number,
  offset: number,
): void {
  asm.load(size as Width, register, base, offset);
  if (size < 8 && isSigned(type)) asm.extend(size as 1 | 2 | 4, true, register);
}

function isSigned(type: RawType): boolean {
  return typeof type === "string" && type.startsWith("sint");
}

/** Loads the registers of a wide result from sp + `area`; bytes after the value may be read. */
function loadWide(asm: Assembler, { kind, count, width }: Passing, area: number): void {
  for (let i = 0; i < count; i++) {
    if (kind === "vector") asm.loadFloat(width, i, SP, area + width * i);
    else asm.load(8, i, SP, area + 8 * i);
  }
}
