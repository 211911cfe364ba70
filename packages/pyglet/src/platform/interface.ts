/**
 * What a window system does for windows: all that the modules above know of it. X11 is one, in `x11/`; another is a
 * folder beside it, and a line in `platform.ts`.
 *
 * Coordinates are pyglet's: pixels from the lower left corner of a window, and from the upper left one of the desktop.
 */
import type { EventSource } from "../app/eventloop.ts";
import type { Config } from "../gl/config.ts";
import type { Context } from "../gl/current.ts";

/** The events of a window, as its platform sends them, and as pyglet has them. */
export interface PlatformEvents {
  readonly on_key_press: (symbol: number, modifiers: number) => unknown;
  readonly on_key_release: (symbol: number, modifiers: number) => unknown;
  readonly on_text: (text: string) => unknown;
  readonly on_text_motion: (motion: number) => unknown;
  readonly on_text_motion_select: (motion: number) => unknown;
  readonly on_mouse_motion: (x: number, y: number, dx: number, dy: number) => unknown;
  readonly on_mouse_drag: (x: number, y: number, dx: number, dy: number, buttons: number, modifiers: number) => unknown;
  readonly on_mouse_press: (x: number, y: number, button: number, modifiers: number) => unknown;
  readonly on_mouse_release: (x: number, y: number, button: number, modifiers: number) => unknown;
  readonly on_mouse_scroll: (x: number, y: number, scroll_x: number, scroll_y: number) => unknown;
  readonly on_mouse_enter: (x: number, y: number) => unknown;
  readonly on_mouse_leave: (x: number, y: number) => unknown;
  readonly on_close: () => unknown;
  readonly on_expose: () => unknown;
  readonly on_resize: (width: number, height: number) => unknown;
  readonly on_move: (x: number, y: number) => unknown;
  readonly on_activate: () => unknown;
  readonly on_deactivate: () => unknown;
  readonly on_show: () => unknown;
  readonly on_hide: () => unknown;
  /** Files were dropped there. */
  readonly on_file_drop: (x: number, y: number, paths: string[]) => unknown;
}

/** Who receives the events of a window. */
export interface Sink {
  emit<N extends keyof PlatformEvents>(name: N, ...args: Parameters<PlatformEvents[N]>): void;
  /** An event of the platform's own kind, before it is translated; true if it is handled. */
  platform_event(type: number, event: unknown): boolean;
}

/** A rectangle of the desktop that one monitor shows. */
export interface ScreenArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ScreenMode {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** Frames a second, or null where it is not known. */
  readonly rate: number | null;
}

/** An image: rows from the bottom, four bytes a pixel: red, green, blue, alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface WindowOptions {
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  readonly resizable: boolean;
  readonly style: string | null;
  readonly fileDrops: boolean;
  /** What the context must have: a template, or one of `configs`. */
  readonly config: Config;
  /** A context whose textures, lists and buffers the new one shares. */
  readonly share: Context | null;
}

/** There is no display, or it cannot be opened. */
export class NoSuchDisplayException extends Error {
  override readonly name = "NoSuchDisplayException";
}

export interface PlatformDisplay extends EventSource {
  readonly name: string;
  /** Whether it was closed, or the connection broke. */
  readonly isOver: boolean;
  screens(): readonly ScreenArea[];
  /** What a monitor can show; nothing where that cannot be switched. */
  modes(area: ScreenArea): readonly ScreenMode[];
  /** What a monitor shows now. */
  mode(area: ScreenArea): ScreenMode;
  setMode(area: ScreenArea, mode: ScreenMode): void;
  /** Has a monitor show again what it did before `setMode`. */
  restoreMode(area: ScreenArea): void;
  /** The configurations that have what a template asks for, the best one first. */
  configs(template: Config): readonly Config[];
  createWindow(options: WindowOptions, sink: Sink): PlatformWindow;
  clipboard(): Promise<string>;
  setClipboard(text: string): void;
  /** Waits until the window system has done what it was asked for. @throws Error for what it refused. */
  sync(): void;
  close(): void;
}

export interface PlatformWindow {
  /** The platform's own number of the window. */
  readonly id: number;
  readonly context: Context;
  size(): readonly [number, number];
  flip(): void;
  setVsync(on: boolean): void;
  setCaption(text: string): void;
  setSize(width: number, height: number): void;
  setLimits(minimum: readonly [number, number] | null, maximum: readonly [number, number] | null): void;
  location(): readonly [number, number];
  setLocation(x: number, y: number): void;
  setVisible(visible: boolean): void;
  minimize(): void;
  maximize(): void;
  activate(): void;
  setFullscreen(area: ScreenArea | null): void;
  /** A cursor of the system, by pyglet's name; null for the usual one. */
  setCursor(name: string | null): void;
  setPictureCursor(picture: Picture, hotX: number, hotY: number): void;
  setCursorVisible(visible: boolean): void;
  setExclusiveMouse(exclusive: boolean): void;
  setExclusiveKeyboard(exclusive: boolean): void;
  setMousePosition(x: number, y: number): void;
  setIcon(pictures: readonly Picture[]): void;
  close(): void;
}
