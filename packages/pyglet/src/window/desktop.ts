/** What of a window the desktop has to do with: its size, place, caption, cursor, icon and clipboard. */
import type { Display, Screen, ScreenMode } from "../display/display.ts";
import { EventDispatcher } from "../event/dispatcher.ts";
import type { Picture, PlatformWindow } from "../platform/interface.ts";
import {
  DefaultMouseCursor,
  ImageMouseCursor,
  MouseCursor,
  type PictureSource,
  pictureOf,
  SystemMouseCursor,
} from "./cursor.ts";
import type { WindowEvents } from "./events.ts";

/** The names of the cursors that a desktop has, as `CURSOR_HAND` and the like. */
const CURSORS = {
  CURSOR_DEFAULT: null,
  CURSOR_CROSSHAIR: "crosshair",
  CURSOR_HAND: "hand",
  CURSOR_HELP: "help",
  CURSOR_NO: "no",
  CURSOR_SIZE: "size",
  CURSOR_SIZE_UP: "size_up",
  CURSOR_SIZE_UP_RIGHT: "size_up_right",
  CURSOR_SIZE_RIGHT: "size_right",
  CURSOR_SIZE_DOWN_RIGHT: "size_down_right",
  CURSOR_SIZE_DOWN: "size_down",
  CURSOR_SIZE_DOWN_LEFT: "size_down_left",
  CURSOR_SIZE_LEFT: "size_left",
  CURSOR_SIZE_UP_LEFT: "size_up_left",
  CURSOR_SIZE_UP_DOWN: "size_up_down",
  CURSOR_SIZE_LEFT_RIGHT: "size_left_right",
  CURSOR_TEXT: "text",
  CURSOR_WAIT: "wait",
  CURSOR_WAIT_ARROW: "wait_arrow",
} as const;

/** What kind of window the desktop makes of it. */
const STYLES = {
  WINDOW_STYLE_DEFAULT: null,
  WINDOW_STYLE_DIALOG: "dialog",
  WINDOW_STYLE_TOOL: "tool",
  WINDOW_STYLE_BORDERLESS: "borderless",
  WINDOW_STYLE_TRANSPARENT: "transparent",
  WINDOW_STYLE_OVERLAY: "overlay",
} as const;

export type WindowStyle = (typeof STYLES)[keyof typeof STYLES];
export type CursorName = (typeof CURSORS)[keyof typeof CURSORS];

/** Where and in which mode a window fills a screen. */
export interface FullscreenParameters {
  /** By default the one that the window was made for. */
  screen?: Screen;
  /** The screen is switched to it, and back when the window leaves it. */
  mode?: ScreenMode;
  /** The screen is switched to the smallest mode of at least this size. */
  width?: number;
  height?: number;
}

/** There is no mode of a size that was asked for. */
export class NoSuchScreenModeException extends Error {
  override readonly name = "NoSuchScreenModeException";
}

