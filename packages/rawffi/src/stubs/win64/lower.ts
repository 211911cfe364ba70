/** Windows on x86-64: describes types so that libffi passes them as the convention does. */
import type { RawType, Signature } from "../../types.ts";
import type { FfiArgument, FfiScalar, FfiType } from "../abi.ts";
import { LOWERED } from "../lower.ts";
import { isWide } from "../slots.ts";
import { isInMemory, passingOf, sizeOf } from "./classify.ts";

const BYTES: FfiScalar = "uint8";

export function lowerResult(type: RawType): FfiScalar | FfiType {
  if (type === "longdouble") return "double";
  const scalar = typeof type === "string" ? LOWERED[type] : undefined;
  if (scalar !== undefined) return scalar;
  const size = sizeOf(type);
  if (size === 0) return "void";
  return { size, align: isInMemory(type) ? 16 : size, elements: [BYTES] };
}

/** What goes by reference is our copy, and a pointer to libffi. */
export function lowerParameters({ parameters }: Signature): FfiArgument[] {
  return parameters.flatMap((type, slot): FfiArgument[] => {
    if (isWide(type) && sizeOf(type) === 0) return [];
    const isReference = isWide(type) && passingOf(type) === "reference";
    return [
      {
        slot,
        isWide: isWide(type),
        type: lowerResult(type),
        ...(isReference && { isReference }),
        ...(type === "number" && { isNumber: true }),
      },
    ];
  });
}
