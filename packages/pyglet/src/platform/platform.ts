/** Which window system there is. X11 alone so far: another is a case here. */
import type { PlatformDisplay } from "./interface.ts";
import { X11Display } from "./x11/connection.ts";

/** Opens the display of that name, or the usual one for null. @throws Error where there is none. */
export function openDisplay(name: string | null): PlatformDisplay {
  if (process.platform !== "linux") {
    throw new Error(`ctypes-pyglet opens windows by X11 on Linux, and has no way on ${process.platform} yet`);
  }
  return new X11Display(name);
}