/** A window as the desktop sees it; `Window` adds drawing and events. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the prototype has what the interface says
export abstract class DesktopWindow extends EventDispatcher<WindowEvents> {
  static readonly WINDOW_STYLE_DEFAULT = STYLES.WINDOW_STYLE_DEFAULT;
  static readonly WINDOW_STYLE_DIALOG = STYLES.WINDOW_STYLE_DIALOG;
  static readonly WINDOW_STYLE_TOOL = STYLES.WINDOW_STYLE_TOOL;
  static readonly WINDOW_STYLE_BORDERLESS = STYLES.WINDOW_STYLE_BORDERLESS;
  static readonly WINDOW_STYLE_TRANSPARENT = STYLES.WINDOW_STYLE_TRANSPARENT;
  static readonly WINDOW_STYLE_OVERLAY = STYLES.WINDOW_STYLE_OVERLAY;

  readonly display: Display;
  readonly resizable: boolean;
  readonly style: WindowStyle;
  #screen: Screen;
  #caption: string;
  #isVisible = false;
  #isFullscreen = false;
  #isMouseVisible = true;
  #cursor: MouseCursor = new DefaultMouseCursor();
  #limits: { minimum: [number, number] | null; maximum: [number, number] | null } = { minimum: null, maximum: null };

  constructor(screen: Screen, caption: string, resizable: boolean, style: WindowStyle) {
    super();
    if (!Object.values(STYLES).includes(style)) {
      throw new TypeError(`Window(): style: expected one of Window.WINDOW_STYLE_…, got ${JSON.stringify(style)}`);
    }
    this.#screen = screen;
    this.display = screen.display;
    this.#caption = caption;
    this.resizable = resizable;
    this.style = style;
  }

  /** What the window system has of it; asking for it throws when the window was closed. */
  protected abstract open(method: string): PlatformWindow;

  get screen(): Screen {
    return this.#screen;
  }

  get caption(): string {
    return this.#caption;
  }

  get visible(): boolean {
    return this.#isVisible;
  }

  get fullscreen(): boolean {
    return this.#isFullscreen;
  }

  // -- Size and place ------------------------------------------------------------------------------

  get width(): number {
    return this.get_size()[0];
  }

  set width(width: number) {
    this.set_size(width, this.height);
  }

  get height(): number {
    return this.get_size()[1];
  }

  set height(height: number) {
    this.set_size(this.width, height);
  }

  get_size(): [number, number] {
    return [...this.open("get_size").size()];
  }

  /** The size of what is drawn, in pixels. */
  get_framebuffer_size(): [number, number] {
    return this.get_size();
  }

  /** How many pixels of what is drawn are one of the window's; 1 on X. */
  get_pixel_ratio(): number {
    return this.get_framebuffer_size()[0] / this.width;
  }

  /** @throws Error while it fills the screen. */
  set_size(width: number, height: number): void {
    const platform = this.open("set_size");
    if (this.#isFullscreen) throw new Error("Window.set_size(): the size of a fullscreen window is its screen's");
    platform.setSize(checkedSize("set_size", "width", width), checkedSize("set_size", "height", height));
  }

  /** Sizes between which a user may change a window that is resizable. */
  set_minimum_size(width: number, height: number): void {
    const platform = this.open("set_minimum_size");
    this.#limits.minimum = [
      checkedSize("set_minimum_size", "width", width),
      checkedSize("set_minimum_size", "height", height),
    ];
    platform.setLimits(this.#limits.minimum, this.#limits.maximum);
  }

  set_maximum_size(width: number, height: number): void {
    const platform = this.open("set_maximum_size");
    this.#limits.maximum = [
      checkedSize("set_maximum_size", "width", width),
      checkedSize("set_maximum_size", "height", height),
    ];
    platform.setLimits(this.#limits.minimum, this.#limits.maximum);
  }

  /** Where its upper left corner is on the desktop. */
  get_location(): [number, number] {
    return [...this.open("get_location").location()];
  }

  set_location(x: number, y: number): void {
    this.open("set_location").setLocation(x, y);
  }

  minimize(): void {
    this.open("minimize").minimize();
  }

  maximize(): void {
    this.open("maximize").maximize();
  }

  /** Has it fill a screen, or puts it back to where it was. @throws NoSuchScreenModeException */
  set_fullscreen(fullscreen = true, { screen, mode, width, height }: FullscreenParameters = {}): void {
    const platform = this.open("set_fullscreen");
    if (screen !== undefined && screen.display !== this.display) {
      throw new Error("Window.set_fullscreen(): the screen is one of another display than the window");
    }
    if (fullscreen) {
      this.#screen = screen ?? this.#screen;
      const wanted = mode ?? this.#modeFor(width, height);
      if (wanted !== null) this.#screen.set_mode(wanted);
      platform.setFullscreen(this.#screen);
    } else if (this.#isFullscreen) {
      this.#screen.restore_mode();
      platform.setFullscreen(null);
      if (width !== undefined || height !== undefined) platform.setSize(width ?? this.width, height ?? this.height);
    }
    this.#isFullscreen = fullscreen;
  }

  set_caption(caption: string): void {
    this.open("set_caption").setCaption(caption);
    this.#caption = caption;
  }

  set_visible(visible = true): void {
    this.open("set_visible").setVisible(visible);
    this.#isVisible = visible;
  }

  /** Puts it above other windows and gives it the keyboard. */
  activate(): void {
    this.open("activate").activate();
  }

  /** What managers and panels show for it; of several sizes they take the one that fits. */
  set_icon(...images: (PictureSource | Picture)[]): void {
    this.open("set_icon").setIcon(images.map(pictureOf));
  }

  // -- Mouse and keyboard --------------------------------------------------------------------------

  /** The cursor over it. */
  get mouse_cursor(): MouseCursor {
    return this.#cursor;
  }

  /** Whether a cursor that draws itself is to be drawn. */
  get is_cursor_drawn(): boolean {
    return this.#isMouseVisible && this.#cursor.gl_drawable;
  }

  set_mouse_visible(visible = true): void {
    this.#isMouseVisible = visible;
    this.set_mouse_platform_visible();
  }

  /** Whether the desktop shows its cursor; by default where the mouse is visible and its cursor draws nothing. */
  set_mouse_platform_visible(visible: boolean | null = null): void {
    const isShown = visible ?? (this.#isMouseVisible && !this.#cursor.gl_drawable);
    this.open("set_mouse_platform_visible").setCursorVisible(isShown);
  }

  /** A cursor, or null for the desktop's usual one. */
  set_mouse_cursor(cursor: MouseCursor | null = null): void {
    const platform = this.open("set_mouse_cursor");
    const next = cursor ?? new DefaultMouseCursor();
    if (!(next instanceof MouseCursor))
      throw new TypeError("Window.set_mouse_cursor(): expected a MouseCursor or null");
    if (next instanceof ImageMouseCursor) platform.setPictureCursor(next.picture, next.hot_x, next.hot_y);
    else platform.setCursor(next instanceof SystemMouseCursor ? next.cursor : null);
    this.#cursor = next;
    this.set_mouse_platform_visible();
  }

  /** A cursor of the desktop, by its name: `window.CURSOR_HAND`. @throws RangeError for no such name. */
  get_system_mouse_cursor(name: CursorName): MouseCursor {
    if (name === null) return new DefaultMouseCursor();
    const names = Object.values(CURSORS).filter((each) => each !== null);
    if (names.includes(name)) return new SystemMouseCursor(name);
    const list = names.join(", ");
    throw new RangeError(
      `Window.get_system_mouse_cursor(): there is no cursor ${JSON.stringify(name)}; there are ${list}`,
    );
  }

  /** Hides the mouse and keeps it inside: `on_mouse_motion` says how far it would have gone. */
  set_exclusive_mouse(exclusive = true): void {
    this.open("set_exclusive_mouse").setExclusiveMouse(exclusive);
  }

  /** Has keys that the desktop would take, too. */
  set_exclusive_keyboard(exclusive = true): void {
    this.open("set_exclusive_keyboard").setExclusiveKeyboard(exclusive);
  }

  /** Puts the mouse there. */
  set_mouse_position(x: number, y: number): void {
    this.open("set_mouse_position").setMousePosition(x, y);
  }

  // -- Clipboard -----------------------------------------------------------------------------------

  /** The text of the clipboard. Its owner is another program, so this takes a while, and the event loop must run. */
  get_clipboard_text(): Promise<string> {
    this.open("get_clipboard_text");
    return this.display.platform.clipboard();
  }

  /** Offers text to all programs, while this one runs. */
  set_clipboard_text(text: string): void {
    this.open("set_clipboard_text");
    this.display.platform.setClipboard(text);
  }

  #modeFor(width: number | undefined, height: number | undefined): ScreenMode | null {
    if (width === undefined && height === undefined) return null;
    const mode = this.#screen.get_closest_mode(width ?? 0, height ?? 0);
    if (mode === null && this.#screen.get_modes().length > 0) {
      throw new NoSuchScreenModeException(`the screen has no mode of ${width ?? 0} by ${height ?? 0} pixels or more`);
    }
    return mode;
  }
}

type Cursors = typeof CURSORS;
/** Windows have the names of cursors, as pyglet's do. */
export interface DesktopWindow extends Cursors {}
Object.assign(DesktopWindow.prototype, CURSORS);

/** X has no larger windows. */
const LARGEST = 32767;

/** A size in pixels. @throws RangeError */
export function checkedSize(method: string, name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= LARGEST) return value;
  const where = method === "" ? "Window()" : `Window.${method}()`;
  throw new RangeError(`${where}: ${name}: expected a number of pixels from 1 to ${LARGEST}, got ${String(value)}`);
}
