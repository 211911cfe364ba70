/** What elements of HTML look like. */
import type { Color, Style } from "../../document/style.ts";

export const DEFAULT_STYLE: Style = {
  font_name: "Times New Roman",
  font_size: 12,
  margin_bottom: "12pt",
  bold: false,
  italic: false,
};

/** The points of `<font size>`; the usual one is 3. */
export const FONT_SIZES: readonly number[] = [Number.NaN, 8, 10, 12, 14, 18, 24, 48];

const bold: Style = { bold: true };
const italic: Style = { italic: true };
const typewriter: Style = { font_name: "Courier New" };

/** The styles of elements that have the same one everywhere. */
export const STYLES: { readonly [tag: string]: Style } = {
  b: bold,
  strong: bold,
  i: italic,
  em: italic,
  var: italic,
  tt: typewriter,
  code: typewriter,
  samp: typewriter,
  kbd: typewriter,
  h1: { font_size: 24, bold: true, align: "center" },
  h2: { font_size: 18, bold: true },
  h3: { font_size: 16, bold: true },
  h4: { font_size: 14, bold: true },
  h5: { font_size: 12, bold: true },
  h6: { font_size: 12, italic: true },
  center: { align: "center" },
  pre: { font_name: "Courier New", margin_bottom: 0 },
  dl: { margin_bottom: 0 },
};

/** Elements that are not shown. */
export const METADATA = new Set(["head", "title"]);

/** Elements that begin a line. */
export const BLOCKS = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol dir menu pre dl div center noscript noframes blockquote form isindex hr table fieldset address li dd dt".split(
    " ",
  ),
);

/** The outermost element, which no text names. */
export const TOP = "_top_block";

/** Elements in which blocks may stand: a block ends every other one that is open. */
export const CONTAINERS = new Set(
  `${TOP} body div center object applet blockquote ins del dd li form fieldset button th td iframe noscript noframes ul ol dir menu dl`.split(
    " ",
  ),
);

const COLORS: { readonly [name: string]: number } = {
  black: 0x000000,
  silver: 0xc0c0c0,
  gray: 0x808080,
  white: 0xffffff,
  maroon: 0x800000,
  red: 0xff0000,
  purple: 0x800080,
  fuchsia: 0xff00ff,
  green: 0x008000,
  lime: 0x00ff00,
  olive: 0x808000,
  yellow: 0xffff00,
  navy: 0x000080,
  blue: 0x0000ff,
  teal: 0x008080,
  aqua: 0x00ffff,
};

/** The colour that HTML calls so, those with three or six hexadecimal digits after a # included; null for none. */
export function colorOf(text: string): Color | null {
  const name = text.trim().toLowerCase();
  if (Object.hasOwn(COLORS, name)) return bytesOf(COLORS[name] as number);
  const [, digits] = /^#([0-9a-f]{3}|[0-9a-f]{6})$/u.exec(name) ?? [];
  if (digits === undefined) return null;
  return bytesOf(Number.parseInt(digits.length === 3 ? digits.replace(/./gu, "$&$&") : digits, 16));
}

// -- Private ---------------------------------------------------------------------------------------

function bytesOf(color: number): Color {
  return [color >> 16, (color >> 8) & 255, color & 255, 255];
}
