/** A canvas as programs for the web know it: a size, a context, events. It is no element of any page. */
import { type ContextOptions, openContext, type WebGL2RenderingContext } from "./context.ts";
import { HeadlessSurface } from "./egl.ts";
import type { Rgba } from "./source.ts";
import type { Buffers, Surface } from "./surface.ts";

const DEFAULT_SIZE: [width: number, height: number] = [300, 150];

export class Canvas extends EventTarget {
  /** What a page would do with it is kept here, and does nothing. */
  readonly style: Record<string, string> = {};
  tabIndex = 0;
  #width: number;
  #height: number;
  #context: WebGL2RenderingContext | null = null;

  constructor(width = DEFAULT_SIZE[0], height = DEFAULT_SIZE[1]) {
    super();
    this.#width = dimension(width, DEFAULT_SIZE[0]);
    this.#height = dimension(height, DEFAULT_SIZE[1]);
  }

  get width(): number {
    return this.#width;
  }

  set width(width: number) {
    this.setSize(dimension(width, DEFAULT_SIZE[0]), this.#height);
  }

  get height(): number {
    return this.#height;
  }

  set height(height: number) {
    this.setSize(this.#width, dimension(height, DEFAULT_SIZE[1]));
  }

  get clientWidth(): number {
    return this.#width;
  }

  get clientHeight(): number {
    return this.#height;
  }

  protected setSize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#context?.resizeDrawingBuffer(width, height);
  }

  /** The context that was opened, or null. */
  get context(): WebGL2RenderingContext | null {
    return this.#context;
  }

  /** The context for WebGL 2, the same each time; null for other kinds, as the web has it. */
  getContext(kind: string, options?: ContextOptions | null): WebGL2RenderingContext | null {
    if (`${kind}` !== "webgl2") return null;
    this.#context ??= openContext(this, (...wanted) => this.makeSurface(...wanted), options ?? {});
    return this.#context;
  }

  protected makeSurface(buffers: Buffers, isRobust: boolean): Surface {
    return new HeadlessSurface(this.#width, this.#height, buffers, isRobust);
  }

  /** What was drawn: red, green, blue and alpha, the first row on top. Null if nothing can have been. */
  pixels(): Rgba | null {
    return this.#context?.readDrawingBuffer() ?? null;
  }

  getBoundingClientRect() {
    const { width, height } = this;
    return { x: 0, y: 0, left: 0, top: 0, right: width, bottom: height, width, height };
  }

  getRootNode(): EventTarget {
    return this;
  }

  get ownerDocument(): null {
    return null;
  }

  setPointerCapture(_pointer: number): void {}

  releasePointerCapture(_pointer: number): void {}

  setAttribute(_name: string, _value: string): void {}

  focus(): void {}
}

/** An unsigned long of the web's; what is none is the default. */
function dimension(value: number, byDefault: number): number {
  const size = +value;
  return Number.isFinite(size) && size >= 0 && size <= 0x7fffffff ? Math.trunc(size) : byDefault;
}

/** A context without a window, and its canvas. @throws ContextException where there is no OpenGL ES 3. */
export function createContext(width: number, height: number, options: ContextOptions = {}): WebGL2RenderingContext {
  return new Canvas(width, height).getContext("webgl2", options)!;
}
