/**
 * Where the arguments of a call travel: AAPCS64, "Parameter passing rules", stages B and C. The writers of call stubs
 * and of closure stubs use it.
 */
import type { RawType, Signature } from "../../types.ts";
import { alignUp } from "../lower.ts";
import { alignOf, classify, type Passing, sizeOf } from "./classify.ts";

/** x0 to x7, and v0 to v7. */
export const REGISTERS = 8;

export interface Place {
  readonly type: RawType;
  readonly passing: Passing;
  /** The index of the parameter. */
  readonly index: number;
  /** The first of its registers; null when it is on the stack. */
  readonly register: number | null;
  /** C.10: an odd register before it is left unused. */
  readonly skipsRegister: boolean;
  /** From sp at the call. */
  readonly stackOffset: number;
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
export function assign(signature: Signature): CallLayout {
  const places: Place[] = [];
  const next = { general: 0, vector: 0 };
  let stackOffset = 0;
  let copiesSize = 0;
  let stackAlign = 16;
  for (const [index, type] of signature.parameters.entries()) {
    const passing = classify(type);
    const { kind, count, align } = passing;
    if (count === 0) continue;
    const bank = kind === "vector" ? "vector" : "general";
    const skipsRegister = bank === "general" && align === 16 && next.general % 2 === 1; // C.10
    const first = next[bank] + Number(skipsRegister);
    const copyOffset = alignUp(copiesSize, alignOf(type));
    if (kind === "memory") {
      copiesSize = copyOffset + sizeOf(type);
      stackAlign = Math.max(stackAlign, alignOf(type));
    }
    if (first + count <= REGISTERS) {
      next[bank] = first + count;
      places.push({ type, passing, index, register: first, skipsRegister, stackOffset: 0, copyOffset });
      continue;
    }
    next[bank] = REGISTERS; // C.3, C.13
    stackOffset = alignUp(stackOffset, align); // C.4, C.14
    places.push({ type, passing, index, register: null, skipsRegister: false, stackOffset, copyOffset });
    stackOffset += kind === "memory" ? 8 : alignUp(sizeOf(type), 8); // B.5, C.5, C.16
  }
  const copies = alignUp(stackOffset, stackAlign);
  return {
    places: places.map((place) => ({ ...place, copyOffset: copies + place.copyOffset })),
    stackSize: alignUp(copies + copiesSize, 16),
    stackAlign,
  };
}
