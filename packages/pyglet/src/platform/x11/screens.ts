/** The monitors of a display, what they can show, and switching that, by XRandR: a CRTC feeds outputs, in a mode. */
import { byref, c_int, type Data, type Pointer } from "ctypes-js";
import { type Display, libX11 } from "../../native/generated/Xlib.ts";
import { libXrandr, type XRRScreenResources } from "../../native/generated/Xrandr.ts";
import type { ScreenArea, ScreenMode } from "../interface.ts";

/** A monitor; `crtc` is 0 for a display without XRandR, which is one area. */
interface X11Area extends ScreenArea {
  readonly crtc: number;
}

/** What a CRTC was set to. */
interface Setting {
  readonly crtc: number;
  readonly x: number;
  readonly y: number;
  readonly mode: number;
  readonly rotation: number;
  readonly outputs: readonly number[];
}

/** A mode by its number in XRandR. */
class X11Mode implements ScreenMode {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly rate: number | null;
  readonly #id: number;

  constructor(id: number, { width, height, depth, rate }: ScreenMode) {
    this.#id = id;
    [this.width, this.height, this.depth, this.rate] = [width, height, depth, rate];
  }

  /** The number; null for a mode of another kind. */
  static idOf(mode: ScreenMode): number | null {
    return mode instanceof X11Mode ? mode.#id : null;
  }
}

export class Screens {
  readonly #display: Pointer<Display>;
  readonly #root: number;
  readonly #hasXRandR: boolean;
  /** What CRTCs were set to before this program set them. */
  readonly #before = new Map<number, Setting>();

  constructor(display: Pointer<Display>, root: number) {
    this.#display = display;
    this.#root = root;
    const [event, error] = [new c_int(), new c_int()];
    this.#hasXRandR = libXrandr.XRRQueryExtension(display, byref(event), byref(error)) !== 0;
  }

  /** The monitors, the first one first. */
  areas(): X11Area[] {
    const areas = this.#withResources([] as X11Area[], (resources, { ncrtc, crtcs }) => {
      const found: X11Area[] = [];
      for (const crtc of numbersOf(crtcs, ncrtc)) {
        const { x, y, width, height, mode } = this.#crtc(resources, crtc);
        const isKnown = found.some((area) => area.x === x && area.y === y && area.width === width);
        if (mode !== 0 && !isKnown) found.push({ x, y, width, height, crtc });
      }
      const primary = libXrandr.XRRGetOutputPrimary(this.#display, this.#root);
      const isPrimary = ({ crtc }: X11Area) => Number(this.#crtc(resources, crtc).outputs.includes(Number(primary)));
      return found.sort((a, b) => isPrimary(b) - isPrimary(a));
    });
    if (areas.length > 0) return areas;
    const screen = libX11.XDefaultScreen(this.#display);
    const width = libX11.XDisplayWidth(this.#display, screen);
    return [{ x: 0, y: 0, width, height: libX11.XDisplayHeight(this.#display, screen), crtc: 0 }];
  }

  /** What a monitor can show; nothing where that cannot be switched. */
  modes(area: ScreenArea): ScreenMode[] {
    return this.#withResources([] as ScreenMode[], (resources, contents) => {
      const output = this.#crtc(resources, crtcOf(area)).outputs[0];
      if (output === undefined) return [];
      const info = libXrandr.XRRGetOutputInfo(this.#display, resources, output);
      if (info === null) return [];
      const ids = numbersOf(info.contents.modes, info.contents.nmode);
      libXrandr.XRRFreeOutputInfo(info);
      const all = this.#allModes(contents);
      return ids.map((id) => all.get(id)).filter((mode) => mode !== undefined);
    });
  }

  /** What a monitor shows now. */
  mode(area: ScreenArea): ScreenMode {
    const { width, height } = area;
    const depth = this.#depth();
    const usual = new X11Mode(0, { width, height, depth, rate: null });
    return this.#withResources(usual as ScreenMode, (resources, contents) => {
      const { mode } = this.#crtc(resources, crtcOf(area));
      return this.#allModes(contents).get(mode) ?? usual;
    });
  }

  /** Has a monitor show a mode. @throws Error where it does not. */
  setMode(area: ScreenArea, mode: ScreenMode): void {
    const id = X11Mode.idOf(mode);
    if (id === null) throw new TypeError("set_mode(): expected one of the modes that get_modes() of the screen gave");
    this.#withResources(undefined, (resources) => {
      const now = this.#crtc(resources, crtcOf(area));
      if (now.mode === id) return;
      if (!this.#before.has(now.crtc)) this.#before.set(now.crtc, now);
      this.#apply(resources, { ...now, mode: id }, mode);
    });
  }

  /** Has a monitor show what it did before this program set it. */
  restore(area: ScreenArea): void {
    const before = this.#before.get(crtcOf(area));
    if (before !== undefined) this.#restore(before);
  }

  /** Has all monitors show what they did. */
  restoreAll(): void {
    for (const before of [...this.#before.values()]) this.#restore(before);
  }

  // -- Private -------------------------------------------------------------------------------------

  #restore(before: Setting): void {
    this.#before.delete(before.crtc);
    this.#withResources(undefined, (resources, contents) => {
      this.#apply(resources, before, this.#allModes(contents).get(before.mode) ?? null);
    });
  }

