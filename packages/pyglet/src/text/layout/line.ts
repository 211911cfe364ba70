/** Lines of a layout, and the boxes that they are made of. */
import { visualOrder } from "../../font/bidi.ts";
import type { Glyph } from "../../font/glyph.ts";
import type { InlineElement } from "../document/element.ts";

/** What a position has in a layout: a glyph, or an element. */
export type Item = Glyph | InlineElement;

/** A piece of a line: text of one font and direction, or an element. */
export interface Box {
  /** The position of its first unit in the document. */
  start: number;
  readonly length: number;
  /** Its width. */
  readonly advance: number;
  readonly ascent: number;
  readonly descent: number;
  /** Which way it runs: to the right when even. */
  readonly level: number;
  readonly element: InlineElement | null;
  /** What each unit has, and how far it stands off the one before. */
  readonly items: readonly Item[];
  readonly kerns: readonly number[];
  /** From the left end of the line; known when the line is complete. */
  left: number;
}

export class Line {
  align: "left" | "center" | "right" = "left";
  margin_left = 0;
  margin_right = 0;
  /** The position at which it begins, and how many units it has, the one that ends it included. */
  start: number;
  length = 0;
  ascent = 0;
  descent = 0;
  width = 0;
  paragraph_begin = false;
  paragraph_end = false;
  /** Where the baseline begins, from the layout's upper left corner. */
  x = 0;
  y = 0;
  /** In the order of the text. */
  readonly boxes: Box[] = [];
  /** Whether its paragraph runs from right to left. */
  isRightToLeft = false;

  constructor(start: number) {
    this.start = start;
  }

  add(box: Box): void {
    this.boxes.push(box);
    this.ascent = Math.max(this.ascent, box.ascent);
    this.descent = Math.min(this.descent, box.descent);
    this.width += box.advance;
  }

  /** Moves it to another position, as the text before it grows or shrinks. */
  shift(by: number): void {
    this.start += by;
    for (const box of this.boxes) box.start += by;
  }

  /** Puts the boxes beside each other as they are seen. */
  arrange(): void {
    let left = 0;
    for (const index of visualOrder(this.boxes.map(({ level }) => level))) {
      const box = this.boxes[index] as Box;
      box.left = left;
      left += box.advance;
    }
  }
}

/** Where each unit of a box begins at the left, from the left end of the box, and how wide it is. */
export function unitsOf(box: Box): { lefts: number[]; widths: number[] } {
  const lefts: number[] = [];
  const widths: number[] = [];
  const isRight = (box.level & 1) === 0;
  let pen = 0;
  for (let unit = 0; unit < box.length; unit++) {
    const kern = box.kerns[unit] as number;
    const { advance } = box.items[unit] as Item;
    pen += kern;
    lefts.push(isRight ? pen : box.advance - pen - advance);
    widths.push(advance);
    pen += advance;
  }
  return { lefts, widths };
}

/** How far from the left end of the box a position in it is, of 0 to `length`. */
export function pointInBox(box: Box, position: number): number {
  let pen = 0;
  for (let unit = 0; unit < position; unit++) pen += (box.kerns[unit] as number) + (box.items[unit] as Item).advance;
  return (box.level & 1) === 0 ? pen : box.advance - pen;
}

/** The position in a box that is closest to a point, in pixels from its left end. */
export function positionInBox(box: Box, x: number): number {
  const along = (box.level & 1) === 0 ? x : box.advance - x;
  let pen = 0;
  for (let unit = 0; unit < box.length; unit++) {
    const item = box.items[unit] as Item;
    pen += box.kerns[unit] as number;
    if (pen + Math.floor(item.advance / 2) > along && !("isContinuation" in item && item.isContinuation)) return unit;
    pen += item.advance;
  }
  return box.length;
}
