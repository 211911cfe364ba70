/** `Window`: a window of the desktop with a context of OpenGL, and all of its events. */
import { event_loop, windows } from "../app/eventloop.ts";
import { type Display, get_display, type Screen, type ScreenMode } from "../display/display.ts";
import type { Config } from "../gl/config.ts";
import { type Context, currentContext } from "../gl/current.ts";
import { gl } from "../gl/gl.ts";
import { ESCAPE, MOD_CAPSLOCK, MOD_NUMLOCK, MOD_SCROLLLOCK } from "../input/keynames.ts";
import { options as programOptions } from "../options.ts";
import type { PlatformWindow, Sink } from "../platform/interface.ts";
import { checkedSize, DesktopWindow, type WindowStyle } from "./desktop.ts";
import { EVENT_NAMES, type WindowEvents } from "./events.ts";
import { type Projection, Projection2D } from "./projection.ts";

/** What a window is made of; everything has a usual value. */
export interface WindowParameters {
  /** 640 by 480 pixels, where it is not said; the screen's where the window is fullscreen. */
  width?: number;
  height?: number;
  /** The program's file where it is not said. */
  caption?: string;
  resizable?: boolean;
  style?: WindowStyle;
  fullscreen?: boolean;
  visible?: boolean;
  vsync?: boolean;
  /** Whether files may be dropped on it. */
  file_drops?: boolean;
  display?: Display;
  screen?: Screen;
  /** A template, or one that `screen.get_matching_configs` gave. */
  config?: Config;
  /** Whose textures, lists and buffers the window shares: null for none, by default the current context's. */
  context?: Context | null;
  /** What the screen is switched to while the window is fullscreen. */
  mode?: ScreenMode;
}

/** What a window does with an event of the window system itself. */
export type PlatformHandler = (event: never) => unknown;

const LOCKS = MOD_CAPSLOCK | MOD_NUMLOCK | MOD_SCROLLLOCK;
const USUAL_WIDTH = 640;
const USUAL_HEIGHT = 480;

export class Window extends DesktopWindow {
  static {
    // A bundler may call it Window2, as X has a Window, too.
    Object.defineProperty(this, "name", { value: "Window", configurable: true });
    for (const name of EVENT_NAMES) this.register_event_type(name);
  }

  /** Whether it was asked to close while no event loop ran. */
  has_exit = false;
  /** Whether events have the window drawn; else only scheduled functions do. */
  invalid = true;

  readonly #platform: PlatformWindow;
  readonly #platformHandlers = new Map<number, PlatformHandler>();
  /** Where the mouse is, for cursors that draw themselves; null while it is elsewhere. */
  #mouse: readonly [number, number] | null = null;
  #isClosed = false;
  #needsDrawing = true;
  #vsync: boolean;
  #projection: Projection = new Projection2D();

