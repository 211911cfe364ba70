/** What layouts are made with. */
import type { AnchorX, AnchorY } from "./anchors.ts";
import type { Batch, Group } from "./batch.ts";

export interface LayoutOptions {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly anchor_x?: AnchorX | undefined;
  readonly anchor_y?: AnchorY | undefined;
  /** Whether the text may have several lines; then a width is needed, unless `wrap_lines` is false. */
  readonly multiline?: boolean | undefined;
  readonly wrap_lines?: boolean | undefined;
  readonly dpi?: number | null | undefined;
  /** Where it is drawn, with other things; without one it has its own. */
  readonly batch?: Batch | null | undefined;
  readonly group?: Group | null | undefined;
}
