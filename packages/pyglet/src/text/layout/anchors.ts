/** Where a layout stands, by its anchors. */
import type { Line } from "./line.ts";

export type AnchorX = "left" | "center" | "right";
export type AnchorY = "top" | "center" | "baseline" | "bottom";
export type VerticalAlign = "top" | "center" | "bottom";

export const ANCHORS_X: readonly AnchorX[] = ["left", "center", "right"];
export const ANCHORS_Y: readonly AnchorY[] = ["top", "center", "baseline", "bottom"];
export const VERTICAL_ALIGNS: readonly VerticalAlign[] = ["top", "center", "bottom"];

/** The left end of a layout that has its anchor at `x`. */
export function leftOf(x: number, anchor: AnchorX, width: number): number {
  if (anchor === "left") return x;
  return x - (anchor === "right" ? width : Math.floor(width / 2));
}

/** What the vertical places depend on. */
export interface Heights {
  readonly y: number;
  readonly anchor: AnchorY;
  readonly valign: VerticalAlign;
  /** The layout's own height; null when it is that of its text. */
  readonly height: number | null;
  readonly contentHeight: number;
  readonly lines: readonly Line[];
}

/** The upper end of the text. */
export function topOf({ y, anchor, valign, height, contentHeight, lines }: Heights): number {
  const [first] = lines;
  const full = height ?? contentHeight;
  const free = Math.max(0, full - contentHeight);
  const offset = { top: 0, center: Math.floor(free / 2), bottom: free }[valign];
  if (anchor === "top") return y - offset;
  if (anchor === "baseline") return y + (first?.ascent ?? 0) - offset;
  if (anchor === "bottom") return y + full - offset;
  if (lines.length === 1 && first !== undefined && height === null)
    return y + Math.floor(first.ascent / 2) - Math.floor(first.descent / 4);
  return y + Math.floor(full / 2) - offset;
}

/** The lower end of the layout. */
export function bottomOf({ y, anchor, height, contentHeight, lines }: Heights): number {
  const full = height || contentHeight;
  if (anchor === "bottom") return y;
  if (anchor === "top") return y - full;
  if (anchor === "center") return y - Math.floor(full / 2);
  return y - full + (lines[0]?.ascent ?? 0);
}

/** @throws TypeError for a value that is not allowed. */
export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new TypeError(`${name}: expected one of ${allowed.join(", ")}, got ${JSON.stringify(value)}`);
}
