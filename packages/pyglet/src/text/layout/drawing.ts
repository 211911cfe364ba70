/** Putting what lines draw into a batch. */
import { gl } from "../../gl/gl.ts";
import type { ElementLayout, InlineElement } from "../document/element.ts";
import type { Batch, Group, VertexList } from "./batch.ts";
import { TextLayoutTextureGroup } from "./groups.ts";
import type { Corners, LineDrawing } from "./quads.ts";

/** What some lines have in the batch. */
export interface Drawing {
  readonly lists: readonly VertexList[];
  readonly elements: readonly InlineElement[];
}

/** Where a layout draws. */
export interface Target extends ElementLayout {
  readonly batch: Batch;
  readonly top_group: Group;
  readonly background_group: Group;
  readonly foreground_group: Group;
  readonly foreground_decoration_group: Group;
}

/** Puts the pictures into the batch of a layout, and places the elements. */
export function put(layout: Target, { pictures, backgrounds, underlines, elements }: LineDrawing): Drawing {
  const lists: VertexList[] = [];
  const add = (mode: number, group: Group, { vertices, colors }: Corners, tex_coords: number[] | null) => {
    if (vertices.length > 0) lists.push(layout.batch.add(mode, group, vertices, colors, tex_coords));
  };
  for (const [texture, corners] of pictures) {
    const group = new TextLayoutTextureGroup(texture, layout.foreground_group);
    add(gl.GL_QUADS, group, corners, corners.tex_coords);
  }
  add(gl.GL_QUADS, layout.background_group, backgrounds, null);
  add(gl.GL_LINES, layout.foreground_decoration_group, underlines, null);
  const placed = elements.map(({ box, x, y }) => {
    const element = box.element as InlineElement;
    element.place(layout, x, y);
    return element;
  });
  return { lists, elements: placed };
}
