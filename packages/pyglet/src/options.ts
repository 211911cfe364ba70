/** `options`: what a program sets before it opens windows, under pyglet's names. */

const watchers = new Set<() => void>();
let isChecked = false;

export const options = {
  /** Whether `flip` waits for the screen, whatever a window says; null leaves it to the window. */
  vsync: null as boolean | null,

  /** Drivers of sound, the first that can be had is taken: `openal`, `silent`; `loopback` renders into memory. */
  audio: ["openal", "silent"] as string[],
  /** How `loopback` renders: samples a second, and channels, of which there can be 1, 2, 4, 6 or 8. */
  loopback: { frequency: 44100, channels: 2 },

  /**
   * Whether every call of `gl` asks OpenGL for errors after it, and throws them. Off by default, when calls cost
   * nothing more; it may be changed at any time.
   */
  get debug_gl(): boolean {
    return isChecked;
  },
  set debug_gl(isOn: boolean) {
    if (typeof isOn !== "boolean") throw new TypeError(`options.debug_gl: expected true or false, got ${String(isOn)}`);
    if (isOn === isChecked) return;
    isChecked = isOn;
    for (const tell of watchers) tell();
  },
};

/** Has a function called when `debug_gl` changes. */
export function whenDebugChanges(tell: () => void): void {
  watchers.add(tell);
}