  #apply(resources: Pointer<XRRScreenResources>, setting: Setting, size: ScreenMode | null): void {
    const { crtc, x, y, mode, rotation, outputs } = setting;
    if (size !== null) this.#makeRoom(x + size.width, y + size.height);
    const list = BigUint64Array.from(outputs, BigInt);
    const display = this.#display;
    const status = libXrandr.XRRSetCrtcConfig(
      ...([display, resources, crtc, 0, x, y, mode, rotation] as const),
      list,
      list.length,
    );
    if (status !== 0) throw new Error(`the X server does not switch the screen to the mode ${mode}: status ${status}`);
  }

  /** The desktop must be as large as what its monitors show. */
  #makeRoom(width: number, height: number): void {
    const screen = libX11.XDefaultScreen(this.#display);
    const [oldWidth, oldHeight] = [
      libX11.XDisplayWidth(this.#display, screen),
      libX11.XDisplayHeight(this.#display, screen),
    ];
    if (width <= oldWidth && height <= oldHeight) return;
    const [newWidth, newHeight] = [Math.max(width, oldWidth), Math.max(height, oldHeight)];
    const millimetres = (pixels: number) => Math.round((pixels * MILLIMETRES_AN_INCH) / DOTS_AN_INCH);
    const size = [newWidth, newHeight, millimetres(newWidth), millimetres(newHeight)] as const;
    libXrandr.XRRSetScreenSize(this.#display, this.#root, ...size);
  }

  #withResources<T>(otherwise: T, use: (resources: Pointer<XRRScreenResources>, contents: XRRScreenResources) => T): T {
    const resources = this.#hasXRandR ? libXrandr.XRRGetScreenResourcesCurrent(this.#display, this.#root) : null;
    if (resources === null) return otherwise;
    try {
      return use(resources, resources.contents);
    } finally {
      libXrandr.XRRFreeScreenResources(resources);
    }
  }

  #crtc(resources: Pointer<XRRScreenResources>, crtc: number): Setting & { width: number; height: number } {
    const info = crtc === 0 ? null : libXrandr.XRRGetCrtcInfo(this.#display, resources, crtc);
    if (info === null) return { crtc, x: 0, y: 0, width: 0, height: 0, mode: 0, rotation: 1, outputs: [] };
    const { x, y, width, height, mode, rotation, outputs, noutput } = info.contents;
    const list = numbersOf(outputs, noutput);
    libXrandr.XRRFreeCrtcInfo(info);
    return { crtc, x, y, width, height, mode: Number(mode), rotation, outputs: list };
  }

  #allModes({ modes, nmode }: XRRScreenResources): Map<number, X11Mode> {
    const depth = this.#depth();
    const all = new Map<number, X11Mode>();
    for (let at = 0; modes !== null && at < nmode; at++) {
      const { id, width, height, dotClock, hTotal, vTotal } = modes.at(at);
      const dots = Number(dotClock);
      const rate = dots > 0 && hTotal > 0 && vTotal > 0 ? dots / (hTotal * vTotal) : null;
      all.set(Number(id), new X11Mode(Number(id), { width, height, depth, rate }));
    }
    return all;
  }

  #depth(): number {
    return libX11.XDefaultDepth(this.#display, libX11.XDefaultScreen(this.#display));
  }
}

const DOTS_AN_INCH = 96;
const MILLIMETRES_AN_INCH = 25.4;

function crtcOf(area: ScreenArea): number {
  return (area as Partial<X11Area>).crtc ?? 0;
}

/** The numbers of an array in C's memory. */
function numbersOf(list: { at(index: number): Data | number | bigint } | null, count: number): number[] {
  return list === null ? [] : Array.from({ length: count }, (_, at) => Number(list.at(at)));
}
