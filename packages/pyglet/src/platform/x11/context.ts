/** The OpenGL context of a window: which one is current on this thread, and its buffers. */
import { CFUNCTYPE, c_int, c_ulong, cast, POINTER } from "ctypes-js";
import { type Config, ContextException } from "../../gl/config.ts";
import { type Context, currentContext, noteCurrent, ObjectSpace } from "../../gl/current.ts";
import { Display, type GLXContext, libGL } from "../../native/generated/glx.ts";
import { createGlxContext, type X11Config } from "./configs.ts";
import type { Link } from "./link.ts";

const SwapIntervalEXT = CFUNCTYPE(null, POINTER(Display), c_ulong, c_int);
const SwapIntervalMESA = CFUNCTYPE(c_int, c_int);

export class X11Context implements Context {
  readonly config: Config;
  readonly object_space: ObjectSpace;
  isBetween = false;
  readonly #link: Link;
  readonly #window: number;
  readonly #context: GLXContext;
  #isClosed = false;

  constructor(link: Link, window: number, config: X11Config, share: Context | null) {
    const shared = share instanceof X11Context && share.#link === link && !share.#isClosed ? share : null;
    this.#link = link;
    this.#window = window;
    this.config = config;
    this.#context = createGlxContext(link.display, config, shared === null ? null : shared.#context);
    this.object_space = shared?.object_space ?? new ObjectSpace();
  }

  set_current(): void {
    // Making it so again takes a round trip to the driver.
    if (currentContext() === this) return;
    if (this.#isClosed) throw new ContextException("the context of a window that was closed cannot be made current");
    // GLX makes none current while EGL has one.
    const other = currentContext();
    if (!(other instanceof X11Context)) other?.release?.();
    if (libGL.glXMakeCurrent(this.#link.display, this.#window, this.#context) === 0) {
      this.#link.sync();
      throw new ContextException("the context cannot be made current: another thread draws to it, or it is gone");
    }
    noteCurrent(this);
  }

  release(): void {
    if (currentContext() !== this) return;
    noteCurrent(null);
    if (!this.#link.isOver) libGL.glXMakeCurrent(this.#link.display, 0, null);
  }

  flip(): void {
    libGL.glXSwapBuffers(this.#link.display, this.#window);
  }

  /** Has `flip` wait for the screen, where the driver can. The context must be current. */
  setVsync(on: boolean): void {
    const extensions = String(libGL.glXQueryExtensionsString(this.#link.display, 0) ?? "").split(" ");
    const find = (extension: string, name: string) =>
      extensions.includes(extension) ? libGL.glXGetProcAddressARB(new TextEncoder().encode(`${name}\0`)) : null;
    const ext = find("GLX_EXT_swap_control", "glXSwapIntervalEXT");
    const mesa = find("GLX_MESA_swap_control", "glXSwapIntervalMESA");
    if (ext !== null) cast(ext, SwapIntervalEXT)(this.#link.display, this.#window, on ? 1 : 0);
    else if (mesa !== null) cast(mesa, SwapIntervalMESA)(on ? 1 : 0);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const isCurrent = currentContext() === this;
    if (isCurrent) noteCurrent(null);
    if (this.#link.isOver) return;
    if (isCurrent) libGL.glXMakeCurrent(this.#link.display, 0, null);
    libGL.glXDestroyContext(this.#link.display, this.#context);
  }
}
