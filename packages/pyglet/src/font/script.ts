/** Which text cannot be set letter by letter, and where its scripts change. */

/**
 * Marks, joiners and variation selectors; scripts whose letters join, move or change their form; flags and the colours
 * of faces.
 */
const COMPLEX = characterClass(
  "\\p{M}",
  "\\u0590-\\u109f",
  "\\u1100-\\u11ff",
  "\\u1700-\\u1a9f",
  "\\u1b00-\\u1c7f",
  "\\u200c-\\u200f",
  "\\u202a-\\u202e",
  "\\u2060-\\u2069",
  "\\ua800-\\uabff",
  "\\ufb1d-\\ufdff",
  "\\ufe00-\\ufe0f",
  "\\ufe70-\\ufeff",
  "\\u{10800}-\\u{11fff}",
  "\\u{16100}-\\u{16dff}",
  "\\u{1e800}-\\u{1efff}",
  "\\u{1f1e6}-\\u{1f1ff}",
  "\\u{1f3fb}-\\u{1f3ff}",
  "\\u{e0000}-\\u{e0fff}",
);

/** What is not seen where a font does not have it. */
const IGNORABLE = /^\p{Default_Ignorable_Code_Point}$/u;

/** The scripts that shaping tells apart. */
const SCRIPTS = [
  "Latin Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu",
  "Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Khmer Mongolian Han Hiragana Katakana",
]
  .join(" ")
  .split(" ")
  .map((name) => ({ name, pattern: new RegExp(`^\\p{Script=${name}}$`, "u") }));

const scripts = new Map<number, string>();

export function needsShaping(text: string): boolean {
  return COMPLEX.test(text);
}

export function isIgnorable(character: number): boolean {
  return IGNORABLE.test(String.fromCodePoint(character));
}

/** The script of a character; empty for what all scripts share. */
export function scriptOf(character: number): string {
  let script = scripts.get(character);
  if (script === undefined) {
    const text = String.fromCodePoint(character);
    script = SCRIPTS.find(({ pattern }) => pattern.test(text))?.name ?? "";
    scripts.set(character, script);
  }
  return script;
}

// -- Private ---------------------------------------------------------------------------------------

function characterClass(...ranges: readonly string[]): RegExp {
  return new RegExp(`[${ranges.join("")}]`, "u");
}
