/** `text.document`: documents, and what stands in them. */
export { AbstractDocument, type DocumentEvents } from "./document/abstract.ts";
export { InlineElement } from "./document/element.ts";
export { FormattedDocument } from "./document/formatted.ts";
export { type Color, type Distance, STYLE_INDETERMINATE, type Style } from "./document/style.ts";
export { UnformattedDocument } from "./document/unformatted.ts";
export { ImageElement, type InlineImage } from "./formats/image.ts";
