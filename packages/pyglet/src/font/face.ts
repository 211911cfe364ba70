/** `font`: fonts by name, and what text is drawn with. */
export { GlyphTextureAtlas } from "./atlas.ts";
export { FontException } from "./exception.ts";
export { Font, type FontOptions } from "./font.ts";
export { Glyph, type GlyphOwner, type GlyphPart } from "./glyph.ts";
export { get_grapheme_clusters } from "./grapheme.ts";
export { add_directory, add_file, type FontSource, have_font, load } from "./load.ts";
