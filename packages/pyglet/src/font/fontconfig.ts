/**
 * Which file has a font, by fontconfig: for a family and a style, and for a character that the family does not have.
 */
import { c_char_p, c_int, POINTER, type Pointer } from "ctypes-js";
import {
  FC_CHARSET,
  FC_FAMILY,
  FC_FILE,
  FC_INDEX,
  FC_SIZE,
  FC_SLANT,
  FC_SLANT_ITALIC,
  FC_SLANT_ROMAN,
  FC_WEIGHT,
  FC_WEIGHT_BOLD,
  FC_WEIGHT_REGULAR,
  FcCharSet,
  FcMatchKind,
  type FcPattern,
  FcResult,
  libfontconfig,
} from "../native/text/generated/fontconfig.ts";
import { FontException, needing } from "./exception.ts";

/** A font file that fontconfig found. */
export interface FoundFont {
  /** Of the family: in the font's own languages, most have one. */
  readonly names: readonly string[];
  readonly file: string;
  /** Of the face in the file. */
  readonly index: number;
}

/** What is looked for; null asks for the default family. */
export interface Wanted {
  readonly name: string | null;
  readonly size: number;
  readonly bold: boolean;
  readonly italic: boolean;
}

const found = new Map<string, FoundFont | null>();
/** Programs ask for few fonts; a search for each size of a slider must not stay for ever. */
const KEPT = 200;

/** The font that is closest to what is wanted. @throws FontException when the system has no font at all. */
export function findFont(wanted: Wanted): FoundFont {
  const font = remembered(wanted, null);
  if (font !== null) return font;
  const name = wanted.name === null ? "any font" : `the font ${JSON.stringify(wanted.name)}`;
  throw new FontException(
    `fontconfig finds nothing for ${name}: this system has no fonts (on Debian, fonts-dejavu-core)`,
  );
}

/** The font that is closest to what is wanted among those that have a character; null when none has. */
export function findFontWith(wanted: Wanted, character: number): FoundFont | null {
  return remembered(wanted, character);
}

/** Whether the system has a family of this name. Null is the default family, which always is. */
export function haveFont(name: string | null): boolean {
  const font = remembered({ name, size: 12, bold: false, italic: false }, null);
  if (font === null || !name) return font !== null;
  return font.names.some((each) => each.toLowerCase() === name.toLowerCase());
}

// -- Private ---------------------------------------------------------------------------------------

function remembered(wanted: Wanted, character: number | null): FoundFont | null {
  const key = [wanted.name, wanted.size, wanted.bold, wanted.italic, character].join("\0");
  let font = found.get(key);
  if (font !== undefined) return font;
  font = search(wanted, character);
  if (found.size >= KEPT) found.delete(found.keys().next().value as string);
  found.set(key, font);
  return font;
}

function search({ name, size, bold, italic }: Wanted, character: number | null): FoundFont | null {
  const pattern = needing("fontconfig (libfontconfig.so.1)", "libfontconfig1", () => libfontconfig.FcPatternCreate());
  if (pattern === null) throw new FontException("fontconfig has no memory for a search");
  let characters: Pointer<FcCharSet> | null = null;
  try {
    if (name) libfontconfig.FcPatternAddString(pattern, FC_FAMILY, name);
    libfontconfig.FcPatternAddDouble(pattern, FC_SIZE, size);
    libfontconfig.FcPatternAddInteger(pattern, FC_WEIGHT, bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    libfontconfig.FcPatternAddInteger(pattern, FC_SLANT, italic ? FC_SLANT_ITALIC : FC_SLANT_ROMAN);
    if (character !== null) {
      characters = libfontconfig.FcCharSetCreate();
      libfontconfig.FcCharSetAddChar(characters, character);
      libfontconfig.FcPatternAddCharSet(pattern, FC_CHARSET, characters);
    }
    libfontconfig.FcConfigSubstitute(null, pattern, FcMatchKind.FcMatchPattern);
    libfontconfig.FcDefaultSubstitute(pattern);
    return match(pattern, character);
  } finally {
    if (characters !== null) libfontconfig.FcCharSetDestroy(characters);
    libfontconfig.FcPatternDestroy(pattern);
  }
}

function match(pattern: Pointer<FcPattern>, character: number | null): FoundFont | null {
  const result = new FcResult();
  const matched = libfontconfig.FcFontMatch(null, pattern, result);
  if (matched === null) return null;
  try {
    if (character !== null && !hasCharacter(matched, character)) return null;
    const [file] = texts(matched, FC_FILE);
    if (file === undefined) return null;
    const index = new c_int(0);
    libfontconfig.FcPatternGetInteger(matched, FC_INDEX, 0, index);
    return { names: texts(matched, FC_FAMILY), file, index: index.value };
  } finally {
    libfontconfig.FcPatternDestroy(matched);
  }
}

function hasCharacter(pattern: Pointer<FcPattern>, character: number): boolean {
  const characters = new (POINTER(FcCharSet))();
  const result = libfontconfig.FcPatternGetCharSet(pattern, FC_CHARSET, 0, characters);
  return result === FcResult.FcResultMatch && libfontconfig.FcCharSetHasChar(characters, character) !== 0;
}

function texts(pattern: Pointer<FcPattern>, object: string): string[] {
  const all: string[] = [];
  const text = new c_char_p();
  while (libfontconfig.FcPatternGetString(pattern, object, all.length, text) === FcResult.FcResultMatch) {
    all.push(text.value ?? "");
  }
  return all;
}
