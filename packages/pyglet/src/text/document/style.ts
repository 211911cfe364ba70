/** What text can look like. */

/** A length: pixels, or a text with a unit, such as "12pt": px, pt, pc, in, mm, cm. */
export type Distance = number | string;
/** Red, green, blue and opacity, 0 to 255. */
export type Color = readonly number[];

/** Attributes of characters and of paragraphs, and any of a program's own. */
export interface Style {
  font_name?: string | readonly string[] | null | undefined;
  /** In points. */
  font_size?: number | null | undefined;
  bold?: boolean | null | undefined;
  italic?: boolean | null | undefined;
  stretch?: boolean | string | null | undefined;
  /** Whether HarfBuzz shapes all of it, with kerning and ligatures; else only what needs it. */
  shaping?: boolean | null | undefined;
  color?: Color | null | undefined;
  background_color?: Color | null | undefined;
  /** The colour of the line. */
  underline?: Color | null | undefined;
  /** Between characters. */
  kerning?: Distance | null | undefined;
  /** How far above the line. */
  baseline?: Distance | null | undefined;
  align?: "left" | "center" | "right" | null | undefined;
  wrap?: boolean | "char" | "word" | null | undefined;
  indent?: Distance | null | undefined;
  /** More distance between the lines of a paragraph. */
  leading?: Distance | null | undefined;
  /** From one baseline to the next, in place of what the fonts ask for. */
  line_spacing?: Distance | null | undefined;
  margin_left?: Distance | null | undefined;
  margin_right?: Distance | null | undefined;
  margin_top?: Distance | null | undefined;
  margin_bottom?: Distance | null | undefined;
  tab_stops?: readonly Distance[] | null | undefined;
  [attribute: string]: unknown;
}

/** What `get_style_range` gives where a range has several values. */
export const STYLE_INDETERMINATE = "indeterminate";
