/**
 * Which way text runs, by FriBidi: the embedding level of each UTF-16 unit of a paragraph, and the order in which what
 * has levels is seen (Unicode's annex 9).
 */
import { ARRAY } from "ctypes-js";
import {
  FriBidiBracketType,
  FriBidiChar,
  FriBidiCharType,
  FriBidiLevel,
  FriBidiParType,
  libfribidi,
} from "../native/text/generated/fribidi.ts";
import { FontException, needing } from "./exception.ts";

/** Characters of scripts that are written from right to left, and marks that say so. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** What FriBidi found out of a paragraph. */
export interface Levels {
  /** One for each UTF-16 unit: even runs to the right, odd to the left. */
  readonly levels: Int8Array;
  /** The paragraph's own: 0 or 1. */
  readonly base: number;
}

/** Whether any of the text may run from right to left; where none does, there is nothing to ask. */
export function hasRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text);
}

/** The levels of one paragraph, whose own direction is that of its first letter. @throws FontException */
export function levelsOf(paragraph: string): Levels {
  const characters = Array.from(paragraph, (character) => character.codePointAt(0) as number);
  const count = characters.length;
  const text = new (ARRAY(FriBidiChar, count))(...characters);
  const types = new (ARRAY(FriBidiCharType, count))();
  const brackets = new (ARRAY(FriBidiBracketType, count))();
  const found = new (ARRAY(FriBidiLevel, count))();
  const direction = new FriBidiParType(FriBidiParType.FRIBIDI_PAR_ON);
  needing("FriBidi (libfribidi.so.0)", "libfribidi0", () => libfribidi.fribidi_get_bidi_types(text, count, types));
  libfribidi.fribidi_get_bracket_types(text, count, types, brackets);
  const highest = libfribidi.fribidi_get_par_embedding_levels_ex(types, brackets, count, direction, found);
  if (highest === 0) throw new FontException(`FriBidi has no memory for a paragraph of ${count} characters`);
  const levels = new Int8Array(paragraph.length);
  let unit = 0;
  for (let at = 0; at < count; at++) {
    const level = found[at] as number;
    levels[unit++] = level;
    if ((characters[at] as number) > 0xffff) levels[unit++] = level;
  }
  return { levels, base: direction.value === FriBidiParType.FRIBIDI_PAR_RTL ? 1 : 0 };
}

/** The numbers of items in the order in which they are seen, from the left, by their levels. */
export function visualOrder(levels: readonly number[]): number[] {
  const order = levels.map((_, index) => index);
  const odd = levels.filter((level) => level % 2 === 1);
  if (odd.length === 0) return order;
  const lowest = Math.min(...odd);
  for (let level = Math.max(...levels); level >= lowest; level--) {
    for (let start = 0; start < order.length; ) {
      if ((levels[start] as number) < level) {
        start++;
        continue;
      }
      let end = start;
      while (end < order.length && (levels[end] as number) >= level) end++;
      reverse(order, start, end);
      start = end;
    }
  }
  return order;
}

// -- Private ---------------------------------------------------------------------------------------

function reverse(list: number[], start: number, end: number): void {
  const part = list.slice(start, end).reverse();
  for (let at = start; at < end; at++) list[at] = part[at - start] as number;
}
