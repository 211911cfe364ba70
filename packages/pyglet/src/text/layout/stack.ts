/** Putting lines under each other. */
import type { AbstractDocument } from "../document/abstract.ts";
import type { Line } from "./line.ts";
import { LineStyles } from "./styles.ts";

/** How large the lines are together. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/**
 * Gives each line its place, from the upper left corner of the layout: y goes down, and is negative. `width` is the
 * layout's, within which lines are aligned.
 */
export function stack(document: AbstractDocument, lines: readonly Line[], width: number | null, dpi: number): Extent {
  const styles = new LineStyles(document, dpi);
  let y = 0;
  let spacing: number | null = null;
  let leading = 0;
  let widest = 0;
  for (const line of lines) {
    if (line.paragraph_begin) {
      y -= styles.distance("margin_top", line.start);
      spacing = styles.lineSpacing(line.start);
      leading = styles.distance("leading", line.start);
    } else y -= leading;
    y -= spacing ?? line.ascent;
    line.x = aligned(line, width);
    line.y = y;
    widest = Math.max(widest, line.width + line.margin_left);
    if (spacing === null) y += line.descent;
    if (line.paragraph_end) y -= styles.distance("margin_bottom", line.start);
  }
  return { width: widest, height: -y };
}

// -- Private ---------------------------------------------------------------------------------------

function aligned(line: Line, width: number | null): number {
  if (line.align === "left" || width === null || line.width > width) return line.margin_left;
  if (line.align === "right") return width - line.margin_right - line.width;
  return Math.floor((width - line.margin_left - line.margin_right - line.width) / 2) + line.margin_left;
}
