/**
 * What is drawn for lines, as numbers: a quad for each picture, backgrounds, and the lines under text. OpenGL is not
 * asked here.
 */
import type { Glyph, GlyphOwner } from "../../font/glyph.ts";
import type { AbstractDocument } from "../document/abstract.ts";
import type { Color, Distance, Style } from "../document/style.ts";
import { type RunReader, ZipRunIterator } from "../runlist.ts";
import { parseDistance } from "./distance.ts";
import { type Box, type Line, unitsOf } from "./line.ts";

/** Corners: two numbers each, with four of colour; pictures have three of their place in the texture. */
export interface Corners {
  readonly vertices: number[];
  readonly colors: number[];
}

export interface Pictures extends Corners {
  readonly tex_coords: number[];
}

/** What some lines draw. */
export interface LineDrawing {
  readonly pictures: Map<GlyphOwner, Pictures>;
  /** Quads. */
  readonly backgrounds: Corners;
  /** Lines. */
  readonly underlines: Corners;
  /** Elements, and where they stand. */
  readonly elements: { readonly box: Box; readonly x: number; readonly y: number }[];
}

/** The colours that are not simply the document's. */
export interface Colors {
  readonly color: RunReader<unknown>;
  readonly background: RunReader<unknown>;
}

const BLACK: Color = [0, 0, 0, 255];
/** How far under the baseline the line is. */
const UNDER = 2;

export class Drawer {
  readonly drawn: LineDrawing = {
    pictures: new Map(),
    backgrounds: { vertices: [], colors: [] },
    underlines: { vertices: [], colors: [] },
    elements: [],
  };
  readonly #dpi: number;
  readonly #styles: ZipRunIterator;

  constructor(document: AbstractDocument, dpi: number, colors: Colors) {
    this.#dpi = dpi;
    const [underline, baseline] = [document.get_style_runs("underline"), document.get_style_runs("baseline")];
    this.#styles = new ZipRunIterator([colors.color, colors.background, underline, baseline]);
  }

  /** Adds a line, whose layout has its upper left corner there. */
  add(line: Line, x: number, y: number): void {
    for (const box of line.boxes) {
      const left = x + line.x + box.left;
      if (box.element === null) this.#text(box, left, y + line.y);
      else this.drawn.elements.push({ box, x: left, y: y + line.y });
    }
  }

  #text(box: Box, x: number, y: number): void {
    const { lefts, widths } = unitsOf(box);
    for (const [start, end, values] of this.#styles.ranges(box.start, box.start + box.length)) {
      const [color, background, underline, raised] = values as readonly [
        Color | null,
        Color | null,
        Color | null,
        Distance | null,
      ];
      const baseline = y + (raised === null ? 0 : parseDistance(raised, this.#dpi));
      const [from, to] = [start - box.start, end - box.start];
      for (let unit = from; unit < to; unit++)
        this.#glyph(box.items[unit] as Glyph, x + (lefts[unit] as number), baseline, color ?? BLACK);
      if (background === null && underline === null) continue;
      const [left, right] = sidesOf(box, lefts, widths, from, to);
      if (background !== null)
        addQuad(this.drawn.backgrounds, x + left, baseline + box.descent, x + right, baseline + box.ascent, background);
      if (underline === null) continue;
      this.drawn.underlines.vertices.push(x + left, baseline - UNDER, x + right, baseline - UNDER);
      this.drawn.underlines.colors.push(...rgba(underline), ...rgba(underline));
    }
  }

  #glyph(glyph: Glyph, x: number, y: number, color: Color): void {
    for (const part of glyph.parts) {
      const { owner, vertices, tex_coords, colored } = part.glyph;
      if (owner === null) continue;
      let pictures = this.drawn.pictures.get(owner);
      if (pictures === undefined) {
        pictures = { vertices: [], colors: [], tex_coords: [] };
        this.drawn.pictures.set(owner, pictures);
      }
      const [left, lower, right, upper] = vertices;
      const [at, up] = [x + part.x, y + part.y];
      // A picture with colours keeps them, and takes the opacity alone.
      const tint = colored ? [255, 255, 255, color[3] ?? 255] : color;
      addQuad(
        pictures,
        Math.trunc(left + at),
        Math.trunc(lower + up),
        Math.trunc(right + at),
        Math.trunc(upper + up),
        tint,
      );
      for (const coordinate of tex_coords) pictures.tex_coords.push(coordinate);
    }
  }
}

/** Styles that change no line, only what is drawn for it. */
const COLORS = new Set(["color", "background_color", "underline", "baseline"]);

/** Whether lines stay as they are when these attributes change. */
export function changesColorsOnly(attributes: Style): boolean {
  return Object.keys(attributes).every((name) => COLORS.has(name));
}

// -- Private ---------------------------------------------------------------------------------------

function addQuad(to: Corners, left: number, lower: number, right: number, upper: number, color: Color): void {
  to.vertices.push(left, lower, right, lower, right, upper, left, upper);
  const [red, green, blue, opacity] = rgba(color);
  for (let corner = 0; corner < 4; corner++) to.colors.push(red, green, blue, opacity);
}

function rgba([red = 0, green = 0, blue = 0, opacity = 255]: Color): [number, number, number, number] {
  return [red, green, blue, opacity];
}

/** The left and the right end of some units of a box, with the gaps in front of them. */
function sidesOf(box: Box, lefts: number[], widths: number[], from: number, to: number): [number, number] {
  const [first, last] = [from, to - 1];
  const [start, end] = [lefts[first] as number, lefts[last] as number];
  const kern = box.kerns[first] as number;
  if ((box.level & 1) === 0) return [start - kern, end + (widths[last] as number)];
  return [end, start + (widths[first] as number) + kern];
}
