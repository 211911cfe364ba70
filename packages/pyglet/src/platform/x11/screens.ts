/** The monitors of a display, and its mode, by XRandR. */
import { byref, c_int, type Pointer } from "ctypes-js";
import { type Display, libX11 } from "../../native/generated/Xlib.ts";
import { libXrandr } from "../../native/generated/Xrandr.ts";
import type { ScreenArea, ScreenMode } from "../interface.ts";

/** The areas of the monitors, the first one first; the whole display where XRandR knows none. */
export function screensOf(display: Pointer<Display>, root: number): ScreenArea[] {
  const screen = libX11.XDefaultScreen(display);
  const whole = {
    x: 0,
    y: 0,
    width: libX11.XDisplayWidth(display, screen),
    height: libX11.XDisplayHeight(display, screen),
  };
  const [event, error, count] = [new c_int(), new c_int(), new c_int()];
  if (!libXrandr.XRRQueryExtension(display, byref(event), byref(error))) return [whole];
  const monitors = libXrandr.XRRGetMonitors(display, root, 1, byref(count));
  if (monitors === null) return [whole];
  const areas = Array.from({ length: count.value }, (_, at) => {
    const { x, y, width, height, primary } = monitors.at(at);
    return { x, y, width, height, primary };
  });
  libXrandr.XRRFreeMonitors(monitors);
  if (areas.length === 0) return [whole];
  return areas.sort((a, b) => b.primary - a.primary).map(({ x, y, width, height }) => ({ x, y, width, height }));
}

/** The mode of the display. */
export function modeOf(display: Pointer<Display>, root: number): ScreenMode {
  const screen = libX11.XDefaultScreen(display);
  const info = libXrandr.XRRGetScreenInfo(display, root);
  const rate = info === null ? 0 : libXrandr.XRRConfigCurrentRate(info);
  if (info !== null) libXrandr.XRRFreeScreenConfigInfo(info);
  return {
    width: libX11.XDisplayWidth(display, screen),
    height: libX11.XDisplayHeight(display, screen),
    depth: libX11.XDefaultDepth(display, screen),
    rate: rate > 0 ? rate : null,
  };
}
