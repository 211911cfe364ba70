/** A connection as its windows and its clipboard see it, and the properties of windows. */
import { byref, c_int, c_ubyte, c_ulong, cast, POINTER, type Pointer, string_at } from "ctypes-js";
import { ClientMessage, type Display, libX11, PropModeReplace, XEvent, type XIM } from "../../native/generated/Xlib.ts";
import type { ScreenArea } from "../interface.ts";

export interface Link {
  readonly display: Pointer<Display>;
  readonly root: number;
  readonly inputMethod: XIM | null;
  /** Who handles the events of a window, by its number. */
  readonly windows: Map<number, EventTaker>;
  /** The atom of a name. */
  atom(name: string): number;
  /** Whether it was closed, or the connection broke. */
  readonly isOver: boolean;
  /** Waits until the server has done what it was asked for. @throws XError for what it refused. */
  sync(): void;
  /** Has something told with the next events. */
  tell(call: () => void): void;
  /** The monitor that shows a place of the desktop, or the first one. */
  areaAt(x: number, y: number): ScreenArea;
  /** Where a place of the desktop is in a window. */
  within(window: number, x: number, y: number): readonly [number, number];
  /** Whether a window manager looks after windows. */
  hasManager(): boolean;
}

export interface EventTaker {
  handle(event: XEvent, isFiltered: boolean): void;
}

/** Sends a message of five numbers to a window; `about` is the window that it is about, by default that one. */
export function sendMessage(
  link: Link,
  window: number,
  name: string,
  data: readonly number[],
  { about = window, mask = 0 } = {},
): void {
  const message = new XEvent();
  const { xclient } = message;
  xclient.type = ClientMessage;
  xclient.window = about;
  xclient.message_type = link.atom(name);
  xclient.format = 32;
  for (const [at, number] of data.entries()) xclient.data.l.put(at, number);
  libX11.XSendEvent(link.display, window, 0, mask, message);
  libX11.XFlush(link.display);
}

/** The bytes of a property; null where the window has none. Numbers of 32 bits come as C's `long`. */
export function readProperty(link: Link, window: number, property: number, remove = false): Uint8Array | null {
  const [type, format, items, after] = [new c_ulong(), new c_int(), new c_ulong(), new c_ulong()];
  const data = new (POINTER(c_ubyte))();
  const status = libX11.XGetWindowProperty(
    link.display,
    window,
    property,
    0,
    LONGEST,
    remove ? 1 : 0,
    0,
    byref(type),
    byref(format),
    byref(items),
    byref(after),
    byref(data),
  );
  if (status !== 0 || type.value === 0 || cast(data, POINTER(c_ubyte)) === null) return null;
  const size = format.value === 32 ? LONG : format.value / 8;
  const bytes = Uint8Array.from(string_at(data, items.value * size));
  libX11.XFree(data);
  return bytes;
}

/** The numbers of 32 bits that a property holds; none where the window has no such property. */
export function readNumbers(link: Link, window: number, property: number): number[] {
  const bytes = readProperty(link, window, property);
  return bytes === null ? [] : Array.from(new BigUint64Array(bytes.buffer), Number);
}

/** Sets a property to bytes. */
export function writeBytes(link: Link, window: number, property: number, type: number, bytes: Uint8Array): void {
  libX11.XChangeProperty(link.display, window, property, type, 8, PropModeReplace, bytes, bytes.length);
}

/** Sets a property to numbers of 32 bits, which Xlib takes as C's `long`. */
export function writeNumbers(link: Link, window: number, property: number, type: number, numbers: ArrayLike<number>) {
  const longs = BigInt64Array.from(globalThis.Array.from(numbers, BigInt));
  const bytes = new Uint8Array(longs.buffer);
  libX11.XChangeProperty(link.display, window, property, type, 32, PropModeReplace, bytes, longs.length);
}

// Xlib asks for no more than it can count in words of four bytes.
const LONGEST = 0x1fffffff;
const LONG = 8;
