/** Documents of text in the formats that there are. */
import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import type { AbstractDocument } from "./document/abstract.ts";
import type { FormattedDocument } from "./document/formatted.ts";
import type { UnformattedDocument } from "./document/unformatted.ts";
import { AttributedTextDecoder } from "./formats/attributed.ts";
import { DocumentDecodeException, type DocumentDecoder, type Location } from "./formats/decoder.ts";
import { HTMLDecoder } from "./formats/html.ts";
import { PlainTextDecoder } from "./formats/plaintext.ts";

const decoders: { readonly [mimetype: string]: () => DocumentDecoder } = {
  "text/plain": () => new PlainTextDecoder(),
  "text/html": () => new HTMLDecoder(),
  "text/vnd.pyglet-attributed": () => new AttributedTextDecoder(),
};

/** The decoder for a file, by its name or its type. @throws DocumentDecodeException for another type. */
export function get_decoder(filename: string, mimetype: string | null = null): DocumentDecoder {
  const isHtml = [".htm", ".html", ".xhtml"].includes(extname(filename).toLowerCase());
  const type = mimetype ?? (isHtml ? "text/html" : "text/plain");
  const make = decoders[type];
  if (make !== undefined) return make();
  const known = Object.keys(decoders).join(", ");
  throw new DocumentDecodeException(`get_decoder(): mimetype: expected one of ${known}, got ${JSON.stringify(type)}`);
}

/** The document of a file, or of the text that is given. */
export function load(filename: string, text: string | null = null, mimetype: string | null = null): AbstractDocument {
  const folder = dirname(filename);
  const location: Location = { open: (name) => readFileSync(join(folder, name)) };
  return get_decoder(filename, mimetype).decode(text ?? readFileSync(filename, "utf8"), location);
}

export function decode_text(text: string): UnformattedDocument {
  return new PlainTextDecoder().decode(text);
}

/** `location` is where its pictures are. */
export function decode_html(html: string, location: Location | null = null): FormattedDocument {
  return new HTMLDecoder().decode(html, location);
}

/** @throws DocumentDecodeException for an attribute whose value is none. */
export function decode_attributed(text: string): FormattedDocument {
  return new AttributedTextDecoder().decode(text);
}