  /** @throws NoSuchDisplayException, NoSuchConfigException, ContextException */
  constructor(parameters: WindowParameters = {}) {
    const { caption, resizable = false, style = null, fullscreen = false, config, mode } = parameters;
    const screen = parameters.screen ?? (parameters.display ?? get_display()).get_default_screen();
    const width = checkedSize("", "width", parameters.width ?? USUAL_WIDTH);
    const height = checkedSize("", "height", parameters.height ?? USUAL_HEIGHT);
    super(screen, caption ?? process.argv[1] ?? "", resizable, style);
    this.#vsync = programOptions.vsync ?? parameters.vsync ?? true;
    this.#platform = this.display.platform.createWindow(
      {
        width,
        height,
        caption: this.caption,
        resizable,
        style,
        fileDrops: parameters.file_drops ?? false,
        config: config?.is_complete() ? config : screen.get_best_config(config),
        share: parameters.context === undefined ? currentContext() : parameters.context,
      },
      this.#sink(),
    );
    windows.add(this);
    this.switch_to();
    this.#platform.setVsync(this.#vsync);
    if (fullscreen) {
      const { width: wide, height: high } = parameters;
      this.set_fullscreen(true, { ...(mode && { mode }), ...(wide && { width: wide }), ...(high && { height: high }) });
    }
    if (parameters.visible ?? true) {
      this.set_visible(true);
      this.activate();
    }
  }

  /** What the window system has of it: on X its `id` is the window's number. */
  get platform(): PlatformWindow {
    return this.open("platform");
  }

  // -- Drawing -------------------------------------------------------------------------------------

  /** The context of OpenGL that draws to it. */
  get context(): Context {
    return this.#platform.context;
  }

  /** What its context has. */
  get config(): Config {
    return this.#platform.context.config;
  }

  /** What the usual `on_resize` sets; a new one is set at once. */
  get projection(): Projection {
    return this.#projection;
  }

  set projection(projection: Projection) {
    this.#projection = projection;
    projection.set(...this.get_size(), ...this.get_framebuffer_size());
  }

  get vsync(): boolean {
    return this.#vsync;
  }

  set_vsync(vsync: boolean): void {
    this.#vsync = programOptions.vsync ?? vsync;
    this.open("set_vsync").setVsync(this.#vsync);
  }

  /** Has OpenGL draw to this window. @throws ContextException */
  switch_to(): void {
    this.open("switch_to").context.set_current();
  }

  /** Clears the colours and depths of the current context. */
  clear(): void {
    gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT);
  }

  /**
   * Shows what was drawn. The window's own context is current meanwhile: a cursor that draws itself draws with it, and
   * only of the current one does X wait until all is drawn.
   */
  flip(): void {
    const platform = this.open("flip");
    const before = currentContext();
    this.switch_to();
    try {
      if (this.is_cursor_drawn) this.draw_mouse_cursor();
      platform.flip();
    } finally {
      if (before !== platform.context) before?.set_current();
    }
  }

  /** Draws a cursor that draws itself, where the mouse is; `flip` does so. */
  draw_mouse_cursor(): void {
    if (this.#mouse === null) return;
    gl.glMatrixMode(gl.GL_PROJECTION);
    gl.glPushMatrix();
    gl.glLoadIdentity();
    gl.glOrtho(0, this.width, 0, this.height, -1, 1);
    gl.glMatrixMode(gl.GL_MODELVIEW);
    gl.glPushMatrix();
    gl.glLoadIdentity();
    this.mouse_cursor.draw(...this.#mouse);
    gl.glMatrixMode(gl.GL_PROJECTION);
    gl.glPopMatrix();
    gl.glMatrixMode(gl.GL_MODELVIEW);
    gl.glPopMatrix();
  }

  /** Dispatches `on_draw` and shows what it drew; the event loop calls it. */
  draw(_dt: number): void {
    this.switch_to();
    this.#needsDrawing = false;
    super.dispatch_event("on_draw");
    if (!this.#isClosed) this.flip();
  }

  /** Whether an event came since it was drawn. */
  get needs_drawing(): boolean {
    return this.invalid && this.#needsDrawing;
  }

  // -- Events --------------------------------------------------------------------------------------

  /** Takes the events that have come, for programs without the event loop. */
  dispatch_events(): void {
    this.open("dispatch_events");
    this.display.platform.dispatch();
  }

  override dispatch_event<N extends keyof WindowEvents>(name: N, ...args: Parameters<WindowEvents[N]>): boolean {
    this.#needsDrawing = true;
    return super.dispatch_event(name, ...(args as never));
  }

  /**
   * Has a function see the events of the window system of one type, on X such as `xlib.PropertyNotify`, before they are
   * translated. The event is valid until it returns; when it returns true, nobody else sees the event.
   */
  platform_event(type: number, handler: PlatformHandler): void {
    this.#platformHandlers.set(type, handler);
  }

  /** The usual handler sets the projection. */
  on_resize(width: number, height: number): unknown {
    this.#projection.set(width, height, ...this.get_framebuffer_size());
    return undefined;
  }

  /** The usual handler closes the window while the event loop runs. */
  on_close(): unknown {
    this.has_exit = true;
    if (event_loop.is_running) this.close();
    return undefined;
  }

  /** The usual handler closes the window with Escape. */
  on_key_press(symbol: number, modifiers: number): unknown {
    if (symbol === ESCAPE && (modifiers & ~LOCKS) === 0) this.dispatch_event("on_close");
    return undefined;
  }

  /** Closes the window; with the last one the event loop ends. Closing again does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    windows.delete(this);
    if (this.fullscreen && !this.display.platform.isOver) this.screen.restore_mode();
    this.#platform.close();
    event_loop.dispatch_event("on_window_close", this);
  }

  override toString(): string {
    const size = this.#isClosed ? "closed" : `width=${this.width}, height=${this.height}`;
    return `${this.constructor.name}(${size})`;
  }

  // -- Private -------------------------------------------------------------------------------------

  protected override open(method: string): PlatformWindow {
    if (this.#isClosed) throw new Error(`${this.constructor.name}.${method}(): the window was closed`);
    return this.#platform;
  }

  #sink(): Sink {
    return {
      emit: (name, ...args) => {
        if (MOUSE_EVENTS.has(name))
          this.#mouse = name === "on_mouse_leave" ? null : (args as never as [number, number]);
        this.#switchFor(name);
        this.dispatch_event(name, ...args);
      },
      platform_event: (type, event) => {
        const handler = this.#platformHandlers.get(type);
        return handler !== undefined && handler(event as never) === true;
      },
    };
  }

  /** Handlers of the size draw, such as the usual one: to this window. */
  #switchFor(name: string): void {
    if (name === "on_resize" || name === "on_expose") this.switch_to();
  }
}

const MOUSE_EVENTS: ReadonlySet<string> = new Set([
  "on_mouse_motion",
  "on_mouse_drag",
  "on_mouse_enter",
  "on_mouse_leave",
]);
