/**
 * Where the arguments of a call travel: Microsoft's "x64 calling convention" (learn.microsoft.com, C++ documentation).
 *
 * Every argument takes one position. The first four positions are registers: an integer or address in rcx, rdx, r8 or
 * r9, a floating-point number in xmm0 to xmm3. The others are 8 bytes each on the stack, above the 32 bytes in which
 * the callee may store the four registers (its home area). A value of another size than 1, 2, 4 or 8 bytes goes by
 * reference to a copy; as a result, to memory of the caller, whose address takes the first position.
 *
 * A `long double` is a double, as Microsoft's compiler has it, and a complex number is a structure of two numbers.
 * There are no 128-bit integers.
 */
import type { RawType, ScalarType, Signature } from "../../types.ts";
import { isWide } from "../slots.ts";
import { GPR } from "../sysv/assembler.ts";

export const INTEGER_REGISTERS: readonly number[] = [GPR.rcx, GPR.rdx, GPR.r8, GPR.r9];
export const HOME_AREA = 8 * INTEGER_REGISTERS.length;

/** How a value travels; a reference is an address, too. */
export type Passing = "integer" | "float" | "double" | "reference";

const SIZES: Record<ScalarType, number> = {
  void: 0,
  bool: 1,
  sint8: 1,
  uint8: 1,
  sint16: 2,
  uint16: 2,
  sint32: 4,
  uint32: 4,
  sint64: 8,
  uint64: 8,
  pointer: 8,
  number: 8,
  float: 4,
  double: 8,
  longdouble: 8,
  sint128: 16,
  uint128: 16,
  cfloat: 8,
  cdouble: 16,
  clongdouble: 16,
};

export function sizeOf(type: RawType): number {
  return typeof type === "string" ? SIZES[type] : type.size;
}

export function passingOf(type: RawType): Passing {
  if (type === "float") return "float";
  if (type === "double" || type === "longdouble") return "double";
  return [1, 2, 4, 8].includes(sizeOf(type)) ? "integer" : "reference";
}

/** Whether the result goes to memory whose address is passed. */
export function isInMemory(result: RawType): boolean {
  return result !== "void" && sizeOf(result) > 0 && passingOf(result) === "reference";
}

export interface Place {
  readonly type: RawType;
  readonly passing: Passing;
  /** The argument's number. */
  readonly index: number;
  readonly position: number;
}

/** An empty structure takes no position: GCC's rule, for C has none. */
export function placesOf(signature: Signature): Place[] {
  let position = isInMemory(signature.result) ? 1 : 0;
  const places: Place[] = [];
  for (const [index, type] of signature.parameters.entries()) {
    if (isWide(type) && sizeOf(type) === 0) continue;
    places.push({ type, passing: passingOf(type), index, position });
    position++;
  }
  return places;
}

/** Why no call of this signature can be made; null when it can. */
export function refusalOf({ result, parameters }: Signature): string | null {
  const isRefused = (type: RawType) => type === "sint128" || type === "uint128";
  if (!isRefused(result) && !parameters.some(isRefused)) return null;
  return "C has no __int128 on Windows, and so no rule by which one would be passed";
}
