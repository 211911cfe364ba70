/** The styles that lines are made by, read from a document; what has no good value gets the usual one. */
import type { AbstractDocument } from "../document/abstract.ts";
import type { Distance } from "../document/style.ts";
import { FilteredRunIterator, type RunReader } from "../runlist.ts";
import { parseDistance } from "./distance.ts";

export type Align = "left" | "center" | "right";
export type Wrap = boolean | "char" | "word";

export class LineStyles {
  readonly #document: AbstractDocument;
  readonly #dpi: number;
  readonly #distances = new Map<string, RunReader<Distance>>();
  #spacing: RunReader<unknown> | null = null;
  readonly align: RunReader<Align>;
  readonly wrap: RunReader<Wrap>;
  readonly tab_stops: RunReader<readonly Distance[]>;

  constructor(document: AbstractDocument, dpi: number) {
    this.#document = document;
    this.#dpi = dpi;
    this.align = new FilteredRunIterator<Align>(
      document.get_style_runs("align"),
      (value) => value === "left" || value === "center" || value === "right",
      "left",
    );
    this.wrap = new FilteredRunIterator<Wrap>(
      document.get_style_runs("wrap"),
      (value) => typeof value === "boolean" || value === "char" || value === "word",
      true,
    );
    this.tab_stops = new FilteredRunIterator<readonly Distance[]>(document.get_style_runs("tab_stops"), isGiven, []);
  }

  /** The distance that an attribute has at a position, in pixels; 0 where it has none. */
  distance(attribute: string, position: number): number {
    let reader = this.#distances.get(attribute);
    if (reader === undefined) {
      reader = new FilteredRunIterator<Distance>(this.#document.get_style_runs(attribute), isGiven, 0);
      this.#distances.set(attribute, reader);
    }
    return parseDistance(reader.get(position), this.#dpi);
  }

  /** The distance between baselines at a position; null where the fonts say it. */
  lineSpacing(position: number): number | null {
    this.#spacing ??= this.#document.get_style_runs("line_spacing");
    const value = this.#spacing.get(position) ?? null;
    return value === null ? null : parseDistance(value as Distance, this.#dpi);
  }

  /** The first of the tab stops at a position that is past `x`; null when none is. */
  tabStop(position: number, x: number): number | null {
    for (const stop of this.tab_stops.get(position)) {
      const pixels = parseDistance(stop, this.#dpi);
      if (pixels > x) return pixels;
    }
    return null;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}
