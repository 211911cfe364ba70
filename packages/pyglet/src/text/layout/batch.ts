/**
 * What text is drawn with: lists of vertices in groups, which set OpenGL's state for what is in them.
 *
 * A group stands in another one; groups of one parent are drawn by their order.
 */
import { gl } from "../../gl/gl.ts";

export class Group {
  readonly parent: Group | null;
  readonly order: number;

  constructor(parent: Group | null = null, order = 0) {
    this.parent = parent;
    this.order = order;
  }

  /** Sets the state for what is drawn in the group. */
  set_state(): void {}

  /** Puts back what `set_state` has changed. */
  unset_state(): void {}

  /** Whether the other group sets the same state, so that both are drawn as one. */
  equals(other: Group): boolean {
    return this === other;
  }
}

/** Vertices that are drawn together. The arrays may be written to; the next drawing has what is in them. */
export class VertexList {
  readonly mode: number;
  readonly group: Group;
  readonly count: number;
  /** Two numbers each. */
  readonly vertices: Float32Array;
  /** Four bytes each. */
  readonly colors: Uint8Array;
  /** Three numbers each; null where there is no texture. */
  readonly tex_coords: Float32Array | null;
  readonly #batch: Batch;

  constructor(
    batch: Batch,
    mode: number,
    group: Group,
    vertices: readonly number[],
    colors: readonly number[],
    tex_coords: readonly number[] | null,
  ) {
    this.#batch = batch;
    this.mode = mode;
    this.group = group;
    this.count = vertices.length / 2;
    this.vertices = Float32Array.from(vertices);
    this.colors = Uint8Array.from(colors);
    this.tex_coords = tex_coords === null ? null : Float32Array.from(tex_coords);
  }

  /** Moves all of it. */
  translate(x: number, y: number): void {
    for (let at = 0; at < this.vertices.length; at += 2) {
      (this.vertices[at] as number) += x;
      (this.vertices[at + 1] as number) += y;
    }
  }

  delete(): void {
    this.#batch.remove(this);
  }

  draw(): void {
    gl.glVertexPointer(2, gl.GL_FLOAT, 0, this.vertices);
    gl.glColorPointer(4, gl.GL_UNSIGNED_BYTE, 0, this.colors);
    if (this.tex_coords === null) gl.glDisableClientState(gl.GL_TEXTURE_COORD_ARRAY);
    else {
      gl.glEnableClientState(gl.GL_TEXTURE_COORD_ARRAY);
      gl.glTexCoordPointer(3, gl.GL_FLOAT, 0, this.tex_coords);
    }
    gl.glDrawArrays(this.mode, 0, this.count);
  }
}

export class Batch {
  readonly #lists = new Set<VertexList>();
  /** The lists in the order in which they are drawn; null when they have changed. */
  #sorted: VertexList[] | null = null;

  add(
    mode: number,
    group: Group,
    vertices: readonly number[],
    colors: readonly number[],
    tex_coords: readonly number[] | null = null,
  ): VertexList {
    const list = new VertexList(this, mode, group, vertices, colors, tex_coords);
    this.#lists.add(list);
    this.#sorted = null;
    return list;
  }

  remove(list: VertexList): void {
    if (this.#lists.delete(list)) this.#sorted = null;
  }

  /** Draws all lists. */
  draw(): void {
    this.#sorted ??= sorted(this.#lists);
    drawAll(this.#sorted);
  }

  /** Draws some of them. */
  draw_subset(lists: Iterable<VertexList>): void {
    drawAll(sorted(lists));
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** The group and those around it, from the outermost on. */
function pathOf(group: Group): Group[] {
  const path: Group[] = [];
  for (let each: Group | null = group; each !== null; each = each.parent) path.unshift(each);
  return path;
}

function sorted(lists: Iterable<VertexList>): VertexList[] {
  const seen = new Map<Group, number>();
  const entries = [...lists].map((list) => {
    const path = pathOf(list.group);
    for (const group of path) if (!seen.has(group)) seen.set(group, seen.size);
    return { list, path };
  });
  entries.sort((one, other) => {
    for (let depth = 0; ; depth++) {
      const [a, b] = [one.path[depth], other.path[depth]];
      if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
      if (a !== b) return a.order - b.order || (seen.get(a) as number) - (seen.get(b) as number);
    }
  });
  return entries.map(({ list }) => list);
}

function drawAll(lists: readonly VertexList[]): void {
  if (lists.length === 0) return;
  gl.glPushClientAttrib(gl.GL_CLIENT_VERTEX_ARRAY_BIT);
  gl.glEnableClientState(gl.GL_VERTEX_ARRAY);
  gl.glEnableClientState(gl.GL_COLOR_ARRAY);
  let path: readonly Group[] = [];
  for (const list of lists) {
    path = enter(path, pathOf(list.group));
    list.draw();
  }
  enter(path, []);
  gl.glPopClientAttrib();
}

/** Leaves the groups of the old path that the new one has not, and enters the others. */
function enter(from: readonly Group[], to: readonly Group[]): readonly Group[] {
  let common = 0;
  while (common < from.length && from[common] === to[common]) common++;
  for (let at = from.length - 1; at >= common; at--) from[at]?.unset_state();
  for (const group of to.slice(common)) group.set_state();
  return to;
}
