/** A window of X with an OpenGL context of GLX. */
import { libGL } from "../../native/generated/glx.ts";
import * as X from "../../native/generated/Xlib.ts";
import type { Picture, PlatformWindow, ScreenArea, Sink, WindowOptions } from "../interface.ts";
import { chooseConfig } from "./configs.ts";
import { X11Context } from "./context.ts";
import { emptyCursor, fontCursor, pictureCursor } from "./cursors.ts";
import { translate, type WindowState } from "./events.ts";
import { TextInput } from "./input.ts";
import type { EventTaker, Link } from "./link.ts";
import { writeNumbers } from "./link.ts";
import { askManager, setHints, setStates, setStyle, setTitle } from "./manager.ts";

const { libX11 } = X;
const EVENTS =
  X.KeyPressMask |
  X.KeyReleaseMask |
  X.ButtonPressMask |
  X.ButtonReleaseMask |
  X.PointerMotionMask |
  X.EnterWindowMask |
  X.LeaveWindowMask |
  X.ExposureMask |
  X.StructureNotifyMask |
  X.FocusChangeMask |
  X.PropertyChangeMask;

const XA_ATOM = 4;
const XA_CARDINAL = 6;

export class X11Window implements PlatformWindow, EventTaker {
  readonly id: number;
  readonly context: X11Context;
  readonly #link: Link;
  readonly #state: WindowState;
  readonly #colormap: number;
  readonly #resizable: boolean;
  #limits: { minimum: readonly [number, number] | null; maximum: readonly [number, number] | null };
  #windowed: readonly [number, number, number, number] | null = null;
  #cursor = 0;
  #named = 0;
  #isCursorVisible = true;
  #isClosed = false;

