/**
 * Paths of files as one has them in JavaScript: a text, or a file URL, which is what Python's PathLike is there.
 */
import { fileURLToPath } from "node:url";

export type Path = string | URL;

/** What libclang takes. @throws TypeError when a URL names no file. */
export function pathOf(path: Path): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}
