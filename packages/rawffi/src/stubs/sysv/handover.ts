/**
 * Stubs of leaf calls that get their arguments from V8's fast calls in registers, and return the result there: nothing
 * goes through memory.
 *
 * V8 passes `(receiver, a, b, …)` by the same rules by which C expects `(a, b, …)`. The receiver takes one integer
 * register; stack arguments are where C expects them, if their order is right. So a stub moves registers and jumps to
 * the target, which returns to V8.
 */
import { FRAME } from "../../frame.ts";
import type { RawType, Signature } from "../../types.ts";
import type { Handover, HandoverKind } from "../abi.ts";
import { Assembler, GPR } from "./assembler.ts";
import { assign, type CallLayout, INTEGER_REGISTERS, VECTOR_REGISTERS } from "./assign.ts";

const { rax, rsp, r11 } = GPR;

/** Null when V8 cannot pass such arguments, or when moving registers does not suffice. */
export function writeHandover(signature: Signature, frameAddress: number): Handover | null {
  const result = entryFor(RESULTS, signature.result);
  const kinds = signature.parameters.map((type) => entryFor(PARAMETERS, type));
  if (result === undefined || kinds.includes(undefined)) return null;
  const call = assign(signature);
  const order = orderOf(call);
  const places = placesOf(order.map((index) => kinds[index] as HandoverKind));
  const isInPlace = call.onStack.every(
    ({ slotOffset, stackOffset, type }) =>
      entryFor(IS_PASSED_ALIKE, type) && places[order.indexOf(indexOf(slotOffset))] === -1 - stackOffset / 8,
  );
  const moves = call.inRegisters.map(({ slotOffset, type, eightbytes }) => ({
    type,
    from: places[order.indexOf(indexOf(slotOffset))] as number,
    to: eightbytes[0]?.register as number,
    isVector: eightbytes[0]?.isVector === true,
  }));
  if (!isInPlace || !canMove(moves)) return null;

  const asm = new Assembler();
  for (const move of moves) write(asm, move);
  asm.immediate64(r11, BigInt(frameAddress));
  if (call.vectorCount === 0) asm.zero(rax);
  else asm.immediate32(rax, call.vectorCount);
  asm.storeImmediate(4, r11, 8 * FRAME.LEAF, 1);
  asm.jumpAt(r11, 8 * FRAME.TARGET);
  return { code: asm.code(), order, result, parameters: order.map((index) => kinds[index] as HandoverKind) };
}

// -- Private ---------------------------------------------------------------------------------------

/** Integers of half a register, and doubles. Narrower integers would have to be extended after the call. */
const RESULTS: Partial<Record<string, HandoverKind | "void">> = {
  void: "void",
  sint32: "int32",
  uint32: "uint32",
  double: "double",
};

const PARAMETERS: Partial<Record<string, HandoverKind>> = {
  sint8: "int32",
  sint16: "int32",
  sint32: "int32",
  uint8: "int32",
  uint16: "int32",
  uint32: "uint32",
  number: "double",
  double: "double",
  float: "float",
};

/** The types that C expects on the stack as V8 puts them there. */
const IS_PASSED_ALIKE: Partial<Record<string, true>> = {
  sint8: true,
  sint16: true,
  sint32: true,
  uint8: true,
  uint16: true,
  uint32: true,
  double: true,
};

interface Move {
  readonly type: RawType;
  readonly from: number;
  readonly to: number;
  readonly isVector: boolean;
}

/** The table's entry for a scalar; undefined for aggregates. */
function entryFor<T>(table: Partial<Record<string, T>>, type: RawType): T | undefined {
  return typeof type === "string" && Object.hasOwn(table, type) ? table[type] : undefined;
}

function indexOf(slotOffset: number): number {
  return slotOffset / 8 - FRAME.ARGUMENTS;
}

/**
 * The order in which V8 gets the arguments: the integer for which it has no register left comes after those that C
 * expects on the stack.
 */
function orderOf({ inRegisters, onStack }: CallLayout): number[] {
  const isInteger = ({ eightbytes, type }: CallLayout["inRegisters"][number]) =>
    eightbytes[0]?.isVector === false && type !== "number";
  const last = inRegisters.filter(isInteger)[INTEGER_REGISTERS.length - 1];
  const first = inRegisters.filter((argument) => argument !== last);
  return [...first, ...onStack, ...(last === undefined ? [] : [last])].map(({ slotOffset }) => indexOf(slotOffset));
}

/**
 * Where V8 puts arguments of these kinds, after the receiver: a register's number, or -1, -2 … for words on the stack.
 */
function placesOf(kinds: readonly HandoverKind[]): number[] {
  let integers = 1;
  let vectors = 0;
  let words = 0;
  return kinds.map((kind) => {
    const isVector = kind === "double" || kind === "float";
    if (isVector && vectors < VECTOR_REGISTERS) return vectors++;
    if (!isVector && integers < INTEGER_REGISTERS.length) return INTEGER_REGISTERS[integers++] as number;
    return -1 - words++;
  });
}

const isFromVector = ({ type, isVector }: Move) => isVector || type === "number";

/** Whether no move, in this order, overwrites what a later one needs. */
function canMove(moves: readonly Move[]): boolean {
  const fits = moves.every((move) => move.from >= 0 || !isFromVector(move));
  return (
    fits &&
    moves.every((move, i) =>
      moves
        .slice(i + 1)
        .every((later) => later.from < 0 || isFromVector(later) !== move.isVector || later.from !== move.to),
    )
  );
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
