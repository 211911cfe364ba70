/** Lengths in pixels. */
import type { Distance } from "../document/style.ts";

/** How many of a unit an inch has; pixels depend on the layout's dots. */
const PER_INCH: { readonly [unit: string]: number } = { pt: 72, pc: 6, in: 1, mm: 25.4, cm: 2.54 };

/**
 * A length in whole pixels.
 *
 *     parseDistance("12pt", 96);   // 16
 *
 * @throws TypeError for a text that is no number with a unit.
 */
export function parseDistance(distance: Distance, dpi: number): number {
  if (typeof distance === "number") return Math.trunc(distance);
  const [, value, unit = ""] = /^\s*([-+]?(?:\d+\.?\d*|\.\d+))([a-zA-Z]+)/u.exec(distance) ?? [];
  if (value !== undefined && unit === "px") return Math.trunc(Number(value));
  const perInch = PER_INCH[unit];
  if (value === undefined || perInch === undefined) {
    const units = ["px", ...Object.keys(PER_INCH)].join(", ");
    throw new TypeError(
      `a distance in text: expected pixels, or a number with one of ${units}, got ${JSON.stringify(distance)}`,
    );
  }
  return Math.trunc((Number(value) / perInch) * dpi);
}
