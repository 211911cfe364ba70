/**
 * What a user can say about a module that is generated.
 */
import type { Settings } from "../measure/settings.ts";
import type { ShimOptions } from "./shim/functions.ts";

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
  /**
   * Modules that have the types of other headers, which are then imported and not made again:
   * `{ "X11/Xlib.h": "x11.ts" }`. A module has what its header includes, too. It is a file as seen from the current
   * folder, or a package.
   */
  readonly imports?: Readonly<Record<string, string>>;
  /** Where the module will be, so that it can import those; a file in the current folder if it does not say. */
  readonly out?: string;
  /** Structures of which only pointers are made. */
  readonly opaque?: readonly RegExp[];
  /**
   * C names of types, and places, that are given another type instead, an expression of ctypes:
   * `{ time_t: "c_time_t" }`, `{ "open_it.handle": "POINTER(c_void_p)" }`, `{ "open_it.result": "c_int" }`,
   * `{ "point.name": "c_char_p" }`.
   */
  readonly replace?: Readonly<Record<string, string>>;
  /**
   * Where `char *` is text: functions, structures and variables, or places in them (`open_it.path`). `const char *` is
   * text already.
   */
  readonly text?: readonly RegExp[];
  /** Functions that give text which the caller frees, by the function that frees it: `{ sqlite3_free: /mprintf$/ }`. */
  readonly disposes?: Readonly<Record<string, RegExp>>;
  /** Functions that call nothing back: `FunctionOptions` of ctypes says more about these. */
  readonly leaf?: readonly RegExp[];
  /** Functions that wait for threads which call back. */
  readonly pumped?: readonly RegExp[];
  /** Functions, and types of callbacks, that have C's `errno`. */
  readonly errno?: readonly RegExp[];
  /** Functions that C++ may throw out of. */
  readonly throws?: readonly RegExp[];
  /** Functions whose faults leave the call, for a library that is being explored. */
  readonly guarded?: readonly RegExp[];
  /**
   * Types of callbacks that other threads do not wait for: typedefs, parameters (`start.done`) and members
   * (`events.closed`).
   */
  readonly nowait?: readonly RegExp[];
  /** Only what headers declare whose path matches; else all but the headers of the C library and the compiler. */
  readonly onlyFrom?: readonly RegExp[];
  /** Whether function-like macros and inline functions are translated where that is possible; true without it. */
  readonly translate?: boolean;
  /** A library to compile, with functions for inline functions and macros that are in no library. */
  readonly shim?: ShimOptions;
  /** How much of the comments is kept: the first paragraph (`"brief"`), all, or nothing. */
  readonly docs?: "brief" | "full" | "none";
}

/** The rules about calls, by what ctypes calls each. */
export const CALL_OPTIONS = [
  { rule: "leaf", option: "leaf" },
  { rule: "pumped", option: "pumped" },
  { rule: "errno", option: "use_errno" },
  { rule: "throws", option: "throws" },
  { rule: "guarded", option: "guarded" },
  { rule: "nowait", option: "nowait" },
] as const;
