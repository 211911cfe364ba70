/** `text.layout`: documents as they are drawn. */
export type { AnchorX, AnchorY, VerticalAlign } from "./layout/anchors.ts";
export { Batch, Group, VertexList } from "./layout/batch.ts";
export { IncrementalTextLayout } from "./layout/incremental.ts";
export type { LayoutOptions } from "./layout/options.ts";
export { ScrollableTextLayout } from "./layout/scrollable.ts";
export { TextLayout } from "./layout/textlayout.ts";
