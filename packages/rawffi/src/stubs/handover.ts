/**
 * What the ABIs share of the leaf calls to which V8 hands the arguments over: which kinds it knows, in which order it
 * gets them, where it puts them, and what is to be moved. V8 passes `(receiver, a, b, …)` by the same
 * rules by which C expects `(a, b, …)`.
 */
import type { RawType } from "../types.ts";
import type { HandoverKind } from "./abi.ts";

/** What is narrower than half a register is cut by who receives it: ABIs leave the bits above it undefined. */
export const HANDED_RESULTS: Partial<Record<string, HandoverKind | "word" | "void">> = {
  void: "void",
  bool: "int32",
  sint8: "int32",
  sint16: "int32",
  sint32: "int32",
  uint8: "int32",
  uint16: "int32",
  uint32: "uint32",
  sint64: "word",
  uint64: "word",
  pointer: "word",
  double: "double",
  float: "float",
};

export const HANDED_PARAMETERS: Partial<Record<string, HandoverKind>> = {
  bool: "int32",
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
  bool: true,
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
  /** A register's number, or -1, -2 … for words of V8's on the stack. */
  readonly from: number;
  /** A register's number, or a word of C's on the stack, counted from 0. */
  readonly to: number;
}

export interface Moves {
  /** Which argument V8 gets first, second … */
  readonly order: readonly number[];
  /** To registers, in an order in which none overwrites what a later one needs. */
  readonly moves: readonly Move[];
  readonly stackMoves: readonly Move[];
  /** Whether all stack arguments are where C expects them, so that a stub may jump to it. */
  readonly isInPlace: boolean;
}

/** What a stub has to move. */
export function planMoves(expected: readonly Expected[], kinds: readonly HandoverKind[], registers: Registers): Moves {
  const order = orderOf(expected, registers);
  const places = placesOf(
    order.map((index) => kinds[index] as HandoverKind),
    registers,
  );
  const moving = (isOnStack: boolean) =>
    expected
      .filter(({ register }) => (register === null) === isOnStack)
      .map(({ index, type, register, word }) => ({
        type,
        from: places[order.indexOf(index)] as number,
        to: register ?? word,
      }));
  const stackMoves = moving(true);
  const isInPlace = stackMoves.every(({ type, from, to }) => entry(IS_PASSED_ALIKE, type) && from === -1 - to);
  return { order, moves: inOrder(moving(false)), stackMoves, isInPlace };
}

/** Whether V8 has it in a vector register, or would have had. */
export function isFromVector({ type }: Move): boolean {
  return type === "number" || isVector(type);
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

function isVector(type: RawType): boolean {
  return type === "double" || type === "float";
}

/**
 * Integers go first to their registers, whose order V8 keeps, so that there is no circle among them; then numbers, from
 * vector registers; then floats and doubles, each to the same register or a lower one.
 */
function inOrder(moves: readonly Move[]): Move[] {
  const pending = moves.filter((move) => !isFromVector(move));
  const ordered: Move[] = [];
  while (pending.length > 0) {
    const next = pending.findIndex((move) => pending.every((other) => other === move || other.from !== move.to));
    ordered.push(...pending.splice(next, 1));
  }
  const numbers = moves.filter(({ type }) => type === "number");
  return [...ordered, ...numbers, ...moves.filter(({ type }) => isVector(type))];
}
