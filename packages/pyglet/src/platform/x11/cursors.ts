/** Cursors: those that X's cursor font has, pictures, and none. */
import { byref, type Pointer } from "ctypes-js";
import * as font from "../../native/generated/cursorfont.ts";
import { type Display, libX11, XColor } from "../../native/generated/Xlib.ts";
import type { Picture } from "../interface.ts";

/** The shapes of X's cursor font, by pyglet's names. */
const SHAPES: Readonly<Record<string, number>> = {
  crosshair: font.XC_crosshair,
  hand: font.XC_hand2,
  help: font.XC_question_arrow,
  no: font.XC_pirate,
  size: font.XC_fleur,
  size_up: font.XC_top_side,
  size_up_right: font.XC_top_right_corner,
  size_right: font.XC_right_side,
  size_down_right: font.XC_bottom_right_corner,
  size_down: font.XC_bottom_side,
  size_down_left: font.XC_bottom_left_corner,
  size_left: font.XC_left_side,
  size_up_left: font.XC_top_left_corner,
  size_up_down: font.XC_sb_v_double_arrow,
  size_left_right: font.XC_sb_h_double_arrow,
  text: font.XC_xterm,
  wait: font.XC_watch,
  wait_arrow: font.XC_watch,
};

/** The names of the cursors that a system has. */
const CURSOR_NAMES: readonly string[] = Object.keys(SHAPES);

/** A cursor of the system. @throws RangeError for a name that there is not. */
export function fontCursor(display: Pointer<Display>, name: string): number {
  const shape = SHAPES[name];
  if (shape === undefined) {
    throw new RangeError(`there is no cursor ${JSON.stringify(name)}; there are ${CURSOR_NAMES.join(", ")}`);
  }
  return libX11.XCreateFontCursor(display, shape);
}

/** A cursor that shows nothing. */
export function emptyCursor(display: Pointer<Display>, root: number): number {
  return pictureCursor(display, root, { width: 1, height: 1, bytes: new Uint8Array(4) }, 0, 0);
}

/**
 * A cursor of black and white: X's own cursors have two colours. Pixels of which less than half is covered are left
 * out.
 */
export function pictureCursor(display: Pointer<Display>, root: number, picture: Picture, hotX: number, hotY: number) {
  const { width, height, bytes } = picture;
  const stride = Math.ceil(width / 8);
  const [light, mask] = [new Uint8Array(stride * height), new Uint8Array(stride * height)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = ((height - 1 - y) * width + x) * 4;
      const [red = 0, green = 0, blue = 0, alpha = 0] = bytes.subarray(at, at + 4);
      const byte = y * stride + (x >> 3);
      if (alpha >= 128) mask[byte]! |= 1 << (x & 7);
      if (red + green + blue >= 384) light[byte]! |= 1 << (x & 7);
    }
  }
  const source = libX11.XCreateBitmapFromData(display, root, light, width, height);
  const covered = libX11.XCreateBitmapFromData(display, root, mask, width, height);
  const white = new XColor({ red: 0xffff, green: 0xffff, blue: 0xffff });
  const y = Math.max(0, Math.min(height - 1, height - 1 - hotY));
  const cursor = libX11.XCreatePixmapCursor(display, source, covered, byref(white), byref(new XColor()), hotX, y);
  libX11.XFreePixmap(display, source);
  libX11.XFreePixmap(display, covered);
  return cursor;
}