  constructor(link: Link, options: WindowOptions, sink: Sink) {
    const { display, root } = link;
    const { width, height, x, y } = options;
    this.#link = link;
    const config = chooseConfig(display, options.config);
    const visual = libGL.glXGetVisualFromFBConfig(display, config.frameBuffer);
    if (visual === null) throw new Error("the configuration has no visual: no window can show it");
    const { visual: kind, depth } = visual.contents;
    this.#colormap = libX11.XCreateColormap(display, root, kind, X.AllocNone);
    const attributes = new X.XSetWindowAttributes({ colormap: this.#colormap, event_mask: EVENTS });
    const mask = X.CWColormap | X.CWEventMask | X.CWBorderPixel | X.CWBackPixel;
    const place = [x ?? 0, y ?? 0] as const;
    const type = X.InputOutput;
    this.id = libX11.XCreateWindow(display, root, ...place, width, height, 0, depth, type, kind, mask, attributes);
    libX11.XFree(visual);
    this.context = new X11Context(link, this.id, config, options.share);
    this.#state = this.#makeState(options, sink);
    this.#resizable = options.resizable;
    this.#limits = { minimum: null, maximum: null };
    link.windows.set(this.id, this);

    const protocols = [link.atom("WM_DELETE_WINDOW"), link.atom("_NET_WM_PING")];
    writeNumbers(link, this.id, link.atom("WM_PROTOCOLS"), XA_ATOM, protocols);
    writeNumbers(link, this.id, link.atom("_NET_WM_PID"), XA_CARDINAL, [process.pid]);
    setStyle(link, this.id, options.style);
    setTitle(link, this.id, options.caption);
    this.#setHints(x === null || y === null ? null : [x, y]);
    // The first size is told, too: pictures are laid out by it.
    link.tell(() => this.#tell(() => sink.emit("on_resize", this.#state.width, this.#state.height)));
  }

  /** Takes an event of X. */
  handle(event: X.XEvent, isFiltered: boolean): void {
    if (this.#isClosed) return;
    if (event.type === X.ClientMessage && this.#state.isProtocol(event.xclient, "_NET_WM_PING")) {
      event.xclient.window = this.#link.root;
      libX11.XSendEvent(this.#link.display, this.#link.root, 0, X.SubstructureNotifyMask, event);
      return;
    }
    if (!this.#state.sink.platform_event(event.type, event)) translate(this.#state, event, isFiltered);
  }

  size(): readonly [number, number] {
    return [this.#state.width, this.#state.height];
  }

  flip(): void {
    this.context.flip();
  }

  setVsync(on: boolean): void {
    this.context.set_current();
    this.context.setVsync(on);
  }

  setCaption(text: string): void {
    setTitle(this.#link, this.id, text);
  }

  setSize(width: number, height: number): void {
    const { sink } = this.#state;
    [this.#state.width, this.#state.height] = [width, height];
    this.#setHints(null);
    libX11.XResizeWindow(this.#link.display, this.id, width, height);
    this.#link.tell(() => this.#tell(() => sink.emit("on_resize", width, height)));
  }

  setLimits(minimum: readonly [number, number] | null, maximum: readonly [number, number] | null): void {
    this.#limits = { minimum, maximum };
    this.#setHints(null);
  }

  location(): readonly [number, number] {
    return [this.#state.x, this.#state.y];
  }

  setLocation(x: number, y: number): void {
    this.#setHints([x, y]);
    libX11.XMoveWindow(this.#link.display, this.id, x, y);
  }

  setVisible(visible: boolean): void {
    if (visible) libX11.XMapRaised(this.#link.display, this.id);
    else libX11.XUnmapWindow(this.#link.display, this.id);
    libX11.XFlush(this.#link.display);
  }

  minimize(): void {
    // Without a manager nobody else takes the window away.
    if (this.#link.hasManager()) libX11.XIconifyWindow(this.#link.display, this.id, 0);
    else this.setVisible(false);
  }

  maximize(): void {
    setStates(this.#link, this.id, true, "_NET_WM_STATE_MAXIMIZED_HORZ", "_NET_WM_STATE_MAXIMIZED_VERT");
  }

  activate(): void {
    const { display } = this.#link;
    libX11.XRaiseWindow(display, this.id);
    if (this.#link.hasManager()) askManager(this.#link, this.id, "_NET_ACTIVE_WINDOW", [1]);
    else if (this.#isViewable()) libX11.XSetInputFocus(display, this.id, X.RevertToParent, X.CurrentTime);
  }

  setFullscreen(area: ScreenArea | null): void {
    const { width, height, x, y } = this.#state;
    if (area !== null) this.#windowed ??= [x, y, width, height];
    const goal = area === null ? this.#windowed : ([area.x, area.y, area.width, area.height] as const);
    if (area === null) this.#windowed = null;
    if (goal === null) return;
    if (this.#link.hasManager()) {
      this.#setHints(null);
      setStates(this.#link, this.id, area !== null, "_NET_WM_STATE_FULLSCREEN");
      return;
    }
    this.#setHints([goal[0], goal[1]]);
    libX11.XMoveResizeWindow(this.#link.display, this.id, ...goal);
    if (area !== null) this.activate();
  }

  setCursor(name: string | null): void {
    this.#useCursor(name === null ? 0 : fontCursor(this.#link.display, name));
  }

  setPictureCursor(picture: Picture, hotX: number, hotY: number): void {
    this.#useCursor(pictureCursor(this.#link.display, this.#link.root, picture, hotX, hotY));
  }

  setCursorVisible(visible: boolean): void {
    this.#isCursorVisible = visible;
    this.#showCursor();
  }

  setExclusiveMouse(exclusive: boolean): void {
    const { display } = this.#link;
    const state = this.#state as { centre: readonly [number, number] | null };
    if (exclusive) {
      state.centre = [this.#state.width >> 1, this.#state.height >> 1];
      const events = X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask;
      const mode = X.GrabModeAsync;
      libX11.XGrabPointer(display, this.id, 1, events, mode, mode, this.id, 0, X.CurrentTime);
      this.#state.recentre();
    } else {
      state.centre = null;
      libX11.XUngrabPointer(display, X.CurrentTime);
    }
  }

  setExclusiveKeyboard(exclusive: boolean): void {
    const { display } = this.#link;
    const mode = X.GrabModeAsync;
    if (exclusive) libX11.XGrabKeyboard(display, this.id, 0, mode, mode, X.CurrentTime);
    else libX11.XUngrabKeyboard(display, X.CurrentTime);
  }

  setIcon(pictures: readonly Picture[]): void {
    const numbers = pictures.flatMap((picture) => [picture.width, picture.height, ...colours(picture)]);
    writeNumbers(this.#link, this.id, this.#link.atom("_NET_WM_ICON"), XA_CARDINAL, numbers);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#link.windows.delete(this.id);
    this.#state.input.close();
    this.context.close();
    const { display } = this.#link;
    for (const cursor of [this.#cursor, this.#named]) if (cursor !== 0) libX11.XFreeCursor(display, cursor);
    libX11.XDestroyWindow(display, this.id);
    libX11.XFreeColormap(display, this.#colormap);
    libX11.XFlush(display);
  }

  // -- Private -------------------------------------------------------------------------------------

  #makeState(options: WindowOptions, sink: Sink): WindowState {
    const { display, atom } = { display: this.#link.display, atom: (name: string) => this.#link.atom(name) };
    const state: WindowState = {
      input: new TextInput(this.#link.inputMethod, this.id),
      sink,
      width: options.width,
      height: options.height,
      x: options.x ?? 0,
      y: options.y ?? 0,
      mouseX: 0,
      mouseY: 0,
      centre: null,
      held: new Set(),
      recentre: () => {
        if (state.centre !== null) libX11.XWarpPointer(display, 0, this.id, 0, 0, 0, 0, ...state.centre);
      },
      isProtocol: ({ message_type, data }, name) =>
        message_type === atom("WM_PROTOCOLS") && data.l.at(0) === atom(name),
    };
    return state;
  }

  #tell(call: () => void): void {
    if (!this.#isClosed) call();
  }

  /** A window that cannot be resized is as small as it is large, but for the manager's fullscreen. */
  #setHints(location: readonly [number, number] | null): void {
    const fixed: readonly [number, number] = [this.#state.width, this.#state.height];
    const isFixed = !this.#resizable && this.#windowed === null;
    const limits = isFixed ? { minimum: fixed, maximum: fixed } : this.#limits;
    setHints(this.#link, this.id, { ...limits, location });
  }

  #isViewable(): boolean {
    const attributes = new X.XWindowAttributes();
    libX11.XGetWindowAttributes(this.#link.display, this.id, attributes);
    return attributes.map_state === X.IsViewable;
  }

  #useCursor(cursor: number): void {
    const old = this.#named;
    this.#named = cursor;
    this.#showCursor();
    if (old !== 0) libX11.XFreeCursor(this.#link.display, old);
  }

  #showCursor(): void {
    const { display, root } = this.#link;
    if (!this.#isCursorVisible && this.#cursor === 0) this.#cursor = emptyCursor(display, root);
    libX11.XDefineCursor(display, this.id, this.#isCursorVisible ? this.#named : this.#cursor);
  }
}

/** The pixels from the upper left one, as numbers: alpha, red, green, blue. */
function colours({ width, height, bytes }: Picture): number[] {
  const numbers: number[] = [];
  for (let y = height - 1; y >= 0; y--) {
    for (let at = y * width * 4; at < (y + 1) * width * 4; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = bytes.subarray(at, at + 4);
      numbers.push(alpha * 2 ** 24 + red * 2 ** 16 + green * 2 ** 8 + blue);
    }
  }
  return numbers;
}
