/** What makes documents of text in some format. */
import type { AbstractDocument } from "../document/abstract.ts";

/** Text that is not in its format. */
export class DocumentDecodeException extends Error {
  override readonly name = "DocumentDecodeException";
}

/** Where a document's pictures are: `open` gives the bytes of one, by the name that the document has for it. */
export interface Location {
  open(filename: string): Uint8Array;
}

export interface DocumentDecoder {
  /** @throws DocumentDecodeException for text that is not in the format. */
  decode(text: string, location?: Location | null): AbstractDocument;
}
