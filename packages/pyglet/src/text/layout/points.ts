/** From points to positions of text. */
import { type Box, type Line, positionInBox } from "./line.ts";

/** The number of the line that has a position. */
export function lineAt(lines: readonly Line[], position: number): number {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle] as Line).start <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The position of a line that is closest to `x`, from the left end of the layout. */
export function positionOnLine(line: Line, x: number): number {
  const boxes = [...line.boxes].sort((one, other) => one.left - other.left);
  const [first, last] = [boxes[0], boxes.at(-1)];
  if (first === undefined || last === undefined) return line.start;
  if (x < line.x) return sides(first).left;
  for (const box of boxes) {
    const along = x - line.x - box.left;
    if (along >= 0 && along < box.advance) return box.start + positionInBox(box, along);
  }
  return sides(last).right;
}

// -- Private ---------------------------------------------------------------------------------------

/** The positions at the two ends of a box. */
function sides({ start, length, level }: Box): { left: number; right: number } {
  const end = start + length;
  return (level & 1) === 0 ? { left: start, right: end } : { left: end, right: start };
}
