/** System V AMD64: describes types so that libffi classifies them as the ABI does. */
import { FRAME } from "../../frame.ts";
import type { RawType, Signature } from "../../types.ts";
import type { FfiArgument, FfiScalar, FfiType } from "../abi.ts";
import { LOWERED } from "../lower.ts";
import { isWide } from "../slots.ts";
import { pieces, type Width } from "./assembler.ts";
import { assign, INTEGER_REGISTERS } from "./assign.ts";
import { alignOf, classify, classifyArgument, type EightbyteClass, sizeOf } from "./classify.ts";

/** An element larger than 32 bytes: libffi then classifies the whole type as memory, whatever its size. */
const IN_MEMORY: FfiType = { size: 64, align: 1, elements: [] };

const INTEGER_PIECES: Record<Width, FfiScalar> = { 1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64" };

export function lowerResult(type: RawType): FfiScalar | FfiType {
  return lower(type, "result");
}

// For an eightbyte of nothing but padding, libffi's closures skip an integer register, though the eightbyte takes none.
// So a value in registers is described without such an eightbyte; on the stack it takes its place. A callback that
// reads the padding reads what libffi saved after the register.
export function lowerParameters(signature: Signature): FfiArgument[] {
  const inRegisters = new Set(assign(signature).inRegisters.map((argument) => argument.slotOffset));
  return signature.parameters.flatMap((type, slot) => {
    // GCC passes nothing for an empty structure, and libffi has no such type.
    if (sizeOf(type) === 0) return [];
    const [first, second] = classifyArgument(type);
    const endsInPadding = second === "NO_CLASS" && first !== undefined && first !== "NO_CLASS";
    const isAlone = endsInPadding && inRegisters.has(8 * (FRAME.ARGUMENTS + slot));
    const lowered = isAlone
      ? { size: 8, align: Math.min(8, alignOf(type)), elements: lowerEightbyte(first, 8) }
      : lower(type, "argument");
    return [{ slot, isWide: isWide(type), type: lowered, ...(type === "number" && { isNumber: true }) }];
  });
}

/**
 * The known faults of the versions 3.4.4, 3.4.8, 3.5.2 and 3.8.0, which were compared with GCC. (3.8.0 also loses a
 * returned structure of one `long double`, which `lower` avoids.)
 */
export function libffiFault(signature: Signature, role: "call" | "closure", version: number): string | null {
  if (role === "closure") return null;
  const { onStack, inRegisters } = assign(signature);
  // libffi aligns its stack to 16, and the stack arguments from there: C looks for them elsewhere, and they may not fit
  // in the reserved memory. All versions.
  const overAligned = onStack.find(({ type }) => alignOf(type) > 16);
  if (overAligned !== undefined)
    return `argument ${numberOf(overAligned)} is aligned to ${alignOf(overAligned.type)} bytes, and it aligns to 16`;
  // libffi copies such a structure as a whole to the last integer register, and so over the first vector register,
  // which comes next: up to 3.4.4, or a version soon after it; 3.4.8 does not.
  const mixed = inRegisters.find(
    ({ eightbytes: [first, second] }) =>
      first?.register === INTEGER_REGISTERS.at(-1) && !first?.isVector && second?.isVector && second.register > 0,
  );
  if (mixed !== undefined && version < LAST_REGISTER_FIXED)
    return `argument ${numberOf(mixed)} takes the last integer register and a vector register, and it overwrites another one`;
  return null;
}

/** The oldest version that reports its version. */
const LAST_REGISTER_FIXED = 30500;

/** The number of a parameter, counted from 1. */
function numberOf({ slotOffset }: { readonly slotOffset: number }): number {
  return slotOffset / 8 - FRAME.ARGUMENTS + 1;
}

/** The description of `type` for libffi; a result that is an empty structure is `"void"`. */
function lower(type: RawType, role: "argument" | "result"): FfiScalar | FfiType {
  const scalar = typeof type === "string" ? LOWERED[type] : undefined;
  if (scalar !== undefined) return scalar;
  const size = sizeOf(type);
  if (size === 0) return "void";
  const classes = role === "argument" ? classifyArgument(type) : classify(type);
  // libffi loses a returned structure of class X87, and knows this complex type as a result only.
  if (classes[0] === "X87") return "longdouble";
  if (classes[0] === "COMPLEX_X87") return "clongdouble";
  const elements = classes.flatMap((c, i) => lowerEightbyte(c, Math.min(8, size - 8 * i)));
  return { size, align: alignOf(type), elements };
}

function lowerEightbyte(c: EightbyteClass, byteLength: number): (FfiScalar | FfiType)[] {
  if (c === "INTEGER") return pieces(byteLength).map((width) => INTEGER_PIECES[width]);
  if (c === "SSE") return [byteLength < 8 ? "float" : "double"];
  if (c === "NO_CLASS") return [{ size: byteLength, align: 1, elements: [] }];
  return [IN_MEMORY];
}
