/** `text`: labels, documents and their layouts, and a caret. */
export * as caret from "./caret.ts";
export { decode_attributed, decode_html, decode_text, get_decoder, load } from "./decode.ts";
export * as document from "./document.ts";
export { DocumentDecodeException, type DocumentDecoder, type Location } from "./formats/decoder.ts";
export { DocumentLabel, HTMLLabel, Label, type LabelOptions, type TextLabelOptions } from "./label.ts";
export * as layout from "./layout.ts";
export * as runlist from "./runlist.ts";
