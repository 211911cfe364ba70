/**
 * What the ABIs share of the leaf calls to which V8 hands the arguments over: which kinds it knows, in which order it
 * gets them, where it puts them, and whether moving registers suffices. V8 passes `(receiver, a, b, …)` by the same
 * rules by which C expects `(a, b, …)`.
 */
import type { RawType } from "../types.ts";
import type { HandoverKind } from "./abi.ts";

/** Integers of half a register, and doubles. Narrower integers would have to be extended after the call. */
export const HANDED_RESULTS: Partial<Record<string, HandoverKind | "void">> = {
  void: "void",
  sint32: "int32",
  uint32: "uint32",
  double: "double",
};

export const HANDED_PARAMETERS: Partial<Record<string, HandoverKind>> = {
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

/** Where C expects a parameter, by its index. */
export interface Expected {
  readonly index: number;
  readonly type: RawType;
  readonly isVector: boolean;
  /** The number of its register; null for one on the stack. */
  readonly register: number | null;
  /** Counted in words from the first stack argument. */
  readonly word: number;
}

export interface Registers {
  /** In the order in which they are assigned. */
  readonly integer: readonly number[];
  readonly vectorCount: number;
}

export interface Move {
  readonly type: RawType;
  /** A register's number, or -1, -2 … for words on the stack. */
  readonly from: number;
  readonly to: number;
  readonly isVector: boolean;
}

export interface Moves {
  /** Which argument V8 gets first, second … */
  readonly order: readonly number[];
  readonly moves: readonly Move[];
}

/** What a stub has to move; null when moving registers does not suffice. */
export function planMoves(
  expected: readonly Expected[],
  kinds: readonly HandoverKind[],
  registers: Registers,
): Moves | null {
  const order = orderOf(expected, registers);
  const places = placesOf(
    order.map((index) => kinds[index] as HandoverKind),
    registers,
  );
  const placeOf = ({ index }: Expected) => places[order.indexOf(index)] as number;
  const isInPlace = expected.every(
    (one) => one.register !== null || (entry(IS_PASSED_ALIKE, one.type) && placeOf(one) === -1 - one.word),
  );
  const moves = expected.flatMap((one) =>
    one.register === null ? [] : [{ type: one.type, from: placeOf(one), to: one.register, isVector: one.isVector }],
  );
  return isInPlace && canMove(moves) ? { order, moves } : null;
}

/** The table's entry for a scalar; undefined for aggregates. */
export function entry<T>(table: Partial<Record<string, T>>, type: RawType): T | undefined {
  return typeof type === "string" && Object.hasOwn(table, type) ? table[type] : undefined;
}

// -- Private ---------------------------------------------------------------------------------------

/**
 * The order in which V8 gets the arguments: the integer for which it has no register left comes after those that C
 * expects on the stack.
 */
function orderOf(expected: readonly Expected[], { integer }: Registers): number[] {
  const inRegisters = expected.filter((one) => one.register !== null);
  const integers = inRegisters.filter(({ isVector, type }) => !isVector && type !== "number");
  const last = integers[integer.length - 1];
  const first = inRegisters.filter((one) => one !== last);
  const onStack = expected.filter((one) => one.register === null);
  return [...first, ...onStack, ...(last === undefined ? [] : [last])].map(({ index }) => index);
}

/** Where V8 puts arguments of these kinds, after the receiver. */
function placesOf(kinds: readonly HandoverKind[], { integer, vectorCount }: Registers): number[] {
  let integers = 1;
  let vectors = 0;
  let words = 0;
  return kinds.map((kind) => {
    const isVector = kind === "double" || kind === "float";
    if (isVector && vectors < vectorCount) return vectors++;
    if (!isVector && integers < integer.length) return integer[integers++] as number;
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
