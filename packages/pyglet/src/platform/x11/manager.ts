/** What is asked of the window manager, and done by ourselves where there is none. */
import { SubstructureNotifyMask, SubstructureRedirectMask } from "../../native/generated/Xlib.ts";
import { PMaxSize, PMinSize, USPosition, XSizeHints, libX11 as Xutil } from "../../native/generated/Xutil.ts";
import { type Link, sendMessage, writeBytes, writeNumbers } from "./link.ts";

const XA_ATOM = 4;
const XA_STRING = 31;
const ADD = 1;
const REMOVE = 0;

/** Sends a message about a window to the manager. */
export function askManager(link: Link, window: number, name: string, data: readonly number[]): void {
  const mask = SubstructureNotifyMask | SubstructureRedirectMask;
  sendMessage(link, link.root, name, data, { about: window, mask });
}

/** Adds states to a window, such as _NET_WM_STATE_FULLSCREEN, or takes them away. */
export function setStates(link: Link, window: number, isOn: boolean, ...names: readonly string[]): void {
  const [first = 0, second = 0] = names.map((name) => link.atom(name));
  askManager(link, window, "_NET_WM_STATE", [isOn ? ADD : REMOVE, first, second, 1]);
}

/** The caption, which window managers of today and of old read in different places. */
export function setTitle(link: Link, window: number, caption: string): void {
  const bytes = new TextEncoder().encode(caption);
  for (const name of ["WM_NAME", "_NET_WM_NAME", "_NET_WM_ICON_NAME"]) {
    writeBytes(link, window, link.atom(name), link.atom("UTF8_STRING"), bytes);
  }
}

/** The class, by which managers and panels know the windows of one program. */
export function setClass(link: Link, window: number, caption: string): void {
  const name = /^[\x20-\x7e]+$/.test(caption) ? caption : "ctypes-pyglet";
  const bytes = new TextEncoder().encode(`${name.toLowerCase()}\0${name}\0`);
  writeBytes(link, window, link.atom("WM_CLASS"), XA_STRING, bytes);
}

/** The kind of window that a style of pyglet's is. */
export function setStyle(link: Link, window: number, style: string | null): void {
  const kinds: Readonly<Record<string, string>> = { dialog: "DIALOG", tool: "UTILITY", overlay: "DOCK" };
  const kind = kinds[style ?? ""];
  if (kind !== undefined) {
    const type = link.atom(`_NET_WM_WINDOW_TYPE_${kind}`);
    writeNumbers(link, window, link.atom("_NET_WM_WINDOW_TYPE"), XA_ATOM, [type]);
  }
  if (style === "borderless" || style === "overlay") {
    // Motif's hints, which managers still read: flags say that only the decorations are meant, and there are none.
    const hints = link.atom("_MOTIF_WM_HINTS");
    writeNumbers(link, window, hints, hints, [2, 0, 0, 0, 0]);
  }
}

export interface Limits {
  readonly minimum: readonly [number, number] | null;
  readonly maximum: readonly [number, number] | null;
  readonly location: readonly [number, number] | null;
}

/** Sizes between which a user may change the window, and that its place is the program's. */
export function setHints(link: Link, window: number, { minimum, maximum, location }: Limits): void {
  const flags = (minimum ? PMinSize : 0) | (maximum ? PMaxSize : 0) | (location ? USPosition : 0);
  const [min_width, min_height] = minimum ?? [0, 0];
  const [max_width, max_height] = maximum ?? [0, 0];
  const [x, y] = location ?? [0, 0];
  Xutil.XSetWMNormalHints(
    link.display,
    window,
    new XSizeHints({ flags, min_width, min_height, max_width, max_height, x, y }),
  );
}
