/** The state of OpenGL in which text is drawn. */
import type { GlyphOwner } from "../../font/glyph.ts";
import { gl } from "../../gl/gl.ts";
import { Group } from "./batch.ts";

/** All of a layout: what is drawn blends with what is there. */
export class TextLayoutGroup extends Group {
  override set_state(): void {
    gl.glPushAttrib(gl.GL_ENABLE_BIT | gl.GL_CURRENT_BIT | gl.GL_COLOR_BUFFER_BIT | gl.GL_TEXTURE_BIT);
    gl.glEnable(gl.GL_BLEND);
    gl.glBlendFunc(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA);
  }

  override unset_state(): void {
    gl.glPopAttrib();
  }
}

/** A layout that shows a part of its text: cut to a rectangle of the window, and moved. */
export class ViewGroup extends TextLayoutGroup {
  /** The lower left corner of the rectangle, in the coordinates that the layout is drawn in. */
  x = 0;
  y = 0;
  width = 0;
  height = 0;
  /** How far what is drawn is moved. */
  translate_x = 0;
  translate_y = 0;
  /** How far the text is scrolled: to the right, and down when negative. */
  view_x = 0;
  view_y = 0;

  override set_state(): void {
    gl.glPushAttrib(ALL_OF_IT());
    gl.glEnable(gl.GL_BLEND);
    gl.glBlendFunc(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA);
    gl.glEnable(gl.GL_SCISSOR_TEST);
    gl.glScissor(
      Math.trunc(this.x),
      Math.trunc(this.y),
      Math.max(0, Math.trunc(this.width)),
      Math.max(0, Math.trunc(this.height)),
    );
    gl.glTranslatef(this.translate_x, this.translate_y, 0);
  }

  override unset_state(): void {
    gl.glTranslatef(-this.translate_x, -this.translate_y, 0);
    gl.glPopAttrib();
  }
}

/** What is under the glyphs and over them, as groups of the top one. */
export class TextLayoutForegroundGroup extends Group {
  override set_state(): void {
    gl.glEnable(gl.GL_TEXTURE_2D);
  }
}

export class TextLayoutForegroundDecorationGroup extends Group {
  override set_state(): void {
    gl.glDisable(gl.GL_TEXTURE_2D);
  }
}

/** The glyphs of one texture. */
export class TextLayoutTextureGroup extends Group {
  readonly texture: GlyphOwner;

  constructor(texture: GlyphOwner, parent: Group) {
    super(parent);
    this.texture = texture;
  }

  override set_state(): void {
    gl.glBindTexture(this.texture.target, this.texture.id);
  }

  override equals(other: Group): boolean {
    return other instanceof TextLayoutTextureGroup && other.texture === this.texture && other.parent === this.parent;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function ALL_OF_IT(): number {
  const { GL_ENABLE_BIT, GL_CURRENT_BIT, GL_COLOR_BUFFER_BIT, GL_TEXTURE_BIT, GL_TRANSFORM_BIT, GL_SCISSOR_BIT } = gl;
  return GL_ENABLE_BIT | GL_CURRENT_BIT | GL_COLOR_BUFFER_BIT | GL_TEXTURE_BIT | GL_TRANSFORM_BIT | GL_SCISSOR_BIT;
}
