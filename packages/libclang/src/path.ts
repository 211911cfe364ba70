/** Paths of files: a string, or a file URL, JavaScript's counterpart of Python's PathLike. */
import { fileURLToPath } from "node:url";

export type Path = string | URL;

/** The path as libclang takes it. @throws TypeError when a URL is not a file URL. */
export function pathOf(path: Path): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}
