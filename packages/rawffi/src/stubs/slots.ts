/** What the frame's slots hold, for all code that fills or reads them: see the contract in `interface.ts`. */
import type { RawType, ScalarType } from "../types.ts";

/** The scalars that go by address, most because they are wider than a slot. */
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

/**
 * The size of a value that goes by address, in bytes; 0 for one that does not. A `long double` has so many bytes as the
 * platform says.
 */
export function wideSize(type: RawType, longDoubleSize: number): number {
  if (typeof type !== "string") return type.size;
  if (!WIDE_SCALARS.has(type)) return 0;
  if (type === "longdouble") return longDoubleSize;
  return type === "cfloat" ? 8 : type === "clongdouble" ? 2 * longDoubleSize : 16;
}
