/**
 * Where things are declared.
 */
import type { Cursor } from "ctypes-libclang";

/** As an editor finds it: `zlib.h:120`. */
export function placeInHeader({ location }: Cursor): string {
  return `${location.file?.name ?? "?"}:${location.line}`;
}
