/**
 * What a user can say about a module that is generated.
 */
import type { Settings } from "../measure/settings.ts";

export interface GenerateOptions
  extends Pick<Settings, "headers" | "includeDirs" | "defines" | "packages" | "compileFlags" | "progress"> {
  readonly headers: readonly string[];
  /** Where the functions are: what `-l` takes, or a file. A symbol comes from the first that has it. */
  readonly libraries?: readonly string[];
  /** Only names that match, and what they need. */
  readonly allow?: readonly RegExp[];
  /** Never names that match. */
  readonly block?: readonly RegExp[];
  /** Prefixes that types and constants lose; functions get an object of the shorter names. */
  readonly strip?: readonly string[];
  /** Structures of which only pointers are made. */
  readonly opaque?: readonly RegExp[];
  /** C names of types that are given as a type of ctypes instead: `{ time_t: "c_time_t" }`. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Only what headers declare whose path matches; else all but the headers of the C library and the compiler. */
  readonly onlyFrom?: readonly RegExp[];
  /** Whether function-like macros and inline functions are translated where that is possible; true without it. */
  readonly translate?: boolean;
  /** How much of the comments is kept: the first paragraph (`"brief"`), all, or nothing. */
  readonly docs?: "brief" | "full" | "none";
}
