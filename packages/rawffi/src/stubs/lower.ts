/** What the ABIs share when they describe a type to libffi. */
import type { ScalarType } from "../types.ts";
import type { FfiScalar } from "./abi.ts";

/** Scalars that libffi passes correctly on every ABI here; the others are described by the registers they take. */
export const LOWERED: Partial<Record<ScalarType, FfiScalar>> = {
  void: "void",
  bool: "uint8",
  sint8: "sint8",
  uint8: "uint8",
  sint16: "sint16",
  uint16: "uint16",
  sint32: "sint32",
  uint32: "uint32",
  sint64: "sint64",
  uint64: "uint64",
  pointer: "pointer",
  number: "sint64",
  float: "float",
  double: "double",
  longdouble: "longdouble",
};

export function alignUp(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
