/** The events of windows: their names, and `WindowEventLogger`, which prints them. */
import { modifiers_string, motion_string, symbol_string } from "../input/key.ts";
import { buttons_string } from "../input/mouse.ts";
import type { PlatformEvents } from "../platform/interface.ts";

/** All events of a window. */
export interface WindowEvents extends PlatformEvents {
  /** The window is to be drawn; its context is current, and `flip` follows. */
  readonly on_draw: () => unknown;
}

/** How each argument is printed, by event. */
const ARGUMENTS: Readonly<Record<string, Readonly<Record<string, (value: never) => string>>>> = (() => {
  const number = (value: number) => String(Math.trunc(value));
  const real = (value: number) => value.toFixed(6);
  const text = (value: string) => python(value);
  const quoted = (buttons: number) => python(buttons_string(buttons));
  const place = { x: number, y: number };
  return {
    on_key_press: { symbol: symbol_string, modifiers: modifiers_string },
    on_key_release: { symbol: symbol_string, modifiers: modifiers_string },
    on_text: { text },
    on_text_motion: { motion: motion_string },
    on_text_motion_select: { motion: motion_string },
    on_mouse_motion: { ...place, dx: number, dy: number },
    on_mouse_drag: { ...place, dx: number, dy: number, buttons: buttons_string, modifiers: modifiers_string },
    on_mouse_press: { ...place, button: quoted, modifiers: modifiers_string },
    on_mouse_release: { ...place, button: quoted, modifiers: modifiers_string },
    on_mouse_scroll: { x: real, y: real, dx: real, dy: real },
    on_mouse_enter: place,
    on_mouse_leave: place,
    on_close: {},
    on_expose: {},
    on_resize: { width: number, height: number },
    on_move: place,
    on_activate: {},
    on_deactivate: {},
    on_show: {},
    on_hide: {},
    on_draw: {},
    on_file_drop: { ...place, paths: (paths: string[]) => `[${paths.map(python).join(", ")}]` },
  };
})();

/** The names of all events. */
export const EVENT_NAMES: readonly string[] = Object.keys(ARGUMENTS);

/** Prints each event with its arguments, in pyglet's form: `window.push_handlers(new WindowEventLogger())`. */
export class WindowEventLogger {
  /** By default lines go to the console. */
  constructor(print: (line: string) => void = (line) => console.log(line)) {
    for (const [name, parameters] of Object.entries(ARGUMENTS)) {
      const shown = Object.entries(parameters);
      Object.defineProperty(this, name, {
        value: (...args: never[]) => {
          print(`${name}(${shown.map(([each, show], at) => `${each}=${show(args[at] as never)}`).join(", ")})`);
        },
      });
    }
  }
}

/** A string as Python writes it. */
function python(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\r\n\t]/g, (each) => ESCAPES[each] ?? each);
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\r": "\\r", "\n": "\\n", "\t": "\\t" };
