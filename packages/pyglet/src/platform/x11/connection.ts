/**
 * A connection to an X server: its windows, their events, and what the server refuses.
 *
 * Events are taken with `XPending`, which also sends what waits to be sent. The descriptor tells of what comes, except
 * what a round trip has read already: so events are taken before each wait and after each frame.
 */
import { byref, c_int, c_ulong, type Pointer } from "ctypes-js";
import { type Config, ContextException } from "../../gl/config.ts";
import { libX11 as XKB } from "../../native/generated/XKBlib.ts";
import {
  ClientMessage,
  type Display,
  libX11,
  SelectionClear,
  SelectionNotify,
  SelectionRequest,
  XEvent,
  type XIM,
} from "../../native/generated/Xlib.ts";
import {
  NoSuchDisplayException,
  type PlatformDisplay,
  type ScreenArea,
  type ScreenMode,
  type Sink,
  type WindowOptions,
} from "../interface.ts";
import { Clipboard } from "./clipboard.ts";
import { hasOpenGL, matchConfigs } from "./configs.ts";
import { DisplayLostError, noteErrors, noteLoss, throwErrors } from "./errors.ts";
import { openInputMethod } from "./input.ts";
import { type Link, readNumbers } from "./link.ts";
import { Screens } from "./screens.ts";
import { X11Window } from "./window.ts";

export class X11Display implements PlatformDisplay, Link {
  readonly name: string;
  readonly display: Pointer<Display>;
  readonly root: number;
  readonly fd: number;
  readonly inputMethod: XIM | null;
  readonly windows = new Map<number, X11Window>();
  readonly #event = new XEvent();
  readonly #atoms = new Map<string, number>();
  readonly #clipboard: Clipboard;
  readonly #screens: Screens;
  readonly #keep: unknown;
  /** What our own side has to tell with the next events. */
  readonly #told: (() => void)[] = [];
  #depth = 0;
  #isLost = false;
  #isClosed = false;

  /** Opens the display of that name; null for the one in the environment. @throws NoSuchDisplayException */
  constructor(name: string | null) {
    noteErrors();
    const display = libX11.XOpenDisplay(name);
    if (display === null) {
      const where = name ?? process.env.DISPLAY;
      const reason = where === undefined || where === "" ? "DISPLAY is not set" : `there is no display ${where}`;
      throw new NoSuchDisplayException(`no window can be opened: ${reason}`);
    }
    this.display = display;
    this.name = name ?? process.env.DISPLAY ?? "";
    this.#keep = noteLoss(display, () => {
      this.#isLost = true;
    });
    this.root = libX11.XDefaultRootWindow(display);
    this.fd = libX11.XConnectionNumber(display);
    this.inputMethod = openInputMethod(display);
    // A key that is held sends presses alone, as it is not let go.
    XKB.XkbSetDetectableAutoRepeat(display, 1, byref(new c_int()));
    this.#clipboard = new Clipboard(this);
    this.#screens = new Screens(display, this.root);
    // Else the desktop would keep a mode that it did not choose.
    process.once("exit", this.#restoreModes);
  }

  /** The atom of a name. */
  atom(name: string): number {
    let atom = this.#atoms.get(name);
    if (atom === undefined) {
      atom = libX11.XInternAtom(this.display, name, 0);
      this.#atoms.set(name, atom);
    }
    return atom;
  }

  screens(): readonly ScreenArea[] {
    this.#throwIfLost();
    return this.#screens.areas();
  }

  areaAt(x: number, y: number): ScreenArea {
    const areas = this.screens();
    const isThere = (area: ScreenArea) =>
      x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
    return areas.find(isThere) ?? areas[0]!;
  }

  modes(area: ScreenArea): readonly ScreenMode[] {
    return this.#screens.modes(area);
  }

  mode(area: ScreenArea): ScreenMode {
    return this.#screens.mode(area);
  }

  setMode(area: ScreenArea, mode: ScreenMode): void {
    this.#screens.setMode(area, mode);
    this.sync();
  }

  restoreMode(area: ScreenArea): void {
    this.#screens.restore(area);
  }

  within(window: number, x: number, y: number): readonly [number, number] {
    const [left, top, child] = [new c_int(), new c_int(), new c_ulong()];
    libX11.XTranslateCoordinates(this.display, this.root, window, x, y, byref(left), byref(top), byref(child));
    return [left.value, top.value];
  }

  configs(template: Config): readonly Config[] {
    this.#needOpenGL();
    return matchConfigs(this.display, template);
  }

  get isOver(): boolean {
    return this.#isLost || this.#isClosed;
  }

  createWindow(options: WindowOptions, sink: Sink): X11Window {
    this.#needOpenGL();
    return new X11Window(this, options, sink);
  }

  /** Has something told with the next events. */
  tell(call: () => void): void {
    this.#told.push(call);
  }

  /** Takes all events. @throws XError for what the server refused. @throws DisplayLostError */
  dispatch(): void {
    this.#throwIfLost();
    const event = this.#depth === 0 ? this.#event : new XEvent();
    this.#depth++;
    try {
      for (let call = this.#told.shift(); call !== undefined; call = this.#told.shift()) call();
      while (!this.#isClosed && libX11.XPending(this.display) > 0 && !this.#isLost) {
        libX11.XNextEvent(this.display, event);
        this.#handle(event);
      }
    } finally {
      this.#depth--;
    }
    this.#throwIfLost();
    throwErrors();
  }

  sync(): void {
    this.#throwIfLost();
    libX11.XSync(this.display, 0);
    this.#throwIfLost();
    throwErrors();
  }

  clipboard(): Promise<string> {
    return this.#clipboard.get();
  }

  setClipboard(text: string): void {
    this.#clipboard.set(text);
  }

  /** Whether a window manager looks after windows. */
  hasManager(): boolean {
    return readNumbers(this, this.root, this.atom("_NET_SUPPORTING_WM_CHECK")).length > 0;
  }

  close(): void {
    if (this.#isClosed) return;
    process.removeListener("exit", this.#restoreModes);
    this.#isClosed = true;
    void this.#keep;
    if (this.#isLost) return;
    this.#restoreModes();
    if (this.inputMethod !== null) libX11.XCloseIM(this.inputMethod);
    libX11.XCloseDisplay(this.display);
  }

  readonly #restoreModes = (): void => {
    if (!this.#isLost) this.#screens.restoreAll();
  };

  #handle(event: XEvent): void {
    const isFiltered = libX11.XFilterEvent(event, 0) !== 0;
    const { type } = event;
    const window = this.windows.get(event.xany.window);
    const isOfClipboard = type === SelectionNotify && window === undefined;
    if (type === SelectionRequest || type === SelectionClear || isOfClipboard) {
      this.#clipboard.handle(event);
      return;
    }
    if (isFiltered && type === ClientMessage) return;
    window?.handle(event, isFiltered);
  }

  #needOpenGL(): void {
    this.#throwIfLost();
    if (!hasOpenGL(this.display)) {
      throw new ContextException(`the display ${this.name} has no OpenGL: its X server runs without GLX`);
    }
  }

  #throwIfLost(): void {
    if (this.#isLost) throw new DisplayLostError(`the connection to the display ${this.name} was lost`);
    if (this.#isClosed) throw new DisplayLostError(`the connection to the display ${this.name} is closed`);
  }
}
