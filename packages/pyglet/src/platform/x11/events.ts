/** X's events of one window, translated to pyglet's. */

import { MOD_ALT, MOD_CTRL, MOD_SHIFT } from "../../input/keynames.ts";
import * as X from "../../native/generated/Xlib.ts";
import type { Sink } from "../interface.ts";
import type { TextInput } from "./input.ts";
import { BUTTONS, buttonsOf, modifiersOf, motionOf, symbolOf } from "./keys.ts";
import type { Pointer } from "./pointer.ts";

/** What of a window its events change, and what they need to know of it. */
export interface WindowState {
  readonly input: TextInput;
  readonly sink: Sink;
  width: number;
  height: number;
  x: number;
  y: number;
  /** Where the mouse was, from the lower left corner. */
  mouseX: number;
  mouseY: number;
  /** Whether the mouse is over it: where it was before does not count else. */
  isMouseInside: boolean;
  readonly pointer: Pointer;
  /** Keys that are held. */
  readonly held: Set<number>;
  isProtocol(message: X.XClientMessageEvent, name: string): boolean;
}

type Translation = (state: WindowState, event: X.XEvent, isFiltered: boolean) => void;

/** Translates an event; kinds that pyglet has no event for do nothing. */
export function translate(state: WindowState, event: X.XEvent, isFiltered: boolean): void {
  TRANSLATIONS[event.type]?.(state, event, isFiltered);
}

const TRANSLATIONS: Readonly<Record<number, Translation>> = {
  [X.KeyPress]: pressKey,
  [X.KeyRelease](state, { xkey }) {
    const symbol = symbolOf(state.input.keysymOf(xkey), xkey.keycode);
    if (symbol === null) return;
    state.held.delete(symbol);
    state.sink.emit("on_key_release", symbol, modifiersOf(xkey.state));
  },
  [X.MotionNotify]: move,
  [X.ButtonPress]: pressButton,
  [X.ButtonRelease](state, { xbutton }) {
    const button = BUTTONS[xbutton.button];
    if (button === undefined) return;
    state.sink.emit("on_mouse_release", xbutton.x, state.height - xbutton.y, button, modifiersOf(xbutton.state));
  },
  [X.EnterNotify](state, { xcrossing }) {
    if (xcrossing.mode !== X.NotifyNormal) return;
    [state.mouseX, state.mouseY, state.isMouseInside] = [xcrossing.x, state.height - xcrossing.y, true];
    state.sink.emit("on_mouse_enter", state.mouseX, state.mouseY);
  },
  [X.LeaveNotify](state, { xcrossing }) {
    if (xcrossing.mode !== X.NotifyNormal) return;
    [state.mouseX, state.mouseY, state.isMouseInside] = [xcrossing.x, state.height - xcrossing.y, false];
    state.sink.emit("on_mouse_leave", state.mouseX, state.mouseY);
  },
  [X.FocusIn](state) {
    state.input.setFocus(true);
    state.sink.emit("on_activate");
  },
  [X.FocusOut](state) {
    state.input.setFocus(false);
    state.held.clear();
    state.sink.emit("on_deactivate");
  },
  [X.Expose](state, { xexpose }) {
    if (xexpose.count === 0) state.sink.emit("on_expose");
  },
  [X.ConfigureNotify](state, { xconfigure }) {
    const { width, height, x, y } = xconfigure;
    if (width !== state.width || height !== state.height) {
      [state.width, state.height] = [width, height];
      state.sink.emit("on_resize", width, height);
    }
    if (x !== state.x || y !== state.y) {
      [state.x, state.y] = [x, y];
      state.sink.emit("on_move", x, y);
    }
  },
  [X.MapNotify](state) {
    state.sink.emit("on_show");
  },
  [X.UnmapNotify](state) {
    state.sink.emit("on_hide");
  },
  [X.ClientMessage](state, { xclient }) {
    if (state.isProtocol(xclient, "WM_DELETE_WINDOW")) state.sink.emit("on_close");
  },
};

// -- Keys ------------------------------------------------------------------------------------------

function pressKey(state: WindowState, { xkey }: X.XEvent, isFiltered: boolean): void {
  const modifiers = modifiersOf(xkey.state);
  // Read first: a handler may close the window, and its text input with it.
  const { text, keysym } = isFiltered ? { text: "", keysym: state.input.keysymOf(xkey) } : state.input.read(xkey);
  // An input method sends what was composed as a press of no key.
  const symbol = xkey.keycode === 0 && !isFiltered ? null : symbolOf(keysym, xkey.keycode);
  if (symbol !== null && !state.held.has(symbol)) {
    state.held.add(symbol);
    state.sink.emit("on_key_press", symbol, modifiers);
  }
  const motion = symbol === null ? undefined : motionOf(symbol, modifiers);
  if (motion !== undefined) {
    state.sink.emit(modifiers & MOD_SHIFT ? "on_text_motion_select" : "on_text_motion", motion);
    return;
  }
  const typed = modifiers & (MOD_CTRL | MOD_ALT) ? "" : printable(text);
  if (typed !== "") state.sink.emit("on_text", typed);
}

/** Control characters are no text, but the end of a line is. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => (character === "\r" ? character : ""));
}

// -- The mouse -------------------------------------------------------------------------------------

function move(state: WindowState, { xmotion }: X.XEvent): void {
  const { x, y: fromTop, state: bits } = xmotion;
  const y = state.height - fromTop - 1;
  const [dx, dy] = state.isMouseInside ? [x - state.mouseX, y - state.mouseY] : [0, 0];
  [state.mouseX, state.mouseY, state.isMouseInside] = [x, y, true];
  const { centre } = state.pointer;
  if (centre !== null) {
    // This is our own doing.
    if (x === centre[0] && fromTop === centre[1]) return;
    state.pointer.recentre();
  }
  const buttons = buttonsOf(bits);
  if (buttons === 0) state.sink.emit("on_mouse_motion", state.mouseX, state.mouseY, dx, dy);
  else state.sink.emit("on_mouse_drag", state.mouseX, state.mouseY, dx, dy, buttons, modifiersOf(bits));
}

function pressButton(state: WindowState, { xbutton }: X.XEvent): void {
  const { x, button } = xbutton;
  const y = state.height - xbutton.y;
  const scroll = SCROLLS[button];
  if (scroll !== undefined) state.sink.emit("on_mouse_scroll", x, y, ...scroll);
  else if (BUTTONS[button] !== undefined) {
    state.sink.emit("on_mouse_press", x, y, BUTTONS[button], modifiersOf(xbutton.state));
  }
}

/** X has the wheel as buttons. */
const SCROLLS: Readonly<Record<number, readonly [number, number]>> = { 4: [0, 1], 5: [0, -1], 6: [-1, 0], 7: [1, 0] };
