/** A connection as its windows and its clipboard see it, and the properties of windows. */
import { byref, c_int, c_ubyte, c_ulong, cast, POINTER, type Pointer, string_at } from "ctypes-js";
import { type Display, libX11, PropModeReplace, type XEvent, type XIM } from "../../native/generated/Xlib.ts";

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
  /** Whether a window manager looks after windows. */
  hasManager(): boolean;
}

export interface EventTaker {
  handle(event: XEvent, isFiltered: boolean): void;
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
