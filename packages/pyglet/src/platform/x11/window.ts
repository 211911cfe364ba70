/** A window of X with an OpenGL context of GLX. */
import { libGL } from "../../native/generated/glx.ts";
import * as X from "../../native/generated/Xlib.ts";
import type { Picture, PlatformWindow, ScreenArea, Sink, WindowOptions } from "../interface.ts";
import { chooseConfig } from "./configs.ts";
import { X11Context } from "./context.ts";
import { FileDrop } from "./drop.ts";
import { translate, type WindowState } from "./events.ts";
import { TextInput } from "./input.ts";
import type { EventTaker, Link } from "./link.ts";
import { writeNumbers } from "./link.ts";
import { askManager, setClass, setHints, setStates, setStyle, setTitle } from "./manager.ts";
import { Pointer } from "./pointer.ts";

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

type Size = readonly [number, number];
type Area = readonly [x: number, y: number, width: number, height: number];

export class X11Window implements PlatformWindow, EventTaker {
  readonly id: number;
  readonly context: X11Context;
  readonly #link: Link;
  readonly #state: WindowState;
  readonly #colormap: number;
  readonly #resizable: boolean;
  readonly #pointer: Pointer;
  readonly #drop: FileDrop | null;
  #limits: { minimum: Size | null; maximum: Size | null } = { minimum: null, maximum: null };
  /** Where it was before it filled the screen; null while it does not. */
  #windowed: Area | null = null;
  #isClosed = false;

