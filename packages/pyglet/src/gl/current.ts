/** Contexts of OpenGL, as all that draws sees them, and which one this thread draws to. Contexts say so themselves. */
import type { Config } from "./config.ts";

/** What has its own textures, lists and buffers: contexts that share these have one object space. */
export class ObjectSpace {}

/** A context, whatever it draws to. */
export interface Context {
  /** What it has. */
  readonly config: Config;
  readonly object_space: ObjectSpace;
  /** Between glBegin and glEnd OpenGL may not be asked for errors. */
  isBetween: boolean;
  /** Has calls of this thread go to it. @throws ContextException */
  set_current(): void;
  /** Gives up being current, so that a context of another window system can be. */
  release?(): void;
}

let current: Context | null = null;

/** The context that calls go to, or null. */
export function currentContext(): Context | null {
  return current;
}

/** Notes which context is current. */
export function noteCurrent(context: Context | null): void {
  current = context;
}
