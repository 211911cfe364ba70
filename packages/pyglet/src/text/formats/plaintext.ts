/** Text without styles. */
import { UnformattedDocument } from "../document/unformatted.ts";
import type { DocumentDecoder } from "./decoder.ts";

export class PlainTextDecoder implements DocumentDecoder {
  decode(text: string): UnformattedDocument {
    return new UnformattedDocument(text);
  }
}
