/** What a program gives a window as its mouse cursor, and as its icon. */
import type { Picture } from "../platform/interface.ts";

/** An image of pyglet's kind, such as one of `image`. */
export interface PictureSource {
  readonly width: number;
  readonly height: number;
  get_image_data(): { get_data(format: string, pitch: number): Uint8Array };
}

/** A cursor; the program's own kinds draw themselves with OpenGL. */
export abstract class MouseCursor {
  /** Whether `draw` draws it; else the desktop shows it. */
  gl_drawable = true;
  /** Draws it with its hot spot there; the projection is in pixels of the window. */
  draw(_x: number, _y: number): void {}
}

/** The cursor that the desktop has when nothing is said. */
export class DefaultMouseCursor extends MouseCursor {
  override gl_drawable = false;
}

/** A cursor of the desktop, by pyglet's name; `window.get_system_mouse_cursor` gives it. */
export class SystemMouseCursor extends MouseCursor {
  override gl_drawable = false;
  readonly cursor: string;

  constructor(cursor: string) {
    super();
    this.cursor = cursor;
  }
}

/** A cursor that is an image, black and white as the desktop shows it. */
export class ImageMouseCursor extends MouseCursor {
  override gl_drawable = false;
  readonly picture: Picture;
  readonly hot_x: number;
  readonly hot_y: number;

  /** The hot spot is what points, in pixels from the lower left corner of the image. */
  constructor(image: PictureSource | Picture, hot_x = 0, hot_y = 0) {
    super();
    this.picture = pictureOf(image);
    [this.hot_x, this.hot_y] = [hot_x, hot_y];
  }
}

/** The pixels of an image, rows from the bottom. */
export function pictureOf(image: PictureSource | Picture): Picture {
  const { width, height } = image;
  const given = "bytes" in image ? image.bytes : image.get_image_data().get_data("RGBA", width * CHANNELS);
  if (given.length !== width * height * CHANNELS) {
    const what = `${width} × ${height} pixels of red, green, blue and alpha`;
    throw new RangeError(`an image of a cursor or an icon: expected ${what}, got ${given.length} bytes`);
  }
  return { width, height, bytes: given };
}

const CHANNELS = 4;
