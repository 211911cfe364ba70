/** What a context draws on. A window and a surface without a window answer the same questions. */
import type { Func } from "ctypes-js";
import type { Context } from "../gl/current.ts";

export interface ContextAttributes {
  alpha: boolean;
  depth: boolean;
  stencil: boolean;
  antialias: boolean;
  premultipliedAlpha: boolean;
  preserveDrawingBuffer: boolean;
  powerPreference: "default" | "high-performance" | "low-power";
  failIfMajorPerformanceCaveat: boolean;
  desynchronized: boolean;
  xrCompatible: boolean;
}

/** What of the attributes the buffers of a surface really have. */
export type Buffers = Pick<ContextAttributes, "alpha" | "depth" | "stencil" | "antialias">;

/** A context of OpenGL ES 3 and its drawing buffer. */
export interface Surface extends Context {
  readonly width: number;
  readonly height: number;
  readonly buffers: Buffers;
  /** Whether the driver promised to read nothing outside of buffers, whatever the indices. */
  readonly isRobust: boolean;
  /** Whether what was drawn is shown somewhere by `swap`, and lost by it. */
  readonly isShown: boolean;
  /** Gives the drawing buffer another size; its content is lost. It is the current context's. */
  resize(width: number, height: number): void;
  swap(): void;
  /** A function of an extension, to be cast to its prototype; null if there is none. */
  procedure(name: string): Func<void, []> | null;
  close(): void;
}
