/** Fonts by name: those of the system, and those of files that the program adds. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FontException } from "./exception.ts";
import { Font, type FontOptions } from "./font.ts";
import { findFont, haveFont } from "./fontconfig.ts";
import { copied, Face, type FontData } from "./freetype.ts";

/** Anything that a font file can be read from. */
export type FontSource = string | Uint8Array | { read(): Uint8Array };

/** The bytes of added fonts, by family and style. */
const added = new Map<string, FontData>();
const names = new Set<string>();

/** A font is found again while something uses it; the last ones that were loaded stay. */
const cache = new Map<string, WeakRef<Font>>();
const held: Font[] = [];
const HELD = 3;
const gone = new FinalizationRegistry<string>((key) => {
  if (cache.get(key)?.deref() === undefined) cache.delete(key);
});

/** Whether there is a family of this name, on the system or added. */
export function have_font(name: string | null): boolean {
  return (name !== null && names.has(name.toLowerCase())) || haveFont(name);
}

/**
 * A font of a family, in points. Of several names, the first that there is counts; another one gives the closest family
 * that the system has, and null the default one.
 *
 *     const times = font.load("Times New Roman", 16, { bold: true });
 *
 * @throws FontException when the system has no fonts, or the file is broken.
 */
export function load(
  name: string | readonly string[] | null = null,
  size: number | null = null,
  options: FontOptions = {},
): Font {
  const points = size ?? 12;
  if (!(points > 0) || points > LARGEST)
    throw new FontException(`font.load(): size: expected points above 0 and up to ${LARGEST}, got ${points}`);
  const family = typeof name === "string" || name === null ? name : (name.find(have_font) ?? null);
  const { bold = false, italic = false, stretch = false, dpi, shaping = false } = options;
  const key = [family, points, bold, italic, stretch, dpi ?? 96, shaping].join("\0");
  const known = cache.get(key)?.deref();
  if (known !== undefined) return known;
  const font = new Font(faceOf(family, points, bold, italic), points, options);
  cache.set(key, new WeakRef(font));
  gone.register(font, key);
  held.unshift(font);
  held.length = Math.min(held.length, HELD);
  return font;
}

/** Adds the font of a file, or of its bytes, so that `load` finds it by its name. @throws FontException */
export function add_file(source: FontSource): void {
  const bytes =
    typeof source === "string" ? readFileSync(source) : source instanceof Uint8Array ? source : source.read();
  const data = copied(bytes);
  const face = Face.fromData(
    data,
    typeof source === "string" ? `the font file ${source}` : `a font of ${bytes.length} bytes`,
  );
  added.set(keyOf(face.family_name, face.bold, face.italic), data);
  names.add(face.family_name.toLowerCase());
}

/** Adds each file of a folder that ends in .ttf, not those of folders in it. @throws FontException */
export function add_directory(directory: string): void {
  for (const file of readdirSync(directory).sort()) {
    if (file.toLowerCase().endsWith(".ttf")) add_file(join(directory, file));
  }
}

// -- Private ---------------------------------------------------------------------------------------

const LARGEST = 10_000;

function keyOf(name: string, bold: boolean, italic: boolean): string {
  return [name.toLowerCase(), bold, italic].join("\0");
}

function faceOf(name: string | null, size: number, bold: boolean, italic: boolean): Face {
  const data = name === null ? undefined : added.get(keyOf(name, bold, italic));
  if (data !== undefined) return Face.fromData(data, `the font ${name}`);
  const { file, index } = findFont({ name, size, bold, italic });
  return Face.fromFile(file, index);
}
