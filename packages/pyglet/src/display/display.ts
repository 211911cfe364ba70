/** `display`: connections to window systems, their screens, and what screens can show. */
import { sources } from "../app/eventloop.ts";
import type { Config } from "../gl/config.ts";
import { NoSuchConfigException, Config as Template } from "../gl/config.ts";
import type { PlatformDisplay, ScreenArea, ScreenMode } from "../platform/interface.ts";
import { openDisplay } from "../platform/platform.ts";

export { NoSuchDisplayException } from "../platform/interface.ts";
export type { ScreenMode };

/** A connection to a window system. */
export class Display {
  readonly platform: PlatformDisplay;

  /** Opens the display of that name; null for the usual one, on X that in DISPLAY. @throws NoSuchDisplayException */
  constructor(name: string | null = null) {
    this.platform = openDisplay(name);
    sources.add(this.platform);
  }

  /** Its name, such as ":0". */
  get name(): string {
    return this.platform.name;
  }

  /** Its monitors, the first one first. */
  get_screens(): Screen[] {
    return this.platform.screens().map((area) => new Screen(this, area));
  }

  /** The first monitor. */
  get_default_screen(): Screen {
    return this.get_screens()[0]!;
  }

  /** Closes the connection; its windows must be closed. */
  close(): void {
    sources.delete(this.platform);
    if (usual === this) usual = null;
    this.platform.close();
  }

  toString(): string {
    return `Display(name=${this.name})`;
  }
}

/** A monitor: an area of its display. */
export class Screen {
  readonly display: Display;
  readonly x: number;
  readonly y: number;
  readonly #area: ScreenArea;
  #size: readonly [number, number];

  constructor(display: Display, area: ScreenArea) {
    this.display = display;
    this.#area = area;
    [this.x, this.y] = [area.x, area.y];
    this.#size = [area.width, area.height];
  }

  get width(): number {
    return this.#size[0];
  }

  get height(): number {
    return this.#size[1];
  }

  /** The configuration that fits a template best. @throws NoSuchConfigException where none does. */
  get_best_config(template: Config | null = null): Config {
    const templates = template === null ? USUAL : [template];
    for (const each of templates) {
      const [best] = this.get_matching_configs(each);
      if (best !== undefined) return best;
    }
    const list = (templates[0] as Config).get_gl_attributes().map(([name, value]) => `${name}: ${value}`);
    throw new NoSuchConfigException(`the display ${this.display.name} has no configuration with ${list.join(", ")}`);
  }

  /** All configurations that have what a template asks for, the best one first. */
  get_matching_configs(template: Config): readonly Config[] {
    return this.display.platform.configs(template);
  }

  /** What it shows now. */
  get_mode(): ScreenMode {
    return this.display.platform.mode(this.#area);
  }

  /** What it can show; nothing where that cannot be switched. */
  get_modes(): readonly ScreenMode[] {
    return this.display.platform.modes(this.#area);
  }

  /** The smallest mode of at least this size, and of those the one most like the present one; null for none. */
  get_closest_mode(width: number, height: number): ScreenMode | null {
    const now = this.get_mode();
    const fitting = this.get_modes().filter((mode) => mode.width >= width && mode.height >= height);
    const strangeness = (mode: ScreenMode) => Number(mode.depth !== now.depth) + Number(mode.rate !== now.rate);
    const better = (a: ScreenMode, b: ScreenMode) =>
      a.width * a.height - b.width * b.height || strangeness(a) - strangeness(b);
    return [...fitting].sort(better)[0] ?? null;
  }

  /** Has it show a mode that `get_modes` gave, until `restore_mode` or the end of the program. @throws Error */
  set_mode(mode: ScreenMode): void {
    this.display.platform.setMode(this.#area, mode);
    this.#size = [mode.width, mode.height];
  }

  /** Has it show again what it did before `set_mode`. */
  restore_mode(): void {
    this.display.platform.restoreMode(this.#area);
    this.#size = [this.#area.width, this.#area.height];
  }

  toString(): string {
    return `Screen(x=${this.x}, y=${this.y}, width=${this.width}, height=${this.height})`;
  }
}

/** What a window asks for when the program does not say. */
const USUAL: readonly Config[] = [
  new Template({ double_buffer: true, depth_size: 24 }),
  new Template({ double_buffer: true, depth_size: 16 }),
  new Template(),
];

let usual: Display | null = null;

/** The usual display, which is opened once. @throws NoSuchDisplayException */
export function get_display(): Display {
  if (usual?.platform.isOver) usual = null;
  return (usual ??= new Display());
}