  constructor(link: Link, options: WindowOptions, sink: Sink) {
    const { display, root } = link;
    const { width, height } = options;
    this.#link = link;
    this.#resizable = options.resizable;
    const config = chooseConfig(display, options.config, isTransparent(options.style));
    const visual = libGL.glXGetVisualFromFBConfig(display, config.frameBuffer);
    if (visual === null) throw new Error("the configuration has no visual: no window can show it");
    const { visual: kind, depth } = visual.contents;
    this.#colormap = libX11.XCreateColormap(display, root, kind, X.AllocNone);
    // The old contents stay where they are, from the lower left corner, until what is new is drawn.
    const bit_gravity = X.SouthWestGravity;
    const attributes = new X.XSetWindowAttributes({ colormap: this.#colormap, event_mask: EVENTS, bit_gravity });
    const mask = X.CWColormap | X.CWEventMask | X.CWBorderPixel | X.CWBackPixel | X.CWBitGravity;
    const type = X.InputOutput;
    this.id = libX11.XCreateWindow(display, root, 0, 0, width, height, 0, depth, type, kind, mask, attributes);
    libX11.XFree(visual);
    this.context = new X11Context(link, this.id, config, options.share);
    this.#pointer = new Pointer(link, this.id);
    this.#state = this.#makeState(options, sink);
    link.windows.set(this.id, this);

    const protocols = [link.atom("WM_DELETE_WINDOW"), link.atom("_NET_WM_PING")];
    writeNumbers(link, this.id, link.atom("WM_PROTOCOLS"), XA_ATOM, protocols);
    writeNumbers(link, this.id, link.atom("_NET_WM_PID"), XA_CARDINAL, [process.pid]);
    setClass(link, this.id, options.caption);
    setStyle(link, this.id, options.style);
    setTitle(link, this.id, options.caption);
    this.#setHints(null);
    this.#drop = options.fileDrops
      ? new FileDrop(link, this.id, (x, y, paths) => sink.emit("on_file_drop", x, this.#state.height - y, paths))
      : null;
    // The first size is told, too: pictures are laid out by it.
    this.#tellSize();
  }

  /** Takes an event of X. */
  handle(event: X.XEvent, isFiltered: boolean): void {
    if (this.#isClosed) return;
    const { type } = event;
    if (this.#state.sink.platform_event(type, event) || this.#isClosed) return;
    if (type === X.FocusIn || type === X.FocusOut) this.#pointer.setActive(type === X.FocusIn, ...this.size());
    if (type === X.SelectionNotify) this.#drop?.selection(event.xselection);
    else if (type === X.ClientMessage && this.#drop?.message(event.xclient)) return;
    else if (type === X.ClientMessage && this.#state.isProtocol(event.xclient, "_NET_WM_PING")) this.#answer(event);
    else translate(this.#state, event, isFiltered);
  }

  size(): Size {
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
    libX11.XFlush(this.#link.display);
  }

  setSize(width: number, height: number): void {
    [this.#state.width, this.#state.height] = [width, height];
    this.#setHints(null);
    libX11.XResizeWindow(this.#link.display, this.id, width, height);
    this.#tellSize();
  }

  setLimits(minimum: Size | null, maximum: Size | null): void {
    this.#limits = { minimum, maximum };
    this.#setHints(null);
  }

  location(): Size {
    const [x, y] = this.#link.within(this.id, 0, 0);
    return [0 - x, 0 - y];
  }

  setLocation(x: number, y: number): void {
    this.#setHints([x, y]);
    libX11.XMoveWindow(this.#link.display, this.id, x, y);
    libX11.XFlush(this.#link.display);
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
    libX11.XFlush(this.#link.display);
  }

  maximize(): void {
    if (this.#link.hasManager()) {
      setStates(this.#link, this.id, true, "_NET_WM_STATE_MAXIMIZED_HORZ", "_NET_WM_STATE_MAXIMIZED_VERT");
      return;
    }
    const { x, y, width, height } = this.#link.areaAt(...this.location());
    this.#place([x, y, width, height]);
  }

  activate(): void {
    const { display } = this.#link;
    libX11.XRaiseWindow(display, this.id);
    if (this.#link.hasManager()) askManager(this.#link, this.id, "_NET_ACTIVE_WINDOW", [1]);
    else if (this.#isViewable()) libX11.XSetInputFocus(display, this.id, X.RevertToParent, X.CurrentTime);
    libX11.XFlush(display);
  }

  setFullscreen(area: ScreenArea | null): void {
    const goal = area === null ? this.#windowed : ([area.x, area.y, area.width, area.height] as const);
    if (goal === null) return;
    if (area === null) this.#windowed = null;
    else this.#windowed ??= [...this.location(), ...this.size()];
    if (this.#link.hasManager()) {
      this.#setHints(null);
      setStates(this.#link, this.id, area !== null, "_NET_WM_STATE_FULLSCREEN");
    }
    this.#place(goal);
    if (area !== null) this.activate();
  }

  setCursor(name: string | null): void {
    this.#pointer.setCursor(name);
  }

  setPictureCursor(picture: Picture, hotX: number, hotY: number): void {
    this.#pointer.setPictureCursor(picture, hotX, hotY);
  }

  setCursorVisible(visible: boolean): void {
    this.#pointer.setVisible(visible);
  }

  setExclusiveMouse(exclusive: boolean): void {
    this.#pointer.setExclusive(exclusive, ...this.size());
  }

  setExclusiveKeyboard(exclusive: boolean): void {
    this.#pointer.setExclusiveKeyboard(exclusive);
  }

  setMousePosition(x: number, y: number): void {
    this.#pointer.warp(x, this.#state.height - y);
  }

  setIcon(pictures: readonly Picture[]): void {
    const numbers = pictures.flatMap((picture) => [picture.width, picture.height, ...colours(picture)]);
    writeNumbers(this.#link, this.id, this.#link.atom("_NET_WM_ICON"), XA_CARDINAL, numbers);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#link.windows.delete(this.id);
    this.context.close();
    if (this.#link.isOver) return;
    this.#state.input.close();
    this.#pointer.close();
    const { display } = this.#link;
    libX11.XDestroyWindow(display, this.id);
    libX11.XFreeColormap(display, this.#colormap);
    libX11.XFlush(display);
  }

  // -- Private -------------------------------------------------------------------------------------

  #makeState({ width, height }: WindowOptions, sink: Sink): WindowState {
    const atom = (name: string) => this.#link.atom(name);
    return {
      input: new TextInput(this.#link.inputMethod, this.id),
      pointer: this.#pointer,
      sink,
      width,
      height,
      x: 0,
      y: 0,
      mouseX: 0,
      mouseY: 0,
      isMouseInside: false,
      held: new Set(),
      isProtocol: ({ message_type, data }, name) =>
        message_type === atom("WM_PROTOCOLS") && data.l.at(0) === atom(name),
    };
  }

  #answer(ping: X.XEvent): void {
    ping.xclient.window = this.#link.root;
    libX11.XSendEvent(this.#link.display, this.#link.root, 0, X.SubstructureNotifyMask, ping);
  }

  #tellSize(): void {
    const { sink, width, height } = this.#state;
    this.#link.tell(() => {
      if (!this.#isClosed) sink.emit("on_resize", width, height);
    });
  }

  #place([x, y, width, height]: Area): void {
    const isNew = width !== this.#state.width || height !== this.#state.height;
    [this.#state.width, this.#state.height] = [width, height];
    this.#setHints([x, y]);
    libX11.XMoveResizeWindow(this.#link.display, this.id, x, y, width, height);
    libX11.XFlush(this.#link.display);
    if (isNew) this.#tellSize();
  }

  /** A window that cannot be resized is as small as it is large, but for the manager's fullscreen. */
  #setHints(location: Size | null): void {
    const fixed = this.size();
    const isFixed = !this.#resizable && this.#windowed === null;
    const limits = isFixed ? { minimum: fixed, maximum: fixed } : this.#limits;
    setHints(this.#link, this.id, { ...limits, location });
  }

  #isViewable(): boolean {
    const attributes = new X.XWindowAttributes();
    libX11.XGetWindowAttributes(this.#link.display, this.id, attributes);
    return attributes.map_state === X.IsViewable;
  }
}

function isTransparent(style: string | null): boolean {
  return style === "transparent" || style === "overlay";
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
