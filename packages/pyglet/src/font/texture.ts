/**
 * A texture of pixels that are kept in memory: one in each share group of contexts that draws, which gets the rows that
 * changed when it is next used.
 */
import { currentContext, type ObjectSpace } from "../gl/current.ts";
import { gl } from "../gl/gl.ts";
import { FontException } from "./exception.ts";

interface Uploaded {
  readonly id: number;
  /** The rows that it has not got: from, and up to. */
  from: number;
  to: number;
}

export class GlyphTexture {
  readonly #width: number;
  readonly #height: number;
  readonly #format: number;
  readonly #pixels: Uint8Array;
  readonly #uploaded = new Map<WeakRef<ObjectSpace>, Uploaded>();
  readonly #refs = new WeakMap<ObjectSpace, WeakRef<ObjectSpace>>();

  constructor(width: number, height: number, isColored: boolean, pixels: Uint8Array) {
    this.#width = width;
    this.#height = height;
    this.#format = isColored ? gl.GL_RGBA : gl.GL_ALPHA;
    this.#pixels = pixels;
  }

  get target(): number {
    return gl.GL_TEXTURE_2D;
  }

  /** OpenGL's name of it in the current context, up to date. It may bind the texture. @throws FontException */
  get id(): number {
    const space = currentContext()?.object_space;
    if (space === undefined) throw new FontException("text is drawn into a window: no OpenGL context is current");
    const known = this.#refs.get(space);
    const uploaded = known === undefined ? this.#create(space) : (this.#uploaded.get(known) as Uploaded);
    if (uploaded.to > uploaded.from) this.#upload(uploaded);
    return uploaded.id;
  }

  /** Rows that have other pixels now. */
  changed(from: number, to: number): void {
    for (const [space, uploaded] of this.#uploaded) {
      if (space.deref() === undefined) this.#uploaded.delete(space);
      uploaded.from = Math.min(uploaded.from, from);
      uploaded.to = Math.max(uploaded.to, to);
    }
  }

  #create(space: ObjectSpace): Uploaded {
    giveBack(space);
    const name = new Uint32Array(1);
    gl.glGenTextures(1, name);
    const uploaded: Uploaded = { id: name[0] as number, from: this.#height, to: 0 };
    gl.glBindTexture(gl.GL_TEXTURE_2D, uploaded.id);
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR);
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR);
    unpacked(() => {
      const [width, height, format] = [this.#width, this.#height, this.#format];
      gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, format, width, height, 0, format, gl.GL_UNSIGNED_BYTE, this.#pixels);
    });
    const ref = new WeakRef(space);
    this.#refs.set(space, ref);
    this.#uploaded.set(ref, uploaded);
    gone.register(this, { id: uploaded.id, space: ref });
    return uploaded;
  }

  #upload(uploaded: Uploaded): void {
    const { id, from, to } = uploaded;
    const row = this.#pixels.length / this.#height;
    gl.glBindTexture(gl.GL_TEXTURE_2D, id);
    unpacked(() => {
      const pixels = this.#pixels.subarray(from * row, to * row);
      const [width, height, format] = [this.#width, to - from, this.#format];
      gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, from, width, height, format, gl.GL_UNSIGNED_BYTE, pixels);
    });
    uploaded.from = this.#height;
    uploaded.to = 0;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Textures whose fonts were collected: they are given back when their context next makes one. */
const left = new WeakMap<ObjectSpace, number[]>();

const gone = new FinalizationRegistry<{ id: number; space: WeakRef<ObjectSpace> }>(({ id, space }) => {
  const alive = space.deref();
  if (alive === undefined) return;
  const ids = left.get(alive);
  if (ids === undefined) left.set(alive, [id]);
  else ids.push(id);
});

function giveBack(space: ObjectSpace): void {
  const ids = left.get(space);
  if (ids === undefined) return;
  left.delete(space);
  gl.glDeleteTextures(ids.length, Uint32Array.from(ids));
}

/** Runs `upload` so that OpenGL takes rows without gaps, whatever the program has set. */
function unpacked(upload: () => void): void {
  gl.glPushClientAttrib(gl.GL_CLIENT_PIXEL_STORE_BIT);
  for (const name of [gl.GL_UNPACK_ROW_LENGTH, gl.GL_UNPACK_SKIP_ROWS, gl.GL_UNPACK_SKIP_PIXELS])
    gl.glPixelStorei(name, 0);
  gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1);
  upload();
  gl.glPopClientAttrib();
}
