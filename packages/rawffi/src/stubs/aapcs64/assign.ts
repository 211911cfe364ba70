/**
 * Where the arguments of a call travel: AAPCS64, "Parameter passing rules", stages B and C. The writers of call stubs
 * and of closure stubs use it.
 */
import type { RawType, Signature } from "../../types.ts";
import { alignUp } from "../lower.ts";
import { alignOf, classify, type Passing, type Rules, sizeOf } from "./classify.ts";

/** x0 to x7, and v0 to v7. */
export const REGISTERS = 8;

export interface Place {
  readonly type: RawType;
  readonly size: number;
  readonly passing: Passing;
  /** The index of the parameter. */
  readonly index: number;
  /** The first of its registers; null when it is on the stack. */
  readonly register: number | null;
  /** C.10: an odd register before it is left unused. */
  readonly skipsRegister: boolean;
  /** From sp at the call, and how many bytes it takes there. */
  readonly stackOffset: number;
  readonly stackSize: number;
  /** Where the copy of an argument by reference is, from sp. */
  readonly copyOffset: number;
}

export interface CallLayout {
  /** For all parameters but empty structures, for which GCC passes nothing in C. */
  readonly places: readonly Place[];
  readonly stackSize: number;
  readonly stackAlign: number;
}

/**
 * Stage C: registers from the left, a value as a whole or not at all; when one kind does not suffice, no later value
 * gets it.
 */
export function assign(signature: Signature, rules: Rules): CallLayout {
  const places: Place[] = [];
  const next = { general: 0, vector: 0 };
  let stackOffset = 0;
  let copiesSize = 0;
  let stackAlign = 16;
  for (const [index, type] of signature.parameters.entries()) {
    const passing = classify(type, rules);
    const { kind, count, isEven } = passing;
    if (count === 0) continue;
    const size = sizeOf(type, rules);
    const isVariadic = rules.isApple && index >= (signature.fixed ?? Number.POSITIVE_INFINITY);
    const align = isVariadic ? Math.max(8, passing.align) : passing.align;
    const stackSize = isVariadic ? alignUp(passing.stackSize, 8) : passing.stackSize;
    const bank = kind === "vector" ? "vector" : "general";
    const skipsRegister = isEven && next.general % 2 === 1; // C.10
    const first = next[bank] + Number(skipsRegister);
    const copyOffset = alignUp(copiesSize, alignOf(type, rules));
    if (kind === "memory") {
      copiesSize = copyOffset + size;
      stackAlign = Math.max(stackAlign, alignOf(type, rules));
    }
    const place = { type, size, passing, index, stackSize, copyOffset };
    if (first + count <= REGISTERS && !isVariadic) {
      next[bank] = first + count;
      places.push({ ...place, register: first, skipsRegister, stackOffset: 0 });
      continue;
    }
    next[bank] = REGISTERS; // C.3, C.13
    stackOffset = alignUp(stackOffset, align); // C.4, C.14
    places.push({ ...place, register: null, skipsRegister: false, stackOffset });
    stackOffset += stackSize; // C.5, C.16
  }
  const copies = alignUp(stackOffset, stackAlign);
  return {
    places: places.map((place) => ({ ...place, copyOffset: copies + place.copyOffset })),
    stackSize: alignUp(copies + copiesSize, 16),
    stackAlign,
  };
}
