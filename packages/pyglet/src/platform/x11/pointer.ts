/** The mouse and the keyboard as one window has them: its cursor, and whether it has them for itself. */
import * as X from "../../native/generated/Xlib.ts";
import type { Picture } from "../interface.ts";
import { emptyCursor, fontCursor, pictureCursor } from "./cursors.ts";
import type { Link } from "./link.ts";

const { libX11 } = X;
const EVENTS = X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask | X.EnterWindowMask | X.LeaveWindowMask;

export class Pointer {
  readonly #link: Link;
  readonly #window: number;
  /** The cursor that the program has set; 0 for the desktop's. */
  #cursor = 0;
  #nothing = 0;
  #isVisible = true;
  #isActive = false;
  #isExclusive = false;
  #hasKeyboard = false;
  /** While the mouse is exclusive it is put back there, in X's coordinates. */
  centre: readonly [number, number] | null = null;

  constructor(link: Link, window: number) {
    this.#link = link;
    this.#window = window;
  }

  setCursor(name: string | null): void {
    this.#use(name === null ? 0 : fontCursor(this.#link.display, name));
  }

  setPictureCursor(picture: Picture, hotX: number, hotY: number): void {
    this.#use(pictureCursor(this.#link.display, this.#link.root, picture, hotX, hotY));
  }

  setVisible(visible: boolean): void {
    this.#isVisible = visible;
    this.#show();
  }

  /** Exclusive is only what is active: another window can be gone to by the keyboard. */
  setActive(isActive: boolean, width: number, height: number): void {
    this.#isActive = isActive;
    if (this.#isExclusive) this.#grab(isActive, width, height);
    if (this.#hasKeyboard) this.#grabKeyboard(isActive);
  }

  setExclusive(exclusive: boolean, width: number, height: number): void {
    if (exclusive === this.#isExclusive) return;
    this.#isExclusive = exclusive;
    if (this.#isActive || !exclusive) this.#grab(exclusive, width, height);
  }

  setExclusiveKeyboard(exclusive: boolean): void {
    if (exclusive === this.#hasKeyboard) return;
    this.#hasKeyboard = exclusive;
    if (this.#isActive || !exclusive) this.#grabKeyboard(exclusive);
  }

  /** Puts the mouse back. */
  recentre(): void {
    if (this.centre !== null) this.warp(...this.centre);
  }

  /** Puts the mouse there, in X's coordinates of the window. */
  warp(x: number, y: number): void {
    libX11.XWarpPointer(this.#link.display, 0, this.#window, 0, 0, 0, 0, x, y);
    libX11.XFlush(this.#link.display);
  }

  close(): void {
    const { display } = this.#link;
    if (this.centre !== null) libX11.XUngrabPointer(display, X.CurrentTime);
    if (this.#hasKeyboard) libX11.XUngrabKeyboard(display, X.CurrentTime);
    for (const cursor of [this.#cursor, this.#nothing]) if (cursor !== 0) libX11.XFreeCursor(display, cursor);
  }

  // -- Private -------------------------------------------------------------------------------------

  #grab(isOn: boolean, width: number, height: number): void {
    const { display } = this.#link;
    if (isOn) {
      const [window, mode] = [this.#window, X.GrabModeAsync];
      this.centre = [width >> 1, height >> 1];
      libX11.XGrabPointer(display, window, 1, EVENTS, mode, mode, window, 0, X.CurrentTime);
      this.recentre();
    } else {
      this.centre = null;
      libX11.XUngrabPointer(display, X.CurrentTime);
    }
    this.#show();
  }

  #grabKeyboard(isOn: boolean): void {
    const { display } = this.#link;
    const mode = X.GrabModeAsync;
    if (isOn) libX11.XGrabKeyboard(display, this.#window, 0, mode, mode, X.CurrentTime);
    else libX11.XUngrabKeyboard(display, X.CurrentTime);
  }

  #use(cursor: number): void {
    const old = this.#cursor;
    this.#cursor = cursor;
    this.#show();
    if (old !== 0) libX11.XFreeCursor(this.#link.display, old);
  }

  #show(): void {
    const { display, root } = this.#link;
    const isShown = this.#isVisible && this.centre === null;
    if (!isShown && this.#nothing === 0) this.#nothing = emptyCursor(display, root);
    libX11.XDefineCursor(display, this.#window, isShown ? this.#cursor : this.#nothing);
    libX11.XFlush(display);
  }
}
