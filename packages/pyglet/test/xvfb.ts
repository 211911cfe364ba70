/**
 * Displays for tests: an Xvfb of one's own, and what a user would do with mouse and keyboard, by XTest.
 *
 *     const xvfb = await startXvfb();          // sets DISPLAY
 *     after(() => xvfb.stop());
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { byref, c_int, c_uint, c_ulong } from "ctypes-js";
import { ClientMessage, libX11, XEvent, ZPixmap } from "../src/native/generated/Xlib.ts";
import { libXtst } from "../src/native/generated/XTest.ts";

/** Why there can be no Xvfb here, or false: `describe(..., { skip: noXvfb })`. */
export const noXvfb: string | false = (() => {
  if (process.platform !== "linux") return "windows are X11's";
  const found = (process.env.PATH ?? "").split(":").some((folder) => existsSync(`${folder}/Xvfb`));
  return found ? false : "Xvfb is not installed (Debian: xvfb)";
})();

export interface Xvfb {
  /** Such as ":7"; it is in DISPLAY, too. */
  readonly display: string;
  readonly process: ChildProcess;
  /** Ends the server, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts an Xvfb with a screen of this size, and further arguments of its own. It ends with this process. */
export async function startXvfb(size = "1024x768x24", ...more: string[]): Promise<Xvfb> {
  const args = ["-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp", "-noreset", ...more];
  const server = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  process.once("exit", () => server.kill("SIGKILL"));
  const number = await new Promise<string>((resolve, reject) => {
    let text = "";
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`Xvfb ended with ${code} before it said its display`)));
    server.stdio[3]!.on("data", (bytes) => {
      text += bytes;
      if (text.endsWith("\n")) resolve(text.trim());
    });
  });
  server.unref();
  (server.stdio[3] as { unref?(): void }).unref?.();
  const display = `:${number}`;
  process.env.DISPLAY = display;
  return {
    display,
    process: server,
    async stop() {
      server.kill("SIGTERM");
      server.ref();
      await ended;
    },
  };
}

const ALL_PLANES = 0xffffffffffffffffn;

export type Connection = NonNullable<ReturnType<typeof libX11.XOpenDisplay>>;

/** A user at the mouse and the keyboard of a display, by a connection of its own. Coordinates are the desktop's. */
export class User {
  readonly #display: Connection;

  constructor(name: string = process.env.DISPLAY ?? "") {
    const display = libX11.XOpenDisplay(name);
    if (display === null) throw new Error(`the display ${name} cannot be opened`);
    this.#display = display;
  }

  /** Moves the mouse there. */
  move(x: number, y: number): void {
    libXtst.XTestFakeMotionEvent(this.#display, -1, x, y, 0);
    this.#flush();
  }

  press(button = 1): void {
    this.#button(button, true);
  }

  release(button = 1): void {
    this.#button(button, false);
  }

  click(button = 1): void {
    this.press(button);
    this.release(button);
  }

  /** Presses a key, by its keysym's name such as "a", "Shift_L" or "Escape". */
  keyDown(name: string): void {
    this.#key(name, true);
  }

  keyUp(name: string): void {
    this.#key(name, false);
  }

  /** Presses and releases keys, one after the other, while those in `held` are down. */
  type(names: readonly string[], held: readonly string[] = []): void {
    for (const name of held) this.keyDown(name);
    for (const name of names) {
      this.keyDown(name);
      this.keyUp(name);
    }
    for (const name of [...held].reverse()) this.keyUp(name);
  }

  /** Has a key of the keyboard, one that has none so far, be another: `Multi_key`, `dead_acute`. */
  setKey(code: number, name: string): void {
    const symbols = BigUint64Array.of(BigInt(this.#symbol(name)));
    libX11.XChangeKeyboardMapping(this.#display, code, 1, symbols, 1);
    this.#flush();
  }

  /** Sends a window the message that a window manager sends when its button for closing is pressed. */
  closeWindow(id: number): void {
    this.send(id, "WM_PROTOCOLS", [this.atom("WM_DELETE_WINDOW")]);
  }

  /** Sends a window a message of up to five numbers. */
  send(id: number, name: string, data: readonly number[]): void {
    const event = new XEvent();
    Object.assign(event.xclient, { type: ClientMessage, window: id, message_type: this.atom(name), format: 32 });
    for (const [at, number] of data.entries()) event.xclient.data.l.put(at, number);
    libX11.XSendEvent(this.#display, id, 0, 0, event);
    this.#flush();
  }

  atom(name: string): number {
    return Number(libX11.XInternAtom(this.#display, name, 0));
  }

  /** Where the mouse is. */
  mouse(): [number, number] {
    const numbers = Array.from({ length: 4 }, () => new c_int());
    const [x, y, inX, inY] = numbers.map((number) => byref(number)) as [never, never, never, never];
    const [root, child] = [byref(new c_ulong()), byref(new c_ulong())];
    const mask = byref(new c_uint());
    libX11.XQueryPointer(this.#display, libX11.XDefaultRootWindow(this.#display), root, child, x, y, inX, inY, mask);
    return [numbers[0]!.value, numbers[1]!.value];
  }

  /** What `use` does with the connection itself. */
  with<T>(use: (connection: Connection) => T): T {
    return use(this.#display);
  }

  /** The colour that the screen shows there: red, green, blue. */
  pixel(x: number, y: number): [number, number, number] {
    const root = libX11.XDefaultRootWindow(this.#display);
    const image = libX11.XGetImage(this.#display, root, x, y, 1, 1, ALL_PLANES, ZPixmap);
    if (image === null) throw new Error(`the screen has no pixel ${x}, ${y}`);
    const { get_pixel, destroy_image } = image.contents.f;
    const value = Number(get_pixel?.(image, 0, 0));
    destroy_image?.(image);
    return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  }

  close(): void {
    libX11.XCloseDisplay(this.#display);
  }

  #button(button: number, isDown: boolean): void {
    libXtst.XTestFakeButtonEvent(this.#display, button, isDown ? 1 : 0, 0);
    this.#flush();
  }

  #key(name: string, isDown: boolean): void {
    const code = libX11.XKeysymToKeycode(this.#display, this.#symbol(name));
    if (code === 0) throw new Error(`the keyboard has no key ${name}`);
    libXtst.XTestFakeKeyEvent(this.#display, code, isDown ? 1 : 0, 0);
    this.#flush();
  }

  #symbol(name: string): number {
    return Number(libX11.XStringToKeysym(name));
  }

  #flush(): void {
    libX11.XSync(this.#display, 0);
  }
}

/** Takes events until `condition` holds; @throws Error after ten seconds, with what was expected. */
export async function until(what: string, dispatch: () => void, condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    dispatch();
    if (condition()) return;
    if (Date.now() > end) throw new Error(`expected ${what} within ten seconds`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether Debian's pyglet is there to compare with, or why not. */
export const noPyglet: string | false =
  spawnSync("/usr/bin/python3", ["-c", "import pyglet; assert pyglet.version == '1.5.27'"]).status === 0
    ? false
    : "Python's pyglet 1.5.27 is not installed (Debian: python3-pyglet)";
