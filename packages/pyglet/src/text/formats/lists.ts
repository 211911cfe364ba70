/** The items of lists: what stands in front of them, and how far they are moved. */
import type { Distance, Style } from "../document/style.ts";

/** How far an item is moved in, and how much of that its mark goes back. */
const STEP = 50;
const BACK = 30;

/** A list that is being decoded. */
export interface ListBuilder {
  /** What stands in front of the next item. */
  mark(): string;
}

/** The style of a list that is in text of this style. */
export function listStyle(around: Style): Style {
  const margin = (typeof around.margin_left === "number" ? around.margin_left : 0) + STEP;
  const tab_stops: readonly Distance[] = [...(around.tab_stops ?? []), margin];
  return { margin_left: margin, indent: -BACK, tab_stops };
}

/** Items that all have the same mark. */
export class UnorderedListBuilder implements ListBuilder {
  readonly #mark: string;

  constructor(mark: string) {
    this.#mark = mark;
  }

  mark(): string {
    return this.#mark;
  }
}

/** Items with numbers or letters: the format has one of `1aAiI`, and what stands around it. */
export class OrderedListBuilder implements ListBuilder {
  #next: number;
  readonly #prefix: string;
  readonly #numbering: string;
  readonly #suffix: string;

  constructor(start: number, format: string) {
    const [, prefix = "", numbering = "1", suffix = "."] = /^(.*?)([1aAiI])(.*)$/su.exec(format) ?? [];
    this.#next = start;
    this.#prefix = prefix;
    this.#numbering = numbering;
    this.#suffix = suffix;
  }

  mark(): string {
    return this.#prefix + this.#numberOf(this.#next++) + this.#suffix;
  }

  #numberOf(value: number): string {
    if (this.#numbering === "1") return String(value);
    const isLetter = this.#numbering === "a" || this.#numbering === "A";
    const text = isLetter ? LETTERS.charAt(value - 1) || "?" : romanOf(value);
    return this.#numbering === "a" || this.#numbering === "i" ? text.toLowerCase() : text;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

function romanOf(value: number): string {
  if (value <= 0 || value >= 4000) return "?";
  let text = "";
  let left = value;
  for (const [number, letters] of ROMAN) {
    for (; left >= number; left -= number) text += letters;
  }
  return text;
}
