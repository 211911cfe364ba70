/**
 * What the frame's slots hold, for everybody who fills them or reads them: see the contract in `interface.ts`.
 */
import type { RawType, ScalarType } from "../interface.ts";

/** The scalars that are wider than a slot, or go by address all the same. */
export const WIDE_SCALARS: ReadonlySet<string> = new Set<ScalarType>([
  "longdouble",
  "sint128",
  "uint128",
  "cfloat",
  "cdouble",
  "clongdouble",
]);

/** Whether a slot holds the address of a value of `type`. */
export function isWide(type: RawType): boolean {
  return typeof type !== "string" || WIDE_SCALARS.has(type);
}
