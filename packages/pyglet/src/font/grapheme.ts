/**
 * Grapheme clusters: what a reader takes for one character. A position in text lies between clusters, and a caret goes
 * over them.
 *
 * The rules are pyglet's, which are those of Unicode before emoji, with the sequences of emoji added.
 */

const CONTROL = /^[\p{Zl}\p{Zp}\p{Cc}\p{Cf}]$/u;
const EXTEND = new RegExp(
  `^[${["\\p{M}", "\\u200c\\u200d", "\\u0e30\\u0e32\\u0e33\\u0e45\\u0eb0\\u0eb2\\u0eb3", "\\uff9e\\uff9f", "\\u{1f3fb}-\\u{1f3ff}", "\\u{e0020}-\\u{e007f}"].join("")}]$`,
  "u",
);
/** Vowels of Thai and Lao that are written in front of their consonant. */
const PREPEND = /^[\u0e40-\u0e44\u0ec0-\u0ec4]$/u;
const REGIONAL = /^[\u{1f1e6}-\u{1f1ff}]$/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}$/u;

const LF = "\n";
const CR = "\r";
const JOINER = "\u200d";
/** Below this, no character belongs to the one before it. */
const FIRST_EXTEND = 0x300;

/** Whether two characters that follow each other belong to different clusters. */
function graphemeBreak(left: string, right: string): boolean {
  if (left === CR && right === LF) return false;
  if (isPlain(left) && isPlain(right)) return true;
  if (EXTEND.test(right)) return isControl(left);
  if (isControl(left) || isControl(right)) return true;
  return !(PREPEND.test(left) || (left === JOINER && PICTOGRAPH.test(right)));
}

/** The length in UTF-16 units of the cluster that begins at `start`; 0 at the end of the text. */
export function clusterLength(text: string, start: number): number {
  let left = characterAt(text, start);
  let end = start + left.length;
  // Flags are pairs of letters.
  let isFirstOfPair = REGIONAL.test(left);
  while (end < text.length) {
    const right = characterAt(text, end);
    const isPair = isFirstOfPair && REGIONAL.test(right);
    if (!isPair && graphemeBreak(left, right)) break;
    if (isPair) isFirstOfPair = false;
    end += right.length;
    left = right;
  }
  return end - start;
}

/** The text in clusters; as in pyglet, each further character of a cluster is followed by a zero-width space. */
export function get_grapheme_clusters(text: string): string[] {
  const clusters: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = clusterLength(text, at);
    clusters.push(text.slice(at, at + length));
    for (let more = 1; more < length; more++) clusters.push("\u200b");
    at += length;
  }
  return clusters;
}

/** Where the cluster ends that the position lies in or in front of. */
export function nextCluster(text: string, position: number): number {
  if (position >= text.length) return text.length;
  const start = clusterStart(text, position);
  return start + clusterLength(text, start);
}

/** Where the cluster begins that lies in front of the position. */
export function previousCluster(text: string, position: number): number {
  return position <= 0 ? 0 : clusterStart(text, position - 1);
}

// -- Private ---------------------------------------------------------------------------------------

function isPlain(character: string): boolean {
  const code = character.charCodeAt(0);
  return code >= 0x20 && code < FIRST_EXTEND && code !== 0xad;
}

function isControl(character: string): boolean {
  return CONTROL.test(character) && character !== "\u200c" && character !== JOINER && !EXTEND.test(character);
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** The start of the cluster that has the unit at `position`. */
function clusterStart(text: string, position: number): number {
  // Clusters do not go over the end of a line, so counting begins there; few lines are long.
  let start = text.lastIndexOf(LF, position - 1) + 1;
  if (position - start > FAR) start = plainBefore(text, position) ?? start;
  for (;;) {
    const end = start + clusterLength(text, start);
    if (end > position || end === start) return start;
    start = end;
  }
}

const FAR = 100;

/** Some place not far before the position where a cluster begins for certain. */
function plainBefore(text: string, position: number): number | null {
  for (let at = position; at > position - FAR; at--)
    if (isPlain(text.charAt(at)) && isPlain(text.charAt(at - 1))) return at;
  return null;
}
