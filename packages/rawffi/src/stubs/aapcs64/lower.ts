/** AAPCS64: describes types so that libffi passes them as the ABI does. */
import type { RawType, Signature } from "../../types.ts";
import type { FfiArgument, FfiScalar, FfiType } from "../abi.ts";
import { LOWERED } from "../lower.ts";
import { isWide } from "../slots.ts";
import type { VectorWidth } from "./assembler.ts";
import { assign } from "./assign.ts";
import { alignOf, classify, type Rules, sizeOf } from "./classify.ts";

const FLOATS: Record<VectorWidth, FfiScalar> = { 4: "float", 8: "double", 16: "longdouble" };

export function lowerResult(type: RawType, rules: Rules): FfiScalar | FfiType {
  const scalar = typeof type === "string" ? LOWERED[type] : undefined;
  if (scalar !== undefined) return scalar;
  const size = sizeOf(type, rules);
  const { kind, count, width, align } = classify(type, rules);
  if (count === 0) return "void";
  // libffi finds HFAs by their elements, and looks only at the size of others: a union is described as its bytes.
  const elements = kind === "vector" ? Array.from({ length: count }, () => FLOATS[width]) : (["uint8"] as const);
  // libffi aligns stack arguments by it; we align the copy of a value that goes by reference ourselves.
  return { size, align: kind === "memory" ? alignOf(type, rules) : align, elements };
}

// libffi knows no values that need an even register (C.10). Where a register is left unused, an extra argument is
// described to libffi: an integer, read from the slot of the next argument. A closure stores it in that slot, too,
// before the right one.
export function lowerParameters(signature: Signature, rules: Rules): FfiArgument[] {
  return assign(signature, rules).places.flatMap(({ type, passing, index, skipsRegister }): FfiArgument[] => {
    const lowered = {
      slot: index,
      isWide: isWide(type),
      type: lowerResult(type, rules),
      ...(type === "number" && { isNumber: true }),
    };
    if (skipsRegister) return [{ slot: index, isWide: false, type: "uint64" }, lowered];
    // libffi would copy the structure itself, but puts the copy's address where the structure would be: wrong on the
    // stack when the structure is aligned to 16.
    return [passing.kind === "memory" ? { ...lowered, isReference: true } : lowered];
  });
}

/**
 * What libffi 3.8.0 does wrong on Apple's systems, by its source. Elsewhere the known faults of 3.4.8 and 3.8.0 concern
 * structures that go by reference, which are described as pointers here.
 */
export function libffiFault(signature: Signature, rules: Rules): string | null {
  if (!rules.isApple) return null;
  const { places } = assign(signature, rules);
  // It goes to the stack after the last argument before `...`.
  if (signature.fixed !== undefined && !places.some(({ index }) => index < (signature.fixed ?? 0)))
    return "it takes a variadic function without other parameters for an ordinary one";
  const onStack = places.filter(({ register }) => register === null);
  const isShort = onStack.some(({ size, stackSize }, i) => size < stackSize && i < onStack.length - 1);
  return isShort && signature.fixed === undefined ? "it packs structures on the stack" : null;
}
