/** The fonts that styles ask for. */
import type { Font } from "../../font/font.ts";
import { load } from "../../font/load.ts";
import { type RunRange, type RunReader, ZipRunIterator } from "../runlist.ts";

/** The attributes that choose a font, in the order in which `fontOf` takes their values. */
export const FONT_ATTRIBUTES = ["font_name", "font_size", "bold", "italic", "stretch", "shaping"] as const;

/** The font for the values of {@link FONT_ATTRIBUTES}. */
export function fontOf(values: readonly unknown[], dpi: number | null | undefined): Font {
  const [name, size, bold, italic, stretch, shaping] = values;
  return load(
    (name as string | readonly string[] | null | undefined) ?? null,
    (size as number | null | undefined) ?? null,
    {
      bold: Boolean(bold),
      italic: Boolean(italic),
      stretch: (stretch as boolean | string | null | undefined) ?? false,
      shaping: Boolean(shaping),
      dpi,
    },
  );
}

/** Fonts by position, of styles by position. */
export class FontRunIterator implements RunReader<Font> {
  readonly #styles: ZipRunIterator;
  readonly #dpi: number | null | undefined;

  /** The readers are those of {@link FONT_ATTRIBUTES}. */
  constructor(readers: readonly RunReader<unknown>[], dpi: number | null | undefined) {
    this.#styles = new ZipRunIterator(readers);
    this.#dpi = dpi;
  }

  get(index: number): Font {
    return fontOf(this.#styles.get(index), this.#dpi);
  }

  *ranges(start: number, end: number): Generator<RunRange<Font>> {
    for (const [from, to, values] of this.#styles.ranges(start, end)) yield [from, to, fontOf(values, this.#dpi)];
  }
}
