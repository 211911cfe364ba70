/** Documents that both pyglets get. */
import { FormattedDocument, type Style } from "../../src/text/document.ts";

export interface DocumentCase {
  readonly text: string;
  readonly styles?: readonly (readonly [number, number, Style])[];
  readonly paragraphs?: readonly (readonly [number, number, Style])[];
}

export const LOREM =
  "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod\ntempor incididunt ut labore et dolore " +
  "magna aliqua.\n\nUt\tenim\tad minim veniam, quis nostrud";

/** The document of a case, as the other side makes it. */
export function documentOf({ text, styles = [], paragraphs = [] }: DocumentCase): FormattedDocument {
  const document = new FormattedDocument(text);
  for (const [start, end, style] of styles) document.set_style(start, end, style);
  for (const [start, end, style] of paragraphs) document.set_paragraph_style(start, end, style);
  return document;
}

export interface LayoutCase extends DocumentCase {
  readonly width?: number;
  readonly height?: number;
  readonly options?: { readonly multiline?: boolean; readonly wrap_lines?: boolean };
  readonly anchor_x?: "left" | "center" | "right";
  readonly anchor_y?: "top" | "center" | "baseline" | "bottom";
  readonly content_valign?: "top" | "center" | "bottom";
  readonly x?: number;
  readonly y?: number;
}

const multiline = { multiline: true };

export const LAYOUTS: readonly LayoutCase[] = [
  { text: "Hello world" },
  { text: "Hello world", styles: [[0, 5, { kerning: 4 }]], anchor_x: "right", anchor_y: "baseline", x: 300, y: 20 },
  { text: "Hello", width: 300, paragraphs: [[0, 5, { align: "center" }]], anchor_y: "center" },
  { text: LOREM, width: 200, options: multiline },
  {
    text: LOREM,
    width: 200,
    options: multiline,
    paragraphs: [
      [0, 5, { align: "right" }],
      [80, 80, { align: "center", indent: 20, margin_left: "10pt" }],
    ],
    styles: [
      [3, 14, { font_size: 24, bold: true }],
      [42, 50, { kerning: 3 }],
      [90, 100, { font_name: "Times New Roman", baseline: "3pt" }],
    ],
    anchor_x: "center",
    anchor_y: "top",
    x: 150,
    y: 280,
  },
  { text: LOREM, width: 150, height: 400, options: multiline, styles: [[0, 100, { wrap: "char", line_spacing: 30 }]] },
  { text: LOREM, width: 150, height: 400, options: multiline, content_valign: "center", anchor_y: "bottom" },
  { text: LOREM, width: 100, options: { multiline: true, wrap_lines: false } },
  {
    text: "a very-long-word-that-does-not-fit-at-all in the line\nand one more",
    width: 100,
    options: multiline,
    paragraphs: [[0, 60, { margin_top: 5, margin_bottom: "7px", tab_stops: [30, 60], leading: 2 }]],
  },
  { text: "one\u2028two\u2029three\n\n", width: 100, options: multiline },
  { text: "tabs\tand\tstops", width: 300, options: multiline, styles: [[0, 14, { tab_stops: [100, "150px"] }]] },
];
