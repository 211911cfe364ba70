/** What stands in text like a character, and is no text. */

/** A layout, as far as an element asks it. */
export interface ElementLayout {
  readonly batch: unknown;
  readonly top_group: unknown;
}

/** The base of elements: pictures, for one. An element is in one document at most. */
export abstract class InlineElement {
  /** The height above the baseline, in pixels. */
  readonly ascent: number;
  /** The height below it: negative. */
  readonly descent: number;
  /** The width. */
  readonly advance: number;
  #position: number | null = null;

  constructor(ascent: number, descent: number, advance: number) {
    this.ascent = ascent;
    this.descent = descent;
    this.advance = advance;
  }

  /** Where in its document it is; null when it is in none. */
  get position(): number | null {
    return this.#position;
  }

  /** For documents: where it is now. */
  static moveTo(element: InlineElement, position: number | null): void {
    element.#position = position;
  }

  /** Draws the element in a layout, with its left end on the baseline at that point. It may be in several layouts. */
  abstract place(layout: ElementLayout, x: number, y: number): void;

  /** Takes it away from a layout. */
  abstract remove(layout: ElementLayout): void;
}
