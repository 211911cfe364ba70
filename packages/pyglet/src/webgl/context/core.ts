/**
 * What every method asks: is the context this thread's, is it lost, which errors wait.
 *
 * The methods of a context stand in files by subject. Each file has a class over the one before; `context.ts`
 * puts them together. A method is written in one order: the number of arguments, their conversion by WebIDL's rules
 * (which may throw a TypeError), whether the context is at hand, WebGL's own rules, and the call of GL, which checks
 * the rest.
 */
import { currentContext } from "../../gl/current.ts";
import * as GL from "../../native/gles/generated/gl3.ts";
import { CONTEXT_LOST_WEBGL } from "../constants.ts";
import { Share } from "../objects.ts";
import { ints } from "../scratch.ts";
import type { ContextAttributes, Surface } from "../surface.ts";

const { libGLESv2: gl } = GL;

/** What a context needs of the canvas that it draws for. */
export interface ContextCanvas {
  width: number;
  height: number;
  dispatchEvent?(event: Event): boolean;
}

/** What one may be told of errors: their names, and which method had what against what. */
export type ErrorListener = (name: string, message: string) => void;

export interface Owned {
  readonly share: Share;
  readonly isDeleted: boolean;
}

const ERROR_NAMES: Record<number, string> = {
  [GL.GL_INVALID_ENUM]: "INVALID_ENUM",
  [GL.GL_INVALID_VALUE]: "INVALID_VALUE",
  [GL.GL_INVALID_OPERATION]: "INVALID_OPERATION",
  [GL.GL_OUT_OF_MEMORY]: "OUT_OF_MEMORY",
  [GL.GL_INVALID_FRAMEBUFFER_OPERATION]: "INVALID_FRAMEBUFFER_OPERATION",
  [CONTEXT_LOST_WEBGL]: "CONTEXT_LOST_WEBGL",
};

export abstract class CoreContext {
  readonly canvas: ContextCanvas;
  /** The objects of this context. A context that was lost and restored has another. */
  share: Share = new Share();
  protected surface: Surface;
  protected readonly attributes: ContextAttributes;
  protected readonly onError: ErrorListener | null;
  /** Errors that wait for `getError`, each once. */
  private readonly errors: number[] = [];

  constructor(canvas: ContextCanvas, surface: Surface, attributes: ContextAttributes, onError: ErrorListener | null) {
    this.canvas = canvas;
    this.surface = surface;
    this.attributes = attributes;
    this.onError = onError;
  }

  get drawingBufferWidth(): number {
    return this.share.isLost ? 0 : this.surface.width;
  }

  get drawingBufferHeight(): number {
    return this.share.isLost ? 0 : this.surface.height;
  }

  // -- Being current -----------------------------------------------------------------------------

  /** Makes this context the thread's, unless it is; false if it is lost. Asked first by every method that calls GL. */
  protected enter(): boolean {
    return currentContext() === this.surface || this.take();
  }

  private take(): boolean {
    if (this.share.isLost) return false;
    this.surface.set_current();
    this.share.sweep();
    return true;
  }

  isContextLost(): boolean {
    return this.share.isLost;
  }

  // -- Errors ------------------------------------------------------------------------------------

  /** Notes an error that is WebGL's own, or that GL gave. */
  protected fail(code: number, method: string, why: string): void {
    if (!this.errors.includes(code)) this.errors.push(code);
    this.onError?.(ERROR_NAMES[code] ?? `0x${code.toString(16)}`, `${method}(): ${why}`);
  }

  protected invalidEnum(method: string, why: string): void {
    this.fail(GL.GL_INVALID_ENUM, method, why);
  }

  protected invalidValue(method: string, why: string): void {
    this.fail(GL.GL_INVALID_VALUE, method, why);
  }

  protected invalidOperation(method: string, why: string): void {
    this.fail(GL.GL_INVALID_OPERATION, method, why);
  }

  /** Keeps the errors that GL has, so that the next one is of the next call. */
  protected keepErrors(): void {
    for (let code = gl.glGetError(); code !== GL.GL_NO_ERROR; code = gl.glGetError())
      if (!this.errors.includes(code)) this.errors.push(code);
  }

  /** Whether GL did what `method` asked; to be called after `keepErrors` and the call. */
  protected succeeded(method: string): boolean {
    const code = gl.glGetError();
    if (code === GL.GL_NO_ERROR) return true;
    this.fail(code, method, "OpenGL ES refused it");
    return false;
  }

  getError(): number {
    if (this.errors.length > 0) return this.errors.shift()!;
    return this.enter() ? gl.glGetError() : GL.GL_NO_ERROR;
  }

  /** Forgets all errors but that the context is lost. */
  protected clearErrors(): void {
    this.errors.length = 0;
  }

  // -- Objects -----------------------------------------------------------------------------------

  /** Whether the object is this context's and not deleted; notes the error if not. */
  protected owns(object: Owned, method: string): boolean {
    if (object.share === this.share && !object.isDeleted) return true;
    this.invalidOperation(method, object.isDeleted ? "the object is deleted" : "the object is another context's");
    return false;
  }

  /** A value of GL that is one integer. */
  protected integerOf(name: number): number {
    gl.glGetIntegerv(name, ints);
    return ints[0]!;
  }
}
