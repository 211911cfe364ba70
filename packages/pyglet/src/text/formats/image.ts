/** Pictures in text. */
import { gl } from "../../gl/gl.ts";
import { type ElementLayout, InlineElement } from "../document/element.ts";
import { Group, type VertexList } from "../layout/batch.ts";
import type { Target } from "../layout/drawing.ts";

/** A picture, as far as text asks it; `image.load` gives such. */
export interface InlineImage {
  readonly width: number;
  readonly height: number;
  /** From the lower side up to the baseline. */
  readonly anchor_y?: number | undefined;
  get_texture(): {
    readonly id: number;
    readonly target: number;
    /** Of the corners, from the lower left against the clock: three numbers each. */
    readonly tex_coords: ArrayLike<number>;
  };
}

/** A picture that stands on the line, or as far below it as its anchor says. */
export class ImageElement extends InlineElement {
  readonly image: InlineImage;
  readonly width: number;
  readonly height: number;
  readonly #lists = new Map<ElementLayout, VertexList>();

  constructor(image: InlineImage, width: number | null = null, height: number | null = null) {
    const [shownWidth, shownHeight] = [width ?? image.width, height ?? image.height];
    const anchor = Math.round((shownHeight / image.height) * (image.anchor_y ?? 0));
    super(Math.max(0, shownHeight - anchor), Math.min(0, -anchor), shownWidth);
    this.image = image;
    this.width = shownWidth;
    this.height = shownHeight;
  }

  override place(layout: Target, x: number, y: number): void {
    const texture = this.image.get_texture();
    const [left, lower, right, upper] = [x, y + this.descent, x + this.width, y + this.descent + this.height];
    const vertices = [left, lower, right, lower, right, upper, left, upper];
    const group = new PictureGroup(texture, layout.top_group);
    const white = new Array<number>(16).fill(255);
    this.#lists.set(layout, layout.batch.add(gl.GL_QUADS, group, vertices, white, Array.from(texture.tex_coords)));
  }

  override remove(layout: ElementLayout): void {
    this.#lists.get(layout)?.delete();
    this.#lists.delete(layout);
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Among the glyphs of a layout. */
class PictureGroup extends Group {
  readonly #texture: ReturnType<InlineImage["get_texture"]>;

  constructor(texture: ReturnType<InlineImage["get_texture"]>, parent: Group) {
    super(parent, 1);
    this.#texture = texture;
  }

  override set_state(): void {
    gl.glEnable(this.#texture.target);
    gl.glBindTexture(this.#texture.target, this.#texture.id);
  }

  override unset_state(): void {
    gl.glDisable(this.#texture.target);
  }
}
