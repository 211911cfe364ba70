/** `Window`: a window of the desktop with a context of OpenGL, and all of its events. */
import { event_loop, windows } from "../app/eventloop.ts";
import { type Display, get_display, type Screen } from "../display/display.ts";
import { EventDispatcher } from "../event/dispatcher.ts";
import type { Config } from "../gl/config.ts";
import { type Context, currentContext } from "../gl/current.ts";
import { gl } from "../gl/gl.ts";
import { ESCAPE, MOD_CAPSLOCK, MOD_NUMLOCK, MOD_SCROLLLOCK } from "../input/keynames.ts";
import { options as programOptions } from "../options.ts";
import type { PlatformWindow, Sink } from "../platform/interface.ts";
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
  style?: string | null;
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
}

const LOCKS = MOD_CAPSLOCK | MOD_NUMLOCK | MOD_SCROLLLOCK;

export class Window extends EventDispatcher<WindowEvents> {
  static {
    // A bundler may call it Window2, as X has a Window, too.
    Object.defineProperty(this, "name", { value: "Window", configurable: true });
    for (const name of EVENT_NAMES) this.register_event_type(name);
  }

  /** Whether it was asked to close while no event loop ran. */
  has_exit = false;
  /** Whether events have the window drawn; else only scheduled functions do. */
  invalid = true;

  readonly display: Display;
  readonly screen: Screen;
  readonly resizable: boolean;
  readonly style: string | null;
  readonly platform: PlatformWindow;
  #isClosed = false;
  #needsDrawing = true;
  #caption: string;
  #vsync: boolean;
  #isVisible = false;
  #projection: Projection = new Projection2D();

  /** @throws NoSuchDisplayException, NoSuchConfigException, ContextException */
  constructor(parameters: WindowParameters = {}) {
    super();
    const { width, height, caption, resizable = false, style = null, fullscreen = false } = parameters;
    this.display = parameters.display ?? parameters.screen?.display ?? get_display();
    this.screen = parameters.screen ?? this.display.get_default_screen();
    this.resizable = resizable;
    this.style = style;
    this.#caption = caption ?? process.argv[1] ?? "";
    this.#vsync = programOptions.vsync ?? parameters.vsync ?? true;
    const { config } = parameters;
    this.platform = this.display.platform.createWindow(
      {
        width: size("width", width ?? 640),
        height: size("height", height ?? 480),
        caption: this.#caption,
        resizable,
        style,
        fileDrops: parameters.file_drops ?? false,
        x: null,
        y: null,
        config: config?.is_complete() ? config : this.screen.get_best_config(config),
        share: parameters.context === undefined ? currentContext() : parameters.context,
      },
      this.#sink(),
    );
    windows.add(this);
    this.switch_to();
    this.platform.setVsync(this.#vsync);
    if (fullscreen) this.set_fullscreen(true);
    if (parameters.visible ?? true) {
      this.set_visible(true);
      this.activate();
    }
  }

  // -- What it is ----------------------------------------------------------------------------------

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

  get caption(): string {
    return this.#caption;
  }

  get vsync(): boolean {
    return this.#vsync;
  }

  get visible(): boolean {
    return this.#isVisible;
  }

  get context(): Context {
    return this.platform.context;
  }

  /** What its context has. */
  get config(): Config {
    return this.platform.context.config;
  }

  /** What the usual `on_resize` sets; a new one is set at once. */
  get projection(): Projection {
    return this.#projection;
  }

  set projection(projection: Projection) {
    this.#projection = projection;
    projection.set(...this.get_size(), ...this.get_framebuffer_size());
  }

  // -- Drawing -------------------------------------------------------------------------------------

  /** Has OpenGL draw to this window. @throws ContextException */
  switch_to(): void {
    this.#throwIfClosed("switch_to");
    this.platform.context.set_current();
  }

  /** Clears the colours and depths of the current context. */
  clear(): void {
    gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT);
  }

  /** Shows what was drawn. */
  flip(): void {
    this.#throwIfClosed("flip");
    this.platform.flip();
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
    this.#throwIfClosed("dispatch_events");
    this.display.platform.dispatch();
  }

  override dispatch_event<N extends keyof WindowEvents>(name: N, ...args: Parameters<WindowEvents[N]>): boolean {
    this.#needsDrawing = true;
    return super.dispatch_event(name, ...(args as never));
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

  // -- What the desktop does with it ---------------------------------------------------------------

  get_size(): [number, number] {
    return [...this.platform.size()];
  }

  /** The size of what is drawn, in pixels. */
  get_framebuffer_size(): [number, number] {
    return this.get_size();
  }

  set_size(width: number, height: number): void {
    this.#throwIfClosed("set_size");
    this.platform.setSize(size("width", width), size("height", height));
  }

  set_caption(caption: string): void {
    this.#throwIfClosed("set_caption");
    this.#caption = String(caption);
    this.platform.setCaption(this.#caption);
  }

  set_vsync(vsync: boolean): void {
    this.switch_to();
    this.#vsync = programOptions.vsync ?? vsync;
    this.platform.setVsync(this.#vsync);
  }

  set_visible(visible = true): void {
    this.#throwIfClosed("set_visible");
    this.platform.setVisible(visible);
    this.#isVisible = visible;
  }

  /** Puts it above other windows and gives it the keyboard. */
  activate(): void {
    this.#throwIfClosed("activate");
    this.platform.activate();
  }

  set_fullscreen(fullscreen = true): void {
    this.#throwIfClosed("set_fullscreen");
    this.platform.setFullscreen(fullscreen ? this.screen : null);
  }

  /** Closes the window; with the last one the event loop ends. Closing again does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    windows.delete(this);
    this.platform.close();
    event_loop.dispatch_event("on_window_close", this);
  }

  override toString(): string {
    return `${this.constructor.name}(width=${this.width}, height=${this.height})`;
  }

  // -- Private -------------------------------------------------------------------------------------

  #sink(): Sink {
    return {
      emit: (name, ...args) => void this.dispatch_event(name, ...args),
      platform_event: () => false,
    };
  }

  #throwIfClosed(method: string): void {
    if (this.#isClosed) throw new Error(`${this.constructor.name}.${method}(): the window was closed`);
  }
}

function size(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= LARGEST) return value;
  throw new RangeError(`Window(): ${name}: expected a number of pixels from 1 to ${LARGEST}, got ${String(value)}`);
}

/** X has no larger windows. */
const LARGEST = 32767;
